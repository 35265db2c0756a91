//! Files of variables: `.env`, and what `env_file` names.
//!
//! Source: compose-go, `dotenv/parser.go`: `NAME=value` and `NAME: value`, `export`, comments, single and double quotes
//! over several lines, variables in what is not in single quotes, and `NAME` alone for what the environment has.

use std::collections::BTreeMap;

use super::environment::{Known, Variables};
use super::interpolate;
use crate::diagnostic::{Diagnostic, Sink};
use crate::project::Spanned;
use crate::source::{FileId, Span};

/// What the values of one file may come to, in bytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// One variable of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name.
    pub(super) name: Spanned<String>,
    /// Its value; `None` if it depends on what is not known.
    pub(super) value: Option<String>,
    /// The value as it is written, with its quotes.
    pub(super) span: Span,
}

/// Reads a file, the last of several values of one name. Values are masked: none is ever shown.
pub(super) fn read(file: FileId, text: &str, sink: &mut Sink, around: &dyn Variables) -> Vec<Entry> {
    let mut reader =
        Reader { file, text, at: 0, known: BTreeMap::new(), around, spent: 0, entries: Vec::new() };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    while reader.statement(sink) {}
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for entry in reader.entries {
        sink.mask(entry.span);
        if let Some(place) = places.get(&entry.name.value) {
            entries[*place] = entry;
        } else {
            places.insert(entry.name.value.clone(), entries.len());
            entries.push(entry);
        }
    }
    entries
}

/// Every line of a file as `NAME=value`, for `format: raw`.
pub(super) fn read_raw(file: FileId, text: &str, sink: &mut Sink) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        if line.trim_start().starts_with('#') {
            continue;
        }
        let Some((name, value)) = line.split_once('=') else { continue };
        let end = start + line.len();
        let span = Span::new(file, end - value.len(), end);
        sink.mask(span);
        let name = Spanned::new(name.to_owned(), Span::new(file, start, start + name.len()));
        entries.push(Entry { name, value: Some(value.to_owned()), span });
    }
    entries
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    /// What the file itself said so far.
    known: BTreeMap<String, Known>,
    around: &'a dyn Variables,
    spent: usize,
    entries: Vec<Entry>,
}

