//! The mistakes found so far in a file, each with what else was seen that explains it.

use std::collections::BTreeMap;

use super::tree::{Mistake, MistakeKind};
use crate::source::Span;

/// So many mistakes of a kind are told of; a file with more of them is not a stack file.
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
    /// The words to which a brace belongs, or the argument to which a text is stuck.
    Head(Span),
    /// The last thing in what lacks its end.
    EndsAfter(Span),
    /// The white space up to the line that a `\` continues.
    Gap(Span),
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
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    found: Vec<Found>,
    count: BTreeMap<MistakeKind, usize>,
}

impl Mistakes {
    pub(super) fn push(&mut self, found: Found) {
        let count = self.count.entry(found.kind).or_default();
        *count += 1;
        if *count <= MAX_OF_A_KIND {
            self.found.push(found);
        }
    }

    pub(super) fn extend(&mut self, found: Vec<Found>) {
        for found in found {
            self.push(found);
        }
    }

    /// All of them in the order of their places.
    pub(super) fn in_order(mut self) -> Vec<Found> {
        self.found.sort_by_key(|found| (found.span, found.kind));
        self.found
    }
}
