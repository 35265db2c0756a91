//! The files of a project as they are once it is built: what is emitted, before what is on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::driver::around::Surroundings;
use crate::driver::look::{self, Thing};
use crate::handwritten::Around;
use crate::project::host::{Host, Kind, Refusal};

/// Emitted files over those of the disk. Names are by [`Host`]'s naming.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    pub(super) emitted: BTreeMap<String, Arc<str>>,
    pub(super) around: Surroundings,
}

impl Overlay {
    /// What follows a folder in the names of emitted files.
    fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.emitted.keys().filter_map(move |name| match folder {
            "." => (!name.starts_with('/')).then_some(name.as_str()),
            folder => name.strip_prefix(folder)?.strip_prefix('/'),
        })
    }

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

    fn emitted_kind(&self, path: &str) -> Option<Kind> {
        if self.emitted.contains_key(path) {
            Some(Kind::File)
        } else {
            self.below(path).next().map(|_| Kind::Folder)
        }
    }
}

impl Host for Overlay {
    fn read(&self, path: &str) -> Result<Arc<str>, Refusal> {
        self.emitted.get(path).cloned().map_or_else(|| self.around.read(path), Ok)
    }

    fn kind(&self, path: &str) -> Kind {
        self.emitted_kind(path).unwrap_or_else(|| self.around.kind(path))
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        let emitted = self.below(folder).map(|rest| rest.split('/').next().unwrap_or(rest).to_owned());
        let names: BTreeSet<String> = emitted.chain(self.around.names(folder).unwrap_or_default()).collect();
        (self.kind(folder) == Kind::Folder).then(|| names.into_iter().collect())
    }

    fn is_committed(&self, path: &str) -> Option<bool> {
        self.around.is_committed(path)
    }

    fn mode(&self, path: &str) -> Option<u32> {
        self.around.mode(path)
    }

    fn owner(&self, path: &str) -> Option<u32> {
        self.around.owner(path)
    }
}

impl Around for Overlay {
    fn included(&self, first: &str, pattern: &str) -> Vec<String> {
        self.around.included(first, pattern)
    }
}
