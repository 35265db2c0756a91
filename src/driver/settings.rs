//! Where `stackc.toml` is, and what stands in it: in the folder that holds everything that was named or above, inside of
//! its repository.

use std::path::{Path, PathBuf};

use super::disk::shown;
use super::looked::Looked;
use super::place::project_root;
use super::{Disk, Error, Files, Result};
use crate::backend::Layout;

/// The largest file that is read, in bytes: it names rules and files.
const MOST: u64 = 1024 * 1024;

/// A file that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its path, as a person is shown it.
    pub name: String,
    /// What stands in it.
    pub text: String,
    /// The folder that paths in it begin in, absolute and without links.
    pub folder: PathBuf,
}

/// The file of that name for some paths, which need not be there; no path stands for the current folder.
pub fn find(name: &str, paths: &[PathBuf], looked: &mut Looked) -> Result<Option<Found>> {
    let here = here()?;
    let mut folders = paths.iter().filter_map(|path| folder_of(path)).collect::<Vec<_>>();
    if folders.is_empty() {
        folders.push(here.clone());
    }
    let common = folders[0].ancestors().find(|folder| folders.iter().all(|other| other.starts_with(folder)));
    let common = common.unwrap_or(&here);
    let root = project_root(common);
    for folder in common.ancestors().take_while(|folder| folder.starts_with(&root)) {
        let path = folder.join(name);
        looked.file(&path);
        let Ok(metadata) = path.symlink_metadata() else { continue };
        let name = match Layout::relative(&here, folder).as_str() {
            "." => name.to_owned(),
            way => format!("{way}/{name}"),
        };
        if metadata.is_symlink() && path.canonicalize().is_ok_and(|real| !real.starts_with(&root)) {
            let why = "is a link that leads out of the project and was not read".to_owned();
            let help = Some("put the file itself there, or name it with `--config`".to_owned());
            return Err(Error::Source { path: name, why, help });
        }
        let text = read(&path, &name)?;
        return Ok(Some(Found { name, text, folder: folder.to_path_buf() }));
    }
    Ok(None)
}

/// The file that was named.
pub fn named(path: &Path, looked: &mut Looked) -> Result<Found> {
    looked.file(path);
    let name = shown(path);
    let text = read(path, &name)?;
    let folder = folder_of(path).map_or_else(here, Ok)?;
    Ok(Found { name, text, folder })
}

/// The current folder, absolute and without links.
pub fn here() -> Result<PathBuf> {
    Path::new(".").canonicalize().map_err(|cause| Error::system("find the current folder", cause))
}

fn read(path: &Path, name: &str) -> Result<String> {
    Disk.read_text(path, MOST).map_err(|error| match error {
        Error::Source { why, .. } if path.is_dir() => {
            let help = Some("name a file with `--config`, or none with `--no-config`".to_owned());
            Error::Source { path: name.to_owned(), why, help }
        }
        Error::Source { why, help, .. } => Error::Source { path: name.to_owned(), why, help },
        other @ (Error::Usage { .. } | Error::Refused(_) | Error::Manifest { .. } | Error::System { .. }) => {
            other
        }
    })
}

/// The folder itself, or that of a file.
fn folder_of(path: &Path) -> Option<PathBuf> {
    let folder = if path.is_dir() { Some(path) } else { path.parent() };
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.canonicalize().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_that_is_above_everything_counts() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in ["a/b", "a/c", "x/.git"] {
            std::fs::create_dir_all(root.join(name)).unwrap();
        }
        std::fs::write(root.join("s.toml"), "outer").unwrap();
        let found = |paths: &[&str]| {
            let paths: Vec<PathBuf> = paths.iter().map(|path| root.join(path)).collect();
            find("s.toml", &paths, &mut Looked::new()).unwrap().map(|found| found.text)
        };
        // No repository: the folder itself.
        assert_eq!(
            (found(&["a/b"]), found(&["."]), found(&["f.yml"])),
            (None, Some("outer".into()), Some("outer".into()))
        );
        std::fs::create_dir(root.join("a/.git")).unwrap();
        std::fs::write(root.join("a/s.toml"), "inner").unwrap();
        std::fs::write(root.join("a/b/s.toml"), "innermost").unwrap();
        assert_eq!(found(&["a/b/f.yml", "a/b/gone/f.yml"]).as_deref(), Some("innermost"));
        assert_eq!(found(&["a/b", "a/c"]).as_deref(), Some("inner"));
        assert_eq!(found(&["a/c"]).as_deref(), Some("inner"));
        // Not out of the repository.
        assert_eq!(found(&["x"]), None);
        std::os::unix::fs::symlink("../s.toml", root.join("x/s.toml")).unwrap();
        let refused = find("s.toml", &[root.join("x")], &mut Looked::new()).unwrap_err().to_string();
        assert!(refused.contains("is a link that leads out of the project"), "{refused}");
    }
}
