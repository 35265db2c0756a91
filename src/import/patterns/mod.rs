//! Locations of nginx, and steps of a build, that a short form says: one file a pattern. Whether it says exactly the same is decided where all that
//! is imported is compared with what it emits (`verify`); until then the directives themselves are kept beside it.

mod answers;
mod passes;
mod steps;
mod volumes;

use std::collections::{BTreeMap, BTreeSet};

use super::spelling::bare_or_quoted;
use super::statement::{Block, Line, Statement};
use crate::project::{Container, Project};
use crate::source::Span;
use crate::syntax::nginx::tree::{Directive, Tree, directives};

pub(super) use passes::pass;
pub(super) use steps::step;

/// What the directives of a project may refer to.
#[derive(Default)]
pub(super) struct Surroundings<'a> {
    services: BTreeSet<&'a str>,
    containers: &'a [Container],
    /// The upstreams of all its files.
    upstreams: BTreeSet<String>,
}

impl<'a> Surroundings<'a> {
    pub(super) fn of(project: &'a Project) -> Self {
        let services = project.compose.iter().flat_map(|compose| &compose.services);
        Self {
            services: services.map(|service| service.name.value.as_str()).collect(),
            containers: &project.containers,
            upstreams: BTreeSet::new(),
        }
    }

    /// Takes note of the upstreams of a file.
    pub(super) fn add(&mut self, tree: &Tree, text: &str) {
        self.upstreams.extend(upstreams(tree, text).into_keys());
    }
}

/// What the directives of one file may refer to.
pub(super) struct Names<'a> {
    around: &'a Surroundings<'a>,
    /// The path of the file on the host.
    file: &'a str,
    /// The upstreams of the file, each with its server if it has one alone.
    upstreams: BTreeMap<String, Option<String>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(around: &'a Surroundings<'a>, file: &'a str, tree: &Tree, text: &str) -> Self {
        Self { around, file, upstreams: upstreams(tree, text) }
    }
}

fn upstreams(tree: &Tree, text: &str) -> BTreeMap<String, Option<String>> {
    let blocks = directives(&tree.items).flat_map(|top| std::iter::once(top).chain(top.children()));
    let named = blocks.filter(|block| block.name(text) == "upstream").filter_map(|block| {
        let servers: Vec<&Directive> = block.children().filter(|of| of.name(text) == "server").collect();
        let [server] = servers.as_slice() else { return Some((argument(block, text)?.to_owned(), None)) };
        let server = server.args().first().map(|address| address.text(text).to_owned());
        Some((argument(block, text)?.to_owned(), server))
    });
    named.collect()
}

/// A location, as a short form says it.
struct Short<'t> {
    /// The statement without its block.
    head: Statement,
    /// The directive that the statement says, so that it is none of the block.
    said: &'t Directive,
}

/// The short form of a location, if there is one; `native` is the location in nginx's own words.
pub(super) fn location(
    directive: &Directive,
    text: &str,
    names: &Names<'_>,
    native: &Statement,
) -> Option<Statement> {
    let at = At::of(directive, text)?;
    let short = passes::location(&at, names)
        .or_else(|| volumes::location(&at, names))
        .or_else(|| answers::redirect(&at))
        .or_else(|| answers::respond(&at))?;
    let Short { mut head, said } = short;
    let block = without(native.block.as_ref()?, said.span());
    head.block = (!block.statements.is_empty() || !block.below.is_empty()).then_some(block);
    Some(head)
}

/// A location by what it matches.
struct At<'t> {
    /// `=`, `^~`, `~`, `~*`, or nothing.
    modifier: &'t str,
    uri: &'t str,
    directive: &'t Directive,
    text: &'t str,
}

impl<'t> At<'t> {
    /// `None` for what is no path, and for a path that only nginx can say.
    fn of(directive: &'t Directive, text: &'t str) -> Option<Self> {
        let (modifier, uri) = match directive.args() {
            [uri] => ("", uri.text(text)),
            [modifier, uri] => (modifier.text(text), uri.text(text)),
            _ => return None,
        };
        let is_path = uri.starts_with('/') && !uri.contains(|c: char| c.is_control() || "?#$".contains(c));
        is_path.then_some(Self { modifier, uri, directive, text })
    }

    /// The directive of a name, if there is exactly one.
    fn only(&self, name: &str) -> Option<&'t Directive> {
        let mut found = self.directive.children().filter(|child| child.name(self.text) == name);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Whether it matches by prefix and nothing else.
    fn is_prefix(&self) -> bool {
        self.modifier.is_empty()
    }

    /// Whether a path that ends in no slash stands for itself alone, and any other for all below it.
    fn is_exact(&self) -> bool {
        match self.modifier {
            "" => self.uri.ends_with('/'),
            "=" => !self.uri.ends_with('/'),
            _ => false,
        }
    }
}

/// The first argument of a directive.
fn argument<'t>(directive: &'t Directive, text: &'t str) -> Option<&'t str> {
    directive.args().first().map(|arg| arg.text(text))
}

/// A statement with an argument of nginx behind the others.
fn with(statement: Statement, word: &str) -> Statement {
    statement.spelled(bare_or_quoted(word))
}

/// The block without a directive, whose comments stay.
fn without(block: &Block, said: Span) -> Block {
    let mut rest = block.clone();
    let Some(index) = rest.statements.iter().position(|of| of.place == Some(said)) else { return rest };
    let gone = rest.statements.remove(index);
    let mut comments = gone.above;
    comments.extend(gone.beside.map(Line::Comment));
    if index == 0 {
        // What stands first in a block has no line above it.
        let blank = comments.iter().take_while(|line| **line == Line::Blank).count();
        comments.drain(..blank);
    }
    let next = match rest.statements.get_mut(index) {
        Some(next) => &mut next.above,
        None => &mut rest.below,
    };
    next.splice(0..0, comments);
    if index == 0 {
        while next.first() == Some(&Line::Blank) {
            next.remove(0);
        }
    }
    if rest.statements.len() == index {
        while rest.below.last() == Some(&Line::Blank) {
            rest.below.pop();
        }
    }
    rest
}
