//! # A word that the builder cannot read
//!
//! In `ENV`, `ARG`, `COPY`, `WORKDIR` and others the builder resolves variables and quotes by itself. A quote or a brace
//! that is not closed, and a form of `${...}` that it does not know, stop the build.
//!
//! ```dockerfile bad
//! FROM debian:13
//! ENV GREETING=it's
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! ENV GREETING="it's"
//! USER 1000
//! ```

use crate::lint::dockerfile::steps_of;
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::Expanded;

pub(super) const CODE: &str = "docker-bad-substitution";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        let from = dockerfile.stages.iter().map(|stage| &stage.from);
        let global = dockerfile.args.iter().filter_map(|arg| arg.default.as_ref());
        let steps = steps_of(dockerfile)
            .flat_map(|place| place.step.words.iter().chain(place.step.flags.iter().map(|(_, word)| word)));
        for word in from.chain(global).chain(steps) {
            check(word, findings);
        }
    }
}

fn check(word: &Expanded, findings: &mut Findings<'_>) {
    let Some(refusal) = word.refusal else { return };
    // The value of a variable may be a secret: it is not quoted.
    let found = findings
        .at(word.span, refusal)
        .note("the builder stops here")
        .help("put a text with such characters in quotes, or a backslash before them");
    findings.push(found);
}
