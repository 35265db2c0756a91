//! # A source that .dockerignore leaves out
//!
//! What a `.dockerignore` leaves out is not a part of the build context. A `COPY` of it fails although the file is there
//! for everybody to see.
//!
//! ```yaml bad
//! # files: .dockerignore<config config/app.ini
//! services:
//!   app:
//!     build: .
//! ```
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! COPY config/app.ini /etc/app.ini
//! USER 1000
//! ```
//!
//! ```yaml good
//! # files: .dockerignore<.git config/app.ini
//! services:
//!   app:
//!     build: .
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim
//! COPY config/app.ini /etc/app.ini
//! USER 1000
//! ```

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::dockerfile::context::sources;
use crate::lint::dockerfile::finals;
use crate::lint::{Findings, Whole};
use crate::project::ignored::Ignored;
use crate::source::Span;

pub(super) const CODE: &str = "docker-copy-ignored";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let dockerfile = known.dockerfile;
        // Nobody says where a Dockerfile that no service builds is built; a .dockerignore beside it does.
        let beside = || Some(dockerfile.host.as_deref()?.rsplit_once('/').map_or("", |(folder, _)| folder));
        let Some(context) = dockerfile.context.as_deref().or_else(beside) else { continue };
        let Some(ignored) = Ignored::of(context, dockerfile.host.as_deref(), whole.host) else { continue };
        // Parts of what is left out may be taken back in.
        if ignored.has_exceptions() {
            continue;
        }
        for index in dockerfile.needed(known.stage_index) {
            let steps = dockerfile.stages[index].steps.iter().filter(|step| !step.instruction.damaged);
            for source in steps.flat_map(sources) {
                let Some(path) = source.path.as_deref() else { continue };
                if source.is_all() && ignored.leaves_out_all() {
                    findings.push(nothing(source.word.span, findings));
                }
                if source.is_all() || source.is_pattern() || !ignored.leaves_out(path) {
                    continue;
                }
                let found = findings
                    .at(
                        source.word.span,
                        format!("`{}` is left out of the build by a .dockerignore", source.word.raw),
                    )
                    .note("for the builder the file does not exist, and the build stops here")
                    .help(format!(
                        "remove the pattern that leaves it out, or take it back in with `!{path}`"
                    )).in_stack("remove the pattern that leaves it out: it is one of `ignore`, or what every build leaves out");
                findings.push(found);
            }
        }
    }
}

/// Of a context that is empty.
fn nothing(span: Span, findings: &Findings<'_>) -> Diagnostic {
    let mut found = findings
        .at(span, "a .dockerignore leaves out every file that this would copy")
        .note("nothing is copied, and the build goes on")
        .help("take back in what is needed, each with a line such as `!src`");
    found.severity = Severity::Warning;
    found
}
