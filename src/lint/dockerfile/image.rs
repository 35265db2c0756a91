//! The names of images: what stands before the tag, the tag, the digest.

/// The parts of an image's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ImageName<'a> {
    /// Without tag and digest: `ghcr.io/owner/app`, `nginx`.
    pub(crate) repository: &'a str,
    /// `1.30-alpine`
    pub(crate) tag: Option<&'a str>,
    /// `sha256:...`
    pub(crate) digest: Option<&'a str>,
}

impl<'a> ImageName<'a> {
    /// Takes a name apart. Source: distribution/reference, `grammar`.
    pub(crate) fn of(name: &'a str) -> Self {
        let (rest, digest) = match name.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (name, None),
        };
        // A colon before the last slash is that of the registry's port.
        let path = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match rest[path..].find(':') {
            Some(colon) => (&rest[..path + colon], Some(&rest[path + colon + 1..])),
            None => (rest, None),
        };
        Self { repository, tag, digest }
    }

    /// The repository of an official image without what every name of it may begin with.
    pub(crate) fn official(&self) -> &'a str {
        let name = self.repository;
        let name = name.strip_prefix("docker.io/").or(name.strip_prefix("index.docker.io/")).unwrap_or(name);
        let name = name.strip_prefix("public.ecr.aws/docker/").unwrap_or(name);
        name.strip_prefix("library/").unwrap_or(name)
    }

    /// Whether what the name stands for changes from release to release without any letter of it.
    pub(crate) fn is_floating(&self) -> bool {
        self.digest.is_none() && self.tag.is_none_or(is_floating_tag)
    }
}

/// Tags that follow what is released or merged.
const FLOATING: &[&str] = &[
    "latest", "stable", "edge", "nightly", "dev", "beta", "canary", "test", "unstable", "preview", "main",
    "master",
];

/// Whether a tag names no version, but whatever is newest of a kind.
pub(crate) fn is_floating_tag(tag: &str) -> bool {
    FLOATING.contains(&tag)
}

#[cfg(test)]
mod tests {
    use super::ImageName;

    #[test]
    fn names_are_taken_apart() {
        for (name, repository, tag, digest) in [
            ("nginx", "nginx", None, None),
            ("nginx:1.30", "nginx", Some("1.30"), None),
            ("localhost:5000/a/b", "localhost:5000/a/b", None, None),
            ("localhost:5000/a/b:c", "localhost:5000/a/b", Some("c"), None),
            ("a:b@sha256:c", "a", Some("b"), Some("sha256:c")),
        ] {
            assert_eq!(ImageName::of(name), ImageName { repository, tag, digest }, "{name}");
        }
        assert_eq!(ImageName::of("docker.io/library/node:24").official(), "node");
        for name in ["a", "a:latest", "a:stable", "b/a:edge"] {
            assert!(ImageName::of(name).is_floating(), "{name}");
        }
        for name in ["a@sha256:c", "a:stable@sha256:c", "a:stable-1.30", "a:bookworm"] {
            assert!(!ImageName::of(name).is_floating(), "{name}");
        }
    }
}
