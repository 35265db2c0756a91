//! Where a mistake begins and ends, found from where the parser stopped.

use std::ops::Range;

use granit_parser::ErrorKind;

use super::build::Failure;
use super::lines::{Line, flow_end, quote_before, quoted_end};
use super::mistakes::MistakeKind;

/// A stretch of text that the parser cannot read.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) kind: MistakeKind,
    /// What a person is shown.
    pub(super) at: Range<usize>,
    /// What is lost.
    pub(super) range: Range<usize>,
    /// Whether that is a value, whose key or dash stays.
    pub(super) value: bool,
}

/// What is broken where the parser stopped in `text`.
pub(super) fn broken(text: &str, failure: &Failure) -> Broken {
    let found = sort(text, failure);
    Broken { at: whole(text, found.at), range: whole(text, found.range), ..found }
}

/// The range that covers all of the characters of which `range` has a part.
pub(super) fn whole(text: &str, range: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (range.start.min(text.len()), range.end.min(text.len()));
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end.max(start)
}

fn sort(text: &str, failure: &Failure) -> Broken {
    use MistakeKind as M;
    let site = Site { text, failure, at: failure.at, line: Line::at(text, failure.at) };
    match &failure.kind {
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => site.tab(),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            site.unclosed_quote(site.quote())
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            site.after_quote()
        }
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => site.escape(),
        ErrorKind::RecursionLimitExceeded => match site.bracket() {
            Some(open) => Broken { kind: M::TooDeep, ..site.flow(open) },
            None => site.part(M::TooDeep, site.one()),
        },
        ErrorKind::UnclosedFlowCollection { .. } | ErrorKind::MismatchedFlowCollectionEnd { .. } => {
            site.flow(site.bracket().unwrap_or(site.at))
        }
        _ if failure.bracket.is_some() => site.flow(failure.bracket.unwrap_or(site.at)),
        ErrorKind::MisplacedFlowCollectionEnd => site.part(M::StrayBracket, site.one()),
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => site.colon(),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => site.no_colon(),
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidFlowScalarIndent
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::ExpectedDocumentStart => site.indentation(),
        ErrorKind::BlockSequenceEntryNotAllowed => match site.line.colon {
            Some(colon) if colon < site.at => site.part(M::InlineItem, site.one()),
            _ => site.indentation(),
        },
        ErrorKind::UnexpectedCharacter { .. }
        | ErrorKind::BomInsideDocument
        | ErrorKind::PlainScalarStartsWithDashFlowIndicator => site.part(M::BadCharacter, site.one()),
        ErrorKind::ZeroBlockScalarIndent
        | ErrorKind::InvalidBlockScalarHeader
        | ErrorKind::InvalidBlockScalarIndent => site.part(M::BadBlockText, site.word()),
        _ => site.part(M::Other, site.word()),
    }
}

struct Site<'a> {
    text: &'a str,
    failure: &'a Failure,
    at: usize,
    line: Line,
}

