//! Regular expressions as nginx runs them: PCRE2 over bytes. Only what means the same in both libraries is taken;
//! anything else is a reason for not deciding.

use fancy_regex::Regex;

/// What a match remembers: `$0`, `$1` and so on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Captures {
    pub(crate) groups: Vec<Vec<u8>>,
}

/// A regular expression, or why it cannot be run.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) source: String,
    compiled: Result<Regex, String>,
    /// Whether it asks for letters, digits, white space or case, which the two libraries tell apart otherwise beyond
    /// ASCII.
    about_classes: bool,
    /// The named groups, with their numbers.
    pub(crate) names: Vec<(String, usize)>,
}

impl Pattern {
    pub(crate) fn new(source: &str, caseless: bool) -> Self {
        let mut about_classes = caseless;
        let compiled = translate(source, &mut about_classes).and_then(|translated| {
            let flag = if caseless { "(?i)" } else { "" };
            Regex::new(&format!("{flag}{translated}")).map_err(|_| "it is not understood".to_owned())
        });
        let names = compiled.iter().flat_map(|regex| {
            let names = regex.capture_names().enumerate();
            names.filter_map(|(number, name)| Some((name?.to_ascii_lowercase(), number))).collect::<Vec<_>>()
        });
        let names = names.collect();
        Self { source: source.to_owned(), compiled, about_classes, names }
    }

    /// The captures if `subject` matches; an error says why that cannot be told.
    pub(crate) fn find(&self, subject: &[u8]) -> Result<Option<Captures>, String> {
        let regex = self.compiled.as_ref().map_err(|why| self.unsure(why))?;
        if subject.iter().any(|byte| *byte < 0x20) {
            return Err(self.unsure("the text has a control character in it"));
        }
        if self.about_classes && !subject.is_ascii() {
            return Err(self.unsure("the text is not ASCII"));
        }
        // A character a byte, as PCRE2 sees it without its UTF mode.
        let subject: String = subject.iter().map(|byte| char::from(*byte)).collect();
        let found = regex.captures(&subject).map_err(|_| self.unsure("it takes too long"))?;
        let Some(found) = found else { return Ok(None) };
        let bytes = |text: &str| text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect();
        let groups = (0..found.len()).map(|group| found.get(group).map(|found| bytes(found.as_str())));
        let groups: Vec<Option<Vec<u8>>> = groups.collect();
        let groups = groups.into_iter().map(Option::unwrap_or_default).collect();
        Ok(Some(Captures { groups }))
    }

    /// Whether an ASCII text without control characters matches; `None` if that cannot be told.
    pub(crate) fn is_match(&self, subject: &[u8]) -> Option<bool> {
        let subject = std::str::from_utf8(subject).ok().filter(|subject| subject.is_ascii())?;
        self.compiled.as_ref().ok()?.is_match(subject).ok()
    }

    fn unsure(&self, why: &str) -> String {
        format!("whether `{}` matches is not known: {why}", self.source)
    }
}

/// The same pattern for the other library, or why there is none.
fn translate(source: &str, about_classes: &mut bool) -> Result<String, String> {
    let text: Vec<char> = source.bytes().map(char::from).collect();
    let mut out = String::new();
    let mut at = 0;
    let unsure = |what: &str| Err(format!("it has `{what}`"));
    while let Some(&c) = text.get(at) {
        at += 1;
        match c {
            '\\' => at = escape(&text, at, &mut out, about_classes, false)?,
            '[' => at = class(&text, at, &mut out, about_classes)?,
            '(' if text.get(at) == Some(&'*') => return unsure("(*"),
            '(' if text.get(at) == Some(&'?') => {
                let rest: String = text[at + 1..].iter().take(3).collect();
                let plain =
                    [":", "=", "!", ">", "<=", "<!"].into_iter().find(|plain| rest.starts_with(plain));
                let named = ["P<", "<"].into_iter().find(|named| rest.starts_with(named));
                if let Some(plain) = plain {
                    out += &format!("(?{plain}");
                    at += 1 + plain.len();
                } else if rest.starts_with("i)") || rest.starts_with("i:") {
                    *about_classes = true;
                    out += &format!("(?{}", &rest[..2]);
                    at += 3;
                } else if let Some(named) = named {
                    out += "(?<";
                    at += 1 + named.len();
                } else {
                    return unsure("(?");
                }
            }
            '{' => match quantifier(&text[at..]) {
                Some(length) => {
                    out.push('{');
                    out.extend(&text[at..at + length]);
                    at += length;
                }
                None => out += r"\{",
            },
            '}' => out += r"\}",
            ']' => out += r"\]",
            c => out.push(c),
        }
    }
    Ok(out)
}

