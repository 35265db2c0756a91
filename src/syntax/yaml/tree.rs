//! The tree of a YAML file: an arena of nodes with their places, and the comments between them.
//!
//! Every text has a tree. Scalars stay text with the style they were written in, because what `1.10` or `yes` means is
//! decided by who reads the key. Aliases stay references: nothing is ever expanded.

use std::collections::BTreeMap;

use crate::source::{FileId, Span};

/// The number of a node in its tree. Numbers follow the order of reading: a parent comes before what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// A whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The file that was read.
    pub file: FileId,
    /// Its documents, in order; a file without any content has none.
    pub documents: Vec<Document>,
    /// All comments outside of mistakes, in order.
    pub comments: Vec<Comment>,
    /// The nodes that stand for text that could not be read, in order.
    pub errors: Vec<NodeId>,
    pub(super) nodes: Vec<Node>,
    pub(super) replaced: BTreeMap<NodeId, String>,
}

/// What stands between two `---`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// The node at the top; an empty document holds an empty scalar.
    pub root: NodeId,
    /// Whether it begins with `---`.
    pub explicit: bool,
}

/// A node with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where, without tag and anchor. A block collection ends with the last thing in it.
    pub span: Span,
    /// What holds it.
    pub parent: Option<NodeId>,
    /// Which part of its parent it is.
    pub slot: Slot,
    /// Whether it is or holds a mistake: what is absent from it may have been meant to be there.
    pub damaged: bool,
    pub(super) properties: Option<Box<Properties>>,
}

/// The tag and the anchor before a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    pub(super) tag: Option<Mark>,
    pub(super) anchor: Option<Mark>,
}

/// A tag or an anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// A tag as written, `!reset`; an anchor's name without its `&`.
    pub text: Box<str>,
    /// Where, with the `!` or `&`.
    pub span: Span,
}

/// Which part of its parent a node is; the numbers count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The top of the document with this number.
    Root(u32),
    /// The key of an entry.
    Key(u32),
    /// The value of an entry.
    Value(u32),
    /// An item of a sequence.
    Item(u32),
    /// Text that could not be read, somewhere among its parts.
    Stray,
}

/// What a node can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A single value.
    Scalar(Scalar),
    /// `key: value`, in order, with duplicates.
    Mapping(Vec<Entry>),
    /// `- item`
    Sequence(Vec<NodeId>),
    /// `*name`
    Alias(Alias),
    /// Text that could not be read.
    Error,
}

/// A single value: what it says and how it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text as meant: quotes, escapes, folding and indentation resolved. Empty where nothing was written.
    pub text: Box<str>,
    /// How it was written.
    pub style: Style,
}

/// The ways to write a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// `text`; only a plain scalar can be a number, a boolean or null.
    Plain,
    /// `'text'`
    Single,
    /// `"text"`
    Double,
    /// `|` and lines
    Literal,
    /// `>` and lines
    Folded,
}

/// One entry of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key; most often a scalar.
    pub key: NodeId,
    /// Its value; an empty scalar where nothing was written.
    pub value: NodeId,
    /// Whether the key is a plain `<<`: the entries of the value are entries of this mapping, too.
    pub merge: bool,
}

/// `*name`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name without its `*`.
    pub name: Box<str>,
    /// The node that it stands for; absent if there is none, or if the node would have to hold itself.
    pub target: Option<NodeId>,
}

/// `# text`, to the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where, from the `#`.
    pub span: Span,
    /// Whether nothing stands before it on its line.
    pub own_line: bool,
    /// For one on a line of its own the node that begins next, for a trailing one the last node that began before it.
    pub node: Option<NodeId>,
}

