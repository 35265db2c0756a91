//! The pipeline for files that people wrote: compose files, Dockerfiles and configurations of nginx in, findings out.
//! Pure but for the files around them, which the caller has.

pub mod content;
mod deployment;
mod group;
mod opened;
mod overlay;
mod shelf;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use globset::GlobBuilder;

use crate::diagnostic::{Diagnostic, Sink};
use crate::lint::{self, Judge, Policy, nginx};
use crate::project::compose::Environment;
use crate::project::host::{Host, Memory, join};
use crate::project::kind::{FileKind, kind_of};
use crate::project::{NotAnalysed, Project};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::nginx::read;
use crate::vocabulary::nginx::Context;

use deployment::Deployment;
pub use opened::{Opened, Running};
pub use overlay::Overlay;
use shelf::{Catalogue, ESCAPED, Shelf, is_one_escaped_line};

/// The files that are to be checked.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Compose files, by [`Host`]'s naming: each alone, or with the others of its folder that it belongs to.
    pub composes: Vec<String>,
    /// Dockerfiles; those that a compose file builds are understood with it.
    pub dockerfiles: Vec<String>,
    /// What may be configurations of nginx; those that a container runs are understood with it.
    pub configurations: Vec<Source>,
}

/// A text that may be a configuration of nginx, or a part of one.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as a person is shown it, by [`Host`]'s naming. Two of one name are one file.
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
    /// Whether every file was read to its end: none is a template, and none holds what its reader cannot read.
    pub is_understood: bool,
    /// The named files that do not look like a configuration of nginx, and were not checked.
    pub unrecognised: Vec<String>,
    /// What else was asked for and not checked.
    pub not_analysed: Vec<NotAnalysed>,
}

/// The places of a configuration whose text is a secret: no output may show them.
pub fn secrets(file: FileId, text: &str) -> Vec<Span> {
    let mut sink = Sink::default();
    let tree = read(file, text, &mut sink);
    nginx::mask(&tree, text, &mut sink);
    sink.masked
}

/// Whether a text looks like a configuration of nginx, or a part of one.
pub fn is_nginx(text: &str) -> bool {
    let tree = read(SourceMap::default().add("", text), text, &mut Sink::default());
    !is_one_escaped_line(text) && nginx::guess(&tree, text).is_some()
}

/// The files around those that are checked.
pub trait Around: Host {
    /// The names of the files that `include PATTERN` stands for in the configuration whose first file is `first`, in
    /// nginx's order, where no container is known that runs it.
    fn included(&self, first: &str, pattern: &str) -> Vec<String>;
}

impl Around for Memory {
    fn included(&self, first: &str, pattern: &str) -> Vec<String> {
        let folder = first.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let pattern = join(folder, pattern.strip_prefix("/etc/nginx/").unwrap_or(pattern));
        let Ok(glob) = GlobBuilder::new(&pattern).literal_separator(true).build() else { return Vec::new() };
        let glob = glob.compile_matcher();
        self.files().filter(|file| glob.is_match(file)).map(str::to_owned).collect()
    }
}

/// Checks all that is given, told apart by its names as `stackc lint` tells the files of a folder apart: what is neither a
/// compose file nor a Dockerfile and ends in `.conf` is a configuration of nginx.
pub fn check_memory(memory: &Memory) -> Checked {
    let mut files = Files::default();
    for name in memory.files() {
        match kind_of(name) {
            Some(FileKind::Compose) => files.composes.push(name.to_owned()),
            Some(FileKind::Dockerfile) => files.dockerfiles.push(name.to_owned()),
            None if name.rsplit('.').next() == Some("conf") => {
                let text = memory.read(name).unwrap_or_default().as_ref().to_owned();
                files.configurations.push(Source { name: name.to_owned(), text, is_named: true });
            }
            None => {}
        }
    }
    check(files, memory)
}

/// Checks every deployment among some files, and what belongs to none by itself.
pub fn check(files: Files, around: &dyn Around) -> Checked {
    check_under(&Policy::default(), files, around)
}

/// The same where something was decided about rules beforehand.
pub fn check_under(policy: &Policy, files: Files, around: &dyn Around) -> Checked {
    let groups = group::deployments(&files.composes, around);
    check_groups(policy, groups, files, around, &|_, _, _| false)
}

/// Checks one compose file with what it builds and mounts, whatever else stands in its folder. What `is_covered` says of
/// a rule at a place is left out of what is told of several places at once.
pub fn check_alone(compose: String, around: &dyn Around, is_covered: IsCovered<'_>) -> Checked {
    check_groups(&Policy::default(), vec![vec![compose]], Files::default(), around, is_covered)
}

