//! # Host keys that are believed at build time
//!
//! `ssh-keyscan` writes down whatever key answers, from whoever answers. A `known_hosts` that is made so during a build
//! trusts everybody who can stand between the builder and the server at that moment, for as long as the layer is kept.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN mkdir -p /root/.ssh && ssh-keyscan github.com >> /root/.ssh/known_hosts
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! COPY known_hosts /etc/ssh/ssh_known_hosts
//! USER 1000
//! ```

use crate::lint::dockerfile::commands::commands;
use crate::lint::dockerfile::steps;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "docker-ssh-keyscan";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in steps(whole) {
        let commands = commands(place.step, whole.sources);
        let Some(scan) = commands.iter().find(|command| command.program == "ssh-keyscan") else { continue };
        // A fingerprint that is compared with what was scanned makes it safe.
        if commands
            .iter()
            .any(|command| matches!(command.program.as_str(), "sha256sum" | "ssh-keygen" | "grep"))
        {
            continue;
        }
        let found = findings
            .at(scan.span, "the build trusts whatever host key answers")
            .note("who stands between the builder and the server can put a key of their own here")
            .help(
                "copy a `known_hosts` that was compared with the keys that the server's operator publishes",
            );
        findings.push(found);
    }
}
