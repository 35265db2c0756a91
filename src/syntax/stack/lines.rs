//! From physical lines to tokens: statements' words, lists and fenced texts that run over several lines.

use super::cursor::{Entry, Leaf, ReadArg, leaves};
use super::fences::{Fences, dedent};
use super::found::{Found, Hint, Mistakes};
use super::tokens::{Token, Words};
use super::tree::{Arg, ArgKind, Comment, List, MistakeKind, Piece, PieceKind};
use crate::source::{FileId, Span};
use crate::syntax::control;

/// A line of the text: where it begins, where its line ending begins, and where the next line begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Physical {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) next: usize,
}

impl Physical {
    /// The line that begins at `start`.
    pub(super) fn at(text: &str, start: usize) -> Self {
        let (end, next) = match text[start..].find('\n') {
            Some(length) => (start + length, start + length + 1),
            None => (text.len(), text.len()),
        };
        let end = if next > end && text[start..end].ends_with('\r') { end - 1 } else { end };
        Self { start, end, next }
    }

    /// Where its first character stands that is no white space.
    pub(super) fn content(self, text: &str) -> usize {
        self.end - text[self.start..self.end].trim_start_matches([' ', '\t']).len()
    }

    /// How many columns it is indented; `None` if nothing stands on it.
    pub(super) fn indent(self, text: &str) -> Option<usize> {
        let content = self.content(text);
        (content < self.end).then(|| columns(&text[self.start..content]))
    }
}

/// How wide white space is, with a tab stop every four columns.
fn columns(white_space: &str) -> usize {
    white_space.bytes().fold(0, |at, byte| if byte == b'\t' { at / 4 * 4 + 4 } else { at + 1 })
}

/// The words of a statement whose end has not been seen.
struct Pending {
    words: Words,
    /// It began with text that is no head: then all of it is junk.
    headless: bool,
}

/// A list whose `]` has not been seen.
struct OpenList {
    open: Span,
    items: Vec<Arg>,
    comments: Vec<(usize, Comment)>,
    damaged: bool,
    /// A mistake that explains why there may be no `]`.
    explained: bool,
    /// Whether a `]` comes before anything that does not belong into a list.
    closes: bool,
    /// Where what was read of it ends.
    end: usize,
}

/// A stretch of a line that is still to be read.
type Next = Option<(Entry, usize, Physical)>;

/// Reads a text line by line.
pub(super) struct Lines<'a, 'm> {
    file: FileId,
    text: &'a str,
    /// Where the next line begins.
    at: usize,
    tokens: Vec<Token>,
    pending: Option<Pending>,
    list: Option<OpenList>,
    fences: Fences,
    mistakes: &'m mut Mistakes,
    /// How far the line at hand is indented.
    indent: usize,
    /// Blocks that were opened on this line and not closed.
    open_on_line: usize,
    /// Whether a `\` asks for the next line to be read as part of this one.
    continued: bool,
    /// How many bytes may yet be read ahead in vain.
    budget: usize,
}

impl<'a, 'm> Lines<'a, 'm> {
    pub(super) fn new(file: FileId, text: &'a str, mistakes: &'m mut Mistakes) -> Self {
        Self {
            file,
            text,
            at: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
            tokens: Vec::new(),
            pending: None,
            list: None,
            fences: Fences::of(text),
            mistakes,
            indent: 0,
            open_on_line: 0,
            continued: false,
            budget: text.len().saturating_mul(4).saturating_add(1 << 16),
        }
    }

    /// All tokens of the text.
    pub(super) fn tokens(mut self) -> Vec<Token> {
        while self.at < self.text.len() {
            self.line();
        }
        self.flush();
        self.tokens
    }

    fn line(&mut self) {
        let line = Physical::at(self.text, self.at);
        self.at = line.next;
        let Some(indent) = line.indent(self.text) else {
            self.blank();
            return;
        };
        if !std::mem::take(&mut self.continued) {
            self.flush();
            self.tokens.push(Token::Line { indent });
            self.indent = indent;
            self.open_on_line = 0;
        }
        let mut next = Some((Entry::Line, line.content(self.text), line));
        while let Some((entry, from, line)) = next {
            self.at = line.next;
            next = self.stretch(entry, from, line);
            if next.is_none() && self.list.is_some() {
                next = self.next_line_of_list(line);
            }
        }
    }

