//! A change that is a mistake: what it replaces, where it may be reported, and what it asks of the text around it.

use std::ops::Range;

use crate::property::mutation::Numbers;

/// A mistake in one text.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    /// The entry of the catalogue that made it.
    pub(crate) entry: usize,
    /// What is replaced.
    changes: Vec<Change>,
    /// Where it may be reported: every finding that it explains begins on one of these lines.
    places: Vec<Place>,
    /// Under which codes.
    codes: Vec<&'static str>,
    /// Stretches of the good text whose meaning is lost with the mistake: no other may be made there.
    takes: Vec<Range<usize>>,
    /// Stretches without which it would be no mistake: they must stay as they are.
    needs: Vec<Range<usize>>,
    /// Whether one of its places may be silent as long as another speaks: a renamed declaration has many uses.
    pub(crate) many: bool,
    /// A name that is shared with others, of which only one can be in a file.
    alone: Option<&'static str>,
}

/// A stretch of the good text and what stands there instead.
#[derive(Clone, Debug)]
struct Change {
    at: Range<usize>,
    text: String,
}

/// The line of a character.
#[derive(Clone, Debug)]
enum Place {
    /// Of the good text.
    Old(usize),
    /// Of what was put into it: the number of the change, and how far into its text.
    New(usize, usize),
}

impl Edit {
    /// A mistake that is reported under one of `codes`.
    pub(crate) fn new(codes: &[&'static str]) -> Self {
        Self {
            entry: 0,
            changes: Vec::new(),
            places: Vec::new(),
            codes: codes.to_vec(),
            takes: Vec::new(),
            needs: Vec::new(),
            many: false,
            alone: None,
        }
    }

    /// Puts `text` in the place of a stretch.
    pub(crate) fn replace(mut self, at: Range<usize>, text: impl Into<String>) -> Self {
        self.takes.push(at.clone());
        self.changes.push(Change { at, text: text.into() });
        self
    }

    /// Puts `text` between two characters.
    pub(crate) fn insert(self, at: usize, text: impl Into<String>) -> Self {
        self.replace(at..at, text)
    }

    /// It may be reported on the line of this character of the good text.
    pub(crate) fn at(mut self, place: usize) -> Self {
        self.places.push(Place::Old(place));
        self
    }

    /// It may be reported on the line of what the last change put there, `offset` bytes into it.
    pub(crate) fn at_new(mut self, offset: usize) -> Self {
        self.places.push(Place::New(self.changes.len() - 1, offset));
        self
    }

    /// A stretch whose meaning is lost.
    pub(crate) fn takes(mut self, stretch: Range<usize>) -> Self {
        self.takes.push(stretch);
        self
    }

    /// A stretch without which it would be no mistake.
    pub(crate) fn needs(mut self, stretch: Range<usize>) -> Self {
        self.needs.push(stretch);
        self
    }

    /// It has several places, of which not all need to speak.
    pub(crate) fn many(mut self) -> Self {
        self.many = true;
        self
    }

    /// Only one mistake that is alone in the same thing can be in a file: together they would mean something else.
    pub(crate) fn alone(mut self, what: &'static str) -> Self {
        self.alone = Some(what);
        self
    }

    /// Whether it may be reported under this code.
    pub(crate) fn explains(&self, code: &str) -> bool {
        self.codes.contains(&code)
    }

    /// Under which codes it may be reported.
    pub(crate) fn codes(&self) -> &[&'static str] {
        &self.codes
    }

    /// How many places it has.
    pub(crate) fn place_count(&self) -> usize {
        self.places.len()
    }

    /// As one of that entry. What it takes is extended to whole lines: two mistakes never share one.
    pub(crate) fn of_entry(mut self, entry: usize, text: &str) -> Self {
        self.entry = entry;
        for place in &self.places {
            if let Place::Old(at) = place {
                self.takes.push(*at..*at + 1);
            }
        }
        for stretch in &mut self.takes {
            if stretch.start < stretch.end {
                *stretch = whole_lines(text, stretch.clone());
            }
        }
        self
    }

    /// Whether one of the two would hide or change the other.
    pub(crate) fn is_in_the_way_of(&self, other: &Edit) -> bool {
        let meet = |takes: &[Range<usize>], others: &[Range<usize>]| {
            takes.iter().any(|a| others.iter().any(|b| overlap(a, b)))
        };
        let alone = self.alone.is_some() && self.alone == other.alone;
        alone
            || meet(&self.takes, &other.takes)
            || meet(&self.takes, &other.needs)
            || meet(&other.takes, &self.needs)
    }
}

/// From the beginning of the first line to the end of the last.
pub(crate) fn whole_lines(text: &str, stretch: Range<usize>) -> Range<usize> {
    let start = text[..stretch.start].rfind('\n').map_or(0, |at| at + 1);
    let last = stretch.end.max(stretch.start + 1) - 1;
    let end =
        text.as_bytes()[last..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| last + at);
    start..end.max(start)
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => a.start == b.start,
        (true, false) => b.start < a.start && a.start < b.end,
        (false, true) => a.start < b.start && b.start < a.end,
        (false, false) => a.start < b.end && b.start < a.end,
    }
}

