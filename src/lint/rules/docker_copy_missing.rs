//! # A source that is not in the build context
//!
//! `COPY` and `ADD` take files from the build context: the folder that compose names as `context`, whatever folder the
//! Dockerfile is in. A path that is not there stops the build. Often it was written from the Dockerfile's folder, or
//! begins with `..`, which cannot leave the context.
//!
//! ```yaml bad
//! services:
//!   app:
//!     build: .
//! ```
//!
//! ```dockerfile bad
//! # files: src/main.py
//! FROM python:3.14-slim
//! COPY source /srv/app
//! USER 1000
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     build: .
//! ```
//!
//! ```dockerfile good
//! # files: src/main.py
//! FROM python:3.14-slim
//! COPY src /srv/app
//! USER 1000
//! ```

use std::collections::BTreeSet;

use crate::diagnostic::nearest;
use crate::lint::dockerfile::context::{Source, sources};
use crate::lint::dockerfile::finals;
use crate::lint::{Findings, Whole, edits};
use crate::project::dockerfile::Step;
use crate::project::host::{Kind, join};
use crate::project::ignored::Ignored;

pub(super) const CODE: &str = "docker-copy-missing";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let dockerfile = known.dockerfile;
        let Some(context) = &dockerfile.context else { continue };
        let Some(ignored) = Ignored::of(context, dockerfile.host.as_deref(), whole.host) else { continue };
        for index in dockerfile.needed(known.stage_index) {
            let steps = dockerfile.stages[index].steps.iter().filter(|step| !step.instruction.damaged);
            for (step, source) in
                steps.flat_map(|step| sources(step).into_iter().map(move |source| (step, source)))
            {
                check(step, &source, context, &ignored, whole, findings);
            }
        }
    }
}

fn check(
    step: &Step,
    source: &Source<'_>,
    context: &str,
    ignored: &Ignored,
    whole: &Whole<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(path) = source.path.as_deref().filter(|path| *path != ".") else { return };
    // A pattern that nothing matches stops nothing, and what is left out has a rule of its own.
    if source.is_pattern() || ignored.leaves_out(path) || is_made(path, whole, context) {
        return;
    }
    if whole.host.kind(&join(context, path)) != Kind::Missing {
        return;
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    let names: BTreeSet<String> =
        whole.host.names(&join(context, folder)).unwrap_or_default().into_iter().collect();
    let shown = if context == "." { "the project's folder".to_owned() } else { format!("`{context}`") };
    let raw = &source.word.raw;
    let keyword = step.instruction.keyword.name();
    let mut found = findings
        .at(source.word.span, format!("`{raw}` is not in the build context, which is {shown}"))
        .note(if raw.contains("..") {
            format!("`..` cannot leave the context: `{keyword}` looks for `{path}` in it")
        } else {
            "the build stops here".to_owned()
        });
    let near = nearest(name, names.iter().map(String::as_str));
    found = match near {
        Some(near) => {
            let folders = raw.rsplit_once('/').map_or("", |(folders, _)| &raw[..=folders.len()]);
            let edit = edits::word(whole.sources, source.word.span, raw, format!("{folders}{near}"));
            let is_apart = raw.ends_with('/') || raw.contains("..");
            found
                .help(format!("did you mean `{}`?", join(folder, near)))
                .may_unsafe_fix(format!("write `{near}`"), edit.filter(|_| !is_apart).map(|edit| vec![edit]))
        }
        None => found
            .help("write the path from the context, or change compose's `context`")
            .in_stack("write the path from the context, or change the `source` of the build"),
    };
    findings.push(found);
}

/// Whether a path lies in what is commonly made before the build, and is in no repository.
fn is_made(path: &str, whole: &Whole<'_>, context: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_output = matches!(
        first,
        "target" | "build" | "dist" | "out" | "bin" | "node_modules" | "vendor" | "artifacts" | "publish"
    ) || matches!(name.rsplit_once('.'), Some((_, "jar" | "war")))
        || name.starts_with(".env");
    is_output || whole.host.is_committed(&join(context, path)) == Some(false)
}
