//! The mistakes found so far in a configuration, each with what else was seen that explains it.

use std::collections::BTreeMap;

use super::tree::{Mistake, MistakeKind};
use crate::source::Span;

/// So many mistakes of a kind are told of; a file with more of them is not a configuration.
const MAX_OF_A_KIND: usize = 100;

/// A mistake with what else was seen.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) kind: MistakeKind,
    pub(super) span: Span,
    pub(super) hint: Hint,
}

/// What helps to explain a mistake.
#[derive(Clone, Copy, Debug)]
pub(super) enum Hint {
    /// Nothing.
    None,
    /// The first word of the next directive, or the brace that came too early.
    Next(Span),
    /// The last thing in what lacks its end.
    EndsAfter(Span),
}

impl Found {
    pub(super) fn new(kind: MistakeKind, span: Span) -> Self {
        Self { kind, span, hint: Hint::None }
    }

    pub(super) fn hint(self, hint: Hint) -> Self {
        Self { hint, ..self }
    }

    pub(super) fn mistake(&self) -> Mistake {
        Mistake { kind: self.kind, span: self.span }
    }
}

/// The mistakes of a file, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub(super) struct Mistakes {
    found: Vec<Found>,
    count: BTreeMap<MistakeKind, usize>,
}

impl Mistakes {
    pub(super) fn push(&mut self, found: Found) {
        // Whoever wrote a template knows it after the first tag.
        let most = if found.kind == MistakeKind::Template { 1 } else { MAX_OF_A_KIND };
        let count = self.count.entry(found.kind).or_default();
        *count += 1;
        if *count <= most {
            self.found.push(found);
        }
    }

    /// How many there were, told of or not.
    pub(super) fn total(&self) -> usize {
        self.count.values().sum()
    }

    /// Whether there were any of this kind.
    pub(super) fn has(&self, kind: MistakeKind) -> bool {
        self.count.contains_key(&kind)
    }

    /// All of them in the order of their places.
    pub(super) fn in_order(mut self) -> Vec<Found> {
        self.found.sort_by_key(|found| (found.span, found.kind));
        self.found
    }
}