/// A text with mistakes in it.
#[derive(Clone, Debug)]
pub(crate) struct Mutated {
    pub(crate) text: String,
    /// For every mistake the lines, from 1, on which it may be reported.
    pub(crate) lines: Vec<Vec<usize>>,
}

impl Mutated {
    /// Makes all `edits`, which do not overlap, in `good`.
    pub(crate) fn new(good: &str, edits: &[&Edit]) -> Self {
        let mut order: Vec<(usize, usize)> = Vec::new();
        for (number, edit) in edits.iter().enumerate() {
            order.extend((0..edit.changes.len()).map(|change| (number, change)));
        }
        order.sort_by_key(|(number, change)| {
            let at = &edits[*number].changes[*change].at;
            (at.start, at.end)
        });
        let mut text = String::with_capacity(good.len() + 200);
        let mut done = 0;
        // Where each change begins in the new text, and by how much what follows it has moved.
        let mut starts: Vec<((usize, usize), usize)> = Vec::new();
        let mut moved: Vec<(usize, isize)> = Vec::new();
        for (number, change) in order {
            let Change { at, text: new } = &edits[number].changes[change];
            text.push_str(&good[done..at.start]);
            starts.push(((number, change), text.len()));
            text.push_str(new);
            done = at.end;
            moved.push((at.end, text.len().cast_signed() - at.end.cast_signed()));
        }
        text.push_str(&good[done..]);
        let new_place = |at: usize| {
            let shift = moved.iter().rfind(|(end, _)| *end <= at).map_or(0, |(_, shift)| *shift);
            (at.cast_signed() + shift).cast_unsigned().min(text.len())
        };
        let lines = edits
            .iter()
            .enumerate()
            .map(|(number, edit)| {
                let place = |place: &Place| match place {
                    Place::Old(at) => new_place(*at),
                    Place::New(change, offset) => {
                        starts.iter().find(|(id, _)| *id == (number, *change)).unwrap().1 + offset
                    }
                };
                edit.places.iter().map(|at| line_of(&text, place(at))).collect()
            })
            .collect();
        Self { text, lines }
    }
}

/// The number, from 1, of the line that holds a byte.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

impl Numbers {
    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// A word with one letter wrong, as fingers make it: two swapped, one left out, one twice, one beside it.
pub(crate) fn misspelt(word: &str, numbers: &mut Numbers) -> String {
    let letters: Vec<char> = word.chars().collect();
    let at = numbers.below(letters.len());
    let mut out = letters.clone();
    match numbers.below(4) {
        0 if at + 1 < letters.len() => out.swap(at, at + 1),
        1 if letters.len() > 3 => {
            out.remove(at);
        }
        2 => out.insert(at, letters[at]),
        _ => out[at] = if letters[at] == 'e' { 'r' } else { 'e' },
    }
    out.into_iter().collect()
}
