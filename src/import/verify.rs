//! Compiles what was made, in memory, and writes as raw what the language refuses or would say otherwise.

use std::path::PathBuf;
use std::rc::Rc;

use super::files::Artefact;
use super::statement::{Block, Otherwise, Statement, print};
use crate::backend::Layout;
use crate::compile::compile_unlinted;
use crate::diagnostic::{Severity, Sink};
use crate::project::compose::{Node, alone};
use crate::project::host::join;
use crate::same;
use crate::source::{MAX_STACK_BYTES, SourceMap, Span};
use crate::syntax;
use crate::syntax::stack;
use crate::syntax::stack::tree::{Item, Statement as Read, Tree};

/// How often something may turn out to be wrong: every time at least one statement becomes raw.
const ROUNDS: usize = 40;

/// Text that compiles, as far as that could be reached.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) text: String,
    /// How many bytes of it are raw.
    pub(super) raw: usize,
    /// The files that no statements can describe.
    pub(super) left: Vec<Span>,
    /// The statements of the text.
    pub(super) made: Block,
}

/// Prints statements in the one format.
pub(super) fn settle(mut made: Block, name: &str) -> Settled {
    let mut text = formatted(&made);
    let mut left = Vec::new();
    for _ in 0..ROUNDS {
        let errors = errors(&text, name);
        if errors.is_empty() {
            break;
        }
        made = if let Some(worse) = without(&made, &errors) {
            worse
        } else {
            let Some((rest, file)) = without_a_file(made.clone(), &errors) else { break };
            left.push(file);
            rest
        };
        text = formatted(&made);
    }
    Settled { raw: raw_bytes(&text), text, left, made }
}

/// Prints statements that compile, and whose artefacts say what the originals say.
pub(super) fn verify(made: Block, originals: &Originals<'_>) -> (Settled, Vec<Span>) {
    let mut settled = settle(made, originals.stack);
    let mut left = settled.left.clone();
    let mut differing = originals.differing(&settled.text);
    for _ in 0..ROUNDS {
        let Some(worse) = raw_at(&settled.made, &differing) else { break };
        settled = settle(worse, originals.stack);
        left.append(&mut settled.left);
        differing = originals.differing(&settled.text);
    }
    settled.left = left;
    (settled, differing)
}

/// Why a stack file that was made cannot be built; most of all there is too much of something in it.
pub(super) fn refusal(text: &str, name: &str) -> Option<String> {
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > MAX_STACK_BYTES {
        return Some("it is larger than the 2 MiB that are read of one".to_owned());
    }
    let compilation = compile_unlinted(name, text);
    let mut found = compilation.sink.diagnostics.iter();
    let error = found.find(|found| found.severity == Severity::Error);
    error.map(|error| error.message.clone())
}

/// What the stack file was made of.
pub(super) struct Originals<'a> {
    /// Where the stack file will stand, by the naming of the host.
    pub(super) stack: &'a str,
    /// The path of the compose file from there, and what it says.
    pub(super) compose: (String, &'a Node),
    pub(super) artefacts: &'a [Artefact],
    pub(super) sources: &'a SourceMap,
}

impl Originals<'_> {
    /// Other statements, if they compile and at most `known` places of the originals have another meaning.
    pub(super) fn meaning_the_same(&self, made: Block, known: usize) -> Option<Settled> {
        let text = formatted(&made);
        let is_same = errors(&text, self.stack).is_empty() && self.differing(&text).len() <= known;
        is_same.then(|| Settled { raw: raw_bytes(&text), text, left: Vec::new(), made })
    }

    /// The places of the originals whose meaning what is emitted does not have.
    pub(super) fn differing(&self, text: &str) -> Vec<Span> {
        let compilation = compile_unlinted(self.stack, text);
        let Some(artifacts) = compilation.emit(&layout(self.stack)) else { return Vec::new() };
        let emitted =
            |path: &str| artifacts.iter().find(|made| made.path == path).map(|made| made.text.as_str());
        let mut found = Vec::new();
        if let Some(text) = emitted(&self.compose.0) {
            let file = SourceMap::default().add("", text);
            let tree = syntax::yaml::read(file, text, &mut Sink::default());
            let after = alone(&tree, &mut Sink::default());
            found.extend(
                after.map_or_else(Vec::new, |after| same::compose::differing(self.compose.1, &after)),
            );
        }
        for artefact in self.artefacts {
            let before = &*self.sources.file(artefact.file).text;
            let Some(after) = emitted(&artefact.path) else { continue };
            found.extend(artefact.differing(before, after));
        }
        found
    }
}

/// Folders by their letters, below one that is deep enough for every `..`; `stack` is where the stack file will stand.
pub(super) fn layout(stack: &str) -> Layout {
    let folder = stack.rsplit_once('/').map_or(".", |(folder, _)| folder);
    let folder = PathBuf::from(join(ROOT, folder));
    let name = stack.rsplit('/').next().unwrap_or(stack).to_owned();
    Layout { stack_dir: folder.clone(), out_dir: folder, stack_file: name }
}

const ROOT: &str = "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16";

/// The same with what stands at each place as raw: the statements that say it and nothing else, or else the innermost one
/// around it. `None` if nothing is left to change.
pub(super) fn raw_at(made: &Block, places: &[Span]) -> Option<Block> {
    let mut all = Vec::new();
    made.statements.iter().for_each(|statement| statement.all(&mut all));
    let mut wrong: Vec<Rc<Otherwise>> = Vec::new();
    for span in places {
        let may_be_raw = |of: &&&Statement| of.otherwise.is_some() && of.words[0] != "raw";
        let within = |outer: Span, inner: Span| {
            outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
        };
        let says =
            all.iter().filter(may_be_raw).find(|of| of.place.is_some_and(|place| within(*span, place)));
        let around = || {
            all.iter().rev().filter(may_be_raw).find(|of| of.place.is_some_and(|place| within(place, *span)))
        };
        let otherwise = says.or_else(around).and_then(|of| of.otherwise.clone());
        wrong.extend(otherwise.filter(|of| !wrong.iter().any(|known| Rc::ptr_eq(known, of))));
    }
    if wrong.is_empty() { None } else { Some(replaced(made, &wrong)) }
}

