//! The files that belong to a compose file: the Dockerfiles that its services build, and what its containers run of nginx.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::patterns::{Names, Surroundings};
use super::statement::{Block, Statement};
use super::{dockerfile, nearby, nginx};
use crate::diagnostic::Sink;
use crate::handwritten::{Around, is_nginx, read_deployment};
use crate::project::files::Brings;
use crate::project::host::join;
use crate::project::{NotAnalysed, Project};
use crate::same;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax;

/// A file that belongs to the compose file.
#[derive(Clone, Debug)]
pub(super) struct Artefact {
    /// Its path from the folder of the stack file.
    pub(super) path: String,
    pub(super) file: FileId,
    tree: Tree,
    /// The statement that describes it.
    pub(super) statement: Statement,
}

/// What it says.
#[derive(Clone, Debug)]
enum Tree {
    Dockerfile(syntax::dockerfile::tree::Tree),
    Nginx(syntax::nginx::tree::Tree),
}

impl Artefact {
    /// A file whose every letter is described by a statement with this head and block.
    fn new(path: String, whole: Span, tree: Tree, head: Statement, block: Block) -> Self {
        let mut statement = head.at(whole);
        statement.block = Some(block);
        Self { path, file: whole.file, tree, statement }
    }

    /// The places whose meaning another text does not have; `before` is its own.
    pub(super) fn differing(&self, before: &str, after: &str) -> Vec<Span> {
        let file = SourceMap::default().add("", after);
        let sink = &mut Sink::default();
        match &self.tree {
            Tree::Dockerfile(tree) => {
                let other = syntax::dockerfile::read(file, after, sink);
                same::dockerfile::differing((tree, before), (&other, after))
            }
            Tree::Nginx(tree) => {
                let other = syntax::nginx::read(file, after, sink);
                same::nginx::differing((tree, before), (&other, after))
            }
        }
    }
}

/// Every such file, once; those that cannot be read stay as they are, of which is told.
pub(super) fn artefacts(
    compose: &str,
    stack: &str,
    around: &dyn Around,
    sources: &mut SourceMap,
    not_analysed: &mut Vec<NotAnalysed>,
) -> Vec<Artefact> {
    let read = read_deployment(&[compose.to_owned()], Vec::new(), around);
    not_analysed.extend(read.not_analysed.into_iter().filter(|file| file.path != compose));
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut found = Vec::new();
    for dockerfile in &read.project.dockerfiles {
        let Some(name) = &dockerfile.host else { continue };
        if seen.insert(name.clone())
            && let Some(artefact) = of_dockerfile(name, stack, around, sources, not_analysed)
        {
            found.push(artefact);
        }
    }
    let names = configurations(compose, &read.project, around);
    let names = names.into_iter().filter(|name| seen.insert(name.clone()));
    let read_files: Vec<Configuration> =
        names.filter_map(|name| Configuration::read(name, around, sources, not_analysed)).collect();
    let mut surroundings = Surroundings::of(&read.project);
    for file in &read_files {
        surroundings.add(&file.tree, &file.text);
    }
    let described =
        read_files.into_iter().filter_map(|file| file.described(stack, &surroundings, not_analysed));
    found.extend(described);
    found
}

/// The files of nginx: those that containers run, and those that are mounted or copied to where nginx is. Without any of
/// these, those that lie near the compose file.
fn configurations(compose: &str, project: &Project, around: &dyn Around) -> Vec<String> {
    let containers = &project.containers;
    let runs = containers.iter().filter_map(|container| container.nginx.as_ref());
    let mut names: Vec<String> = runs.flat_map(|runs| &runs.files).map(|file| file.host.clone()).collect();
    for layer in containers.iter().flat_map(|container| container.files.layers()) {
        if let Brings::Host { path, .. } = &layer.brings {
            names.extend(nearby::brought(path, &layer.at, around));
        }
    }
    names.extend(project.dockerfiles.iter().flat_map(|dockerfile| nearby::copied(dockerfile, around)));
    let looks = |name: &String| around.read(name).is_ok_and(|text| is_nginx(&text));
    names.retain(looks);
    for name in names.clone() {
        names.extend(nearby::included(&name, around).into_iter().filter(looks));
    }
    if names.is_empty() {
        let folder = compose.rsplit_once('/').map_or(".", |(folder, _)| folder);
        names = nearby::beside(folder, around);
        names.retain(looks);
    }
    names
}

fn of_dockerfile(
    name: &str,
    stack: &str,
    around: &dyn Around,
    sources: &mut SourceMap,
    not_analysed: &mut Vec<NotAnalysed>,
) -> Option<Artefact> {
    let text = around.read(name).ok()?;
    let file = sources.add(name, text.clone());
    let mut found = Sink::default();
    let tree = syntax::dockerfile::read(file, &text, &mut found);
    if found.has_errors() {
        not_analysed.push(left_alone(name, "it is not read to its end"));
        return None;
    }
    let Some(block) = dockerfile::block(&tree, &text) else {
        not_analysed.push(left_alone(name, "no statements say what it says"));
        return None;
    };
    let path = path_from(stack, name);
    let head = Statement::of("dockerfile").text(&path);
    Some(Artefact::new(path, Span::new(file, 0, text.len()), Tree::Dockerfile(tree), head, block))
}

/// A file of nginx that was read.
struct Configuration {
    name: String,
    file: FileId,
    text: Arc<str>,
    tree: syntax::nginx::tree::Tree,
}

impl Configuration {
    fn read(
        name: String,
        around: &dyn Around,
        sources: &mut SourceMap,
        not_analysed: &mut Vec<NotAnalysed>,
    ) -> Option<Self> {
        let text = around.read(&name).ok()?;
        let file = sources.add(&name, text.clone());
        let tree = syntax::nginx::read(file, &text, &mut Sink::default());
        if !tree.is_sound() {
            not_analysed.push(left_alone(&name, "it is not read to its end"));
            return None;
        }
        Some(Self { name, file, text, tree })
    }

    fn described(
        self,
        stack: &str,
        surroundings: &Surroundings<'_>,
        not_analysed: &mut Vec<NotAnalysed>,
    ) -> Option<Artefact> {
        let Self { name, file, text, tree } = self;
        let names = Names::of(surroundings, &name, &tree, &text);
        let Some(described) = nginx::described(&tree, &text, &names) else {
            not_analysed.push(left_alone(&name, "no statements say what it says"));
            return None;
        };
        let context = described.context.name();
        let path = path_from(stack, &name);
        let head = Statement::of("nginx").text(&path).keyword("in").keyword(context);
        let whole = Span::new(file, 0, text.len());
        Some(Artefact::new(path, whole, Tree::Nginx(tree), head, described.block))
    }
}

/// Tells of a file that no statement describes.
pub(super) fn left_alone(name: &str, why: &str) -> NotAnalysed {
    NotAnalysed { path: name.to_owned(), why: format!("stays as it is: {why}"), asked_by: None }
}

/// A path from the folder of the stack file.
pub(super) fn path_from(stack: &str, name: &str) -> String {
    let folder = super::relative_folder(stack, name);
    let file = name.rsplit('/').next().unwrap_or(name);
    join(&folder, file)
}
