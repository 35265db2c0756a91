//! Writes manual pages into a folder, which is made if it is not there.

use std::path::Path;

use super::disk::shown;
use super::error::{Error, Result};
use super::folder::Folder;

/// Makes or replaces files of a folder, each by its name and its text.
pub fn write(folder: &Path, pages: &[(String, String)]) -> Result<()> {
    let made = std::fs::create_dir_all(folder);
    made.map_err(|cause| Error::system(format!("make the folder `{}`", shown(folder)), cause))?;
    for (name, text) in pages {
        let written = Folder::open(folder).and_then(|folder| folder.replace(name, text.as_bytes()));
        written.map_err(|cause| Error::system(format!("write `{}`", shown(&folder.join(name))), cause))?;
    }
    Ok(())
}
