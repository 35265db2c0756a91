//! What compose's files say: of each service, and of what services share.

use super::said::Said;
use crate::project::compose::{Node, PairValue, Value, pairs, parts, place};
use crate::same::compose::{Meaning, of, text};
use crate::source::Span;
use crate::vocabulary::compose::{self as table, Key};

/// Lists whose order means something. Everything else that compose lists is a set.
const ORDERED: &[&str] = &["dns", "dns_search", "post_start", "pre_stop", "watch"];

/// What is meant where nothing is said.
const DEFAULTS: &[(&str, &str)] = &[
    ("restart", "no"),
    ("privileged", "false"),
    ("read_only", "false"),
    ("tty", "false"),
    ("stdin_open", "false"),
    ("scale", "1"),
    ("required", "true"),
];

/// What a service says.
pub(super) fn service(node: &Node) -> Vec<Said> {
    node.entries().iter().flat_map(|(name, node)| key(name, node)).collect()
}

/// What a network, a volume, a secret or a config says.
pub(super) fn declared(group: &str, node: &Node) -> Vec<Said> {
    node.entries().iter().flat_map(|(name, node)| generic(group, name, node)).collect()
}

/// What the project says by itself: everything that is no section of named things, no obsolete version and no extension.
pub(super) fn project(root: &Node) -> Vec<Said> {
    const SECTIONS: &[&str] = &["version", "services", "networks", "volumes", "secrets", "configs"];
    let own = root.entries().iter().filter(|(name, _)| !SECTIONS.contains(&name.as_str()));
    own.flat_map(|(name, node)| generic("file", name, node)).collect()
}

fn key(name: &str, node: &Node) -> Vec<Said> {
    match name {
        "command" | "entrypoint" => {
            let value = shown(&of("service", name, node));
            vec![Said::of(name, Some(value), place(node))]
        }
        "build" => vec![build(node)],
        "healthcheck" => vec![health(node)],
        "environment" | "annotations" | "sysctls" => variables(name, node),
        "labels" => variables("label", node),
        "ports" => each(name, node).iter().map(|(meaning, place)| port(meaning, *place)).collect(),
        "volumes" => each(name, node).iter().map(|(meaning, place)| mount(meaning, *place)).collect(),
        "networks" => networks(node),
        "depends_on" => each_named(name, name, node),
        "env_file" => {
            each_with("env_file", "path", name, node).into_iter().map(|said| said.fixed(true)).collect()
        }
        "secrets" => each_with("secret", "source", name, node),
        "configs" => each_with("config", "source", name, node),
        _ => generic("service", name, node),
    }
}

/// The items of a list of a service, or a single one, with what each means.
fn each(key: &str, node: &Node) -> Vec<(Meaning, Span)> {
    match of("service", key, node) {
        Meaning::List(items) => {
            let places = node.items().iter().map(|item| item.span).chain(std::iter::repeat(place(node)));
            items.into_iter().zip(places).collect()
        }
        Meaning::Nothing => Vec::new(),
        other @ (Meaning::Text(_) | Meaning::Plain(_) | Meaning::Map(_)) => vec![(other, place(node))],
    }
}

/// The entries of a map from names to options, or the items of a list of names.
fn entries(key: &str, node: &Node) -> Vec<(String, Meaning, Span)> {
    let Meaning::Map(map) = of("service", key, node) else { return Vec::new() };
    let place_of = |name: &str| {
        let item = node.items().iter().find(|item| item.text().as_deref() == Some(name));
        item.map(|item| item.span).or_else(|| node.get(name).map(place)).unwrap_or_else(|| place(node))
    };
    map.into_iter().map(|(name, meaning)| (name.clone(), meaning, place_of(&name))).collect()
}

fn each_named(kind: &str, key: &str, node: &Node) -> Vec<Said> {
    let said = |(name, meaning, place): (String, Meaning, Span)| {
        let options = options(&meaning, &[]);
        Said::of(kind, (!options.is_empty()).then_some(options), place).named(name)
    };
    entries(key, node).into_iter().map(said).collect()
}

