//! Physical lines, and the pass that joins those which an escape character continues.

use std::borrow::Cow;

use super::tree::{Escape, Joint, JointKind, Word};
use crate::source::{FileId, Span};

/// A line of the text: where it begins, where its line ending begins, and where the next line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Physical {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) next: usize,
}

impl Physical {
    /// The line that begins at `start`.
    pub(super) fn at(text: &str, start: usize) -> Self {
        let next = text[start..].find('\n').map_or(text.len(), |length| start + length + 1);
        let end = start + text[start..next].trim_end_matches(['\r', '\n']).len();
        Self { start, end, next }
    }

    /// The line without its line ending.
    pub(super) fn text(self, text: &str) -> &str {
        &text[self.start..self.end]
    }

    /// The same without white space before it.
    pub(super) fn content(self, text: &str) -> &str {
        self.text(text).trim_start()
    }

    /// Whether it is a comment.
    pub(super) fn is_comment(self, text: &str) -> bool {
        self.content(text).starts_with('#')
    }

    /// Where its escape character stands if it is continued: the last thing on it, and not after another one.
    fn continued(self, text: &str, escape: Escape) -> Option<usize> {
        let line = self.content(text).trim_end_matches([' ', '\t']);
        let before = line.strip_suffix(escape.character())?;
        let start = self.end - self.content(text).len();
        (!before.ends_with(escape.character())).then_some(start + before.len())
    }
}

/// A line as the builder reads it: physical lines put together.
#[derive(Debug)]
pub(super) struct Logical<'a> {
    pub(super) file: FileId,
    /// What it says.
    pub(super) text: Cow<'a, str>,
    /// From which place of the text on what was copied from where, both in bytes; never empty.
    segments: Vec<(usize, usize)>,
    /// Where it was joined.
    pub(super) joints: Vec<Joint>,
    /// Where its first line begins, white space included.
    pub(super) start: usize,
    /// Where the line after it begins.
    pub(super) next: usize,
}

impl<'a> Logical<'a> {
    /// The logical line that begins at `start`, with a physical line that is neither empty nor a comment.
    pub(super) fn at(file: FileId, text: &'a str, start: usize, escape: Escape) -> Self {
        let mut line = Physical::at(text, start);
        let mut from = line.end - line.content(text).len();
        let mut joined = Self {
            file,
            text: Cow::Borrowed(""),
            segments: Vec::with_capacity(1),
            joints: Vec::new(),
            start,
            next: line.next,
        };
        loop {
            let continued = line.continued(text, escape);
            joined.push(text, from, continued.unwrap_or(line.end));
            joined.next = line.next;
            let Some(at) = continued else { return joined };
            joined.joint(JointKind::Escape, at, line.next);
            line = loop {
                if joined.next >= text.len() {
                    return joined;
                }
                let next = Physical::at(text, joined.next);
                joined.next = next.next;
                if next.is_comment(text) {
                    joined.joint(JointKind::Comment, next.start, next.next);
                } else if next.content(text).is_empty() {
                    joined.joint(JointKind::Empty, next.start, next.next);
                } else {
                    break next;
                }
            };
            from = line.start;
        }
    }

    fn push(&mut self, source: &'a str, from: usize, to: usize) {
        self.segments.push((self.text.len(), from));
        match &mut self.text {
            Cow::Borrowed("") => self.text = Cow::Borrowed(&source[from..to]),
            Cow::Borrowed(_) | Cow::Owned(_) => self.text.to_mut().push_str(&source[from..to]),
        }
    }

    fn joint(&mut self, kind: JointKind, start: usize, end: usize) {
        self.joints.push(Joint { kind, span: Span::new(self.file, start, end) });
    }

    /// Where the bytes `start..end` of the text stand in the file.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let from = self.source(start);
        let to = if end > start { self.source(end - 1) + 1 } else { from };
        Span::new(self.file, from, to)
    }

    fn source(&self, at: usize) -> usize {
        let after = self.segments.partition_point(|(start, _)| *start <= at);
        let (start, from) = self.segments[after.saturating_sub(1)];
        from + (at - start)
    }

    /// The bytes `start..end` as a word that says what they are.
    pub(super) fn word(&self, start: usize, end: usize) -> Word {
        Word { text: self.text[start..end].to_owned(), span: self.span(start, end) }
    }

    /// `start..end` without white space at either end.
    pub(super) fn trim(&self, start: usize, end: usize) -> (usize, usize) {
        let inner = self.text[start..end].trim_start();
        let start = end - inner.len();
        (start, start + inner.trim_end().len())
    }
}
