//! The tree of an nginx configuration: directives, comments, blank lines and mistakes, which tile the whole text.
//!
//! Every text has a tree, and every byte of it lies in exactly one [`Leaf`]: as what the leaf says, or as the white
//! space before it. A mistake costs the directive it stands in and nothing else.

use crate::source::{FileId, Span};

/// A directive's number in its file, in reading order, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DirectiveId(pub u32);

/// A whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The file that was read.
    pub file: FileId,
    /// What stands at the top level, in order.
    pub items: Vec<Item>,
    /// The white space after the last item.
    pub tail: Span,
    /// How many directives there are at all levels: the smallest unused [`DirectiveId`].
    pub directive_count: u32,
    /// The mistakes of the file, in order of place; the directives that hold one are marked `damaged`.
    pub mistakes: Vec<Mistake>,
}

/// Something that stands in the text, with the white space before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Where the white space before it begins: at the end of the leaf before, or of the file's beginning.
    pub from: u32,
    /// Where it stands itself.
    pub span: Span,
}

impl Tree {
    /// What the `include` directives of the file name, in order; those in tables stand for entries, and are none.
    pub fn includes(&self, text: &str) -> Vec<String> {
        let mut patterns = Vec::new();
        includes(directives(&self.items), text, &mut patterns);
        patterns
    }

    /// Whether nginx reads all of it: there is no mistake, or none but entries of tables that lack their `;`. As nginx knows no
    /// lines, such an entry goes on in the next one.
    pub fn is_sound(&self) -> bool {
        let joined: usize = directives(&self.items).map(joined_entries).sum();
        let is_joined = |mistake: &Mistake| mistake.kind == MistakeKind::MissingSemicolon;
        self.mistakes.len() == joined && self.mistakes.iter().all(is_joined)
    }
}

/// How many entries of tables go on in the next one.
fn joined_entries(directive: &Directive) -> usize {
    let children: Vec<&Directive> = directive.children().collect();
    match &directive.body {
        Body::Table(_) => children.iter().rev().skip(1).filter(|entry| entry.goes_on()).count(),
        Body::Block(_) => children.into_iter().map(joined_entries).sum(),
        Body::None(_) | Body::Opaque(_) => 0,
    }
}

fn includes<'t>(list: impl Iterator<Item = &'t Directive>, text: &str, patterns: &mut Vec<String>) {
    for directive in list {
        match (directive.name(text), directive.args(), &directive.body) {
            ("include", [pattern], Body::None(_)) => patterns.push(pattern.text(text).to_owned()),
            (_, _, Body::Block(_)) => includes(directive.children(), text, patterns),
            (_, _, Body::None(_) | Body::Table(_) | Body::Opaque(_)) => {}
        }
    }
}

impl Leaf {
    /// The white space before it.
    pub fn lead(self) -> Span {
        Span { start: self.from, end: self.span.start, ..self.span }
    }
}

/// What may stand in a file or a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `name argument* ;` or `name argument* { ... }`
    Directive(Directive),
    /// `# text` on a line of its own, or after something that cannot hold it.
    Comment(Comment),
    /// One or more empty lines: from the beginning of the first to the end of the last.
    Blank(Leaf),
    /// Text that is no directive (a stray `}`, a lone `;`, a tag of a template), printed as it stands.
    Mistake(Leaf),
}

/// `# text`, from the `#` to the end of the line, without the line ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands.
    pub leaf: Leaf,
}

/// A name, its arguments and what ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Its number in the file.
    pub id: DirectiveId,
    /// The name first, then the arguments; never empty.
    pub words: Vec<Arg>,
    /// Comments between the words, each with the number of words that stand before it.
    pub comments: Vec<(u32, Comment)>,
    /// What ends it.
    pub body: Body,
    /// A comment after it on its last line.
    pub trailing: Option<Comment>,
    /// Whether a mistake lies in its own words or its end (not in its block): its meaning is not to be trusted.
    pub damaged: bool,
}

impl Directive {
    /// The name as nginx compares it: quotes and escapes resolved.
    pub fn name<'a>(&'a self, source: &'a str) -> &'a str {
        self.words[0].text(source)
    }

    /// The arguments, without the name.
    pub fn args(&self) -> &[Arg] {
        &self.words[1..]
    }

    /// From the name to the last argument, without what ends the directive.
    pub fn line_span(&self) -> Span {
        self.words[0].leaf.span.to(self.words[self.words.len() - 1].leaf.span)
    }

