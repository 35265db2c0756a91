//! Paths: inside a container, on the host, and of emitted files.

use std::fmt;

/// An absolute path inside a container, without `.`, `..` or repeated slashes. A closing slash is kept: COPY and
/// nginx give it a meaning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerPath(String);

impl ContainerPath {
    /// Normalises an absolute path; `None` if it is relative, empty, or climbs above `/`.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('/')?;
        let mut parts: Vec<&str> = Vec::new();
        for part in rest.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                name if name.contains(|c: char| c.is_control()) => return None,
                name => parts.push(name),
            }
        }
        let slash = if rest.ends_with('/') && !parts.is_empty() { "/" } else { "" };
        Some(Self(format!("/{}{slash}", parts.join("/"))))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path without a closing slash.
    pub fn trimmed(&self) -> &str {
        match self.0.trim_end_matches('/') {
            "" => "/",
            path => path,
        }
    }

    /// What follows `base` in this path, without a leading slash; `None` if it is not below or equal to it.
    pub fn below(&self, base: &ContainerPath) -> Option<&str> {
        let (path, base) = (self.trimmed(), base.trimmed());
        if base == "/" {
            return Some(path.trim_start_matches('/'));
        }
        match path.strip_prefix(base)? {
            "" => Some(""),
            rest => rest.strip_prefix('/'),
        }
    }

    /// This path followed by a relative one.
    #[must_use]
    pub fn join(&self, relative: &str) -> Option<Self> {
        if relative.starts_with('/') {
            Self::parse(relative)
        } else {
            Self::parse(&format!("{}/{relative}", self.0))
        }
    }
}

impl fmt::Display for ContainerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A path on the host: absolute, `~/...`, or relative to the file that names it. Kept as written but for a closing
/// slash and `./`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPath(String);

impl HostPath {
    /// Any path without control characters; `None` if empty.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || text.contains(|c: char| c.is_control()) {
            return None;
        }
        let absolute = text.starts_with(['/', '~']) || is_drive(text);
        if absolute {
            return Some(Self(if text.len() > 1 {
                text.trim_end_matches('/').to_owned()
            } else {
                text.to_owned()
            }));
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.last().is_some_and(|last| *last != "..") => {
                    parts.pop();
                }
                name => parts.push(name),
            }
        }
        Some(Self(if parts.is_empty() { ".".to_owned() } else { parts.join("/") }))
    }

    /// The path without a leading `./`; `.` for the folder itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is given from the file that names it.
    pub fn is_relative(&self) -> bool {
        !self.0.starts_with(['/', '~']) && !is_drive(&self.0)
    }

    /// Whether it leaves the folder it is relative to.
    pub fn climbs(&self) -> bool {
        self.0 == ".." || self.0.starts_with("../")
    }

    /// `relative` below this path.
    #[must_use]
    pub fn join(&self, relative: &str) -> Self {
        Self::parse(&format!("{}/{relative}", self.0)).unwrap_or_else(|| self.clone())
    }

    /// What follows `base`, without a leading slash; `None` if this path is not below or equal to it.
    pub fn below(&self, base: &HostPath) -> Option<&str> {
        if base.0 == "." {
            return (self.is_relative() && !self.climbs()).then_some(if self.0 == "." {
                ""
            } else {
                &self.0
            });
        }
        match self.0.strip_prefix(base.as_str())? {
            "" => Some(""),
            rest => rest.strip_prefix('/'),
        }
    }

    /// As compose wants a path of the host: `./a`, `../a`, `/a`.
    pub fn dotted(&self) -> String {
        match self.0.as_str() {
            "." | ".." => self.0.clone(),
            path if self.is_relative() && !self.climbs() => format!("./{path}"),
            path => path.to_owned(),
        }
    }
}

/// `C:\` or `C:/`
fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic())
}

impl fmt::Display for HostPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A path in the container that a step of a build runs in: absolute, or from the folder that the step is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepPath;

impl StepPath {
    /// Whether a text is one. Source: `BuildKit`, frontend/dockerfile/`dockerfile2llb/convert_runmount.go`, `dispatchRunMounts`.
    pub fn parse(text: &str) -> Option<Self> {
        (!text.is_empty() && !text.contains(char::is_control)).then_some(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn container_paths_are_absolute_and_normal() {
        let path = |text| ContainerPath::parse(text).map(|p| p.to_string());
        assert_eq!(path("/a//b/./c/../d/").as_deref(), Some("/a/b/d/"));
        assert_eq!(path("/").as_deref(), Some("/"));
        assert_eq!(path("a/b"), None);
        assert_eq!(path("/.."), None);
        let app = ContainerPath::parse("/app").unwrap();
        assert_eq!(ContainerPath::parse("/app/static/").unwrap().below(&app), Some("static"));
        assert_eq!(ContainerPath::parse("/application").unwrap().below(&app), None);
    }

    #[test]
    fn host_paths_keep_where_they_start() {
        let path = |text| HostPath::parse(text).unwrap();
        assert_eq!(path("./a/./b/").as_str(), "a/b");
        assert_eq!(path("../a").dotted(), "../a");
        assert_eq!(path("a").dotted(), "./a");
        assert_eq!(path("./").as_str(), ".");
        assert!(path("a/../../b").climbs());
        assert_eq!(path("static/css").below(&path("static")), Some("css"));
        assert_eq!(path("static").below(&path(".")), Some("static"));
        assert_eq!(HostPath::parse(""), None);
    }
}
