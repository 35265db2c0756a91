//! What a person is told about each kind of mistake in a YAML file.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// The code of every diagnostic of the reader.
pub const CODES: &[&str] = &[
    "yaml-after-quote",
    "yaml-alias-cycle",
    "yaml-bad-block-text",
    "yaml-bad-character",
    "yaml-bad-escape",
    "yaml-bad-flow",
    "yaml-bad-indentation",
    "yaml-duplicate-key",
    "yaml-inline-item",
    "yaml-item-among-keys",
    "yaml-key-among-items",
    "yaml-no-colon",
    "yaml-second-colon",
    "yaml-stray-bracket",
    "yaml-syntax",
    "yaml-tab",
    "yaml-too-deep",
    "yaml-too-many-mistakes",
    "yaml-unclosed-bracket",
    "yaml-unclosed-quote",
    "yaml-unknown-alias",
];

/// So many mistakes of a kind are told of.
const MAX_OF_A_KIND: usize = 100;

/// The mistakes that the reader tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum MistakeKind {
    /// `"a" b`
    AfterQuote,
    /// An alias inside of the node that it stands for.
    AliasCycle,
    /// A `|` or `>` with something after it that does not belong there, or with lines that do not line up.
    BadBlockText,
    /// A character that begins nothing: `@`, a backtick, `%`, or one that is not seen.
    BadCharacter,
    /// `"\q"`
    BadEscape,
    /// Brackets that are closed, with something between them that is not in the language.
    BadFlow,
    /// A line that is indented like none of its neighbours.
    BadIndentation,
    /// A key that its mapping has already.
    DuplicateKey,
    /// `key: - item`
    InlineItem,
    /// `- item` at the column of the keys of a mapping.
    ItemAmongKeys,
    /// `key: value` at the column of the items of a sequence.
    KeyAmongItems,
    /// `word` where there should be `key: value`.
    NoColon,
    /// `a: b: c`
    SecondColon,
    /// A `]` or `}` that closes nothing.
    StrayBracket,
    /// What the parser tells, for everything that is rare.
    Other,
    /// A tab in the indentation, or where only spaces may stand.
    Tab,
    /// Collections nested deeper than the reader follows.
    TooDeep,
    /// The mistake after which the rest is not read.
    TooMany,
    /// A `[` or `{` without its end.
    UnclosedBracket,
    /// A quote without its end.
    UnclosedQuote,
    /// An alias without an anchor before it.
    UnknownAlias,
}

/// A mistake with what else was seen that explains it.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) kind: MistakeKind,
    pub(super) span: Span,
    pub(super) other: Option<Span>,
    /// What may have been meant, or the words of the parser.
    pub(super) meant: Option<String>,
}

impl Found {
    pub(super) fn new(kind: MistakeKind, span: Span) -> Self {
        Self { kind, span, other: None, meant: None }
    }

    pub(super) fn also(self, other: Span) -> Self {
        Self { other: Some(other), ..self }
    }

