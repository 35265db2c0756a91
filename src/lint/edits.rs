//! Edits that several rules offer: whole lines that come or go, laid out like those beside them. Where a text is laid out
//! in another way there is no edit rather than a wrong one.

use crate::source::{SourceMap, Span};

/// A replacement.
pub(super) type Edit = (Span, String);

/// What stands before the place on its line, if that is blank.
fn indentation(sources: &SourceMap, at: Span) -> Option<&str> {
    let file = sources.file(at.file);
    let line = file.line_range(file.line_index(at.start));
    let before = file.text.get(line.start..at.range().start)?.trim_start_matches('\u{feff}');
    before.trim().is_empty().then_some(before)
}

/// The lines from the beginning of a place to its end, with the last line's end.
pub(super) fn lines_of(sources: &SourceMap, at: Span) -> Span {
    let file = sources.file(at.file);
    let start = file.line_range(file.line_index(at.start)).start;
    let last = file.line_range(file.line_index(at.end)).end;
    let end = file.text[last..].find('\n').map_or(file.text.len(), |end| last + end + 1);
    Span::new(at.file, start, end)
}

/// The comments on lines of their own right above a place.
fn comments_above(sources: &SourceMap, at: Span) -> Span {
    let file = sources.file(at.file);
    let place = file.line_index(at.start);
    let is_comment = |line: &usize| file.text[file.line_range(*line)].trim_start().starts_with('#');
    let first = (0..place).rev().take_while(is_comment).last().unwrap_or(place);
    Span::new(at.file, file.line_range(first).start, file.line_range(place).start)
}

/// Takes a place away with its lines, if nothing else but a comment stands on them. What may be there by a comment above
/// it stays: the comment would speak of what follows.
pub(super) fn without_lines(sources: &SourceMap, at: Span) -> Option<Edit> {
    indentation(sources, at)?;
    let lines = lines_of(sources, at);
    if sources.text(comments_above(sources, at)).contains("stackc:") {
        return None;
    }
    is_blank_or_comment(sources.text(Span { start: at.end, ..lines })).then(|| (lines, String::new()))
}

/// Takes a comment away, with its line if nothing else stands there.
pub(super) fn without_comment(sources: &SourceMap, at: Span) -> Option<Edit> {
    if indentation(sources, at).is_none() {
        let before = sources.text(Span { start: 0, end: at.start, ..at }).trim_end_matches([' ', '\t']);
        return Some((Span::new(at.file, before.len(), at.range().end), String::new()));
    }
    let lines = lines_of(sources, at);
    let below = &sources.file(at.file).text[lines.range().end..];
    // At the top of a Dockerfile the next comment would become a directive of the builder.
    (lines.start > 0 || !below.starts_with('#')).then(|| (lines, String::new()))
}

/// Puts a line before the one that begins with the place and the comments above it, indented alike.
pub(super) fn line_before(sources: &SourceMap, at: Span, line: &str) -> Option<Edit> {
    let indent = indentation(sources, at)?;
    let line = indented(line, indent);
    Some((comments_above(sources, at).at_start(), format!("{indent}{line}\n")))
}

/// Puts a line behind the one that the place ends in, indented like the one that it begins.
pub(super) fn line_behind(sources: &SourceMap, at: Span, line: &str) -> Option<Edit> {
    let indent = indentation(sources, at)?;
    behind(sources, at, indent, line)
}

/// Puts a line behind the one that a place ends in, if nothing but a comment follows there.
pub(super) fn behind(sources: &SourceMap, at: Span, indent: &str, line: &str) -> Option<Edit> {
    let file = sources.file(at.file);
    let end = file.line_range(file.line_index(at.end)).end;
    let rest = Span { start: at.end, ..Span::new(at.file, end, end) };
    let line = indented(line, indent);
    is_blank_or_comment(sources.text(rest))
        .then(|| (Span::new(at.file, end, end), format!("\n{indent}{line}")))
}

/// Lines that all begin alike.
fn indented(lines: &str, indent: &str) -> String {
    lines.replace('\n', &format!("\n{indent}"))
}

fn is_blank_or_comment(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.starts_with('#')
}

/// Writes another word in the place of one that is written without quotes, escapes or variables.
pub(super) fn word(sources: &SourceMap, at: Span, old: &str, new: impl Into<String>) -> Option<Edit> {
    (sources.text(at) == old).then(|| (at, new.into()))
}

/// All edits, or none if one of them cannot be made.
pub(super) fn all(edits: impl IntoIterator<Item = Option<Edit>>) -> Option<Vec<Edit>> {
    let mut edits: Vec<Edit> = edits.into_iter().collect::<Option<_>>()?;
    // Two findings of one place ask for the same.
    let mut seen: Vec<Edit> = Vec::with_capacity(edits.len());
    edits.retain(|edit| {
        let is_new = !seen.contains(edit);
        seen.extend(is_new.then(|| edit.clone()));
        is_new
    });
    (!edits.is_empty()).then_some(edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with an edit at the word `at` made.
    fn check(text: &str, at: &str, edit: impl Fn(&SourceMap, Span) -> Option<Edit>) -> Option<String> {
        let mut sources = SourceMap::default();
        let file = sources.add("a", text);
        let start = text.find(at).unwrap();
        let (span, new) = edit(&sources, Span::new(file, start, start + at.len()))?;
        let mut text = text.to_owned();
        text.replace_range(span.range(), &new);
        Some(text)
    }

    #[test]
    fn lines_come_and_go_as_a_whole() {
        let text = "a {\n    b c; # d\n}\n";
        assert_eq!(check(text, "b c;", without_lines).as_deref(), Some("a {\n}\n"));
        assert_eq!(check(text, "c;", without_lines), None);
        assert_eq!(check(text, "b", without_lines), None);
        let before = |sources: &SourceMap, at| line_before(sources, at, "x;");
        assert_eq!(check(text, "b", before).as_deref(), Some("a {\n    x;\n    b c; # d\n}\n"));
        assert_eq!(check(text, "c", before), None);
        let behind = |sources: &SourceMap, at| line_behind(sources, at, "x;");
        assert_eq!(check(text, "b c;", behind).as_deref(), Some("a {\n    b c; # d\n    x;\n}\n"));
        assert_eq!(check(text, "b", behind), None);
        assert_eq!(check("a\nb", "b", behind).as_deref(), Some("a\nb\nx;"));
        assert_eq!(check("a\r\nb\r\n", "a", without_lines).as_deref(), Some("b\r\n"));
    }

    #[test]
    fn a_comment_stays_above_what_it_speaks_of() {
        let before = |sources: &SourceMap, at| line_before(sources, at, "x;");
        assert_eq!(check("a;\n# why\n# so\nb;\n", "b", before).as_deref(), Some("a;\nx;\n# why\n# so\nb;\n"));
        assert_eq!(check("# why\nb;\n", "b;", without_lines).as_deref(), Some("# why\n"));
        assert_eq!(check("# stackc: allow(a) why\nb;\n", "b;", without_lines), None);
    }
}
