//! Which variables a word can use, and what a build says of them.

use std::collections::BTreeMap;

use super::expand::{Lookup, expand};
use super::{Expanded, Settings};
use crate::syntax::dockerfile::tree::{Escape, Word};

/// What variables stand for at one place of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// The declared ones.
    pub(super) variables: &'a BTreeMap<String, Option<String>>,
    /// Whether others surely have no value.
    pub(super) is_closed: bool,
    /// The character that escapes.
    pub(super) escape: Escape,
}

impl<'a> Scope<'a> {
    /// That of a place in a stage.
    pub(super) fn of(settings: &'a Settings, escape: Escape) -> Self {
        Self { variables: &settings.variables, is_closed: settings.is_closed, escape }
    }

    fn look_up(&self, name: &str) -> Lookup {
        match self.variables.get(name) {
            Some(Some(value)) => Lookup::Set(value.clone()),
            None if self.is_closed => Lookup::Unset,
            Some(None) | None => Lookup::Unknown,
        }
    }

    /// A word with variables put in.
    pub(super) fn expand(&self, word: &Word) -> Expanded {
        let expansion = expand(&word.text, self.escape, &|name| self.look_up(name));
        let mut undeclared = expansion.names;
        undeclared.retain(|name| !self.variables.contains_key(name) && is_name(name));
        undeclared.dedup();
        Expanded {
            raw: word.text.clone(),
            value: expansion.value,
            span: word.span,
            undeclared,
            refusal: expansion.refusal,
        }
    }
}

/// Whether it is a name that `ENV` or `ARG` can declare, and not `$1` or `$?`.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
