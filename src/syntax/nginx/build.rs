//! Puts tokens together to directives and pairs braces. Nothing recurses: open blocks are a list.

use super::found::{Found, Hint, Mistakes};
use super::frames::{Braces, Frame, Head};
use super::names;
use super::tokens::{Kind, Token, Word};
use super::tree::{Arg, Body, Comment, DirectiveId, Item, Leaf, MistakeKind, Opaque, Quoting};
use crate::source::Span;

/// Blocks may be nested so deep.
pub(super) const MAX_DEPTH: usize = 64;

/// What tokens amount to.
pub(super) struct Built {
    pub(super) items: Vec<Item>,
    pub(super) directive_count: u32,
    pub(super) mistakes: Mistakes,
}

/// Puts `tokens` of `text` together; `mistakes` are those found in the tokens themselves.
pub(super) fn build(text: &str, tokens: &[Token], braces: Braces, mistakes: Mistakes) -> Built {
    let mut builder = Builder {
        text,
        tokens,
        at: 0,
        braces,
        mistakes,
        items: Vec::new(),
        frames: Vec::new(),
        head: None,
        blank: None,
        loose: 0,
        directive_count: 0,
    };
    while builder.at < tokens.len() {
        builder.token();
        builder.at += 1;
    }
    builder.end_of_file();
    Built { items: builder.items, directive_count: builder.directive_count, mistakes: builder.mistakes }
}

/// What a directive lacks whose next line begins another one.
enum Lacks {
    Semicolon,
    Brace,
}

struct Builder<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    braces: Braces,
    mistakes: Mistakes,
    /// What stands at the top level.
    items: Vec<Item>,
    /// The open blocks, innermost last; at most [`MAX_DEPTH`].
    frames: Vec<Frame>,
    /// The directive that is being read.
    head: Option<Head>,
    /// Empty lines in the middle of it.
    blank: Option<Leaf>,
    /// Braces without a name before them that are open at the top level.
    loose: u32,
    directive_count: u32,
}

