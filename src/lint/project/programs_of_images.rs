//! Which of the programs that health checks use are in which images, and what else an image has for them.

use crate::project::images::{known, name_and_tag};

/// Whether an image surely lacks a program; `None` if that is not known.
pub(in crate::lint) fn lacks(image: &str, program: &str) -> Option<Lack> {
    let (name, tag) = name_and_tag(image);
    let program = program.rsplit('/').next().unwrap_or(program);
    if let Some(renamed) = RENAMED.iter().find(|renamed| renamed.image == name) {
        let major = tag.split(['.', '-']).next().and_then(|major| major.parse::<u32>().ok());
        let is_since = tag == "latest" || major.is_some_and(|major| major >= renamed.since);
        if is_since && renamed.programs.contains(&program) {
            return Some(Lack { instead: renamed.instead });
        }
    }
    let programs = known(image)?.programs.as_ref()?;
    if !TOLD_OF.contains(&program) || programs.contains(&program) {
        return None;
    }
    let of_image = INSTEAD.iter().find(|(image, _)| *image == name).map(|(_, instead)| *instead);
    let of_tools = REQUESTS.iter().find(|(tool, _)| programs.contains(tool)).map(|(_, instead)| *instead);
    Some(Lack { instead: of_image.or(of_tools).unwrap_or_default() })
}

/// A program that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) struct Lack {
    /// What the image has that does the same; empty if nobody knows.
    pub(in crate::lint) instead: &'static str,
}

/// The programs of which the table of images tells.
const TOLD_OF: [&str; 5] = ["bash", "curl", "nc", "python3", "wget"];

/// What asks an address over HTTP, by the program that does it.
const REQUESTS: [(&str, &str); 2] = [("curl", "curl -fsS"), ("wget", "wget -qO /dev/null")];

/// What an image has to ask its own program, or any.
const INSTEAD: [(&str, &str); 6] = [
    ("python", "python -c \"import urllib.request as r; r.urlopen('http://127.0.0.1:8000/')\""),
    (
        "node",
        "node -e \"fetch('http://127.0.0.1:3000/').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))\"",
    ),
    ("postgres", "pg_isready"),
    ("redis", "redis-cli ping"),
    ("valkey/valkey", "valkey-cli ping"),
    ("mariadb", "healthcheck.sh --connect --innodb_initialized"),
];

/// Programs that an image has no longer.
struct Renamed {
    image: &'static str,
    programs: &'static [&'static str],
    since: u32,
    instead: &'static str,
}

/// Sources: `mariadb`'s release notes of 11.0 on the names of its programs, `mongo`'s of 6.0 on its old shell.
const RENAMED: [Renamed; 2] = [
    Renamed {
        image: "mariadb",
        programs: &["mysql", "mysqladmin"],
        since: 11,
        instead: "healthcheck.sh --connect --innodb_initialized",
    },
    Renamed { image: "mongo", programs: &["mongo"], since: 6, instead: "mongosh" },
];

#[cfg(test)]
mod tests {
    use super::lacks;

    #[test]
    fn what_an_image_lacks_depends_on_its_variant() {
        for (image, program, is_lacking) in [
            ("python:3.14-slim", "curl", true),
            ("python:3.14-slim-bookworm", "/usr/bin/wget", true),
            ("python:3.14", "curl", false),
            ("python:3.14-alpine3.22", "curl", true),
            ("python:3.14-alpine", "wget", false),
            ("python:3.14-slim", "python", false),
            ("nginx:1.30", "curl", false),
            ("nginx:1.30", "wget", true),
            ("nginx:1.30-alpine", "curl", false),
            ("nginx:1.30-alpine-slim", "curl", true),
            ("mariadb:11.4", "mysqladmin", true),
            ("mariadb:10.11", "mysqladmin", false),
            ("mongo:7", "mongo", true),
            ("mongo:7", "mongosh", false),
            ("example/python:slim", "curl", false),
        ] {
            assert_eq!(lacks(image, program).is_some(), is_lacking, "{image} {program}");
        }
    }
}
