//! What can be said of a line of YAML without parsing it: its indentation, its key and where its block ends.

use std::ops::Range;

/// How a line is laid out; all numbers are offsets into the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Its first byte, after a byte-order mark.
    pub(super) start: usize,
    /// Its end, without the line ending.
    pub(super) end: usize,
    /// The first byte that is no space and no tab.
    pub(super) content: usize,
    /// Where its last `- ` or `? ` begins, of those that stand before everything else.
    pub(super) dash: Option<usize>,
    /// The first byte after those.
    pub(super) item: usize,
    /// The `:` after its key.
    pub(super) colon: Option<usize>,
}

impl Line {
    /// The line that holds byte `at`.
    pub(super) fn at(text: &str, at: usize) -> Self {
        let bytes = text.as_bytes();
        let at = at.min(bytes.len());
        let mut start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |newline| newline + 1);
        if text[start..].starts_with('\u{feff}') {
            start += '\u{feff}'.len_utf8();
        }
        let from = at.max(start);
        let mut end =
            bytes[from..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |found| from + found);
        while end > start && bytes[end - 1] == b'\r' {
            end -= 1;
        }
        let content = after_blanks(bytes, start, end);
        let (mut item, mut dash) = (content, None);
        while item < end && matches!(bytes[item], b'-' | b'?') && blank_at(bytes, item + 1, end) {
            dash = Some(item);
            item = after_blanks(bytes, item + 1, end);
        }
        Self { start, end, content, dash, item, colon: colon(bytes, item, end) }
    }

    /// The line after this one.
    pub(super) fn next(&self, text: &str) -> Option<Self> {
        let newline = text.as_bytes()[self.end..].iter().position(|b| *b == b'\n')?;
        Some(Self::at(text, self.end + newline + 1))
    }

    /// How far its content is indented, in bytes.
    pub(super) fn indent(&self) -> usize {
        self.content - self.start
    }

    /// Whether nothing is written on it.
    pub(super) fn is_blank(&self) -> bool {
        self.content == self.end
    }

    /// The tabs among its indentation.
    pub(super) fn tabs(&self, text: &str) -> Option<Range<usize>> {
        let at = self.start + text[self.start..self.content].find('\t')?;
        let rest = &text.as_bytes()[at..self.content];
        Some(at..at + rest.iter().position(|b| *b != b'\t').unwrap_or(rest.len()))
    }

    /// Whether it ends a document.
    pub(super) fn is_marker(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        self.indent() == 0
            && matches!(bytes.get(self.start..self.start + 3), Some(b"---" | b"..."))
            && (self.start + 3 >= self.end || blank_at(bytes, self.start + 3, self.end))
    }

    /// What the key is given, or the item after its dash, if it is on this line: where it begins, and the column of the
    /// key or the dash, which everything below it is indented more than.
    pub(super) fn value(&self, text: &str) -> Option<(usize, usize)> {
        let (after, owner) = match (self.colon, self.dash) {
            (Some(colon), _) => (colon + 1, self.item),
            (None, Some(dash)) => (self.item, dash),
            (None, None) => return None,
        };
        let value = after_blanks(text.as_bytes(), after, self.end);
        (value < self.end).then_some((value, owner - self.start))
    }

    /// The end of the block that begins on this line and is indented by more than `column`.
    pub(super) fn block_end(&self, text: &str, column: usize, holds_items: bool) -> usize {
        let mut end = self.end;
        let mut line = *self;
        while let Some(next) = line.next(text) {
            line = next;
            if line.is_blank() {
                continue;
            }
            let item = holds_items && line.indent() == column && line.dash == Some(line.content);
            if line.indent() <= column && !item || line.is_marker(text) {
                break;
            }
            end = line.end;
        }
        text[..end].trim_end().len().max(self.content)
    }
}

fn after_blanks(bytes: &[u8], from: usize, end: usize) -> usize {
    let rest = &bytes[from.min(end)..end];
    from.min(end) + rest.iter().position(|b| !matches!(b, b' ' | b'\t')).unwrap_or(rest.len())
}

/// Whether a word ends before `at`.
fn blank_at(bytes: &[u8], at: usize, end: usize) -> bool {
    at >= end || matches!(bytes[at], b' ' | b'\t')
}

/// The `:` that ends the key that begins at `from`.
fn colon(bytes: &[u8], from: usize, end: usize) -> Option<usize> {
    let mut at = from;
    if let Some(quote @ (b'"' | b'\'')) = bytes.get(from).filter(|_| from < end) {
        at = after_blanks(bytes, quoted_end(bytes, from, end, *quote)?, end);
        return (at < end && bytes[at] == b':' && blank_at(bytes, at + 1, end)).then_some(at);
    }
    while at < end {
        match bytes[at] {
            b':' if blank_at(bytes, at + 1, end) => return Some(at),
            b'#' if at == from || matches!(bytes[at - 1], b' ' | b'\t') => return None,
            b'[' | b'{' if at == from => return None,
            _ => at += 1,
        }
    }
    None
}

/// One past the quote that closes the one at `open`.
pub(super) fn quoted_end(bytes: &[u8], open: usize, end: usize, quote: u8) -> Option<usize> {
    let mut at = open + 1;
    while at < end {
        match bytes[at] {
            b'\\' if quote == b'"' => at += 2,
            b'\'' if quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// One past the bracket that closes the one at `open`; none if a line that belongs outside comes first. The content of
/// such a line is indented by `column` or less and begins with no bracket that closes.
pub(super) fn flow_end(text: &str, open: usize, column: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = open;
    while at < bytes.len() {
        let starts_token =
            at == open || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b',' | b'[' | b'{' | b':');
        match bytes[at] {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'#' if starts_token => {
                at += bytes[at..].iter().position(|b| *b == b'\n').unwrap_or(bytes.len() - at);
                continue;
            }
            quote @ (b'"' | b'\'') if starts_token => {
                if let Some(end) = quoted_end(bytes, at, bytes.len(), quote) {
                    at = end;
                    continue;
                }
            }
            b'\n' => {
                let line = Line::at(text, at + 1);
                let closes = matches!(bytes.get(line.content), Some(b']' | b'}'));
                if !line.is_blank() && line.indent() <= column && !closes {
                    return None;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The quote in `from..at` that begins the text in or after which `at` lies.
pub(super) fn quote_before(text: &str, from: usize, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut place = from.min(at);
    let mut last = None;
    while place < at {
        let before = if place == 0 { b'\n' } else { bytes[place - 1] };
        let starts_token =
            matches!(before, b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b'{' | b':' | b'}' | b']');
        match bytes[place] {
            b'#' if matches!(before, b' ' | b'\t' | b'\n') => {
                place += bytes[place..].iter().position(|b| *b == b'\n').unwrap_or(bytes.len() - place);
            }
            quote @ (b'"' | b'\'') if starts_token => {
                last = Some(place);
                place = quoted_end(bytes, place, bytes.len(), quote).unwrap_or(bytes.len());
            }
            _ => place += 1,
        }
    }
    last
}
