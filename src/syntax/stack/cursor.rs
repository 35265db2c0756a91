//! From what pest matched to typed leaves: arguments with their pieces, and the mistakes in them.

use std::borrow::Cow;

use pest::Parser as _;
use pest::iterators::Pair;

use super::found::Found;
use super::tree::{Arg, ArgKind, Comment, List, MistakeKind, Piece, PieceKind};
use crate::source::{FileId, Span};
use crate::syntax::control;

#[allow(missing_docs, unreachable_pub, clippy::pedantic)]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/stack.pest"]
    pub struct StackParser;
}

use grammar::Rule;

/// Where in the grammar a stretch of text begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    /// In a block or at the top level.
    Line,
    /// Right after an argument.
    Rest,
    /// In a list that an earlier line opened.
    List,
}

/// What a line consists of.
#[derive(Debug)]
pub(super) enum Leaf {
    /// An argument or an item of a list.
    Arg(ReadArg),
    /// `"text` without its end, and where the text begins.
    OpenText { arg: Arg, text: usize },
    /// `"""` with whatever follows it up to the end of the line, and how many quotes they are.
    OpenFence { quotes: usize, span: Span },
    /// `[` without `]` on this line, and what follows.
    OpenList { open: Span, leaves: Vec<Leaf> },
    /// `]` of a list that an earlier line opened.
    ListEnd(Span),
    /// The place before a `}` inside of a list.
    ListBreak,
    /// Text that may not stand where it does, stuck to the argument before it.
    Stuck(Found),
    /// `{`, right after an argument or not.
    Open { span: Span, glued: bool },
    /// `}`
    Close(Span),
    /// `;`
    End,
    /// `# text`
    Comment(Comment),
}

impl Leaf {
    /// How many words, braces and comments it holds.
    pub(super) fn parts(&self) -> usize {
        match self {
            Leaf::Arg(ReadArg { arg: Arg { kind: ArgKind::List(list), .. }, .. }) => 1 + list.items.len(),
            Leaf::OpenList { leaves, .. } => 1 + leaves.len(),
            Leaf::Arg(_)
            | Leaf::OpenText { .. }
            | Leaf::OpenFence { .. }
            | Leaf::ListEnd(_)
            | Leaf::ListBreak
            | Leaf::Stuck(_)
            | Leaf::Open { .. }
            | Leaf::Close(_)
            | Leaf::End
            | Leaf::Comment(_) => 1,
        }
    }
}

/// An argument with the mistakes in it.
#[derive(Debug)]
pub(super) struct ReadArg {
    pub(super) arg: Arg,
    pub(super) found: Vec<Found>,
    /// Whether it holds a mistake, one of those that are found elsewhere included.
    pub(super) damaged: bool,
}

/// The leaves of `from..to`, which lies on one physical line of `text`.
pub(super) fn leaves(
    file: FileId,
    text: &str,
    entry: Entry,
    from: usize,
    to: usize,
) -> impl Iterator<Item = Leaf> {
    let rule = match entry {
        Entry::Line => Rule::line,
        Entry::Rest => Rule::rest,
        Entry::List => Rule::list_line,
    };
    let parsed = grammar::StackParser::parse(rule, &text[from..to]);
    // pest itself refuses when less than 64 KiB of stack are left; nothing here recurses, so they are.
    let pairs = parsed.expect("the grammar accepts every line");
    let stretch = Stretch { file, base: from };
    pairs.flat_map(Pair::into_inner).filter_map(move |pair| stretch.leaf(pair))
}

/// Knows where the text that pest sees lies in the file.
#[derive(Clone, Copy)]
struct Stretch {
    file: FileId,
    base: usize,
}

