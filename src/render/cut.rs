//! One source line as it is shown: cleaned, masked, and cut around the place it is shown for.

use std::ops::Range;

use super::redact::{Masks, PLACEHOLDER};
use super::{Look, visible};
use crate::source::{FileId, SourceFile};

/// A line to show.
pub(super) struct Line<'a> {
    file: FileId,
    text: &'a str,
    bytes: Range<usize>,
    masks: &'a Masks,
}

/// The line as shown, and where each piece of it came from.
pub(super) struct Shown {
    /// What is printed.
    pub(super) text: String,
    /// Start in the file and in `text` of every piece, in order; a piece is one character or one mask.
    starts: Vec<(usize, usize)>,
    /// The end of the last piece in the file and in `text`.
    end: (usize, usize),
}

impl<'a> Line<'a> {
    /// The line of `source` with that zero-based index.
    pub(super) fn new(file: FileId, source: &'a SourceFile, line_index: usize, masks: &'a Masks) -> Self {
        let mut bytes = source.line_range(line_index);
        if line_index == 0 && source.text.starts_with('\u{feff}') {
            bytes.start = '\u{feff}'.len_utf8().min(bytes.end);
        }
        Self { file, text: &source.text, bytes, masks }
    }

    /// The bytes of the line in its file.
    pub(super) fn bytes(&self) -> Range<usize> {
        self.bytes.clone()
    }

    /// The column of byte `at`, from 1; see [`Line::visible`].
    pub(super) fn column(&self, at: usize) -> usize {
        self.text[self.bytes.start..self.visible(at)].chars().count() + 1
    }

    /// The byte of the line that is told of in the place of byte `at`: behind a masked text it is the start of the
    /// mask, which says nothing of the length of what is masked.
    pub(super) fn visible(&self, at: usize) -> usize {
        let at = at.clamp(self.bytes.start, self.bytes.end);
        let before = self.bytes.start..at;
        let visible = self.masks.overlapping(self.file, &before).first().map_or(at, |mask| mask.start);
        visible.max(self.bytes.start)
    }

    /// The line, or so much of it around byte `focus` as fits.
    pub(super) fn show(&self, focus: usize, look: &Look) -> Shown {
        let (start, end) = self.window(focus.clamp(self.bytes.start, self.bytes.end), look.line);
        let ellipsis = if look.unicode { "…" } else { "..." };
        let mut text = String::new();
        if start > self.bytes.start {
            text.push_str(ellipsis);
        }
        let mut starts = Vec::new();
        let mut at = start;
        while at < end {
            starts.push((at, text.len()));
            if let Some(mask) = self.masks.covering(self.file, at) {
                text.push_str(PLACEHOLDER);
                at = mask.end.min(self.bytes.end);
            } else if let Some(c) = self.text[at..].chars().next() {
                if visible::is_harmless(c) || c == '\t' {
                    text.push(c);
                } else {
                    text.push_str(&visible::name(c));
                }
                at += c.len_utf8();
            }
        }
        let end = (at, text.len());
        if at < self.bytes.end {
            text.push_str(ellipsis);
        }
        Shown { text, starts, end }
    }

    /// At most `room` pieces around `focus`, with a quarter of them before it if there are more.
    fn window(&self, focus: usize, room: usize) -> (usize, usize) {
        let mut start = focus;
        for _ in 0..room / 4 {
            start = self.before(start);
        }
        let mut used = 0;
        let mut end = start;
        while used < room && end < self.bytes.end {
            end = self.after(end);
            used += 1;
        }
        while used < room && start > self.bytes.start {
            start = self.before(start);
            used += 1;
        }
        (start, end)
    }

    /// The start of the piece before `at`.
    fn before(&self, at: usize) -> usize {
        let Some(c) = self.text[self.bytes.start..at].chars().next_back() else { return self.bytes.start };
        let previous = at - c.len_utf8();
        self.masks.covering(self.file, previous).map_or(previous, |mask| mask.start.max(self.bytes.start))
    }

    /// The end of the piece at `at`.
    fn after(&self, at: usize) -> usize {
        match self.masks.covering(self.file, at) {
            Some(mask) => mask.end.min(self.bytes.end),
            None => at + self.text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
}

impl Shown {
    /// Where byte `at` of the file begins in the text.
    pub(super) fn start_of(&self, at: usize) -> usize {
        match self.starts.partition_point(|(start, _)| *start <= at) {
            0 => self.starts.first().map_or(self.end.1, |(_, shown)| *shown),
            _ if at >= self.end.0 => self.end.1,
            next => self.starts[next - 1].1,
        }
    }

    /// Where a range that ends before byte `at` of the file ends in the text.
    pub(super) fn end_of(&self, at: usize) -> usize {
        match self.starts.partition_point(|(start, _)| *start < at) {
            0 => self.starts.first().map_or(self.end.1, |(_, shown)| *shown),
            next => self.starts.get(next).map_or(self.end.1, |(_, shown)| *shown),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceMap, Span};

    fn show(text: &str, masked: Option<Range<usize>>, focus: usize, room: usize) -> String {
        let mut sources = SourceMap::default();
        let file = sources.add("a", text);
        let masked: Vec<Span> =
            masked.into_iter().map(|mask| Span::new(file, mask.start, mask.end)).collect();
        let masks = Masks::new(&masked, &sources);
        let line = Line::new(file, sources.file(file), 0, &masks);
        line.show(focus, &Look { line: room, ..Look::PLAIN }).text
    }

    #[test]
    fn a_long_line_is_cut_around_what_matters() {
        assert_eq!(show("abcdefghijklmnopqrstuvwxyz", None, 13, 8), "…lmnopqrs…");
        assert_eq!(show("abcdefghijklmnopqrstuvwxyz", None, 0, 8), "abcdefgh…");
        assert_eq!(show("abcdefghijklmnopqrstuvwxyz", None, 25, 8), "…stuvwxyz");
        assert_eq!(show("abcdefgh", None, 4, 8), "abcdefgh");
    }

    #[test]
    fn a_masked_text_shows_the_same_whatever_its_length() {
        let short = show("key hunter2 and more words", Some(4..11), 12, 14);
        let long = show("key hunter2hunter2hunter2 and more words", Some(4..25), 26, 14);
        assert_eq!(short, "… [secret] and more wo…");
        assert_eq!(short, long);
    }

    #[test]
    fn a_window_that_begins_in_a_mask_shows_the_placeholder() {
        assert_eq!(show("0123456789", Some(0..10), 5, 4), "[secret]");
    }

    #[test]
    fn controls_are_named_and_the_byte_order_mark_is_not_shown() {
        assert_eq!(show("\u{feff}a\u{1b}[1m\rb", None, 0, 99), "a<U+001B>[1m<U+000D>b");
    }
}