/// The same without a file that no statements can describe, and the place of that file.
fn without_a_file(mut made: Block, paths: &[Vec<u32>]) -> Option<(Block, Span)> {
    let mut number = 0;
    for index in 0..made.statements.len() {
        let statement = &made.statements[index];
        let is_wrong = paths.iter().any(|path| path.first() == Some(&number));
        let place = statement.place.filter(|_| matches!(statement.words[0].as_str(), "dockerfile" | "nginx"));
        if let Some(place) = place.filter(|_| is_wrong) {
            made.statements.remove(index);
            return Some((made, place));
        }
        let mut all = Vec::new();
        statement.all(&mut all);
        number += u32::try_from(all.len()).unwrap_or(u32::MAX);
    }
    None
}

pub(super) fn formatted(made: &Block) -> String {
    let text = print(made);
    let mut sink = Sink::default();
    let tree = stack::read(SourceMap::default().add("", text.as_str()), &text, &mut sink);
    stack::print(&tree, &text)
}

/// The numbers of the statements that the language refuses, and of what stands around them.
fn errors(text: &str, name: &str) -> Vec<Vec<u32>> {
    let compilation = compile_unlinted(name, text);
    // What a rule finds is none.
    if compilation.deployment.is_some() {
        return Vec::new();
    }
    let found = compilation.sink.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    found.map(|found| path_to(&compilation.tree, found.primary.span)).collect()
}

/// The statements around a place, from the outermost.
fn path_to(tree: &Tree, span: Span) -> Vec<u32> {
    let mut path = Vec::new();
    let mut items: &[Item] = &tree.items;
    while let Some(inner) = statement_at(items, span) {
        path.push(inner.id.0);
        items = inner.block.as_ref().map_or(&[], |block| &block.items);
    }
    path
}

fn statement_at(items: &[Item], span: Span) -> Option<&Read> {
    stack::tree::statements(items)
        .find(|of| of.span.start <= span.start && span.start < of.span.end.max(of.span.start + 1))
}

/// The same with the innermost statement of each path that may be raw as raw; `None` if nothing is left to change.
fn without(made: &Block, paths: &[Vec<u32>]) -> Option<Block> {
    let mut all = Vec::new();
    made.statements.iter().for_each(|statement| statement.all(&mut all));
    let mut wrong: Vec<Rc<Otherwise>> = Vec::new();
    for path in paths {
        let innermost = path.iter().rev().find_map(|id| {
            let statement = all.get(*id as usize)?;
            let is_raw = statement.words[0] == "raw";
            statement.otherwise.clone().filter(|_| !is_raw)
        });
        wrong.extend(innermost.filter(|of| !wrong.iter().any(|known| Rc::ptr_eq(known, of))));
    }
    if wrong.is_empty() { None } else { Some(replaced(made, &wrong)) }
}

/// The same with everything that shares one of `wrong` as one raw statement, or in the target's own words if it is a short
/// form of them.
pub(super) fn replaced(block: &Block, wrong: &[Rc<Otherwise>]) -> Block {
    let mut statements: Vec<Statement> = Vec::new();
    let mut said: Vec<&Rc<Otherwise>> = Vec::new();
    for statement in &block.statements {
        let otherwise = statement.otherwise.as_ref();
        let Some(text) = otherwise.filter(|of| wrong.iter().any(|known| Rc::ptr_eq(known, of))) else {
            let mut kept = statement.clone();
            kept.block = statement.block.as_ref().map(|inner| replaced(inner, wrong));
            statements.push(kept);
            continue;
        };
        if said.iter().any(|known| Rc::ptr_eq(known, text)) {
            if let Some(last) = statements.last_mut() {
                last.above.extend(remarks(statement));
            }
            continue;
        }
        said.push(text);
        if let Some(plainly) = &statement.plainly {
            let mut own_words = Statement::clone(plainly);
            own_words.above.clone_from(&statement.above);
            own_words.beside.clone_from(&statement.beside);
            statements.push(own_words);
            continue;
        }
        let mut raw = Statement::raw(text.language, &text.text);
        raw.above = remarks(statement);
        raw.place = statement.place;
        statements.push(raw);
    }
    Block { statements, below: block.below.clone() }
}

/// Every comment of a statement.
fn remarks(statement: &Statement) -> Vec<super::statement::Line> {
    let mut all = Vec::new();
    statement.all(&mut all);
    let mut lines = Vec::new();
    for of in all {
        lines.extend(of.above.iter().cloned());
        lines.extend(of.beside.iter().map(|comment| super::statement::Line::Comment(comment.clone())));
        lines.extend(of.block.iter().flat_map(|block| block.below.iter().cloned()));
    }
    lines
}

/// How many bytes of a stack file are raw.
fn raw_bytes(text: &str) -> usize {
    let mut sink = Sink::default();
    let tree = stack::read(SourceMap::default().add("", text), text, &mut sink);
    raw_among(&tree.items)
}

fn raw_among(items: &[Item]) -> usize {
    let of = |statement: &Read| match (statement.head(), &statement.block) {
        (Some("raw"), _) => statement.span.range().len(),
        (_, Some(block)) => raw_among(&block.items),
        (_, None) => 0,
    };
    stack::tree::statements(items).map(of).sum()
}