/// Whether a finding of a rule at a place may be there, by what stands in none of the files.
pub type IsCovered<'a> = &'a dyn Fn(&'static str, &SourceMap, Span) -> bool;

/// Checks deployments, each of the compose files that are merged, and the rest of some files.
fn check_groups(
    policy: &Policy,
    groups: Vec<Vec<String>>,
    files: Files,
    around: &dyn Around,
    is_covered: IsCovered<'_>,
) -> Checked {
    let mut bench = Bench::default();
    let mut unrecognised = Vec::new();
    let mut roots = Vec::new();
    for source in files.configurations {
        if is_one_escaped_line(&source.text) {
            let (path, why) = (source.name, ESCAPED.to_owned());
            bench.not_analysed.push(NotAnalysed { path, why, asked_by: None });
            continue;
        }
        let (is_named, name) = (source.is_named, source.name.clone());
        let (file, is_new) = bench.shelf.put(source);
        let place = bench.shelf.guess(file);
        if !is_new {
            continue;
        }
        // A template is said to be one by the reader.
        if place.is_some() || bench.shelf.is_template(file) {
            roots.push((file, place));
        } else if is_named {
            unrecognised.push(name);
        }
    }
    let mut built: BTreeSet<String> = BTreeSet::new();
    let mut deployments = Vec::new();
    for group in groups {
        let deployment = Deployment::of_compose(&group, &mut bench, around);
        built.extend(deployment.dockerfiles().map(str::to_owned));
        deployments.push(deployment);
    }
    for dockerfile in files.dockerfiles.iter().filter(|name| !built.contains(*name)) {
        deployments.extend(Deployment::of_dockerfile(dockerfile, &mut bench, around));
    }
    let in_containers: BTreeSet<FileId> = deployments.iter().flat_map(Deployment::nginx_files).collect();
    let catalogues: Vec<Catalogue> =
        roots.iter().map(|(file, _)| bench.shelf.follow(*file, around)).collect();
    let mut taken: BTreeSet<FileId> = in_containers.clone();
    for ((file, _), catalogue) in roots.iter().zip(&catalogues) {
        // Of two files that include each other the first is the beginning.
        if !taken.contains(file) {
            taken.extend(catalogue.files.iter().copied().filter(|inside| inside != file));
        }
    }
    let alone = roots.iter().zip(&catalogues).filter(|((file, _), _)| !taken.contains(file));
    let alone: Vec<Alone<'_>> =
        alone.map(|((first, place), catalogue)| Alone { first: *first, place: *place, catalogue }).collect();
    let mut checked = in_containers;
    checked.extend(alone.iter().flat_map(|alone| &alone.catalogue.files));
    let Bench { shelf, mut sink, names, is_misunderstood, mut not_analysed } = bench;
    let mut judge = Judge::new(policy);
    let wrong = instruct(&deployments, &checked, &shelf, &mut judge);
    judge.review(&mut sink, &shelf.sources);
    for found in judged(&deployments, &alone, &shelf, around, is_covered, &mut judge, wrong) {
        sink.append(found);
    }
    let sources = &shelf.sources;
    let mut is_understood = !is_misunderstood;
    for file in &checked {
        is_understood &= shelf.finish(*file, &mut sink);
    }
    sink.finish();
    not_analysed.extend(shelf.refused());
    let named = checked.iter().filter(|file| !shelf.is_of_image(**file));
    let names: BTreeSet<String> = named.map(|file| sources.file(*file).name.clone()).chain(names).collect();
    let names = names.into_iter().collect();
    let sources = shelf.sources;
    Checked { sources, sink, names, is_understood, unrecognised, not_analysed }
}

/// A configuration of nginx that no container runs.
struct Alone<'a> {
    first: FileId,
    place: Option<Context>,
    catalogue: &'a Catalogue,
}

/// Tells the judge what the files say of findings, and whose places are whose; returns what is wrong with the comments.
fn instruct(
    deployments: &[Deployment],
    configurations: &BTreeSet<FileId>,
    shelf: &Shelf,
    judge: &mut Judge,
) -> Vec<Diagnostic> {
    let mut users = BTreeMap::new();
    for deployment in deployments {
        deployment.users(shelf, &mut users);
    }
    let mut wrong: Vec<Diagnostic> =
        deployments.iter().flat_map(|deployment| deployment.instruct(shelf, &users, judge)).collect();
    for file in configurations {
        wrong.extend(judge.comments(&shelf.remarks(*file), &shelf.sources));
    }
    wrong
}

