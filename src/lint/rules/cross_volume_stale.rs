//! # A volume keeps old files of the image
//!
//! The engine fills an empty volume once with what the image has at its path. From then on the volume lies over the image:
//! after a rebuild the container goes on seeing the files of the first one, and a proxy that shares the volume serves them.
//! An anonymous volume is kept as well when compose replaces the container.
//!
//! ```yaml bad
//! services:
//!   app:
//!     build: .
//!     volumes:
//!       - static:/app/static
//! volumes:
//!   static:
//! ```
//!
//! ```dockerfile bad
//! # files: static/app.css
//! FROM python:3.14-slim
//! COPY static /app/static
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     build: .
//!     volumes:
//!       - uploads:/app/uploads
//! volumes:
//!   uploads:
//! ```
//!
//! ```dockerfile good
//! # files: static/app.css
//! FROM python:3.14-slim
//! COPY static /app/static
//! ```

use std::collections::BTreeSet;

use crate::lint::project::files::copied;
use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::Container;
use crate::project::files::Brings;

pub(super) const CODE: &str = "cross-volume-stale";

/// What a folder is called that holds what users bring, beginning with what the image brings.
const OF_USERS: &[&str] = &[
    "backup", "backups", "cache", "data", "database", "db", "files", "instance", "log", "logs", "media",
    "storage", "tmp", "upload", "uploads",
];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut told = BTreeSet::new();
    for running in running(whole) {
        let Some(container) = running.container else { continue };
        if fills(container) {
            continue;
        }
        for mount in &container.files.mounts {
            let (Brings::Volume { name, .. }, Some(span)) = (&mount.brings, mount.span) else { continue };
            let last = mount.at.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
            // What another service brings by `volumes_from` is told of there.
            let is_own = running.service.mounts.iter().any(|own| own.span == span)
                || running.built(whole).is_some_and(|(file, _)| file.file == span.file);
            if !is_own || OF_USERS.contains(&last.as_str()) || told.contains(&span) {
                continue;
            }
            let Some(copy) = copied(&container.files, &mount.at, whole.host) else { continue };
            told.insert(span);
            let what = match name {
                Some(name) => format!("the volume `{name}`"),
                None => "an anonymous volume".to_owned(),
            };
            findings.push(
                findings
                    .at(span, format!("{what} keeps the files of the first image at `{}`", mount.at))
                    .here("lies over the image")
                    .label(copy, "these files change with the image")
                    .note("a volume is filled once, when it is empty; after a rebuild the old files are still seen")
                    .help(
                        "mount only what the container writes; copy files for a proxy into the image of the proxy, \
                         with `COPY --from` or `additional_contexts`",
                    ).in_stack("mount only what the container writes; a proxy serves what a build `provides` without a volume: `static /static/ from SERVICE.NAME`"),
            );
        }
    }
}

/// Whether a container begins with a script of its own, which may bring the files anew at every start.
fn fills(container: &Container) -> bool {
    let of_image = container.known.map_or(&[][..], |known| known.entrypoint.as_slice());
    let is_script = |word: &String| {
        let last = word.rsplit('/').next().unwrap_or(word);
        let is_own = !of_image.iter().any(|known| *known == word.as_str());
        let is_source = matches!(last.rsplit_once('.'), Some((_, "sh" | "py"))) && last != "manage.py";
        is_own && (is_source || last.contains("entrypoint"))
            || word.contains("collectstatic")
            || word.contains("cp -")
    };
    container.process.iter().flatten().any(is_script)
}
