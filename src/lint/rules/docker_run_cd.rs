//! # A change of folder that is lost
//!
//! Every `RUN` starts anew in the folder that `WORKDIR` set. A `cd` that ends a `RUN` changes nothing for what follows:
//! the next instruction works in another folder than it seems to.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN mkdir /srv/app && cd /srv/app
//! COPY app.sh .
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! WORKDIR /srv/app
//! COPY app.sh .
//! USER 1000
//! ```

use crate::lint::dockerfile::commands::commands;
use crate::lint::dockerfile::steps;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "docker-run-cd";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in steps(whole) {
        let commands = commands(place.step, whole.sources);
        let Some(last) = commands.last().filter(|last| last.program == "cd") else { continue };
        // In brackets it is lost on purpose, and after `||` it is a way out.
        let text = whole.sources.text(place.step.instruction.lines);
        if text.contains('(') || !place.step.instruction.heredocs.is_empty() {
            continue;
        }
        let folder = last.args.first().map_or("/", |word| word.text.as_str());
        let found = findings
            .at(last.span, "this `cd` changes nothing for what follows")
            .note("every `RUN` starts anew in the folder that `WORKDIR` set")
            .help(format!("write `WORKDIR {folder}` after it"));
        let word = last.args.first().filter(|word| {
            let is_path = word.text.starts_with('/') && !word.text.contains(char::is_whitespace);
            commands.len() == 1 && last.args.len() == 1 && !word.is_open && is_path
        });
        let edit = word.map(|word| vec![(place.step.instruction.span, format!("WORKDIR {}", word.text))]);
        findings.push(found.may_unsafe_fix("write `WORKDIR`", edit));
    }
}
