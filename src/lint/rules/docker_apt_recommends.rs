//! # Packages that nobody asked for
//!
//! With each package `apt-get install` installs those that it recommends. On a workstation that is what one wants; in an
//! image they are often more than the package itself, and every one of them has holes of its own to be fixed.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
//! USER 1000
//! ```

use crate::lint::dockerfile::apt::Apt;
use crate::lint::dockerfile::commands::commands;
use crate::lint::dockerfile::{shipped_steps, stages_that_say};
use crate::lint::{Findings, Whole, edits};

pub(super) const CODE: &str = "docker-apt-recommends";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    // A setting in a file of apt may stand in another step, or be copied.
    let configured = stages_that_say(whole, &["Install-Recommends", "apt.conf.d"]);
    for place in shipped_steps(whole) {
        if configured.contains(&(place.dockerfile.file, place.stage_index)) {
            continue;
        }
        let commands = commands(place.step, whole.sources);
        let installs = commands.iter().filter_map(|command| {
            let apt = Apt::of(command)?;
            (apt.action == "install" && !apt.is_frugal() && !command.is_open()).then_some((command, apt))
        });
        let installs: Vec<_> = installs.collect();
        let Some((first, _)) = installs.first() else { continue };
        let found = findings
            .at(first.span, "packages that are only recommended are installed, too")
            .note("they are often more than what was asked for, and need fixes of their own")
            .help("write `apt-get install --no-install-recommends`, and name what is missing then")
            .in_stack(
                "write `apt PACKAGE...`, which takes none, or `apt-get install --no-install-recommends`",
            );
        let edits =
            installs.iter().map(|(_, apt)| apt.before_packages(whole.sources, "--no-install-recommends "));
        findings.push(found.may_unsafe_fix("leave them out", edits::all(edits)));
    }
}
