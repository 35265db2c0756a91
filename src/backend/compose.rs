//! Prints docker-compose.yml, through serde: the text of every value is written by the serialiser, never pasted.

mod exporting;
mod interpolate;
mod keys;
mod mounts;
mod paths;
mod ports;
mod service;
mod yaml;

use super::template::plain::Plain;
use super::{Artifact, Kind, Layout};
use crate::model::compose::extra::Extra;
use crate::model::compose::{Compose, Network, Secret, SecretSource, Service, Volume};
use crate::source::Origin;
use keys::Keys;
use paths::Folder;
use service::service;
pub(crate) use yaml::{Item, Node};

/// The file: sections and services stand apart.
pub fn emit(compose: &Compose, layout: &Layout) -> Artifact {
    let mut plain = Plain::headed(&layout.stack_file);
    plain.push("", Vec::new());
    for (line, origins) in yaml::render(&meant(compose, layout)) {
        plain.push(&line, origins);
    }
    plain.into_artifact(Kind::Compose, compose.path().to_owned())
}

/// What the file says.
pub(crate) fn meant(compose: &Compose, layout: &Layout) -> Node {
    let folder = &Folder::of(layout, compose);
    let mut sections = Vec::new();
    if let Some(name) = &compose.name {
        sections.push(("name".to_owned(), Item::new(Node::Text(name.value.to_string()), name.origin)));
    }
    let services =
        compose.services.iter().map(|of| (of.name.value.to_string(), service(of, folder).spaced()));
    let networks = compose.networks.iter().map(|of| (of.name.value.to_string(), network(of, folder)));
    let volumes = compose.volumes.iter().map(|of| (of.name.value.to_string(), volume(of, folder)));
    let secrets = compose.secrets.iter().map(|of| (of.name.value.to_string(), secret(of, folder)));
    sections.push(("services".to_owned(), unspaced_first(services.collect()).spaced()));
    for (key, entries) in [
        ("networks", networks.collect::<Vec<_>>()),
        ("volumes", volumes.collect()),
        ("secrets", secrets.collect()),
    ] {
        if !entries.is_empty() {
            sections.push((key.to_owned(), Item::of_children(Node::Map(entries)).spaced()));
        }
    }
    let mut keys = Keys(sections);
    let before = keys.0.len();
    keys.0.extend(compose.fields.iter().map(|of| (of.name.value.to_string(), field(of, folder))));
    keys.extend(&compose.extra, folder);
    for (_, item) in &mut keys.0[before..] {
        item.spaced = true;
    }
    // The name of the project stands first, whoever says it.
    if let Some(at) = keys.0.iter().position(|(key, _)| key == "name") {
        let (key, item) = keys.0.remove(at);
        keys.0.insert(0, (key, Item { spaced: false, ..item }));
    }
    Node::Map(keys.0)
}

/// A group as a field of the file: what a service says, or the variables alone if that is all.
fn field(group: &Service, folder: &Folder<'_>) -> Item {
    let mut item = service(group, folder);
    if let Node::Map(keys) = &mut item.node
        && let [(key, _)] = keys.as_slice()
        && key == "environment"
        && let Some((_, variables)) = keys.pop()
    {
        return variables;
    }
    item
}

/// A map whose first entry stands right below its key.
fn unspaced_first(mut entries: Vec<(String, Item)>) -> Item {
    if let Some((_, first)) = entries.first_mut() {
        first.spaced = false;
    }
    Item::of_children(Node::Map(entries))
}

fn truth(key: &str, origin: Origin) -> (String, Item) {
    (key.to_owned(), Item::new(Node::Bool(true), origin))
}

fn settings(entries: Vec<(String, Item)>, extra: &[Extra], origin: Origin, folder: &Folder<'_>) -> Item {
    let mut keys = Keys(entries);
    keys.extend(extra, folder);
    Item::new(if keys.0.is_empty() { Node::Empty } else { Node::Map(keys.0) }, origin)
}

fn network(network: &Network, folder: &Folder<'_>) -> Item {
    let internal = network.internal.map(|origin| truth("internal", origin));
    let external = network.external.map(|origin| truth("external", origin));
    settings(internal.into_iter().chain(external).collect(), &network.extra, network.name.origin, folder)
}

fn volume(volume: &Volume, folder: &Folder<'_>) -> Item {
    let external = volume.external.map(|origin| truth("external", origin));
    settings(external.into_iter().collect(), &volume.extra, volume.name.origin, folder)
}

fn secret(secret: &Secret, folder: &Folder<'_>) -> Item {
    let source = match &secret.source.value {
        SecretSource::File(path) => Some(("file", folder.rebased(path))),
        SecretSource::Environment(name) => Some(("environment", name.to_string())),
        // Its word says so.
        SecretSource::External => None,
        SecretSource::SshAgent(_) | SecretSource::SshKey(_) => {
            unreachable!("lowering gives keys for ssh to builds alone")
        }
    };
    let source = source.map(|(key, text)| {
        (key.to_owned(), Item::new(Node::Text(interpolate::literal(&text)), secret.source.origin))
    });
    settings(source.into_iter().collect(), &secret.extra, secret.name.origin, folder)
}

#[cfg(test)]
mod tests;
