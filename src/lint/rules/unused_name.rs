//! # A name that nothing refers to
//!
//! A volume that nobody mounts, a network that nobody joins, an input that nobody reads: often the statement that was
//! to use it has another name in it.
//!
//! ```stack bad
//! volume data
//! service db {
//!   image postgres:18
//! }
//! ```
//!
//! ```stack good
//! volume data
//! service db {
//!   image postgres:18
//!   mount data at /var/lib/postgresql
//! }
//! ```

use crate::lint::{Findings, Subject};

pub(super) const CODE: &str = "unused-name";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for unused in subject.deployment.stack.unused.iter().filter(|unused| unused.kind != "secret") {
        let message = match unused.kind {
            "volume" => format!("nobody mounts the volume `{}`", unused.name),
            "network" => format!("nobody joins the network `{}`", unused.name),
            _ => format!("nothing refers to the {} `{}`", unused.kind, unused.name),
        };
        findings.push(
            findings.at(unused.at, message).here("declared here, used nowhere").help("use it, or remove it"),
        );
    }
}