    fn blank(&mut self) {
        if !matches!(self.tokens.last(), Some(Token::Blank)) {
            self.flush();
            self.tokens.push(Token::Blank);
        }
    }

    /// Reads from `from` to the end of the line, and says where to go on if an argument ends on another one.
    fn stretch(&mut self, entry: Entry, from: usize, line: Physical) -> Next {
        let mut next = None;
        for leaf in leaves(self.file, self.text, entry, from, line.end) {
            next = self.leaf(leaf, line);
        }
        next
    }

    fn leaf(&mut self, leaf: Leaf, line: Physical) -> Next {
        match leaf {
            Leaf::Arg(arg) => self.arg(arg, line),
            Leaf::OpenText { arg, text } => return self.open_text(arg, text, line),
            Leaf::OpenFence { quotes, span } => return Some(self.open_fence(quotes, span, line)),
            Leaf::OpenList { open, leaves } => return self.open_list(open, leaves, line),
            Leaf::ListEnd(span) => self.finish_list(Some(span)),
            Leaf::ListBreak => self.finish_list(None),
            Leaf::Stuck(found) => self.stuck(found),
            Leaf::Open { span, glued } => self.open(span, glued),
            Leaf::Close(span) => self.close(span),
            Leaf::End => {
                self.flush();
                self.tokens.push(Token::End);
            }
            Leaf::Comment(comment) => self.comment(comment),
        }
        None
    }

    fn arg(&mut self, mut read: ReadArg, line: Physical) {
        if let [found @ Found { kind: MistakeKind::Continuation, .. }] = read.found.as_mut_slice()
            && let Some(gap) = self.continued_by(read.arg.span, line)
        {
            found.hint = Hint::Gap(gap);
            self.continued = true;
        }
        self.mistakes.extend(read.found);
        if let Some(list) = &mut self.list {
            list.end = read.arg.span.end as usize;
            list.damaged |= read.damaged;
            list.items.push(read.arg);
            return;
        }
        let pending = self.pending(read.arg.span);
        pending.words.damaged |= read.damaged;
        pending.words.args.push(read.arg);
    }

    /// The white space up to the next line, if that is the rest of the statement that a `\` at `span` ends.
    fn continued_by(&self, span: Span, line: Physical) -> Option<Span> {
        if self.list.is_some()
            || !self.text[span.end as usize..line.end].trim_start_matches([' ', '\t']).is_empty()
        {
            return None;
        }
        let next = Physical::at(self.text, line.next);
        next.indent(self.text).filter(|indent| *indent > self.indent)?;
        Some(Span::new(self.file, span.end as usize, next.content(self.text)))
    }

    /// The statement at hand, which reaches to the end of `span`.
    fn pending(&mut self, span: Span) -> &mut Pending {
        let pending = self.pending.get_or_insert_with(|| Pending {
            words: Words { args: Vec::new(), damaged: false, span },
            headless: false,
        });
        pending.words.span = pending.words.span.to(span);
        pending
    }

    fn stuck(&mut self, found: Found) {
        if let Some(list) = &mut self.list {
            list.end = found.span.end as usize;
            if !std::mem::replace(&mut list.damaged, true) {
                self.mistakes.push(found);
            }
            return;
        }
        let pending = self.pending(found.span);
        pending.words.damaged = true;
        let before = pending.words.args.last().map(|arg| arg.span);
        pending.headless |= before.is_none();
        self.mistakes.push(found.hint(before.map_or(Hint::None, Hint::Head)));
    }

    fn open(&mut self, span: Span, glued: bool) {
        self.flush();
        self.open_on_line += 1;
        self.tokens.push(Token::Open { span, glued });
    }

    fn close(&mut self, span: Span) {
        self.finish_list(None);
        self.flush();
        self.open_on_line = self.open_on_line.saturating_sub(1);
        self.tokens.push(Token::Close(span));
    }

    fn comment(&mut self, comment: Comment) {
        if let Some(list) = &mut self.list {
            list.end = comment.span.end as usize;
            list.comments.push((list.items.len(), comment));
            return;
        }
        self.flush();
        self.tokens.push(Token::Comment(comment));
    }

