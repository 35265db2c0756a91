//! The lines that one finding shows, with its labels moved onto them.

use std::ops::Range;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::cut::{Line, Shown};
use super::redact::Masks;
use super::{Look, visible};
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{FileId, Position, SourceFile, SourceMap, Span};

/// A label over more lines than this shows its first line alone.
const MOST_LINES: usize = 4;

/// A small text made of the lines shown. As a source code for miette it is already indexed (miette's own strings
/// are searched from their start for each label), and it joins only labels that stand near each other in one file.
#[derive(Debug)]
pub(super) struct Excerpt {
    text: String,
    chunks: Vec<Chunk>,
    spots: Vec<Spot>,
}

/// Lines that follow each other in one file.
#[derive(Debug)]
struct Chunk {
    name: String,
    first_line: usize,
    lines: usize,
    range: Range<usize>,
}

/// A label, in bytes of the excerpt.
#[derive(Clone, Debug)]
struct Spot {
    range: Range<usize>,
    text: String,
    primary: bool,
    position: Position,
}

/// A label with the zero-based lines that it covers.
struct Place<'a> {
    span: Span,
    text: &'a str,
    primary: bool,
    lines: Range<usize>,
}

impl Excerpt {
    /// The lines around the labels of `diagnostic`, those of the primary one first.
    pub(super) fn new(diagnostic: &Diagnostic, sources: &SourceMap, masks: &Masks, look: &Look) -> Self {
        let mut places = vec![Place::new(&diagnostic.primary, true, sources, masks)];
        places.extend(diagnostic.labels.iter().map(|label| Place::new(label, false, sources, masks)));
        let mut files: Vec<FileId> = Vec::new();
        for place in &places {
            if !files.contains(&place.span.file) {
                files.push(place.span.file);
            }
        }
        let mut excerpt = Self { text: String::new(), chunks: Vec::new(), spots: Vec::new() };
        for file in files {
            let places: Vec<&Place<'_>> = places.iter().filter(|place| place.span.file == file).collect();
            let mut groups = line_groups(&places, sources.file(file));
            // The place above the first lines is the one that people and editors go to.
            groups.sort_by_key(|lines| {
                !places.iter().any(|place| place.primary && lines.contains(&place.lines.start))
            });
            for lines in groups {
                excerpt.add_chunk(file, lines, &places, sources.file(file), masks, look);
            }
        }
        excerpt.spots.sort_by_key(|spot| (spot.range.start, spot.range.end));
        part_overlaps(&mut excerpt.spots, &excerpt.text);
        excerpt
    }

