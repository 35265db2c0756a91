//! The files around a project, as pure code asks for them. The driver answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What stands at a path of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file, or a link to one inside of the project.
    File,
    /// A folder, or a link to one inside of the project.
    Folder,
    /// Something that is never opened: a device, a pipe, a link out of the project.
    Other,
    /// Nothing.
    Missing,
    /// Nobody knows: it lies outside of the project, or may not be looked at.
    Unknown,
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such file.
    Missing,
    /// It lies outside of the project, is no regular file, is too large, is not text, or may not be read: why, as the
    /// rest of a sentence that begins with the path.
    Not(String),
}

/// The files around a project. Paths have `/` between their parts, neither `.` nor `..` in their middle, and are
/// relative to where the command runs or absolute, just as the person named the first file.
pub trait Host {
    /// The text of a regular file inside of the project, of at most [`crate::source::MAX_FILE_BYTES`].
    fn read(&self, path: &str) -> Result<Arc<str>, Refusal>;

    /// What stands at a path; links are followed.
    fn kind(&self, path: &str) -> Kind;

    /// The names in a folder, in order; `None` if it is none, or cannot be listed.
    fn names(&self, folder: &str) -> Option<Vec<String>>;

    /// Whether git knows the file or would take it: it is not ignored. `None` outside of a repository.
    fn is_committed(&self, path: &str) -> Option<bool> {
        let _ = path;
        None
    }

    /// The permission bits of what stands at a path, as in `0o644`.
    fn mode(&self, path: &str) -> Option<u32> {
        let _ = path;
        None
    }

    /// The number of the user that what stands at a path belongs to.
    fn owner(&self, path: &str) -> Option<u32> {
        let _ = path;
        None
    }
}

/// Files that are given rather than read: what examples and tests have around them. All lie inside of the project.
/// Where something lies below `.git`, they are a repository, which ignores what a line of `.gitignore` names as a whole.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Arc<str>>,
    modes: BTreeMap<String, (u32, u32)>,
}

impl Memory {
    /// These files, each with its text.
    pub fn new<N: Into<String>, T: Into<Arc<str>>>(files: impl IntoIterator<Item = (N, T)>) -> Self {
        Self {
            files: files.into_iter().map(|(name, text)| (name.into(), text.into())).collect(),
            ..Self::default()
        }
    }

    /// The same with the permission bits and the owner of a path.
    #[must_use]
    pub fn with_mode(mut self, path: &str, mode: u32, owner: u32) -> Self {
        self.modes.insert(path.to_owned(), (mode, owner));
        self
    }

    /// The names of all files, in order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// What follows a folder in the path of each file that lies in it.
    fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        let inside = move |file: &'a str| match folder {
            "." => (!file.starts_with('/')).then_some(file),
            folder => file.strip_prefix(folder)?.strip_prefix('/'),
        };
        self.files().filter_map(inside)
    }
}

impl Host for Memory {
    fn read(&self, path: &str) -> Result<Arc<str>, Refusal> {
        self.files.get(path).cloned().ok_or(Refusal::Missing)
    }

    fn kind(&self, path: &str) -> Kind {
        if self.files.contains_key(path) {
            Kind::File
        } else if path == "." || self.below(path).next().is_some() {
            Kind::Folder
        } else if path.starts_with('/') || path.starts_with("..") {
            Kind::Unknown
        } else {
            Kind::Missing
        }
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        if self.kind(folder) != Kind::Folder {
            return None;
        }
        let names = self.below(folder).map(|rest| rest.split('/').next().unwrap_or(rest).to_owned());
        Some(names.collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn is_committed(&self, path: &str) -> Option<bool> {
        self.below(".git").next()?;
        let ignored = self.files.get(".gitignore").map_or("", |text| text);
        Some(self.files.contains_key(path) && !ignored.lines().any(|line| line == path))
    }

    fn mode(&self, path: &str) -> Option<u32> {
        self.modes.get(path).map(|(mode, _)| *mode)
    }

    fn owner(&self, path: &str) -> Option<u32> {
        self.modes.get(path).map(|(_, owner)| *owner)
    }
}

/// A path relative to a folder, tidied: `.` and `..` are resolved by their letters.
pub fn join(folder: &str, path: &str) -> String {
    let absolute = path.starts_with('/') || (folder.starts_with('/') && !path.starts_with('/'));
    let mut parts: Vec<&str> = Vec::new();
    let around = if path.starts_with('/') { "" } else { folder };
    for part in around.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn paths_are_joined_by_their_letters() {
        for (folder, path, joined) in [
            (".", "./a", "a"),
            ("deploy", "../src/./x", "src/x"),
            ("a", "..", "."),
            (".", "../x", "../x"),
            ("/srv/a", "../../../x", "/x"),
            ("deploy", "/etc/nginx", "/etc/nginx"),
            ("/srv", "x", "/srv/x"),
        ] {
            assert_eq!(join(folder, path), joined, "{folder} {path}");
        }
    }
}
