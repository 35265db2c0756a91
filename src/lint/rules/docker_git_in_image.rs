//! # The whole history in the image
//!
//! `COPY . .` takes along `.git`, if no `.dockerignore` leaves it out: every version of every file, those among them that were
//! removed because they held a password, and often the address of the repository with a token. Where the folder is
//! served, everybody can fetch it.
//!
//! ```yaml bad
//! # files: .git/HEAD .dockerignore
//! services:
//!   app:
//!     build: .
//! ```
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! COPY . /srv
//! USER 1000
//! ```
//!
//! ```yaml good
//! # files: .git/HEAD .dockerignore<.git
//! services:
//!   app:
//!     build: .
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim
//! COPY . /srv
//! USER 1000
//! ```

use crate::lint::dockerfile::context::sources;
use crate::lint::dockerfile::finals;
use crate::lint::{Findings, Whole};
use crate::project::host::{Kind, join};
use crate::project::ignored::Ignored;

pub(super) const CODE: &str = "docker-git-in-image";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let dockerfile = known.dockerfile;
        let Some(context) = &dockerfile.context else { continue };
        let Some(ignored) = Ignored::of(context, dockerfile.host.as_deref(), whole.host) else { continue };
        let has_ignore = whole.host.kind(&join(context, ".dockerignore")) == Kind::File;
        // Without a .dockerignore at all there is another finding.
        let is_there = whole.host.kind(&join(context, ".git")) == Kind::Folder && !ignored.leaves_out(".git");
        if !is_there || !has_ignore {
            continue;
        }
        let steps = known.steps();
        let Some(all) = steps.iter().find_map(|step| {
            let all = sources(step).into_iter().find(crate::lint::dockerfile::context::Source::is_all)?;
            Some(all.word.span)
        }) else {
            continue;
        };
        let found = findings
            .at(all, "`.git` gets into the image")
            .note("it holds every version of every file, also of those that were removed because of what they held")
            .help("add `.git` to the .dockerignore").in_stack("say `ignore .git` in the build");
        findings.push(found);
    }
}
