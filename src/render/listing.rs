//! Findings without the texts that they were found in: redacted once for all formats, with places as lines and columns.
//!
//! There is no offset from the beginning of a file: together with the lines that a reader may know it would tell how
//! long a masked text before it is. A place behind a masked text, or in it, is told as where that begins.

use std::collections::HashMap;

use super::cut::Line;
use super::fingerprint::Fingerprints;
use super::redact::{Masks, Quotes};
use super::report::{NotAnalysed, Part, Report};
use super::{Look, visible};
use crate::diagnostic::{Allowed, AllowedBy, Diagnostic, Fix, Safety, Severity};
use crate::source::{FileId, SourceMap, Span};

/// So many characters around a finding tell it from others of its file.
const CONTEXT: Look = Look { line: 400, ..Look::PLAIN };

/// All of it, in order of place.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) findings: Vec<Finding>,
    pub(super) not_analysed: Vec<NotAnalysed>,
    /// The files that were looked at.
    pub(super) names: Vec<String>,
    /// How many findings are only counted.
    pub(super) more: Vec<(Severity, usize)>,
}

/// A finding.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) rule: &'static str,
    pub(super) severity: Severity,
    pub(super) message: String,
    pub(super) place: Place,
    /// What is written beside the place; may be empty.
    pub(super) here: String,
    pub(super) labels: Vec<(Place, String)>,
    pub(super) note: Option<String>,
    pub(super) help: Option<String>,
    pub(super) fix: Option<Change>,
    pub(super) fingerprint: String,
    /// Why it may be there and what says so, if something does.
    pub(super) allowed: Option<(String, AllowedBy)>,
}

/// A range in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) start: Point,
    /// Behind the last character.
    pub(super) end: Point,
}

/// All numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) line: usize,
    /// In characters.
    pub(super) column: usize,
    /// In bytes of UTF-8.
    pub(super) byte_column: usize,
}

/// A mechanical way out.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) title: String,
    pub(super) is_safe: bool,
    pub(super) edits: Vec<(Place, String)>,
}

impl Listing {
    pub(super) fn of(report: &Report<'_>) -> Self {
        let (masks, quotes) = hidden(report);
        let mut fingerprints = Fingerprints::default();
        let mut findings = Vec::new();
        for (part, masks) in report.parts.iter().zip(&masks) {
            let mut reader = Reader::new(part, masks, &quotes);
            findings.extend(in_order(part).into_iter().map(|(diagnostic, allowed)| {
                let path = &part.sources.file(diagnostic.primary.span.file).name;
                let fingerprint = reader.fingerprint(diagnostic, path, &mut fingerprints);
                reader.finding(diagnostic, allowed, fingerprint)
            }));
        }
        let mut names: Vec<String> = report.parts.iter().flat_map(|part| part.names).cloned().collect();
        names.sort();
        names.dedup();
        let more = [Severity::Error, Severity::Warning, Severity::Info].map(|severity| {
            (severity, report.parts.iter().map(|part| part.sink.more(severity)).sum::<usize>())
        });
        let not_analysed = report.not_analysed.iter().map(|file| NotAnalysed {
            path: file.path.clone(),
            why: visible::line(&quotes.hide(&file.why)).into_owned(),
        });
        Self { findings, not_analysed: not_analysed.collect(), names, more: more.to_vec() }
    }

    /// What is to be done about: everything but what may be there.
    pub(super) fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.allowed.is_none())
    }
}

/// What no sentence may show: the masks of each part, and the values behind all of them.
pub(super) fn hidden(report: &Report<'_>) -> (Vec<Masks>, Quotes) {
    let masks: Vec<Masks> =
        report.parts.iter().map(|part| Masks::new(&part.sink.masked, part.sources)).collect();
    let values: Vec<&str> =
        masks.iter().zip(&report.parts).flat_map(|(masks, part)| masks.values(part.sources)).collect();
    let quotes = Quotes::of(&values);
    (masks, quotes)
}

