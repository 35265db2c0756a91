//! What compose files mean, as far as it takes to tell whether two of them mean the same: short and long forms, lists and
//! maps, numbers and texts are one thing where compose makes one thing of them.

use std::collections::BTreeMap;

use super::arguments::{Operator, Piece, pieces, scalar_text};
use super::words::{PairValue, pairs, place};
use crate::project::compose::{Node, Value, split};
use crate::source::Span;
use crate::vocabulary::compose::{self, Form};

/// A value without its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Nothing,
    Text(String),
    List(Vec<Meaning>),
    Map(BTreeMap<String, Meaning>),
}

/// The sections of a file whose entries are compared key by key.
const SECTIONS: &[(&str, &str)] = &[
    ("services", "service"),
    ("networks", "network"),
    ("volumes", "volume"),
    ("secrets", "secret"),
    ("configs", "config"),
];

/// The places of `before` whose meaning `after` does not have.
pub(in crate::import) fn differing(before: &Node, after: &Node) -> Vec<Span> {
    let mut found = Vec::new();
    entries(before, after, &mut |name, node, other| {
        let group = SECTIONS.iter().find(|(section, _)| *section == name).map(|(_, group)| *group);
        match (group, other) {
            (Some(group), Some(other)) => section(group, node, other, &mut found),
            _ => compare("file", name, node, other, &mut found),
        }
    });
    let added = after.entries().iter().any(|(name, node)| before.get(name).is_none() && !is_empty(node));
    if added {
        found.push(before.span);
    }
    found
}

fn section(group: &'static str, before: &Node, after: &Node, found: &mut Vec<Span>) {
    entries(before, after, &mut |name, node, other| {
        let Some(other) = other else { return found.push(place(node)) };
        entries(node, other, &mut |key, inner, counterpart| {
            compare(group, key, inner, counterpart, found);
        });
        let is_new = |(key, inner): &(String, Node)| node.get(key).is_none() && !is_empty(inner);
        if other.entries().iter().any(is_new) || is_empty(node) != is_empty(other) {
            found.push(place(node));
        }
        let _ = name;
    });
    if after.entries().iter().any(|(name, _)| before.get(name).is_none()) {
        found.push(place(before));
    }
}

fn entries(before: &Node, after: &Node, look: &mut dyn FnMut(&str, &Node, Option<&Node>)) {
    for (name, node) in before.entries() {
        look(name, node, after.get(name));
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Map(entries) => entries.is_empty(),
        Value::List(_) | Value::Flag(_) | Value::Number(_) | Value::Text(_) => false,
    }
}

fn compare(group: &str, key: &str, before: &Node, after: Option<&Node>, found: &mut Vec<Span>) {
    let same = after.is_some_and(|after| of(group, key, before) == of(group, key, after));
    if !same {
        found.push(place(before));
    }
}

/// What a key of a group means.
pub(crate) fn of(group: &str, key: &str, node: &Node) -> Meaning {
    match (group, key) {
        ("service", "command" | "entrypoint") => words(node),
        ("service", "build") => build(node),
        ("service", "depends_on") => named(node, &[("condition", "service_started"), ("required", "true")]),
        ("service", "networks") => named(node, &[]),
        ("service", "env_file") => list(node, &|item| entry(item, "path", &[("required", "true")])),
        ("service", "ports") => list(node, &port),
        ("service", "volumes") => list(node, &mount),
        ("service", "healthcheck") => health(node),
        ("service" | "service.build", "labels") => labels(node),
        ("service", "environment" | "annotations" | "sysctls") | ("service.build", "args") => set(node),
        _ => generic(group, key, node),
    }
}

fn generic(group: &str, key: &str, node: &Node) -> Meaning {
    let forms = || compose::forms(group, key);
    let inside = forms().find_map(compose::Key::opens);
    match &node.value {
        Value::Null => Meaning::Nothing,
        Value::Flag(_) | Value::Number(_) | Value::Text(_) => {
            let text = scalar(node);
            if forms().any(|form| form.form == Form::Words) { Meaning::List(vec![text]) } else { text }
        }
        Value::List(_) if forms().any(|form| form.form == Form::Pairs) => set(node),
        Value::List(items) => {
            Meaning::List(items.iter().map(|item| generic(inside.unwrap_or(""), "", item)).collect())
        }
        Value::Map(entries) => {
            let meaning =
                |(name, node): &(String, Node)| (name.clone(), of(inside.unwrap_or(""), name, node));
            Meaning::Map(entries.iter().map(meaning).collect())
        }
    }
}

/// A scalar: numbers as compose writes them, variables in braces, paths without `./`.
fn scalar(node: &Node) -> Meaning {
    scalar_text(node).map_or(Meaning::Nothing, |raw| text(&raw))
}

