//! # A source that is not in the build context
//!
//! `COPY` and `ADD` take files from the build context: the folder that compose names as `context`, whatever folder the
//! Dockerfile is in, and so do the bind mounts of `RUN`. A path that is not there stops the build. Often it was written
//! from the Dockerfile's folder, or begins with `..`, which cannot leave the context; a lock file may have been forgotten.
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
use crate::lint::dockerfile::context::{sources, tidied};
use crate::lint::dockerfile::finals;
use crate::lint::{Findings, Whole, edits};
use crate::project::dockerfile::{Step, mounts};
use crate::project::host::{Kind, join};
use crate::project::ignored::Ignored;
use crate::source::Span;

pub(super) const CODE: &str = "docker-copy-missing";

/// Lock files, and what writes each.
const LOCKS: [(&str, &str); 3] = [
    ("package-lock.json", "npm install --package-lock-only"),
    ("pnpm-lock.yaml", "pnpm install --lockfile-only"),
    ("uv.lock", "uv lock"),
];

/// A path of the build context that an instruction needs.
struct Wanted<'a> {
    /// As it is written.
    raw: &'a str,
    /// From the context.
    path: String,
    span: Span,
    keyword: &'static str,
}

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let dockerfile = known.dockerfile;
        let Some(context) = &dockerfile.context else { continue };
        let Some(ignored) = Ignored::of(context, dockerfile.host.as_deref(), whole.host) else { continue };
        for index in dockerfile.needed(known.stage_index) {
            let steps = dockerfile.stages[index].steps.iter().filter(|step| !step.instruction.damaged);
            for wanted in steps.flat_map(|step| copied(step).chain(mounted(step, whole))) {
                check(&wanted, context, &ignored, whole, findings);
            }
        }
    }
}

/// What COPY and ADD take. A pattern that nothing matches stops nothing.
fn copied(step: &Step) -> impl Iterator<Item = Wanted<'_>> {
    let sources = sources(step).into_iter().filter(|source| !source.is_pattern());
    sources.filter_map(|source| {
        let (raw, span) = (source.word.raw.as_str(), source.word.span);
        Some(Wanted { raw, path: source.path?, span, keyword: step.instruction.keyword.name() })
    })
}

/// What RUN mounts.
fn mounted<'a>(step: &'a Step, whole: &'a Whole<'_>) -> impl Iterator<Item = Wanted<'a>> {
    let bound = mounts(&step.instruction).filter(|mount| mount.kind == "bind" && mount.from.is_none());
    bound.filter_map(|mount| {
        let raw = mount.source.filter(|source| !source.contains('$'))?;
        let flag = mount.span;
        let start = flag.start as usize + whole.sources.text(flag).find(raw)?;
        let span = Span::new(flag.file, start, start + raw.len());
        Some(Wanted { raw, path: tidied(raw), span, keyword: "RUN" })
    })
}

fn check(
    wanted: &Wanted<'_>,
    context: &str,
    ignored: &Ignored,
    whole: &Whole<'_>,
    findings: &mut Findings<'_>,
) {
    let Wanted { raw, path, span, keyword } = wanted;
    // What is left out has a rule of its own.
    if path == "." || ignored.leaves_out(path) || is_made(path, whole, context) {
        return;
    }
    if whole.host.kind(&join(context, path)) != Kind::Missing {
        return;
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
    let names: BTreeSet<String> =
        whole.host.names(&join(context, folder)).unwrap_or_default().into_iter().collect();
    let shown = if context == "." { "the project's folder".to_owned() } else { format!("`{context}`") };
    let found = findings.at(*span, format!("`{raw}` is not in the build context, which is {shown}")).note(
        if raw.contains("..") {
            format!("`..` cannot leave the context: `{keyword}` looks for `{path}` in it")
        } else {
            "the build stops here".to_owned()
        },
    );
    if let Some((lock, writes)) = LOCKS.iter().find(|(lock, _)| *lock == name) {
        let beside = whole.host.kind(&join(context, folder)) != Kind::Missing;
        if beside {
            let help = format!("`{writes}` writes it: keep `{lock}` in the repository");
            findings.push(found.help(help.clone()).in_stack(help));
            return;
        }
    }
    let near = nearest(name, names.iter().map(String::as_str));
    findings.push(match near {
        Some(near) => {
            let folders = raw.rsplit_once('/').map_or("", |(folders, _)| &raw[..=folders.len()]);
            let edit = edits::word(whole.sources, *span, raw, format!("{folders}{near}"));
            let is_apart = raw.ends_with('/') || raw.contains("..");
            found
                .help(format!("did you mean `{}`?", join(folder, near)))
                .may_unsafe_fix(format!("write `{near}`"), edit.filter(|_| !is_apart).map(|edit| vec![edit]))
        }
        None => found
            .help("write the path from the context, or change compose's `context`")
            .in_stack("write the path from the context, or change the `source` of the build"),
    });
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
