//! The places that no format may show: neither the value nor how long it is.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::diagnostic::{Diagnostic, Label};
use crate::source::{FileId, SourceMap, Span};

/// What stands in the place of a value.
pub const PLACEHOLDER: &str = "[secret]";

/// The masked ranges of every file: sorted, merged, none empty.
#[derive(Clone, Debug, Default)]
pub struct Masks {
    ranges: BTreeMap<FileId, Vec<Range<usize>>>,
}

impl Masks {
    /// The masks of a sink, and with them every other place of these files where what is masked stands once more: in a
    /// comment, in a command, in the reason of an `allow`.
    pub fn new(masked: &[Span], sources: &SourceMap) -> Self {
        let said = Self::merged(masked);
        let quotes = Quotes::of(&said.values(sources));
        let again = sources.ids().flat_map(|file| {
            let again = quotes.find(&sources.file(file).text);
            again.map(move |range| Span::new(file, range.start, range.end))
        });
        let again: Vec<Span> = again.collect();
        if again.is_empty() { said } else { Self::merged(&[masked, &again].concat()) }
    }

    fn merged(masked: &[Span]) -> Self {
        let mut sorted: Vec<Span> = masked.iter().copied().filter(|span| span.start < span.end).collect();
        sorted.sort_unstable();
        let mut ranges: BTreeMap<FileId, Vec<Range<usize>>> = BTreeMap::new();
        for span in sorted {
            let file = ranges.entry(span.file).or_default();
            match file.last_mut() {
                Some(last) if span.start as usize <= last.end => last.end = last.end.max(span.end as usize),
                _ => file.push(span.range()),
            }
        }
        Self { ranges }
    }

    /// The mask that covers byte `at`.
    pub fn covering(&self, file: FileId, at: usize) -> Option<&Range<usize>> {
        self.overlapping(file, &(at..at + 1)).first()
    }

    /// The masks that share a byte with `range`, in order.
    pub fn overlapping(&self, file: FileId, range: &Range<usize>) -> &[Range<usize>] {
        let Some(ranges) = self.ranges.get(&file) else { return &[] };
        let first = ranges.partition_point(|mask| mask.end <= range.start);
        let last = ranges.partition_point(|mask| mask.start < range.end);
        &ranges[first.min(last)..last]
    }

    /// Whether a span touches a mask.
    pub fn touches(&self, span: Span) -> bool {
        !self.overlapping(span.file, &span.range()).is_empty()
    }

    /// The masked texts, longest first, without those that cannot be told from ordinary words: to hide these
    /// wherever they occur would tell what they are.
    pub fn values<'a>(&self, sources: &'a SourceMap) -> Vec<&'a str> {
        let mut values: Vec<&str> = self
            .ranges
            .iter()
            .flat_map(|(file, ranges)| ranges.iter().map(|range| &sources.file(*file).text[range.clone()]))
            .map(|value| value.trim_matches(['"', '\'']))
            .filter(|value| can_be_hidden(value))
            .collect();
        values.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        values.dedup();
        values
    }
}

/// Whether a text can be told from ordinary words.
fn can_be_hidden(text: &str) -> bool {
    text.len() >= 8 && !text.chars().all(char::is_alphabetic)
}

/// Finds masked texts again where a sentence quotes them.
#[derive(Debug)]
pub(super) struct Quotes {
    values: Option<AhoCorasick>,
}

impl Quotes {
    /// Hides `values`, as [`Masks::values`] gives them, in whatever [`Quotes::hide`] is given; each as a whole, each of
    /// its words, and the password of a URL.
    pub(super) fn of(values: &[&str]) -> Self {
        let words = values.iter().flat_map(|value| value.split_whitespace());
        let passwords =
            words.clone().filter_map(|word| word.split_once("://")?.1.rsplit_once('@')?.0.split_once(':'));
        let parts = words.chain(passwords.map(|(_, password)| password));
        let parts = parts.map(|part| part.trim_matches(['"', '\''])).filter(|part| can_be_hidden(part));
        let mut values: Vec<&str> = values.iter().copied().chain(parts).collect();
        if values.is_empty() {
            return Self { values: None };
        }
        values.sort_unstable();
        values.dedup();
        let values = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(values);
        Self { values: Some(values.expect("the values of files of a bounded size fit an automaton")) }
    }

