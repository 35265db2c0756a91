//! From tokens to the tree: blocks, comments in their places, and the mistakes that only the order of things shows.

use super::braces::repairs;
use super::found::{Found, Hint, Mistakes};
use super::tokens::{Token, Words};
use super::tree::{Block, Comment, Item, MistakeKind, Statement, StmtId};
use crate::source::Span;

/// How deep blocks may be nested.
pub(super) const MAX_DEPTH: usize = 64;

/// The items of a file and how many statements there are among and in them.
pub(super) fn build(text: &str, tokens: Vec<Token>, mistakes: &mut Mistakes) -> (Vec<Item>, u32) {
    let repairs = repairs(&tokens);
    let mut builder = Builder {
        text,
        mistakes,
        frames: vec![Frame::default()],
        next_id: 0,
        skip: 0,
        skip_open: None,
        too_deep: false,
        indent: None,
        last: None,
    };
    for (index, token) in tokens.into_iter().enumerate() {
        for _ in 0..repairs.close_before.get(&index).copied().unwrap_or(0) {
            builder.close_missing();
        }
        builder.last = token.span().or(builder.last);
        let stray = repairs.stray.contains(&index);
        if builder.skip > 0 {
            builder.skip(&token, stray);
        } else {
            builder.token(token, stray);
        }
        if repairs.open_after.contains(&index) {
            builder.open_missing();
        }
    }
    builder.finish()
}

/// A block, or the file, whose end has not been seen.
#[derive(Default)]
struct Frame {
    items: Vec<Item>,
    /// The statement at hand; a second one on the same line needs a separator.
    current: Option<Statement>,
    /// How far the statement at hand is indented, if it is the first thing on its line.
    current_indent: Option<usize>,
    /// The statements among the items to which a `}` could belong, with their indentation, which increases.
    outline: Vec<(usize, usize)>,
    /// Text that is no statement, as far as it was seen.
    junk: Option<Junk>,
    /// Whether the line has not gone on since the `{`.
    fresh: bool,
    /// Whether the last item ended on this line.
    same_line: bool,
    /// How many items there were when the line began.
    line_items: usize,
    /// Whose block it is; absent for the file.
    owner: Option<Owner>,
}

/// Text that is no statement.
struct Junk {
    span: Span,
    /// What to say about it, if that was not said.
    kind: Option<MistakeKind>,
}

/// The statement of an open block.
struct Owner {
    statement: Statement,
    indent: Option<usize>,
    open: Span,
    comment: Option<Comment>,
    /// Whether the `{` stands right after a word.
    glued: bool,
    /// Whether there is no `{`.
    missing: bool,
}

const FILE_FRAME: &str = "the file's frame is never closed";

struct Builder<'a> {
    text: &'a str,
    mistakes: &'a mut Mistakes,
    /// The file's frame, then the open blocks', outermost first.
    frames: Vec<Frame>,
    next_id: u32,
    /// How many blocks are open that are part of a mistake.
    skip: usize,
    /// The `{` of the outermost of them.
    skip_open: Option<Span>,
    /// Whether it was said that the nesting is too deep.
    too_deep: bool,
    /// How far the line is indented, up to its first token.
    indent: Option<usize>,
    /// The last token before the one at hand that is more than white space.
    last: Option<Span>,
}