    fn flush(&mut self) {
        self.finish_list(None);
        if let Some(Pending { mut words, headless }) = self.pending.take() {
            words.args.shrink_to_fit();
            self.tokens.push(if headless { Token::Junk(words.span) } else { Token::Words(words) });
        }
    }
}

/// Texts that end elsewhere, or nowhere.
impl Lines<'_, '_> {
    /// A quote that its line does not close. What looks like the braces of a block, or the end of a list, at the
    /// end of the line is not taken for its text.
    fn open_text(&mut self, mut arg: Arg, text: usize, line: Physical) -> Next {
        let quote = Span::new(self.file, text - 1, text);
        self.mistakes.push(Found::new(MistakeKind::OpenText, quote));
        let end = self.end_of_open_text(text, line.end);
        arg.span = Span::new(self.file, text - 1, end);
        let raw = self.text[text..end].to_owned();
        arg.kind = match arg.kind {
            ArgKind::Verbatim(_) => ArgKind::Verbatim(raw),
            ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::Fenced(_) | ArgKind::List(_) => {
                let span = Span::new(self.file, text, end);
                ArgKind::Quoted(vec![Piece { kind: PieceKind::Text(raw), span }])
            }
        };
        let entry = if let Some(list) = &mut self.list {
            list.explained = true;
            Entry::List
        } else {
            Entry::Line
        };
        self.arg(ReadArg { arg, found: Vec::new(), damaged: true }, line);
        (end < line.end).then_some((entry, end, line))
    }

    fn end_of_open_text(&self, text: usize, end: usize) -> usize {
        let (mut raw, mut open) = (self.text[text..end].trim_end(), self.open_on_line);
        let in_list = self.list.is_some();
        if in_list {
            return raw.strip_suffix(']').map_or(end, |raw| text + raw.len());
        }
        if let Some(before) = raw.strip_suffix('{').filter(|before| before.ends_with([' ', '\t'])) {
            return text + before.len();
        }
        let mut cut = end;
        while let Some(before) =
            raw.strip_suffix('}').filter(|before| open > 0 && before.ends_with([' ', '\t']))
        {
            cut = text + before.len();
            open -= 1;
            raw = before.trim_end();
        }
        cut
    }

    /// A fence that is not closed on its line, and where to go on after it.
    fn open_fence(&mut self, quotes: usize, span: Span, line: Physical) -> (Entry, usize, Physical) {
        let entry = if self.list.is_some() { Entry::List } else { Entry::Rest };
        let start = span.start as usize;
        let alone = self.text[start + quotes..line.end].trim_matches([' ', '\t']).is_empty();
        let close = self.fences.after(quotes, line.next).filter(|_| alone);
        let (text, end, last, damaged) = match close {
            Some(close) if !self.overrun(quotes, line.next, close) => {
                let last = Physical::at(self.text, close);
                let fence = last.content(self.text);
                let end = fence + quotes;
                let text = dedent(&self.text[line.next..close], &self.text[close..fence]);
                (text, end, last, self.text[start..end].lines().any(control::holds))
            }
            _ => {
                self.mistakes
                    .push(Found::new(MistakeKind::OpenText, Span::new(self.file, start, start + quotes)));
                if let Some(list) = &mut self.list {
                    list.explained = true;
                }
                let (end, last) = self.end_of_open_fence(quotes, line);
                (self.text[start + quotes..end].to_owned(), end, last, true)
            }
        };
        let arg = Arg { kind: ArgKind::Fenced(text), span: Span::new(self.file, start, end) };
        self.arg(ReadArg { arg, found: Vec::new(), damaged }, last);
        (entry, end, last)
    }

    /// Whether the text of a fence would swallow another statement's fence: a line that is not indented more than
    /// the statement has the same quotes further on.
    fn overrun(&mut self, quotes: usize, from: usize, close: usize) -> bool {
        if self.budget < close - from {
            return false;
        }
        let fence = "\"".repeat(quotes);
        let mut at = from;
        while at < close {
            let line = Physical::at(self.text, at);
            at = line.next;
            let is_deeper = line.indent(self.text).is_none_or(|indent| indent > self.indent);
            if is_deeper {
                continue;
            }
            if let Some((before, _)) = self.text[line.start..line.end].split_once(&fence)
                && before.ends_with([' ', '\t'])
                && !before.trim_start().is_empty()
            {
                self.budget -= close - from;
                return true;
            }
        }
        false
    }

