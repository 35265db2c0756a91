//! How one file overrides another.
//!
//! Source: compose-go, `override/merge.go`: maps are merged, lists are appended, and some keys have rules of their own.

use std::collections::{HashMap, HashSet};

use super::model::{Node, Part, Text, Value};
use super::scalar;
use super::texts::shown;
use crate::diagnostic::{Diagnostic, Sink};

/// A rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Maps become lists of `NAME=value`, which are appended.
    Sequence,
    /// A text is the context.
    Build,
    /// What is there already is not appended again.
    ExtraHosts,
    /// The later one counts.
    Override,
    /// Names become entries with a condition.
    DependsOn,
    /// Names become entries without a value.
    Names,
    /// Options are merged where the driver is the same.
    Logging,
    /// Networks are told apart by their subnets.
    Ipam,
}

fn rule(path: &[String]) -> Option<Rule> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["networks", _, "ipam", "config"] => Some(Rule::Ipam),
        ["networks" | "volumes", _, "labels"]
        | [
            "services",
            _,
            "annotations" | "dns" | "dns_opt" | "dns_search" | "env_file" | "environment" | "label_file"
            | "labels" | "sysctls" | "tmpfs",
        ]
        | ["services", _, "build", "additional_contexts" | "args" | "labels"]
        | ["services", _, "deploy", "labels"] => Some(Rule::Sequence),
        ["services", _, "build"] => Some(Rule::Build),
        ["services", _, "extra_hosts"] | ["services", _, "build", "extra_hosts"] => Some(Rule::ExtraHosts),
        ["services", _, "command" | "entrypoint"]
        | ["services", _, "healthcheck", "test"]
        | ["services", _, "ulimits", _] => Some(Rule::Override),
        ["services", _, "depends_on"] => Some(Rule::DependsOn),
        ["services", _, "models" | "networks"] => Some(Rule::Names),
        ["services", _, "logging"] => Some(Rule::Logging),
        _ => None,
    }
}

/// Merges trees.
pub(super) struct Merger<'a> {
    pub(super) sink: &'a mut Sink,
    /// Whether all could be merged.
    pub(super) is_understood: bool,
}

impl Merger<'_> {
    /// `over` laid over `base`, both at `path`.
    pub(super) fn merge(&mut self, base: Node, over: Node, path: &mut Vec<String>) -> Node {
        match rule(path) {
            Some(Rule::Sequence) => append(sequence(base), sequence(over)),
            Some(Rule::Build) => {
                let (base, over) = (build(base), build(over));
                self.maps(base, over, path)
            }
            Some(Rule::ExtraHosts) => {
                let (base, mut over) = (sequence(base), sequence(over));
                let known: HashSet<String> = base.items().iter().filter_map(Node::text).collect();
                if let Value::List(items) = &mut over.value {
                    items.retain(|item| item.text().is_none_or(|text| !known.contains(&text)));
                }
                append(base, over)
            }
            Some(Rule::Override) => over,
            Some(Rule::DependsOn) => {
                let (base, over) = (named(base, true), named(over, true));
                self.maps(base, over, path)
            }
            Some(Rule::Names) => {
                let (base, over) = (named(base, false), named(over, false));
                self.maps(base, over, path)
            }
            Some(Rule::Logging) => {
                let driver = |node: &Node| node.get("driver").and_then(Node::text);
                let (one, other) = (driver(&base), driver(&over));
                if one == other || one.is_none() || other.is_none() {
                    self.maps(base, over, path)
                } else {
                    over
                }
            }
            Some(Rule::Ipam) => self.ipam(&base, over, path),
            None => self.plainly(base, over, path),
        }
    }

    fn plainly(&mut self, base: Node, over: Node, path: &mut Vec<String>) -> Node {
        match (&base.value, &over.value) {
            (_, Value::Null) => base,
            (Value::Map(_), Value::Map(_)) => self.maps(base, over, path),
            (Value::List(_), Value::List(_)) => append(base, over),
            // `external` may be a map with the name.
            (Value::Map(_) | Value::List(_), _) if path.last().is_some_and(|name| name == "external") => over,
            (Value::Map(_) | Value::List(_), _) => {
                self.is_understood = false;
                let name = path.last().map_or_else(|| "this".to_owned(), |name| shown(name));
                let what = if matches!(base.value, Value::Map(_)) { "a map" } else { "a list" };
                self.sink.push(
                    Diagnostic::error(
                        "compose-wrong-type",
                        format!("`{name}` cannot be merged"),
                        over.place(),
                    )
                    .here(format!("this is no {}", &what[2..]))
                    .label(base.place(), format!("which this is: {what}"))
                    .note("compose merges maps with maps and lists with lists, and refuses anything else")
                    .help(format!("write {what}, or `{name}: !override` to put another in its place")),
                );
                base
            }
            (Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_), _) => over,
        }
    }

    /// Merges two maps; anything else counts as empty.
    fn maps(&mut self, base: Node, over: Node, path: &mut Vec<String>) -> Node {
        let Value::Map(overs) = over.value else { return base };
        let Node { value, .. } = base;
        let mut entries = match value {
            Value::Map(entries) => entries,
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => Vec::new(),
        };
        let places: HashMap<String, usize> =
            entries.iter().enumerate().map(|(place, (name, _))| (name.clone(), place)).collect();
        for (name, node) in overs {
            if let Some(place) = places.get(&name) {
                let empty = Node { value: Value::Null, ..node.clone_head() };
                let before = std::mem::replace(&mut entries[*place].1, empty);
                path.push(name);
                entries[*place].1 = self.merge(before, node, path);
                path.pop();
            } else {
                entries.push((name, node));
            }
        }
        Node { value: Value::Map(entries), span: over.span, key: over.key, folder: over.folder }
    }

    fn ipam(&mut self, base: &Node, over: Node, path: &mut Vec<String>) -> Node {
        let subnet = |node: &Node| node.get("subnet").and_then(Node::text);
        let mut merged: Vec<Node> = Vec::new();
        for original in base.items() {
            for other in over.items() {
                if subnet(other) != subnet(original)
                    && !merged.iter().any(|known| subnet(known) == subnet(other))
                {
                    merged.push(other.clone());
                    continue;
                }
                let both = self.maps(original.clone(), other.clone(), path);
                match merged.iter().position(|known| subnet(known) == subnet(&both)) {
                    Some(place) => merged[place] = both,
                    None => merged.push(both),
                }
            }
        }
        Node { value: Value::List(merged), ..over }
    }
}

