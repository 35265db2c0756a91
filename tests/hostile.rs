//! Texts that some reader on their way could take for something else, and how they are written in the stack language.

/// Texts with a history of trouble in YAML, compose, Dockerfiles and shells.
const KNOWN: &[&str] = &[
    "",
    " ",
    "  ",
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "Y",
    "true",
    "False",
    "null",
    "~",
    "007",
    "0o7",
    "0x1f",
    "1e3",
    "1_000",
    ".5",
    "1.0",
    "+1",
    "-1",
    "-",
    "--",
    "---",
    "...",
    "12:30:45",
    "2026-01-01",
    "NaN",
    ".inf",
    "<<",
    "=",
    "key: value",
    "key:",
    ": x",
    "[a, b]",
    "{a: b}",
    "{",
    "}",
    "[",
    "]",
    "# c",
    "a #b",
    "a# b",
    "'",
    "\"",
    "''",
    "\"\"",
    "'single'",
    "\"double\"",
    "it's",
    "say \"it's\"",
    " lead",
    "trail ",
    " both ",
    "\\",
    "\\\\",
    "trail\\",
    "\\n",
    "\\$X",
    "\\\"",
    "a\\ b",
    "a\nb",
    "a\n",
    "\na",
    "\n",
    "a\n\n",
    "a\n\nb\n",
    "  indented\n next",
    " \n",
    "a \nb",
    "tab\there",
    "\t",
    "a\t",
    "${X}",
    "$${X}",
    "$X",
    "$$",
    "$",
    "$$$",
    "5$",
    "${X:-y}",
    "${X:?y}",
    "${",
    "$}",
    "$(id)",
    "`id`",
    "%s",
    "%%",
    "%20",
    "*a",
    "&a",
    "!a",
    "!!str a",
    "@a",
    "`a`",
    "|",
    ">",
    "|-",
    "a | b",
    "a && b",
    "a; b",
    "; a",
    "a, b",
    "?",
    "? a",
    "- a",
    "-a",
    "--flag=x",
    "<<EOF",
    "a <<EOF",
    "[\"a\"]",
    "{\"a\": \"b\"}",
    "é",
    "日本語",
    "🙂",
    "e\u{301}",
    "\u{a0}",
    "\u{3000}a",
    "ÀÉ ñ",
    "a=b",
    "=a",
    "C:\\dir\\new",
    "/run/secrets/x",
    "secret.x",
    "input.X",
    "postgres.host",
    "FROM x",
    "\\u0041",
    "^~",
    "~ \\.(php|asp)$",
    "a{1,2}",
    "\\d{4}",
    "'\\''",
    "\"$\"",
    "\\\\\"",
    "a\"b'c`d",
    "/bin:$PATH_OF",
    "%{}",
    "{{ x }}",
    "{% x %}",
    "<%",
    "%>",
    "#",
    "##",
    "#!/bin/sh",
];

/// What more texts are put together from.
const SHREDS: &[&str] = &[
    "'", "\"", "$", "$$", "${X}", "$X", "${", "}", "{", "\\", "\\\\", "\\n", ";", "#", " #", " ", "  ", ":",
    ": ", "-", "- ", "?", "!", "&", "*", "|", ">", "%", "@", "`", "$(id)", ",", "[", "]", "=", "~", "é",
    "日", "🙂", "\t", "\n", "a", "0", "x", "/", "<", "<<EOF", "^", "\u{a0}", "''", "\"\"",
];

/// How many there are in all.
const COUNT: usize = 240;

/// The texts: the same ones in every run.
pub(crate) fn texts() -> Vec<String> {
    Chance::new(1).texts(COUNT)
}

/// Numbers that look random, the same ones for the same seed.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        // Knuth's MMIX generator; its upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    /// One of these.
    pub(crate) fn one_of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len())]
    }

    /// A text put together from shreds.
    pub(crate) fn text(&mut self) -> String {
        let length = 1 + self.below(7);
        (0..length).map(|_| self.one_of(SHREDS)).collect()
    }

    /// So many texts: those with a history first.
    pub(crate) fn texts(&mut self, count: usize) -> Vec<String> {
        let known = KNOWN.iter().map(|text| (*text).to_owned());
        let mut texts: Vec<String> = known.take(count).collect();
        while texts.len() < count {
            texts.push(self.text());
        }
        texts
    }
}

/// A text in the stack language: between single quotes wherever that is possible and `verbatim` asks for it.
pub(crate) fn spelled(text: &str, verbatim: bool) -> String {
    if verbatim && !text.contains(['\'', '\n']) {
        format!("'{text}'")
    } else {
        format!("\"{}\"", inside(text))
    }
}

/// Whether a text is spelled so that everything in it stands for itself.
pub(crate) fn is_verbatim(number: usize, text: &str) -> bool {
    spelled(text, number.is_multiple_of(2)).starts_with('\'')
}

/// A text between double quotes.
pub(crate) fn inside(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    escaped.replace("${", "$${")
}
