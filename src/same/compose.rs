//! What compose files mean, as far as it takes to tell whether two of them mean the same: short and long forms, lists and
//! maps, numbers and texts are one thing where compose makes one thing of them.

use std::collections::BTreeMap;

use crate::project::compose::{
    Node, PairValue, Value, hosts, labels as labels_of, pairs, parts, place, says_nothing, scalar_text, split,
};
use crate::project::host::join;
use crate::source::Span;
use crate::vocabulary::compose::{self, Form, Scalar};

/// A value without its form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    Nothing,
    Text(String),
    /// A flag or a number where nothing tells that compose makes a text of it.
    Plain(String),
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
pub(crate) fn differing(before: &Node, after: &Node) -> Vec<Span> {
    let mut found = Vec::new();
    entries(before, after, &mut |name, node, other| {
        let group = SECTIONS.iter().find(|(section, _)| *section == name).map(|(_, group)| *group);
        match (group, other) {
            (Some(group), Some(other)) if is_section(node) && is_section(other) => {
                section(group, node, other, &mut found);
            }
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
        if !is_section(node) || !is_section(other) {
            return compare("", name, node, Some(other), found);
        }
        let today = named_outside(node);
        let node = today.as_ref().unwrap_or(node);
        entries(node, other, &mut |key, inner, counterpart| {
            compare(group, key, inner, counterpart, found);
        });
        let is_new = |(key, inner): &(String, Node)| {
            node.get(key).is_none() && !is_empty(inner) && !says_nothing(group, key, inner)
        };
        let says = |node: &Node| match node.value {
            Value::Map(_) => node.entries().iter().any(|(key, inner)| !says_nothing(group, key, inner)),
            _ => !is_empty(node),
        };
        if other.entries().iter().any(is_new) || says(node) != says(other) {
            found.push(place(node));
        }
    });
    if after.entries().iter().any(|(name, _)| before.get(name).is_none()) {
        found.push(place(before));
    }
}

/// `external: {name: ...}`, as it is written today.
fn named_outside(node: &Node) -> Option<Node> {
    let name = node.get("external")?.get("name")?;
    let others = node.entries().iter().filter(|(key, _)| key != "external").cloned();
    let external = Node { value: Value::Flag(true), ..node.get("external")?.clone() };
    let both = [("external".to_owned(), external), ("name".to_owned(), name.clone())];
    Some(Node { value: Value::Map(others.chain(both).collect()), ..node.clone() })
}

fn entries(before: &Node, after: &Node, look: &mut dyn FnMut(&str, &Node, Option<&Node>)) {
    for (name, node) in before.entries() {
        look(name, node, after.get(name));
    }
}

/// Whether a value has entries, or none because nothing is said.
fn is_section(node: &Node) -> bool {
    matches!(node.value, Value::Map(_) | Value::Null)
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Map(entries) => entries.is_empty(),
        Value::List(_) | Value::Flag(_) | Value::Number(_) | Value::Text(_) => false,
    }
}

fn compare(group: &str, key: &str, before: &Node, after: Option<&Node>, found: &mut Vec<Span>) {
    let is_as_before = match after {
        Some(after) => of(group, key, before) == of(group, key, after),
        None => says_nothing(group, key, before),
    };
    if !is_as_before {
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
        ("service", "env_file") => list(node, &env_file),
        ("service", "ports") => list(node, &port),
        ("service", "volumes") => list(node, &mount),
        ("service", "healthcheck") => health(node),
        ("service" | "service.build", "labels") => labels(node),
        ("service" | "service.build", "extra_hosts") => {
            let hosts =
                hosts(node).map(|hosts| hosts.into_iter().map(|(host, address, _)| (host, text(&address))));
            hosts.map_or_else(|| generic(group, key, node), |hosts| Meaning::Map(hosts.collect()))
        }
        ("file", "include") => list(node, &included),
        ("service", "environment" | "annotations" | "sysctls") | ("service.build", "args") => set(node),
        _ => generic(group, key, node),
    }
}

fn generic(group: &str, key: &str, node: &Node) -> Meaning {
    let forms = || compose::forms(group, key);
    let inside = forms().find_map(compose::Key::opens);
    let is_known = forms().any(|form| form.form != Form::Any);
    let is_path = forms().any(|form| form.scalars.contains(&Scalar::HostPath));
    let one = |node: &Node| match scalar(node) {
        Meaning::Text(text) if is_path => Meaning::Text(host_path(text)),
        meaning => meaning,
    };
    match &node.value {
        Value::Null => Meaning::Nothing,
        Value::Flag(_) | Value::Number(_) if !is_known => {
            Meaning::Plain(scalar_text(node).unwrap_or_default())
        }
        Value::Flag(_) | Value::Number(_) | Value::Text(_) => {
            if forms().any(|form| form.form == Form::Words) {
                Meaning::List(vec![one(node)])
            } else {
                one(node)
            }
        }
        Value::List(_) if forms().any(|form| form.form == Form::Pairs) => set(node),
        Value::List(items) => {
            let item = |item: &Node| match &item.value {
                Value::Text(_) | Value::Number(_) | Value::Flag(_) if inside.is_none() && is_known => {
                    one(item)
                }
                _ => within(inside.unwrap_or(""), item),
            };
            Meaning::List(items.iter().map(item).collect())
        }
        Value::Map(_) => within(inside.unwrap_or(""), node),
    }
}

