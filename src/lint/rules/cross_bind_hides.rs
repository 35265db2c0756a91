//! # A bind mount hides files that the image added
//!
//! What is mounted lies over what was copied there. The container sees the folder of the host alone, and what the image
//! has at the path is not found, unless the folder has it at the same place.
//!
//! ```yaml bad
//! services:
//!   app:
//!     build: .
//!     volumes:
//!       - .:/root
//! ```
//!
//! ```dockerfile bad
//! # files: settings/app.toml
//! FROM python:3.14-slim
//! COPY settings /root/.config
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     build: .
//!     volumes:
//!       - .:/app
//! ```
//!
//! ```dockerfile good
//! # files: settings/app.toml main.py
//! FROM python:3.14-slim
//! COPY settings /root/.config
//! COPY main.py /app/main.py
//! ```

use std::collections::BTreeSet;

use crate::lint::project::Running;
use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::Step;
use crate::project::files::{Brings, Layer, below};
use crate::project::host::{Host, Kind, join};
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;

pub(super) const CODE: &str = "cross-bind-hides";

/// What is read when the image is built, and by nothing that runs.
const FOR_BUILDS: &[&str] = &[
    "requirements",
    "package",
    "yarn",
    "pnpm",
    "pipfile",
    "pyproject",
    "poetry",
    "uv.lock",
    "gemfile",
    "go.mod",
    "go.sum",
    "pom.xml",
    "composer",
    "cargo",
    "build.gradle",
    "setup",
    "tsconfig",
    ".npmrc",
    "bun.lock",
];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut told = BTreeSet::new();
    for running in running(whole) {
        let Some(container) = running.container else { continue };
        for mount in &container.files.mounts {
            let (Brings::Host { path, is_copy: false, is_grant: false, .. }, Some(span)) =
                (&mount.brings, mount.span)
            else {
                continue;
            };
            let is_own = running.service.mounts.iter().any(|own| own.span == span);
            if !is_own || whole.host.kind(path) != Kind::Folder || told.contains(&span) {
                continue;
            }
            let is_seen = |at: &str| container.files.over(at).is_some_and(|over| over.at == mount.at);
            let layers = container.files.image.layers().rev();
            let hidden = layers
                .filter(|layer| is_seen(&layer.at))
                .find_map(|layer| hides(path, mount, layer, whole.host));
            let hidden = hidden.or_else(|| modules(&running, whole, path, mount));
            let Some((at, copy)) = hidden else { continue };
            told.insert(span);
            let folder = if path == "." { "the project folder".to_owned() } else { format!("`{path}`") };
            findings.push(
                findings
                    .at(span, format!("{folder} is mounted over `{}` and hides `{at}` of the image", mount.at))
                    .here("the mount")
                    .label(copy, "put into the image here")
                    .note("the container sees the folder of the host alone, which does not have it")
                    .help(format!("mount the folder elsewhere or less of it, or keep `{at}` with a volume of its own: `- {at}`")).in_stack(format!("mount the folder elsewhere or less of it, or keep `{at}` with a volume of its own: `mount NAME at {at}`")),
            );
        }
    }
}

/// What a COPY put below a mount, if the folder that is mounted does not have it there although it is copied out of it.
fn hides(folder: &str, mount: &Layer, layer: &Layer, host: &dyn Host) -> Option<(String, Span)> {
    let Brings::Host { path: source, is_copy: true, .. } = &layer.brings else { return None };
    let rest = below(&layer.at, &mount.at)?;
    let is_of_folder = folder == "." || below(source, folder).is_some();
    let name = source.rsplit('/').next().unwrap_or(source).to_ascii_lowercase();
    let is_for_builds =
        FOR_BUILDS.iter().any(|prefix| name.starts_with(prefix)) && host.kind(source) == Kind::File;
    let instead = join(folder, rest);
    let is_hidden =
        !rest.is_empty() && is_of_folder && !is_for_builds && host.kind(&instead) == Kind::Missing;
    is_hidden.then(|| Some((layer.at.clone(), layer.span?))).flatten()
}

/// The packages that a build installs into the folder that a mount lies over.
fn modules(running: &Running<'_>, whole: &Whole<'_>, folder: &str, mount: &Layer) -> Option<(String, Span)> {
    let container = running.container?;
    let at = join(&mount.at, "node_modules");
    let is_open = container.files.over(&at).is_some_and(|over| over.at == mount.at);
    if !is_open
        || whole.host.kind(&join(folder, "node_modules")) != Kind::Missing
        || installs(container.process.as_ref()?)
    {
        return None;
    }
    let (_, stage) = running.built(whole)?;
    // Who writes of them has moved them or has another way to them.
    let is_named = |step: &Step| whole.sources.text(step.instruction.args_span).contains("node_modules");
    if stage.steps.iter().any(is_named) {
        return None;
    }
    let step = stage.steps.iter().rfind(|step| {
        let is_there = step.before.working_dir.as_ref().is_some_and(|folder| folder.value == mount.at);
        let text = whole.sources.text(step.instruction.args_span);
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_install = words.windows(2).any(|pair| {
            matches!(pair, ["npm" | "yarn" | "pnpm", "install" | "ci" | "i"])
                && !text.contains("-g ")
                && !text.contains("--global")
        });
        step.instruction.keyword == Keyword::Run && is_there && is_install
    })?;
    Some((at, step.instruction.span))
}

/// Whether the process may install packages itself: it says so, or is a script of its own.
fn installs(words: &[String]) -> bool {
    // That of the official image starts what it is given.
    let own =
        words.iter().filter(|word| *word != "docker-entrypoint.sh").cloned().collect::<Vec<_>>().join(" ");
    own.is_empty()
        || [" install", " ci", ".sh", "entrypoint", "yarn &&"].iter().any(|part| own.contains(part))
}
