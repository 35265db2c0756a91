//! Putting a mended text in the place of the one that was read: only of files that a person wrote, inside of the
//! project, and only as long as they still say what was looked at.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use rustix::fs::{Access, AtFlags, accessat};

use super::around::Surroundings;
use super::disk::shown;
use super::emitted;
use super::error::{Error, Result};
use super::folder::{FILE_MODE, Folder, Found};
use super::staged::{discard, put, stage};
use crate::backend::escape::maker;
use crate::project::host::{Host as _, Kind};

/// Whose a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A person wrote it, inside of the project.
    Person,
    /// This program made it from a stack file.
    Made(String),
    /// It lies elsewhere, is a link that leads out, or is no file at all.
    Nobody,
}

/// Says of files whose they are.
#[derive(Debug)]
pub struct Owners {
    around: Surroundings,
    known: RefCell<BTreeMap<String, Owner>>,
}

impl Owners {
    /// Of files in the projects around some paths.
    pub fn around<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Self {
        Self { around: Surroundings::of(paths), known: RefCell::default() }
    }

    /// Whose a file is.
    pub fn of(&self, name: &str) -> Owner {
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        let owner = self.look(name);
        self.known.borrow_mut().insert(name.to_owned(), owner.clone());
        owner
    }

    fn look(&self, name: &str) -> Owner {
        if self.around.kind(name) != Kind::File {
            return Owner::Nobody;
        }
        let path = Path::new(name);
        if let Ok(found) = emitted::find(path)
            && let Ok(emitted) = emitted::origin(path, &found)
        {
            return Owner::Made(shown(&emitted.stack));
        }
        let text = self.around.read(name);
        let stack = text.as_deref().ok().and_then(maker);
        stack.map_or(Owner::Person, |stack| Owner::Made(stack.to_owned()))
    }
}

/// Replaces the text of a file, if it still is `old`. Its mode stays, and a link stays a link.
pub fn replace(path: &Path, old: &str, new: &str) -> Result<()> {
    let failed = |cause: io::Error| Error::system(format!("write `{}`", shown(path)), cause);
    let target = path.canonicalize().map_err(failed)?;
    let name = target.file_name().and_then(|name| name.to_str());
    let (Some(parent), Some(name)) = (target.parent(), name) else {
        return Err(failed(io::Error::other("its name is not UTF-8")));
    };
    let folder = Folder::open_absolute(parent).map_err(failed)?;
    folder.lock().map_err(failed)?;
    let like = match folder.look(name).map_err(failed)? {
        Found::File(file) if file.bytes == old.as_bytes() => file.attributes,
        Found::File(_) | Found::Missing | Found::Link(_) | Found::Other { .. } => {
            return Err(Error::Source {
                path: shown(path),
                why: "was changed while it was looked at, and was not overwritten".to_owned(),
                help: Some("run the command again".to_owned()),
            });
        }
    };
    // A file is replaced by way of its folder, so that the system would not mind. Whoever protected it does.
    let may_write = accessat(&folder.fd, name, Access::WRITE_OK, AtFlags::empty());
    if !like.is_writable() || may_write.is_err() {
        return Err(failed(io::ErrorKind::PermissionDenied.into()));
    }
    stage(&folder, name, new.as_bytes(), FILE_MODE, Some(like))
        .and_then(|()| put(&folder, name).inspect_err(|_| discard(&folder, name)))
        .and_then(|()| folder.sync())
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_changed_meanwhile_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b\nc");
        fs::write(&path, "new").unwrap();
        let error = replace(&path, "old", "mended").unwrap_err();
        assert!(error.to_string().contains("was changed while it was looked at"), "{error}");
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), error.exit_code()), ("new", 2));
        replace(&path, "new", "mended").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "mended");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn files_of_the_project_are_a_persons_unless_stackc_made_them() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| shown(&folder.path().join(name));
        fs::create_dir_all(folder.path().join("app/.git")).unwrap();
        fs::write(at("app/Dockerfile"), "FROM scratch\n").unwrap();
        fs::write(at("outside"), "FROM scratch\n").unwrap();
        let head = crate::backend::escape::header("a.stack");
        fs::write(at("app/nginx.conf"), format!("# {}\n# {}\n", head[0], head[1])).unwrap();
        std::os::unix::fs::symlink("../outside", at("app/link")).unwrap();
        let project = folder.path().join("app");
        let owners = Owners::around([project.as_path()]);
        assert_eq!(owners.of(&at("app/Dockerfile")), Owner::Person);
        assert_eq!(owners.of(&at("app/nginx.conf")), Owner::Made("a.stack".to_owned()));
        for name in ["app/link", "outside", "app/none", "app", "nginx.conf of the image"] {
            assert_eq!(owners.of(&at(name)), Owner::Nobody, "{name}");
        }
    }
}
