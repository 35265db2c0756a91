//! Annotations of GitHub Actions: workflow commands, one a line.
//!
//! The runner reads `::LEVEL NAME=VALUE,...::MESSAGE`, and takes percent escapes back: of `%`, CR and LF everywhere, of
//! `:` and `,` in values (`ActionCommand.cs` of actions/runner).

use std::fmt::Write as _;

use super::listing::{Finding, Listing};
use super::visible;
use crate::diagnostic::Severity;

/// An annotation for every finding, and for every file that was not analysed.
pub(super) fn document(listing: &Listing) -> String {
    let mut out = String::new();
    for finding in listing.open() {
        let (start, end) = (finding.place.start, finding.place.end);
        let mut places = format!("line={},col={},endLine={}", start.line, start.column, end.line);
        if end.line == start.line {
            // Columns of an annotation over several lines are refused.
            let _ = write!(places, ",endColumn={}", end.column);
        } else {
            places = format!("line={},endLine={}", start.line, end.line);
        }
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "::{} file={},{places},title={}::{}",
            level(finding.severity),
            value(&finding.place.path),
            value(finding.rule),
            text(&sentences(finding))
        );
    }
    for file in &listing.not_analysed {
        let (path, why) = (value(&file.path), text(&file.why));
        let _ = writeln!(
            out,
            "::error file={path},title=not-analysed::{} {why}",
            text(&visible::line(&file.path))
        );
    }
    out
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

fn sentences(finding: &Finding) -> String {
    let note = finding.note.iter().map(|note| format!("\nnote: {note}"));
    let help = finding.help.iter().map(|help| format!("\nhelp: {help}"));
    format!("{}{}{}", finding.message, note.collect::<String>(), help.collect::<String>())
}

/// A message.
fn text(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a name. What a log should not show is named, but for the ends of lines, which can be escaped.
fn value(value: &str) -> String {
    let shown: String = value
        .chars()
        .map(|c| {
            if visible::is_harmless(c) || matches!(c, '\r' | '\n') { c.to_string() } else { visible::name(c) }
        })
        .collect();
    text(&shown).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_value_or_a_message_early() {
        assert_eq!(text("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(value("a,line=1::b%0A\n\u{1b}[m"), "a%2Cline=1%3A%3Ab%250A%0A<U+001B>[m");
    }
}
