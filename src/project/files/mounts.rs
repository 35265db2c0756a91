//! What a service lays over the files of its image.
//!
//! Source: moby, `daemon/volumes.go` (`registerMountPoints`): what `volumes_from` brings, then the mounts of the container
//! itself, then the volumes of the image where nothing is mounted; `daemon/volumes_unix.go` sorts them by depth.

use std::cell::Cell;
use std::sync::Arc;

use super::{Brings, FileSystem, ImageFiles, Layer};
use crate::project::compose::{Compose, Grant, Mount, MountSource};
use crate::project::host::join;
use crate::source::Span;

/// What the engine itself lays over every container. Source: moby, `daemon/container_operations_unix.go`.
const OF_ENGINE: &[&str] = &["/dev", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/proc", "/sys"];

/// So many services are followed through `volumes_from`, one after the other.
const MOST_FROM: usize = 20;

/// So many are asked for all that one service mounts: each may take from several, and so on.
const MOST_ASKED: usize = 200;

/// The image of every service of a project, by its place: its files, and its volumes with where each is said.
pub(in crate::project) type Images = Vec<(Arc<ImageFiles>, Vec<(String, Option<Span>)>)>;

/// The file system of a service.
pub(in crate::project) fn mounted(compose: &Compose, service: usize, images: &Images) -> FileSystem {
    let mut mounts: Vec<Layer> = Vec::new();
    for path in OF_ENGINE {
        mounts.push(Layer { at: (*path).to_owned(), brings: Brings::Unknown, span: None });
    }
    let is_open = own(compose, service, images, (0, &Cell::new(MOST_ASKED)), &mut mounts);
    mounts.sort_by_key(|mount| mount.at.split('/').count());
    FileSystem { image: Arc::clone(&images[service].0), mounts, is_open, starts_in: None }
}

/// Adds what a service mounts; whether something is mounted of which nobody knows where.
fn own(
    compose: &Compose,
    index: usize,
    images: &Images,
    (depth, left): (usize, &Cell<usize>),
    mounts: &mut Vec<Layer>,
) -> bool {
    let Some(service) = compose.services.get(index).filter(|_| left.get() > 0) else { return true };
    left.set(left.get() - 1);
    let (image, volumes) = &images[index];
    let mut is_open = false;
    for from in service.volumes_from.iter().filter(|_| depth < MOST_FROM) {
        match compose.place(&from.name.value).filter(|_| !from.is_container) {
            Some(other) => {
                let mut theirs = Vec::new();
                is_open |= own(compose, other, images, (depth + 1, left), &mut theirs);
                // Volumes and bind mounts are passed on, and what compose binds for configs and secrets with them.
                theirs.retain(|layer| {
                    matches!(layer.brings, Brings::Volume { .. } | Brings::Host { .. } | Brings::Unknown)
                });
                for mut layer in theirs {
                    layer.span = Some(from.name.span);
                    put(layer, mounts);
                }
            }
            None => is_open = true,
        }
    }
    for mount in &service.mounts {
        let Some(target) = &mount.target else {
            is_open = true;
            continue;
        };
        let brings = source(mount, compose, index, image);
        put(Layer { at: join("/", target), brings, span: Some(mount.span) }, mounts);
    }
    for path in &service.tmpfs {
        put(Layer { at: join("/", &path.value), brings: Brings::Tmpfs, span: Some(path.span) }, mounts);
    }
    for (path, span) in volumes {
        let at = join("/", path);
        if mounts.iter().all(|mount| mount.at != at) {
            let brings = Brings::Volume { name: None, is_shared: false, filled: Arc::clone(image) };
            mounts.push(Layer { at, brings, span: *span });
        }
    }
    for grant in &service.grants {
        let brings = granted(grant, compose);
        put(Layer { at: join("/", &grant.target), brings, span: Some(grant.name.span) }, mounts);
    }
    is_open
}

/// Of two mounts of one path the later one stays.
fn put(layer: Layer, mounts: &mut Vec<Layer>) {
    mounts.retain(|mount| mount.at != layer.at);
    mounts.push(layer);
}

fn source(mount: &Mount, compose: &Compose, service: usize, image: &Arc<ImageFiles>) -> Brings {
    match &mount.source {
        MountSource::Host { host: Some(path), .. } => {
            Brings::Host { path: path.clone(), is_copy: false, is_grant: false, left_out: None }
        }
        MountSource::Volume(name) => {
            let declared = compose.volumes.iter().find(|volume| volume.name.value == *name);
            let has_driver = declared.is_some_and(|volume| {
                volume.is_external
                    || volume.node.get("driver_opts").is_some()
                    || volume.node.get("driver").is_some()
            });
            let others = compose.services.iter().enumerate().filter(|(index, _)| *index != service);
            let is_source = |mount: &Mount| mount.source == MountSource::Volume(name.clone());
            let is_shared = others.into_iter().any(|(_, other)| other.mounts.iter().any(is_source));
            let twice = compose.services[service].mounts.iter().filter(|mount| is_source(mount)).count() > 1;
            let is_other = has_driver || is_shared || twice || mount.subpath.is_some() || mount.is_nocopy;
            Brings::Volume { name: Some(name.clone()), is_shared: is_other, filled: Arc::clone(image) }
        }
        MountSource::Anonymous => {
            Brings::Volume { name: None, is_shared: mount.is_nocopy, filled: Arc::clone(image) }
        }
        MountSource::Tmpfs => Brings::Tmpfs,
        MountSource::Host { host: None, .. } | MountSource::Image(_) | MountSource::Unknown => {
            Brings::Unknown
        }
    }
}

fn granted(grant: &Grant, compose: &Compose) -> Brings {
    let all = if grant.is_secret { &compose.secrets } else { &compose.configs };
    let declared = all.iter().find(|declared| declared.name.value == grant.name.value);
    let file = declared.and_then(|declared| declared.node.get("file")?.text());
    match file {
        Some(file) => {
            let path = join(&compose.folder, &file);
            Brings::Host { path, is_copy: false, is_grant: true, left_out: None }
        }
        None => Brings::Text,
    }
}
