//! From paths to a project: files are read and merged in order, and the views made.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use super::budget::Budget;
use super::env_files::EnvFiles;
use super::environment::Environment;
use super::extends::Scope;
use super::merge::Merger;
use super::model::{Compose, Node, Value};
use super::read::{self, Document};
use super::reset::Resets;
use super::service::{View, declared};
use super::texts::shown;
use super::{Loaded, schema, unique, v1};

use crate::diagnostic::{Diagnostic, Severity, Sink};
use crate::project::host::{Host, Refusal};
use crate::project::{NotAnalysed, Spanned};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::remark::Remark;
use crate::syntax::yaml;
use crate::syntax::yaml::remarks::remarks;
use crate::syntax::yaml::tree::Tree;

/// So deep files may include each other.
const MAX_INCLUDES: usize = 50;

/// Reads and merges `files`: a base and what overrides it, by [`Host`]'s naming.
pub fn load(
    files: &[String],
    environment: &Environment,
    host: &dyn Host,
    sources: &mut SourceMap,
    sink: &mut Sink,
) -> Loaded {
    let errors = errors(sink);
    let folder = files.first().map_or_else(|| ".".to_owned(), |file| folder_of(file));
    let mut loader = Loader {
        host,
        sources,
        sink,
        budget: Budget::default(),
        files: BTreeMap::new(),
        not_analysed: Vec::new(),
        is_understood: true,
        is_v1: false,
        remarks: Vec::new(),
        blocks: Vec::new(),
        scopes: BTreeMap::new(),
        environments: 0,
    };
    let context =
        Context { folder: folder.as_str().into(), environment: Rc::new(environment.clone()), number: 0 };
    let root = loader.model(files, &context, None, &mut Vec::new());
    let mut loaded = loader.finish(files, folder, environment, root);
    loaded.is_understood &= self::errors(sink) == errors;
    loaded
}

/// How many errors were found.
fn errors(sink: &Sink) -> usize {
    let errors = sink.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    errors.count() + sink.more(Severity::Error)
}

/// The folder that a file is in.
pub(super) fn folder_of(file: &str) -> String {
    match file.rsplit_once('/') {
        Some(("", _)) => "/".to_owned(),
        Some((folder, _)) => folder.to_owned(),
        None => ".".to_owned(),
    }
}

/// The blocks of services, with their keys.
fn blocks(tree: &Tree) -> impl Iterator<Item = Spanned<String>> {
    tree.documents.iter().flat_map(move |document| {
        let services = tree.get(document.root, "services");
        let entries = tree.entries(services.unwrap_or(document.root)).iter();
        entries.filter_map(move |entry| {
            let name = tree.scalar(entry.key)?.text.to_string();
            let is_service = services.is_some() || v1::may_be_service(&name);
            let block = tree.full_span(entry.key).to(tree.full_span(entry.value));
            is_service.then(|| Spanned::new(name, block))
        })
    })
}

/// A file that was read.
pub(super) struct Parsed {
    pub(super) file: FileId,
    pub(super) tree: Tree,
}

/// What holds for the files of one list.
#[derive(Clone)]
pub(super) struct Context {
    /// Where relative paths begin.
    pub(super) folder: Arc<str>,
    pub(super) environment: Rc<Environment>,
    /// The number of the environment.
    pub(super) number: usize,
}

pub(super) struct Loader<'a> {
    pub(super) host: &'a dyn Host,
    pub(super) sources: &'a mut SourceMap,
    pub(super) sink: &'a mut Sink,
    pub(super) budget: Budget,
    /// Every file that was asked for, by path.
    files: BTreeMap<String, Option<Rc<Parsed>>>,
    pub(super) not_analysed: Vec<NotAnalysed>,
    pub(super) is_understood: bool,
    is_v1: bool,
    remarks: Vec<Remark>,
    blocks: Vec<Spanned<String>>,
    /// The services of files that `extends` names, by path and environment.
    pub(super) scopes: BTreeMap<(String, usize), Option<Rc<Scope>>>,
    /// The number of the last environment.
    pub(super) environments: usize,
}

