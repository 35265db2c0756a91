//! How much of what was imported has statements of its own: keys of compose, instructions of Dockerfiles, directives of nginx.

use super::files::path_from;
use super::verify::layout;
use super::{Imported, Wanted};
use crate::backend::Artifact;
use crate::compile::compile_unlinted;
use crate::diagnostic::Sink;
use crate::handwritten::is_nginx;
use crate::project::compose::{Node, alone};
use crate::source::{Origins, SourceMap, Whose};
use crate::syntax::nginx::tree::{Body, Directive, directives};
use crate::syntax::{dockerfile, nginx, yaml};

/// What is counted of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Counted {
    /// Keys of the file, of its services, networks, volumes, secrets and configs. One is raw if any line of it is.
    Keys,
    /// Instructions of a Dockerfile.
    Instructions,
    /// Directives of nginx at every depth.
    Directives,
}

/// How many parts a file has, and how many of them the stack file does not say in statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The file, from the folder of the stack file.
    pub path: String,
    /// What was counted.
    pub counted: Counted,
    /// All of them.
    pub all: usize,
    /// Those that stand in raw text, or in a file that stays as it is.
    pub raw: usize,
}

/// Every file that was imported or stays as it is, the compose file first. Empty if nothing was imported.
pub fn parts(wanted: &Wanted, imported: &Imported) -> Vec<Parts> {
    let Some(text) = &imported.text else { return Vec::new() };
    let compilation = compile_unlinted(&wanted.stack, text);
    let layout = layout(&wanted.stack);
    let emitted = compilation.emit(&layout).unwrap_or_default();
    let Some(deployment) = &compilation.deployment else { return Vec::new() };
    let counted = |path: &str| {
        if path == deployment.compose.path() {
            Some(Counted::Keys)
        } else if deployment.builds.iter().any(|build| build.path == path) {
            Some(Counted::Instructions)
        } else {
            deployment.directives().any(|(known, _)| known == path).then_some(Counted::Directives)
        }
    };
    let made = emitted
        .iter()
        .filter_map(|artifact| Some(of_artifact(artifact, counted(&artifact.path)?, &compilation.origins)));
    let kept = imported.sources.files().filter_map(|source| {
        let path = path_from(&wanted.stack, &source.name);
        let is_kept = imported.not_analysed.iter().any(|file| file.path == source.name)
            && !emitted.iter().any(|artifact| artifact.path == path);
        let counted = if is_nginx(&source.text) { Counted::Directives } else { Counted::Instructions };
        let all = lines(counted, &source.text).len();
        is_kept.then_some(Parts { path, counted, all, raw: all })
    });
    let mut found: Vec<Parts> = made.chain(kept).collect();
    found.sort_by(|a, b| (a.counted, &a.path).cmp(&(b.counted, &b.path)));
    found
}

fn of_artifact(artifact: &Artifact, counted: Counted, origins: &Origins) -> Parts {
    let parts = lines(counted, &artifact.text);
    let whose: Vec<Whose> = artifact.lines.iter().map(|of_line| origins.whose(of_line)).collect();
    let is_raw = |&(first, last): &(usize, usize)| {
        whose.get(first..=last).is_some_and(|lines| lines.contains(&Whose::Raw))
    };
    let raw = parts.iter().filter(|part| is_raw(part)).count();
    Parts { path: artifact.path.clone(), counted, all: parts.len(), raw }
}

/// The first and the last line of every part, from 0: of keys all that belong to them, of the others those that begin them.
fn lines(counted: Counted, text: &str) -> Vec<(usize, usize)> {
    let mut sources = SourceMap::default();
    let file = sources.add("", text);
    let sink = &mut Sink::default();
    let line = |at: u32| sources.file(file).position(at).line_number - 1;
    match counted {
        Counted::Keys => {
            let root = alone(&yaml::read(file, text, sink), sink);
            let mut found = Vec::new();
            if let Some(root) = &root {
                keys(root, &mut found);
            }
            let places = found.iter().map(|key| {
                let start = key.key.unwrap_or(key.span).start;
                let value = text[..key.span.end as usize].trim_end().len();
                (line(start), line(start.max(u32::try_from(value).unwrap_or(start))))
            });
            places.collect()
        }
        Counted::Instructions => {
            let tree = dockerfile::read(file, text, sink);
            let starts = tree.instructions().map(|one| line(one.span.start));
            starts.map(|line| (line, line)).collect()
        }
        Counted::Directives => {
            let tree = nginx::read(file, text, sink);
            let mut starts = Vec::new();
            directives(&tree.items).for_each(|directive| all(directive, &mut starts));
            starts.into_iter().map(line).map(|line| (line, line)).collect()
        }
    }
}

/// The sections whose entries have keys of compose's own.
const SECTIONS: [&str; 5] = ["services", "networks", "volumes", "secrets", "configs"];

fn keys<'n>(root: &'n Node, found: &mut Vec<&'n Node>) {
    for (name, section) in root.entries() {
        if !SECTIONS.contains(&name.as_str()) {
            found.push(section);
            continue;
        }
        for (_, entry) in section.entries() {
            if entry.entries().is_empty() {
                found.push(entry);
            }
            found.extend(entry.entries().iter().map(|(_, node)| node));
        }
    }
}

fn all(of: &Directive, starts: &mut Vec<u32>) {
    starts.push(of.span().start);
    match &of.body {
        Body::Block(_) => of.children().for_each(|inner| all(inner, starts)),
        Body::None(_) | Body::Table(_) | Body::Opaque(_) => {}
    }
}
