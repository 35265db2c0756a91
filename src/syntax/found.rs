//! The mistakes found so far in a file, each with what else was seen that explains it; the same for every language.

use std::collections::BTreeMap;

use crate::source::Span;

/// So many mistakes of a kind are told of; a file with more of them is not in the language.
pub(in crate::syntax) const MAX_OF_A_KIND: usize = 100;

/// A kind of mistake.
pub(in crate::syntax) trait Kind: Copy + Ord {
    /// How many of this kind are told of.
    fn most(self) -> usize {
        MAX_OF_A_KIND
    }
}

/// A mistake with what else was seen: the hint, whose default is nothing.
#[derive(Clone, Debug)]
pub(in crate::syntax) struct Found<K, H> {
    pub(in crate::syntax) kind: K,
    pub(in crate::syntax) span: Span,
    pub(in crate::syntax) hint: H,
}

impl<K, H: Default> Found<K, H> {
    pub(in crate::syntax) fn new(kind: K, span: Span) -> Self {
        Self { kind, span, hint: H::default() }
    }

    pub(in crate::syntax) fn hint(self, hint: H) -> Self {
        Self { hint, ..self }
    }
}

/// The mistakes of a file, in the order in which they were found.
#[derive(Clone, Debug)]
pub(in crate::syntax) struct Mistakes<K, H> {
    found: Vec<Found<K, H>>,
    count: BTreeMap<K, usize>,
}

impl<K, H> Default for Mistakes<K, H> {
    fn default() -> Self {
        Self { found: Vec::new(), count: BTreeMap::new() }
    }
}

impl<K: Kind, H> Mistakes<K, H> {
    pub(in crate::syntax) fn push(&mut self, found: Found<K, H>) {
        let count = self.count.entry(found.kind).or_default();
        *count += 1;
        if *count <= found.kind.most() {
            self.found.push(found);
        }
    }

    pub(in crate::syntax) fn extend(&mut self, found: Vec<Found<K, H>>) {
        for found in found {
            self.push(found);
        }
    }

    /// How many there were, told of or not.
    pub(in crate::syntax) fn total(&self) -> usize {
        self.count.values().sum()
    }

    /// How many are not told of because there are so many; those of which one says it all are not meant.
    pub(in crate::syntax) fn left_out(&self) -> usize {
        let many = self.count.iter().filter(|(kind, _)| kind.most() > 1);
        many.map(|(kind, count)| count.saturating_sub(kind.most())).sum()
    }

    /// Those that are told of, in the order in which they were found.
    pub(in crate::syntax) fn iter(&self) -> impl Iterator<Item = &Found<K, H>> {
        self.found.iter()
    }

    /// Whether there were any of this kind.
    pub(in crate::syntax) fn has(&self, kind: K) -> bool {
        self.count.contains_key(&kind)
    }

    /// All of them in the order of their places.
    pub(in crate::syntax) fn in_order(mut self) -> Vec<Found<K, H>> {
        self.found.sort_by_key(|found| (found.span, found.kind));
        self.found
    }
}
