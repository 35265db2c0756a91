//! Every file of a static root, with the path that it is asked for under.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use crate::driver::container::{Container, Listed, Named};
use crate::driver::error::reason;
use crate::request::{Entry, Files, StaticRoot};

/// Folders deeper than this are not looked into.
const DEEPEST: usize = 256;
/// So many files are looked at; a tree of links has no end.
const MOST_FILES: usize = 2_000_000;

/// Walks over static roots.
pub(super) struct Walk<'a> {
    pub(super) container: &'a Container,
    /// Is shown each file: its path in the container, and the path of its URL.
    pub(super) visit: &'a mut dyn FnMut(&str, &str),
    /// What could not be looked at.
    pub(super) notes: &'a mut Vec<String>,
    /// The folders that links led to; each is walked once.
    links: BTreeSet<PathBuf>,
    count: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        container: &'a Container,
        visit: &'a mut dyn FnMut(&str, &str),
        notes: &'a mut Vec<String>,
    ) -> Self {
        Self { container, visit, notes, links: BTreeSet::new(), count: 0 }
    }

    /// Shows every file of a static root, in order of name.
    pub(super) fn root(&mut self, root: &StaticRoot) {
        let folder = root.folder.trim_end_matches('/');
        let prefix = root.prefix.trim_end_matches('/');
        self.folder(folder, prefix, 0);
        if root.prefix.ends_with('/') || root.folder.ends_with('/') {
            return;
        }
        // Without slashes, what only begins with the folder's name is served as well.
        let Some((above, name)) = folder.rsplit_once('/') else { return };
        let listed = self.container.list(if above.is_empty() { "/" } else { above });
        let Some(Ok(listed)) = listed else { return };
        for (other, kind) in &listed.names {
            if let Some(rest) = other.strip_prefix(name).filter(|rest| !rest.is_empty()) {
                self.entry(&format!("{above}/{other}"), &format!("{prefix}{}", escaped(rest)), *kind, 0);
            }
        }
    }

    fn folder(&mut self, folder: &str, uri: &str, depth: usize) {
        let Some(listed) = self.list(if folder.is_empty() { "/" } else { folder }, depth) else { return };
        let (mut path, mut target) = (format!("{folder}/"), format!("{uri}/"));
        let (path_length, target_length) = (path.len(), target.len());
        for (name, kind) in &listed.names {
            path.truncate(path_length);
            path.push_str(name);
            target.truncate(target_length);
            target.push_str(&escaped(name));
            self.entry(&path, &target, *kind, depth);
        }
    }

    fn list(&mut self, folder: &str, depth: usize) -> Option<Listed> {
        let why = match self.container.list(folder) {
            _ if depth > DEEPEST => "is too deep to be looked into".to_owned(),
            Some(Ok(listed)) => {
                if listed.unnamed > 0 {
                    self.notes.push(format!("{} names in `{folder}` are not UTF-8", listed.unnamed));
                }
                return Some(listed);
            }
            None => "is not known: which files there are cannot be told".to_owned(),
            Some(Err(cause)) if cause.kind() == io::ErrorKind::NotFound => "does not exist".to_owned(),
            Some(Err(cause)) => format!("cannot be read: {}", reason(&cause)),
        };
        self.notes.push(format!("`{folder}` {why}"));
        None
    }

    fn entry(&mut self, path: &str, uri: &str, kind: Named, depth: usize) {
        match kind {
            Named::File => self.file(path, uri),
            Named::Folder => self.folder(path, uri, depth + 1),
            Named::Other => match self.container.entry(path) {
                Entry::File | Entry::Unreadable => self.file(path, uri),
                Entry::Folder => {
                    let target = self.container.host_path(path);
                    if target.is_some_and(|target| self.links.insert(target)) {
                        self.folder(path, uri, depth + 1);
                    }
                }
                Entry::Missing | Entry::Closed | Entry::Special | Entry::Unknown => {}
            },
        }
    }

    fn file(&mut self, path: &str, uri: &str) {
        self.count += 1;
        match self.count.cmp(&MOST_FILES) {
            std::cmp::Ordering::Less => (self.visit)(path, uri),
            std::cmp::Ordering::Equal => self.notes.push(format!("files beyond {MOST_FILES} are left out")),
            std::cmp::Ordering::Greater => {}
        }
    }
}

/// A name as a part of a URL's path.
fn escaped(name: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
    if name.bytes().all(is_plain) {
        return Cow::Borrowed(name);
    }
    let each = name
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    Cow::Owned(each.collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_escaped_for_a_url() {
        assert_eq!(super::escaped("a b%ü#?.css"), "a%20b%25%C3%BC%23%3F.css");
        assert_eq!(super::escaped("a-b_c.min.css"), "a-b_c.min.css");
    }
}
