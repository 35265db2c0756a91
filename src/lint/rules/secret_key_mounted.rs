//! # A proxy that can read keys
//!
//! A proxy is what the whole world talks to: whoever breaks into it, or finds a mistake in its configuration, reads what it
//! can read.
//!
//! Reported are its bind mounts, and those that `volumes_from` hands on, of folders with private keys for SSH, environments with secrets, or the files of declared
//! secrets. The key of a certificate is the proxy's own
//! business, if the certificate lies beside it.
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
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "secret-key-mounted";

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
            .note("whoever breaks into the proxy, or finds a mistake in its configuration, can read them, too")
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
