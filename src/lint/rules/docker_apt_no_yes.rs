//! # A question that nobody answers
//!
//! `apt-get install` asks before it installs more than what was named. In a build there is nobody to answer: it takes the
//! end of its input for a no, and the build fails with `Abort`.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN apt-get update && apt-get install --no-install-recommends git && rm -rf /var/lib/apt/lists/*
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
//! USER 1000
//! ```

use crate::lint::dockerfile::apt::Apt;
use crate::lint::dockerfile::commands::{Link, commands};
use crate::lint::dockerfile::{stages_that_say, steps};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "docker-apt-no-yes";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let configured = stages_that_say(whole, &["Assume-Yes", "assume-yes"]);
    for place in steps(whole) {
        if configured.contains(&(place.dockerfile.file, place.stage_index)) {
            continue;
        }
        for command in commands(place.step, whole.sources) {
            let Some(apt) = Apt::of(&command) else { continue };
            // What a pipe brings may be the answers.
            if !apt.asks() || apt.is_sure() || command.is_open() || command.link == Link::Pipe {
                continue;
            }
            let found = findings
                .at(
                    command.span,
                    format!("`{} {}` may ask whether to go on, and nobody answers", command.program, apt.action),
                )
                .note("it asks where it installs more than what is named; the end of the input is a no, and the build fails")
                .help(format!("write `{} {} -y`", command.program, apt.action));
            let edit = apt.behind_action(whole.sources, " -y");
            findings.push(found.may_unsafe_fix("answer with yes", edit.map(|edit| vec![edit])));
        }
    }
}
