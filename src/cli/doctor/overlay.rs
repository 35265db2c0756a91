//! The files of a project as they are once it is built, wherever on this machine they are.

use std::path::Path;

use crate::driver::around::Surroundings;
use crate::driver::look::{self, Thing};
use crate::handwritten;
use crate::project::host::Kind;

/// Emitted files over those of the disk.
pub(super) type Overlay = handwritten::Overlay<Surroundings>;

impl Overlay {
    /// What stands at a path, wherever on this machine that is.
    pub(super) fn thing(&self, path: &str) -> Thing {
        match self.emitted_kind(path) {
            Some(Kind::File) => Thing::File,
            Some(Kind::Folder | Kind::Other | Kind::Missing | Kind::Unknown) => Thing::Folder,
            None => look::thing(Path::new(path)),
        }
    }

    /// Whether something in a folder is emitted.
    pub(super) fn is_emitted(&self, folder: &str) -> bool {
        self.emitted_kind(folder) == Some(Kind::Folder)
    }
}
