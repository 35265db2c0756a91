//! The variables that compose puts into its files, as far as they are known.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dotenv;
use super::load::folder_of;
use crate::diagnostic::Sink;
use crate::project::host::{Host, Refusal, join};
use crate::source::{SourceMap, Span};

/// The value of a variable, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The value.
    pub value: Arc<str>,
    /// Where it is written; `None` if somebody gave it.
    pub span: Option<Span>,
}

/// Where the values of variables come from.
pub(super) trait Variables {
    /// A variable.
    fn get(&self, name: &str) -> Option<&Known>;

    /// Whether there are no others: one without a value is empty, rather than not known.
    fn is_complete(&self) -> bool;
}

/// The variables that are known when files are read.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, Known>,
    /// Whether there are no others: one without a value is empty, rather than not known.
    pub is_complete: bool,
}

impl Variables for Environment {
    fn get(&self, name: &str) -> Option<&Known> {
        self.variables.get(name)
    }

    fn is_complete(&self) -> bool {
        self.is_complete
    }
}

impl Environment {
    /// All variables that there are.
    pub fn complete<K: Into<String>, V: Into<Arc<str>>>(variables: impl IntoIterator<Item = (K, V)>) -> Self {
        let known = |value: V| Known { value: value.into(), span: None };
        let variables = variables.into_iter().map(|(name, value)| (name.into(), known(value))).collect();
        Self { variables, is_complete: true }
    }

    /// What the `.env` beside the first of these files says, if there is one. Every value is masked in `sink`.
    pub fn of_folder(files: &[String], host: &dyn Host, sources: &mut SourceMap, sink: &mut Sink) -> Self {
        let Some(first) = files.first() else { return Self::default() };
        Self::of_file(&join(&folder_of(first), ".env"), host, sources, sink)
    }

    /// What a file of variables says; nothing if it cannot be read. Every value is masked in `sink`.
    pub fn of_file(path: &str, host: &dyn Host, sources: &mut SourceMap, sink: &mut Sink) -> Self {
        let mut environment = Self::default();
        environment.add_file(path, host, sources, sink).ok();
        environment
    }

    /// The same with variables that somebody gave, which count first; there are no others.
    #[must_use]
    pub fn completed<K: Into<String>, V: Into<Arc<str>>>(
        mut self,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.variables.extend(Self::complete(variables).variables);
        self.is_complete = true;
        self
    }

    /// The same with variables that somebody gave, which count first; there may be others.
    #[must_use]
    pub fn with<K: Into<String>, V: Into<Arc<str>>>(
        mut self,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.variables.extend(Self::complete(variables).variables);
        self
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    /// What is known of a variable.
    pub fn value(&self, name: &str) -> Option<&Known> {
        self.get(name)
    }

    /// How many variables are known.
    pub fn len(&self) -> usize {
        self.variables.len()
    }

    /// Adds what a file says of variables that are not known yet: how long the file is.
    pub(super) fn add_file(
        &mut self,
        path: &str,
        host: &dyn Host,
        sources: &mut SourceMap,
        sink: &mut Sink,
    ) -> Result<usize, Refusal> {
        let text = host.read(path)?;
        let file = sources.add(path, text.clone());
        for entry in dotenv::read(file, &text, sink, self) {
            let Some(value) = entry.value else { continue };
            let known = Known { value: value.into(), span: Some(entry.span) };
            self.variables.entry(entry.name.value).or_insert(known);
        }
        Ok(text.len())
    }
}