/// The networks of a service; to be on the one of the project alone is what is meant where nothing is said.
fn networks(node: &Node) -> Vec<Said> {
    let said = each_named("network", "networks", node);
    match said.as_slice() {
        [only] if only.name == "default" && only.value.is_none() => Vec::new(),
        _ => said,
    }
}

/// The items of a list of names or of maps, each by what it names.
fn each_with(kind: &str, name: &str, key: &str, node: &Node) -> Vec<Said> {
    let said = |(meaning, place): (Meaning, Span)| match &meaning {
        Meaning::Map(map) => {
            let own = map.get(name).map(shown).unwrap_or_default();
            let options = options(&meaning, &[name]);
            Said::of(kind, (!options.is_empty()).then_some(options), place).named(own)
        }
        Meaning::Text(own) | Meaning::Plain(own) => Said::of(kind, None, place).named(own.clone()),
        Meaning::List(_) | Meaning::Nothing => Said::of(kind, Some(shown(&meaning)), place),
    };
    each(key, node).into_iter().map(said).collect()
}

fn variables(kind: &str, node: &Node) -> Vec<Said> {
    let Some(pairs) = pairs(node) else { return generic("service", kind, node) };
    let said = pairs.into_iter().map(|pair| {
        let value = match &pair.value {
            PairValue::Nothing if kind == "label" => Some(String::new()),
            PairValue::Nothing => None,
            PairValue::Text(raw) => Some(shown(&text(raw))),
            PairValue::Node(node) => scalar(node),
        };
        Said::of(kind, value, pair.place).named(pair.name)
    });
    said.collect()
}

fn scalar(node: &Node) -> Option<String> {
    match of("", "", node) {
        Meaning::Nothing => None,
        meaning @ (Meaning::Text(_) | Meaning::Plain(_) | Meaning::List(_) | Meaning::Map(_)) => {
            Some(shown(&meaning))
        }
    }
}

/// A port by the one of the container.
fn port(meaning: &Meaning, place: Span) -> Said {
    let Meaning::Map(map) = meaning else { return Said::of("port", Some(shown(meaning)), place) };
    let short = map.get("short").map(shown).unwrap_or_default();
    let inner = parts(&short).and_then(|parts| parts.last().map(|part| (*part).to_owned()));
    let options = options(meaning, &["short"]);
    let value = if options.is_empty() { short.clone() } else { format!("{short} ({options})") };
    Said::of("port", Some(value), place).named(inner.unwrap_or(short))
}

/// A mount by the path in the container.
fn mount(meaning: &Meaning, place: Span) -> Said {
    let Meaning::Map(map) = meaning else { return Said::of("mount", Some(shown(meaning)), place) };
    let get = |name: &str| map.get(name).map(shown);
    // The source tells a volume from a path, and a missing path is made unless that is said.
    let is_usual =
        |name: &str, usual: &[&str]| get(name).is_some_and(|value| usual.contains(&value.as_str()));
    let mut others = vec!["source", "target", "read_only"];
    others.extend(is_usual("type", &["bind", "volume", "bind or volume"]).then_some("type"));
    others.extend(is_usual("bind.create_host_path", &["", "true"]).then_some("bind.create_host_path"));
    let options = options(meaning, &others);
    let mut value = get("source").unwrap_or_else(|| "a volume without a name".to_owned());
    if get("read_only").as_deref() == Some("true") {
        value += ", read-only";
    }
    if !options.is_empty() {
        value += &format!(" ({options})");
    }
    Said::of("mount", Some(value), place).named(get("target").unwrap_or_default())
}

fn build(node: &Node) -> Said {
    let mut inside = Vec::new();
    if let Meaning::Map(map) = of("service", "build", node) {
        for name in ["context", "dockerfile"] {
            let place = node.get(name).map_or(place(node), place);
            inside.extend(map.get(name).map(|meaning| Said::of(name, Some(shown(meaning)), place)));
        }
    }
    for (name, node) in node.entries() {
        match name.as_str() {
            "context" | "dockerfile" => {}
            "args" => inside.extend(variables("arg", node)),
            "labels" => inside.extend(variables("label", node)),
            _ => inside.extend(generic("service.build", name, node)),
        }
    }
    Said::block("build", inside, place(node))
}

