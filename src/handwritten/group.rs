//! Which compose files make one deployment.

use std::collections::{BTreeMap, BTreeSet};

use super::Around;
use crate::diagnostic::Sink;
use crate::project::compose::default_files;
use crate::source::SourceMap;
use crate::syntax::yaml;
use crate::syntax::yaml::tree::{NodeId, NodeKind, Tree};

/// The deployments among some compose files, each the files that are merged, in their order: what compose takes by
/// itself in a folder, every further file of the folder that stands alone, and every one that only adds to services of
/// those that it takes.
pub(super) fn deployments(files: &[String], around: &dyn Around) -> Vec<Vec<String>> {
    let mut folders: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for file in files {
        folders.entry(file.rsplit_once('/').map_or(".", |(folder, _)| folder)).or_default().push(file);
    }
    let mut deployments = Vec::new();
    for (folder, files) in folders {
        let base = default_files(folder, around);
        if files.iter().any(|file| base.contains(file)) {
            deployments.push(base.clone());
        }
        for file in files.into_iter().filter(|file| !base.contains(file)) {
            deployments.push(if adds_to(file, &base, around) {
                base.iter().chain([file]).cloned().collect()
            } else {
                vec![file.clone()]
            });
        }
    }
    deployments
}

/// Whether a file says of a service neither image nor build, and the base has that service.
fn adds_to(file: &str, base: &[String], around: &dyn Around) -> bool {
    let incomplete: BTreeSet<String> =
        services(file, around).filter(|(_, whole)| !whole).map(|(name, _)| name).collect();
    !incomplete.is_empty()
        && base.iter().any(|base| services(base, around).any(|(name, _)| incomplete.contains(&name)))
}

/// The services of a file, each with whether it says what it runs.
fn services(file: &str, around: &dyn Around) -> impl Iterator<Item = (String, bool)> {
    let mut found = Vec::new();
    if let Ok(text) = around.read(file) {
        let number = SourceMap::default().add(file, text.clone());
        let tree = yaml::read(number, &text, &mut Sink::default());
        let root = tree.documents.first().map(|document| document.root);
        let services = root.and_then(|root| tree.get(root, "services")).and_then(|id| tree.resolve(id));
        for entry in services.map_or(&[][..], |services| tree.entries(services)) {
            let Some(name) = tree.scalar(entry.key) else { continue };
            found.push((name.text.to_string(), is_whole(&tree, entry.value)));
        }
    }
    found.into_iter()
}

fn is_whole(tree: &Tree, service: NodeId) -> bool {
    let entries = tree.entries(service);
    let says = |name: &str| tree.get(service, name).is_some();
    matches!(tree.node(service).kind, NodeKind::Alias(_))
        || entries.iter().any(|entry| entry.merge)
        || says("image")
        || says("build")
        || says("extends")
}
