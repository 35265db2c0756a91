//! What an nginx configuration says before braces are paired: words, ends, comments, blank lines.

use super::tree::{Leaf, Quoting};

/// A part of a file, in order; all of them together are the file without the white space at its end.
#[derive(Debug)]
pub(super) struct Token {
    /// Where it stands, and the white space before it.
    pub(super) leaf: Leaf,
    /// How many columns it is indented, if it is the first on its line.
    pub(super) indent: Option<u32>,
    /// What it is.
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// A name or an argument.
    Word(Word),
    /// `;`
    Semicolon,
    /// `{`
    Open,
    /// `}`
    Close,
    /// `# text`
    Comment,
    /// One or more empty lines.
    Blank,
    /// The inside of a block in another language; a `{` stands before it.
    Opaque,
    /// A tag of a template on a line of its own, or a byte order mark.
    Junk,
}

#[derive(Debug)]
pub(super) struct Word {
    pub(super) quoting: Quoting,
    /// What it says, if that is not what is written.
    pub(super) cooked: Option<Box<str>>,
    /// Whether a mistake lies in it.
    pub(super) damaged: bool,
}