/// The length of `2}`, `2,}` or `2,3}`.
fn quantifier(rest: &[char]) -> Option<usize> {
    let end = rest.iter().position(|c| *c == '}')?;
    let inner: String = rest[..end].iter().collect();
    let (low, high) = inner.split_once(',').unwrap_or((&inner, ""));
    let digits = |text: &str| text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    (!low.is_empty() && digits(low) && digits(high)).then_some(end + 1)
}

fn escape(
    text: &[char],
    at: usize,
    out: &mut String,
    about_classes: &mut bool,
    in_class: bool,
) -> Result<usize, String> {
    let Some(&c) = text.get(at) else { return Err("it ends with `\\`".to_owned()) };
    match c {
        'd' | 'D' | 'w' | 'W' | 's' | 'S' => {
            *about_classes = true;
            out.extend(['\\', c]);
        }
        'b' | 'B' if !in_class => {
            *about_classes = true;
            out.extend(['\\', c]);
        }
        't' | 'n' | 'r' | 'f' => out.extend(['\\', c]),
        '1'..='9' if !in_class && !text.get(at + 1).is_some_and(char::is_ascii_digit) => {
            out.extend(['\\', c]);
        }
        // These are something else with a backslash in the other library.
        '<' | '>' | '_' | '/' | '%' | '"' | '\'' | ',' | ':' | ';' | '=' | '@' | '`' | '!' | ' ' => {
            out.push(c);
        }
        c if c.is_ascii_punctuation() => out.extend(['\\', c]),
        c => return Err(format!("it has `\\{c}`")),
    }
    Ok(at + 1)
}

/// A class, from behind its `[`.
fn class(text: &[char], start: usize, out: &mut String, about_classes: &mut bool) -> Result<usize, String> {
    let mut at = start;
    out.push('[');
    if text.get(at) == Some(&'^') {
        out.push('^');
        at += 1;
    }
    let first = at;
    loop {
        let Some(&c) = text.get(at) else { return Err("a `[` is not closed".to_owned()) };
        at += 1;
        match c {
            ']' if at - 1 > first => {
                out.push(']');
                return Ok(at);
            }
            '\\' => at = escape(text, at, out, about_classes, true)?,
            '[' if matches!(text.get(at), Some(':' | '.' | '=')) => {
                return Err("it has a class by name".to_owned());
            }
            '[' | ']' | '&' | '~' | '^' => out.extend(['\\', c]),
            // At an edge it is itself, between two others it makes a range, and twice it would subtract.
            '-' if text.get(at) == Some(&'-') => return Err("it has `--` in a class".to_owned()),
            '-' if at - 1 == first || text.get(at) == Some(&']') => out.push_str(r"\-"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn find(pattern: &str, subject: &str) -> Result<Option<Vec<String>>, String> {
        let found = Pattern::new(pattern, false).find(subject.as_bytes())?;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ok(found.map(|found| found.groups.into_iter().map(text).collect()))
    }

    #[test]
    fn what_both_libraries_share_is_run() {
        for (pattern, subject, groups) in [
            (r"\.(css|js)$", "/a.css", &[".css", "css"][..]),
            (r"^/(?<name>[^/]+)/\_x", "/ab/_x", &["/ab/_x", "ab"]),
            (r"^/a{2}{$", "/aa{", &["/aa{"]),
            (r"[[a&&b]]", "x[]", &["[]"]),
            (r"^/(?!api)(.*)", "/é", &["/é", "é"]),
            (r"\<a\>", "<a>", &["<a>"]),
        ] {
            let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
            assert_eq!(find(pattern, subject), Ok(Some(groups)), "{pattern}");
        }
        assert_eq!(find(r"\.php$", "/a.phpx"), Ok(None));
    }

    #[test]
    fn what_they_read_otherwise_is_not_decided() {
        for (pattern, subject) in [
            (r"\h", "/a"),
            (r"(?|a|b)", "/a"),
            (r"[[:alpha:]]", "/a"),
            (r"\Qa\E", "/a"),
            (r"\w", "/é"),
            (r"a(", "/a"),
            ("a", "/a\n"),
        ] {
            assert!(find(pattern, subject).is_err(), "{pattern}");
        }
    }
}
