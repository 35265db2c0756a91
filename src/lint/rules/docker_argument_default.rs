//! # A base image that depends on an argument without a value
//!
//! An `ARG` before the first `FROM` that has no default is empty unless the build gives it. `FROM python:$VERSION` is then
//! `python:`, which is no name, and everybody who builds without knowing gets an error.
//!
//! ```dockerfile bad
//! ARG VERSION
//! FROM python:$VERSION
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! ARG VERSION=3.14-slim
//! FROM python:$VERSION
//! USER 1000
//! ```

use crate::lint::dockerfile::finals;
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::Arg;

pub(super) const CODE: &str = "docker-argument-default";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let given = |arg: &Arg| {
            let builds = known.services.iter().filter_map(|service| service.build.as_ref());
            builds.flat_map(|build| &build.args).any(|given| given.name.value == arg.name.value)
        };
        let args = known.dockerfile.args.iter();
        for arg in args.filter(|arg| arg.value.is_none() && arg.default.is_none() && !given(arg)) {
            let name = arg.name.value.as_str();
            let raw = |text: &str| uses(text, name);
            let Some(stage) = known.dockerfile.stages.iter().find(|stage| raw(&stage.from.raw)) else {
                continue;
            };
            let found = findings
                .at(arg.name.span, format!("`{name}` has no default, and a base image depends on it"))
                .label(stage.from.span, "no valid name without it")
                .note("a build that does not give it stops")
                .help(format!("write `ARG {name}=...` with a value that works"));
            findings.push(found);
        }
    }
}

/// Whether a text needs a variable: `$NAME` or `${NAME}`, without a value in case it has none.
fn uses(text: &str, name: &str) -> bool {
    let plain = text.split('$').skip(1).any(|rest| {
        rest.strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    });
    plain || text.contains(&format!("${{{name}}}"))
}
