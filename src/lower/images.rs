//! What is known of well-known images: what they run, listen on, need and offer.
//!
//! Source of each row: the image's own repository (docker-library/postgres, docker-library/python,
//! nginx/docker-nginx), its Dockerfile and entrypoint; capabilities and tmpfs paths were found by running them.

use crate::model::image::ImageRef;

/// How a program of the image can ask an HTTP address on its own loopback interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HttpProbe {
    /// `curl -fsS`
    Curl,
    /// `wget`, that of busybox.
    Wget,
    /// `python -c` with urllib.
    Python,
}

/// A user as `uid:gid`, which differ between the variants of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User {
    debian: &'static str,
    alpine: &'static str,
}

impl User {
    /// The user in that variant.
    pub(crate) fn id(self, alpine: bool) -> &'static str {
        if alpine { self.alpine } else { self.debian }
    }
}

/// One image, by the name of its official repository.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownImage {
    pub(crate) name: &'static str,
    pub(crate) entrypoint: &'static [&'static str],
    pub(crate) command: &'static [&'static str],
    pub(crate) ports: &'static [u16],
    /// A shell text that ends without an error when the service can be used.
    pub(crate) health: Option<&'static str>,
    pub(crate) http_probe: Option<HttpProbe>,
    /// The user of its own that it can be started as, without any capability.
    pub(crate) user: Option<User>,
    /// What must be writable when the root file system is not; with options where it must belong to that user.
    pub(crate) tmpfs: &'static [&'static str],
    /// Variables that builds on it get.
    pub(crate) env: &'static [(&'static str, &'static str)],
    /// Whether it keeps data that only its clients should reach.
    pub(crate) is_database: bool,
}

const NOTHING: KnownImage = KnownImage {
    name: "",
    entrypoint: &[],
    command: &[],
    ports: &[],
    health: None,
    http_probe: None,
    user: None,
    tmpfs: &["/tmp"],
    env: &[],
    is_database: false,
};

static IMAGES: &[KnownImage] = &[
    KnownImage {
        name: "nginx",
        entrypoint: &["/docker-entrypoint.sh"],
        command: &["nginx", "-g", "daemon off;"],
        ports: &[80],
        http_probe: Some(HttpProbe::Curl),
        user: Some(User { debian: "101:101", alpine: "101:101" }),
        tmpfs: &["/tmp", "/run:mode=755", "/var/cache/nginx:mode=755"],
        ..NOTHING
    },
    KnownImage {
        name: "postgres",
        entrypoint: &["docker-entrypoint.sh"],
        command: &["postgres"],
        ports: &[5432],
        health: Some(
            r#"pg_isready -q -h 127.0.0.1 -U "${POSTGRES_USER:-postgres}" -d "${POSTGRES_DB:-${POSTGRES_USER:-postgres}}""#,
        ),
        user: Some(User { debian: "999:999", alpine: "70:70" }),
        tmpfs: &["/tmp", "/var/run/postgresql:mode=2775"],
        is_database: true,
        ..NOTHING
    },
    KnownImage {
        name: "python",
        command: &["python3"],
        http_probe: Some(HttpProbe::Python),
        env: &[("PYTHONDONTWRITEBYTECODE", "1"), ("PYTHONUNBUFFERED", "1")],
        ..NOTHING
    },
];

/// What is known of an image.
pub(crate) fn known(image: &ImageRef) -> Option<&'static KnownImage> {
    let name = image.official()?;
    IMAGES.iter().find(|known| known.name == name)
}