pub(crate) fn text(raw: &str) -> Meaning {
    let written = match pieces(raw) {
        None => raw.to_owned(),
        Some(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => text.replace('$', "$$"),
                Piece::Variable { name, operator } => match operator {
                    Operator::None => format!("${{{name}}}"),
                    Operator::Default(text) => format!("${{{name}:-{text}}}"),
                    Operator::Other(text) => format!("${{{name}{text}}}"),
                },
            })
            .collect(),
    };
    let is_path = written.starts_with("./") || written.starts_with("../");
    Meaning::Text(if is_path || written == "." || written == ".." {
        crate::project::host::join(".", &written)
    } else {
        written
    })
}

/// A list, or a single one of its items.
fn list(node: &Node, item: &dyn Fn(&Node) -> Meaning) -> Meaning {
    match &node.value {
        Value::List(items) => Meaning::List(items.iter().map(item).collect()),
        Value::Null => Meaning::Nothing,
        Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => Meaning::List(vec![item(node)]),
    }
}

fn words(node: &Node) -> Meaning {
    match &node.value {
        Value::Text(of) if !of.raw.contains('$') => match split(&of.raw) {
            Some(words) => Meaning::List(words.iter().map(|word| text(word)).collect()),
            None => text(&of.raw),
        },
        Value::Text(of) => match pieces(&of.raw).as_deref() {
            Some([Piece::Literal(literal)]) => {
                let words = split(literal).unwrap_or_default();
                Meaning::List(words.iter().map(|word| text(&word.replace('$', "$$"))).collect())
            }
            _ => text(&of.raw),
        },
        Value::List(items) => Meaning::List(items.iter().map(scalar).collect()),
        Value::Null => Meaning::Nothing,
        Value::Flag(_) | Value::Number(_) | Value::Map(_) => scalar(node),
    }
}

/// Pairs, as a map or as a list of `NAME=value`.
fn set(node: &Node) -> Meaning {
    let Some(pairs) = pairs(node) else { return generic("", "", node) };
    let meaning = |value: &PairValue<'_>| match value {
        PairValue::Nothing => Meaning::Nothing,
        PairValue::Text(of) => text(of),
        PairValue::Node(node) => scalar(node),
    };
    Meaning::Map(pairs.iter().map(|pair| (pair.name.clone(), meaning(&pair.value))).collect())
}

/// Pairs in which no value is an empty one.
fn labels(node: &Node) -> Meaning {
    let mut meaning = set(node);
    if let Meaning::Map(map) = &mut meaning {
        for value in map.values_mut().filter(|value| **value == Meaning::Nothing) {
            *value = Meaning::Text(String::new());
        }
    }
    meaning
}

/// A map from names to options, or a list of the names; `defaults` are what is meant where an option is not said.
fn named(node: &Node, defaults: &[(&str, &str)]) -> Meaning {
    let options = |node: Option<&Node>| {
        let mut map: BTreeMap<String, Meaning> = BTreeMap::new();
        for (name, value) in defaults {
            map.insert((*name).to_owned(), Meaning::Text((*value).to_owned()));
        }
        for (name, node) in node.map_or(&[][..], Node::entries) {
            map.insert(name.clone(), generic("", name, node));
        }
        Meaning::Map(map)
    };
    match &node.value {
        Value::List(items) => {
            Meaning::Map(items.iter().filter_map(|item| Some((scalar_text(item)?, options(None)))).collect())
        }
        Value::Map(entries) => {
            Meaning::Map(entries.iter().map(|(name, node)| (name.clone(), options(Some(node)))).collect())
        }
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => scalar(node),
    }
}

/// A map, or what stands for one of its keys.
fn entry(node: &Node, key: &str, defaults: &[(&str, &str)]) -> Meaning {
    let mut map: BTreeMap<String, Meaning> = BTreeMap::new();
    for (name, value) in defaults {
        map.insert((*name).to_owned(), Meaning::Text((*value).to_owned()));
    }
    match &node.value {
        Value::Map(entries) => map.extend(entries.iter().map(|(name, node)| (name.clone(), scalar(node)))),
        _ => {
            map.insert(key.to_owned(), scalar(node));
        }
    }
    Meaning::Map(map)
}

fn build(node: &Node) -> Meaning {
    let mut map: BTreeMap<String, Meaning> = BTreeMap::new();
    match &node.value {
        Value::Map(entries) => {
            map.extend(entries.iter().map(|(name, node)| (name.clone(), of("service.build", name, node))));
        }
        _ => {
            map.insert("context".to_owned(), scalar(node));
        }
    }
    map.entry("context".to_owned()).or_insert_with(|| text("."));
    if let Some(Meaning::Text(context)) = map.get_mut("context")
        && !context.contains(['$', ':'])
    {
        *context = crate::project::host::join(".", context);
    }
    if !map.contains_key("dockerfile_inline") {
        map.entry("dockerfile".to_owned()).or_insert_with(|| text("Dockerfile"));
    }
    Meaning::Map(map)
}

