//! The files that belong to a compose file: the Dockerfiles that its services build, and what its containers run of nginx.

use std::collections::BTreeSet;

use super::statement::Statement;
use super::{dockerfile, nginx};
use crate::diagnostic::{Diagnostic, Sink};
use crate::handwritten::{Around, read_deployment};
use crate::project::NotAnalysed;
use crate::project::host::join;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::nginx::tree::MistakeKind;

/// A file that belongs to the compose file.
#[derive(Clone, Debug)]
pub(super) struct Artefact {
    /// The statement that describes it.
    pub(super) statement: Statement,
}

/// Every such file, once; those that cannot be read stay as they are, of which is told.
pub(super) fn artefacts(
    compose: &str,
    stack: &str,
    around: &dyn Around,
    sources: &mut SourceMap,
    sink: &mut Sink,
    not_analysed: &mut Vec<NotAnalysed>,
) -> Vec<Artefact> {
    let read = read_deployment(&[compose.to_owned()], Vec::new(), around);
    not_analysed.extend(read.not_analysed.into_iter().filter(|file| file.path != compose));
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut found = Vec::new();
    for dockerfile in &read.project.dockerfiles {
        let Some(name) = &dockerfile.host else { continue };
        if seen.insert(name.clone())
            && let Some(artefact) = of_dockerfile(name, stack, around, sources, sink)
        {
            found.push(artefact);
        }
    }
    for container in &read.project.containers {
        let Some(runs) = &container.nginx else { continue };
        for file in &runs.files {
            if seen.insert(file.host.clone())
                && let Some(artefact) = of_nginx(&file.host, stack, around, sources, sink)
            {
                found.push(artefact);
            }
        }
    }
    found
}

fn of_dockerfile(
    name: &str,
    stack: &str,
    around: &dyn Around,
    sources: &mut SourceMap,
    sink: &mut Sink,
) -> Option<Artefact> {
    let text = around.read(name).ok()?;
    let file = sources.add(name, text.clone());
    let mut found = Sink::default();
    let tree = crate::syntax::dockerfile::read(file, &text, &mut found);
    if found.has_errors() {
        left_alone(file, "it is not read to its end", sink);
        return None;
    }
    let statement = Statement::of("dockerfile").text(&path_from(stack, name));
    let mut statement = statement.at(Span::new(file, 0, text.len()));
    let Some(block) = dockerfile::block(&tree, &text) else {
        left_alone(file, "no statements say what it says", sink);
        return None;
    };
    statement.block = Some(block);
    Some(Artefact { statement })
}

fn of_nginx(
    name: &str,
    stack: &str,
    around: &dyn Around,
    sources: &mut SourceMap,
    sink: &mut Sink,
) -> Option<Artefact> {
    let text = around.read(name).ok()?;
    let file = sources.add(name, text.clone());
    let mut found = Sink::default();
    let tree = crate::syntax::nginx::read(file, &text, &mut found);
    let is_template = tree.mistakes.iter().any(|mistake| mistake.kind == MistakeKind::Template);
    if found.has_errors() || is_template {
        left_alone(file, "it is not read to its end", sink);
        return None;
    }
    let Some(described) = nginx::described(&tree, &text) else {
        left_alone(file, "no statements say what it says", sink);
        return None;
    };
    let context = described.context.name();
    let statement = Statement::of("nginx").text(&path_from(stack, name)).keyword("in").keyword(context);
    let mut statement = statement.at(Span::new(file, 0, text.len()));
    statement.block = Some(described.block);
    Some(Artefact { statement })
}

/// Tells of a file that no statement describes.
pub(super) fn left_alone(file: FileId, why: &str, sink: &mut Sink) {
    sink.push(
        Diagnostic::info("import-left", "this file stays as it is", Span::new(file, 0, 0))
            .here(why)
            .note("the stack file has no statements for it, and `stackc build` does not write it"),
    );
}

/// A path from the folder of the stack file.
pub(super) fn path_from(stack: &str, name: &str) -> String {
    let folder = super::relative_folder(stack, name);
    let file = name.rsplit('/').next().unwrap_or(name);
    join(&folder, file)
}
