//! What the rules on nginx look at: the directives of one configuration, with its includes, whether a person wrote it
//! or a stack file was compiled to it.

pub(super) mod chosen;
mod emitted;
mod guess;
pub(super) mod headers;
mod layout;
pub(super) mod line_ends;
pub(super) mod location;
mod read;
pub(super) mod regex;
mod secrets;
pub(super) mod serving;
pub(super) mod tables;
pub(super) mod target;
mod third_party;
pub(super) mod unread;
pub(super) mod words;

pub(crate) use emitted::emitted;
pub(crate) use guess::guess;
pub(crate) use read::{Library, read};
pub(crate) use secrets::mask;
pub(super) use third_party::is_third_party;

use std::collections::HashMap;

use crate::http::mime::NginxVersion;
use crate::source::{FileId, SourceMap, Span};
use crate::vocabulary::nginx::{self as table, Context, Directive};

/// A directive's place in its [`Configuration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(usize);

/// A configuration as nginx would read it from one file, the files that it includes among its directives; or a part of
/// one whose place is known or can be told from what stands in it.
#[derive(Clone, Debug)]
pub struct Configuration<'a> {
    /// The texts that spans point into.
    pub sources: &'a SourceMap,
    /// The version of nginx that will read it, if that is known.
    pub version: Option<NginxVersion>,
    /// Whether spans are those of the configuration itself, so that a fix can be an edit.
    pub is_handwritten: bool,
    /// What the outermost directives stand in; `None` where it cannot be told.
    pub place: Option<Context>,
    nodes: Vec<Node>,
    root: Vec<NodeId>,
    names: HashMap<String, NameId>,
    by_name: HashMap<(Option<NodeId>, NameId), Vec<NodeId>>,
}

/// The number of a name in a [`Configuration`], so that a block of many directives is not searched for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct NameId(usize);

/// A directive, or an entry of a table.
#[derive(Clone, Debug)]
pub struct Node {
    /// As nginx compares it; the key of an entry.
    pub name: String,
    /// What follows the name.
    pub args: Vec<Word>,
    /// What ends it.
    pub end: End,
    /// What stands in its block or table, in order.
    pub children: Vec<NodeId>,
    /// The block that it stands in.
    pub parent: Option<NodeId>,
    /// What that block is; `None` in a table, and where it cannot be told.
    pub context: Option<Context>,
    /// Where the name was written.
    pub head: Span,
    /// Where it was written, from the name to the last argument.
    pub line: Span,
    /// The same with what ends it.
    pub whole: Span,
    /// Whether a person wrote it, rather than a default or what a statement stands for.
    pub is_own: bool,
    /// Whether it holds a mistake of its own, which has been reported.
    pub is_damaged: bool,
    /// Of an `include`: whether the files that it names are among the directives behind it.
    pub is_resolved: bool,
}

/// An argument.
#[derive(Clone, Debug)]
pub struct Word {
    /// As nginx reads it, variables as they stand.
    pub text: String,
    /// Where it was written.
    pub span: Span,
}

/// What ends a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// `;`
    Semicolon,
    /// `{ directives }`
    Block,
    /// `{ key value...; }`
    Table,
    /// `{ text in another language }`
    Opaque,
}

impl Node {
    /// The argument with that number, from 0.
    pub fn arg(&self, index: usize) -> Option<&str> {
        self.args.get(index).map(|word| word.text.as_str())
    }

    /// The directive that it is, where it stands.
    pub fn directive(&self) -> Option<&'static Directive> {
        table::directive(&self.name, self.context?)
    }

    /// Where the argument with that number stands; the whole line if there is none.
    pub fn arg_span(&self, index: usize) -> Span {
        self.args.get(index).map_or(self.line, |word| word.span)
    }
}

impl<'a> Configuration<'a> {
    /// One without a directive.
    fn new(sources: &'a SourceMap, place: Option<Context>, is_handwritten: bool) -> Self {
        Self {
            sources,
            version: None,
            is_handwritten,
            place,
            nodes: Vec::new(),
            root: Vec::new(),
            names: HashMap::new(),
            by_name: HashMap::new(),
        }
    }

    /// The directive behind an id of this configuration.
    pub fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    /// Every directive and entry, each before what stands in it.
    pub fn all(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        (0..).map(NodeId).zip(&self.nodes)
    }

    /// The files that its directives stand in; a file may come several times.
    pub fn files(&self) -> impl Iterator<Item = FileId> {
        self.nodes.iter().map(|node| node.line.file)
    }

    /// Every directive of a name that a person wrote and that holds no mistake.
    pub fn named<'c>(&'c self, name: &'c str) -> impl Iterator<Item = (NodeId, &'c Node)> {
        self.all().filter(move |(_, node)| {
            node.name == name && node.context.is_some() && node.is_own && !node.is_damaged
        })
    }

    /// What stands in a block, or outermost for `None`.
    pub fn children(&self, block: Option<NodeId>) -> impl Iterator<Item = (NodeId, &Node)> {
        let ids = block.map_or(self.root.as_slice(), |id| self.get(id).children.as_slice());
        ids.iter().map(|id| (*id, self.get(*id)))
    }

    /// The directives of a name in a block, or outermost for `None`, with their ids.
    pub fn ids_in_block(&self, block: Option<NodeId>, name: &str) -> &[NodeId] {
        let found = self.names.get(name).and_then(|name| self.by_name.get(&(block, *name)));
        found.map_or(&[], Vec::as_slice)
    }

    /// The directives of a name in a block, or outermost for `None`.
    pub fn in_block(&self, block: Option<NodeId>, name: &str) -> impl DoubleEndedIterator<Item = &Node> {
        self.ids_in_block(block, name).iter().map(|id| self.get(*id))
    }

    /// The last directive of a name in a block.
    pub fn last(&self, block: Option<NodeId>, name: &str) -> Option<&Node> {
        self.in_block(block, name).next_back()
    }

    /// Whether a block has a directive of one of these names.
    pub fn has(&self, block: Option<NodeId>, names: &[&str]) -> bool {
        names.iter().any(|name| !self.ids_in_block(block, name).is_empty())
    }

    /// A block, the block that it stands in, and so on; the outermost level, which is no block, is the last.
    pub fn levels(&self, block: Option<NodeId>) -> impl Iterator<Item = Option<NodeId>> + '_ {
        std::iter::successors(Some(block), |level| level.map(|id| self.get(id).parent))
    }

    /// The last directive of a name in the nearest level that has one, `block` first.
    pub fn inherited(&self, block: Option<NodeId>, name: &str) -> Option<&Node> {
        self.levels(block).find_map(|level| self.last(level, name))
    }

    /// The nearest block of a name around a directive.
    pub fn enclosing(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.levels(self.get(id).parent).flatten().find(|outer| self.get(*outer).name == name)
    }

    /// Whether the configuration begins where nginx begins, so that nothing outside of it is unknown.
    pub fn is_whole(&self) -> bool {
        self.place == Some(Context::Main)
    }

    /// Appends a directive to a block, or to the outermost level.
    fn push(&mut self, node: Node) -> NodeId {
        let id = NodeId(self.nodes.len());
        match node.parent {
            Some(parent) => self.nodes[parent.0].children.push(id),
            None => self.root.push(id),
        }
        let next = NameId(self.names.len());
        let name = *self.names.entry(node.name.clone()).or_insert(next);
        self.by_name.entry((node.parent, name)).or_default().push(id);
        self.nodes.push(node);
        id
    }
}
