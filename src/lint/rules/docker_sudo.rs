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
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "docker-sudo";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in steps(whole) {
        let commands = commands(place.step, whole.sources);
        let Some(span) = commands.iter().find_map(|command| command.sudo) else { continue };
        let found = findings
            .at(span, "`sudo` is used in a build")
            .note("a build is root unless `USER` says otherwise, and `sudo` in the image makes root of whoever takes it over")
            .help("remove it; where another user was set, put `USER root` before the step and the user after it");
        findings.push(found);
    }
}