/// What all rules find, and behind that what is wrong with the comments that speak of rules; each once.
fn judged(
    deployments: &[Deployment],
    alone: &[Alone<'_>],
    shelf: &Shelf,
    around: &dyn Around,
    is_covered: IsCovered<'_>,
    judge: &mut Judge,
    wrong: Vec<Diagnostic>,
) -> Vec<Sink> {
    let sources = &shelf.sources;
    let mut found: Vec<Sink> = Vec::new();
    for deployment in deployments {
        let mut sink = Sink::default();
        deployment.lint(shelf, around, is_covered, judge, &mut sink);
        found.push(sink);
    }
    agree(deployments, &mut found);
    for Alone { first, place, catalogue } in alone {
        let configuration = nginx::read(*first, *place, &shelf.reading(catalogue), sources);
        let mut sink = Sink::default();
        lint::run_nginx(&configuration, judge, &mut sink);
        found.push(sink);
        let is_whole = !catalogue.files.iter().any(|file| shelf.has_errors(*file));
        for file in &catalogue.files {
            if is_whole {
                judge.looked_at(*file, lint::is_on_nginx);
            } else {
                judge.spare(*file);
            }
        }
    }
    let mut of_comments = Sink::default();
    for finding in wrong {
        judge.decide(finding, sources, &mut of_comments);
    }
    judge.unused(sources, &mut of_comments);
    found.push(of_comments);
    let mut told = Told::default();
    for sink in &mut found {
        told.keep_new(sink, sources);
    }
    found
}

/// Leaves out what is found of an upstream in one deployment alone, if another one runs the same configuration: a compose
/// file for tests or for building need not have what the configuration is for.
fn agree(deployments: &[Deployment], found: &mut [Sink]) {
    const RULE: &str = "cross-proxy-host";
    let places = |sink: &Sink| -> Vec<Span> {
        let found = sink.diagnostics.iter().filter(|found| found.code == RULE);
        found.map(|found| found.primary.span).collect()
    };
    let all: Vec<Vec<Span>> = found.iter().map(places).collect();
    let is_run = |deployment: &Deployment, file: FileId| deployment.nginx_files().any(|other| other == file);
    for sink in found {
        sink.diagnostics.retain(|found| {
            let span = found.primary.span;
            found.code != RULE
                || deployments
                    .iter()
                    .zip(&all)
                    .all(|(deployment, places)| places.contains(&span) || !is_run(deployment, span.file))
        });
    }
}

/// Those of some compose files whose deployments read one of the files that changed.
pub fn related(composes: &[String], changed: &[String], around: &dyn Around) -> Vec<String> {
    let reads = |group: &[String]| {
        let mut bench = Bench::default();
        let deployment = Deployment::of_compose(group, &mut bench, around);
        let nginx = deployment.nginx_files().map(|file| bench.shelf.sources.file(file).name.as_str());
        let mut all = bench.shelf.sources.files().map(|file| file.name.as_str()).chain(nginx);
        let is_changed = |name: &str| changed.iter().any(|changed| changed == name);
        all.any(is_changed) || deployment.ignore_files().any(|name| is_changed(&name))
    };
    let groups = group::deployments(composes, around).into_iter();
    let composes: BTreeSet<String> = groups.filter(|group| reads(group)).flatten().collect();
    composes.into_iter().collect()
}

/// One deployment that was read and not judged.
#[derive(Debug)]
pub struct Read {
    /// What it is.
    pub project: Project,
    /// The variables of its `.env` and those that were given.
    pub environment: Environment,
    /// The texts that spans point into.
    pub sources: SourceMap,
    /// What the readers found.
    pub sink: Sink,
    /// Whether every file was read to its end.
    pub is_understood: bool,
    /// What was asked for and not read.
    pub not_analysed: Vec<NotAnalysed>,
}

/// Reads compose files, merged in their order, and what they build, with variables that count before those of `.env`.
pub fn read_deployment(files: &[String], variables: Vec<(String, String)>, around: &dyn Around) -> Read {
    let mut bench = Bench::default();
    let environment = Environment::of_folder(files, around, &mut bench.shelf.sources, &mut bench.sink);
    let environment = environment.with(variables);
    let deployment = Deployment::of_compose_with(files, &environment, &mut bench, around);
    let Bench { shelf, mut sink, is_misunderstood, not_analysed, .. } = bench;
    sink.finish();
    Read {
        project: deployment.into_project(),
        environment,
        sources: shelf.sources,
        sink,
        is_understood: !is_misunderstood,
        not_analysed,
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Bench {
    shelf: Shelf,
    /// What readers found.
    sink: Sink,
    /// The compose files and Dockerfiles that were checked.
    names: Vec<String>,
    is_misunderstood: bool,
    not_analysed: Vec<NotAnalysed>,
}

/// What was said already: a file that belongs to several deployments is told of once.
#[derive(Debug, Default)]
struct Told {
    places: HashSet<(&'static str, String, u32, u32)>,
}

impl Told {
    fn keep_new(&mut self, found: &mut Sink, sources: &SourceMap) {
        found.diagnostics.retain(|diagnostic| self.is_new(diagnostic, sources));
        found.allowed.retain(|allowed| self.is_new(&allowed.finding, sources));
    }

    fn is_new(&mut self, diagnostic: &Diagnostic, sources: &SourceMap) -> bool {
        let span = diagnostic.primary.span;
        let name = sources.file(span.file).name.clone();
        self.places.insert((diagnostic.code, name, span.start, span.end))
    }
}