fn health(node: &Node) -> Meaning {
    let Value::Map(entries) = &node.value else { return scalar(node) };
    let meaning = |(name, node): &(String, Node)| {
        let meaning = match (name.as_str(), &node.value) {
            ("test", Value::Text(of)) => {
                Meaning::List(vec![Meaning::Text("CMD-SHELL".to_owned()), text(&of.raw)])
            }
            ("test", _) => words(node),
            _ => generic("service.healthcheck", name, node),
        };
        (name.clone(), meaning)
    };
    Meaning::Map(entries.iter().map(meaning).collect())
}

/// A port in its short form, with what only the long one can say.
fn port(node: &Node) -> Meaning {
    let Value::Map(entries) = &node.value else {
        return match scalar(node) {
            Meaning::Text(short) => {
                let short = short.strip_suffix("/tcp").unwrap_or(&short).to_owned();
                let map = BTreeMap::from([("short".to_owned(), Meaning::Text(short))]);
                Meaning::Map(map)
            }
            other => other,
        };
    };
    let get = |name: &str| node.get(name).and_then(scalar_text);
    let mut short = String::new();
    if let Some(address) = get("host_ip") {
        short += &if address.contains(':') { format!("[{address}]:") } else { format!("{address}:") };
    }
    if let Some(published) = get("published") {
        short += &format!("{published}:");
    }
    short += &get("target").unwrap_or_default();
    if let Some(protocol) = get("protocol").filter(|protocol| protocol != "tcp") {
        short += &format!("/{protocol}");
    }
    let mut map = BTreeMap::from([("short".to_owned(), text(&short))]);
    for (name, node) in entries {
        if !matches!(name.as_str(), "host_ip" | "published" | "target" | "protocol") {
            map.insert(name.clone(), scalar(node));
        }
    }
    Meaning::Map(map)
}

/// A mount by its source, its target and its options.
fn mount(node: &Node) -> Meaning {
    let mut map = if let Value::Map(entries) = &node.value {
        mount_by_keys(entries, node)
    } else {
        let raw = scalar_text(node).unwrap_or_default();
        match mount_in_short(&raw) {
            Some(map) => map,
            None => return text(&raw),
        }
    };
    for key in ["source", "target"] {
        if let Some(Meaning::Text(path)) = map.get_mut(key)
            && path.len() > 1
            && path.ends_with('/')
        {
            path.pop();
        }
    }
    Meaning::Map(map)
}

/// A mount in its long form. The short form makes a missing folder, this one does not.
fn mount_by_keys(entries: &[(String, Node)], node: &Node) -> BTreeMap<String, Meaning> {
    let mut map = BTreeMap::new();
    for (name, node) in entries {
        match (name.as_str(), &node.value) {
            // What is mounted tells a volume from a path, and nothing else from these.
            ("type", Value::Text(of)) if matches!(of.raw.as_str(), "bind" | "volume") => {}
            ("read_only", Value::Flag(false)) => {}
            ("bind", Value::Map(options)) => {
                let says = |(option, node): &&(String, Node)| {
                    option != "create_host_path" || node.value == Value::Flag(false)
                };
                let options = options.iter().filter(says);
                map.extend(options.map(|(option, node)| (format!("bind.{option}"), scalar(node))));
            }
            ("volume", Value::Map(options)) => {
                let options = options.iter();
                map.extend(
                    options.map(|(option, node)| (format!("volume.{option}"), generic("", option, node))),
                );
            }
            _ => {
                map.insert(name.clone(), generic("service.volumes[]", name, node));
            }
        }
    }
    if node.get("type").and_then(scalar_text).as_deref() == Some("bind") && node.get("bind").is_none() {
        map.insert("bind.create_host_path".to_owned(), Meaning::Text("false".to_owned()));
    }
    map
}

/// A mount in its short form; `None` for one of more parts than it has.
fn mount_in_short(raw: &str) -> Option<BTreeMap<String, Meaning>> {
    let parts = super::mounts::parts(raw).unwrap_or_default();
    let (source, target, options) = match parts.as_slice() {
        [target] => (None, *target, ""),
        [source, target] => (Some(*source), *target, ""),
        [source, target, options] => (Some(*source), *target, *options),
        _ => return None,
    };
    let mut map: BTreeMap<String, Meaning> =
        source.map(|source| ("source".to_owned(), text(source))).into_iter().collect();
    map.insert("target".to_owned(), text(target));
    let options = options.split(',').filter_map(|option| match option {
        "" | "rw" | "cached" | "delegated" | "consistent" => None,
        "ro" => Some(("read_only", "true")),
        "z" | "Z" => Some(("bind.selinux", option)),
        "nocopy" => Some(("volume.nocopy", "true")),
        _ => Some(("bind.propagation", option)),
    });
    map.extend(options.map(|(name, value)| (name.to_owned(), Meaning::Text(value.to_owned()))));
    Some(map)
}
