//! What rules and lowering need to know of the world, gathered once by the driver and handed to pure code.

use std::collections::BTreeMap;

use crate::model::path::HostPath;

/// What is to be found out; paths are relative to the stack file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Folders whose files are listed.
    pub listings: Vec<HostPath>,
    /// Files whose presence matters.
    pub files: Vec<HostPath>,
    /// Folders that are build contexts, whose own `.dockerignore` matters.
    pub contexts: Vec<HostPath>,
}

/// The answers to [`Wanted`].
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What was found in each folder.
    pub listings: BTreeMap<HostPath, Listing>,
    /// Whether each file is there.
    pub files: BTreeMap<HostPath, bool>,
    /// The lines of a context's own `.dockerignore`.
    pub ignores: BTreeMap<HostPath, Vec<String>>,
}

/// The files below a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing {
    /// It was walked.
    Files {
        /// For every extension in lower case (empty for none): how many files, and the first in order of name.
        kinds: BTreeMap<String, Kind>,
    },
    /// It is a file, not a folder; its extension in lower case (empty for none).
    File {
        /// Without its dot.
        extension: String,
    },
    /// There is no such folder.
    Missing,
    /// It, or a folder in it, could not be read; why.
    Unreadable(String),
}

/// The files of one extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// How many.
    pub count: usize,
    /// The first in order of name, relative to the folder walked, with `/`.
    pub example: String,
}