impl Stretch {
    fn span(self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.base + start, self.base + end)
    }

    fn leaf(self, pair: Pair<'_, Rule>) -> Option<Leaf> {
        let (start, end) = (pair.as_span().start(), pair.as_span().end());
        let span = self.span(start, end);
        Some(match pair.as_rule() {
            Rule::word | Rule::item => Leaf::Arg(self.word(pair, span)),
            Rule::quoted => self.quoted(pair, span),
            Rule::literal => literal(pair, span),
            Rule::fenced => Leaf::Arg(fenced(pair, span)),
            Rule::fence_open => fence_open(pair, span),
            Rule::list => self.list(pair, span),
            Rule::list_end => Leaf::ListEnd(span),
            Rule::list_break => Leaf::ListBreak,
            Rule::bad_item => Leaf::Stuck(Found::new(MistakeKind::BadItem, span)),
            Rule::glued => Leaf::Stuck(Found::new(MistakeKind::Glued, span)),
            Rule::glued_separator => Leaf::Stuck(Found::new(MistakeKind::GluedSeparator, span)),
            Rule::open => Leaf::Open { span, glued: false },
            Rule::glued_open => Leaf::Open { span, glued: true },
            Rule::close => Leaf::Close(span),
            Rule::end => Leaf::End,
            Rule::comment => Leaf::Comment(self.comment(&pair)),
            // The end of the input, silent rules, and rules that stand only inside of those above.
            _ => return None,
        })
    }

    fn comment(self, pair: &Pair<'_, Rule>) -> Comment {
        let (start, text) = (pair.as_span().start(), pair.as_str().trim_end());
        Comment { text: text.to_owned(), span: self.span(start, start + text.len()) }
    }

    fn word(self, pair: Pair<'_, Rule>, span: Span) -> ReadArg {
        let raw = pair.as_str();
        let mut pieces = Pieces::new(self, pair.as_span().start(), raw);
        for inner in pair.into_inner() {
            pieces.leaf(&inner);
        }
        let (pieces, mut found) = pieces.finish(raw.len());
        for piece in &pieces {
            if matches!(&piece.kind, PieceKind::Reference(inner) if inner.contains([' ', '\t'])) {
                found.push(Found::new(MistakeKind::BadReference, piece.span));
            }
        }
        if raw == "\\" {
            found.push(Found::new(MistakeKind::Continuation, span));
        } else if looks_like_a_glued_block(raw) {
            found.push(Found::new(MistakeKind::GluedBlock, span));
        }
        ReadArg::new(Arg { kind: ArgKind::Word(pieces), span }, found, raw)
    }

    fn quoted(self, pair: Pair<'_, Rule>, span: Span) -> Leaf {
        let raw = pair.as_str();
        let mut pieces = Pieces::new(self, pair.as_span().start() + 1, &raw[1..]);
        let mut open = false;
        for inner in pair.into_inner() {
            open |= inner.as_rule() == Rule::open_text;
            pieces.leaf(&inner);
        }
        let (pieces, found) = pieces.finish(raw.len() - if open { 1 } else { 2 });
        let arg = Arg { kind: ArgKind::Quoted(pieces), span };
        if open {
            return Leaf::OpenText { arg, text: span.start as usize + 1 };
        }
        Leaf::Arg(ReadArg::new(arg, found, raw))
    }

    fn list(self, pair: Pair<'_, Rule>, span: Span) -> Leaf {
        let raw = pair.as_str();
        let mut leaves: Vec<Leaf> = pair.into_inner().filter_map(|inner| self.leaf(inner)).collect();
        let Some(Leaf::ListEnd(_)) = leaves.last() else {
            let open = Span { end: span.start + 1, ..span };
            return Leaf::OpenList { open, leaves };
        };
        leaves.pop();
        let mut items = Vec::with_capacity(leaves.len());
        let mut found = Vec::new();
        for leaf in leaves {
            match leaf {
                Leaf::Arg(item) => {
                    items.push(item.arg);
                    found.extend(item.found);
                }
                Leaf::Stuck(bad) => found.push(bad),
                // Those would have taken the `]` with them, or cannot stand in a list.
                Leaf::OpenText { .. }
                | Leaf::OpenFence { .. }
                | Leaf::OpenList { .. }
                | Leaf::ListEnd(_)
                | Leaf::ListBreak
                | Leaf::Open { .. }
                | Leaf::Close(_)
                | Leaf::End
                | Leaf::Comment(_) => {}
            }
        }
        let list = List { items, comments: Vec::new(), multiline: false };
        Leaf::Arg(ReadArg::new(Arg { kind: ArgKind::List(list), span }, found, raw))
    }
}

impl ReadArg {
    /// An argument that was written as `raw`.
    pub(super) fn new(arg: Arg, found: Vec<Found>, raw: &str) -> Self {
        let damaged = !found.is_empty() || control::holds(raw);
        Self { arg, found, damaged }
    }
}

fn literal(pair: Pair<'_, Rule>, span: Span) -> Leaf {
    let raw = pair.as_str();
    let arg = |inner: &str| Arg { kind: ArgKind::Verbatim(inner.to_owned()), span };
    match pair.into_inner().next() {
        Some(_open_text) => Leaf::OpenText { arg: arg(&raw[1..]), text: span.start as usize + 1 },
        None => Leaf::Arg(ReadArg::new(arg(&raw[1..raw.len() - 1]), Vec::new(), raw)),
    }
}

