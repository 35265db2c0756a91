//! # Package lists that are older than what is installed
//!
//! Every `RUN` is a layer of its own, and a layer that did not change is not made again. With `apt-get update` in one and
//! `apt-get install` in the next, a package that is added later is looked for in lists that may be months old: it is not
//! found, or comes in a version with known holes.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN apt-get update
//! RUN apt-get install -y --no-install-recommends git=1:2.47.3-0+deb13u1
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN apt-get update \
//!     && apt-get install -y --no-install-recommends git=1:2.47.3-0+deb13u1 \
//!     && rm -rf /var/lib/apt/lists/*
//! USER 1000
//! ```

use crate::lint::dockerfile::apt::Apt;
use crate::lint::dockerfile::commands::{Command, commands};
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::Stage;
use crate::source::Span;

pub(super) const CODE: &str = "docker-apt-update-alone";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        for stage in &dockerfile.stages {
            check(stage, whole, findings);
        }
    }
}

fn check(stage: &Stage, whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut alone: Option<Span> = None;
    for step in stage.steps.iter().filter(|step| !step.is_trigger) {
        let commands = commands(step, whole.sources);
        let update = commands.iter().find(|command| is(command, |apt| apt.action == "update"));
        let install = commands.iter().find(|command| is_install(command));
        match (update, install) {
            // Anything else in the same step may install by another name.
            (Some(update), None) if commands.iter().all(is_preparation) => alone = Some(update.span),
            (None, Some(install)) => {
                let Some(update) = alone.take() else { continue };
                let found = findings
                    .at(update, "the lists that `apt-get update` fetches are kept in a layer of their own")
                    .label(install.span, "looks for packages in these lists, however old they are")
                    .note(
                        "a layer is taken from the cache as long as its text is the same, the lists with it",
                    )
                    .help("join both into one `RUN` with `&&`");
                findings.push(found);
            }
            (Some(_), _) => alone = None,
            (None, None) => {}
        }
    }
}

fn is(command: &Command, what: impl Fn(&Apt<'_>) -> bool) -> bool {
    Apt::of(command).is_some_and(|apt| what(&apt))
}

fn is_install(command: &Command) -> bool {
    Apt::of(command).is_some_and(|apt| apt.installs())
}

/// Whether a command surely installs nothing.
fn is_preparation(command: &Command) -> bool {
    matches!(
        command.program.as_str(),
        "set" | "echo" | "export" | "sed" | "rm" | "true" | "dpkg" | "mkdir" | "ln" | "cat"
    ) || is(command, |apt| !apt.installs())
}
