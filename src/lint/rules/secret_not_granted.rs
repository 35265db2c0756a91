//! # A secret that is read and was not granted
//!
//! The service reads a file below /run/secrets that nothing puts there: a secret is in a container only if the service
//! lists it under `secrets:`.
//!
//! ```yaml bad
//! services:
//!   db:
//!     image: postgres:18
//!     environment:
//!       POSTGRES_PASSWORD_FILE: /run/secrets/db_password
//! secrets:
//!   db_password:
//!     file: ./secrets/db_password
//! ```
//!
//! ```yaml good
//! services:
//!   db:
//!     image: postgres:18
//!     volumes: ["data:/var/lib/postgresql"]
//!     environment:
//!       POSTGRES_PASSWORD_FILE: /run/secrets/db_password
//!     secrets: [db_password]
//! secrets:
//!   db_password:
//!     file: ./secrets/db_password
//! volumes:
//!   data:
//! ```

use std::collections::BTreeSet;

use crate::lint::project::layout;
use crate::lint::{Findings, Whole};
use crate::project::compose::{Node, Service, Value};
use crate::source::Span;

pub(super) const CODE: &str = "secret-not-granted";

pub(super) const FOLDER: &str = "/run/secrets/";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = &whole.project.compose else { return };
    for service in &compose.services {
        let mut told = BTreeSet::new();
        for (path, span) in reads(service) {
            let name = &path[FOLDER.len()..];
            if is_there(service, &path) || !told.insert(path.clone()) {
                continue;
            }
            let declared = compose.secrets.iter().find(|secret| secret.name.value == name);
            let mut finding = findings
                .at(span, format!("`{}` reads {path}, which is not there", service.name.value))
                .here("no secret of that name is granted to it");
            finding = match declared {
                Some(secret) => finding
                    .label(secret.name.span, "declared here")
                    .help(format!("add `secrets: [{name}]` to the service")).in_stack(format!("name it where it is read: `secret.{name}.path`"))
                    .may_unsafe_fix(
                        "grant it",
                        layout::add(whole, service, &format!("secrets:\n  - {name}")).map(|edit| vec![edit]),
                    ),
                None => finding.help(format!(
                    "declare `{name}` under the top-level `secrets:`, and add `secrets: [{name}]` to the service"
                )).in_stack(format!("declare `secret {name}`, and name it where it is read: `secret.{name}.path`")),
            };
            findings.push(finding);
        }
    }
}

/// The files below /run/secrets that a service is told to read, each with where that is said.
pub(super) fn reads(service: &Service) -> Vec<(String, Span)> {
    let mut found = Vec::new();
    for key in ["environment", "command", "entrypoint", "healthcheck"] {
        let mut waiting: Vec<&Node> = service.get(key).into_iter().collect();
        while let Some(node) = waiting.pop() {
            match &node.value {
                // What is not read whenever it is not there: `[ -f /run/secrets/x ] && ...`.
                Value::Text(text)
                    if !["-f ", "-e ", "-r ", "-s "].iter().any(|test| text.raw.contains(test)) =>
                {
                    let value = text.value.as_deref().unwrap_or_default();
                    found.extend(paths(value).into_iter().map(|path| (path, node.span)));
                }
                Value::List(items) => waiting.extend(items),
                Value::Map(entries) => waiting.extend(entries.iter().map(|(_, node)| node)),
                Value::Text(_) | Value::Null | Value::Flag(_) | Value::Number(_) => {}
            }
        }
    }
    found.sort_by_key(|(_, span)| *span);
    found
}

fn paths(text: &str) -> Vec<String> {
    let each = text.match_indices(FOLDER).filter_map(|(at, _)| {
        // `/var/run/secrets` is the same folder in most images, and that of Kubernetes.
        let is_root =
            !text[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '}'));
        let name = &text[at + FOLDER.len()..];
        let end =
            name.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(name.len());
        let is_whole = !name[end..].starts_with(['$', '{', '*', '/', '?', '[', '%']);
        (is_root && is_whole && end > 0).then(|| format!("{FOLDER}{}", &name[..end]))
    });
    each.collect()
}

/// Whether something may put a file there: a grant, a mount of it or of a folder around it, an unknown mount.
fn is_there(service: &Service, path: &str) -> bool {
    let covers = |target: &str| {
        let target = target.trim_end_matches('/');
        path == target || path.strip_prefix(target).is_some_and(|rest| rest.starts_with('/'))
    };
    let is_granted = service.grants.iter().any(|grant| covers(&grant.target));
    let is_mounted = service.mounts.iter().any(|mount| mount.target.as_deref().is_none_or(covers));
    let is_in_memory = service.tmpfs.iter().any(|tmpfs| covers(&tmpfs.value));
    is_granted || is_mounted || is_in_memory || !service.volumes_from.is_empty()
}
