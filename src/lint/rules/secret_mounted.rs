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
//!
//! In hand-written files it is reported for proxies, which the whole world talks to: bind mounts of their own, and those that
//! `volumes_from` hands on, of folders with private keys for SSH, environments with secrets, or the files of declared
//! secrets. The key of a certificate is the proxy's own business.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes_from: [app]
//!   app:
//!     build: .
//!     volumes:
//!       - .:/root
//! ```
//!
//! ```dockerfile bad
//! FROM debian:13
//! ADD ssh/ /root/.ssh/
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./public:/srv/public:ro
//! ```

use crate::lint::secrets::shown;
use crate::lint::{Findings, Subject, Whole};
use crate::model::compose::{MountSource, SecretSource};

pub(super) const CODE: &str = "secret-mounted";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for service in &subject.deployment.compose.services {
        for mount in &service.mounts {
            let MountSource::Host(source) = &mount.source else { continue };
            let (Some(path), Some(span)) = (source.known(), subject.span(source.origin())) else { continue };
            let shown = subject.deployment.stack.secrets.iter().filter_map(|secret| match &secret.source {
                SecretSource::File(file) if file.below(path).is_some() => Some((secret, file)),
                SecretSource::File(_) | SecretSource::Environment(_) | SecretSource::External => None,
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

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for shown in shown::to_proxies(whole) {
        let first = &shown.keys[0];
        let more = match shown.keys.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let mut finding = findings
            .at(shown.span, format!("`{}` can read {}{more}", shown.service, first.path))
            .here(match &shown.from {
                Some(from) => format!("all that `{from}` has mounted, {} among it", shown.folder),
                None => format!("{} holds {}", shown.folder, first.what),
            })
            .note("whoever breaks into a public proxy, or finds a mistake in its configuration, reads what it can read")
            .help("mount the folder that it serves and no more, and read-only; static files are best copied into its image");
        if let Some(mount) = shown.mount {
            finding = finding.label(mount, "the mount that it gets by that");
        }
        if let Some(span) = first.span {
            finding = finding.label(span, "named here");
        }
        findings.push(finding);
    }
}
