//! What `env_file` names: read once each, for rules alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::dotenv::{self, Entry};
use super::environment::{Environment, Known};
use super::model::{EnvFile, Node, Part, Text, Value, Variables};
use super::service::View;
use super::texts::text;
use crate::project::NotAnalysed;
use crate::project::host::{Host, Refusal, join};
use crate::source::FileId;

/// The files that were read, by path.
pub(super) struct EnvFiles<'h> {
    host: &'h dyn Host,
    read: BTreeMap<String, Option<(FileId, Arc<str>)>>,
    /// Files that stand there and could not be read.
    pub(super) not_analysed: Vec<NotAnalysed>,
}

impl<'h> EnvFiles<'h> {
    pub(super) fn new(host: &'h dyn Host) -> Self {
        Self { host, read: BTreeMap::new(), not_analysed: Vec::new() }
    }
}

impl View<'_, '_> {
    /// `env_file` of a service whose own variables are `environment`.
    pub(super) fn env_files(&mut self, node: Option<&Node>, environment: &[Variables]) -> Vec<EnvFile> {
        let Some(node) = node else { return Vec::new() };
        let items = match &node.value {
            Value::List(items) => items.as_slice(),
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => {
                std::slice::from_ref(node)
            }
        };
        let mut around = Around { first: self.environment, own: BTreeMap::new(), files: BTreeMap::new() };
        for variable in environment {
            let value = variable.value.as_ref().and_then(|value| value.value.as_deref());
            if let Some(value) = value {
                let known =
                    Known { value: value.into(), span: variable.value.as_ref().map(|value| value.span) };
                around.own.insert(variable.name.value.clone(), known);
            }
        }
        items.iter().filter_map(|item| self.env_file(item, &mut around)).collect()
    }

    fn env_file(&mut self, item: &Node, around: &mut Around<'_>) -> Option<EnvFile> {
        let (path, here) = match &item.value {
            Value::Map(_) => (item.get("path").and_then(text)?, item.get("path")?),
            Value::Text(path) => (path.clone(), item),
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) => return None,
        };
        let required = item.get("required").and_then(Node::text);
        let is_raw = item.get("format").and_then(Node::text).as_deref() == Some("raw");
        let host = path.value.as_ref().filter(|path| !path.is_empty() && !path.starts_with('~'));
        let host = host.map(|path| join(&here.folder, path));
        let variables = host.as_ref().and_then(|host| self.variables_of(host, is_raw, &path, around));
        Some(EnvFile { path, host, is_optional: required.as_deref() == Some("false"), variables })
    }

    fn variables_of(
        &mut self,
        host: &str,
        is_raw: bool,
        path: &Text,
        around: &mut Around<'_>,
    ) -> Option<Vec<Variables>> {
        if !self.env_files.read.contains_key(host) {
            let read = match self.env_files.host.read(host) {
                Ok(text) => Some((self.sources.add(host, text.clone()), text)),
                Err(Refusal::Missing) => None,
                Err(Refusal::Not(why)) => {
                    let asked_by = Some(path.span.file);
                    self.env_files.not_analysed.push(NotAnalysed { path: host.to_owned(), why, asked_by });
                    None
                }
            };
            self.env_files.read.insert(host.to_owned(), read);
        }
        let (file, text) = self.env_files.read.get(host).cloned().flatten()?;
        if !self.budget.take_bytes(text.len(), path.span, self.sink) {
            return None;
        }
        let entries = if is_raw {
            dotenv::read_raw(file, &text, self.sink)
        } else {
            dotenv::read(file, &text, self.sink, around)
        };
        // A file that many services name is kept for each of them.
        if !self.budget.take_nodes(entries.len(), path.span, self.sink) {
            return None;
        }
        for entry in &entries {
            if let Some(value) = &entry.value {
                let known = Known { value: value.as_str().into(), span: Some(entry.span) };
                around.files.insert(entry.name.value.clone(), known);
            }
        }
        Some(entries.into_iter().map(|entry| variable(entry, &text)).collect())
    }
}

fn variable(entry: Entry, text: &str) -> Variables {
    let raw = text[entry.span.range()].to_owned();
    let parts = entry.value.clone().map(Part::Literal).into_iter().collect();
    let value = Text { raw, parts, value: entry.value, span: entry.span };
    let span = entry.name.span.to(entry.span);
    Variables { name: entry.name, value: Some(value), span }
}

/// The variables of the deployment first, then those of the service, then those of the files before.
struct Around<'a> {
    first: &'a Environment,
    own: BTreeMap<String, Known>,
    files: BTreeMap<String, Known>,
}

impl super::environment::Variables for Around<'_> {
    fn get(&self, name: &str) -> Option<&Known> {
        self.first.get(name).or_else(|| self.own.get(name)).or_else(|| self.files.get(name))
    }

    fn is_complete(&self) -> bool {
        self.first.is_complete()
    }
}
