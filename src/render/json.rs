//! The product's own JSON, whose fields `docs/formats.md` describes, and how every JSON is written.

use serde::Serialize;

use super::listing::{Finding, Listing, Place, Point};
use super::terminal::word;
use super::visible;

/// The version of the fields: it goes up when one goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Diagnostic<'a> {
    rule: &'a str,
    severity: &'a str,
    message: &'a str,
    file: &'a str,
    line: usize,
    column: usize,
    span: Span,
    labels: Vec<Label<'a>>,
    note: Option<&'a str>,
    help: Option<&'a str>,
    fix: Option<Fix<'a>>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct Span {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Label<'a> {
    file: &'a str,
    span: Span,
    message: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    file: &'a str,
    span: Span,
    text: &'a str,
}

#[derive(Serialize)]
struct NotAnalysed<'a> {
    file: &'a str,
    why: &'a str,
}

/// How many findings of each severity are only counted.
#[derive(Serialize)]
struct More<'a> {
    severity: &'a str,
    count: usize,
}

/// `{"version": 1, "diagnostics": [...], "not_analysed": [...], "more": [...]}`
pub(super) fn document(listing: &Listing) -> String {
    let files = listing.not_analysed.iter();
    let more = listing.more.iter().filter(|(_, count)| *count > 0);
    format!(
        "{{\n  \"version\": {VERSION},\n  \"diagnostics\": {},\n  \"not_analysed\": {},\n  \"more\": {}\n}}\n",
        array(1, listing.open().map(diagnostic)),
        array(1, files.map(|file| NotAnalysed { file: &file.path, why: &file.why })),
        array(1, more.map(|(severity, count)| More { severity: word(*severity), count: *count })),
    )
}

fn diagnostic(finding: &Finding) -> Diagnostic<'_> {
    let primary = (&finding.place, finding.here.as_str(), true);
    let others = finding.labels.iter().map(|(place, message)| (place, message.as_str(), false));
    let labels = std::iter::once(primary).chain(others).map(|(place, message, primary)| Label {
        file: &place.path,
        span: span(place),
        message,
        primary,
    });
    let fix = finding.fix.as_ref().map(|change| {
        let edits = change.edits.iter();
        let edits = edits.map(|(place, text)| Edit { file: &place.path, span: span(place), text });
        Fix { title: &change.title, safe: change.is_safe, edits: edits.collect() }
    });
    Diagnostic {
        rule: finding.rule,
        severity: word(finding.severity),
        message: &finding.message,
        file: &finding.place.path,
        line: finding.place.start.line,
        column: finding.place.start.column,
        span: span(&finding.place),
        labels: labels.collect(),
        note: finding.note.as_deref(),
        help: finding.help.as_deref(),
        fix,
        fingerprint: &finding.fingerprint,
    }
}

fn span(place: &Place) -> Span {
    let position = |point: Point| Position { line: point.line, column: point.column };
    Span { start: position(place.start), end: position(place.end) }
}

/// An array with an item a line, in something that is indented by `depth` steps.
pub(super) fn array<T: Serialize>(depth: usize, items: impl Iterator<Item = T>) -> String {
    let indent = "  ".repeat(depth);
    let lines: Vec<String> = items.map(|item| format!("\n{indent}  {}", written(&item))).collect();
    if lines.is_empty() { "[]".to_owned() } else { format!("[{}\n{indent}]", lines.join(",")) }
}

/// A value on one line. Characters that a terminal would obey, or that nobody sees, are escaped: a reader of JSON gets
/// them as they are, and a person who prints the text is not fooled.
pub(super) fn written(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("maps with names of strings can be written");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if visible::is_harmless(c) {
            out.push(c);
        } else {
            // Other than in a string there is only ASCII, and the controls of strings are escaped already.
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_escaped_and_comes_back_as_it_was() {
        let text = "a\u{1b}[m\u{202e}\u{9b}\u{e0041}\u{7f}é\n\"";
        let out = written(&text);
        assert_eq!(out, "\"a\\u001b[m\\u202e\\u009b\\udb40\\udc41\\u007fé\\n\\\"\"");
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }
}
