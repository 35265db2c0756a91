//! # A key or an environment that reaches a layer
//!
//! Whoever can pull the image can read what COPY and ADD put into it, also when a later step removes it or changes its mode:
//! every layer stays. Keys and environments are known by their names (`id_rsa`, `*.key`, `.env`, `.ssh/`), env files by what is
//! in them, too.
//!
//! A COPY of the folder around counts as well, `COPY . .` among them, where the folder is there to be
//! looked into, or a service of compose says that its env file is there, and no `.dockerignore` leaves the file out. Stages
//! that only build are passed over.
//!
//! ```dockerfile bad
//! FROM debian:13
//! ADD ssh/ /root/.ssh/
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! RUN --mount=type=secret,id=deploy_key fetch --key /run/secrets/deploy_key
//! ```

use crate::lint::secrets::baked;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "secret-key-copied";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for baked in baked::of_project(whole) {
        let source = &baked.source;
        let message = match baked.files.as_slice() {
            [] => format!("`{source}` is {}: it must not be in an image", baked.what),
            [file] => format!("{file} gets into the image"),
            [file, others @ ..] => format!("{file} and {} more get into the image", others.len()),
        };
        let here = match baked.files.as_slice() {
            [] => "copied into a layer".to_owned(),
            _ => format!("takes along {}", baked.what),
        };
        let help = match baked.files.first() {
            Some(file) if baked.has_ignore => format!("add `{file}` to the .dockerignore"),
            Some(file) => format!("add a .dockerignore that has `{file}` in it"),
            None => "give it to the step that needs it: `RUN --mount=type=ssh`, or `RUN --mount=type=secret,id=NAME`, which leave nothing behind".to_owned(),
        };
        let mut finding = findings
            .at(baked.span, message)
            .here(here)
            .note("whoever can pull the image can read it; removing it in a later step, or changing its mode, leaves the layer as it is")
            .help(help);
        if let Some(said) = baked.said {
            finding = finding.label(said, "a service reads it from there");
        }
        findings.push(finding);
    }
}
