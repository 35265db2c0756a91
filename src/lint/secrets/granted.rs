//! The files of secrets and keys that containers get, and who on the host can read them.

use crate::lint::Whole;
use crate::project::compose::MountSource;
use crate::project::host::{Host, Kind, join};
use crate::source::Span;

use super::keys;

/// A file of the host that is a secret, and where it is said.
#[derive(Clone, Debug)]
pub(crate) struct SecretFile {
    /// Its name at the top level, or its path.
    pub(crate) name: String,
    /// Its path by the host's naming.
    pub(crate) path: String,
    /// Where the file is named.
    pub(crate) span: Span,
    /// Whether it is declared under `secrets:`, rather than mounted.
    pub(crate) is_declared: bool,
}

/// The declared secrets that are files, and keys that are mounted as such.
pub(crate) fn files(whole: &Whole<'_>) -> Vec<SecretFile> {
    let mut found = Vec::new();
    let Some(compose) = &whole.project.compose else { return found };
    for secret in &compose.secrets {
        let Some(node) = secret.node.get("file") else { continue };
        let Some(path) = node.text() else { continue };
        found.push(SecretFile {
            name: secret.name.value.clone(),
            path: join(&compose.folder, &path),
            span: node.span,
            is_declared: true,
        });
    }
    for mount in compose.services.iter().flat_map(|service| &service.mounts) {
        let MountSource::Host { host: Some(host), .. } = &mount.source else { continue };
        let is_key = keys::by_name(host).is_some_and(|what| what.starts_with("a private key"));
        if is_key
            && whole.host.kind(host) == Kind::File
            && !found.iter().any(|one: &SecretFile| one.path == *host)
        {
            found.push(SecretFile {
                name: host.clone(),
                path: host.clone(),
                span: mount.span,
                is_declared: false,
            });
        }
    }
    found
}

/// Whether everybody on the host can read a file: it and all folders above it let them. `None` if that is not known of the
/// file.
pub(crate) fn is_open(path: &str, host: &dyn Host) -> Option<bool> {
    if host.mode(path)? & 0o004 == 0 {
        return Some(false);
    }
    let mut above = path;
    while let Some((folder, _)) = above.rsplit_once('/') {
        above = folder;
        if host.mode(if folder.is_empty() { "/" } else { folder }).is_some_and(|mode| mode & 0o001 == 0) {
            return Some(false);
        }
    }
    let is_here = path.starts_with('/') || host.mode(".").is_none_or(|mode| mode & 0o001 != 0);
    Some(is_here)
}