impl Builder<'_> {
    fn token(&mut self) {
        let token = &self.tokens[self.at];
        match &token.kind {
            Kind::Word(word) => self.word(token, word),
            Kind::Semicolon => self.semicolon(token.leaf),
            Kind::Open => self.open(token.leaf),
            Kind::Close => self.close(token),
            Kind::Comment => self.comment(token),
            Kind::Blank if self.head.is_some() => self.blank = Some(token.leaf),
            Kind::Blank => self.push(Item::Blank(token.leaf)),
            Kind::Opaque => self.push(Item::Mistake(token.leaf)),
            Kind::Junk => self.junk(token.leaf),
        }
    }

    fn push(&mut self, item: Item) {
        match self.frames.last_mut() {
            Some(frame) => frame.items.push(item),
            None => self.items.push(item),
        }
    }

    fn mistake(&mut self, kind: MistakeKind, span: Span, hint: Hint) {
        self.mistakes.push(Found::new(kind, span).hint(hint));
    }

    /// A leaf of the directive that is being read; empty lines before it count as its white space.
    fn inner(&mut self, leaf: Leaf) -> Leaf {
        self.blank.take().map_or(leaf, |blank| Leaf { from: blank.from, ..leaf })
    }

    /// The last thing before the token at hand that is more than white space.
    fn last_span(&self) -> Span {
        let before = self.tokens[..self.at].iter().rev().find(|token| !matches!(token.kind, Kind::Blank));
        before.map_or(self.tokens[0].leaf.span, |token| token.leaf.span)
    }

    fn word(&mut self, token: &Token, word: &Word) {
        match self.lacks(token, word) {
            Some(Lacks::Semicolon) => self.end_without_semicolon(Hint::Next(token.leaf.span)),
            Some(Lacks::Brace) => self.open_without_brace(token.leaf.span),
            None => {}
        }
        let leaf = self.inner(token.leaf);
        let arg = Arg { leaf, quoting: word.quoting, cooked: word.cooked.clone() };
        if let Some(head) = &mut self.head {
            head.words.push(arg);
            head.damaged |= word.damaged;
            return;
        }
        self.begins_line(token.indent);
        let id = DirectiveId(self.directive_count);
        self.directive_count += 1;
        let (indent, damaged) = (token.indent, word.damaged);
        self.head = Some(Head { id, words: vec![arg], comments: Vec::new(), indent, damaged });
    }

    /// A line that begins a directive may show that the blocks before it should have ended.
    fn begins_line(&mut self, indent: Option<u32>) {
        let Some(indent) = indent else { return };
        if self.braces == Braces::ByIndentation {
            while self.frames.last().and_then(Frame::ends_at).is_some_and(|end| indent <= end) {
                self.pop_unclosed();
            }
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.indented |= frame.head.indent.is_some_and(|own| own < indent);
        }
    }

    /// Whether a word at the beginning of a line begins a directive although the one before it has not ended: it is
    /// a directive's name, more follows on its line, and it is not indented like a continuation (or can be nothing
    /// else).
    fn lacks(&self, token: &Token, word: &Word) -> Option<Lacks> {
        let head = self.head.as_ref()?;
        let column = token.indent?;
        let name = &self.text[token.leaf.span.range()];
        let next = self.tokens.get(self.at + 1).filter(|next| next.indent.is_none())?;
        let opens_lua =
            self.tokens.get(self.at + 2).is_some_and(|inside| matches!(inside.kind, Kind::Opaque));
        if opens_lua && matches!(next.kind, Kind::Open) {
            // A block of Lua belongs to the directive of its name alone.
            return Some(Lacks::Semicolon);
        }
        let followed = matches!(next.kind, Kind::Word(_));
        let aligned = head.indent.is_some_and(|own| column <= own);
        let count = head.words.len();
        if self.frames.last().is_some_and(|frame| frame.table) {
            return (aligned && followed && count > 1).then_some(Lacks::Semicolon);
        }
        let deeper = head.indent.is_some_and(|own| column > own);
        if deeper && head.is_complete(self.text) {
            return Some(Lacks::Brace);
        }
        let name_like = word.quoting == Quoting::Bare
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !name_like {
            return None;
        }
        let known = names::is_known(name);
        if known && names::has_block(head.words[0].text(self.text), count - 1) {
            return Some(Lacks::Brace);
        }
        let telling = name.contains('_') || name == "location";
        let begins = if aligned {
            known || telling && followed && count > 1
        } else {
            known && telling && followed && count > 1
        };
        begins.then_some(Lacks::Semicolon)
    }

    fn end_without_semicolon(&mut self, hint: Hint) {
        let Some(mut head) = self.head.take() else { return };
        if !head.damaged {
            self.mistake(MistakeKind::MissingSemicolon, head.last_word(), hint);
        }
        head.damaged = true;
        let below = head.take_comments_below();
        self.push(Item::Directive(head.with(Body::None(None))));
        for comment in below {
            self.push(Item::Comment(comment));
        }
        if let Some(blank) = self.blank.take() {
            self.push(Item::Blank(blank));
        }
    }

    fn open_without_brace(&mut self, next: Span) {
        if self.frames.len() == MAX_DEPTH {
            return self.end_without_semicolon(Hint::Next(next));
        }
        let Some(mut head) = self.head.take() else { return };
        self.mistake(MistakeKind::MissingBrace, head.line_span(), Hint::Next(next));
        head.damaged = true;
        let below = head.take_comments_below();
        let table = names::TABLES.contains(&head.words[0].text(self.text));
        self.frames.push(Frame::new(head, table, None));
        for comment in below {
            self.push(Item::Comment(comment));
        }
        if let Some(blank) = self.blank.take() {
            self.push(Item::Blank(blank));
        }
    }

    fn semicolon(&mut self, leaf: Leaf) {
        let leaf = self.inner(leaf);
        let Some(head) = self.head.take() else {
            self.mistake(MistakeKind::StraySemicolon, leaf.span, Hint::None);
            return self.push(Item::Mistake(leaf));
        };
        self.push(Item::Directive(head.with(Body::None(Some(leaf)))));
    }

    fn open(&mut self, leaf: Leaf) {
        let leaf = self.inner(leaf);
        let Some(mut head) = self.head.take() else {
            self.mistake(MistakeKind::NoName, leaf.span, Hint::None);
            *self.frames.last_mut().map_or(&mut self.loose, |frame| &mut frame.loose) += 1;
            return self.push(Item::Mistake(leaf));
        };
        if let Some(Token { kind: Kind::Opaque, leaf: text, .. }) = self.tokens.get(self.at + 1) {
            self.at += 1;
            return self.opaque(head, leaf, *text);
        }
        if self.frames.last().is_some_and(|frame| frame.table) {
            self.mistake(MistakeKind::BlockInTable, head.line_span(), Hint::None);
            head.damaged = true;
        }
        if self.frames.len() == MAX_DEPTH {
            return self.too_deep(head, leaf);
        }
        let table = names::TABLES.contains(&head.words[0].text(self.text));
        self.frames.push(Frame::new(head, table, Some(leaf)));
    }

    /// A block whose inside is not read.
    fn opaque(&mut self, mut head: Head, open: Leaf, text: Leaf) {
        let close = self.tokens.get(self.at + 1).filter(|token| matches!(token.kind, Kind::Close));
        let close = close.map(|token| token.leaf);
        if close.is_some() {
            self.at += 1;
        } else if !self.mistakes.has(MistakeKind::TooDeep) {
            let lacking = head.line_span().to(open.span);
            self.mistake(MistakeKind::OpenBlock, lacking, Hint::EndsAfter(text.span));
            head.damaged = true;
        }
        self.push(Item::Directive(head.with(Body::Opaque(Opaque { open, text, close }))));
    }

    /// A block too many: everything up to its `}` becomes one text.
    fn too_deep(&mut self, mut head: Head, open: Leaf) {
        self.mistake(MistakeKind::TooDeep, open.span, Hint::None);
        head.damaged = true;
        let mut depth = 0_usize;
        let mut end = open.span.end;
        while let Some(token) = self.tokens.get(self.at + 1) {
            match &token.kind {
                Kind::Open => depth += 1,
                Kind::Close if depth == 0 => {
                    end = token.leaf.from;
                    break;
                }
                Kind::Close => depth -= 1,
                Kind::Word(_) | Kind::Semicolon | Kind::Comment | Kind::Blank | Kind::Opaque | Kind::Junk => {
                }
            }
            end = token.leaf.span.end;
            self.at += 1;
        }
        let text = Leaf { from: open.span.end, span: Span { start: open.span.end, end, ..open.span } };
        self.opaque(head, open, text);
    }

    fn close(&mut self, token: &Token) {
        self.end_without_semicolon(Hint::Next(token.leaf.span));
        if self.braces == Braces::ByIndentation
            && let Some(indent) = token.indent
            && !self.find_opener(indent)
        {
            return self.stray(token.leaf);
        }
        let loose = self.frames.last_mut().map_or(&mut self.loose, |frame| &mut frame.loose);
        if *loose > 0 {
            *loose -= 1;
            return self.push(Item::Mistake(token.leaf));
        }
        match self.frames.pop() {
            Some(frame) => self.push(Item::Directive(frame.close(Some(token.leaf)))),
            None => self.stray(token.leaf),
        }
    }

    /// Ends the blocks inside of the one that is indented as far as a `}`; says whether there is something to close.
    fn find_opener(&mut self, indent: u32) -> bool {
        let Some(opener) = self.frames.iter().rposition(|frame| frame.head.indent == Some(indent)) else {
            return self.frames.last().and_then(Frame::ends_at).is_none_or(|own| indent <= own);
        };
        let deeper = |frame: &Frame| frame.head.indent.is_some_and(|own| own > indent);
        while self.frames.len() > opener + 1 && self.frames.last().is_some_and(deeper) {
            self.pop_unclosed();
        }
        true
    }

    fn stray(&mut self, leaf: Leaf) {
        self.mistake(MistakeKind::StrayClose, leaf.span, Hint::None);
        self.push(Item::Mistake(leaf));
    }

    fn pop_unclosed(&mut self) {
        let Some(mut frame) = self.frames.pop() else { return };
        if let Some(open) = frame.open {
            let ends_after = Hint::EndsAfter(self.last_span());
            self.mistake(MistakeKind::OpenBlock, frame.head.line_span().to(open.span), ends_after);
        }
        frame.head.damaged = true;
        self.push(Item::Directive(frame.close(None)));
    }

    fn comment(&mut self, token: &Token) {
        let comment = Comment { leaf: self.inner(token.leaf) };
        let own_line = token.indent.is_some();
        if let Some(head) = &mut self.head {
            let before = u32::try_from(head.words.len()).expect("fewer words than bytes");
            return head.comments.push((before, comment, own_line));
        }
        let items = self.frames.last_mut().map_or(&mut self.items, |frame| &mut frame.items);
        match items.last_mut() {
            Some(Item::Directive(directive)) if !own_line => directive.trailing = Some(comment),
            Some(_) => items.push(Item::Comment(comment)),
            None => match self.frames.last_mut() {
                Some(frame) if !own_line => frame.comment = Some(comment),
                Some(_) | None => self.push(Item::Comment(comment)),
            },
        }
    }

    fn junk(&mut self, leaf: Leaf) {
        let leaf = self.inner(leaf);
        match &mut self.head {
            Some(head) => {
                head.words.push(Arg { leaf, quoting: Quoting::Bare, cooked: None });
                head.damaged = true;
            }
            None => self.push(Item::Mistake(leaf)),
        }
    }

    fn end_of_file(&mut self) {
        self.end_without_semicolon(Hint::None);
        while !self.frames.is_empty() {
            self.pop_unclosed();
        }
    }
}
