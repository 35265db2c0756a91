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

use std::collections::BTreeSet;

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
        let mut told = BTreeSet::new();
        for stage in &known.dockerfile.stages {
            let raw = &stage.from.raw;
            if by_default(raw, args, &given).is_none_or(|image| ImageRef::parse(&image).is_some()) {
                continue;
            }
            let used: Vec<&Arg> =
                args.iter().filter(|arg| uses(raw, &arg.name.value) && !given(arg)).collect();
            // A default is to blame only where none is missing.
            let missing = used.iter().filter(|arg| arg.default.is_none());
            let blamed: Vec<&&Arg> = match missing.collect::<Vec<_>>() {
                missing if missing.is_empty() => used.iter().take(1).collect(),
                missing => missing,
            };
            for arg in blamed.into_iter().filter(|arg| told.insert(arg.name.span)) {
                let name = arg.name.value.as_str();
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
                    .help(format!("write `ARG {name}=...` with a value that works"))
                    .in_stack(format!("write `arg {name} VALUE` with a value that works"));
                findings.push(found);
            }
        }
    }
}

/// What a text comes to for who gives no argument but what compose gives; `None` if that cannot be told, or more than
/// names of arguments stands in it.
fn by_default(text: &str, args: &[Arg], given: &dyn Fn(&Arg) -> bool) -> Option<String> {
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
        image += match &arg.value {
            None if arg.default.is_none() && !given(arg) => "",
            value => value.as_deref()?,
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