    /// A fence without its end takes the lines that are indented more than its statement, up to a closing fence in
    /// the middle of one of them.
    fn end_of_open_fence(&self, quotes: usize, line: Physical) -> (usize, Physical) {
        let mut last = line;
        let mut at = line.next;
        while at < self.text.len() {
            let line = Physical::at(self.text, at);
            at = line.next;
            match line.indent(self.text) {
                Some(indent) if indent <= self.indent => break,
                Some(_) => last = line,
                None => continue,
            }
            let raw = &self.text[line.start..line.end];
            if let Some(fence) = raw.find(&"\"".repeat(quotes)) {
                return (line.start + fence + quotes, line);
            }
        }
        (last.end, last)
    }
}

/// Lists that run over several lines.
impl Lines<'_, '_> {
    fn open_list(&mut self, open: Span, leaves: Vec<Leaf>, line: Physical) -> Next {
        let closes = self.list_closes(line.next);
        self.pending(open);
        self.list = Some(OpenList {
            open,
            items: Vec::new(),
            comments: Vec::new(),
            damaged: false,
            explained: false,
            closes,
            end: open.end as usize,
        });
        let mut next = None;
        for leaf in leaves {
            next = self.leaf(leaf, line);
        }
        next
    }

    /// Reads ahead: whether nothing but items comes before the `]`.
    fn list_closes(&mut self, start: usize) -> bool {
        let mut line = Physical::at(self.text, start);
        let mut from = line.start;
        while from < self.text.len() {
            let Some(budget) = self.budget.checked_sub(line.next - from) else { return false };
            self.budget = budget;
            let mut next = line.next;
            for leaf in leaves(self.file, self.text, Entry::List, from, line.end) {
                match leaf {
                    Leaf::ListEnd(_) => return true,
                    Leaf::Arg(_) | Leaf::Comment(_) => {}
                    Leaf::OpenFence { quotes, .. } => match self.fences.after(quotes, line.next) {
                        Some(close) => next = close,
                        None => return false,
                    },
                    Leaf::OpenText { .. } | Leaf::OpenList { .. } | Leaf::ListBreak | Leaf::Stuck(_) => {
                        return false;
                    }
                    Leaf::Open { .. } | Leaf::Close(_) | Leaf::End => return false,
                }
            }
            let in_fence = next != line.next;
            line = Physical::at(self.text, next);
            from = line.start;
            if in_fence {
                let raw = &self.text[line.start..line.end];
                from = line.end - raw.trim_start_matches([' ', '\t']).trim_start_matches('"').len();
            }
        }
        false
    }

    /// The line on which the list goes on. One of which it is not known whether it ends takes the lines that are
    /// indented more than its statement.
    fn next_line_of_list(&mut self, line: Physical) -> Next {
        let list = self.list.as_ref()?;
        let mut at = line.next;
        while at < self.text.len() {
            let line = Physical::at(self.text, at);
            at = line.next;
            let Some(indent) = line.indent(self.text) else { continue };
            let content = line.content(self.text);
            if list.closes || indent > self.indent || self.text[content..].starts_with(']') {
                return Some((Entry::List, content, line));
            }
            break;
        }
        self.finish_list(None);
        None
    }

    fn finish_list(&mut self, close: Option<Span>) {
        let Some(list) = self.list.take() else { return };
        let end = close.map_or(list.end, |close| close.end as usize);
        let span = Span::new(self.file, list.open.start as usize, end);
        if close.is_none() && !list.explained {
            self.mistakes.push(Found::new(MistakeKind::OpenList, list.open).hint(Hint::EndsAfter(span)));
        }
        let multiline = self.text[span.range()].contains('\n');
        let kind = ArgKind::List(List { items: list.items, comments: list.comments, multiline });
        let pending = self.pending(span);
        pending.words.damaged |= list.damaged || close.is_none();
        pending.words.args.push(Arg { kind, span });
    }
}
