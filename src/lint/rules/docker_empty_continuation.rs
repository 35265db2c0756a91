//! # An empty line inside of an instruction
//!
//! A line that ends in a backslash goes on in the next one, and an empty line in between does not end it: what follows the
//! empty line still belongs to the instruction, even if it looks like another one. The builder warns that it will
//! refuse such lines one day.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN mkdir /srv/app && \
//!
//!     touch /srv/app/ready
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN mkdir /srv/app && \
//!     touch /srv/app/ready
//! USER 1000
//! ```

use crate::lint::{Findings, Whole};
use crate::source::Span;
use crate::syntax::dockerfile::tree::JointKind;

pub(super) const CODE: &str = "docker-empty-continuation";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        for instruction in dockerfile.tree.instructions() {
            // What follows the last line belongs to nothing.
            let inside = instruction.joints.iter().filter(|joint| joint.span.start < instruction.span.end);
            let empty: Vec<Span> =
                inside.filter(|joint| joint.kind == JointKind::Empty).map(|joint| joint.span).collect();
            let Some(first) = empty.first() else { continue };
            let found = findings
                .at(*first, format!("an empty line inside of `{}`", instruction.keyword.name()))
                .label(instruction.name.span, "goes on after it")
                .note("the line before it ends in a backslash; the builder will refuse this one day")
                .help("remove the line, or the backslash before it")
                .safe_fix("remove the line", empty.iter().map(|line| (*line, String::new())).collect());
            findings.push(found);
        }
    }
}
