//! Which stack file is meant, where its project begins, and where its artefacts go.

use std::ffi::OsStr;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::disk::{is_missing, shown};
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
            Some(Component::Normal(name)) if !path.is_dir() => shown(Path::new(name)),
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

/// The folder that was named to write to, absolute and without links; it need not be there yet. Links are followed,
/// but for those inside of the project at `root` that lead out of it: with those, whoever made the project would
/// choose where on this machine files are written.
pub fn output_folder(given: &Path, root: &Path) -> Result<PathBuf> {
    let failed = |cause| Error::system(format!("find `{}`", shown(given)), cause);
    let refused = |what: String| Error::Usage {
        what: format!("`{}` {what}", shown(given)),
        help: "name the folder itself with `-o DIR`".to_owned(),
    };
    let mut folder = PathBuf::from("/");
    for part in std::path::absolute(given).map_err(failed)?.components() {
        let outer = folder.clone();
        match part {
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
            Component::ParentDir => {
                folder.pop();
            }
            Component::Normal(name) => folder.push(name),
        }
        match folder.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => {}
            Ok(_) => continue,
            Err(cause) if is_missing(&cause) => continue,
            Err(cause) => return Err(failed(cause)),
        }
        let link = shown(Path::new(part.as_os_str()));
        folder = match folder.canonicalize() {
            Ok(target) => target,
            Err(cause) if is_missing(&cause) => {
                return Err(refused(format!("is no folder: the link `{link}` leads nowhere")));
            }
            Err(cause) => return Err(failed(cause)),
        };
        if outer.starts_with(root) && !folder.starts_with(root) {
            return Err(refused(format!("lies outside of the project: the link `{link}` leads out of it")));
        }
    }
    Ok(folder)
}

/// The path of a file from a folder, which is absolute and without links, with `/`: the same however the file is named.
/// Links in the folders before it are followed; a file that is a link itself keeps its own name.
pub fn path_from(folder: &Path, file: &Path) -> String {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
    let (Some(parent), Some(name)) = (file.parent(), file.file_name()) else { return shown(&file) };
    let parent = parent.canonicalize().unwrap_or_else(|_| normal(parent));
    Layout::relative(folder, &parent.join(name))
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
    fn a_file_has_one_path_however_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("a/b")).unwrap();
        std::os::unix::fs::symlink("a", root.join("link")).unwrap();
        for name in ["a/b/x.yml", "link/b/x.yml", "a/./b/../b/x.yml", "a/b//x.yml"] {
            assert_eq!(path_from(&root, &root.join(name)), "a/b/x.yml");
            assert_eq!(path_from(&root.join("a"), &root.join(name)), "b/x.yml");
            assert_eq!(path_from(&root.join("c"), &root.join(name)), "../a/b/x.yml");
        }
        assert_eq!(path_from(&root, &root.join("gone/x/../x.yml")), "gone/x.yml");
    }

    #[test]
    fn a_folder_that_is_not_there_has_a_path_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        assert_eq!(output_folder(&root.join("x/../y/./z"), &root).unwrap(), root.join("y/z"));
    }

    #[test]
    fn a_link_leads_out_of_the_project_only_if_it_stands_outside() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let project = root.join("project");
        std::fs::create_dir_all(project.join("deploy")).unwrap();
        std::fs::create_dir(root.join("elsewhere")).unwrap();
        let link = |to: &str, at: &Path| std::os::unix::fs::symlink(to, at).unwrap();
        link("project", &root.join("alias"));
        link("deploy", &project.join("inner"));
        link("../elsewhere", &project.join("out"));
        link("nowhere", &project.join("dangling"));
        let found = |path: &str| {
            let found = output_folder(&root.join(path), &project).map_err(|error| error.to_string());
            let shorter = |text: String| text.replace(&shown(&root), "");
            found.map(|path| shorter(shown(&path))).map_err(shorter)
        };
        assert_eq!(found("alias/x"), Ok("/project/x".to_owned()));
        assert_eq!(found("alias/inner/x"), Ok("/project/deploy/x".to_owned()));
        assert_eq!(found("project/inner/../x"), Ok("/project/x".to_owned()));
        assert_eq!(found("project/../elsewhere"), Ok("/elsewhere".to_owned()));
        assert_eq!(
            found("alias/out/x"),
            Err("`/alias/out/x` lies outside of the project: the link `out` leads out of it".to_owned())
        );
        assert_eq!(
            found("project/dangling/x"),
            Err("`/project/dangling/x` is no folder: the link `dangling` leads nowhere".to_owned())
        );
    }
}