impl Site<'_> {
    /// The character at which the parser stopped.
    fn one(&self) -> Range<usize> {
        let length = self.text[self.at..].chars().next().filter(|c| !matches!(c, '\r' | '\n'));
        self.at..self.at + length.map_or(0, char::len_utf8)
    }

    /// From there to the next space.
    fn word(&self) -> Range<usize> {
        let rest = &self.text[self.at..];
        self.at..self.at + rest.find([' ', '\t', '\r', '\n']).unwrap_or(rest.len())
    }

    /// The rest of a line from `at`.
    fn rest(&self, at: usize) -> Range<usize> {
        at..at + self.text[at..Line::at(self.text, at).end.max(at)].trim_end().len()
    }

    /// The value or the line that `at` lies in, with the lines that belong to it.
    fn part_at(&self, kind: MistakeKind, shown: Range<usize>, at: usize) -> Broken {
        let line = Line::at(self.text, at);
        match line.value(self.text) {
            Some((value, column)) if value <= at => {
                let end = line.block_end(self.text, column, line.colon.is_some()).max(value);
                Broken { kind, at: shown, range: value..end, value: true }
            }
            _ => {
                let end = line.block_end(self.text, line.indent(), line.colon.is_some());
                Broken { kind, at: shown, range: line.content..end, value: false }
            }
        }
    }

    fn part(&self, kind: MistakeKind, shown: Range<usize>) -> Broken {
        self.part_at(kind, shown, self.at)
    }

    fn tab(&self) -> Broken {
        let mut line = self.line;
        // A text over several lines begins before the tab.
        while line.tabs(self.text).is_none()
            && line.value(self.text).is_none_or(|(value, _)| value <= self.at)
        {
            match line.next(self.text) {
                Some(next) if next.tabs(self.text).is_some() => line = next,
                Some(next) if next.is_blank() => line = next,
                Some(_) | None => break,
            }
        }
        let Some(tabs) = line.tabs(self.text).filter(|_| !line.is_blank()) else {
            let tab = self.text[self.line.start..].find('\t').map(|found| self.line.start + found);
            let shown = tab.filter(|tab| *tab < self.line.end).map_or(self.one(), |tab| tab..tab + 1);
            return self.part(MistakeKind::Tab, shown);
        };
        let start = line.content;
        let mut end = line.end;
        while let Some(next) = line.next(self.text) {
            if !next.is_blank() && next.tabs(self.text).is_none() {
                break;
            }
            end = if next.is_blank() { end } else { next.end };
            line = next;
        }
        // The tabs are part of what is lost: the parser must not see them again.
        let start = tabs.start.min(start);
        Broken { kind: MistakeKind::Tab, at: tabs, range: start..end, value: false }
    }

    /// The quote that begins the text in which the parser stopped.
    fn quote(&self) -> usize {
        if matches!(self.text.as_bytes().get(self.at), Some(b'"' | b'\'')) {
            return self.at;
        }
        quote_before(self.text, self.failure.last.end, self.at).unwrap_or(self.at)
    }

    fn unclosed_quote(&self, open: usize) -> Broken {
        let shown = open..(open + 1).min(self.text.len());
        self.part_at(MistakeKind::UnclosedQuote, shown, open)
    }

    fn after_quote(&self) -> Broken {
        let open = quote_before(self.text, self.failure.last.end, self.at).unwrap_or(self.at);
        if open < self.line.start {
            return self.unclosed_quote(open);
        }
        self.part_at(MistakeKind::AfterQuote, self.rest(self.at), open)
    }

    fn escape(&self) -> Broken {
        let open = self.quote();
        let bytes = self.text.as_bytes();
        let Some(end) = quoted_end(bytes, open, bytes.len(), b'"') else { return self.unclosed_quote(open) };
        let shown = bad_escape(&self.text[open..end]).map_or(open..end, |found| {
            let start = open + found;
            let length = self.text[start + 1..].chars().next().map_or(0, char::len_utf8);
            start..start + 1 + length
        });
        Broken { kind: MistakeKind::BadEscape, at: shown, range: open..end, value: true }
    }

    /// The outermost bracket that is open.
    fn bracket(&self) -> Option<usize> {
        self.failure.bracket.or_else(|| {
            let from = self.failure.last.end.min(self.at);
            let found = self.text[from..].find(['[', '{'])? + from;
            (found <= self.at).then_some(found)
        })
    }

    fn flow(&self, open: usize) -> Broken {
        let line = Line::at(self.text, open);
        let column = match line.value(self.text) {
            Some((value, column)) if value <= open => column,
            _ => line.indent(),
        };
        match flow_end(self.text, open, column) {
            Some(end) => {
                let shown = if self.at >= end { open..open + 1 } else { self.one() };
                Broken { kind: MistakeKind::BadFlow, at: shown, range: open..end, value: true }
            }
            None => self.part_at(MistakeKind::UnclosedBracket, open..open + 1, open),
        }
    }

    /// A `:` that makes a key of something that cannot be one.
    fn colon(&self) -> Broken {
        if self.line.colon.is_some_and(|colon| colon < self.at) {
            return self.part(MistakeKind::SecondColon, self.one());
        }
        let last = &self.failure.last;
        if last.end > self.at || last.start >= self.line.start || last.is_empty() {
            return self.part(MistakeKind::BadIndentation, self.rest(self.line.content));
        }
        // The key is the end of a text that began on a line before.
        let begin = Line::at(self.text, last.start);
        if begin.colon.is_some_and(|colon| colon < last.start) {
            return self.indentation();
        }
        let shown = self.rest(last.start);
        let before = self.text[..self.line.start].trim_end().len();
        Broken {
            kind: MistakeKind::NoColon,
            range: last.start..before.max(shown.end),
            at: shown,
            value: false,
        }
    }

    /// A word where there should be `key: value`.
    fn no_colon(&self) -> Broken {
        let shown = self.rest(self.at);
        Broken { kind: MistakeKind::NoColon, at: shown, ..self.part(MistakeKind::NoColon, 0..0) }
    }

    /// A line that stands neither at the column of its neighbours nor below one of them.
    fn indentation(&self) -> Broken {
        let line = &self.line;
        let column = line.indent();
        let kind = match (self.failure.columns.contains(&column), line.dash == Some(line.content)) {
            (true, true) => MistakeKind::ItemAmongKeys,
            (true, false) => MistakeKind::KeyAmongItems,
            (false, _) => MistakeKind::BadIndentation,
        };
        let shown = self.rest(line.content);
        let own = line.value(self.text).is_none();
        let mut first_below: Option<Line> = None;
        let mut end = line.end;
        let mut last = *line;
        while let Some(next) = last.next(self.text) {
            last = next;
            if next.is_blank() {
                continue;
            }
            let below = next.indent();
            let sibling = kind == MistakeKind::BadIndentation && below == column
                || kind == MistakeKind::ItemAmongKeys && below == column && next.dash == Some(next.content);
            // A line at the column of an open collection is the next of its entries, unless it belongs to this one.
            let belongs = below > column
                && (!self.failure.columns.contains(&below)
                    || own && first_below.is_none()
                    || first_below.is_some_and(|first| {
                        below > first.indent()
                            || below == first.indent() && next.dash.is_some() == first.dash.is_some()
                    }));
            if next.is_marker(self.text) || !belongs && !sibling {
                break;
            }
            if sibling {
                first_below = None;
            } else if first_below.is_none() {
                first_below = Some(next);
            }
            end = next.end;
        }
        Broken { kind, at: shown, range: line.content..end, value: false }
    }
}

/// The first `\` in a quoted text that begins no escape.
fn bad_escape(raw: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = raw.get(at..).and_then(|rest| rest.find('\\')) {
        let start = at + found;
        let next = raw[start + 1..].chars().next()?;
        let digits = match next {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            '0' | 'a' | 'b' | 't' | '\t' | 'n' | 'v' | 'f' | 'r' | 'e' | ' ' | '"' | '/' | '\\' | 'N'
            | '_' | 'L' | 'P' | '\n' | '\r' => 0,
            _ => return Some(start),
        };
        let hex = raw[start + 2..].bytes().take_while(u8::is_ascii_hexdigit).take(digits).count();
        if hex < digits {
            return Some(start);
        }
        at = start + 1 + next.len_utf8() + digits;
    }
    None
}
