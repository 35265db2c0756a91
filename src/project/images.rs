//! What well-known images bring, from the table in `data/images/`.

use std::sync::LazyLock;

use globset::Glob;

/// What is known of an image.
#[derive(Clone, Debug)]
pub struct KnownImage {
    /// The name of the repository: `nginx`, `grafana/grafana`.
    pub name: &'static str,
    /// The tags that the row stands for; none for those that no row before it has.
    tags: Vec<&'static str>,
    /// What it is, if rules care.
    pub role: Role,
    /// The user that it runs as: empty for root.
    pub user: &'static str,
    /// The folder that it starts in: empty for `/`.
    pub working_dir: &'static str,
    /// The container ports that it says it listens on.
    pub ports: Vec<u16>,
    /// The paths that are volumes.
    pub volumes: Vec<&'static str>,
    /// Where its data is, which a volume should keep.
    pub data: Vec<&'static str>,
    /// Whether it has a HEALTHCHECK of its own.
    pub has_health: bool,
    /// Its entrypoint.
    pub entrypoint: Vec<String>,
    /// Its command.
    pub command: Vec<String>,
    /// Which of bash, curl, nc, perl, python3, sh and wget are in it; `None` if nobody knows.
    pub programs: Option<Vec<&'static str>>,
}

impl PartialEq for KnownImage {
    /// Each is a row of one table.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for KnownImage {}

/// What an image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Keeps data that only its clients should reach.
    Database,
    /// Keeps data that can be lost.
    Cache,
    /// Passes messages on.
    Queue,
    /// Answers HTTP and passes requests on.
    Proxy,
    /// A language or an operating system to build on.
    Base,
    /// Anything else.
    Other,
}

static IMAGES: LazyLock<Vec<KnownImage>> = LazyLock::new(|| {
    let rows = include_str!("../../data/images/images.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(read).collect()
});

fn read(row: &'static str) -> Option<KnownImage> {
    let columns: Vec<&str> = row.split('\t').collect();
    let [name, tags, role, user, working_dir, ports, volumes, data, health, entrypoint, command, programs, _] =
        columns[..]
    else {
        return None;
    };
    let words = |text: &str| serde_json::from_str(text).unwrap_or_default();
    Some(KnownImage {
        name,
        tags: tags.split_whitespace().collect(),
        role: match role {
            "database" => Role::Database,
            "cache" => Role::Cache,
            "queue" => Role::Queue,
            "proxy" => Role::Proxy,
            "base" => Role::Base,
            _ => Role::Other,
        },
        user,
        working_dir,
        ports: ports.split(' ').filter_map(|port| port.parse().ok()).collect(),
        volumes: volumes.split_whitespace().collect(),
        data: data.split_whitespace().collect(),
        has_health: !health.is_empty(),
        entrypoint: words(entrypoint),
        command: words(command),
        programs: (programs != "?").then(|| programs.split_whitespace().collect()),
    })
}

/// What is known of the image of a reference: `nginx`, `docker.io/library/nginx:1.30-alpine@sha256:...`. The tag counts
/// where variants differ.
pub fn known(reference: &str) -> Option<&'static KnownImage> {
    let (name, tag) = name_and_tag(reference);
    let is_one = |tags: &&str| Glob::new(tags).is_ok_and(|tags| tags.compile_matcher().is_match(tag));
    let fits =
        |image: &KnownImage| image.name == name && (image.tags.is_empty() || image.tags.iter().any(is_one));
    IMAGES.iter().find(|image| fits(image))
}

/// The repository of a reference without Docker Hub's own prefixes, and its tag: `latest` if it has none.
pub fn name_and_tag(reference: &str) -> (&str, &str) {
    let reference = reference.split('@').next().unwrap_or(reference);
    let (name, tag) = match reference.rsplit_once(':') {
        // The port of a registry.
        Some((_, rest)) if rest.contains('/') => (reference, "latest"),
        Some((name, tag)) => (name, tag),
        None => (reference, "latest"),
    };
    let hosts = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"];
    let name = hosts.iter().find_map(|host| name.strip_prefix(host)).unwrap_or(name);
    (name.strip_prefix("library/").unwrap_or(name), tag)
}

/// Whether the images of a repository run nginx with the configuration, the entrypoint and the folders of the official
/// one.
pub fn is_nginx(image: &KnownImage) -> bool {
    matches!(image.name, "nginx" | "nginxinc/nginx-unprivileged")
}

#[cfg(test)]
mod tests {
    use super::{Glob, IMAGES, Role, known, name_and_tag};

    #[test]
    fn every_row_of_the_table_is_read_and_found_by_its_name() {
        let rows = include_str!("../../data/images/images.tsv").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(rows.count(), IMAGES.len());
        for image in IMAGES.iter() {
            assert_eq!(known(image.name).map(|found| found.name), Some(image.name));
            assert!(image.tags.iter().all(|tags| Glob::new(tags).is_ok()), "{image:?}");
        }
        assert!(IMAGES.len() > 100);
    }

    #[test]
    fn the_tag_counts_where_variants_differ() {
        let data = |image| known(image).map(|known| known.data.join(" "));
        for (image, volume) in [
            ("postgres", "/var/lib/postgresql"),
            ("postgres:18-alpine", "/var/lib/postgresql"),
            ("postgres:18.1", "/var/lib/postgresql"),
            ("docker.io/library/postgres:17", "/var/lib/postgresql/data"),
            ("postgres:9.6-alpine@sha256:0123", "/var/lib/postgresql/data"),
        ] {
            assert_eq!(data(image).as_deref(), Some(volume), "{image}");
        }
        let command = |image| known(image).map(|known| known.command.join(" "));
        assert_eq!(command("php:8.3-fpm-alpine").as_deref(), Some("php-fpm"));
        assert_eq!(command("php:8.3-apache").as_deref(), Some("apache2-foreground"));
        assert_eq!(command("php:8.3-cli").as_deref(), Some("php -a"));
        let has =
            |image, program| known(image).and_then(|known| Some(known.programs.as_ref()?.contains(&program)));
        assert_eq!(has("python:3.14-slim", "curl"), Some(false));
        assert_eq!(has("python:3.14", "curl"), Some(true));
        assert_eq!(has("nginx:1.30", "curl"), Some(true));
        assert_eq!(has("mysql:8", "curl"), None);
    }

    #[test]
    fn what_images_say_of_themselves_is_known() {
        let nginx = known("nginxinc/nginx-unprivileged:1.27").unwrap();
        assert_eq!((nginx.user, nginx.ports.as_slice(), nginx.role), ("101", &[8080][..], Role::Proxy));
        assert_eq!(nginx.command, ["nginx", "-g", "daemon off;"]);
        let redis = known("redis:7").unwrap();
        assert_eq!((redis.volumes.as_slice(), redis.role), (&["/data"][..], Role::Cache));
        assert!(known("axllent/mailpit").unwrap().has_health && !redis.has_health);
        assert!(known("example.org:5000/nginx").is_none() && known("me/nginx").is_none());
    }

    #[test]
    fn a_reference_is_a_name_and_a_tag() {
        for (reference, parts) in [
            ("nginx", ("nginx", "latest")),
            ("library/nginx:1", ("nginx", "1")),
            ("localhost:5000/a/b", ("localhost:5000/a/b", "latest")),
            ("docker.io/a/b:c@sha256:d", ("a/b", "c")),
        ] {
            assert_eq!(name_and_tag(reference), parts, "{reference}");
        }
    }
}
