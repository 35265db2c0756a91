//! Texts that files would have: what is to be looked at in the place of what stands on the disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Disk, Files, Result, disk};

/// Texts by the names of their files, as these were given or found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    texts: BTreeMap<String, Arc<str>>,
}

impl Texts {
    /// The text that a file would have, if it would have another.
    pub fn get(&self, name: &str) -> Option<&Arc<str>> {
        self.texts.get(name)
    }

    /// Gives a file another text.
    pub fn set(&mut self, name: &str, text: impl Into<Arc<str>>) {
        self.texts.insert(name.to_owned(), text.into());
    }

    /// Leaves a file as it is.
    pub fn forget(&mut self, name: &str) {
        self.texts.remove(name);
    }

    /// Every file with its text, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<str>)> {
        self.texts.iter().map(|(name, text)| (name.as_str(), text))
    }
}

impl Files for Texts {
    fn read_text(&self, path: &std::path::Path, most: u64) -> Result<String> {
        match self.get(&disk::shown(path)) {
            Some(text) => Ok(text.as_ref().to_owned()),
            None => Disk.read_text(path, most),
        }
    }

    fn is_file(&self, path: &std::path::Path) -> bool {
        Disk.is_file(path)
    }

    fn list(&self, folder: &std::path::Path, visit: &mut dyn FnMut(&std::path::Path)) -> super::Entries {
        Disk.list(folder, visit)
    }
}
