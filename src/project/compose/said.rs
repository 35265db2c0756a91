//! What keys of compose say in each of their forms: hosts with addresses, labels, and nothing at all.

use std::collections::BTreeSet;

use super::model::{Node, Value};
use super::values::{place, scalar_text};
use crate::source::Span;

/// Hosts with their addresses, from a map or from a list of `HOST=ADDRESS` and `HOST:ADDRESS`; `None` if one is there
/// twice, which no map can say. Source: compose-go, `types/hostList.go`.
pub fn hosts(node: &Node) -> Option<Vec<(String, String, Span)>> {
    let bare = |address: &str| address.trim_matches(['[', ']']).to_owned();
    let hosts: Option<Vec<_>> = match &node.value {
        Value::Map(entries) => entries
            .iter()
            .map(|(host, node)| Some((host.clone(), bare(&scalar_text(node)?), place(node))))
            .collect(),
        Value::List(items) => items
            .iter()
            .map(|item| {
                let text = scalar_text(item)?;
                let (host, address) = text.split_once('=').or_else(|| text.split_once(':'))?;
                (!host.contains('$')).then(|| (host.to_owned(), bare(address), item.span))
            })
            .collect(),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => None,
    };
    let hosts = hosts?;
    let names: BTreeSet<&str> = hosts.iter().map(|(host, ..)| host.as_str()).collect();
    (names.len() == hosts.len()).then_some(hosts)
}

/// Keys of a service that say nothing when they hold nothing.
const LISTS: &[&str] = &[
    "annotations",
    "cap_add",
    "cap_drop",
    "configs",
    "depends_on",
    "devices",
    "dns",
    "dns_opt",
    "dns_search",
    "env_file",
    "environment",
    "expose",
    "external_links",
    "extra_hosts",
    "group_add",
    "labels",
    "links",
    "networks",
    "ports",
    "profiles",
    "secrets",
    "security_opt",
    "sysctls",
    "tmpfs",
    "ulimits",
    "volumes",
    "volumes_from",
];

/// Whether a key might as well not be there.
pub fn says_nothing(group: &str, name: &str, node: &Node) -> bool {
    let is_empty = match &node.value {
        Value::Null => return !name.starts_with("x-") && !group.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        Value::Flag(on) => {
            return !on && matches!((group, name), ("network" | "volume", "external" | "internal"));
        }
        Value::Number(_) | Value::Text(_) => false,
    };
    let sections = ["networks", "volumes", "secrets", "configs"];
    is_empty && (group == "service" && LISTS.contains(&name) || group == "file" && sections.contains(&name))
}

/// Names with values, as a map or as a list of `NAME=value`, in which compose interpolates names as well; one without a
/// value has an empty one.
pub fn labels(node: &Node) -> Option<Vec<(String, String, Span)>> {
    match &node.value {
        Value::Map(entries) => entries
            .iter()
            .map(|(name, node)| {
                let value = match &node.value {
                    Value::Null => String::new(),
                    _ => scalar_text(node)?,
                };
                // Names of a map are read as they are.
                Some((name.replace('$', "$$"), value, place(node)))
            })
            .collect(),
        Value::List(items) => items
            .iter()
            .map(|item| {
                let Value::Text(text) = &item.value else { return None };
                let (name, value) = parted(&text.raw);
                Some((name.to_owned(), value.to_owned(), item.span))
            })
            .collect(),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => None,
    }
}

/// A text before and behind its first `=`, which is in no variable.
fn parted(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '=' if depth == 0 => return (&text[..at], &text[at + 1..]),
            _ => {}
        }
    }
    (text, "")
}
