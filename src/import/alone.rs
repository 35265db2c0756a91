//! One Dockerfile, or one configuration of nginx, as a stack file that describes it and nothing else.

use super::patterns::{Names, Surroundings};
use super::statement::{Block, Statement};
use super::verify::{self, Settled};
use super::{dockerfile, nginx};
use crate::backend::Layout;
use crate::compile::compile_unlinted;
use crate::diagnostic::Sink;
use crate::same;
use crate::source::{SourceMap, Span};
use crate::syntax;

/// A stack file that was made of one other file.
#[derive(Debug)]
pub struct Alone {
    /// The text, formatted.
    pub text: String,
    /// How many bytes of it are raw.
    pub raw: usize,
    /// What it emits at the path of the original; `None` if it cannot be compiled.
    pub emitted: Option<String>,
    /// The places of the original that are not as they were; none, unless something could not be said at all.
    pub differing: Vec<Span>,
}

/// A Dockerfile at `path` as a stack file; `None` if it has to stay as it is.
pub fn dockerfile(path: &str, text: &str) -> Option<Alone> {
    let tree = syntax::dockerfile::read(SourceMap::default().add(path, text), text, &mut Sink::default());
    let block = dockerfile::block(&tree, text)?;
    let statement = Statement::of("dockerfile").text(path);
    Some(settled(statement, block, path, &|emitted| {
        let file = SourceMap::default().add(path, emitted);
        let other = syntax::dockerfile::read(file, emitted, &mut Sink::default());
        same::dockerfile::differing((&tree, text), (&other, emitted))
    }))
}

/// A configuration of nginx at `path` as a stack file; `None` if it has to stay as it is.
pub fn nginx(path: &str, text: &str) -> Option<Alone> {
    let tree = syntax::nginx::read(SourceMap::default().add(path, text), text, &mut Sink::default());
    let around = Surroundings::default();
    let described = nginx::described(&tree, text, &Names::of(&around, path, &tree, text))?;
    let head = Statement::of("nginx").text(path).keyword("in").keyword(described.context.name());
    Some(settled(head, described.block, path, &|emitted| {
        let file = SourceMap::default().add(path, emitted);
        let other = syntax::nginx::read(file, emitted, &mut Sink::default());
        same::nginx::differing((&tree, text), (&other, emitted))
    }))
}

/// The statement with its block, with raw text for what the language would say otherwise.
fn settled(mut head: Statement, block: Block, path: &str, differing: &dyn Fn(&str) -> Vec<Span>) -> Alone {
    head.block = Some(block);
    let mut made = Block::of(vec![Statement::of("defaults").keyword("plain"), head]);
    let mut settled = verify::settle(made.clone(), path);
    let mut emits = emitted(&settled, path);
    let mut left = Vec::new();
    for _ in 0..ROUNDS {
        left = emits.as_deref().map_or_else(Vec::new, differing);
        let Some(worse) = verify::raw_at(&made, &left) else { break };
        made = worse;
        settled = verify::settle(made.clone(), path);
        emits = emitted(&settled, path);
    }
    Alone { text: settled.text, raw: settled.raw, emitted: emits, differing: left }
}

/// How often a difference may come to light by raw text for another.
const ROUNDS: usize = 4;

/// The artefact at a path.
fn emitted(settled: &Settled, path: &str) -> Option<String> {
    let folder = || "/".into();
    let layout = Layout { stack_dir: folder(), out_dir: folder(), stack_file: "input.stack".to_owned() };
    let compilation = compile_unlinted("input.stack", &settled.text);
    let artifacts = compilation.emit(&layout)?;
    artifacts.into_iter().find(|artifact| artifact.path == path).map(|artifact| artifact.text)
}
