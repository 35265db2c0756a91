//! Words and comments of other languages as those of a stack file.

use super::statement::Line;
use crate::backend::escape;
use crate::syntax::stack::spell::quoted;

/// A comment without what a stack file refuses.
pub(super) fn comment(text: &str) -> Line {
    Line::Comment(escape::comment(text.trim_end()))
}

/// A text of one argument, without quotes if it can be.
pub(super) fn bare_or_quoted(text: &str) -> String {
    bare(text).unwrap_or_else(|| quoted(text))
}

/// A word without quotes, in which `${` is no reference. Only the braces of variables may stand in one.
fn bare(text: &str) -> Option<String> {
    let outside = text.replace("${", "").replace('}', "");
    let is_word = !text.is_empty()
        && !text.starts_with(['#', '['])
        && !text.ends_with('\\')
        && !text.contains(']')
        && !outside.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'{};".contains(c))
        && text.matches("${").count() == text.matches('}').count()
        && !is_reference(text);
    is_word.then(|| text.replace("${", "$${"))
}

/// Whether a bare word would refer to something of the stack, or nearly so.
pub(super) fn is_reference(word: &str) -> bool {
    let Some((first, last)) = word.split_once('.') else { return false };
    let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    matches!(first, "secret" | "input")
        || is_name(first)
            && is_name(last)
            && ["host", "port"].iter().any(|part| strsim::osa_distance(last, part) < 2)
}

#[cfg(test)]
mod tests {
    use super::bare_or_quoted;

    #[test]
    fn quotes_stand_where_a_word_would_mean_something_else() {
        for (text, spelled) in [
            ("a-b/c.d", "a-b/c.d"),
            ("${A:-b}/c", "$${A:-b}/c"),
            ("{a}", "\"{a}\""),
            ("a b", "\"a b\""),
            ("input.A", "\"input.A\""),
            ("db.port", "\"db.port\""),
            ("db.prot", "\"db.prot\""),
            ("example.org", "example.org"),
            ("a\\", "\"a\\\\\""),
        ] {
            assert_eq!(bare_or_quoted(text), spelled, "{text}");
        }
    }
}
