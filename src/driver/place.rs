//! Which stack file is meant, where its project begins, and where its artefacts go.

use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::disk::shown;
use super::error::{Error, Result};
use crate::backend::Layout;

/// A stack file and the folder whose files it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// The path as a person would type it.
    pub path: PathBuf,
    /// The folder that it stands in, absolute and without links. A link to a stack file speaks of the folder that
    /// the link stands in.
    pub folder: PathBuf,
    /// Its name in that folder.
    pub file_name: String,
}

impl Stack {
    /// The stack file that was named, or the one of the current folder. `command` is for telling how to name one.
    pub fn choose(given: Option<&Path>, command: &str) -> Result<Self> {
        let path = match given {
            Some(path) => path.to_path_buf(),
            None => only_stack_file(Path::new("."), command)?,
        };
        let source = |why: &str| Error::Source { path: shown(&path), why: why.to_owned(), help: None };
        let is_folder = || Error::Source {
            path: shown(&path),
            why: "is a folder".to_owned(),
            help: Some("name the stack file in it".to_owned()),
        };
        let file_name = match path.components().next_back() {
            Some(Component::Normal(name)) => shown(Path::new(name)),
            _ => return Err(is_folder()),
        };
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let folder = folder.canonicalize().map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => source("does not exist"),
            _ => source(&format!("cannot be read: {}", super::error::reason(&cause))),
        })?;
        Ok(Self { path, folder, file_name })
    }

    /// The path from an output folder, which is absolute and without links.
    pub fn seen_from(&self, folder: &Path) -> String {
        match Layout::relative(folder, &self.folder).as_str() {
            "." => self.file_name.clone(),
            back => format!("{back}/{}", self.file_name),
        }
    }

    /// The path as it is shown.
    pub fn name(&self) -> String {
        shown(&self.path)
    }
}

/// Every `*.stack` of a folder, in order of name.
pub fn stack_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = folder.read_dir().map_err(|cause| Error::system("list the current folder", cause))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(std::result::Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_dir()))
        .map(|entry| PathBuf::from(entry.file_name()))
        .filter(|path| path.extension() == Some(OsStr::new("stack")))
        .collect();
    found.sort();
    Ok(found)
}

fn only_stack_file(folder: &Path, command: &str) -> Result<PathBuf> {
    let found = stack_files(folder)?;
    match found.as_slice() {
        [] => Err(no_stack_file()),
        [only] => Ok(only.clone()),
        [first, ..] => {
            let names: Vec<String> = found.iter().map(|path| format!("`{}`", shown(path))).collect();
            Err(Error::Usage {
                what: format!("there are {} stack files here: {}", names.len(), names.join(", ")),
                help: format!("say which one, for example `stackc {command} {}`", quoted(&shown(first))),
            })
        }
    }
}

/// Nothing to work on, and how to begin.
pub fn no_stack_file() -> Error {
    Error::Usage {
        what: "there is no *.stack file here".to_owned(),
        help: "write one, for example `app.stack`:\n\n    stack app\n    service web {\n      image   nginx:1.30\n      publish \
               127.0.0.1:8080:80\n    }\n\nthen `stackc build`; or name a file: `stackc build path/to/app.stack`"
            .to_owned(),
    }
}

/// The folder inside which a stack may read and write: the nearest one with a `.git`, else that of the stack file.
pub fn project_root(stack_dir: &Path) -> PathBuf {
    let root = stack_dir.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok());
    root.unwrap_or(stack_dir).to_path_buf()
}

/// The path without `.` and `..`, by its words alone.
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// An absolute path without links, of a folder that need not be there yet.
pub fn absolute(folder: &Path) -> Result<PathBuf> {
    let failed = |cause| Error::system(format!("find `{}`", shown(folder)), cause);
    let absolute = std::path::absolute(folder).map_err(failed)?;
    for ancestor in absolute.ancestors() {
        match ancestor.canonicalize() {
            Ok(resolved) => {
                let rest = absolute.strip_prefix(ancestor).unwrap_or(Path::new(""));
                return Ok(normal(&resolved.join(rest)));
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) if cause.kind() == io::ErrorKind::NotADirectory => {}
            Err(cause) => return Err(failed(cause)),
        }
    }
    Ok(normal(&absolute))
}

/// A word as a shell reads it back.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./,:+@%=".contains(c);
    if !word.is_empty() && word.chars().all(plain) && !word.starts_with('-') {
        word.to_owned()
    } else if word.starts_with('-') && word.chars().all(plain) {
        format!("./{word}")
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!(quoted("deploy/app.stack"), "deploy/app.stack");
        assert_eq!(quoted("my app.stack"), "'my app.stack'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("-x"), "./-x");
    }

    #[test]
    fn the_nearest_repository_is_the_project() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        assert_eq!(project_root(&deep), deep);
        std::fs::write(folder.path().join("a/.git"), "gitdir: elsewhere\n").unwrap();
        assert_eq!(project_root(&deep), folder.path().join("a"));
    }

    #[test]
    fn a_folder_that_is_not_there_has_a_path_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        assert_eq!(absolute(&root.join("x/../y/./z")).unwrap(), root.join("y/z"));
    }
}
