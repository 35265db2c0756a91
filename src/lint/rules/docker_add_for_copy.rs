//! # ADD where COPY does
//!
//! `ADD` unpacks archives and fetches addresses; with a plain file or folder it does what `COPY` does. A reader has to
//! find out which of them was meant, and a file that is one day named `.tar.gz` is unpacked without a word.
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! ADD app /srv/app
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim
//! COPY app /srv/app
//! ADD release.tar.gz /srv/
//! USER 1000
//! ```

use crate::lint::dockerfile::context::sources;
use crate::lint::dockerfile::steps_of;
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::Step;
use crate::syntax::dockerfile::keyword::Keyword;

pub(super) const CODE: &str = "docker-add-for-copy";

/// What ADD unpacks. Source: the reference of Dockerfiles, "Adding local tar archives".
const ARCHIVES: &[&str] = &[".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".tzst"];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        let plain: Vec<&Step> =
            steps_of(dockerfile).map(|place| place.step).filter(|step| is_plain(step)).collect();
        let Some((first, others)) = plain.split_first() else { continue };
        let name = first.instruction.name.span;
        let mut found = findings
            .at(name, "`ADD` copies files here, which `COPY` does without doing more")
            .note("`ADD` is for archives that it unpacks and for addresses that it fetches")
            .help("write `COPY`")
            .in_stack("write `copy`");
        let mut edits = vec![(name, "COPY".to_owned())];
        for other in others {
            found = found.label(other.instruction.name.span, "here, too");
            edits.push((other.instruction.name.span, "COPY".to_owned()));
        }
        findings.push(found.safe_fix("write COPY", edits));
    }
}

fn is_plain(step: &Step) -> bool {
    let instruction = &step.instruction;
    let local = sources(step);
    let has_own_flags =
        ["checksum", "keep-git-dir", "unpack"].iter().any(|flag| instruction.flag(flag).is_some());
    instruction.keyword == Keyword::Add
        && !has_own_flags
        && instruction.heredocs.is_empty()
        && local.len() + 1 == step.words.len()
        && local.iter().all(|source| {
            let path = source.path.as_deref().unwrap_or(&source.word.raw);
            // What a variable or a pattern names may be an archive.
            let is_sure = source.path.is_some() && !path.ends_with('*');
            is_sure && !ARCHIVES.iter().any(|ending| path.to_ascii_lowercase().ends_with(ending))
        })
}