    /// From the name to the `;` or the closing brace.
    pub fn span(&self) -> Span {
        self.body.last().map_or(self.line_span(), |last| self.line_span().to(last.span))
    }

    /// Whether it lacks its `;`, so that nginx takes what follows for more words of it.
    pub fn goes_on(&self) -> bool {
        matches!(self.body, Body::None(None))
    }

    /// The directives of the block or table, without comments, blank lines and mistakes.
    pub fn children(&self) -> impl Iterator<Item = &Directive> {
        let block = match &self.body {
            Body::Block(block) | Body::Table(block) => Some(block),
            Body::None(_) | Body::Opaque(_) => None,
        };
        block.into_iter().flat_map(|block| directives(&block.items))
    }
}

/// The directives among `items`.
pub fn directives(items: &[Item]) -> impl Iterator<Item = &Directive> {
    items.iter().filter_map(|item| match item {
        Item::Directive(directive) => Some(directive),
        Item::Comment(_) | Item::Blank(_) | Item::Mistake(_) => None,
    })
}

/// What ends a directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// `;`, absent if it was forgotten.
    None(Option<Leaf>),
    /// `{ directive* }`
    Block(Block),
    /// `{ entry* }` of `types`, `map`, `geo` and their like: the name of each entry is a key, and none has a block.
    Table(Block),
    /// `{ text }` in another language, or nested too deep to be read.
    Opaque(Opaque),
}

impl Body {
    /// The last thing in it that was written.
    fn last(&self) -> Option<Leaf> {
        match self {
            Body::None(semicolon) => *semicolon,
            Body::Block(block) | Body::Table(block) => block.close.or(block.open),
            Body::Opaque(opaque) => opaque.close.or(Some(opaque.text)),
        }
    }
}

/// `{ ... }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The `{`; absent if it was forgotten.
    pub open: Option<Leaf>,
    /// A comment on the line of the opening brace.
    pub comment: Option<Comment>,
    /// What stands inside, in order.
    pub items: Vec<Item>,
    /// The `}`; absent if it was forgotten.
    pub close: Option<Leaf>,
}

/// `{ text }`, of which only the end is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// The `{`.
    pub open: Leaf,
    /// Everything between the braces, white space included.
    pub text: Leaf,
    /// The `}`; absent if the file ended first.
    pub close: Option<Leaf>,
}

/// A name, an argument, a key or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Where, quotes included.
    pub leaf: Leaf,
    /// How it was written.
    pub quoting: Quoting,
    /// What nginx makes of it, if that is not what stands between the quotes.
    pub cooked: Option<Box<str>>,
}

impl Arg {
    /// What nginx makes of it: without quotes, escapes resolved, variables as they stand.
    pub fn text<'a>(&'a self, source: &'a str) -> &'a str {
        let raw = &source[self.leaf.span.range()];
        match (&self.cooked, self.quoting) {
            (Some(cooked), _) => cooked,
            (None, Quoting::Bare) => raw,
            (None, Quoting::Double | Quoting::Single) => &raw[1..raw.len() - 1],
        }
    }
}

/// The ways to write an argument; to nginx all three mean the same, variables and escapes included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// `text`
    Bare,
    /// `"text"`
    Double,
    /// `'text'`
    Single,
}

/// Something that nginx refuses, with the place and what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub kind: MistakeKind,
    /// Where: the text that is wrong, the word after which something lacks, or the opener of what was not closed.
    pub span: Span,
}

/// The mistakes that the reader tells apart; each has a diagnostic of its own in [`super::mistakes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MistakeKind {
    /// A byte order mark, which nginx takes for a part of the first name.
    ByteOrderMark,
    /// A directive without its `;`.
    MissingSemicolon,
    /// A directive that has a block, without its `{`.
    MissingBrace,
    /// A `{` that is never closed; the span is the name of the directive whose block most likely lacks it.
    OpenBlock,
    /// A `}` that closes nothing.
    StrayClose,
    /// A `;` that ends nothing.
    StraySemicolon,
    /// A `{` with no directive before it.
    NoName,
    /// A block in a `types`, `map` or other table.
    BlockInTable,
    /// Blocks nested deeper than 64.
    TooDeep,
    /// A quote without its closing one.
    OpenQuote,
    /// Anything but white space, `;`, `{` or `)` after a closing quote.
    AfterQuote,
    /// `[0-9]{4}`: a brace in a word without quotes, which begins a block.
    BraceInWord,
    /// A word or comment longer than nginx's buffer.
    TooLong,
    /// `{{ name }}`, `{% if %}`, `<% if %>`: the tag of a template.
    Template,
}