/// A file of `include`, which its path may stand for.
fn included(node: &Node) -> Meaning {
    match &node.value {
        Value::Text(_) => {
            Meaning::Map(BTreeMap::from([("path".to_owned(), Meaning::List(vec![scalar(node)]))]))
        }
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
            within("include", node)
        }
    }
}

/// What stands in a group: keys with their meaning, or one value.
fn within(group: &str, node: &Node) -> Meaning {
    let Value::Map(entries) = &node.value else { return generic(group, "", node) };
    let meaning = |(name, node): &(String, Node)| (name.clone(), of(group, name, node));
    Meaning::Map(entries.iter().map(meaning).collect())
}

/// A scalar: numbers as compose writes them, variables in braces.
fn scalar(node: &Node) -> Meaning {
    match (scalar_text(node), &node.value) {
        (Some(raw), _) => text(&raw),
        (None, Value::Number(raw)) => Meaning::Plain(raw.clone()),
        (None, Value::Null) => Meaning::Nothing,
        (None, Value::Flag(_) | Value::Text(_) | Value::List(_) | Value::Map(_)) => generic("", "", node),
    }
}

pub(crate) fn text(raw: &str) -> Meaning {
    Meaning::Text(braced(raw))
}

/// A text with every `$NAME` as `${NAME}`.
fn braced(raw: &str) -> String {
    let mut said = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at + 1);
        said.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            said.push('$');
            rest = after;
            continue;
        }
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        match rest.chars().next() {
            Some('{') => {}
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                said.push_str(&format!("{{{}}}", &rest[..end]));
                rest = &rest[end..];
            }
            // It stands for itself.
            _ => said.push('$'),
        }
    }
    said.push_str(rest);
    said
}

/// A path of the host: where no folder is said, it begins in that of the file.
fn host_path(path: String) -> String {
    if path.is_empty() || path.contains(['$', ':']) || path.starts_with('~') {
        return path;
    }
    let path = join(".", &path);
    let says_where = matches!(path.as_str(), "." | "..") || path.starts_with('/') || path.starts_with("../");
    if says_where { path } else { format!("./{path}") }
}

/// A list, or a single one of its items.
fn list(node: &Node, item: &dyn Fn(&Node) -> Meaning) -> Meaning {
    match &node.value {
        Value::List(items) => Meaning::List(items.iter().map(item).collect()),
        Value::Null => Meaning::Nothing,
        Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => Meaning::List(vec![item(node)]),
    }
}

/// The words of a command. A text with variables is split once they are known.
fn words(node: &Node) -> Meaning {
    match &node.value {
        Value::Text(of) if of.raw.replace("$$", "").contains('$') => Meaning::Plain(braced(&of.raw)),
        Value::Text(of) => match split(&of.raw) {
            Some(words) => Meaning::List(words.iter().map(|word| text(word)).collect()),
            None => Meaning::Plain(of.raw.clone()),
        },
        Value::List(items) => Meaning::List(items.iter().map(scalar).collect()),
        Value::Null => Meaning::Nothing,
        Value::Flag(_) | Value::Number(_) | Value::Map(_) => generic("", "", node),
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
    let map: BTreeMap<String, Meaning> =
        pairs.iter().map(|pair| (pair.name.clone(), meaning(&pair.value))).collect();
    // Names that are there twice: which of them counts, or whether both do, differs from key to key.
    if map.len() == pairs.len() { Meaning::Map(map) } else { generic("", "", node) }
}

/// Names with values, none of which is absent.
fn labels(node: &Node) -> Meaning {
    let Some(labels) = labels_of(node) else { return generic("", "", node) };
    let meaning = |(name, value, _): (String, String, Span)| {
        let name = match text(&name) {
            Meaning::Text(name) => name,
            Meaning::Nothing | Meaning::Plain(_) | Meaning::List(_) | Meaning::Map(_) => name,
        };
        (name, text(&value))
    };
    Meaning::Map(labels.into_iter().map(meaning).collect())
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
            let names: Option<_> =
                items.iter().map(|item| Some((scalar_text(item)?, options(None)))).collect();
            names.map_or_else(|| generic("", "", node), Meaning::Map)
        }
        Value::Map(entries) => {
            Meaning::Map(entries.iter().map(|(name, node)| (name.clone(), options(Some(node)))).collect())
        }
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => scalar(node),
    }
}

