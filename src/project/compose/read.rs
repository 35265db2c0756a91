//! From the tree of a YAML file to values: aliases, merge keys and variables resolved, `!reset` and `!override` noted.

use std::collections::HashMap;
use std::sync::Arc;

use super::budget::Budget;
use super::dotenv::bad_variable;
use super::environment::Environment;
use super::interpolate::{self, NoValue};
use super::model::{Node, Part, Text, Value};
use super::reset::Resets;
use super::scalar;
use super::texts::shown;
use crate::diagnostic::{Diagnostic, Sink};
use crate::source::Span;
use crate::syntax::yaml::tree::{Entry, NodeId, NodeKind, Scalar, Style, Tree};

/// So deep values may stand in each other, with aliases resolved.
const MAX_DEPTH: usize = 300;

/// What came of a document.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Its top.
    pub(super) root: Node,
    /// The paths whose value in earlier files is dropped.
    pub(super) resets: Resets,
    /// Whether every value in it was understood.
    pub(super) is_understood: bool,
}

/// Reads the document with this top. `folder` is where its relative paths begin.
pub(super) fn document(
    tree: &Tree,
    root: NodeId,
    environment: &Environment,
    folder: &Arc<str>,
    budget: &mut Budget,
    sink: &mut Sink,
) -> Document {
    let mut reader = Reader {
        tree,
        environment,
        folder,
        budget,
        sink,
        path: Vec::new(),
        depth: 0,
        resets: Resets::default(),
        is_understood: true,
    };
    let empty = Node { value: Value::Null, span: tree.node(root).span, key: None, folder: folder.clone() };
    let root = reader.node(root, None).unwrap_or(empty);
    Document { root, resets: reader.resets, is_understood: reader.is_understood }
}

struct Reader<'a> {
    tree: &'a Tree,
    environment: &'a Environment,
    folder: &'a Arc<str>,
    budget: &'a mut Budget,
    sink: &'a mut Sink,
    /// The way to what is read; items of lists have names that no path has.
    path: Vec<String>,
    depth: usize,
    resets: Resets,
    is_understood: bool,
}