impl Loader<'_> {
    /// Reads a file once; `None` if it cannot be read, of which is told.
    pub(super) fn parse(&mut self, path: &str, asked_by: Option<Span>) -> Option<Rc<Parsed>> {
        if let Some(parsed) = self.files.get(path) {
            return parsed.clone();
        }
        let parsed = self.parse_new(path, asked_by);
        self.is_understood &= parsed.is_some();
        self.files.insert(path.to_owned(), parsed.clone());
        parsed
    }

    fn parse_new(&mut self, path: &str, asked_by: Option<Span>) -> Option<Rc<Parsed>> {
        if !self.budget.take_file(asked_by, self.sink) {
            return None;
        }
        match self.host.read(path) {
            Ok(text) => {
                let file = self.sources.add(path, text.clone());
                let mut found = Sink::default();
                let tree = yaml::read(file, &text, &mut found);
                self.is_understood &= !found.has_errors();
                self.sink.append(found);
                self.remarks.extend(remarks(&tree, &text));
                self.blocks.extend(blocks(&tree));
                Some(Rc::new(Parsed { file, tree }))
            }
            Err(Refusal::Not(why)) => {
                self.refuse(path, &why, asked_by);
                None
            }
            Err(Refusal::Missing) => {
                match asked_by {
                    Some(span) => self.sink.push(
                        Diagnostic::error(
                            "compose-missing-file",
                            format!("there is no file `{}`", shown(path)),
                            span,
                        )
                        .here("it is named here")
                        .note("compose starts nothing if a file that `include` or `extends` names is missing")
                        .help("correct the path, which begins in the folder of the first compose file"),
                    ),
                    None => self.refuse(path, "does not exist", None),
                }
                None
            }
        }
    }

    /// Notes that something is not looked at.
    pub(super) fn refuse(&mut self, path: &str, why: &str, asked_by: Option<Span>) {
        self.is_understood = false;
        let asked_by = asked_by.map(|span| span.file);
        self.not_analysed.push(NotAnalysed { path: path.to_owned(), why: why.to_owned(), asked_by });
    }

    /// The documents of a file.
    pub(super) fn documents(&mut self, parsed: &Parsed, context: &Context) -> Vec<Document> {
        let mut documents = Vec::new();
        for document in &parsed.tree.documents {
            let document = read::document(
                &parsed.tree,
                document.root,
                &context.environment,
                &context.folder,
                &mut self.budget,
                self.sink,
            );
            self.is_understood &= document.is_understood;
            documents.push(document);
        }
        documents
    }

    /// Several files as one; `None` if none of them could be read. `stack` are the files that are being read.
    pub(super) fn model(
        &mut self,
        files: &[String],
        context: &Context,
        asked_by: Option<Span>,
        stack: &mut Vec<String>,
    ) -> Option<Node> {
        if stack.len() >= MAX_INCLUDES {
            self.budget.take_nodes(usize::MAX, asked_by?, self.sink);
            return None;
        }
        let mut merged: Option<Node> = None;
        let mut empty = None;
        for path in files {
            let Some(parsed) = self.parse(path, asked_by) else { continue };
            if parsed.tree.documents.is_empty() {
                empty.get_or_insert(parsed.file);
            }
            for document in self.documents(&parsed, context) {
                let Document { mut root, resets, .. } = document;
                if !matches!(root.value, Value::Map(_)) {
                    self.refuse_document(root.span.at_start());
                    continue;
                }
                if v1::is_v1(&root) {
                    v1::tell(&root, self.sink);
                    self.is_v1 |= merged.is_none() && stack.is_empty();
                    root = v1::services(root);
                }
                stack.push(path.clone());
                self.include(&mut root, &resets, context, stack);
                stack.pop();
                self.extend(&mut root, path, &resets, context);
                let mut whole = match merged {
                    Some(before) => self.merge_roots(before, root, &resets),
                    None => root,
                };
                unique::enforce(&mut whole);
                merged = Some(whole);
            }
        }
        // One that says nothing beside others changes nothing.
        if let (None, Some(file)) = (&merged, empty) {
            self.refuse_document(Span::new(file, 0, 0));
        }
        merged
    }

    /// Tells of a document that is no map.
    fn refuse_document(&mut self, at: Span) {
        self.is_understood = false;
        self.sink.push(
            Diagnostic::error("compose-wrong-type", "a compose file is a map", at)
                .here("this is none")
                .note(
                    "compose refuses a document that says nothing, or anything but `services:` and its like",
                )
                .help("write `services:`, and the services below it"),
        );
    }

    /// One document laid over those before.
    pub(super) fn merge_roots(&mut self, mut before: Node, root: Node, resets: &Resets) -> Node {
        resets.apply(&mut before);
        let mut merger = Merger { sink: self.sink, is_understood: true };
        let merged = merger.merge(before, root, &mut Vec::new());
        self.is_understood &= merger.is_understood;
        merged
    }

    fn finish(
        self,
        paths: &[String],
        folder: String,
        environment: &Environment,
        root: Option<Node>,
    ) -> Loaded {
        let Self {
            host,
            sources,
            sink,
            mut budget,
            files,
            mut not_analysed,
            mut is_understood,
            is_v1,
            remarks,
            blocks,
            ..
        } = self;
        let Some(root) = root else {
            return Loaded { compose: None, not_analysed, is_understood: false, remarks, blocks };
        };
        is_understood &= is_v1 || schema::check(&root, sink);
        let mut env_files = EnvFiles::new(host);
        let mut view = View { environment, budget: &mut budget, sources, sink, env_files: &mut env_files };
        let services = root.get("services").map_or(&[][..], Node::entries);
        let services = services.iter().map(|(name, node)| view.service(name, node)).collect();
        not_analysed.append(&mut env_files.not_analysed);
        is_understood &= !budget.is_spent();
        let mut order: Vec<FileId> = Vec::new();
        let first = paths.iter().filter_map(|path| files.get(path));
        for parsed in first.chain(files.values()).flatten() {
            if !order.contains(&parsed.file) {
                order.push(parsed.file);
            }
        }
        let compose = Compose {
            files: order,
            folder,
            is_v1,
            services,
            networks: declared(&root, "networks"),
            volumes: declared(&root, "volumes"),
            secrets: declared(&root, "secrets"),
            configs: declared(&root, "configs"),
            root,
            index: OnceLock::new(),
        };
        Loaded { compose: Some(compose), not_analysed, is_understood, remarks, blocks }
    }
}
