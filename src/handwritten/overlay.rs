//! The files of a project as they are once its stack file is built: what is emitted, before what is on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Around;
use crate::project::host::{Host, Kind, Refusal};

/// Emitted files over those around them. Names are by [`Host`]'s naming.
#[derive(Debug, Default)]
pub struct Overlay<A> {
    /// The texts of what is emitted.
    pub emitted: BTreeMap<String, Arc<str>>,
    /// Everything else.
    pub around: A,
}

impl<A> Overlay<A> {
    /// Whether a path is a file or a folder because something is emitted there.
    pub fn emitted_kind(&self, path: &str) -> Option<Kind> {
        if self.emitted.contains_key(path) {
            Some(Kind::File)
        } else {
            self.below(path).next().map(|_| Kind::Folder)
        }
    }

    /// What follows a folder in the names of emitted files.
    fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.emitted.keys().filter_map(move |name| match folder {
            "." => (!name.starts_with('/')).then_some(name.as_str()),
            folder => name.strip_prefix(folder)?.strip_prefix('/'),
        })
    }
}

impl<A: Host> Host for Overlay<A> {
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

impl<A: Around> Around for Overlay<A> {
    fn included(&self, first: &str, pattern: &str) -> Vec<String> {
        self.around.included(first, pattern)
    }
}

impl<H: Host + ?Sized> Host for &H {
    fn read(&self, path: &str) -> Result<Arc<str>, Refusal> {
        (**self).read(path)
    }

    fn kind(&self, path: &str) -> Kind {
        (**self).kind(path)
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        (**self).names(folder)
    }

    fn is_committed(&self, path: &str) -> Option<bool> {
        (**self).is_committed(path)
    }

    fn mode(&self, path: &str) -> Option<u32> {
        (**self).mode(path)
    }

    fn owner(&self, path: &str) -> Option<u32> {
        (**self).owner(path)
    }
}

impl<A: Around + ?Sized> Around for &A {
    fn included(&self, first: &str, pattern: &str) -> Vec<String> {
        (**self).included(first, pattern)
    }
}
