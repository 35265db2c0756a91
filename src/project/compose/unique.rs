//! Lists in which a later item takes the place of an earlier one of the same target.
//!
//! Source: compose-go, `override/uncity.go`.

use std::collections::HashMap;

use super::model::{Node, Value};
use super::mounts::short;
use super::texts::{marked, text};

/// What tells the items of a list apart.
#[derive(Clone, Copy)]
enum By {
    /// What stands before `=`.
    Name,
    /// The target of a volume.
    Volume,
    /// The target of a device.
    Device,
    /// The target of a secret or a config, below a folder.
    Grant(&'static str),
    /// All of a port.
    Port,
    /// The path of a file of variables.
    EnvFile,
}

/// Drops what later items replace in the lists of a service.
pub(super) fn enforce(root: &mut Node) {
    for (name, section) in entries(root) {
        match name.as_str() {
            "services" => entries(section).for_each(|(_, service)| enforce_service(service)),
            "networks" => entries(section).for_each(|(_, network)| {
                for (key, node) in entries(network).filter(|(key, _)| key == "labels") {
                    debug_assert_eq!(key, "labels");
                    keep_last(node, By::Name);
                }
            }),
            _ => {}
        }
    }
}

fn entries(node: &mut Node) -> impl Iterator<Item = &mut (String, Node)> {
    match &mut node.value {
        Value::Map(entries) => entries.iter_mut(),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => [].iter_mut(),
    }
}

fn enforce_service(service: &mut Node) {
    for (key, node) in entries(service) {
        match key.as_str() {
            "annotations" | "cap_add" | "cap_drop" | "dns" | "dns_opt" | "dns_search" | "environment"
            | "expose" | "labels" | "links" | "profiles" | "sysctls" | "tmpfs" => keep_last(node, By::Name),
            "volumes" => keep_last(node, By::Volume),
            "devices" => keep_last(node, By::Device),
            "configs" => keep_last(node, By::Grant("")),
            "secrets" => keep_last(node, By::Grant("/run/secrets")),
            "ports" => keep_last(node, By::Port),
            "env_file" => keep_last(node, By::EnvFile),
            "build" => {
                for (key, node) in entries(node) {
                    if matches!(key.as_str(), "args" | "additional_contexts" | "tags" | "labels") {
                        keep_last(node, By::Name);
                    }
                }
            }
            "deploy" => {
                for (_, node) in entries(node).filter(|(key, _)| key == "labels") {
                    keep_last(node, By::Name);
                }
            }
            "networks" => {
                for (_, network) in entries(node) {
                    for (key, node) in entries(network) {
                        if matches!(key.as_str(), "aliases" | "link_local_ips") {
                            keep_last(node, By::Name);
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

fn keep_last(node: &mut Node, by: By) {
    let Value::List(items) = &mut node.value else { return };
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut kept: Vec<Node> = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        let known = key(&item, by).and_then(|key| {
            let place = kept.len();
            let known = *places.entry(key).or_insert(place);
            (known < place).then_some(known)
        });
        match known {
            Some(place) => kept[place] = item,
            None => kept.push(item),
        }
    }
    *items = kept;
}

fn key(item: &Node, by: By) -> Option<String> {
    // What depends on an unknown variable is the same where the same is written.
    let whole = || text(item).map(|text| text.value.unwrap_or(text.raw));
    let get = |key: &str| item.get(key).and_then(text).map(|text| text.value.unwrap_or(text.raw));
    let is_map = matches!(item.value, Value::Map(_));
    match by {
        By::Name => whole().map(|text| text.split('=').next().unwrap_or("").to_owned()),
        By::Volume | By::Device if is_map => get("target"),
        By::Volume => {
            let parts = short(&marked(&text(item)?)).ok()?;
            Some(parts.target)
        }
        By::Device => {
            let text = whole()?;
            let mut parts = text.split(':');
            let first = parts.next().unwrap_or("").to_owned();
            Some(parts.next().map_or(first, str::to_owned))
        }
        By::Grant(folder) if is_map => {
            get("target").or_else(|| Some(format!("{folder}/{}", get("source").unwrap_or_default())))
        }
        By::Grant(folder) => Some(format!("{folder}/{}", whole()?)),
        By::Port if is_map => {
            let get_or = |key: &str, or: &str| get(key).unwrap_or_else(|| or.to_owned());
            let [address, published] = [get_or("host_ip", "0.0.0.0"), get_or("published", "")];
            Some(format!("{address}:{published}:{}/{}", get_or("target", ""), get_or("protocol", "tcp")))
        }
        By::EnvFile if is_map => get("path"),
        By::Port | By::EnvFile => whole(),
    }
}