    /// What is said about it.
    pub(super) fn explain(&self, text: &str) -> Diagnostic {
        let raw = &text[self.span.range()];
        let quoted = quote(raw);
        match self.kind {
            MistakeKind::AfterQuote => self.error("yaml-after-quote", format!("{quoted} stands after a quoted text"))
                .note("a quoted text ends at its closing quote, and nothing but a comment may follow it")
                .help("put the quotes around all of it; inside of single quotes write `''` for `'`, inside of double quotes `\\\"` for `\"`"),
            MistakeKind::AliasCycle => {
                let found = self.error("yaml-alias-cycle", format!("{quoted} stands for something that it is part of"));
                self.labelled(found, "this would have to hold itself")
                    .note("an alias stands for a copy, so this one would have no end")
                    .help("name a part that does not hold the alias, or write the value out")
            }
            MistakeKind::BadBlockText => self.error("yaml-bad-block-text", format!("{quoted} does not begin a text of several lines"))
                .note("after `|` or `>` stands at most `+` or `-` and a number from 1 to 9; the text begins on the next line, and all of it is indented alike")
                .help("move the text to the lines below, indented with spaces"),
            MistakeKind::BadCharacter => self.error("yaml-bad-character", format!("{quoted} may not stand here"))
                .note("YAML keeps `@`, a backtick and `%` at the beginning of a value for itself, and has no control characters")
                .help("put the whole value in quotes; if the file is a template, lint what it is rendered to"),
            MistakeKind::BadEscape => self.error("yaml-bad-escape", format!("{quoted} is not an escape"))
                .note("in double quotes a `\\` begins an escape such as `\\\\`, `\\\"`, `\\n`, `\\t` or `\\u00e9`")
                .help("write `\\\\` for a backslash, or use single quotes, in which nothing is special"),
            MistakeKind::BadFlow => self.bad_flow(&quoted, raw),
            MistakeKind::BadIndentation => self.error("yaml-bad-indentation", format!("{quoted} is indented like nothing before it"))
                .note("entries of one mapping or list begin in the same column, and what belongs to one of them is indented more")
                .help("indent it like the entries that it belongs to, with spaces"),
            MistakeKind::DuplicateKey => {
                let found = self.error("yaml-duplicate-key", format!("the key {quoted} is given twice"));
                self.labelled(found, "first given here")
                    .note("a mapping has each key once; compose refuses the file, other readers keep the last")
                    .help("remove one of them, or join what they hold")
            }
            MistakeKind::InlineItem => self.error("yaml-inline-item", "a list cannot begin on the line of its key")
                .note("`- ` begins an item only at the beginning of a line")
                .help("write the list on the lines below, or in brackets: `[a, b]`; a text that begins with `- ` belongs in quotes"),
            MistakeKind::ItemAmongKeys => self.error("yaml-item-among-keys", format!("the item {quoted} stands among keys"))
                .note("a mapping holds `key: value`, a list `- item`; at one column there can be only one of them")
                .help("give the item a key above it, or write `key: value`"),
            MistakeKind::KeyAmongItems => self.error("yaml-key-among-items", format!("{quoted} stands where only another item can"))
                .note("at this column there is a list, or a line that has ended; a key belongs to a mapping")
                .help("begin it with `- `, or indent it like the keys that it belongs to"),
            MistakeKind::NoColon => self.no_colon(&quoted, raw),
            MistakeKind::SecondColon => self.error("yaml-second-colon", "this line has a second `: `")
                .here("this one makes a key of what is already a value")
                .note("a value on the line of its key cannot be a mapping")
                .help("put the value in quotes, or the second key on a line below, indented more"),
            MistakeKind::StrayBracket => self.error("yaml-stray-bracket", format!("this {quoted} closes nothing"))
                .note("`[`, `]`, `{` and `}` are not text unless they are quoted")
                .help("remove it, write what it should close, or put the whole value in quotes"),
            MistakeKind::Other => {
                let said = self.meant.as_deref().unwrap_or("not in the language");
                self.error("yaml-syntax", format!("{quoted} cannot be read as YAML"))
                    .note(format!("the parser says: {said}"))
                    .help("put the value in quotes if it is meant as text")
            }
            MistakeKind::Tab => self.error("yaml-tab", "a tab stands where only spaces may")
                .note("how far a line is indented says what it belongs to, and YAML counts spaces alone")
                .help("replace the tabs by spaces"),
            MistakeKind::TooDeep => self.error("yaml-too-deep", format!("values are nested more than {} deep", super::build::MAX_DEPTH))
                .here("the outermost of them")
                .note("no compose file needs as many; what is deeper is not read")
                .help("check whether the brackets before this one are closed"),
            MistakeKind::TooMany => self.error("yaml-too-many-mistakes", "the file is not read from here on")
                .note("it has too many mistakes to tell one from the next")
                .help("correct those before, or check whether this is a YAML file"),
            MistakeKind::UnclosedBracket => {
                let close = if raw == "{" { "}" } else { "]" };
                self.error("yaml-unclosed-bracket", format!("this {quoted} has no `{close}`"))
                    .here("opened here")
                    .note("what follows is not indented more than the line of the bracket, or is the end of the file")
                    .help(format!("write `{close}` after the last item; a {quoted} that is meant as text belongs in quotes"))
            }
            MistakeKind::UnclosedQuote => self.error("yaml-unclosed-quote", format!("this {quoted} is not closed"))
                .here("opened here")
                .note("a quoted text runs on until its closing quote, over as many lines as it takes")
                .help(format!("write {quoted} at the end of the text")),
            MistakeKind::UnknownAlias => self.unknown_alias(&quoted, raw),
        }
    }

    fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message, self.span)
    }

    fn labelled(&self, diagnostic: Diagnostic, what: &str) -> Diagnostic {
        match self.other {
            Some(other) => diagnostic.label(other, what),
            None => diagnostic,
        }
    }

    fn bad_flow(&self, quoted: &str, raw: &str) -> Diagnostic {
        let message = match raw.trim() {
            "" => "the list or mapping in brackets cannot be read here".to_owned(),
            _ => format!("{quoted} may not stand here between brackets"),
        };
        self.error("yaml-bad-flow", message)
            .note("between brackets, items are separated by `,`, and a key by `: ` from its value")
            .help("write the missing `,`, or put the item in quotes if it is meant as text")
    }

    fn no_colon(&self, quoted: &str, raw: &str) -> Diagnostic {
        let found = self.error("yaml-no-colon", format!("{quoted} is no `key: value`"));
        match raw.split_once(':') {
            Some((key, value)) if !key.is_empty() && !value.is_empty() => found
                .note("a `:` ends a key only before a space or the end of the line")
                .help(format!("write a space after the `:`: {}", quote(&format!("{key}: {value}")))),
            Some(_) | None => found
                .note("the lines around it are entries of a mapping, and each of them has a key")
                .help("write `:` after the key, begin the line with `#` if it is a comment, or indent it if it belongs to the value before it"),
        }
    }

    fn unknown_alias(&self, quoted: &str, raw: &str) -> Diagnostic {
        let found = self.error("yaml-unknown-alias", format!("{quoted} stands for nothing"));
        let found = self.labelled(found, "defined only here, below");
        let name = raw.trim_start_matches('*');
        let found =
            found.note("an alias stands for a value that an `&` has named before it in the same document");
        match (&self.meant, self.other) {
            (Some(meant), _) => found.help(format!("did you mean {}?", quote(&format!("*{meant}")))),
            (None, Some(_)) => found.help("move the value with the anchor above the alias"),
            (None, None) => found.help(format!(
                "name the value with {}, or put the text in quotes",
                quote(&format!("&{name}"))
            )),
        }
    }
}

/// The mistakes of a file, in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    found: Vec<Found>,
    count: BTreeMap<MistakeKind, usize>,
}

impl Mistakes {
    pub(super) fn push(&mut self, found: Found) {
        let count = self.count.entry(found.kind).or_default();
        *count += 1;
        if *count <= MAX_OF_A_KIND {
            self.found.push(found);
        }
    }

    /// How many of them are not told of.
    pub(super) fn left_out(&self) -> usize {
        self.count.values().sum::<usize>() - self.found.len()
    }

    /// Whether one more of a kind will be told of.
    pub(super) fn has_room(&self, kind: MistakeKind) -> bool {
        self.count.get(&kind).is_none_or(|count| *count < MAX_OF_A_KIND)
    }

    /// All of them in the order of their places.
    pub(super) fn in_order(mut self) -> Vec<Found> {
        self.found.sort_by_key(|found| (found.span, found.kind));
        self.found
    }
}

/// A longer text is cut when it is quoted.
const MAX_QUOTED: usize = 40;

/// The user's own words as a message may show them: in backticks, not too long, on one line, nothing invisible.
fn quote(raw: &str) -> String {
    let mut shown = String::from("`");
    for (count, character) in raw.trim().chars().enumerate() {
        if count == MAX_QUOTED {
            shown.push_str("...");
            break;
        }
        if character.is_control()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown.push('`');
    shown
}
