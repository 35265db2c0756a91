//! The files around a hand-written project: regular files inside of it, and nothing else of this machine.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::GitignoreBuilder;

use super::disk::{is_missing, shown};
use super::looked::Looked;
use super::place::{normal, project_root};
use super::texts::Texts;
use super::{Disk, Error, Files};
use crate::project::host::{Host, Kind, Refusal};
use crate::source::MAX_FILE_BYTES;

/// The disk around some paths that were named.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The projects that they are in, absolute and without links.
    roots: Vec<PathBuf>,
    /// Where the command runs, without links.
    here: PathBuf,
    read: RefCell<HashMap<String, Result<Arc<str>, Refusal>>>,
    kinds: RefCell<HashMap<String, Kind>>,
    /// Folders without links, by their paths; `None` for what is none.
    folders: RefCell<HashMap<PathBuf, Option<PathBuf>>>,
    /// What git takes.
    committed: RefCell<HashMap<String, Option<bool>>>,
    /// The file whose text was given rather than read, as others name it.
    given: Option<PathBuf>,
    /// The folders whose names were asked for.
    listed: RefCell<Vec<PathBuf>>,
}

impl Surroundings {
    /// The disk around files and folders: each in the repository that it lies in, or else in its own folder.
    pub fn of<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Self {
        // Where that is not known, nothing is inside of a project.
        let here = Path::new(".").canonicalize().unwrap_or_default();
        let mut roots: Vec<PathBuf> = Vec::new();
        for path in paths {
            let folder = if path.is_dir() { Some(path) } else { path.parent() };
            let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let root = match folder.canonicalize() {
                Ok(folder) => project_root(&folder),
                // What is not there can be missing, and nothing else.
                Err(_) => normal(&here.join(folder)),
            };
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
        Self { roots, here, ..Self::default() }
    }

    /// The same, where some files have other texts.
    #[must_use]
    pub fn with(self, texts: &Texts) -> Self {
        let texts = texts.iter().map(|(name, text)| (name.to_owned(), Ok(Arc::clone(text))));
        self.read.borrow_mut().extend(texts);
        self
    }

    /// The same with a file that need not be there: its text is among those of [`Self::with`].
    #[must_use]
    pub fn with_file(mut self, path: &Path) -> Self {
        self.kinds.borrow_mut().insert(shown(path), Kind::File);
        self.given = Some(path.to_owned());
        self
    }

    /// Notes a folder whose names were asked for.
    pub fn note_listed(&self, folder: PathBuf) {
        self.listed.borrow_mut().push(folder);
    }

    /// Adds everything that was asked for.
    pub fn tell(&self, looked: &mut Looked) {
        for path in self.kinds.borrow().keys().chain(self.read.borrow().keys()) {
            looked.file(Path::new(path));
        }
        for folder in self.listed.borrow().iter() {
            looked.searched(folder);
        }
    }

    /// The file whose text was given rather than read.
    pub fn given(&self) -> Option<&Path> {
        self.given.as_deref()
    }

    /// The name of the file whose text was given, if it is one of a folder.
    fn given_in(&self, folder: &Path) -> Option<String> {
        let given = self.given.as_ref()?;
        let parent = given.parent()?;
        let is_same = parent == folder || (parent.as_os_str().is_empty() && folder == Path::new("."));
        Some(given.file_name().filter(|_| is_same)?.to_string_lossy().into_owned())
    }

    fn is_inside(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| path.starts_with(root))
    }

    /// Whether a path lies inside by its letters.
    fn is_named_inside(&self, path: &Path) -> bool {
        self.is_inside(&normal(&self.here.join(path)))
    }

    fn look(&self, path: &Path) -> Kind {
        match self.real(path) {
            Ok(real) if !self.is_inside(&real) => {
                if self.is_named_inside(path) {
                    Kind::Other
                } else {
                    Kind::Unknown
                }
            }
            Ok(real) if real.is_dir() => Kind::Folder,
            Ok(real) if real.is_file() => Kind::File,
            Ok(_) => Kind::Other,
            Err(cause) if is_missing(&cause) => {
                if self.is_named_inside(path) {
                    Kind::Missing
                } else {
                    Kind::Unknown
                }
            }
            Err(_) => Kind::Unknown,
        }
    }

    /// The path without links. The folders around it are looked at once.
    fn real(&self, path: &Path) -> io::Result<PathBuf> {
        let (Some(folder), Some(Component::Normal(name))) = (path.parent(), path.components().next_back())
        else {
            return path.canonicalize();
        };
        let known = self.folders.borrow().get(folder).cloned();
        let real = known.unwrap_or_else(|| {
            let named = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let real = named.canonicalize().ok();
            self.folders.borrow_mut().insert(folder.to_owned(), real.clone());
            real
        });
        let Some(real) = real else { return path.canonicalize() };
        let real = real.join(name);
        if real.symlink_metadata()?.is_symlink() { real.canonicalize() } else { Ok(real) }
    }
}

