//! Which of the offered fixes are carried out together, and what comes of the texts.
//!
//! Texts go in and come out: nothing is read or written here. A fix is carried out whole or not at all, and never where a
//! secret stands. Of two that touch each other the first by place wins, and the other waits for the next round, which
//! looks at the new text. Identical edits count once, so that two findings may ask for the same.

mod broken;
mod text;

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::{Fix, Safety, Sink};
use crate::source::{SourceMap, Span};

pub use broken::broken;

/// So many rounds are made at most. Rules are written so that the second has only what had to wait, and the third nothing.
pub const MOST_ROUNDS: usize = 3;

/// What was found in files that were looked at together.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The texts that spans point into.
    pub sources: &'a SourceMap,
    /// What was found in them.
    pub sink: &'a Sink,
}

/// A replacement in one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Edit {
    start: usize,
    end: usize,
    text: String,
}

/// What one round does to one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    edits: Vec<Edit>,
    /// How many findings are mended by that.
    pub mended: usize,
}

/// What one round does.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// By the name of the file.
    pub files: BTreeMap<String, Changes>,
    /// How many fixes of each file were left out because it may not be edited.
    pub refused: BTreeMap<String, usize>,
}

/// Chooses what can be carried out at once. `may_edit` says of a file by its name whether a person wrote it, and where
/// it may be written.
pub fn choose(parts: &[Part<'_>], with_unsafe: bool, may_edit: &dyn Fn(&str) -> bool) -> Round {
    let mut round = Round::default();
    for part in parts {
        let masks = Masks::of(part);
        let mut offers: Vec<&Fix> =
            part.sink.diagnostics.iter().filter_map(|found| found.fix.as_ref()).collect();
        offers.retain(|fix| with_unsafe || fix.safety == Safety::Safe);
        offers.retain(|fix| fix.is_of_one_file() && !masks.are_touched(fix, part.sources));
        offers.sort_by_key(|fix| fix.edits.iter().map(|(span, _)| *span).min());
        for fix in offers {
            let Some((first, _)) = fix.edits.first() else { continue };
            let file = part.sources.file(first.file);
            if may_edit(&file.name) {
                let edits =
                    fix.edits.iter().filter_map(|(span, text)| Edit::of(span.range(), text, &file.text));
                round.files.entry(file.name.clone()).or_default().take(edits.collect());
            } else {
                *round.refused.entry(file.name.clone()).or_default() += 1;
            }
        }
    }
    round.files.retain(|_, changes| !changes.edits.is_empty());
    round
}

impl Fix {
    fn is_of_one_file(&self) -> bool {
        self.edits.windows(2).all(|pair| pair[0].0.file == pair[1].0.file)
    }
}

impl Changes {
    /// Takes a fix in, unless it has to wait.
    fn take(&mut self, edits: Vec<Edit>) {
        let new: Vec<Edit> = edits.into_iter().filter(|edit| !self.edits.contains(edit)).collect();
        if new.iter().any(|edit| self.edits.iter().any(|other| edit.clashes(other))) {
            return;
        }
        self.edits.extend(new);
        self.mended += 1;
    }

    /// The text with the edits made.
    pub fn apply(&self, text: &str) -> String {
        let mut edits: Vec<&Edit> = self.edits.iter().collect();
        // Insertions at one place stay in the order in which they were taken.
        edits.sort_by_key(|edit| (edit.start, edit.end));
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for edit in edits {
            out.push_str(&text[done..edit.start]);
            out.push_str(&edit.text);
            done = edit.end;
        }
        out.push_str(&text[done..]);
        out
    }
}

impl Edit {
    /// An edit as it fits the text: behind its byte order mark, and with its line ends. `None` if it changes nothing.
    fn of(range: Range<usize>, new: &str, text: &str) -> Option<Self> {
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        // What takes the mark away means it.
        let Range { start, end } =
            if range == (0..mark) { range } else { range.start.max(mark)..range.end.max(mark) };
        let new = text::with_line_ends_of(new, text);
        (text.get(start..end)? != new).then_some(Self { start, end, text: new })
    }

    /// Whether two edits cannot be made at once. What adds whole lines at one place does not mind others that do.
    fn clashes(&self, other: &Self) -> bool {
        if self.is_insertion() && other.is_insertion() {
            return self.start == other.start
                && !(self.adds_lines() && other.adds_lines() && self.is_alike(other));
        }
        if self.is_insertion() || other.is_insertion() {
            return self.start <= other.end && other.start <= self.end;
        }
        self.start < other.end && other.start < self.end
    }

    fn is_insertion(&self) -> bool {
        self.start == self.end
    }

    fn adds_lines(&self) -> bool {
        self.text.starts_with(['\n', '\r']) || self.text.ends_with('\n')
    }

    /// Whether the lines of both belong to the same block, as far as that can be seen.
    fn is_alike(&self, other: &Self) -> bool {
        let shape = |text: &str| {
            let line = text.trim_start_matches(['\r', '\n']);
            (text.ends_with('\n'), line.len() - line.trim_start_matches([' ', '\t']).len())
        };
        shape(&self.text) == shape(&other.text)
    }
}

/// The places of secrets, by the name of the file: a file may have been read twice.
struct Masks<'a> {
    /// Sorted, without those that lie in another.
    spans: BTreeMap<&'a str, Vec<Range<usize>>>,
    texts: Vec<&'a str>,
}

impl<'a> Masks<'a> {
    fn of(part: &Part<'a>) -> Self {
        let mut sorted: Vec<Span> =
            part.sink.masked.iter().copied().filter(|span| span.start < span.end).collect();
        sorted.sort_unstable_by_key(|span| (span.start, span.end));
        let mut spans: BTreeMap<&str, Vec<Range<usize>>> = BTreeMap::new();
        for span in &sorted {
            let of_file = spans.entry(&part.sources.file(span.file).name).or_default();
            if of_file.last().is_none_or(|last| last.end < span.end as usize) {
                of_file.push(span.range());
            }
        }
        let texts = sorted.iter().map(|span| part.sources.text(*span).trim_matches(['"', '\'']));
        let texts = texts.filter(|text| text.len() >= SHORTEST).collect();
        Self { spans, texts }
    }

    /// Whether a fix would remove a part of a secret, or write one.
    fn are_touched(&self, fix: &Fix, sources: &SourceMap) -> bool {
        let holds = |text: &str| self.texts.iter().any(|secret| text.contains(secret));
        fix.edits
            .iter()
            .any(|(span, text)| self.overlap(&sources.file(span.file).name, &span.range()) || holds(text))
    }

    fn overlap(&self, file: &str, range: &Range<usize>) -> bool {
        let Some(ranges) = self.spans.get(file) else { return false };
        let first = ranges.partition_point(|mask| mask.end <= range.start);
        ranges.get(first).is_some_and(|mask| mask.start < range.end)
    }
}

/// A secret of fewer bytes may be a part of any text.
const SHORTEST: usize = 6;

#[cfg(test)]
mod tests;