impl Reader<'_> {
    /// A node; `None` if it is reset.
    fn node(&mut self, id: NodeId, key: Option<Span>) -> Option<Node> {
        let Some(target) = self.tree.resolve(id) else {
            self.is_understood = false;
            return Some(self.made(Value::Null, self.tree.node(id).span, key));
        };
        let span = self.tree.node(target).span;
        match self.tree.tag(target).map(|tag| &*tag.text) {
            Some("!reset") => {
                self.resets.add(&self.path);
                return None;
            }
            Some("!override") => self.resets.add(&self.path),
            Some(_) | None => {}
        }
        let here = self.tree.node(id).span;
        if self.depth >= MAX_DEPTH || !self.budget.take_nodes(1, here, self.sink) {
            if self.depth >= MAX_DEPTH {
                self.too_deep(here);
            }
            self.is_understood = false;
            return Some(self.made(Value::Null, span, key));
        }
        self.depth += 1;
        let value = match &self.tree.node(target).kind {
            NodeKind::Scalar(scalar) => self.scalar(target, scalar, span),
            NodeKind::Sequence(items) => self.list(items),
            NodeKind::Mapping(entries) => self.map(entries),
            NodeKind::Alias(_) | NodeKind::Error => {
                self.is_understood = false;
                Value::Null
            }
        };
        self.depth -= 1;
        Some(self.made(value, span, key))
    }

    fn made(&self, value: Value, span: Span, key: Option<Span>) -> Node {
        Node { value, span, key, folder: self.folder.clone() }
    }

    fn too_deep(&mut self, at: Span) {
        if self.is_understood {
            self.sink.push(
                Diagnostic::error("compose-too-large", "values stand in each other more than 300 deep", at)
                    .here("this is not looked at")
                    .note("nothing in a compose file needs to be so deep; aliases count with what they stand for")
                    .help("take the aliases of aliases apart"),
            );
        }
    }

    fn scalar(&mut self, id: NodeId, scalar: &Scalar, span: Span) -> Value {
        let is_text = self.tree.tag(id).is_some_and(|tag| matches!(&*tag.text, "!!str" | "!"));
        if scalar.style == Style::Plain
            && !is_text
            && let Some(value) = scalar::plain(&scalar.text)
        {
            return value;
        }
        if scalar.style == Style::Plain
            && !is_text
            && let Some(date) = scalar::date(&scalar.text)
        {
            let parts = vec![Part::Literal(date.clone())];
            return Value::Text(Text { raw: scalar.text.to_string(), parts, value: Some(date), span });
        }
        Value::Text(self.text(&scalar.text, span))
    }

    /// A text with what its variables come to.
    fn text(&mut self, raw: &str, span: Span) -> Text {
        self.budget.take_bytes(raw.len(), span, self.sink);
        if !raw.contains('$') {
            let parts = if raw.is_empty() { Vec::new() } else { vec![Part::Literal(raw.to_owned())] };
            return Text { raw: raw.to_owned(), parts, value: Some(raw.to_owned()), span };
        }
        let Ok(parts) = interpolate::parse(raw, self.environment) else {
            self.sink.push(bad_variable(span));
            self.is_understood = false;
            let parts = vec![Part::Literal(raw.to_owned())];
            return Text { raw: raw.to_owned(), parts, value: None, span };
        };
        let value = match interpolate::value(&parts, self.environment, self.budget.bytes()) {
            Ok(value) => Some(value),
            Err(NoValue::Unknown) => None,
            Err(NoValue::TooLong) => {
                self.budget.take_bytes(usize::MAX, span, self.sink);
                None
            }
            Err(NoValue::Refused(name, why)) => {
                let why = if why.is_empty() { "no reason is given".to_owned() } else { shown(&why) };
                self.sink.push(
                    Diagnostic::error(
                        "compose-bad-variable",
                        format!("`{}` must have a value", shown(&name)),
                        span,
                    )
                    .here(why)
                    .note("`:?` and `?` tell compose to start nothing without a value")
                    .help(format!("write `{}=...` into `.env`", shown(&name))),
                );
                None
            }
        };
        let more = value.as_ref().map_or(0, String::len);
        self.budget.take_bytes(more, span, self.sink);
        Text { raw: raw.to_owned(), parts, value, span }
    }

    fn list(&mut self, items: &[NodeId]) -> Value {
        let mut list = Vec::new();
        for (index, item) in items.iter().enumerate() {
            self.path.push(format!("[{index}]"));
            list.extend(self.node(*item, None));
            self.path.pop();
            if self.budget.is_spent() {
                break;
            }
        }
        Value::List(list)
    }

    fn map(&mut self, entries: &[Entry]) -> Value {
        let mut map: Vec<(String, Node)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut merged = Vec::new();
        for entry in entries {
            if self.budget.is_spent() {
                break;
            }
            if entry.merge {
                merged.extend(self.node(entry.value, None));
                continue;
            }
            let Some(name) = self.key(entry.key) else { continue };
            self.path.push(name.clone());
            let node = self.node(entry.value, Some(self.tree.node(entry.key).span));
            self.path.pop();
            let Some(node) = node else { continue };
            if let Some(place) = places.get(&name) {
                map[*place].1 = node;
            } else {
                places.insert(name.clone(), map.len());
                map.push((name, node));
            }
        }
        for node in merged {
            self.merge(node, &mut map, &mut places);
        }
        Value::Map(map)
    }

    /// Adds the entries of a merge key that are not there yet. Of a list the first counts.
    fn merge(&mut self, node: Node, map: &mut Vec<(String, Node)>, places: &mut HashMap<String, usize>) {
        match node.value {
            Value::Map(entries) => {
                for (name, node) in entries {
                    if !places.contains_key(&name) {
                        places.insert(name.clone(), map.len());
                        map.push((name, node));
                    }
                }
            }
            Value::List(items) => {
                for item in items {
                    self.merge(item, map, places);
                }
            }
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => {
                self.is_understood = false;
                self.sink.push(
                    Diagnostic::error("compose-wrong-type", "`<<` takes a map", node.span)
                        .here("this is none")
                        .note(
                            "the entries of the map behind `<<` become entries of the map that it stands in",
                        )
                        .help("write `<<: *name` with the name of an anchor at a map"),
                );
            }
        }
    }

    /// The name of an entry.
    fn key(&mut self, id: NodeId) -> Option<String> {
        let target = self.tree.resolve(id)?;
        let Some(scalar) = self.tree.scalar(target) else {
            self.is_understood = false;
            return None;
        };
        if scalar.style == Style::Plain && scalar::plain(&scalar.text).is_some() {
            self.is_understood = false;
            let span = self.tree.node(id).span;
            self.sink.push(
                Diagnostic::error(
                    "compose-wrong-type",
                    format!("`{}` is no name", shown(&scalar.text)),
                    span,
                )
                .here("a name must be a text")
                .note("compose refuses a file in which a key is a number, a flag or nothing")
                .help(format!("put it in quotes: `\"{}\"`", shown(&scalar.text))),
            );
        }
        Some(scalar.text.to_string())
    }
}
