//! `!reset` and `!override`: the paths whose value in earlier files is dropped.
//!
//! Source: compose-go, `loader/reset.go`. What stands in a list is never dropped from one.

use std::collections::HashMap;

use super::model::{Node, Value};

/// Paths of a tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Resets {
    below: HashMap<String, Resets>,
    /// Whether a path ends here.
    is_end: bool,
}

impl Resets {
    /// Whether nothing is dropped.
    pub(super) fn is_none(&self) -> bool {
        self.below.is_empty() && !self.is_end
    }

    /// Adds a path.
    pub(super) fn add(&mut self, path: &[String]) {
        match path {
            [] => self.is_end = true,
            [first, rest @ ..] => self.below.entry(first.clone()).or_default().add(rest),
        }
    }

    /// What is dropped below an entry.
    pub(super) fn at(&self, name: &str) -> Option<&Resets> {
        self.below.get(name)
    }

    /// Drops what the paths name.
    pub(super) fn apply(&self, node: &mut Node) {
        if self.below.is_empty() {
            return;
        }
        if let Value::Map(entries) = &mut node.value {
            entries.retain(|(name, _)| !self.at(name).is_some_and(|reset| reset.is_end));
            for (name, node) in entries {
                if let Some(below) = self.at(name) {
                    below.apply(node);
                }
            }
        }
    }
}
