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
use crate::lint::edits::Edit;
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::Stage;
use crate::source::{SourceMap, Span};
use crate::syntax::dockerfile::tree::{Args, Command as Form, Instruction};

pub(super) const CODE: &str = "docker-apt-update-alone";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        for stage in &dockerfile.stages {
            check(stage, whole, findings);
        }
    }
}

fn check(stage: &Stage, whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut alone: Option<(Span, &Instruction)> = None;
    for step in stage.steps.iter().filter(|step| !step.is_trigger) {
        let commands = commands(step, whole.sources);
        let update = commands.iter().find(|command| is(command, |apt| apt.action == "update"));
        let install = commands.iter().find(|command| is_install(command));
        match (update, install) {
            // Anything else in the same step may install by another name.
            (Some(update), None) if commands.iter().all(is_preparation) => {
                alone = Some((update.span, &step.instruction));
            }
            (None, Some(install)) => {
                let Some((update, first)) = alone.take() else { continue };
                let found = findings
                    .at(update, "the lists that `apt-get update` fetches are kept in a layer of their own")
                    .label(install.span, "looks for packages in these lists, however old they are")
                    .note(
                        "a layer is taken from the cache as long as its text is the same, the lists with it",
                    )
                    .help("join both into one `RUN` with `&&`")
                    .in_stack("write `apt PACKAGE...`, or join both into one `run` with `&&`");
                let edit = joined(whole.sources, first, &step.instruction);
                findings.push(found.may_unsafe_fix("join both", edit.map(|edit| vec![edit])));
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

/// `&&` in the place of what stands between two steps, if these follow each other and are plain commands.
fn joined(sources: &SourceMap, first: &Instruction, second: &Instruction) -> Option<Edit> {
    let gap = Span { start: first.span.end, end: second.span.start.max(first.span.end), ..first.span };
    let text = sources.text(first.span);
    let is_plain = |instruction: &Instruction| {
        let is_shell = matches!(instruction.args, Args::Command(Form::Shell(_)));
        is_shell && instruction.flags.is_empty() && instruction.heredocs.is_empty()
    };
    let can_go_on = !text.contains('#') && !text.ends_with([';', '&', '|', '\\']);
    let args = second.args_span;
    (is_plain(first) && is_plain(second) && can_go_on && sources.text(gap).trim().is_empty())
        .then(|| (Span { end: args.start, ..gap }, " && ".to_owned()))
}
