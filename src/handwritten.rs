//! The pipeline for configurations of nginx that people wrote: texts in, findings out. Pure but for the files that an
//! `include` names, which the caller finds.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::diagnostic::Sink;
use crate::lint::{self, nginx};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::nginx::read;
use crate::syntax::nginx::tree::{Directive, MistakeKind, Tree, directives};
use crate::vocabulary::nginx::Context;

/// A text that may be a configuration of nginx, or a part of one.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as a person is shown it. Two of one name are one file.
    pub name: String,
    /// What stands in it.
    pub text: String,
    /// Whether it must be one: somebody named it, or its name says so.
    pub is_named: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Checked {
    /// The texts that spans point into.
    pub sources: SourceMap,
    /// Everything that was found, in order of place.
    pub sink: Sink,
    /// The files that were checked, in order of name.
    pub names: Vec<String>,
    /// Whether every file was read to its end: none is a template, and none holds what nginx cannot read.
    pub is_understood: bool,
    /// The named files that do not look like a configuration of nginx, and were not checked.
    pub unrecognised: Vec<String>,
}

/// The places of a configuration whose text is a secret: no output may show them.
pub fn secrets(file: FileId, text: &str) -> Vec<Span> {
    let mut sink = Sink::default();
    let tree = read(file, text, &mut sink);
    nginx::mask(&tree, text, &mut sink);
    sink.masked
}

/// The files around those that are checked.
pub trait Project {
    /// The names of the files that `include PATTERN` stands for in the configuration whose first file is `first`, in
    /// nginx's order.
    fn included(&mut self, first: &str, pattern: &str) -> Vec<String>;

    /// The text of a file that is included; `None` if it cannot be read. Each is asked for once.
    fn read(&mut self, name: &str) -> Option<String>;
}

/// A project of no other files.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Project for Alone {
    fn included(&mut self, _: &str, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn read(&mut self, _: &str) -> Option<String> {
        None
    }
}

/// So many files are taken into one configuration at most.
const MOST_FILES: usize = 2000;

/// Checks every configuration among some texts: each file that no other one includes, with what it includes.
pub fn check(files: Vec<Source>, project: &mut dyn Project) -> Checked {
    let mut shelf = Shelf::default();
    let mut unrecognised = Vec::new();
    let mut roots: Vec<(FileId, Option<Context>)> = Vec::new();
    for source in files {
        let is_named = source.is_named;
        let name = source.name.clone();
        let (file, is_new) = shelf.put(source);
        let place = nginx::guess(&shelf.volumes[&file].tree, &shelf.sources.file(file).text);
        if !is_new {
            continue;
        }
        // A template is said to be one by the reader.
        if place.is_some() || shelf.volumes[&file].is_template() {
            roots.push((file, place));
        } else if is_named {
            unrecognised.push(name);
        }
    }
    let mut taken: BTreeSet<FileId> = BTreeSet::new();
    let mut catalogues: Vec<Catalogue> = Vec::new();
    for (file, _) in &roots {
        let catalogue = shelf.follow(*file, project);
        // Of two files that include each other the first is the beginning.
        let inside = catalogue.files.iter().copied().filter(|inside| inside != file);
        if !taken.contains(file) {
            taken.extend(inside);
        }
        catalogues.push(catalogue);
    }
    let mut sink = Sink::default();
    let mut checked: BTreeSet<FileId> = BTreeSet::new();
    // A file of several configurations is told of once.
    let mut told = BTreeSet::new();
    for ((file, place), catalogue) in roots.iter().zip(&catalogues) {
        if !taken.contains(file) {
            checked.extend(&catalogue.files);
            let library = Reading { shelf: &shelf, catalogue };
            let configuration = nginx::read(*file, *place, &library, &shelf.sources);
            let mut found = Sink::default();
            lint::run_nginx(&configuration, &mut found);
            found.diagnostics.retain(|found| told.insert((found.code, found.primary.span)));
            sink.append(found);
        }
    }
    let mut is_understood = true;
    for file in &checked {
        let volume = &shelf.volumes[file];
        nginx::mask(&volume.tree, &shelf.sources.file(*file).text, &mut sink);
        is_understood &= !volume.found.has_errors();
        sink.append(volume.found.clone());
    }
    sink.finish();
    let mut names: Vec<String> = checked.iter().map(|file| shelf.sources.file(*file).name.clone()).collect();
    names.sort();
    Checked { sources: shelf.sources, sink, names, is_understood, unrecognised }
}

/// Every file that was read, by its name.
#[derive(Debug, Default)]
struct Shelf {
    sources: SourceMap,
    volumes: BTreeMap<FileId, Volume>,
    by_name: HashMap<String, FileId>,
    unread: BTreeSet<String>,
}

/// A file that was read.
#[derive(Debug)]
struct Volume {
    tree: Tree,
    found: Sink,
}

impl Volume {
    fn is_template(&self) -> bool {
        self.tree.mistakes.iter().any(|mistake| mistake.kind == MistakeKind::Template)
    }
}

/// The files of one configuration.
#[derive(Debug, Default)]
struct Catalogue {
    /// All of them, the first among them.
    files: BTreeSet<FileId>,
    /// What each `include` stands for.
    patterns: HashMap<String, Vec<FileId>>,
}

impl Shelf {
    /// Reads a text; false if there is one of that name already.
    fn put(&mut self, source: Source) -> (FileId, bool) {
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

    /// A file that is included, read if it was not yet.
    fn get(&mut self, name: String, project: &mut dyn Project) -> Option<FileId> {
        if let Some(file) = self.by_name.get(&name) {
            return Some(*file);
        }
        if self.unread.contains(&name) {
            return None;
        }
        let Some(text) = project.read(&name) else {
            self.unread.insert(name);
            return None;
        };
        Some(self.put(Source { name, text, is_named: false }).0)
    }

    /// Reads what a file includes, and what that includes. A pattern stands for the same files wherever it is written:
    /// nginx has it begin in the folder of the first file.
    fn follow(&mut self, first: FileId, project: &mut dyn Project) -> Catalogue {
        let mut catalogue = Catalogue::default();
        let name = self.sources.file(first).name.clone();
        let mut waiting = VecDeque::from([first]);
        while let Some(file) = waiting.pop_front() {
            if catalogue.files.len() >= MOST_FILES || !catalogue.files.insert(file) {
                continue;
            }
            let mut patterns = Vec::new();
            collect(
                directives(&self.volumes[&file].tree.items),
                &self.sources.file(file).text,
                &mut patterns,
            );
            for pattern in patterns {
                if catalogue.patterns.contains_key(&pattern) {
                    continue;
                }
                let names = project.included(&name, &pattern);
                let found = names.into_iter().filter_map(|name| self.get(name, project));
                let found: Vec<FileId> = found.take(MOST_FILES).collect();
                waiting.extend(&found);
                catalogue.patterns.insert(pattern, found);
            }
        }
        catalogue
    }
}

/// What the `include` directives of a file name; those in tables stand for entries, and are none of these.
fn collect<'t>(list: impl Iterator<Item = &'t Directive>, text: &str, patterns: &mut Vec<String>) {
    use crate::syntax::nginx::tree::Body;
    for directive in list {
        match (directive.name(text), directive.args(), &directive.body) {
            ("include", [pattern], Body::None(_)) => patterns.push(pattern.text(text).to_owned()),
            (_, _, Body::Block(_)) => collect(directive.children(), text, patterns),
            (_, _, Body::None(_) | Body::Table(_) | Body::Opaque(_)) => {}
        }
    }
}

/// The files of one configuration, for its reader.
struct Reading<'a> {
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
