//! # A build context with everything in it
//!
//! Without a `.dockerignore` the whole folder is the build context: `.git`, keys, `.env`, what was installed on the
//! machine of whoever builds. `COPY . .` puts all of it into the image, and a change of any of these files makes the layer
//! anew. Where no `COPY` takes the whole folder this is advice: the next one may.
//!
//! ```yaml bad
//! # files: .env .git/HEAD app.py
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
//! # files: .dockerignore<.git app.py
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

use crate::diagnostic::Severity;
use crate::lint::dockerfile::context::{Source, sources};
use crate::lint::dockerfile::finals;
use crate::lint::secrets::keys;
use crate::lint::{Findings, Whole};
use crate::project::host::{Host, Kind, join};

pub(super) const CODE: &str = "docker-no-ignore-file";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let dockerfile = known.dockerfile;
        let Some(context) = &dockerfile.context else { continue };
        let beside = dockerfile.host.as_ref().map(|host| format!("{host}.dockerignore"));
        let is_file = |path: &str| whole.host.kind(path) != Kind::Missing;
        if is_file(&join(context, ".dockerignore")) || beside.is_some_and(|beside| is_file(&beside)) {
            continue;
        }
        let needed = dockerfile.needed(known.stage_index).into_iter();
        let steps = needed.flat_map(|index| &dockerfile.stages[index].steps);
        let sources: Vec<Source<'_>> = steps.flat_map(sources).collect();
        let all = sources.iter().find(|source| source.is_all());
        let inside = unwanted(context, whole.host);
        let severity = match (all, inside.is_empty()) {
            (Some(_), false) => Severity::Warning,
            (Some(_), true) | (None, false) => Severity::Info,
            (None, true) => continue,
        };
        let names: Vec<String> = inside.iter().take(3).map(|name| format!("`{name}`")).collect();
        let (span, message) = match (all, names.is_empty()) {
            (Some(all), false) => (
                all.word.span,
                format!("the whole folder is copied, with {}: there is no .dockerignore", names.join(", ")),
            ),
            (Some(all), true) => {
                (all.word.span, "the whole folder is copied, and there is no .dockerignore".to_owned())
            }
            (None, _) => {
                let first = sources.first().map_or(dockerfile.stages[0].span, |source| source.word.span);
                (first, format!("the build context holds {}: there is no .dockerignore", names.join(", ")))
            }
        };
        let mut found = findings
            .at(span, message)
            .note("everything in the context can get into the image, and a change of any file makes its layers anew")
            .help(match inside.first() {
                Some(first) => format!("write a .dockerignore that begins with `.git` and `{first}`"),
                None => "write a .dockerignore: `.git`, `.env`, and what is installed or built on the machine".to_owned(),
            }).in_stack("name what is not for the build: `ignore .git .env`");
        found.severity = severity;
        findings.push(found);
    }
}

/// What a context has that no image should.
fn unwanted(context: &str, host: &dyn Host) -> Vec<String> {
    let is_unwanted = |name: &String| {
        let path = join(context, name);
        match host.kind(&path) {
            // A folder of settings for ssh need not hold a key.
            Kind::Folder if name != ".git" => {
                let inside = host.names(&path).unwrap_or_default();
                keys::by_name(name).is_some() && inside.iter().any(|file| keys::by_name(file).is_some())
            }
            Kind::Folder | Kind::File | Kind::Other | Kind::Missing | Kind::Unknown => {
                name == ".git" || keys::by_name(name).is_some()
            }
        }
    };
    host.names(context).unwrap_or_default().into_iter().filter(is_unwanted).collect()
}