/// What was found in a part, with why it may be there, in order of place.
fn in_order<'a>(part: &Part<'a>) -> Vec<(&'a Diagnostic, Option<&'a Allowed>)> {
    let found = part.sink.diagnostics.iter().map(|finding| (finding, None));
    let allowed = part.sink.allowed.iter().map(|allowed| (&allowed.finding, Some(allowed)));
    let mut all: Vec<_> = found.chain(allowed).collect();
    all.sort_by_key(|(finding, _)| finding.primary.span);
    all
}

/// Reads places and sentences of one part.
pub(super) struct Reader<'a> {
    sources: &'a SourceMap,
    masks: &'a Masks,
    quotes: &'a Quotes,
    /// Up to which byte the characters of a line were counted, and how many there are: lines may be long.
    counted: HashMap<(FileId, usize), (usize, usize)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(part: &Part<'a>, masks: &'a Masks, quotes: &'a Quotes) -> Self {
        Self { sources: part.sources, masks, quotes, counted: HashMap::new() }
    }

    fn finding(&mut self, found: &Diagnostic, allowed: Option<&Allowed>, fingerprint: String) -> Finding {
        Finding {
            rule: found.code,
            severity: found.severity,
            message: self.line(&found.message),
            place: self.place(found.primary.span),
            here: self.line(&found.primary.text),
            labels: found
                .labels
                .iter()
                .map(|label| (self.place(label.span), self.line(&label.text)))
                .collect(),
            note: found.note.as_deref().map(|note| self.paragraph(note)),
            help: found.help.as_deref().map(|help| self.paragraph(help)),
            fix: found.fix.as_ref().and_then(|fix| self.change(fix)),
            fingerprint,
            allowed: allowed.map(|allowed| (self.line(&allowed.reason), allowed.by)),
        }
    }

    /// The fingerprint of the next finding in order of place, in a file that is known under `path`.
    pub(super) fn fingerprint(
        &self,
        found: &Diagnostic,
        path: &str,
        fingerprints: &mut Fingerprints,
    ) -> String {
        let Span { file, start, .. } = found.primary.span;
        let source = self.sources.file(file);
        let line = Line::new(file, source, source.line_index(start), self.masks);
        let shown = line.show(start as usize, &CONTEXT);
        fingerprints.next(found.code, path, &self.quotes.hide(&shown.text))
    }

    pub(super) fn line(&self, text: &str) -> String {
        visible::line(&self.quotes.hide(text)).into_owned()
    }

    fn paragraph(&self, text: &str) -> String {
        visible::paragraph(&self.quotes.hide(text)).into_owned()
    }

    fn place(&mut self, span: Span) -> Place {
        let mask = self.masks.overlapping(span.file, &span.range()).first();
        let end = mask.map_or(span.range().end, |mask| mask.start).max(span.range().start);
        let path = self.sources.file(span.file).name.clone();
        Place { path, start: self.point(span.file, span.range().start), end: self.point(span.file, end) }
    }

    fn point(&mut self, file: FileId, at: usize) -> Point {
        let source = self.sources.file(file);
        let line_index = source.line_index(u32::try_from(at).unwrap_or(u32::MAX));
        let line = Line::new(file, source, line_index, self.masks);
        let (start, at) = (line.bytes().start, line.visible(at));
        let counted = self.counted.entry((file, line_index)).or_insert((start, 0));
        if counted.0 > at {
            *counted = (start, 0);
        }
        *counted = (at, counted.1 + source.text[counted.0..at].chars().count());
        Point { line: line_index + 1, column: counted.1 + 1, byte_column: at - start + 1 }
    }

    /// The edits, unless one of them lies where places are not told, or writes what is not shown.
    fn change(&mut self, fix: &Fix) -> Option<Change> {
        let mut edits = Vec::new();
        for (span, text) in &fix.edits {
            let source = self.sources.file(span.file);
            let last = source.line_range(source.line_index(span.end)).start;
            let from = source.line_range(source.line_index(span.start)).start.min(last);
            let is_told = self.masks.overlapping(span.file, &(from..span.range().end)).is_empty();
            if !is_told || self.quotes.are_in(text) {
                return None;
            }
            edits.push((self.place(*span), text.clone()));
        }
        Some(Change { title: self.line(&fix.title), is_safe: fix.safety == Safety::Safe, edits })
    }
}
