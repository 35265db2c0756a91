//! The tree of a stack file: statements, comments, blank lines and mistakes, each with its span.
//!
//! Every text has a tree. A mistake is a leaf with a place of its own, so that it costs the statement it stands in
//! and nothing else. What is written between the nodes is white space alone.

use crate::source::{FileId, Span};

/// A statement's number in its file, in reading order, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StmtId(pub u32);

/// A whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The file that was read.
    pub file: FileId,
    /// What stands at the top level, in order.
    pub items: Vec<Item>,
    /// How many statements there are at all levels: the smallest unused [`StmtId`].
    pub statement_count: u32,
    /// Every mistake of the file, in order of place; the statements that hold one are marked `damaged`.
    pub mistakes: Vec<Mistake>,
}

/// What may stand in a file or a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `head argument* block?`
    Statement(Statement),
    /// `# text` on a line of its own.
    Comment(Comment),
    /// One or more empty lines between two items; printed as one.
    Blank,
    /// Text that is no statement (a stray `}`, a lone `;`, junk after a block): its span, printed as it stands.
    Mistake(Span),
}

/// `# text`, from the `#` to the end of the line, without the line ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The text with its `#`, without trailing white space.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A head word, its arguments and its block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its number in the file.
    pub id: StmtId,
    /// The head first, then the arguments; never empty.
    pub args: Vec<Arg>,
    /// `{ ... }`, if there is one.
    pub block: Option<Block>,
    /// A comment after the statement on its last line.
    pub trailing: Option<Comment>,
    /// From the head to the last argument or the closing brace.
    pub span: Span,
    /// Whether a mistake lies in its own words (not in its block): its meaning is then not to be trusted.
    pub damaged: bool,
}

impl Statement {
    /// The head as text, if it is a plain word without references.
    pub fn head(&self) -> Option<&str> {
        self.args[0].as_word()
    }

    /// From the head to the last argument, without the block.
    pub fn line_span(&self) -> Span {
        self.args[0].span.to(self.args[self.args.len() - 1].span)
    }

    /// The statements of the block, without comments, blank lines and mistakes.
    pub fn children(&self) -> impl Iterator<Item = &Statement> {
        self.block.iter().flat_map(|block| statements(&block.items))
    }
}

/// The statements among `items`.
pub fn statements(items: &[Item]) -> impl Iterator<Item = &Statement> {
    items.iter().filter_map(|item| match item {
        Item::Statement(statement) => Some(statement),
        Item::Comment(_) | Item::Blank | Item::Mistake(_) => None,
    })
}

/// `{ ... }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The `{`.
    pub open: Span,
    /// The `}`; absent if the file ended first.
    pub close: Option<Span>,
    /// A comment on the line of the opening brace.
    pub comment: Option<Comment>,
    /// What stands inside, in order.
    pub items: Vec<Item>,
}

/// One argument (or the head).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// How it was written and what it says.
    pub kind: ArgKind,
    /// Where, quotes, brackets and fences included.
    pub span: Span,
}

/// The ways to write an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgKind {
    /// A bare word; may hold references. Only a bare word can be a keyword.
    Word(Vec<Piece>),
    /// `"text"` with escapes and references.
    Quoted(Vec<Piece>),
    /// `'verbatim'`: no escapes, no references.
    Verbatim(String),
    /// `"""fenced"""`, dedented by the white space before the closing fence; no escapes, no references.
    Fenced(String),
    /// `[a b, c]`; items are never lists.
    List(List),
}

/// `[a b, c]` with the comments between its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// The items in order.
    pub items: Vec<Arg>,
    /// Comments inside, each with the number of items that stand before it.
    pub comments: Vec<(usize, Comment)>,
    /// Whether it was written over several lines; then the printer keeps an item a line.
    pub multiline: bool,
}

/// A part of a word or of a quoted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub kind: PieceKind,
    /// Where.
    pub span: Span,
}

/// Text as meant (escapes resolved), or a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Text after `\"`, `\\`, `\n`, `\t` and `$${` were resolved.
    Text(String),
    /// The inside of `${...}`, without the braces.
    Reference(String),
}

impl Arg {
    /// The text of a bare word without references: what can be a keyword.
    pub fn as_word(&self) -> Option<&str> {
        match &self.kind {
            ArgKind::Word(pieces) => match pieces.as_slice() {
                [Piece { kind: PieceKind::Text(text), .. }] => Some(text),
                _ => None,
            },
            ArgKind::Quoted(_) | ArgKind::Verbatim(_) | ArgKind::Fenced(_) | ArgKind::List(_) => None,
        }
    }
}

/// Something that is not in the language, with the place and what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub kind: MistakeKind,
    /// Where: the text that is wrong, or the opener of what was not closed.
    pub span: Span,
}

/// The mistakes that the reader tells apart; each has a diagnostic of its own in [`super::reader`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MistakeKind {
    /// A quote glued to a word: `a"b"`, `"a"b`.
    Glued,
    /// `a;b`: a separator without the space that makes it one.
    GluedSeparator,
    /// Anything after a block on the same line, or a second block.
    AfterBlock,
    /// A `}` that closes nothing.
    StrayClose,
    /// A statement whose block has a `}` and no `{`; the span is that of its words.
    MissingBrace,
    /// A `{` that is never closed; the span is the `{` of the block that most likely lacks it.
    OpenBlock,
    /// A `[` without `]`.
    OpenList,
    /// A quote or fence without its closing one.
    OpenText,
    /// `"\x"`: an escape that does not exist.
    BadEscape,
    /// A lone `\` as a word: a line continuation, which this language does not have.
    Continuation,
    /// A nested list, a block in a list, or a glued quote in one.
    BadItem,
    /// A control or bidirectional character outside of white space.
    Control,
    /// `${a.b }`, `${`, `${}`, `${a${b}}`: a reference that is not one.
    BadReference,
    /// `web{`: a brace glued to a word that does not close in it.
    GluedBlock,
    /// Blocks nested deeper than 64.
    TooDeep,
    /// A line that nobody wrote; the span is its beginning.
    LongLine,
    /// More words than anybody wrote; the span is where the rest begins.
    TooMuch,
    /// A `{` on a line of its own, or with nothing before it that it could be the block of.
    NoHead,
}