/// A file of variables, by its path or by its keys.
fn env_file(node: &Node) -> Meaning {
    let mut map = BTreeMap::from([("required".to_owned(), text("true"))]);
    match &node.value {
        Value::Map(entries) => map.extend(entries.iter().map(|(name, node)| (name.clone(), scalar(node)))),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
            map.insert("path".to_owned(), scalar(node));
        }
    }
    tidied(&mut map, "path");
    Meaning::Map(map)
}

/// Tidies the path of the host behind a key.
fn tidied(map: &mut BTreeMap<String, Meaning>, key: &str) {
    if let Some(Meaning::Text(path)) = map.get_mut(key) {
        *path = host_path(std::mem::take(path));
    }
}

fn build(node: &Node) -> Meaning {
    let mut map: BTreeMap<String, Meaning> = BTreeMap::new();
    match &node.value {
        Value::Map(entries) => {
            map.extend(entries.iter().map(|(name, node)| (name.clone(), of("service.build", name, node))));
        }
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
            map.insert("context".to_owned(), scalar(node));
        }
    }
    map.entry("context".to_owned()).or_insert_with(|| text("."));
    if !map.contains_key("dockerfile_inline") {
        map.entry("dockerfile".to_owned()).or_insert_with(|| text("Dockerfile"));
    }
    let is_elsewhere = map.get("dockerfile").is_some_and(|path| match path {
        Meaning::Text(path) => path.contains(['$', ':']),
        Meaning::Nothing | Meaning::Plain(_) | Meaning::List(_) | Meaning::Map(_) => true,
    });
    tidied(&mut map, "context");
    // It begins in the context, whatever it begins with.
    if let Some(Meaning::Text(path)) = map.get_mut("dockerfile").filter(|_| !is_elsewhere) {
        *path = join(".", path);
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
    let is_short = |name: &str| matches!(name, "host_ip" | "published" | "target" | "protocol");
    if entries.iter().any(|(name, node)| is_short(name) && scalar_text(node).is_none()) {
        return generic("service.ports[]", "", node);
    }
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
        if !is_short(name) {
            map.insert(name.clone(), scalar(node));
        }
    }
    Meaning::Map(map)
}

/// A mount by its type, its source, its target and its options.
fn mount(node: &Node) -> Meaning {
    let mut map = if let Value::Map(entries) = &node.value {
        mount_by_keys(entries)
    } else {
        let raw = scalar_text(node).unwrap_or_default();
        match mount_in_short(&raw) {
            Some(map) => map,
            None => return scalar(node),
        }
    };
    if map.get("type") == Some(&text("bind")) {
        tidied(&mut map, "source");
        // What holds where nothing is said has changed from one version of compose to another.
        map.entry("bind.create_host_path".to_owned()).or_insert(Meaning::Nothing);
    }
    if let Some(Meaning::Text(path)) = map.get_mut("target")
        && path.len() > 1
        && path.ends_with('/')
    {
        path.pop();
    }
    Meaning::Map(map)
}

/// A mount in its long form.
fn mount_by_keys(entries: &[(String, Node)]) -> BTreeMap<String, Meaning> {
    let mut map = BTreeMap::new();
    for (name, node) in entries {
        match (name.as_str(), &node.value) {
            ("read_only", Value::Flag(false)) => {}
            ("bind" | "volume", Value::Map(options)) => {
                let options = options.iter();
                map.extend(
                    options.map(|(option, node)| (format!("{name}.{option}"), generic("", option, node))),
                );
            }
            _ => {
                map.insert(name.clone(), generic("service.volumes[]", name, node));
            }
        }
    }
    map
}

/// A mount in its short form; `None` for one of more parts than it has. This form makes a missing folder.
fn mount_in_short(raw: &str) -> Option<BTreeMap<String, Meaning>> {
    let parts = parts(raw).unwrap_or_default();
    let (source, target, options) = match parts.as_slice() {
        [target] => (None, *target, ""),
        [source, target] => (Some(*source), *target, ""),
        [source, target, options] => (Some(*source), *target, *options),
        _ => return None,
    };
    let kind = match source {
        Some(source) if source.starts_with(['.', '/', '~']) => "bind",
        // What it comes to tells.
        Some(source) if source.starts_with('$') => "bind or volume",
        Some(_) | None => "volume",
    };
    let mut map = BTreeMap::from([("type".to_owned(), text(kind)), ("target".to_owned(), text(target))]);
    map.extend(source.map(|source| ("source".to_owned(), text(source))));
    if kind == "bind" {
        map.insert("bind.create_host_path".to_owned(), Meaning::Plain("true".to_owned()));
    }
    let options = options.split(',').filter_map(|option| match option {
        // Compose reads nothing from the latter.
        "" | "rw" | "cached" | "delegated" | "consistent" => None,
        "ro" => Some(("read_only", text("true"))),
        "z" | "Z" => Some(("bind.selinux", text(option))),
        "nocopy" => Some(("volume.nocopy", Meaning::Plain("true".to_owned()))),
        _ => Some(("bind.propagation", text(option))),
    });
    map.extend(options.map(|(name, value)| (name.to_owned(), value)));
    Some(map)
}
