//! The blocks that are open at a place in a configuration, and the directive that is being read there.

use super::names;
use super::tree::{Arg, Block, Body, Comment, Directive, DirectiveId, Item, Leaf};
use crate::source::Span;

/// Which of its possible blocks a `}` closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Braces {
    /// The innermost, as nginx reads it.
    AsWritten,
    /// The one whose line is indented as far: for a file whose braces do not pair.
    ByIndentation,
}

/// A directive whose end has not been read yet.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) id: DirectiveId,
    pub(super) words: Vec<Arg>,
    /// Each with the number of words before it, and whether it has a line of its own.
    pub(super) comments: Vec<(u32, Comment, bool)>,
    /// Its indentation, if it begins its line.
    pub(super) indent: Option<u32>,
    pub(super) damaged: bool,
}

/// No directive with a block has more words before it.
const MOST_WORDS: usize = 16;

impl Head {
    pub(super) fn line_span(&self) -> Span {
        self.words[0].leaf.span.to(self.words[self.words.len() - 1].leaf.span)
    }

    pub(super) fn last_word(&self) -> Span {
        self.words[self.words.len() - 1].leaf.span
    }

    /// Whether it must have a block, and has all of its arguments.
    pub(super) fn is_complete(&self, text: &str) -> bool {
        if self.damaged || self.words.len() > MOST_WORDS {
            return false;
        }
        let words: Vec<&str> = self.words.iter().map(|word| word.text(text)).collect();
        names::is_complete(words[0], &words[1..])
    }

    /// Takes the comments on lines of their own after the last word.
    pub(super) fn take_comments_below(&mut self) -> Vec<Comment> {
        let count = self.words.len();
        let below = self.comments.iter().position(|(before, _, own)| *own && *before as usize == count);
        let below = below.unwrap_or(self.comments.len());
        self.comments.drain(below..).map(|(_, comment, _)| comment).collect()
    }

    pub(super) fn with(self, body: Body) -> Directive {
        Directive {
            id: self.id,
            words: self.words,
            comments: self.comments.into_iter().map(|(before, comment, _)| (before, comment)).collect(),
            body,
            trailing: None,
            damaged: self.damaged,
        }
    }
}

/// A block whose end has not been read yet.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) head: Head,
    pub(super) table: bool,
    pub(super) open: Option<Leaf>,
    pub(super) comment: Option<Comment>,
    pub(super) items: Vec<Item>,
    /// Whether what stands in it is indented more than its head.
    pub(super) indented: bool,
    /// Braces without a name before them that are open in it.
    pub(super) loose: u32,
}

impl Frame {
    pub(super) fn new(head: Head, table: bool, open: Option<Leaf>) -> Self {
        Self { head, table, open, comment: None, items: Vec::new(), indented: false, loose: 0 }
    }

    /// Its head's indentation, if that says where it must end.
    pub(super) fn ends_at(&self) -> Option<u32> {
        self.head.indent.filter(|_| self.indented)
    }

    pub(super) fn close(self, close: Option<Leaf>) -> Directive {
        let block = Block { open: self.open, comment: self.comment, items: self.items, close };
        self.head.with(if self.table { Body::Table(block) } else { Body::Block(block) })
    }
}
