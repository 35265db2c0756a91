//! Mounts, in the short form or in the long one.

use super::interpolate;
use super::keys::Keys;
use super::paths::Folder;
use super::yaml::{Item, Node};
use crate::model::compose::{Mount, MountSource};
use crate::model::values::{Part, Text, VarOp};

/// A mount in compose's short form, or key by key where that says more.
pub(super) fn mount_item(mount: &Mount, folder: &Folder<'_>) -> Item {
    let (kind, source) = match &mount.source {
        MountSource::Volume(name) => ("volume", Some(name.to_string())),
        MountSource::Host(path) => ("bind", Some(folder.rebased_text(&path.text))),
        MountSource::Image(image) => ("image", Some(interpolate::text(&image.text))),
        MountSource::Anonymous => ("volume", None),
        MountSource::Memory => ("tmpfs", None),
    };
    let target = interpolate::text(&mount.target.text);
    if let Some(more) = short_options(mount).filter(|_| is_short(mount)) {
        let source = source.map(|source| format!("{source}:")).unwrap_or_default();
        let options: Vec<&str> = mount.read_only.then_some("ro").into_iter().chain(more).collect();
        let option = if options.is_empty() { String::new() } else { format!(":{}", options.join(",")) };
        return Item::new(Node::Text(format!("{source}{target}{option}")), mount.origin);
    }
    let mut keys = Keys::default();
    let string = |text: String| Some(Item::new(Node::Text(text), mount.origin));
    keys.put("type", string(kind.to_owned()));
    keys.put("source", source.and_then(string));
    keys.put("target", string(target));
    keys.put("read_only", mount.read_only.then(|| Item::new(Node::Bool(true), mount.origin)));
    if matches!(mount.source, MountSource::Host(_)) && !mount.existing {
        // The short form creates a missing folder; this form is there for the same mount.
        let create = ("create_host_path".to_owned(), Item::new(Node::Bool(true), mount.origin));
        keys.map("bind", vec![create]);
    }
    keys.extend(&mount.extra, folder);
    Item::new(Node::Map(keys.0), mount.origin)
}

/// Whether `source:target` is read as it is meant: no other colon, no literal `${`, which hides the colon after it,
/// and no volume whose name looks like a drive (compose-go, `format/volume.go`).
fn is_short(mount: &Mount) -> bool {
    let misleads = |text: &Text| {
        text.parts.iter().any(|part| match part {
            Part::Lit(text) => text.contains(':') || text.contains("${"),
            Part::Var(var) => match &var.op {
                VarOp::None => false,
                VarOp::Default(text) | VarOp::Required(text) | VarOp::Other(text) => text.contains(':'),
            },
        })
    };
    let is_long = match &mount.source {
        MountSource::Volume(name) => name.as_str().len() == 1,
        MountSource::Host(path) => misleads(&path.text),
        MountSource::Anonymous => mount.read_only,
        MountSource::Image(_) | MountSource::Memory => true,
    };
    !is_long && !mount.long && !mount.existing && !misleads(&mount.target.text)
}

/// The options of a mount in the short form, besides that it is read-only; `None` if it cannot say them.
/// Source: compose-go, `format/volume.go`.
fn short_options(mount: &Mount) -> Option<Vec<&str>> {
    let [only] = mount.extra.as_slice() else { return mount.extra.is_empty().then(Vec::new) };
    let [option] = only.value.entries() else { return None };
    let is_host = matches!(mount.source, MountSource::Host(_));
    let word = option.value.as_str().filter(|word| match (only.key.as_str(), option.key.as_str()) {
        ("bind", "selinux") => matches!(*word, "z" | "Z"),
        ("bind", "propagation") => is_host,
        _ => false,
    });
    word.map(|word| vec![word])
}
