//! What an `include` of a hand-written configuration comes to.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::driver::container::Root;
use crate::driver::{Disk, Files, Result, disk, sources};
use crate::handwritten::secrets;
use crate::request::Included;
use crate::source::{FileId, MAX_FILE_BYTES, SourceMap, Span};

/// So many files are included at most.
const MOST_FILES: usize = 2000;

/// Finds what a configuration includes: in the container's file system if that is given, else beside the first file.
pub(super) struct Includes<'a> {
    pub(super) first: &'a Path,
    pub(super) root: Option<&'a Root>,
    pub(super) sources: &'a mut SourceMap,
    pub(super) count: usize,
    /// Where secrets stand in them.
    pub(super) secrets: Vec<Span>,
}

impl Includes<'_> {
    pub(super) fn find(&mut self, pattern: &str) -> Included {
        let in_root = self.root.filter(|_| pattern.starts_with('/'));
        let paths = match in_root.map(|root| root.glob(pattern)) {
            Some(found) if !found.is_empty() => found,
            Some(_) | None => sources::included(self.first, pattern, None),
        };
        if !paths.is_empty() {
            return self.read(&paths).map_or(Included::Unknown, Included::Files);
        }
        let folder = pattern.rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_known = in_root.is_some_and(|root| root.find(folder).is_ok_and(|folder| folder.is_dir()));
        match (is_known, pattern.contains(['*', '?', '['])) {
            (true, true) => Included::Files(Vec::new()),
            (true, false) => Included::Missing,
            (false, _) => Included::Unknown,
        }
    }

    fn read(&mut self, paths: &[PathBuf]) -> Result<Vec<(FileId, Arc<str>)>> {
        let mut files = Vec::new();
        for path in paths {
            self.count += 1;
            if self.count > MOST_FILES {
                break;
            }
            let text = Disk.read_text(path, MAX_FILE_BYTES)?;
            let file =
                self.sources.add(self.root.map_or_else(|| disk::shown(path), |root| root.shown(path)), text);
            let text = self.sources.file(file).text.clone();
            self.secrets.extend(secrets(file, &text));
            files.push((file, text));
        }
        Ok(files)
    }
}
