//! Reads a YAML file: any text has a tree, and every mistake in it a diagnostic.

use std::collections::HashMap;
use std::ops::Range;

use super::attach::attach;
use super::build::{Built, Failure, build};
use super::check::check;
use super::mistakes::{Found, MistakeKind, Mistakes};
use super::repair::{Broken, broken, whole};
use super::tree::Tree;
use crate::diagnostic::{Severity, Sink};
use crate::source::{FileId, Span};

/// After so many mistakes of syntax the rest of a file is not read.
const MAX_REPAIRS: usize = 100;

/// The file is read again after every mistake, up to so many bytes in all.
const MAX_READ: usize = 32 * 1024 * 1024;

/// Reads `text`; never fails. The parser stops at the first mistake; what is wrong is then blanked out, at the same
/// length, and the text is read again, so that a mistake costs what it stands in, and each is put into `sink` once.
pub fn read(file: FileId, text: &str, sink: &mut Sink) -> Tree {
    let mut mistakes = Mistakes::default();
    let mut repairs = Repairs { text, masked: None, holes: Vec::new(), hopeless: false };
    let mut spent = 0;
    let mut count = 0;
    let built = loop {
        let failure = match repairs.build(file) {
            Ok(built) => break built,
            Err(failure) => failure,
        };
        spent += failure.at;
        count += 1;
        let rest = count > MAX_REPAIRS || spent > MAX_READ;
        if let Some(found) = repairs.repair(file, &failure, rest, count > MAX_REPAIRS + 2) {
            mistakes.push(found);
        }
    };
    let strays: Vec<_> =
        repairs.holes.iter().filter(|hole| !hole.value).map(|hole| hole.range.clone()).collect();
    let mut tree = attach(built, text, &strays);
    check(&mut tree, text, &mut mistakes);
    sink.add_more(Severity::Error, mistakes.left_out());
    sink.extend(mistakes.in_order().iter().map(|found| found.explain(text)));
    tree
}

/// A stretch that could not be read.
struct Hole {
    range: Range<usize>,
    /// Whether it is a whole value, in whose place a scalar stands.
    value: bool,
}

struct Repairs<'a> {
    text: &'a str,
    /// The text with every hole blanked out, if there is one.
    masked: Option<String>,
    /// The holes, in order; they do not overlap.
    holes: Vec<Hole>,
    /// Whether nothing at all can be read.
    hopeless: bool,
}

impl Repairs<'_> {
    fn masked(&self) -> &str {
        self.masked.as_deref().unwrap_or(self.text)
    }

    fn build(&self, file: FileId) -> Result<Built, Failure> {
        let values = self.holes.iter().filter(|hole| hole.value);
        let values: HashMap<usize, usize> = values.map(|hole| (hole.range.start, hole.range.end)).collect();
        build(file, if self.hopeless { "" } else { self.masked() }, &values)
    }

    /// Blanks out what is broken: what to tell of it. `rest` takes everything after it as well, `all` the whole file.
    fn repair(&mut self, file: FileId, failure: &Failure, rest: bool, all: bool) -> Option<Found> {
        let Broken { kind, at, range, value } = broken(self.masked(), failure);
        // Where a character was blanked out, the parser may stop inside of it.
        let (at, range) = (whole(self.text, at), whole(self.text, range));
        let length = self.text.len();
        let start = range.start;
        let mut found = Found::new(kind, Span::new(file, at.start, at.end));
        found.meant = (kind == MistakeKind::Other).then(|| failure.kind.to_string());
        let line = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let candidates = [
            (range.clone(), value),
            (line..range.end, false),
            (self.content_before(line)..range.end, false),
            (line..length, false),
            (0..length, false),
        ];
        let from = if all {
            4
        } else if rest {
            3
        } else {
            0
        };
        for (range, value) in candidates.into_iter().skip(from) {
            let range = trimmed(self.text, range);
            if let Some(is_new) = self.punch(range.clone(), value) {
                if rest {
                    let stop = Span::new(file, range.start, range.start);
                    return Some(Found::new(MistakeKind::TooMany, stop));
                }
                return is_new.then_some(found);
            }
        }
        // Only white space is left, and it is not what YAML takes for white space.
        self.hopeless = true;
        None
    }

    /// The start of the last line before `line` that is not blank by now.
    fn content_before(&self, line: usize) -> usize {
        let before = self.masked()[..line].trim_end();
        before.rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// Blanks out `range`: whether it is apart from all holes before. None if that changes nothing.
    fn punch(&mut self, mut range: Range<usize>, mut value: bool) -> Option<bool> {
        let overlaps = |hole: &Hole| hole.range.start < range.end && range.start < hole.range.end;
        let (overlapping, apart): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.holes).into_iter().partition(overlaps);
        let before = range.clone();
        for hole in &overlapping {
            value = value && before.start <= hole.range.start;
            range = range.start.min(hole.range.start)..range.end.max(hole.range.end);
        }
        let mut bytes = self.masked().as_bytes().to_vec();
        for byte in &mut bytes[range.clone()] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        if value && !range.is_empty() {
            let first = self.text[range.start..].chars().next().map_or(1, char::len_utf8);
            bytes[range.start..range.start + first].fill(b'~');
        }
        let is_new = overlapping.is_empty();
        self.holes = apart;
        if self.masked().as_bytes() == bytes.as_slice() {
            self.holes.extend(overlapping);
            self.holes.sort_by_key(|hole| hole.range.start);
            return None;
        }
        self.masked = Some(String::from_utf8(bytes).expect("whole characters were replaced by spaces"));
        self.holes.push(Hole { range, value });
        self.holes.sort_by_key(|hole| hole.range.start);
        Some(is_new)
    }
}

/// `range` without the white space around it, and without the byte-order mark of the file.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let blank = [' ', '\t', '\r', '\n'];
    let start =
        if range.start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { range.start };
    let part = text[start.min(range.end)..range.end].trim_end_matches(blank);
    let end = start + part.len();
    end - part.trim_start_matches(blank).len()..end
}