impl Host for Surroundings {
    fn read(&self, path: &str) -> Result<Arc<str>, Refusal> {
        if let Some(read) = self.read.borrow().get(path) {
            return read.clone();
        }
        let read = match self.kind(path) {
            Kind::Missing => Err(Refusal::Missing),
            Kind::Unknown => Err(Refusal::Not("lies outside of the project and was not read".to_owned())),
            Kind::Other if !Path::new(path).canonicalize().is_ok_and(|real| self.is_inside(&real)) => {
                Err(Refusal::Not("is a link that leads out of the project and was not read".to_owned()))
            }
            Kind::File | Kind::Folder | Kind::Other => {
                Disk.read_text(Path::new(path), MAX_FILE_BYTES).map(Arc::from).map_err(|error| {
                    Refusal::Not(match error {
                        Error::Source { why, .. } => why,
                        other @ (Error::Usage { .. }
                        | Error::Refused(_)
                        | Error::Manifest { .. }
                        | Error::System { .. }) => format!("cannot be read: {other}"),
                    })
                })
            }
        };
        self.read.borrow_mut().insert(path.to_owned(), read.clone());
        read
    }

    fn kind(&self, path: &str) -> Kind {
        if let Some(kind) = self.kinds.borrow().get(path) {
            return *kind;
        }
        let kind = self.look(Path::new(path));
        self.kinds.borrow_mut().insert(path.to_owned(), kind);
        kind
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        if self.kind(folder) != Kind::Folder {
            return None;
        }
        self.note_listed(PathBuf::from(folder));
        let entries = Path::new(folder).read_dir().ok()?;
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<String> = names.chain(self.given_in(Path::new(folder))).collect();
        names.sort_unstable();
        names.dedup();
        Some(names)
    }

    fn is_committed(&self, path: &str) -> Option<bool> {
        if let Some(known) = self.committed.borrow().get(path) {
            return *known;
        }
        let is_committed = is_committed(path);
        self.committed.borrow_mut().insert(path.to_owned(), is_committed);
        is_committed
    }

    fn mode(&self, path: &str) -> Option<u32> {
        Some(Path::new(path).metadata().ok()?.permissions().mode() & 0o7777)
    }

    fn owner(&self, path: &str) -> Option<u32> {
        Some(Path::new(path).metadata().ok()?.uid())
    }
}

/// Whether git knows a file or would take it; `None` outside of a repository.
fn is_committed(path: &str) -> Option<bool> {
    let path = Path::new(path).canonicalize().ok()?;
    let folder = path.parent()?;
    let root = project_root(folder);
    if root.join(".git").symlink_metadata().is_err() {
        return None;
    }
    let mut is_ignored = false;
    let mut folders: Vec<&Path> = folder.ancestors().take_while(|folder| folder.starts_with(&root)).collect();
    folders.reverse();
    for folder in folders {
        let mut builder = GitignoreBuilder::new(folder);
        if builder.add(folder.join(".gitignore")).is_some() {
            continue;
        }
        let Ok(ignore) = builder.build() else { continue };
        let found = ignore.matched_path_or_any_parents(&path, false);
        if !found.is_none() {
            is_ignored = found.is_ignore();
        }
    }
    Some(!is_ignored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_project_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let project = root.join("project");
        std::fs::create_dir(&project).unwrap();
        std::fs::write(root.join("outside"), "x").unwrap();
        std::fs::write(project.join("inside"), "y").unwrap();
        std::os::unix::fs::symlink("../outside", project.join("link")).unwrap();
        let around = Surroundings::of([project.as_path()]);
        let path = |name: &str| project.join(name).to_str().unwrap().to_owned();
        assert_eq!(around.read(&path("inside")).as_deref(), Ok("y"));
        assert_eq!(around.read(&path("missing")), Err(Refusal::Missing));
        assert_eq!(around.kind(&path("link")), Kind::Other);
        assert_eq!(around.kind(&path("../outside")), Kind::Unknown);
        assert_eq!(around.kind(&path("../missing")), Kind::Unknown);
        assert!(matches!(around.read(&path("link")), Err(Refusal::Not(_))));
        assert!(matches!(around.read(&path("../outside")), Err(Refusal::Not(_))));
    }

    #[test]
    fn git_would_take_what_no_gitignore_names() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("deploy")).unwrap();
        for (name, text) in
            [(".env", ""), ("deploy/.env", ""), ("deploy/app.env", ""), (".gitignore", ".env\n")]
        {
            std::fs::write(at(name), text).unwrap();
        }
        let path = |name: &str| at(name).to_str().unwrap().to_owned();
        assert_eq!(Surroundings::of([folder.path()]).is_committed(&path(".env")), None);
        std::fs::create_dir(at(".git")).unwrap();
        std::fs::write(at("deploy/.gitignore"), "!.env\n").unwrap();
        let around = Surroundings::of([folder.path()]);
        let is_committed = |name: &str| around.is_committed(&path(name));
        assert_eq!(is_committed(".env"), Some(false));
        assert_eq!(is_committed("deploy/.env"), Some(true));
        assert_eq!(is_committed("deploy/app.env"), Some(true));
    }
}
