//! # The data of a database is in no volume
//!
//! What a database writes into its container is gone when the container is: after `docker compose down`, and after
//! every change of the service. An image that declares a volume keeps the data in one without a name, which no new
//! container finds again. Nor does a volume at another path help: postgres keeps its data below `/var/lib/postgresql`
//! from version 18 on, in `/var/lib/postgresql/data` before.
//!
//! ```yaml bad
//! services:
//!   db:
//!     image: mariadb:11.8
//!   other:
//!     image: postgres:18
//!     volumes:
//!       - data:/var/lib/postgresql/data
//! volumes:
//!   data:
//! ```
//!
//! ```yaml good
//! services:
//!   db:
//!     image: postgres:18
//!     environment:
//!       POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
//!     volumes:
//!       - data:/var/lib/postgresql
//! volumes:
//!   data:
//! ```

use crate::lint::project::{Running, running};
use crate::lint::{Findings, Whole};
use crate::project::compose::{Mount, MountSource};
use crate::project::images::Role;

pub(super) const CODE: &str = "compose-database-volume";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let (Some(container), Some(image)) = (running.container, running.pulled()) else { continue };
        let Some(known) = container.known.filter(|known| known.role == Role::Database) else { continue };
        let service = running.service;
        let has_unknown = service.mounts.iter().any(|mount| mount.target.is_none());
        // Who keeps it in memory, or starts a database for each try, means to lose it.
        let in_memory = service.tmpfs.iter().any(|path| is_at(&path.value, &known.data, false))
            || service.mounts.iter().any(|mount| {
                mount.source == MountSource::Tmpfs
                    && mount.target.as_deref().is_some_and(|path| is_at(path, &known.data, false))
            });
        if known.data.is_empty() || has_unknown || in_memory || !service.volumes_from.is_empty() {
            continue;
        }
        if is_for_tests(whole, &running) {
            continue;
        }
        // Wherever it is, without a mount it is in no volume.
        if !service.mounts.is_empty() && is_moved(whole, &running) {
            continue;
        }
        if let Some(mount) = postgres_18(&running) {
            report_postgres_18(whole, &running, mount, image.span, findings);
            continue;
        }
        let data = known.data.as_slice();
        let keeps = |mount: &&Mount| {
            let path = mount.target.as_deref();
            path.is_some_and(|path| is_at(path, data, true) && !is_covered(path, data, &known.volumes))
        };
        let mounts: Vec<&Mount> = service.mounts.iter().filter(keeps).collect();
        if mounts.iter().any(|mount| mount.source != MountSource::Anonymous) {
            continue;
        }
        let path = data[0];
        let begun = match mounts.first() {
            Some(mount) => findings
                .at(mount.span, format!("the data of `{}` is in a volume without a name", running.name())),
            None => findings.at(image.span, format!("the data of `{}` is kept in no volume", running.name())),
        };
        findings.push(
            begun
                .here(format!("`{}` keeps its data in `{path}`", known.name))
                .note("the next container does not find it: after `docker compose down` it is gone")
                .help(format!(
                    "mount a named volume: `- data:{path}`, and declare `data` below the top-level `volumes:`"
                ))
                .in_stack(format!("declare `volume data`, and `mount data at {path}`")),
        );
    }
}

/// Whether a variable or a word of the command has the data elsewhere.
fn is_moved(whole: &Whole<'_>, running: &Running<'_>) -> bool {
    let of_command = running.service.command.as_ref().is_some_and(|command| {
        command.words.as_ref().is_none_or(|words| {
            words.iter().any(|word| {
                // `minio server /data` says where, by patterns of its own.
                ["datadir", "dbpath", "data_directory", "--dir", "server"]
                    .iter()
                    .any(|part| word.contains(part))
            })
        })
    });
    let is_meant = |name: &str| matches!(name, "PGDATA" | "MYSQL_DATADIR" | "MONGO_DBPATH");
    of_command || running.has_variable(whole, is_meant) || !running.knows_variables()
}

/// Whether it is a database that somebody starts for tests and throws away.
fn is_for_tests(whole: &Whole<'_>, running: &Running<'_>) -> bool {
    let says_so = |text: &str| {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| matches!(word, "test" | "tests" | "testing" | "ci" | "e2e" | "cypress"))
    };
    let profiles = &running.service.profiles;
    let has_no_care = |words: &Vec<String>| words.iter().any(|word| word.contains("fsync=off"));
    says_so(&whole.sources.file(running.span().file).name)
        || says_so(running.name())
        || profiles.iter().any(|profile| says_so(&profile.value))
        || running
            .service
            .command
            .as_ref()
            .and_then(|command| command.words.as_ref())
            .is_some_and(has_no_care)
}

/// Whether a path is one of those, above one of them, or with `inside` below one of them.
fn is_at(path: &str, data: &[&str], inside: bool) -> bool {
    let path = path.trim_end_matches('/');
    let is_below = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    data.iter().any(|data| is_below(data, path) || (inside && is_below(path, data)))
}

/// Whether the image lays a volume of its own over the data, so that a mount around it keeps nothing.
fn is_covered(path: &str, data: &[&str], volumes: &[&str]) -> bool {
    let path = path.trim_end_matches('/');
    data.iter().any(|data| volumes.contains(data) && data.len() > path.len() && data.starts_with(path))
}

/// The mount where postgres kept its data before version 18, for one that is newer.
/// Source: docker-library/postgres, pull request 1259.
fn postgres_18<'a>(running: &Running<'a>) -> Option<&'a Mount> {
    let reference = running.reference()?;
    let is_18 =
        reference.official() == Some("postgres") && reference.major().is_some_and(|major| major >= 18);
    running.service.mounts.iter().filter(|_| is_18).find(|mount| {
        mount.target.as_deref().is_some_and(|path| path.trim_end_matches('/') == "/var/lib/postgresql/data")
    })
}

fn report_postgres_18(
    whole: &Whole<'_>,
    running: &Running<'_>,
    mount: &Mount,
    image: crate::source::Span,
    findings: &mut Findings<'_>,
) {
    let written = whole.sources.text(mount.span);
    let new = written.replacen(":/var/lib/postgresql/data", ":/var/lib/postgresql", 1);
    let edits = (new != written).then(|| vec![(mount.span, new)]);
    findings.push(
        findings
            .at(mount.span, format!("`{}` does not keep its data in `/var/lib/postgresql/data`", running.name()))
            .label(image, "postgres 18 and later keep it in `/var/lib/postgresql/18/docker`")
            .note("the image of postgres 18 refuses to start with a volume there")
            .help("mount the volume at `/var/lib/postgresql`; data of an older version must be dumped and read in again, or go through `pg_upgrade`")
            .may_unsafe_fix("mount the folder around it", edits),
    );
}