impl Variables for Reader<'_> {
    fn get(&self, name: &str) -> Option<&Known> {
        self.around.get(name).or_else(|| self.known.get(name))
    }

    fn is_complete(&self) -> bool {
        self.around.is_complete()
    }
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip(&mut self, passed: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(passed).len();
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').map_or(self.rest().len(), |newline| newline + 1);
    }

    /// Reads one statement: whether there is more.
    fn statement(&mut self, sink: &mut Sink) -> bool {
        self.skip(char::is_whitespace);
        if self.rest().is_empty() {
            return false;
        }
        if self.rest().starts_with('#') {
            self.skip_line();
            return true;
        }
        if let Some(rest) = self.rest().strip_prefix("export")
            && rest.starts_with(char::is_whitespace)
        {
            self.at += "export".len();
            self.skip(is_blank);
        }
        let start = self.at;
        let rest = self.rest();
        let stop = rest.find(|c: char| {
            !(is_blank(c) || matches!(c, '_' | '.' | '-' | '[' | ']') || c.is_alphanumeric())
        });
        let (end, separator) = match stop {
            None => (rest.len(), None),
            Some(end) => (end, rest[end..].chars().next()),
        };
        let name = rest[..end].trim_end().to_owned();
        let name_span = self.span(start, start + name.len());
        match separator {
            Some('=' | ':') if !name.contains(' ') => {
                self.at += end + 1;
                self.skip(is_blank);
                self.value(Spanned::new(name, name_span), sink);
            }
            Some('\n') if !name.contains(' ') => {
                self.at += end;
                self.inherit(name, name_span);
            }
            // What stands at the very end without `=` is no name; compose takes the text for a value without a name.
            None if !name.contains(' ') => {
                self.at = self.text.len();
                self.inherit(name, name_span);
            }
            Some(_) | None => {
                let line = self.rest().lines().next().map_or(0, str::len);
                let at = self.span(start, start + line);
                sink.mask(at);
                sink.push(
                    Diagnostic::error("compose-bad-env-file", "this line is no `NAME=value`", at.at_start())
                        .here("a name has letters, digits, `_`, `.` and `-`")
                        .note("compose refuses to start anything with a file that it cannot read to its end")
                        .help("write `NAME=value`, and `#` before a comment"),
                );
                self.skip_line();
            }
        }
        true
    }

    fn inherit(&mut self, name: String, span: Span) {
        if let Some(known) = self.around.get(&name).cloned() {
            let value = Some(known.value.to_string());
            self.keep(Spanned::new(name, span), value, span.at_end());
        } else if !self.is_complete() {
            self.keep(Spanned::new(name, span), None, span.at_end());
        }
    }

    fn keep(&mut self, name: Spanned<String>, value: Option<String>, span: Span) {
        match &value {
            Some(value) => {
                let known = Known { value: value.as_str().into(), span: Some(span) };
                self.known.insert(name.value.clone(), known);
            }
            None => {
                self.known.remove(&name.value);
            }
        }
        self.entries.push(Entry { name, value, span });
    }

    fn value(&mut self, name: Spanned<String>, sink: &mut Sink) {
        let start = self.at;
        let quote = self.rest().bytes().next().filter(|byte| matches!(byte, b'"' | b'\''));
        let Some(quote) = quote else {
            let line = self.rest().split('\n').next().unwrap_or("");
            let length = line.len();
            let text = line.split(" #").next().unwrap_or("").trim_end().to_owned();
            let span = self.span(start, start + text.len());
            self.at = (start + length + 1).min(self.text.len());
            let value = self.expand(&text, span, sink);
            self.keep(name, value, span);
            return;
        };
        let Some((text, length)) = quoted(self.rest(), quote) else {
            let line = self.rest().lines().next().map_or(0, str::len);
            let at = self.span(start, start + line);
            sink.mask(at);
            sink.push(
                Diagnostic::error("compose-bad-env-file", "this value has no closing quote", at.at_start())
                    .here("its quote begins here")
                    .note("compose refuses to start anything with a file that it cannot read to its end")
                    .help("write the closing quote"),
            );
            self.skip_line();
            return;
        };
        let span = self.span(start, start + length);
        self.at = start + length;
        let value = if quote == b'"' { self.expand(&escapes(&text), span, sink) } else { Some(text) };
        self.keep(name, value, span);
    }

    fn expand(&mut self, text: &str, span: Span, sink: &mut Sink) -> Option<String> {
        let most = MAX_BYTES.saturating_sub(self.spent);
        let Ok(parts) = interpolate::parse(text, self) else {
            sink.push(bad_variable(span.at_start()));
            return None;
        };
        let value = interpolate::value(&parts, self, most).ok()?;
        self.spent += value.len();
        Some(value)
    }
}

/// A text that is no template of variables.
pub(super) fn bad_variable(at: Span) -> Diagnostic {
    Diagnostic::error("compose-bad-variable", "what follows a `$` here is no variable", at)
        .here("compose cannot read a variable in this text")
        .note("`$NAME`, `${NAME}` and `${NAME:-text}` stand for variables; compose refuses `${` before anything else")
        .help("write `$$` for a `$` that is meant as a letter")
}

/// The text between quotes with the quotes' own escapes resolved, and its length with the quotes.
fn quoted(rest: &str, quote: u8) -> Option<(String, usize)> {
    let mut text = Vec::new();
    let mut is_escaped = false;
    for (index, byte) in rest.bytes().enumerate().skip(1) {
        if byte == quote && !is_escaped {
            let text = String::from_utf8(text).expect("whole characters were taken from a text");
            return Some((text, index + 1));
        }
        if byte != quote {
            if !is_escaped && byte == b'\\' {
                is_escaped = true;
                continue;
            }
            if is_escaped {
                text.push(b'\\');
            }
        }
        is_escaped = false;
        text.push(byte);
    }
    None
}