    /// The text with [`PLACEHOLDER`] in the place of every value that is no part of a longer word.
    pub(super) fn hide(&self, text: &str) -> String {
        let mut out = String::new();
        let mut shown = 0;
        for found in self.find(text) {
            out.push_str(&text[shown..found.start]);
            out.push_str(PLACEHOLDER);
            shown = found.end;
        }
        out.push_str(&text[shown..]);
        out
    }

    /// Where a text holds a value that is no part of a longer word.
    fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let all = self.values.iter().flat_map(move |values| values.find_iter(text));
        all.map(|found| found.range()).filter(move |found| {
            let before = &text[..found.start];
            (!before.ends_with(char::is_alphanumeric) || ends_in_option(before))
                && !text[found.end..].starts_with(char::is_alphanumeric)
        })
    }

    /// A finding with no value in its sentences.
    pub(super) fn redacted(&self, finding: &Diagnostic) -> Diagnostic {
        let label = |label: &Label| Label { span: label.span, text: self.hide(&label.text) };
        let mut fix = finding.fix.clone();
        if let Some(fix) = &mut fix {
            fix.title = self.hide(&fix.title);
        }
        Diagnostic {
            message: self.hide(&finding.message),
            primary: label(&finding.primary),
            labels: finding.labels.iter().map(label).collect(),
            note: finding.note.as_deref().map(|note| self.hide(note)),
            help: finding.help.as_deref().map(|help| self.hide(help)),
            fix,
            ..finding.clone()
        }
    }

    /// Whether a text holds a value.
    pub(super) fn are_in(&self, text: &str) -> bool {
        self.values.as_ref().is_some_and(|values| values.is_match(text))
    }
}

/// Whether a text ends in an option whose value follows without a space: `mysql -p`.
fn ends_in_option(text: &str) -> bool {
    let before = text.strip_suffix(|c: char| c.is_ascii_alphabetic()).and_then(|text| text.strip_suffix('-'));
    before.is_some_and(|before| before.ends_with([' ', '\t', '\n', '"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_merged_and_found() {
        let mut sources = SourceMap::default();
        let file = sources.add("a", "0123456789 password");
        let span = |start, end| Span::new(file, start, end);
        let masks = Masks::new(&[span(5, 10), span(2, 4), span(3, 5), span(1, 1), span(11, 19)], &sources);
        assert_eq!(masks.covering(file, 1), None);
        assert_eq!(masks.covering(file, 2), Some(&(2..10)));
        assert_eq!(masks.covering(file, 6), Some(&(2..10)));
        assert_eq!(masks.covering(file, 10), None);
        assert!(masks.touches(span(0, 3)));
        assert!(!masks.touches(span(0, 2)));
        assert_eq!(masks.values(&sources), ["23456789"]);
    }

    #[test]
    fn what_is_masked_is_masked_wherever_it_stands() {
        let mut sources = SourceMap::default();
        let file = sources.add("a", "PASSWORD=hunter-22 # hunter-22, not hunter-221");
        let other = sources.add("b", "ping -phunter-22 -p=hunter-22 --phunter-22 x-phunter-22");
        let masks = Masks::new(&[Span::new(file, 9, 18)], &sources);
        assert_eq!(masks.overlapping(file, &(0..99)), [9..18, 21..30]);
        assert_eq!(masks.overlapping(other, &(0..99)), [7..16, 20..29]);
    }

    #[test]
    fn a_sentence_quotes_no_value_and_no_part_of_one() {
        let quotes = Quotes::of(&["hunter-22 swordfish", "https://a:pass-word@example.org"]);
        assert_eq!(quotes.hide("`hunter-22` or hunter-22 swordfish?"), "`[secret]` or [secret]?");
        assert_eq!(quotes.hide("a swordfish and pass-word"), "a swordfish and [secret]");
        assert_eq!(quotes.hide("hunter-221 (hunter-22)"), "hunter-221 ([secret])");
        assert!(!quotes.are_in("hunter") && quotes.are_in("xpass-wordx"));
    }
}
