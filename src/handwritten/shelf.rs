//! The configurations of nginx that were read, each once, and what they include.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use globset::GlobBuilder;

use super::{Around, Source};
use crate::diagnostic::Sink;
use crate::lint::nginx;
use crate::project::host::{Refusal, join};
use crate::project::{NginxRuns, NotAnalysed};
use crate::source::{FileId, SourceMap};
use crate::syntax::nginx::read;
use crate::syntax::nginx::remarks::remarks;
use crate::syntax::nginx::tree::{MistakeKind, Tree};
use crate::syntax::remark::Remark;
use crate::vocabulary::nginx::Context;

/// So many files are taken into one configuration at most.
const MOST_FILES: usize = 2000;

/// Where nginx looks for what a relative path names.
const PREFIX: &str = "/etc/nginx";

/// What the nginx.conf of the official image says, where it is of interest. Source: nginx/docker-nginx, whose packages
/// bring it.
const OF_IMAGE: &str = "user nginx;\nevents {\n    worker_connections 1024;\n}\nhttp {\n    include /etc/nginx/mime.types;\n    \
    default_type application/octet-stream;\n    sendfile on;\n    keepalive_timeout 65;\n    \
    include /etc/nginx/conf.d/*.conf;\n}\n";

/// How it is called among the files; nothing that is found in it is told.
const NAME_OF_IMAGE: &str = "nginx.conf of the image";

/// Why such a file is not read, as the rest of a sentence.
pub(super) const ESCAPED: &str =
    "has `\\n` in the place of its line ends, which nginx refuses, and was not analysed";

/// Whether a text is one line in which `\n` stands for the ends of lines: what a program wrote that escapes too much.
pub(super) fn is_one_escaped_line(text: &str) -> bool {
    text.trim_end().lines().count() == 1 && text.matches("\\n").count() > 2
}

/// Every file that was read, by its name.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// The texts of all files, those that are no configurations among them.
    pub(super) sources: SourceMap,
    volumes: BTreeMap<FileId, Volume>,
    by_name: HashMap<String, FileId>,
    refused: BTreeMap<String, Refusal>,
}

/// A file that was read.
#[derive(Debug)]
struct Volume {
    tree: Tree,
    found: Sink,
}

/// The files of one configuration.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    /// All of them, the first among them.
    pub(super) files: BTreeSet<FileId>,
    /// What each `include` stands for.
    patterns: HashMap<String, Vec<FileId>>,
}

impl Shelf {
    /// Reads a text; false if there is one of that name already.
    pub(super) fn put(&mut self, source: Source) -> (FileId, bool) {
        if let Some(file) = self.by_name.get(&source.name) {
            return (*file, false);
        }
        let file = self.sources.add(source.name.clone(), source.text);
        let mut found = Sink::default();
        let tree = read(file, &self.sources.file(file).text, &mut found);
        self.by_name.insert(source.name, file);
        self.volumes.insert(file, Volume { tree, found });
        (file, true)
    }

    /// A file by its name, read if it was not yet.
    fn get(&mut self, name: String, around: &dyn Around) -> Option<FileId> {
        if let Some(file) = self.by_name.get(&name) {
            return Some(*file);
        }
        if self.refused.contains_key(&name) {
            return None;
        }
        match around.read(&name) {
            Ok(text) if is_one_escaped_line(&text) => {
                self.refused.insert(name, Refusal::Not(ESCAPED.to_owned()));
                None
            }
            Ok(text) => {
                let text = text.as_ref().to_owned();
                Some(self.put(Source { name, text, is_named: false }).0)
            }
            Err(refusal) => {
                self.refused.insert(name, refusal);
                None
            }
        }
    }

    /// What the outermost directives of a file stand in, if it looks like a configuration.
    pub(super) fn guess(&self, file: FileId) -> Option<Context> {
        nginx::guess(&self.volumes[&file].tree, &self.sources.file(file).text)
    }

    pub(super) fn is_template(&self, file: FileId) -> bool {
        let mistakes = &self.volumes[&file].tree.mistakes;
        mistakes.iter().any(|mistake| mistake.kind == MistakeKind::Template)
    }

    /// Whether a file could not be read to its end.
    pub(super) fn has_errors(&self, file: FileId) -> bool {
        self.volumes[&file].found.has_errors()
    }