/// The escapes of double quotes. `\$` becomes `$$`, which stands for the letter.
fn escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find('\\') {
        out.push_str(&rest[..found]);
        let after = &rest[found + 1..];
        let Some(letter) = after.chars().next() else {
            out.push('\\');
            return out;
        };
        let simple = match letter {
            'a' => Some("\u{7}"),
            'b' => Some("\u{8}"),
            'f' => Some("\u{c}"),
            'n' => Some("\n"),
            'r' => Some("\r"),
            't' => Some("\t"),
            'v' => Some("\u{b}"),
            '$' => Some("$$"),
            '"' => Some("\""),
            '\\' => Some("\\"),
            _ => None,
        };
        let digits =
            after.len() - after[1.min(after.len())..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if let Some(simple) = simple {
            out.push_str(simple);
            rest = &after[letter.len_utf8()..];
        } else if letter == '0' {
            let digits = digits.min(4);
            let code =
                u32::from_str_radix(&after[1..digits], 8).ok().filter(|code| digits == 4 && *code < 256);
            if let Some(c) = code.and_then(char::from_u32) {
                out.push(c);
            } else {
                out.push('\\');
                out.push_str(&after[..digits]);
            }
            rest = &after[digits..];
        } else {
            out.push('\\');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// White space within a line.
fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::compose::environment::Environment;
    use crate::source::SourceMap;

    fn values(text: &str) -> Vec<(String, Option<String>)> {
        let file = SourceMap::default().add(".env", text);
        let around = Environment::complete([("HOME", "/root")]);
        let mut sink = Sink::default();
        let entries = read(file, text, &mut sink, &around);
        assert_eq!(sink.diagnostics, [], "{text}");
        entries.into_iter().map(|entry| (entry.name.value, entry.value)).collect()
    }

    #[test]
    fn values_are_what_compose_takes() {
        for (text, name, value) in [
            ("A=b", "A", "b"),
            ("A = b c \n", "A", "b c"),
            ("export A=b # why", "A", "b"),
            ("A=b#c", "A", "b#c"),
            ("A: b", "A", "b"),
            ("A=", "A", ""),
            ("A='b $HOME # x'", "A", "b $HOME # x"),
            ("A=\"b\\n$HOME \\$C \\\"q\\\"\"", "A", "b\n/root $C \"q\""),
            ("A='two\nlines'", "A", "two\nlines"),
            ("A=${NONE:-x}${HOME}", "A", "x/root"),
            ("HOME", "HOME", "/root"),
            ("\u{feff}# first\nA=b\r\n", "A", "b"),
            ("A=\"\\0101\"", "A", "A"),
            ("A.b-c[0]=1", "A.b-c[0]", "1"),
        ] {
            assert_eq!(values(text), [(name.to_owned(), Some(value.to_owned()))], "{text}");
        }
    }

    #[test]
    fn a_variable_sees_those_above_it() {
        let text = "A=1\nB=${A}2\nA=3\n";
        let expected = [("A".to_owned(), Some("3".to_owned())), ("B".to_owned(), Some("12".to_owned()))];
        assert_eq!(values(text), expected);
    }

    #[test]
    fn a_line_that_is_none_costs_itself_and_values_stay_hidden() {
        let text = "A=1\nwhat is this?\nB=\"open\nC=2\n";
        let file = SourceMap::default().add(".env", text);
        let mut sink = Sink::default();
        let entries = read(file, text, &mut sink, &Environment::default());
        let names: Vec<&str> = entries.iter().map(|entry| entry.name.value.as_str()).collect();
        assert_eq!(names, ["A", "C"]);
        assert_eq!(sink.diagnostics.len(), 2);
        assert!(sink.masked.contains(&Span::new(file, 2, 3)));
    }

    #[test]
    fn doubling_values_are_bounded() {
        let mut text = "A0=xxxxxxxxxxxxxxxx\n".to_owned();
        for index in 0..40 {
            text.push_str(&format!("A{}=$A{index}$A{index}\n", index + 1));
        }
        let file = SourceMap::default().add(".env", text.as_str());
        let entries = read(file, &text, &mut Sink::default(), &Environment::default());
        let total: usize = entries.iter().filter_map(|entry| entry.value.as_ref()).map(String::len).sum();
        assert!(entries.len() == 41 && total <= MAX_BYTES);
    }
}