fn fenced(pair: Pair<'_, Rule>, span: Span) -> ReadArg {
    let raw = pair.as_str();
    let text = match children(pair).as_slice() {
        [_fence, inline] => inline.as_str().to_owned(),
        _ => String::new(),
    };
    ReadArg::new(Arg { kind: ArgKind::Fenced(text), span }, Vec::new(), raw)
}

fn fence_open(pair: Pair<'_, Rule>, span: Span) -> Leaf {
    match children(pair).as_slice() {
        [fence, _tail] => Leaf::OpenFence { quotes: fence.as_str().len(), span },
        _ => Leaf::OpenFence { quotes: 3, span },
    }
}

fn children(pair: Pair<'_, Rule>) -> Vec<Pair<'_, Rule>> {
    pair.into_inner().collect()
}

/// `web{listen}`: a name right before a name in braces is a block that lacks its space; `data{1...4}`, `\d{4}`,
/// `/users/{id}` are words.
fn looks_like_a_glued_block(raw: &str) -> bool {
    let name = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    raw.strip_suffix('}')
        .and_then(|raw| raw.split_once('{'))
        .is_some_and(|(head, inner)| name(head) && name(inner))
}

/// Collects the pieces of a word or a quoted text: the leaves that pest names, and the text between them.
struct Pieces<'a> {
    stretch: Stretch,
    /// Where `raw` begins in the stretch.
    start: usize,
    raw: &'a str,
    /// How much of `raw` is done.
    done: usize,
    read: Vec<Piece>,
    found: Vec<Found>,
}

impl<'a> Pieces<'a> {
    fn new(stretch: Stretch, start: usize, raw: &'a str) -> Self {
        Self { stretch, start, raw, done: 0, read: Vec::new(), found: Vec::new() }
    }

    fn leaf(&mut self, leaf: &Pair<'_, Rule>) {
        let at = leaf.as_span().start() - self.start;
        let raw = leaf.as_str();
        self.plain(at);
        self.done = at + raw.len();
        match leaf.as_rule() {
            Rule::reference => self.reference(at, raw),
            Rule::bad_reference => self.mistake(MistakeKind::BadReference, at, raw),
            Rule::bad_escape => self.mistake(MistakeKind::BadEscape, at, raw),
            Rule::dollar_word | Rule::dollar_text => self.text(at, self.done, &raw[1..]),
            Rule::escape => self.text(at, self.done, unescape(raw)),
            _ => {}
        }
    }

    /// The text as it stands up to `end`.
    fn plain(&mut self, end: usize) {
        if self.done < end {
            self.text(self.done, end, &self.raw[self.done..end]);
        }
    }

    fn text(&mut self, start: usize, end: usize, meant: &str) {
        let span = self.stretch.span(self.start + start, self.start + end);
        // What may stand nowhere is told of, and gone on without.
        let meant = if control::holds(meant) {
            Cow::Owned(meant.replace(control::is_refused, ""))
        } else {
            Cow::Borrowed(meant)
        };
        if let Some(Piece { kind: PieceKind::Text(text), span: whole }) = self.read.last_mut() {
            text.push_str(&meant);
            *whole = whole.to(span);
        } else {
            self.piece(Piece { kind: PieceKind::Text(meant.into_owned()), span });
        }
    }

    fn reference(&mut self, start: usize, raw: &str) {
        let span = self.stretch.span(self.start + start, self.start + start + raw.len());
        let inner = raw[2..raw.len() - 1].to_owned();
        self.piece(Piece { kind: PieceKind::Reference(inner), span });
    }

    /// Nearly every word is one piece; a vector that grows by itself would make room for four.
    fn piece(&mut self, piece: Piece) {
        self.read.reserve_exact(usize::from(self.read.is_empty()));
        self.read.push(piece);
    }

    fn mistake(&mut self, kind: MistakeKind, start: usize, raw: &str) {
        let span = self.stretch.span(self.start + start, self.start + start + raw.len());
        self.found.push(Found::new(kind, span));
        self.text(start, start + raw.len(), raw);
    }

    fn finish(mut self, end: usize) -> (Vec<Piece>, Vec<Found>) {
        self.plain(end);
        (self.read, self.found)
    }
}

fn unescape(escape: &str) -> &'static str {
    match escape {
        "\\n" => "\n",
        "\\t" => "\t",
        "\\\"" => "\"",
        _ => "\\",
    }
}
