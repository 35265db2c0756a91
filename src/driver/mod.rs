//! Everything that touches the world: sources in, facts gathered once, artefacts and their manifest out.

pub mod around;
pub mod built;
pub mod cache;
pub mod container;
pub mod contexts;
mod digest;
pub mod disk;
pub mod emitted;
pub mod engine;
pub mod error;
pub mod facts;
mod folder;
pub mod ignore;
pub mod listeners;
pub mod look;
pub mod looked;
pub mod manifest;
pub mod mend;
pub mod pages;
pub mod place;
pub mod plan;
pub mod secrets;
pub mod settings;
pub mod sources;
pub mod ssh_agent;
mod staged;
pub mod standard_input;
pub mod texts;
pub mod watch;
pub mod write;

#[cfg(test)]
mod tests;

use std::path::Path;

pub use disk::Disk;
pub use error::{Error, Result};
pub use facts::gather;
pub use plan::Output;

/// Where sources are read from. Editors have unsaved buffers in the place of files.
pub trait Files {
    /// The text of a regular file of at most `most` bytes.
    fn read_text(&self, path: &Path, most: u64) -> Result<String>;

    /// Whether there is something to read at a path; links are followed.
    fn is_file(&self, path: &Path) -> bool;

    /// Shows every file below a folder, as a path from there, in no particular order. A file is its own folder.
    fn list(&self, folder: &Path, visit: &mut dyn FnMut(&Path)) -> Entries;
}

/// How listing a folder went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entries {
    /// Every file was shown.
    Listed,
    /// It is a file.
    File,
    /// There is no such folder.
    Missing,
    /// Not every file could be shown; why.
    Unreadable(String),
}
