//! Which stack files lie below a folder, and where each of them was built to, as the manifests tell.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::disk::shown;
use super::error::{Error, Result};
use super::folder::Folder;
use super::manifest::{Damage, FILE_NAME, Records, Trouble};
use super::sources::{tidy, walker};

/// A stack file and a folder with what it makes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Built {
    /// The stack file.
    pub stack: PathBuf,
    /// Where it was built to; `None` for beside it, or if nobody knows.
    pub output: Option<PathBuf>,
}

/// Every stack file below a folder, once for each folder that holds what it makes; and why it is not known of some folders
/// what they hold. What git ignores is left out.
pub fn below(folder: &Path) -> Result<(Vec<Built>, Vec<Error>)> {
    let mut stacks = Vec::new();
    let mut folders = Vec::new();
    for entry in walker(folder).build() {
        let entry = entry.map_err(|error| walking(folder, &error))?;
        if entry.file_type().is_none_or(|kind| kind.is_dir()) {
            continue;
        }
        let path = tidy(entry.path());
        if path.extension() == Some(OsStr::new("stack")) {
            stacks.push(path);
        } else if path.file_name() == Some(OsStr::new(FILE_NAME)) {
            folders.push(path.parent().unwrap_or(Path::new("")).to_owned());
        }
    }
    let mut built = Vec::new();
    let mut failed = Vec::new();
    for folder in folders {
        let named = stack_of(&folder).unwrap_or_else(|error| {
            // Where a stack file is beside it, its own comparison tells of that.
            if !stacks.iter().any(|stack| stack.parent() == Some(&folder)) {
                failed.push(error);
            }
            None
        });
        let Some(named) = named else { continue };
        let Ok(named) = folder.join(named).canonicalize() else { continue };
        let is_named = |stack: &&PathBuf| stack.canonicalize().is_ok_and(|stack| stack == named);
        if let Some(stack) = stacks.iter().find(is_named) {
            let is_beside = stack.parent() == Some(&folder);
            built.push(Built { stack: stack.clone(), output: (!is_beside).then_some(folder) });
        }
    }
    let is_built = |stack: &PathBuf| built.iter().any(|built: &Built| built.stack == *stack);
    let others: Vec<PathBuf> = stacks.into_iter().filter(|stack| !is_built(stack)).collect();
    built.extend(others.into_iter().map(|stack| Built { stack, output: None }));
    built.sort();
    Ok((built, failed))
}

/// Whether the manifest of a folder says that this stack file was built to it.
pub fn is_output_of(folder: &Path, stack: &Path) -> bool {
    let Ok(Some(named)) = stack_of(folder) else { return false };
    matches!((folder.join(named).canonicalize(), stack.canonicalize()), (Ok(named), Ok(stack)) if named == stack)
}

/// The stack file that the manifest of a folder names, from there.
fn stack_of(folder: &Path) -> Result<Option<String>> {
    let at = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let opened = Folder::open(at).map_err(|cause| Error::system(format!("open `{}`", shown(at)), cause))?;
    match Records::read(&opened) {
        Ok(records) => Ok(records.manifest.map(|manifest| manifest.stack)),
        Err(Trouble::Unreadable(name, cause)) => {
            Err(Error::system(format!("read `{}`", shown(&folder.join(name))), cause))
        }
        Err(Trouble::Damaged(name, Damage { why, help })) => {
            Err(Error::Source { path: shown(&folder.join(name)), why, help: Some(help) })
        }
    }
}

fn walking(folder: &Path, error: &ignore::Error) -> Error {
    let why = error.io_error().map_or_else(|| error.to_string(), super::error::reason);
    Error::Source { path: shown(folder), why: format!("cannot be walked: {why}"), help: None }
}