    fn add_chunk(
        &mut self,
        file: FileId,
        lines: Range<usize>,
        places: &[&Place<'_>],
        source: &SourceFile,
        masks: &Masks,
        look: &Look,
    ) {
        let start = self.text.len();
        let mut shown: Vec<(usize, Line<'_>, Shown)> = Vec::new();
        for line_index in lines.clone() {
            let line = Line::new(file, source, line_index, masks);
            let printed = line.show(focus(line_index, &line, places), look);
            let at = self.text.len();
            self.text.push_str(&printed.text);
            self.text.push('\n');
            shown.push((at, line, printed));
        }
        for place in places.iter().filter(|place| lines.contains(&place.lines.start)) {
            let (first_at, first_line, first) = &shown[place.lines.start - lines.start];
            let (last_at, _, last) = &shown[place.lines.end - 1 - lines.start];
            let range = place.span.range();
            let from = first_at + first.start_of(range.start);
            let to = if range.is_empty() { from } else { last_at + last.end_of(range.end) };
            self.spots.push(Spot {
                range: from..to.max(from),
                text: visible::line(place.text).into_owned(),
                primary: place.primary,
                position: Position {
                    line_number: place.lines.start + 1,
                    column: first_line.column(range.start),
                },
            });
        }
        self.chunks.push(Chunk {
            name: visible::line(&source.name).into_owned(),
            first_line: lines.start,
            lines: lines.len(),
            range: start..self.text.len(),
        });
    }

    /// The labels for miette, in order of place.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> {
        self.spots.iter().map(|spot| {
            let text = (!spot.text.is_empty()).then(|| spot.text.clone());
            let span = SourceSpan::from(spot.range.clone());
            if spot.primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })
    }

    /// For each label, in order of place, whether it is the primary one.
    pub(super) fn primaries(&self) -> impl Iterator<Item = bool> {
        self.spots.iter().map(|spot| spot.primary)
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let range = span.offset()..span.offset() + span.len();
        let chunk = self
            .chunks
            .iter()
            .find(|chunk| chunk.range.start <= range.start && range.end <= chunk.range.end)
            .ok_or(MietteError::OutOfBounds)?;
        // Without context, miette asks for the place that it puts above the lines.
        let position = self.spots.iter().find(|spot| spot.range == range).map(|spot| spot.position);
        let (line, column) = match position {
            Some(position) if before == 0 && after == 0 => (position.line_number - 1, position.column - 1),
            _ => (chunk.first_line, 0),
        };
        Ok(Box::new(MietteSpanContents::new_named(
            chunk.name.clone(),
            &self.text.as_bytes()[chunk.range.clone()],
            chunk.range.clone().into(),
            line,
            column,
            chunk.lines,
        )))
    }
}

impl<'a> Place<'a> {
    /// Cuts a label that is long, or that holds a masked text of several lines, to its first line.
    fn new(label: &'a Label, primary: bool, sources: &SourceMap, masks: &Masks) -> Self {
        let source = sources.file(label.span.file);
        let mut span = label.span;
        let first = source.line_index(span.start);
        let last = source.line_index(if span.end > span.start { span.end - 1 } else { span.end });
        let hides_lines = masks
            .overlapping(span.file, &span.range())
            .iter()
            .any(|mask| source.text[mask.clone()].contains('\n'));
        let lines =
            if last - first >= MOST_LINES || hides_lines { first..first + 1 } else { first..last + 1 };
        if lines.end <= last {
            let end = source.line_range(first).end.max(span.range().start);
            span = Span::new(span.file, span.range().start, end);
        }
        Self { span, text: &label.text, primary, lines }
    }
}

/// The byte that a line is shown for.
fn focus(line_index: usize, line: &Line<'_>, places: &[&Place<'_>]) -> usize {
    let on_line = || places.iter().filter(|place| place.lines.contains(&line_index));
    on_line()
        .find(|place| place.primary)
        .or_else(|| on_line().next())
        .map_or(line.bytes().start, |place| place.span.range().start)
}

/// The lines to show: those of the labels with a line of context on either side, if that is not blank. Groups that
/// would leave out a single line show it.
fn line_groups(places: &[&Place<'_>], source: &SourceFile) -> Vec<Range<usize>> {
    let is_blank = |line_index: usize| source.text[source.line_range(line_index)].trim().is_empty();
    let mut ranges: Vec<Range<usize>> = places
        .iter()
        .map(|place| {
            let Range { mut start, mut end } = place.lines.clone();
            if start > 0 && !is_blank(start - 1) {
                start -= 1;
            }
            if end < source.line_count() && !is_blank(end) {
                end += 1;
            }
            start..end
        })
        .collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut groups: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match groups.last_mut() {
            Some(last) if range.start <= last.end + 1 => last.end = last.end.max(range.end),
            _ => groups.push(range),
        }
    }
    groups
}

/// miette draws the labels of a line side by side, so one that holds another is drawn up to where that begins.
fn part_overlaps(spots: &mut Vec<Spot>, text: &str) {
    let mut index = 0;
    while index + 1 < spots.len() {
        let (left, right) = spots.split_at_mut(index + 1);
        let (current, next) = (&mut left[index], &mut right[0]);
        let one_line = !text[current.range.start..next.range.end.max(current.range.end)].contains('\n');
        if !one_line || next.range.start >= current.range.end {
            index += 1;
        } else if next.range.start > current.range.start {
            let before = text[current.range.start..next.range.start].trim_end();
            current.range.end = current.range.start + before.len().max(1);
            index += 1;
        } else if next.range.end > current.range.end {
            next.range.start = current.range.end;
            index += 1;
        } else {
            let merged = spots.remove(index + 1);
            join(&mut spots[index], merged);
        }
    }
}

/// Two labels of one place become one.
fn join(spot: &mut Spot, other: Spot) {
    let (first, second) =
        if other.primary { (other.text, spot.text.clone()) } else { (spot.text.clone(), other.text) };
    spot.primary |= other.primary;
    spot.text = match (first.is_empty(), second.is_empty() || second == first) {
        (_, true) => first,
        (true, false) => second,
        (false, false) => format!("{first}; {second}"),
    };
}
