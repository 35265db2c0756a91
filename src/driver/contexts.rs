//! Keeps files out of the contexts of builds: lines of `.dockerignore`, added where they are missing.

use std::path::{Path, PathBuf};

use super::disk::shown;
use super::error::{Error, Result};
use super::folder::{Folder, Found};
use super::ignore;
use crate::project::host::Host;
use crate::project::ignored::Ignored;

/// A build: its context, and its Dockerfile if that is a file, by the naming of [`Host`].
pub type Build = (String, Option<String>);

/// Adds what a build would send to the engine to the file that keeps things out of it; what stands there stays. Returns the
/// files that were changed. Names are by the naming of `host`.
pub fn keep_out(files: &[String], builds: &[Build], host: &dyn Host) -> Result<Vec<String>> {
    let mut changed: Vec<String> = Vec::new();
    for (context, dockerfile) in builds {
        let Some(ignored) = Ignored::of(context, dockerfile.as_deref(), host) else { continue };
        let lines =
            files.iter().filter_map(|file| below(context, file)).filter(|path| !ignored.leaves_out(path));
        let lines: Vec<String> = lines.map(|path| ignore::line_for(path)[1..].to_owned()).collect();
        if lines.is_empty() {
            continue;
        }
        let mut places = Ignored::places(context, dockerfile.as_deref());
        let usual = || shown(&Path::new(context).join(".dockerignore"));
        let path = places.find(|path| host.read(path).is_ok()).unwrap_or_else(usual);
        if !changed.contains(&path) {
            add(&PathBuf::from(&path), &lines)?;
            changed.push(path);
        }
    }
    Ok(changed)
}

fn below<'a>(folder: &str, file: &'a str) -> Option<&'a str> {
    match folder {
        "." => (!file.starts_with(['/', '.'])).then_some(file),
        folder => file.strip_prefix(folder)?.strip_prefix('/'),
    }
}

fn add(path: &Path, lines: &[String]) -> Result<()> {
    let failed = |cause: std::io::Error| Error::system(format!("write `{}`", shown(path)), cause);
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return Err(failed(std::io::Error::other("its name is not UTF-8")));
    };
    let folder = parent.canonicalize().and_then(|parent| Folder::open_absolute(&parent)).map_err(failed)?;
    let old = match folder.look(name).map_err(failed)? {
        Found::Missing => String::new(),
        Found::File(file) => {
            String::from_utf8(file.bytes).map_err(|_| failed(std::io::Error::other("it is not UTF-8")))?
        }
        Found::Link(_) | Found::Other { .. } => {
            return Err(failed(std::io::Error::other("it is not a file")));
        }
    };
    folder.replace(name, ignore::with_lines(&old, lines).as_bytes()).map_err(failed)
}