    /// Whether a file is no file of the project but stands for that of the image.
    pub(super) fn is_of_image(&self, file: FileId) -> bool {
        self.by_name.get(NAME_OF_IMAGE) == Some(&file)
    }

    /// The files that are included and could not be read.
    pub(super) fn refused(&self) -> Vec<NotAnalysed> {
        let refused = self.refused.iter().filter_map(|(path, refusal)| match refusal {
            Refusal::Missing => None,
            Refusal::Not(why) => Some(NotAnalysed { path: path.clone(), why: why.clone(), asked_by: None }),
        });
        refused.collect()
    }

    /// The comments of a file that speak to stackc.
    pub(super) fn remarks(&self, file: FileId) -> Vec<Remark> {
        remarks(&self.volumes[&file].tree, &self.sources.file(file).text)
    }

    /// Adds what was found when a file was read, and its secrets; false if it was not read to its end.
    pub(super) fn finish(&self, file: FileId, sink: &mut Sink) -> bool {
        let volume = &self.volumes[&file];
        nginx::mask(&volume.tree, &self.sources.file(file).text, sink);
        sink.append(volume.found.clone());
        !volume.found.has_errors()
    }

    /// Reads what a file includes, and what that includes, where no container is known that runs it. A pattern stands
    /// for the same files wherever it is written: nginx has it begin in the folder of the first file.
    pub(super) fn follow(&mut self, first: FileId, around: &dyn Around) -> Catalogue {
        let mut catalogue = Catalogue::default();
        let name = self.sources.file(first).name.clone();
        let mut waiting = VecDeque::from([first]);
        while let Some(file) = waiting.pop_front() {
            if catalogue.files.len() >= MOST_FILES || !catalogue.files.insert(file) {
                continue;
            }
            for pattern in self.patterns(file) {
                if catalogue.patterns.contains_key(&pattern) {
                    continue;
                }
                let names = around.included(&name, &pattern);
                let found = names.into_iter().filter_map(|name| self.get(name, around));
                let found: Vec<FileId> = found.take(MOST_FILES).collect();
                waiting.extend(&found);
                catalogue.patterns.insert(pattern, found);
            }
        }
        catalogue
    }

    /// Reads the configuration that a container runs: its first file, and all of them.
    pub(super) fn run(&mut self, runs: &NginxRuns, around: &dyn Around) -> Option<(FileId, Catalogue)> {
        let mut files: Vec<(String, FileId)> = Vec::new();
        for file in runs.files.iter().take(MOST_FILES) {
            files.extend(self.get(file.host.clone(), around).map(|id| (file.at.clone(), id)));
        }
        let first = if runs.is_main_of_image {
            let (name, text) = (NAME_OF_IMAGE.to_owned(), OF_IMAGE.to_owned());
            self.put(Source { name, text, is_named: false }).0
        } else {
            files.first()?.1
        };
        files.first()?;
        let mut catalogue = Catalogue::default();
        catalogue.files.extend(files.iter().map(|(_, file)| *file).chain([first]));
        for file in catalogue.files.clone() {
            for pattern in self.patterns(file) {
                let at = join(PREFIX, &pattern);
                let Ok(glob) = GlobBuilder::new(&at).literal_separator(true).build() else { continue };
                let glob = glob.compile_matcher();
                let fitting = files.iter().filter(|(path, _)| *path == at || glob.is_match(path));
                catalogue.patterns.insert(pattern, fitting.map(|(_, file)| *file).collect());
            }
        }
        Some((first, catalogue))
    }

    /// What the `include` directives of a file name.
    fn patterns(&self, file: FileId) -> Vec<String> {
        self.volumes[&file].tree.includes(&self.sources.file(file).text)
    }

    /// The files of one configuration, for its reader.
    pub(super) fn reading<'a>(&'a self, catalogue: &'a Catalogue) -> Reading<'a> {
        Reading { shelf: self, catalogue }
    }
}

/// The files of one configuration, for its reader.
pub(super) struct Reading<'a> {
    shelf: &'a Shelf,
    catalogue: &'a Catalogue,
}

impl nginx::Library for Reading<'_> {
    fn tree(&self, file: FileId) -> &Tree {
        &self.shelf.volumes[&file].tree
    }

    fn included(&self, pattern: &str) -> &[FileId] {
        self.catalogue.patterns.get(pattern).map_or(&[], Vec::as_slice)
    }
}