fn health(node: &Node) -> Said {
    let said = |(name, inner): &(String, Node)| match name.as_str() {
        "test" => {
            let test = match of("service", "healthcheck", node) {
                Meaning::Map(mut map) => map.remove("test").unwrap_or(Meaning::Nothing),
                other @ (Meaning::Nothing | Meaning::Text(_) | Meaning::Plain(_) | Meaning::List(_)) => other,
            };
            vec![Said::of("test", Some(shown(&test)), place(inner))]
        }
        _ => generic("service.healthcheck", name, inner),
    };
    Said::block("healthcheck", node.entries().iter().flat_map(said).collect(), place(node))
}

/// Whatever else compose knows: maps are blocks, lists are sets unless their order means something.
fn generic(group: &str, name: &str, node: &Node) -> Vec<Said> {
    if name.starts_with("x-") || is_default(name, node) {
        return Vec::new();
    }
    let inside = table::forms(group, name).find_map(Key::opens).unwrap_or("");
    match &node.value {
        Value::Null => Vec::new(),
        Value::Map(entries) => {
            let inner: Vec<Said> =
                entries.iter().flat_map(|(name, node)| generic(inside, name, node)).collect();
            if inner.is_empty() { Vec::new() } else { vec![Said::block(name, inner, place(node))] }
        }
        Value::List(items) => {
            let is_fixed = ORDERED.contains(&name);
            let item = |item: &Node| {
                let value = shown(&of("", "", item));
                let is_map = matches!(item.value, Value::Map(_));
                let said = if is_map || is_fixed {
                    Said::of(name, Some(value), item.span)
                } else {
                    Said::of(name, None, item.span).named_by_text(value)
                };
                said.fixed(is_fixed)
            };
            items.iter().map(item).collect()
        }
        Value::Flag(_) | Value::Number(_) | Value::Text(_) => match of(group, name, node) {
            // A single word of a list.
            Meaning::List(items) => {
                let item = |item: &Meaning| Said::of(name, None, place(node)).named_by_text(shown(item));
                items.iter().map(item).collect()
            }
            meaning @ (Meaning::Text(_) | Meaning::Plain(_) | Meaning::Map(_)) => {
                vec![Said::of(name, Some(shown(&meaning)), place(node))]
            }
            Meaning::Nothing => Vec::new(),
        },
    }
}

fn is_default(name: &str, node: &Node) -> bool {
    DEFAULTS.iter().any(|(key, value)| *key == name && node.text().as_deref() == Some(value))
}

/// The options of a thing but for some, as a person would say them.
fn options(meaning: &Meaning, without: &[&str]) -> String {
    let Meaning::Map(map) = meaning else { return String::new() };
    let is_said = |name: &str, value: &Meaning| {
        let default = DEFAULTS.iter().find(|(key, _)| *key == name);
        !without.contains(&name) && default.is_none_or(|(_, default)| shown(value) != *default)
    };
    let each =
        map.iter().filter(|(name, value)| is_said(name, value)).map(|(name, value)| match name.as_str() {
            "condition" => shown(value),
            _ => format!("{name}: {}", shown(value)),
        });
    each.collect::<Vec<_>>().join(", ")
}

/// A meaning as text. Words are separated as a shell would read them, so that no two lists look the same.
fn shown(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Nothing => String::new(),
        Meaning::Text(text) | Meaning::Plain(text) => text.clone(),
        Meaning::List(items) => {
            let word = |item: &Meaning| match item {
                Meaning::Text(text) | Meaning::Plain(text) => word(text),
                Meaning::Nothing | Meaning::List(_) | Meaning::Map(_) => format!("[{}]", shown(item)),
            };
            items.iter().map(word).collect::<Vec<_>>().join(" ")
        }
        Meaning::Map(map) => {
            let pair = |(name, value): (&String, &Meaning)| format!("{name}: {}", shown(value));
            map.iter().map(pair).collect::<Vec<_>>().join(", ")
        }
    }
}

fn word(text: &str) -> String {
    let is_plain =
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\'));
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")) }
}
