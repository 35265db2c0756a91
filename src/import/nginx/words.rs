//! Words of nginx as words of a stack file.

use crate::import::statement::{Line, Statement};
use crate::source::Span;
use crate::syntax::nginx::tree::Arg;
use crate::syntax::stack::spell::quoted;

/// A comment without what a stack file refuses.
pub(super) fn comment(text: &str) -> Line {
    Line::Comment(text.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

/// Puts a comment on the line of a statement, or above one that has several.
pub(super) fn beside(statement: &mut Statement, comment: Line) {
    match comment {
        Line::Comment(text) if !statement.words.iter().any(|word| word.contains('\n')) => {
            statement.beside = Some(text);
        }
        other => statement.above.push(other),
    }
}

/// What nginx makes of an argument: a bare word if it can be, in which variables stay variables.
pub(super) fn argument(arg: &Arg, source: &str) -> String {
    spelled(arg.text(source))
}

fn spelled(text: &str) -> String {
    bare(text).unwrap_or_else(|| quoted(text))
}

fn bare(text: &str) -> Option<String> {
    let outside = text.replace("${", "").replace('}', "");
    let is_word = !text.is_empty()
        && !text.starts_with(['#', '['])
        && text != "\\"
        && !text.contains(']')
        && !outside.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'{};".contains(c))
        && text.matches("${").count() == text.matches('}').count()
        && !is_reference(text);
    is_word.then(|| text.replace("${", "$${"))
}

/// Whether a bare word could refer to something of the stack.
fn is_reference(word: &str) -> bool {
    word.split_once('.').is_some_and(|(first, last)| {
        matches!(first, "secret" | "input")
            || last.len() < 7
                && last.bytes().all(|b| b.is_ascii_alphabetic())
                && crate::diagnostic::nearest(last, ["host", "port"].into_iter()).is_some()
            || matches!(last, "host" | "port")
    })
}

/// A stretch of a text whose lines are moved to the left together.
pub(super) fn to_the_left(text: &str, span: Span) -> String {
    let start = text[..span.start as usize].rfind('\n').map_or(0, |line| line + 1);
    let lead = &text[start..span.start as usize];
    let indent = if lead.trim().is_empty() { lead } else { "" };
    let stretch = text[span.range()].replace("\r\n", "\n");
    let lines = stretch.lines().enumerate().map(|(index, line)| match index {
        0 => line,
        _ => line.strip_prefix(indent).unwrap_or_else(|| line.trim_start()),
    });
    lines.map(str::trim_end).collect::<Vec<_>>().join("\n")
}
