//! # sudo in a build
//!
//! What `RUN` does is done as the user that `USER` set, which is root at the beginning. `sudo` adds nothing there; where
//! it is needed after a `USER`, the image holds a program that makes everybody root who takes over the process.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN sudo mkdir /srv/app
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN mkdir /srv/app
//! USER 1000
//! ```

use crate::lint::dockerfile::commands::commands;
use crate::lint::dockerfile::steps;
use crate::lint::{Findings, Whole, edits};
use crate::source::Span;

pub(super) const CODE: &str = "docker-sudo";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in steps(whole) {
        let commands = commands(place.step, whole.sources);
        let Some(span) = commands.iter().find_map(|command| command.sudo) else { continue };
        let found = findings
            .at(span, "`sudo` is used in a build")
            .note("a build is root unless `USER` says otherwise, and `sudo` in the image makes root of whoever takes it over")
            .help("remove it; where another user was set, put `USER root` before the step and the user after it").in_stack("remove it; where another user was set, put `user root` before the step and the user after it");
        let edits =
            commands.iter().filter_map(|command| Some((command.sudo?, command))).map(|(sudo, command)| {
                let gap = Span { start: sudo.end, end: command.span.start.max(sudo.end), ..sudo };
                let is_alone = whole.sources.text(sudo) == "sudo"
                    && gap.start < gap.end
                    && whole.sources.text(gap).trim_matches([' ', '\t']).is_empty();
                is_alone.then(|| (sudo.to(gap), String::new()))
            });
        findings.push(found.may_unsafe_fix("remove it", edits::all(edits)));
    }
}