impl Builder<'_> {
    fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().expect(FILE_FRAME)
    }

    fn token(&mut self, token: Token, stray: bool) {
        let indent = self.indent.take();
        let fresh = std::mem::take(&mut self.top().fresh);
        match token {
            Token::Line { indent } => {
                self.flush();
                self.indent = Some(indent);
                let top = self.top();
                top.same_line = false;
                top.line_items = top.items.len();
            }
            Token::Blank => self.blank(),
            Token::Words(words) => self.words(words, indent),
            Token::Open { span, glued } => self.open(span, glued),
            Token::Close(span) if stray => self.stray(span, indent),
            Token::Close(span) => self.close(Some(span)),
            Token::End => self.flush(),
            Token::Comment(comment) => self.comment(comment, fresh),
            Token::Junk(span) => self.junk(span, None),
        }
    }

    fn blank(&mut self) {
        self.flush();
        let top = self.top();
        top.same_line = false;
        if matches!(top.items.last(), Some(Item::Statement(_) | Item::Comment(_) | Item::Mistake(_))) {
            top.items.push(Item::Blank);
        }
    }

    fn words(&mut self, words: Words, indent: Option<usize>) {
        if self.top().junk.is_some() {
            self.junk(words.span, None);
            return;
        }
        if self.top().current.is_some() {
            // A new statement, as if there were a `;` before it.
            self.mistakes.push(Found::new(MistakeKind::AfterBlock, words.span));
            self.flush();
        }
        let Words { args, damaged, span } = words;
        let id = StmtId(self.next_id);
        self.next_id += 1;
        let top = self.top();
        top.current = Some(Statement { id, args, block: None, trailing: None, span, damaged });
        top.current_indent = indent;
    }

    fn comment(&mut self, comment: Comment, fresh: bool) {
        if self.top().junk.is_some() {
            self.flush();
            self.top().items.push(Item::Comment(comment));
            return;
        }
        let top = self.top();
        if let Some(statement) = &mut top.current {
            statement.trailing = Some(comment);
        } else if let Some(owner) = top.owner.as_mut().filter(|_| fresh) {
            owner.comment = Some(comment);
        } else if let (true, Some(Item::Statement(last))) = (top.same_line, top.items.last_mut()) {
            last.trailing = Some(comment);
        } else {
            top.items.push(Item::Comment(comment));
        }
    }

    /// Adds to the text that is no statement; the first says what to report.
    fn junk(&mut self, span: Span, kind: Option<MistakeKind>) {
        let top = self.top();
        match &mut top.junk {
            Some(junk) => junk.span = junk.span.to(span),
            None => top.junk = Some(Junk { span, kind }),
        }
    }

    /// Ends the statement at hand, and the junk after it.
    fn flush(&mut self) {
        let top = self.frames.last_mut().expect("the file's frame is never closed");
        if let Some(statement) = top.current.take() {
            if let Some(indent) = top.current_indent.take() {
                top.outline.truncate(top.outline.partition_point(|(other, _)| *other < indent));
                top.outline.push((indent, top.items.len()));
            }
            top.items.push(Item::Statement(statement));
            top.same_line = true;
        }
        if let Some(junk) = top.junk.take() {
            top.outline.clear();
            top.items.push(Item::Mistake(junk.span));
            if let Some(kind) = junk.kind {
                let line = self.text[junk.span.range()].find(['\r', '\n']);
                let end = line.map_or(junk.span.end as usize, |length| junk.span.start as usize + length);
                let span = Span::new(junk.span.file, junk.span.start as usize, end);
                self.mistakes.push(Found::new(kind, span));
            }
        }
    }

    /// A token in a block that is part of a mistake.
    fn skip(&mut self, token: &Token, stray: bool) {
        if let Some(span) = token.span() {
            self.junk(span, None);
        }
        match token {
            Token::Open { .. } => self.skip += 1,
            Token::Close(_) if !stray => self.skip -= 1,
            Token::Close(_)
            | Token::Line { .. }
            | Token::Blank
            | Token::Words(_)
            | Token::End
            | Token::Comment(_)
            | Token::Junk(_) => {}
        }
    }

    fn finish(mut self) -> (Vec<Item>, u32) {
        while self.skip > 0 {
            self.close_missing();
        }
        while self.frames.len() > 1 {
            self.close_missing();
        }
        self.flush();
        let Some(mut file) = self.frames.pop() else { return (Vec::new(), 0) };
        drop_last_blank(&mut file.items);
        (file.items, self.next_id)
    }
}

