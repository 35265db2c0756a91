//! # A build argument that nothing takes
//!
//! compose gives a build the arguments of `build.args`. One that no `ARG` of the Dockerfile declares is dropped with a
//! warning that scrolls by: the value that somebody set has no effect, often for a letter in its name.
//!
//! ```yaml bad
//! services:
//!   app:
//!     build:
//!       context: .
//!       args:
//!         APP_VERSON: "2.1"
//! ```
//!
//! ```dockerfile bad
//! FROM debian:13
//! ARG APP_VERSION=2.0
//! RUN echo "$APP_VERSION" > /version
//! USER 1000
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     build:
//!       context: .
//!       args:
//!         APP_VERSION: "2.1"
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! ARG APP_VERSION=2.0
//! RUN echo "$APP_VERSION" > /version
//! USER 1000
//! ```

use std::collections::BTreeSet;

use crate::diagnostic::nearest;
use crate::lint::dockerfile::finals;
use crate::lint::{Findings, Whole, edits};
use crate::project::dockerfile::{Base, Dockerfile};
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::{Args, Instruction};

pub(super) const CODE: &str = "docker-argument-undeclared";

/// Arguments that a build takes without a declaration. Source: the reference of Dockerfiles, "Predefined ARGs" and
/// "`BuildKit` built-in build args".
const PREDEFINED: &[&str] =
    &["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "SOURCE_DATE_EPOCH"];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let dockerfile = known.dockerfile;
        // The trigger of an image may take any argument, and what was not understood as well.
        let is_open = dockerfile.stages.iter().any(|stage| match &stage.base {
            Base::Image(name) => name.contains("onbuild"),
            Base::Unknown => true,
            Base::Stage(_) | Base::Scratch => false,
        });
        if is_open || !dockerfile.tree.mistakes.is_empty() {
            continue;
        }
        let declared = declared(dockerfile);
        for service in &known.services {
            for argument in service.build.iter().flat_map(|build| &build.args) {
                let name = argument.name.value.as_str();
                if declared.contains(name) || is_predefined(name) {
                    continue;
                }
                let mut found = findings
                    .at(argument.name.span, format!("no `ARG` of the Dockerfile declares `{name}`"))
                    .label(dockerfile.stages[0].span, "the Dockerfile that is built")
                    .note("the builder drops the value with a warning");
                found = match nearest(name, declared.iter().copied()) {
                    Some(near) => {
                        let edit = edits::word(whole.sources, argument.name.span, name, near);
                        found
                            .help(format!("did you mean `{near}`?"))
                            .may_unsafe_fix(format!("write `{near}`"), edit.map(|edit| vec![edit]))
                    }
                    None => found.help(format!("write `ARG {name}` where it is used, or remove it here")),
                };
                findings.push(found);
            }
        }
    }
}

fn declared(dockerfile: &Dockerfile) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for instruction in dockerfile.tree.instructions() {
        add(instruction, &mut names);
    }
    names
}

fn add<'a>(instruction: &'a Instruction, names: &mut BTreeSet<&'a str>) {
    match &instruction.args {
        Args::Declarations(declarations) if instruction.keyword == Keyword::Arg => {
            names.extend(
                declarations.iter().map(|declaration| declaration.name.text.trim_matches(['"', '\''])),
            );
        }
        Args::Trigger(trigger) => add(trigger, names),
        _ => {}
    }
}

fn is_predefined(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    PREDEFINED.contains(&upper.as_str())
        || ["BUILDKIT_", "TARGET", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}
