//! # A working folder that depends on the base image
//!
//! `WORKDIR app` goes on from where the image below stands. That is no part of the Dockerfile: when the image moves its
//! own folder, everything after it goes elsewhere.
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! WORKDIR app
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim
//! WORKDIR /app
//! USER 1000
//! ```

use crate::lint::{Findings, Whole, edits};
use crate::project::dockerfile::Base;
use crate::syntax::dockerfile::keyword::Keyword;

pub(super) const CODE: &str = "docker-workdir-relative";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        let mut is_set: Vec<bool> = Vec::new();
        for stage in &dockerfile.stages {
            let mut known = match stage.base {
                Base::Stage(below) => is_set.get(below).copied().unwrap_or(true),
                Base::Image(_) | Base::Scratch | Base::Unknown => false,
            };
            for step in stage.steps.iter().filter(|step| step.instruction.keyword == Keyword::Workdir) {
                let Some(word) = step.words.first() else { continue };
                // A variable may hold an absolute path.
                let is_relative = word
                    .value
                    .as_deref()
                    .is_some_and(|path| !path.starts_with(['/', '\\']) && !path.contains(':'));
                if !known && is_relative && !step.is_trigger {
                    let found = findings
                        .at(word.span, format!("`{}` goes on from wherever the base image stands", word.raw))
                        .note("when the image moves its own folder, everything after this goes elsewhere")
                        .help(format!("write `WORKDIR /{}`", word.raw.trim_start_matches("./")))
                        .in_stack(format!("write `workdir /{}`", word.raw.trim_start_matches("./")));
                    let absolute = format!("/{}", word.raw.trim_start_matches("./"));
                    let is_path = !word.raw.starts_with("..") && word.raw != ".";
                    let edit = edits::word(whole.sources, word.span, &word.raw, absolute).filter(|_| is_path);
                    findings.push(found.may_unsafe_fix("begin at the root", edit.map(|edit| vec![edit])));
                }
                known = true;
            }
            is_set.push(known);
        }
    }
}
