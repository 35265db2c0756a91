//! What a command looked at: the files and folders that it is worth doing again for.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use std::os::unix::fs::MetadataExt;
use walkdir::WalkDir;

use super::place::normal;
use super::sources::may_be_source;
use super::staged::is_temporary;

/// How a path changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// What stands in it, or who may read it.
    Content,
    /// It came, went, or got another name.
    Entry,
}

/// Files and folders, each as it was named and without links.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    /// What relative paths begin in.
    here: PathBuf,
    /// What was read or looked for, whether it is there or not.
    files: BTreeSet<PathBuf>,
    /// Folders in which every file counts, at any depth.
    trees: BTreeSet<PathBuf>,
    /// Folders whose own entries were searched for sources.
    searched: BTreeSet<PathBuf>,
    /// What the command itself wrote.
    written: BTreeSet<PathBuf>,
}

impl Looked {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { here: Path::new(".").canonicalize().unwrap_or_default(), ..Self::default() }
    }

    /// A file that was read or looked for.
    pub fn file(&mut self, path: &Path) {
        let names = self.names(path);
        self.files.extend(names);
    }

    /// A folder of whose files, at any depth, each counts.
    pub fn tree(&mut self, path: &Path) {
        let names = self.names(path);
        self.trees.extend(names);
    }

    /// A folder whose own entries were searched for sources.
    pub fn searched(&mut self, path: &Path) {
        let names = self.names(path);
        self.searched.extend(names);
    }

    /// A file that the command itself writes: that it changes is nothing new.
    pub fn written(&mut self, path: &Path) {
        let names = self.names(path);
        self.written.extend(names);
    }

    /// How many files and folders these are, each counted once.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.trees.is_empty() && self.searched.is_empty()
    }

    /// Takes in what was looked at before as well.
    pub fn extend(&mut self, other: Self) {
        self.files.extend(other.files);
        self.trees.extend(other.trees);
        self.searched.extend(other.searched);
        self.written.extend(other.written);
    }

    /// Files that were read, looked for, or written.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.union(&self.written).map(PathBuf::as_path)
    }

    /// Folders in which every file counts.
    pub(super) fn trees(&self) -> impl Iterator<Item = &Path> {
        self.trees.iter().map(PathBuf::as_path)
    }

    /// Folders whose own entries were searched.
    pub(super) fn searched_folders(&self) -> impl Iterator<Item = &Path> {
        self.searched.iter().map(PathBuf::as_path)
    }

    fn names(&self, path: &Path) -> Vec<PathBuf> {
        let named = normal(&self.here.join(path));
        let real = named.canonicalize().ok().filter(|real| *real != named);
        std::iter::once(named).chain(real).collect()
    }

    /// Whether it matters that something changed.
    pub(super) fn is_about(&self, path: &Path, change: Change) -> bool {
        if self.written.contains(path) || is_temporary(path) {
            return false;
        }
        if self.files.contains(path) {
            return true;
        }
        let is_around = |looked: &BTreeSet<PathBuf>| {
            looked.iter().any(|inner| inner.starts_with(path) && !self.written.contains(inner))
        };
        if change == Change::Entry && [&self.files, &self.trees, &self.searched].into_iter().any(is_around) {
            return true;
        }
        // A folder that the command made for what it wrote.
        if self.written.iter().any(|written| written.starts_with(path)) {
            return false;
        }
        let is_in_tree = self.trees.iter().any(|tree| path.starts_with(tree) && !in_git(path, tree));
        let is_found = || {
            path.parent().is_some_and(|parent| self.searched.contains(parent))
                && (may_be_source(path) || (change == Change::Entry && path.is_dir()))
        };
        is_in_tree || is_found()
    }

    /// Whether a file is another one since `start`, or a folder that was searched has others. What the command itself
    /// writes changes folders as well, so that they tell nothing then.
    pub(super) fn has_changed(&self, start: SystemTime) -> bool {
        let changed = |path: &PathBuf| {
            let metadata = path.symlink_metadata().ok()?;
            let seconds = u64::try_from(metadata.ctime()).ok()?;
            let nanoseconds = u32::try_from(metadata.ctime_nsec()).ok()?;
            Some(SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds) > start)
        };
        let mut files = self.files.iter().filter(|path| !self.written.contains(*path) && path.is_file());
        let mut folders = self.searched.iter().filter(|_| self.written.is_empty());
        files.any(|path| changed(path) == Some(true)) || folders.any(|path| changed(path) == Some(true))
    }

    /// The folders whose entries have to be watched: those with what was looked at, and those around them as far as where
    /// the command runs, by which they may go and come again.
    pub(super) fn folders(&self) -> BTreeSet<PathBuf> {
        let mut folders = BTreeSet::new();
        for path in self.files.iter().chain(&self.trees).chain(&self.searched) {
            folders.extend(self.around(path));
        }
        folders.extend(self.searched.iter().filter(|folder| folder.is_dir()).cloned());
        for tree in &self.trees {
            let entries = WalkDir::new(tree).follow_links(false).into_iter();
            let entries = entries.filter_entry(|entry| entry.file_name() != ".git").flatten();
            folders
                .extend(entries.filter(|entry| entry.file_type().is_dir()).map(walkdir::DirEntry::into_path));
        }
        folders
    }

    /// The folders around a path that are there: all below the one that the command runs in, or else the nearest.
    fn around(&self, path: &Path) -> Vec<PathBuf> {
        let mut there = path.ancestors().skip(1).filter(|folder| folder.is_dir()).map(Path::to_owned);
        if path.starts_with(&self.here) {
            there.take_while(|folder| folder.starts_with(&self.here)).collect()
        } else {
            there.next().into_iter().collect()
        }
    }
}

fn in_git(path: &Path, tree: &Path) -> bool {
    let below = path.strip_prefix(tree).unwrap_or(path);
    below.components().any(|part| part.as_os_str() == OsStr::new(".git"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_where_something_was_looked_at() {
        let mut looked = Looked { here: PathBuf::from("/p"), ..Looked::default() };
        looked.file(Path::new("deploy/a.stack"));
        looked.tree(Path::new("static"));
        looked.searched(Path::new("conf"));
        looked.written(Path::new("static/docker/Dockerfile"));
        looked.file(Path::new("static/docker/Dockerfile"));
        let is_about = |path: &str, change| looked.is_about(Path::new(path), change);
        for path in ["/p/deploy/a.stack", "/p/static/x/y.css", "/p/conf/nginx.conf", "/p/conf/Dockerfile"] {
            assert!(is_about(path, Change::Content), "{path}");
        }
        for path in ["/p/deploy", "/p/static", "/p/conf", "/p"] {
            assert!(is_about(path, Change::Entry), "{path}");
        }
        for path in [
            "/p/deploy",
            "/p/deploy/a.stack~",
            "/p/static/.git/index",
            "/p/conf/notes.md",
            "/p/conf/inner/nginx.conf",
            "/p/static/docker/Dockerfile",
            "/p/static/docker/.Dockerfile.stackc-tmp",
        ] {
            assert!(!is_about(path, Change::Content), "{path}");
        }
        assert!(!is_about("/p/static/docker", Change::Entry));
    }
}
