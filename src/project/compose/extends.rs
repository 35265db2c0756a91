//! `extends`: a service that begins as another one, of the same file or of another.
//!
//! Source: compose-go, `loader/extends.go`. The other service is taken as it is written, with its own `extends`.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::load::{Context, Loader, folder_of};
use super::merge::Merger;
use super::model::{Node, Value};
use super::reset::Resets;
use super::texts::shown;
use super::{unique, v1};
use crate::diagnostic::{Diagnostic, nearest};
use crate::project::host::join;
use crate::source::Span;

/// The services of a file, as they are written.
#[derive(Debug)]
pub(super) struct Scope {
    /// The path of the file.
    path: String,
    services: HashMap<String, Node>,
    resets: Resets,
}

impl Scope {
    fn new(path: &str, root: &Node, resets: Resets) -> Self {
        let services = root.get("services").map_or(&[][..], Node::entries);
        Self { path: path.to_owned(), services: services.iter().cloned().collect(), resets }
    }
}

/// What `extends` says.
struct Extends {
    service: String,
    /// Where the service is named.
    span: Span,
    file: Option<(String, Span)>,
}

/// One link of a chain of services: the name, what is written, and where.
type Link = (Rc<Scope>, String, Node);

impl Loader<'_> {
    /// Resolves every `extends` of a document.
    pub(super) fn extend(&mut self, root: &mut Node, path: &str, resets: &Resets, context: &Context) {
        let Value::Map(sections) = &mut root.value else { return };
        let Some((_, services)) = sections.iter_mut().find(|(name, _)| name == "services") else { return };
        let has_extends = |(_, node): &(String, Node)| node.get("extends").is_some();
        if !services.entries().iter().any(has_extends) {
            return;
        }
        let whole = Node { value: Value::Null, ..services.clone() };
        let whole = Node { value: Value::Map(vec![("services".to_owned(), services.clone())]), ..whole };
        let scope = Rc::new(Scope::new(path, &whole, resets.clone()));
        let mut done: HashMap<(String, String), Option<Node>> = HashMap::new();
        let Value::Map(entries) = &mut services.value else { return };
        for (name, node) in entries {
            if node.get("extends").is_none() {
                continue;
            }
            let merged = self.extended(&scope, name, context, &mut done);
            if let Some(merged) = merged {
                let (key, span) = (node.key, node.span);
                *node = Node { span, key, ..merged };
            }
        }
    }

    fn extended(
        &mut self,
        scope: &Rc<Scope>,
        name: &str,
        context: &Context,
        done: &mut HashMap<(String, String), Option<Node>>,
    ) -> Option<Node> {
        let mut links: Vec<Link> = Vec::new();
        let mut seen: HashSet<(String, String)> = HashSet::new();
        let mut scope = scope.clone();
        let mut name = name.to_owned();
        let mut base: Option<Node> = loop {
            let key = (scope.path.clone(), name.clone());
            if let Some(known) = done.get(&key) {
                break known.clone();
            }
            let node = scope.services.get(&name)?.clone();
            let Some(extends) = self.extends_of(&node) else { break Some(node) };
            if !seen.insert(key) {
                self.cycle(&extends, &links);
                break None;
            }
            let next = match &extends.file {
                Some((file, span)) => self.scope(file, *span, context),
                None => Some(scope.clone()),
            };
            links.push((scope.clone(), name, node));
            let Some(next) = next else { break None };
            if !next.services.contains_key(&extends.service) {
                self.unknown(&extends, &next);
                break None;
            }
            scope = next;
            name = extends.service;
        };
        while let Some((scope, name, node)) = links.pop() {
            let count = base.as_ref().map_or(0, size) + size(&node);
            let is_enough = self.budget.take_nodes(count, node.place(), self.sink);
            let mut merged = match base {
                Some(mut base) if is_enough && matches!(base.value, Value::Map(_)) => {
                    if let Some(resets) = scope.resets.at("services").and_then(|resets| resets.at(&name)) {
                        resets.apply(&mut base);
                    }
                    let mut merger = Merger { sink: self.sink, is_understood: true };
                    let merged = merger.merge(base, node, &mut vec!["services".to_owned(), "x".to_owned()]);
                    self.is_understood &= merger.is_understood;
                    merged
                }
                Some(_) | None => node,
            };
            if let Value::Map(entries) = &mut merged.value {
                entries.retain(|(name, _)| name != "extends");
            }
            done.insert((scope.path.clone(), name), Some(merged.clone()));
            base = Some(merged);
        }
        base
    }

    fn extends_of(&mut self, node: &Node) -> Option<Extends> {
        let said = node.get("extends")?;
        let (service, file) = match &said.value {
            Value::Map(_) => (said.get("service"), said.get("file")),
            Value::Text(_) => (Some(said), None),
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) => (None, None),
        };
        let Some((name, span)) = service.and_then(|node| Some((node.text()?, node.span))) else {
            self.is_understood = false;
            let is_variable = service.is_some_and(|node| matches!(node.value, Value::Text(_)));
            if !is_variable {
                self.sink.push(
                    Diagnostic::error("compose-wrong-type", "`extends` names no service", said.place())
                        .here("`extends` takes the name of a service, or a map with `service` and `file`")
                        .note("compose refuses a file in which it is not said which service is extended")
                        .help("write `extends: NAME`"),
                );
            }
            return None;
        };
        let file = match file.filter(|file| !matches!(file.value, Value::Null)) {
            None => None,
            Some(file) => match file.text() {
                Some(path) if is_remote(&path) => {
                    self.refuse(&path, "is not a file of this machine", Some(file.span));
                    return None;
                }
                Some(path) => Some((join(&file.folder, &path), file.span)),
                None => {
                    self.refuse(
                        "a file of `extends`",
                        "depends on a variable that is not known",
                        Some(file.span),
                    );
                    return None;
                }
            },
        };
        Some(Extends { service: name, span, file })
    }

    /// The services of another file.
    fn scope(&mut self, path: &str, span: Span, context: &Context) -> Option<Rc<Scope>> {
        let key = (path.to_owned(), context.number);
        if let Some(scope) = self.scopes.get(&key) {
            return scope.clone();
        }
        let scope = self.parse(path, Some(span)).map(|parsed| {
            let context = Context { folder: folder_of(path).into(), ..context.clone() };
            let mut merged: Option<Node> = None;
            let mut resets = Resets::default();
            for document in self.documents(&parsed, &context) {
                let mut root = document.root;
                if v1::is_v1(&root) {
                    root = v1::services(root);
                }
                resets = document.resets;
                merged = Some(match merged {
                    Some(before) => self.merge_roots(before, root, &resets),
                    None => root,
                });
            }
            if let Some(root) = &mut merged {
                unique::enforce(root);
            }
            let none = Node { value: Value::Null, span, key: None, folder: context.folder };
            Rc::new(Scope::new(path, &merged.unwrap_or(none), resets))
        });
        self.scopes.insert(key, scope.clone());
        scope
    }

    fn unknown(&mut self, extends: &Extends, scope: &Scope) {
        self.is_understood = false;
        let name = &shown(&extends.service);
        let names = scope.services.keys().take(200).map(String::as_str);
        let help = match nearest(name, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write the name of a service of `{}`", shown(&scope.path)),
        };
        self.sink.push(
            Diagnostic::error(
                "compose-unknown-service",
                format!("there is no service `{name}` in `{}`", shown(&scope.path)),
                extends.span,
            )
            .here("it is extended here")
            .note("compose starts nothing if a service extends one that does not exist")
            .help(help),
        );
    }

    fn cycle(&mut self, extends: &Extends, links: &[Link]) {
        self.is_understood = false;
        let mut found =
            Diagnostic::error("compose-loop", "services extend each other in a circle", extends.span)
                .here(format!("`{}` ends where it began", shown(&extends.service)));
        for (_, name, node) in links.iter().rev().take(5) {
            if node.place() != extends.span {
                found = found.label(node.place(), format!("`{}` is one of them", shown(name)));
            }
        }
        self.sink.push(
            found
                .note("compose starts nothing: no service of the circle has a beginning")
                .help("put what they have in common into a service that extends none"),
        );
    }
}

/// Whether a path names something elsewhere.
pub(super) fn is_remote(path: &str) -> bool {
    path.contains("://") || ["oci:", "git@", "github.com/"].iter().any(|prefix| path.starts_with(prefix))
}

/// How many nodes there are.
fn size(node: &Node) -> usize {
    let below: usize = match &node.value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(_, node)| size(node)).sum(),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => 0,
    };
    below + 1
}
