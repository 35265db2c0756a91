//! Image references, taken apart.

use std::fmt;

/// `[registry/]repository[:tag][@digest]`. Source: distribution/reference, `reference.go`, the grammar at its top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRef {
    /// As written.
    pub text: String,
    /// Registry and path, without tag and digest.
    pub repository: String,
    /// After `:`.
    pub tag: Option<String>,
    /// After `@`, with its algorithm.
    pub digest: Option<String>,
}

/// The longest name of an image, with its registry (`NameTotalLengthMax`).
const LONGEST_NAME: usize = 255;

impl ImageRef {
    /// Takes a reference apart; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let (repository, tag) = match rest.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            _ => (rest, None),
        };
        let valid = repository.len() <= LONGEST_NAME
            && is_repository(repository)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(|d| {
                d.split_once(':').is_some_and(|(a, h)| {
                    !a.is_empty() && h.len() >= 16 && h.chars().all(|c| c.is_ascii_hexdigit())
                })
            });
        valid.then(|| Self {
            text: text.to_owned(),
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// The name under which Docker Hub's official images are known: `nginx` for `docker.io/library/nginx`.
    pub fn official(&self) -> Option<&str> {
        let name = self.repository.strip_prefix("docker.io/").unwrap_or(&self.repository);
        let name = name.strip_prefix("library/").unwrap_or(name);
        (!name.contains('/')).then_some(name)
    }

    /// The tag's leading number: 17 for `17.2-alpine`.
    pub fn major(&self) -> Option<u32> {
        let tag = self.tag.as_deref()?;
        tag.split(['.', '-']).next()?.parse().ok()
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_repository(text: &str) -> bool {
    let path = match text.split_once('/') {
        Some((host, path)) if is_registry(host) => path,
        _ => text,
    };
    path.split('/').all(|part| {
        part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-'))
            && part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.ends_with(|c: char| c.is_ascii_alphanumeric())
    })
}

/// The first part of a path names a registry if it could not be a folder: it has a dot or a port, or is localhost.
fn is_registry(part: &str) -> bool {
    let (host, port) = part.split_once(':').map_or((part, None), |(host, port)| (host, Some(port)));
    (part == "localhost" || host.contains('.') || port.is_some())
        && !host.is_empty()
        && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        && port.is_none_or(|port| !port.is_empty() && port.chars().all(|c| c.is_ascii_digit()))
}

fn is_tag(text: &str) -> bool {
    text.len() <= 128
        && text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::ImageRef;

    #[test]
    fn references_are_taken_apart() {
        let image = ImageRef::parse("registry.local:5000/a/b:1.2@sha256:0123456789abcdef").unwrap();
        assert_eq!(
            (image.repository.as_str(), image.tag.as_deref()),
            ("registry.local:5000/a/b", Some("1.2"))
        );
        assert_eq!(image.official(), None);
        assert_eq!(ImageRef::parse("docker.io/library/nginx").unwrap().official(), Some("nginx"));
        assert_eq!(ImageRef::parse("postgres:17.2-alpine").unwrap().major(), Some(17));
        for wrong in ["", "Nginx", "nginx:", "a b", "nginx:a/b:c", "-nginx"] {
            assert_eq!(ImageRef::parse(wrong), None, "{wrong}");
        }
    }
}