/// Braces.
impl Builder<'_> {
    fn open(&mut self, span: Span, glued: bool) {
        if glued {
            self.mistakes.push(Found::new(MistakeKind::GluedBlock, span));
        }
        if self.top().junk.is_some() {
            self.skip_block(span, None);
            return;
        }
        if self.frames.len() > MAX_DEPTH {
            self.open_too_deep(span);
            return;
        }
        let indent = self.top().current_indent.take();
        match self.top().current.take() {
            Some(statement) if statement.block.is_none() => {
                self.push(Owner { statement, indent, open: span, comment: None, glued, missing: false });
            }
            Some(statement) => {
                self.top().current = Some(statement);
                self.top().current_indent = indent;
                self.skip_block(span, Some(MistakeKind::AfterBlock));
            }
            None => self.open_without_head(span),
        }
    }

    /// Opens the block of the statement at hand, which lacks its `{`.
    fn open_missing(&mut self) {
        if self.skip > 0 || self.frames.len() > MAX_DEPTH {
            return;
        }
        let indent = self.top().current_indent.take();
        match self.top().current.take() {
            Some(statement) if statement.block.is_none() => {
                let open = statement.line_span().at_end();
                self.push(Owner { statement, indent, open, comment: None, glued: false, missing: true });
            }
            current => self.top().current = current,
        }
    }

    fn push(&mut self, owner: Owner) {
        self.frames.push(Frame { fresh: true, owner: Some(owner), ..Frame::default() });
    }

    fn skip_block(&mut self, span: Span, kind: Option<MistakeKind>) {
        self.junk(span, kind);
        self.skip = 1;
        self.skip_open = Some(span);
    }

    fn open_too_deep(&mut self, span: Span) {
        if let Some(statement) = &mut self.top().current {
            statement.damaged = true;
        }
        if !std::mem::replace(&mut self.too_deep, true) {
            // What such blocks mean is not worth further findings.
            for owner in self.frames.iter_mut().skip(2).filter_map(|frame| frame.owner.as_mut()) {
                owner.statement.damaged = true;
            }
            self.mistakes.push(Found::new(MistakeKind::TooDeep, span));
        }
        self.skip_block(span, None);
    }

    /// A `{` that begins a line belongs to the statement before it.
    fn open_without_head(&mut self, span: Span) {
        let top = self.top();
        if let [.., Item::Statement(Statement { block: None, .. }), Item::Blank] = top.items.as_slice() {
            top.items.pop();
        }
        let adopts =
            matches!(top.items.last(), Some(Item::Statement(last)) if last.block.is_none() && !top.same_line);
        let head = if adopts { top.items.pop() } else { None };
        if let Some(Item::Statement(mut statement)) = head {
            let indent = top.outline.pop_if(|(_, item)| *item == top.items.len()).map(|(indent, _)| indent);
            self.mistakes.push(Found::new(MistakeKind::NoHead, span).hint(Hint::Head(statement.line_span())));
            let comment = statement.trailing.take();
            self.push(Owner { statement, indent, open: span, comment, glued: false, missing: false });
            return;
        }
        self.mistakes.push(Found::new(MistakeKind::NoHead, span));
        self.skip_block(span, None);
    }

    fn close(&mut self, close: Option<Span>) {
        self.flush();
        let Some(frame) = self.frames.pop_if(|frame| frame.owner.is_some()) else { return };
        let Some(Owner { mut statement, indent, open, comment, missing, .. }) = frame.owner else { return };
        if missing {
            let found = Found::new(MistakeKind::MissingBrace, statement.line_span());
            self.mistakes.push(found.hint(close.map_or(Hint::None, Hint::EndsAfter)));
        }
        let mut items = frame.items;
        drop_last_blank(&mut items);
        let end = close.or_else(|| items.iter().rev().find_map(item_span)).unwrap_or(open);
        statement.span = statement.span.to(open).to(end);
        statement.block = Some(Block { open, close, comment, items });
        let top = self.top();
        top.current = Some(statement);
        top.current_indent = indent;
    }

    /// The end of a block whose `}` is missing.
    fn close_missing(&mut self) {
        if self.skip > 0 {
            self.skip -= 1;
            if let Some(open) = self.skip_open.filter(|_| self.skip == 0 && !self.too_deep) {
                self.mistakes.push(Found::new(MistakeKind::OpenBlock, open));
            }
            return;
        }
        self.flush();
        let (text, too_deep, last) = (self.text, self.too_deep, self.last);
        let Some(owner) = &mut self.top().owner else { return };
        let rest = text[owner.open.end as usize..].trim_start_matches([' ', '\t']);
        // `a{b` and more: that was told of as a brace stuck to a word, and is hardly meant as a block.
        let in_word = owner.glued && !rest.is_empty() && !rest.starts_with(['\r', '\n', '#']);
        let found = Found::new(MistakeKind::OpenBlock, owner.open);
        owner.statement.damaged |= in_word;
        if !in_word && !too_deep {
            self.mistakes.push(found.hint(last.map_or(Hint::None, Hint::EndsAfter)));
        }
        self.close(None);
    }

    /// A `}` that closes nothing. If a statement that is indented as far lacks its block, what follows it is that.
    fn stray(&mut self, span: Span, indent: Option<usize>) {
        self.flush();
        let text = self.text;
        let top = self.top();
        let candidate = top.outline.iter().rfind(|(other, _)| Some(*other) == indent).map(|(_, item)| *item);
        let candidate = candidate.filter(|item| item + 1 < top.items.len());
        if let Some(Item::Statement(statement)) = candidate.and_then(|item| top.items.get(item))
            && statement.block.is_none()
        {
            let found = Found::new(MistakeKind::MissingBrace, statement.line_span());
            self.mistakes.push(found.hint(Hint::EndsAfter(span)));
            self.adopt(candidate.unwrap_or(0), span);
            return;
        }
        // Statements before it on its line may be those of a block whose `{` is missing.
        let from = top.line_items.min(top.items.len());
        let first = top.items[from..].iter().find_map(|item| match item {
            Item::Statement(statement) => Some(statement),
            Item::Comment(_) | Item::Blank | Item::Mistake(_) => None,
        });
        let before = first.map(|statement| match statement.block {
            None => Hint::Head(statement.line_span()),
            Some(_) => Hint::EndsAfter(statement.span),
        });
        doubt_line(&mut self.frames.last_mut().expect(FILE_FRAME).items[from..], text);
        self.mistakes.push(Found::new(MistakeKind::StrayClose, span).hint(before.unwrap_or_default()));
        self.junk(span, None);
    }

    /// Makes what follows a statement its block.
    fn adopt(&mut self, item: usize, close: Span) {
        let top = self.top();
        let mut items = top.items.split_off(item + 1);
        let Some(Item::Statement(mut statement)) = top.items.pop() else { return };
        top.outline.retain(|(_, other)| *other < item);
        drop_last_blank(&mut items);
        if let Some(Item::Blank) = items.first() {
            items.remove(0);
        }
        let comment = statement.trailing.take();
        let open = statement.line_span().at_end();
        statement.span = statement.span.to(close);
        statement.block = Some(Block { open, close: Some(close), comment, items });
        top.current = Some(statement);
    }
}

/// The statements on a line are not certain, those in blocks that begin and end on it included.
fn doubt_line(items: &mut [Item], text: &str) {
    for item in items {
        if let Item::Statement(statement) = item {
            statement.damaged = true;
            let is_on_line = !text[statement.span.range()].contains('\n');
            if let Some(block) = statement.block.as_mut().filter(|_| is_on_line) {
                doubt_line(&mut block.items, text);
            }
        }
    }
}

fn drop_last_blank(items: &mut Vec<Item>) {
    if let Some(Item::Blank) = items.last() {
        items.pop();
    }
}

fn item_span(item: &Item) -> Option<Span> {
    match item {
        Item::Statement(statement) => Some(statement.span),
        Item::Comment(comment) => Some(comment.span),
        Item::Mistake(span) => Some(*span),
        Item::Blank => None,
    }
}
