//! What the lines of a file say before braces are paired: words, braces, comments, line beginnings.

use super::tree::{Arg, Comment};
use crate::source::Span;

/// A part of a file, in order.
#[derive(Debug)]
pub(super) enum Token {
    /// A line begins, this many columns from the left. Not said inside of lists and fenced texts.
    Line { indent: usize },
    /// One or more empty lines.
    Blank,
    /// A head with its arguments.
    Words(Words),
    /// `{`, right after a word or not.
    Open { span: Span, glued: bool },
    /// `}`
    Close(Span),
    /// `;`
    End,
    /// `# text`
    Comment(Comment),
    /// Text that is no statement.
    Junk(Span),
}

/// A head with its arguments.
#[derive(Debug)]
pub(super) struct Words {
    /// The head first.
    pub(super) args: Vec<Arg>,
    /// Whether a mistake lies in them.
    pub(super) damaged: bool,
    /// From the first to the last, text that is stuck to them included.
    pub(super) span: Span,
}

impl Token {
    /// Where it stands, if it is more than white space and separators.
    pub(super) fn span(&self) -> Option<Span> {
        match self {
            Token::Words(words) => Some(words.span),
            Token::Open { span, .. } | Token::Close(span) | Token::Junk(span) => Some(*span),
            Token::Comment(comment) => Some(comment.span),
            Token::Line { .. } | Token::Blank | Token::End => None,
        }
    }
}
