//! From physical lines to tokens: statements' words, lists and fenced texts that run over several lines.

mod lists;

use super::cursor::{Entry, Leaf, ReadArg, leaves};
use super::fences::{Fences, dedent};
use super::found::{Found, Hint, Mistakes};
use super::tokens::{Token, Words};
use super::tree::{Arg, ArgKind, Comment, MistakeKind, Piece, PieceKind};
use crate::source::{FileId, Span};
use crate::syntax::control;
use lists::OpenList;

/// The longest line that is read, in bytes; long texts stand in fences, of which only single lines count.
pub(super) const MAX_LINE: usize = 64 * 1024;

/// So many words, braces and comments are read: what ten thousand services with a dozen words each need.
pub(super) const MAX_PARTS: usize = 150_000;

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
    /// How many words, braces and comments may yet come.
    parts: usize,
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
            parts: MAX_PARTS,
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
        if line.end - from > MAX_LINE {
            self.unread(MistakeKind::LongLine, from, line.end);
            return None;
        }
        let mut next = None;
        for leaf in leaves(self.file, self.text, entry, from, line.end) {
            let Some(parts) = self.parts.checked_sub(leaf.parts()) else {
                self.unread(MistakeKind::TooMuch, from, self.text.len());
                self.at = self.text.len();
                return None;
            };
            self.parts = parts;
            next = self.leaf(leaf, line);
        }
        next
    }

    /// Leaves out what is no text of a person.
    fn unread(&mut self, kind: MistakeKind, from: usize, to: usize) {
        if let Some(list) = &mut self.list {
            list.explained = true;
        }
        self.flush();
        self.mistakes.push(Found::new(kind, Span::new(self.file, from, from)));
        self.tokens.push(Token::Junk(Span::new(self.file, from, to)));
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
        // A character that nobody sees right before a quote is told of by itself.
        if before.is_some_and(|before| self.text[before.range()].chars().all(control::is_refused)) {
            return;
        }
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
        raw = before_comment(raw);
        let mut cut = if raw.len() < self.text[text..end].trim_end().len() { text + raw.len() } else { end };
        if let Some(before) = raw.strip_suffix('{').filter(|before| before.ends_with([' ', '\t'])) {
            return text + before.len();
        }
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
    /// the statement has the same quotes further on, or one after such a line ends with them.
    fn overrun(&mut self, quotes: usize, from: usize, close: usize) -> bool {
        if self.budget < close - from {
            return false;
        }
        let fence = "\"".repeat(quotes);
        let mut at = from;
        let mut dedented = false;
        while at < close {
            let line = Physical::at(self.text, at);
            at = line.next;
            let is_deeper = line.indent(self.text).is_none_or(|indent| indent > self.indent);
            dedented |= !is_deeper;
            if let Some((before, after)) = self.text[line.start..line.end].split_once(&fence)
                && before.ends_with([' ', '\t'])
                && !before.trim_start().is_empty()
                && (!is_deeper || dedented && after.trim().is_empty())
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

/// What stands before a comment that follows a brace; everything if none does.
fn before_comment(raw: &str) -> &str {
    let comments = raw.match_indices('#').map(|(at, _)| &raw[..at]);
    let mut after_brace = comments.filter(|before| {
        let ended = before.trim_end();
        let spaced = ended.strip_suffix(['{', '}']).is_some_and(|rest| rest.ends_with([' ', '\t']));
        before.ends_with([' ', '\t']) && spaced
    });
    after_brace.next().map_or(raw, str::trim_end)
}
