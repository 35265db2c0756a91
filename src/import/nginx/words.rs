//! Words of nginx as words of a stack file.

use crate::import::spelling::bare_or_quoted;
use crate::import::statement::{Line, Statement};
use crate::source::Span;
use crate::syntax::nginx::tree::Arg;

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
    bare_or_quoted(arg.text(source))
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
