//! # A stage that is not there, or that has another's name
//!
//! `COPY --from=name`, `RUN --mount=from=name` and compose's `target` name a stage. A name that no stage has is taken for
//! an image of a registry, which is then fetched or not found; one that stands further down, or a number that is too
//! large, stops the build. Two stages of one name make the first of them unreachable for `--from`.
//!
//! ```dockerfile bad
//! FROM node:24-slim AS builder
//! RUN mkdir /dist
//! FROM nginx:1.30
//! COPY --from=bulider /dist /usr/share/nginx/html
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM node:24-slim AS builder
//! RUN mkdir /dist
//! FROM nginx:1.30
//! COPY --from=builder /dist /usr/share/nginx/html
//! USER 1000
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Severity, nearest};
use crate::lint::dockerfile::{Place, steps_of};
use crate::lint::{Findings, Whole, edits};
use crate::project::Image;
use crate::project::dockerfile::{Dockerfile, Target};
use crate::source::Span;

pub(super) const CODE: &str = "docker-stage-name";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let contexts = named_contexts(whole);
    for dockerfile in &whole.project.dockerfiles {
        names(dockerfile, findings);
        for place in steps_of(dockerfile) {
            for name in place.step.sources() {
                if let Some(found) = source(&place, name, &contexts, findings) {
                    findings.push(found);
                }
            }
        }
    }
    targets(whole, findings);
}

/// Names that several stages have, or that stand for something else.
fn names(dockerfile: &Dockerfile, findings: &mut Findings<'_>) {
    let mut first_of: BTreeMap<&str, Span> = BTreeMap::new();
    for name in dockerfile.stages.iter().filter_map(|stage| stage.name.as_ref()) {
        if matches!(name.value.as_str(), "scratch" | "context") {
            let mut found = findings
                .at(
                    name.span,
                    format!("`{}` has a meaning of its own, and should not name a stage", name.value),
                )
                .note("`scratch` is the empty image and `context` the files of the build")
                .help("choose another name");
            found.severity = Severity::Warning;
            findings.push(found);
        }
        let first = *first_of.entry(&name.value).or_insert(name.span);
        if first != name.span {
            let mut found = findings
                .at(name.span, format!("a second stage is named `{}`", name.value))
                .label(first, "the first one")
                .note("`--from` takes the last of them, `FROM` the last above itself")
                .help("give each stage a name of its own");
            found.severity = Severity::Warning;
            findings.push(found);
        }
    }
}

/// What is wrong with a name that a step takes files from.
fn source(
    place: &Place<'_>,
    name: &str,
    contexts: &BTreeSet<&str>,
    findings: &Findings<'_>,
) -> Option<Diagnostic> {
    let span = place.step.instruction.flag("from").map_or(place.step.instruction.span, |flag| flag.span);
    if name.contains('$') {
        let found = findings.at(span, format!("`{name}` cannot hold a variable"));
        return Some(
            found
                .note("the builder puts no variables into `--from`")
                .help("write `FROM` with the variable `AS` a stage of its own, and copy from that"),
        );
    }
    match place.dockerfile.named(name) {
        Target::Stage(index) if index < place.stage_index => None,
        Target::Stage(index) => {
            let other = &place.dockerfile.stages[index];
            let message = if index == place.stage_index {
                format!("`{name}` is this stage itself")
            } else {
                format!("the stage `{name}` comes only after this one")
            };
            let found = findings.at(span, message).label(other.span, "the stage");
            Some(found.note("the builder goes from top to bottom").help("move the stage above this one"))
        }
        Target::NoSuchNumber => {
            let count = place.dockerfile.stages.len();
            let found = findings.at(span, format!("there is no stage number {name}"));
            Some(
                found
                    .note(format!("there are {count} stages, the first is number 0"))
                    .help("give the stage a name"),
            )
        }
        Target::Other if contexts.contains(name) || name.contains(['/', ':', '.', '@']) => None,
        Target::Other => {
            let names = place.dockerfile.stages.iter().filter_map(|stage| stage.name.as_ref());
            let near = nearest(name, names.map(|name| name.value.as_str()))?;
            let found = findings.at(span, format!("there is no stage `{name}`"));
            Some(
                found
                    .note("the builder looks for an image of that name in a registry")
                    .help(format!("did you mean `{near}`?"))
                    .may_unsafe_fix(format!("write `{near}`"), edit(place, name, near)),
            )
        }
    }
}

/// Another name in the place of the one in `--from`.
fn edit(place: &Place<'_>, name: &str, near: &str) -> Option<Vec<(Span, String)>> {
    let value = place.step.instruction.flag("from")?.value.as_ref()?;
    (value.text == name).then(|| vec![(value.span, near.to_owned())])
}

/// compose's `target` of a service that builds a Dockerfile which has no such stage.
fn targets(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = &whole.project.compose else { return };
    for container in &whole.project.containers {
        let Some(service) = container.service.and_then(|index| compose.services.get(index)) else { continue };
        let Some(build) = &service.build else { continue };
        let Some((target, name)) =
            build.target.as_ref().and_then(|target| Some((target, target.value.as_deref()?)))
        else {
            continue;
        };
        let file = match container.image {
            Image::Built { dockerfile, .. } => whole.project.dockerfiles.get(dockerfile),
            Image::Pulled(_) | Image::Unknown => dockerfile_of(whole, build),
        };
        let Some(file) = file.filter(|file| file.tree.mistakes.is_empty()) else { continue };
        if name.is_empty() || file.target(Some(name)).is_some() {
            continue;
        }
        let mut found = findings.at(target.span, format!("the Dockerfile has no stage `{name}`"));
        if let Some(stage) = file.stages.last() {
            found = found.label(stage.span, "its last stage");
        }
        let names = file.stages.iter().filter_map(|stage| stage.name.as_ref());
        let near = nearest(name, names.map(|name| name.value.as_str()));
        let help = near.map_or("name one of its stages, or remove `target`".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        let edit = near.and_then(|near| edits::word(whole.sources, target.span, name, near));
        let found = found.note("the build stops").help(help);
        findings.push(found.may_unsafe_fix("name the stage", edit.map(|edit| vec![edit])));
    }
}

/// The Dockerfile that a service builds, if it was read.
fn dockerfile_of<'a>(whole: &Whole<'a>, build: &crate::project::compose::Build) -> Option<&'a Dockerfile> {
    let context = build.host.as_deref()?;
    let name = match &build.dockerfile {
        Some(name) => name.value.as_deref()?,
        None => "Dockerfile",
    };
    let path = crate::project::host::join(context, name);
    whole.project.dockerfiles.iter().find(|file| file.host.as_deref() == Some(path.as_str()))
}

/// The names that compose gives to further contexts.
fn named_contexts<'a>(whole: &Whole<'a>) -> BTreeSet<&'a str> {
    let services = whole.project.compose.iter().flat_map(|compose| &compose.services);
    let builds = services.filter_map(|service| service.build.as_ref());
    builds.flat_map(|build| &build.contexts).map(|context| context.name.value.as_str()).collect()
}