impl Tree {
    /// A node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// All nodes in the order of reading; those of mistakes between lines come last.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().map(|(index, node)| (id_of(index), node))
    }

    /// The scalar that a node is.
    pub fn scalar(&self, id: NodeId) -> Option<&Scalar> {
        match &self.node(id).kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            NodeKind::Mapping(_) | NodeKind::Sequence(_) | NodeKind::Alias(_) | NodeKind::Error => None,
        }
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self, id: NodeId) -> &[Entry] {
        match &self.node(id).kind {
            NodeKind::Mapping(entries) => entries,
            NodeKind::Scalar(_) | NodeKind::Sequence(_) | NodeKind::Alias(_) | NodeKind::Error => &[],
        }
    }

    /// The items of a sequence; none of anything else.
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(id).kind {
            NodeKind::Sequence(items) => items,
            NodeKind::Scalar(_) | NodeKind::Mapping(_) | NodeKind::Alias(_) | NodeKind::Error => &[],
        }
    }

    /// The value of the first entry of a mapping with this key.
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.get_all(id, key).next().map(|entry| entry.value)
    }

    /// The value of the last entry of a mapping with this key, which is the one that lenient readers take.
    pub fn get_last(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.get_all(id, key).last().map(|entry| entry.value)
    }

    /// Every entry of a mapping with this key, in order; more than one is a mistake that was reported.
    pub fn get_all(&self, id: NodeId, key: &str) -> impl Iterator<Item = Entry> {
        let named = move |entry: &&Entry| self.scalar(entry.key).is_some_and(|found| &*found.text == key);
        self.entries(id).iter().filter(named).copied()
    }

    /// The node itself, or what it stands for if it is an alias.
    pub fn resolve(&self, id: NodeId) -> Option<NodeId> {
        match &self.node(id).kind {
            NodeKind::Alias(alias) => alias.target,
            NodeKind::Scalar(_) | NodeKind::Mapping(_) | NodeKind::Sequence(_) | NodeKind::Error => Some(id),
        }
    }

    /// The tag before a node.
    pub fn tag(&self, id: NodeId) -> Option<&Mark> {
        self.node(id).properties.as_ref()?.tag.as_ref()
    }

    /// The anchor before a node.
    pub fn anchor(&self, id: NodeId) -> Option<&Mark> {
        self.node(id).properties.as_ref()?.anchor.as_ref()
    }

    /// Where a node stands together with its tag and its anchor.
    pub fn full_span(&self, id: NodeId) -> Span {
        let marks = [self.tag(id), self.anchor(id)];
        marks.into_iter().flatten().fold(self.node(id).span, |span, mark| span.to(mark.span))
    }

    /// What holds a node, from the nearest outwards.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.node(id).parent, |parent| self.node(*parent).parent)
    }

    /// The way to a node as a person writes it: `services.web.ports[0]`; empty for the top of a document.
    pub fn path(&self, id: NodeId) -> String {
        let mut steps: Vec<NodeId> = self.ancestors(id).collect();
        steps.reverse();
        steps.push(id);
        let mut path = String::new();
        for id in steps {
            let node = self.node(id);
            match (node.slot, node.parent) {
                (Slot::Key(entry) | Slot::Value(entry), Some(parent)) => {
                    let key = self.entries(parent)[entry as usize].key;
                    let dot = if path.is_empty() { "" } else { "." };
                    path.extend([dot, self.scalar(key).map_or("?", |key| &key.text)]);
                }
                (Slot::Item(item), _) => path.push_str(&format!("[{item}]")),
                (Slot::Root(_) | Slot::Stray | Slot::Key(_) | Slot::Value(_), _) => {}
            }
        }
        path
    }

    /// Writes `raw` in the place of a node, its tag and its anchor included, when the tree is printed.
    pub fn replace(&mut self, id: NodeId, raw: String) {
        self.replaced.insert(id, raw);
    }
}

/// The id of the node at `index`.
pub(super) fn id_of(index: usize) -> NodeId {
    NodeId(u32::try_from(index).expect("a file of less than 4 GiB has fewer than 2^32 nodes"))
}
