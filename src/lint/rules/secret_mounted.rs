//! # A mount that shows a container the secrets of others
//!
//! The folder that is mounted holds the file of a declared secret. The container, and whoever breaks into it, can read
//! it there whether or not it was granted; a public proxy most of all.
//!
//! ```stack bad
//! secret deploy_key { file ./keys/deploy }
//! service app {
//!   image example.org/app:1
//!   env { KEY_FILE secret.deploy_key.path }
//! }
//! proxy web {
//!   image nginx:1.30
//!   publish 80:80
//!   mount ./ at /srv/project
//!   site example.org { respond / 204 }
//! }
//! ```
//!
//! ```stack good
//! secret deploy_key { file ./keys/deploy }
//! service app {
//!   image example.org/app:1
//!   env { KEY_FILE secret.deploy_key.path }
//! }
//! proxy web {
//!   image nginx:1.30
//!   publish 80:80
//!   mount ./public at /srv/project
//!   site example.org { respond / 204 }
//! }
//! ```

use crate::lint::{Findings, Subject};
use crate::model::compose::MountSource;

pub(super) const CODE: &str = "secret-mounted";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for service in &subject.deployment.compose.services {
        for mount in &service.mounts {
            let MountSource::Host(source) = &mount.source else { continue };
            let (Some(path), Some(span)) = (source.known(), subject.span(source.origin())) else { continue };
            let shown = subject.deployment.stack.secrets.iter().filter_map(|secret| {
                let file = secret.source.file().filter(|file| file.below(path).is_some())?;
                Some((secret, file))
            });
            let shown: Vec<_> = shown.collect();
            let Some((_, first)) = shown.first() else { continue };
            let names: Vec<String> =
                shown.iter().map(|(secret, _)| format!("`{}`", secret.name.value)).collect();
            let secrets = if names.len() == 1 { "the secret" } else { "the secrets" };
            let message =
                format!("`{}` can read {secrets} {} in this mount", service.name.value, names.join(", "));
            let holds = match shown.len() {
                1 => format!("holds {first}"),
                count => format!("holds {first} and {} more", count - 1),
            };
            let mut finding = findings
                .at(span, message)
                .here(holds)
                .help("mount the folder that is needed and no more, or keep the secrets outside of it");
            for at in shown.iter().filter_map(|(secret, _)| subject.span(secret.name.origin)) {
                finding = finding.label(at, "the secret");
            }
            findings.push(finding);
        }
    }
}
