//! # A base image that depends on an argument without a value
//!
//! An `ARG` before the first `FROM` that has no default is empty unless the build gives it. `FROM python:$VERSION` is then
//! `python:`, which is no name, and everybody who builds without knowing gets an error. The same holds for a default that
//! makes no name. One that may be empty, as in `FROM python:3.14${VARIANT}`, is fine.
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
use crate::model::image::ImageRef;
use crate::project::dockerfile::Arg;

pub(super) const CODE: &str = "docker-argument-default";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let given = |arg: &Arg| {
            let builds = known.services.iter().filter_map(|service| service.build.as_ref());
            builds.flat_map(|build| &build.args).any(|given| given.name.value == arg.name.value)
        };
        let args = &known.dockerfile.args;
        for arg in args.iter().filter(|arg| !given(arg)) {
            let name = arg.name.value.as_str();
            let stages = &known.dockerfile.stages;
            let stage = stages.iter().find(|stage| {
                uses(&stage.from.raw, name)
                    && by_default(&stage.from.raw, args).is_some_and(|image| !is_image(&image))
            });
            let Some(stage) = stage else { continue };
            let message = match &arg.default {
                None => format!("`{name}` has no default, and a base image depends on it"),
                Some(default) => {
                    format!("by the default `{}` of `{name}` a base image has no valid name", default.raw)
                }
            };
            let found = findings
                .at(arg.name.span, message)
                .label(stage.from.span, "no valid name without it")
                .note("a build that does not give it stops")
                .help(format!("write `ARG {name}=...` with a value that works"));
            findings.push(found);
        }
    }
}

fn is_image(text: &str) -> bool {
    ImageRef::parse(text).is_some()
}

/// What a text comes to for who gives no argument; `None` if more than names of arguments stands in it.
fn by_default(text: &str, args: &[Arg]) -> Option<String> {
    let mut parts = text.split('$');
    let mut image = parts.next()?.trim_matches('"').to_owned();
    for part in parts {
        let (name, rest) = match part.strip_prefix('{') {
            Some(braced) => braced.split_once('}')?,
            None => {
                part.split_at(part.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(part.len()))
            }
        };
        // A name of the builder's own, or `${NAME:-default}`.
        let arg = args.iter().rfind(|arg| arg.name.value == name)?;
        image += match &arg.default {
            None => "",
            Some(default) => default.value.as_deref()?,
        };
        image += rest.trim_end_matches('"');
    }
    Some(image)
}

/// Whether a text needs a variable: `$NAME` or `${NAME}`, without a value in case it has none.
fn uses(text: &str, name: &str) -> bool {
    let plain = text.split('$').skip(1).any(|rest| {
        rest.strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    });
    plain || text.contains(&format!("${{{name}}}"))
}
