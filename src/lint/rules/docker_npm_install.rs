//! # npm install beside a lock file
//!
//! `npm install` may install other versions than those of `package-lock.json`, and changes the file if it does. In a
//! build nobody sees that. `npm ci` installs what the lock file says, and fails if it does not fit `package.json`.
//!
//! ```dockerfile bad
//! FROM node:24-slim
//! WORKDIR /app
//! COPY package.json package-lock.json ./
//! RUN npm install
//! USER node
//! ```
//!
//! ```dockerfile good
//! FROM node:24-slim
//! WORKDIR /app
//! COPY package.json package-lock.json ./
//! RUN npm ci
//! USER node
//! ```

use crate::lint::dockerfile::commands::{Command, commands};
use crate::lint::dockerfile::context::sources;
use crate::lint::{Findings, Whole, edits};
use crate::project::dockerfile::{Dockerfile, Step};
use crate::project::host::{Kind, join};
use crate::source::Span;

pub(super) const CODE: &str = "docker-npm-install";

/// The files that `npm ci` goes by.
const LOCKS: [&str; 2] = ["package-lock.json", "npm-shrinkwrap.json"];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        for stage in &dockerfile.stages {
            let mut copied: Option<Span> = None;
            for step in stage.steps.iter().filter(|step| !step.is_trigger) {
                if is_lock_copied(step, dockerfile, whole) {
                    copied = Some(step.instruction.span);
                }
                let Some(copied) = copied else { continue };
                for command in commands(step, whole.sources).iter().filter(|command| installs_all(command)) {
                    let found = findings
                        .at(command.span, "`npm install` may install other versions than the lock file says")
                        .label(copied, "the lock file is here")
                        .note(
                            "it changes the lock file where it does not fit, and nobody sees that in a build",
                        )
                        .help("write `npm ci`")
                        .in_stack("write `npm ci`");
                    let verb = command.operands().next();
                    let edit = verb.and_then(|verb| edits::word(whole.sources, verb.span, &verb.text, "ci"));
                    findings.push(found.may_unsafe_fix("write `npm ci`", edit.map(|edit| vec![edit])));
                }
            }
        }
    }
}

/// `npm install` of everything that package.json names.
fn installs_all(command: &Command) -> bool {
    let mut operands = command.operands().map(|word| word.text.as_str());
    command.program == "npm"
        && matches!(operands.next(), Some("install" | "i"))
        && operands.next().is_none()
        && !command.is_open()
        && !command.has(&["-g", "--global", "--no-package-lock", "--package-lock-only"])
}

/// Whether a step surely copies a lock file.
fn is_lock_copied(step: &Step, dockerfile: &Dockerfile, whole: &Whole<'_>) -> bool {
    sources(step).iter().any(|source| {
        let Some(path) = source.path.as_deref() else { return false };
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        if LOCKS.contains(&name) {
            return true;
        }
        let is_there = |folder: &str| {
            let Some(context) = &dockerfile.context else { return false };
            LOCKS.iter().any(|lock| whole.host.kind(&join(&join(context, folder), lock)) == Kind::File)
        };
        matches!(name, "package*.json" | "package*" | "*.json") && is_there(folder)
    })
}
