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
use crate::lint::edits::Edit;
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::mounts;
use crate::source::SourceMap;
use crate::syntax::dockerfile::tree::{Args, Command as Form, Instruction};

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
            .help("end the same `RUN` with `&& rm -rf /var/lib/apt/lists/*`").in_stack("write `apt PACKAGE...`, which leaves none behind, or end the same `run` with `&& rm -rf /var/lib/apt/lists/*`");
        let edits = removal(&place.step.instruction, whole.sources).map(|edit| vec![edit]);
        findings.push(found.may_unsafe_fix("remove the lists in the same step", edits));
    }
}

/// What is put behind the last command of a step, in the way in which its commands are joined.
fn removal(instruction: &Instruction, sources: &SourceMap) -> Option<Edit> {
    const REMOVAL: &str = "rm -rf /var/lib/apt/lists/*";
    let Args::Command(Form::Shell(_)) = instruction.args else { return None };
    let text = sources.text(instruction.span);
    let last = text.lines().last().unwrap_or(text);
    // What stands behind a comment is a part of it, and behind `(` or `{` another command may not follow.
    if !instruction.heredocs.is_empty()
        || text.contains(['#', '(', '{', '`'])
        || text.ends_with(['&', '\\', '|'])
    {
        return None;
    }
    let indent = &last[..last.len() - last.trim_start().len()];
    let is_many = text.lines().count() > 1;
    let joint = match (text.ends_with(';'), is_many) {
        (true, true) => format!(" \\\n{indent}"),
        (true, false) => " ".to_owned(),
        (false, true) if text.contains("&&") || !text.contains(';') => format!(" \\\n{indent}&& "),
        (false, true) => format!("; \\\n{indent}"),
        (false, false) => " && ".to_owned(),
    };
    Some((instruction.span.at_end(), format!("{joint}{REMOVAL}")))
}

fn removes_lists(command: &Command) -> bool {
    let removed = |text: &str| text.starts_with("/var/lib/apt") || matches!(text, "/var/lib/" | "/var/lib/*");
    matches!(command.program.as_str(), "rm" | "find") && command.args.iter().any(|word| removed(&word.text))
}