impl Node {
    /// The same place without a value.
    fn clone_head(&self) -> Self {
        Self { value: Value::Null, span: self.span, key: self.key, folder: self.folder.clone() }
    }
}

/// Two lists as one.
fn append(base: Node, over: Node) -> Node {
    let head = over.clone_head();
    let mut items = Vec::new();
    for list in [base, over] {
        if let Value::List(more) = list.value {
            items.extend(more);
        }
    }
    Node { value: Value::List(items), ..head }
}

/// A map as a list of `NAME=value`, a scalar as a list of itself.
fn sequence(node: Node) -> Node {
    let head = node.clone_head();
    let items = match node.value {
        Value::List(items) => items,
        Value::Map(entries) => entries.into_iter().flat_map(|(name, node)| pairs(&name, node)).collect(),
        Value::Text(_) => vec![Node { key: None, ..node }],
        Value::Null | Value::Flag(_) | Value::Number(_) => Vec::new(),
    };
    Node { value: Value::List(items), ..head }
}

/// `NAME=value`, for each value of a list one.
fn pairs(name: &str, node: Node) -> Vec<Node> {
    if let Value::List(items) = node.value {
        let key = node.key;
        return items.into_iter().flat_map(|item| pairs(name, Node { key, ..item })).collect();
    }
    let head = node.clone_head();
    let before = format!("{name}=");
    let text = match node.value {
        Value::Null => Some(Text {
            raw: name.to_owned(),
            parts: vec![Part::Literal(name.to_owned())],
            value: Some(name.to_owned()),
            span: node.span,
        }),
        Value::Text(text) => {
            let parts = std::iter::once(Part::Literal(before.clone())).chain(text.parts).collect();
            let value = text.value.map(|value| format!("{before}{value}"));
            Some(Text { raw: format!("{before}{}", text.raw), parts, value, span: text.span })
        }
        Value::Flag(flag) => Some(literal(&before, &flag.to_string(), &head)),
        Value::Number(number) => Some(literal(&before, &scalar::canonical(&number).unwrap_or(number), &head)),
        Value::List(_) | Value::Map(_) => None,
    };
    text.map(|text| Node { value: Value::Text(text), ..head }).into_iter().collect()
}

fn literal(before: &str, value: &str, head: &Node) -> Text {
    let whole = format!("{before}{value}");
    Text {
        raw: whole.clone(),
        parts: vec![Part::Literal(whole.clone())],
        value: Some(whole),
        span: head.span,
    }
}

/// A text as the context of a build.
fn build(node: Node) -> Node {
    let head = node.clone_head();
    match node.value {
        Value::Text(_) => {
            let context = Node { key: None, ..node };
            Node { value: Value::Map(vec![("context".to_owned(), context)]), ..head }
        }
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => node,
    }
}

/// A list of names as a map, with the condition that a name alone stands for if `has_condition`.
fn named(node: Node, has_condition: bool) -> Node {
    let head = node.clone_head();
    let Value::List(items) = node.value else { return node };
    let mut entries: Vec<(String, Node)> = Vec::new();
    let mut known = HashSet::new();
    for item in items {
        let Some(name) = item.text() else { continue };
        if !known.insert(name.clone()) {
            continue;
        }
        let span = item.span;
        let value = if has_condition {
            let text = literal("", "service_started", &item);
            let condition = Node { value: Value::Text(text), key: None, ..item.clone_head() };
            let required = Node { value: Value::Flag(true), key: None, ..item.clone_head() };
            Value::Map(vec![("condition".to_owned(), condition), ("required".to_owned(), required)])
        } else {
            Value::Null
        };
        entries.push((name, Node { value, span, key: Some(span), folder: item.folder }));
    }
    Node { value: Value::Map(entries), ..head }
}
