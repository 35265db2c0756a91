//! Which of the programs that health checks use are in which images.
//!
//! Source: the Dockerfiles of docker-library and nginx/docker-nginx, and what Debian, Alpine and busybox bring.

use crate::model::image::ImageRef;

/// Whether an image surely lacks a program; `None` if that is not known.
pub(in crate::lint) fn lacks(image: &ImageRef, program: &str) -> Option<Lack> {
    let name = image.official()?;
    let tag = image.tag.as_deref().unwrap_or("latest");
    let variant = Variant::of(name, tag);
    let major = image.major();
    if name == "mariadb" && matches!(program, "mysql" | "mysqladmin") {
        // From 11 on they have names of their own; `latest` is later than that.
        let is_renamed = major.is_some_and(|major| major >= 11) || tag == "latest";
        return is_renamed.then_some(Lack { instead: "healthcheck.sh --connect --innodb_initialized" });
    }
    if name == "mongo" && program == "mongo" {
        let is_renamed = major.is_some_and(|major| major >= 6) || tag == "latest";
        return is_renamed.then_some(Lack { instead: "mongosh" });
    }
    let row = ROWS.iter().find(|row| row.names.contains(&name) && row.variant == variant)?;
    row.lacks.contains(&program).then_some(Lack { instead: row.instead })
}

/// A program that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) struct Lack {
    /// What the image has that does the same.
    pub(in crate::lint) instead: &'static str,
}

/// The variants of an image that differ in this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variant {
    /// Debian with what is needed to compile.
    Full,
    /// Debian with as little as will do.
    Slim,
    Alpine,
    AlpineSlim,
    Other,
}

impl Variant {
    fn of(name: &str, tag: &str) -> Self {
        let has = |part: &str| tag.split(['-', '.']).any(|word| word.starts_with(part));
        match (has("alpine"), has("slim")) {
            (true, true) => Self::AlpineSlim,
            (true, false) => Self::Alpine,
            (false, true) => Self::Slim,
            (false, false) if name == "alpine" => Self::Alpine,
            (false, false) if has("windows") || has("nanoserver") => Self::Other,
            (false, false) => Self::Full,
        }
    }
}

struct Row {
    names: &'static [&'static str],
    variant: Variant,
    lacks: &'static [&'static str],
    instead: &'static str,
}

/// Those of which it is certain. Where neither of two is there, `instead` is one that asks the program itself.
const ROWS: &[Row] = &[
    Row {
        names: &["python"],
        variant: Variant::Slim,
        lacks: &["curl", "wget", "nc"],
        instead: "python -c \"import urllib.request as r; r.urlopen('http://127.0.0.1:8000/')\"",
    },
    Row {
        names: &["node"],
        variant: Variant::Slim,
        lacks: &["curl", "wget", "nc"],
        instead: "node -e \"fetch('http://127.0.0.1:3000/').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))\"",
    },
    Row { names: &["ruby", "debian"], variant: Variant::Slim, lacks: &["curl", "wget", "nc"], instead: "" },
    Row { names: &["debian", "ubuntu"], variant: Variant::Full, lacks: &["curl", "wget", "nc"], instead: "" },
    Row {
        names: &["postgres"],
        variant: Variant::Full,
        lacks: &["curl", "wget", "nc"],
        instead: "pg_isready",
    },
    Row {
        names: &["redis", "valkey"],
        variant: Variant::Full,
        lacks: &["curl", "wget", "nc"],
        instead: "redis-cli ping",
    },
    Row { names: &["nginx"], variant: Variant::Full, lacks: &["wget"], instead: "curl -fsS" },
    Row { names: &["php"], variant: Variant::Full, lacks: &["wget"], instead: "curl -fsS" },
    Row { names: &["nginx"], variant: Variant::AlpineSlim, lacks: &["curl"], instead: "wget -qO /dev/null" },
    Row {
        names: &[
            "python",
            "node",
            "ruby",
            "golang",
            "alpine",
            "redis",
            "postgres",
            "caddy",
            "traefik",
            "eclipse-temurin",
        ],
        variant: Variant::Alpine,
        lacks: &["curl"],
        instead: "wget -qO /dev/null",
    },
];

#[cfg(test)]
mod tests {
    use super::lacks;
    use crate::model::image::ImageRef;

    #[test]
    fn what_an_image_lacks_depends_on_its_variant() {
        for (image, program, is_lacking) in [
            ("python:3.14-slim", "curl", true),
            ("python:3.14-slim-bookworm", "wget", true),
            ("python:3.14", "curl", false),
            ("python:3.14-alpine3.22", "curl", true),
            ("python:3.14-alpine", "wget", false),
            ("nginx:1.30", "curl", false),
            ("nginx:1.30", "wget", true),
            ("nginx:1.30-alpine", "curl", false),
            ("nginx:1.30-alpine-slim", "curl", true),
            ("mariadb:11.4", "mysqladmin", true),
            ("mariadb:10.11", "mysqladmin", false),
            ("mongo:7", "mongo", true),
            ("example/python:slim", "curl", false),
        ] {
            let found = lacks(&ImageRef::parse(image).unwrap(), program).is_some();
            assert_eq!(found, is_lacking, "{image} {program}");
        }
    }
}
