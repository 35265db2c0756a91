//! Keys and environments that a proxy can read: in its bind mounts, and in those that it gets by `volumes_from`.

use super::{baked, databases, keys};
use crate::lint::Whole;
use crate::project::compose::{Compose, Mount, MountSource, Node, Service};
use crate::project::host::join;
use crate::project::images::Role;
use crate::source::Span;

/// What a proxy can read.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The proxy.
    pub(crate) service: String,
    /// The mount, or the entry of `volumes_from`.
    pub(crate) span: Span,
    /// The service that it gets the mount from.
    pub(crate) from: Option<String>,
    /// That service's mount.
    pub(crate) mount: Option<Span>,
    /// The folder of the host.
    pub(crate) folder: String,
    /// What is in it; never empty.
    pub(crate) keys: Vec<Key>,
}

/// A key or an environment on the host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// Its path.
    pub(crate) path: String,
    /// What it is.
    pub(crate) what: &'static str,
    /// Where it is named, if that is how it is known.
    pub(crate) span: Option<Span>,
}

/// Every mount that shows a proxy a key.
pub(crate) fn to_proxies(whole: &Whole<'_>) -> Vec<Shown> {
    let mut found = Vec::new();
    let Some(compose) = &whole.project.compose else { return found };
    let named = named(whole, compose);
    for (index, service) in compose.services.iter().enumerate() {
        if !is_proxy(whole, index, service) {
            continue;
        }
        let name = &service.name.value;
        for mount in &service.mounts {
            let Some((folder, keys)) = in_mount(whole, mount, &named) else { continue };
            found.push(Shown {
                service: name.clone(),
                span: mount.span,
                from: None,
                mount: None,
                folder,
                keys,
            });
        }
        for from in service.volumes_from.iter().filter(|from| !from.is_container) {
            let Some(other) = compose.service(&from.name.value) else { continue };
            let mounts =
                other.mounts.iter().filter_map(|mount| Some((mount, in_mount(whole, mount, &named)?)));
            // One entry is one finding, however many of the mounts have keys.
            found.extend(mounts.into_iter().next().map(|(mount, (folder, keys))| Shown {
                service: name.clone(),
                span: from.name.span,
                from: Some(from.name.value.clone()),
                mount: Some(mount.span),
                folder,
                keys,
            }));
        }
    }
    found
}

/// Images of proxies.
const PROXIES: &[&str] = &[
    "nginx",
    "nginxinc/nginx-unprivileged",
    "openresty/openresty",
    "caddy",
    "traefik",
    "haproxy",
    "httpd",
    "envoyproxy/envoy",
    "jwilder/nginx-proxy",
    "nginxproxy/nginx-proxy",
    "valian/docker-nginx-auto-ssl",
    "jonasal/nginx-certbot",
];

fn is_proxy(whole: &Whole<'_>, index: usize, service: &Service) -> bool {
    let container = whole.project.containers.iter().find(|container| container.service == Some(index));
    let is_known = container.is_some_and(|container| {
        container.nginx.is_some() || container.known.is_some_and(|known| known.role == Role::Proxy)
    });
    let image = databases::image(whole.project, index, service);
    is_known || image.is_some_and(|image| PROXIES.contains(&databases::repository(&image)))
}

/// The folder of a bind mount, and the keys in it.
fn in_mount(whole: &Whole<'_>, mount: &Mount, named: &[Key]) -> Option<(String, Vec<Key>)> {
    let MountSource::Host { host: Some(folder), .. } = &mount.source else { return None };
    // A folder of keys alone is none of certificates.
    let is_of_keys = matches!(folder.rsplit('/').next(), Some("keys"))
        && whole.host.names(folder).is_some_and(|names| !names.iter().any(|name| is_certificate(name)));
    let is_taken = |path: &str| {
        (is_of_keys || is_of_others(path)) && baked::holds_secrets(&join(folder, path), whole.host)
    };
    let in_folder = keys::below(folder, whole.host, 20, &is_taken).unwrap_or_default();
    let mut found: Vec<Key> = in_folder
        .into_iter()
        .map(|(path, what)| Key { path: join(folder, &path), what, span: None })
        .collect();
    found.extend(named.iter().filter(|key| is_below(&key.path, folder)).cloned());
    found.sort();
    found.dedup_by(|one, other| one.path == other.path);
    (!found.is_empty()).then(|| (folder.clone(), found))
}

fn is_certificate(name: &str) -> bool {
    matches!(extension(name), "crt" | "cer" | "pem")
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Whether a path is below a folder; a mounted file is none.
fn is_below(path: &str, folder: &str) -> bool {
    match folder {
        "." => !path.starts_with('/') && !path.starts_with("../"),
        folder => path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
    }
}

/// Whether a key is no certificate's, which a proxy needs.
fn is_of_others(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_in_ssh = path.split('/').any(|part| matches!(part, "ssh" | ".ssh"));
    is_in_ssh || name.starts_with("id_") || !matches!(extension(name), "pem" | "key" | "pfx" | "p12")
}

/// The keys that files of the project name: secrets and env files of compose, and what Dockerfiles copy.
fn named(whole: &Whole<'_>, compose: &Compose) -> Vec<Key> {
    let mut found = Vec::new();
    for secret in &compose.secrets {
        let path = secret.node.get("file").and_then(Node::text);
        found.extend(path.map(|path| Key {
            path: join(&compose.folder, &path),
            what: "the file of a secret",
            span: Some(secret.name.span),
        }));
    }
    for file in compose.services.iter().flat_map(|service| &service.env_files) {
        let Some(path) = file.host.as_ref().filter(|path| keys::by_name(path).is_some()) else { continue };
        if baked::holds_secrets(path, whole.host) {
            let span = Some(file.path.span);
            found.push(Key { path: path.clone(), what: "an environment with its secrets", span });
        }
    }
    for baked in baked::of_project(whole) {
        let Some(context) = &whole.project.dockerfiles[baked.dockerfile].context else { continue };
        let path = baked.files.first().unwrap_or(&baked.source);
        if is_of_others(path) {
            found.push(Key { path: join(context, path), what: baked.what, span: Some(baked.span) });
        }
    }
    found
}
