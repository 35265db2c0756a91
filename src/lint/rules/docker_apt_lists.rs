//! # Package lists left in the image
//!
//! `apt-get update` leaves tens of megabytes of lists in `/var/lib/apt/lists`. Unless they are removed in the same `RUN`,
//! they are a part of the image for good: a later `RUN` that removes them hides them and saves nothing.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN apt-get update && apt-get install -y --no-install-recommends git
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN apt-get update \
//!     && apt-get install -y --no-install-recommends git \
//!     && rm -rf /var/lib/apt/lists/*
//! USER 1000
//! ```

use crate::lint::dockerfile::apt::Apt;
use crate::lint::dockerfile::commands::{Command, commands};
use crate::lint::dockerfile::shipped_steps;
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::mounts;

pub(super) const CODE: &str = "docker-apt-lists";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in shipped_steps(whole) {
        let commands = commands(place.step, whole.sources);
        let is_update = |command: &&Command| Apt::of(command).is_some_and(|apt| apt.action == "update");
        let Some(update) = commands.iter().rfind(is_update) else { continue };
        let is_mounted = mounts(&place.step.instruction)
            .any(|mount| mount.target.is_some_and(|target| target.starts_with("/var/lib/apt")));
        if is_mounted || commands.iter().any(removes_lists) {
            continue;
        }
        let found = findings
            .at(update.span, "the package lists stay in the image")
            .note("they are tens of megabytes that nothing uses; a later layer cannot take them away")
            .help("end the same `RUN` with `&& rm -rf /var/lib/apt/lists/*`");
        findings.push(found);
    }
}

fn removes_lists(command: &Command) -> bool {
    let removed = |text: &str| text.starts_with("/var/lib/apt") || matches!(text, "/var/lib/" | "/var/lib/*");
    matches!(command.program.as_str(), "rm" | "find") && command.args.iter().any(|word| removed(&word.text))
}
