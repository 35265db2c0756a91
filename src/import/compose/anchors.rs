//! The anchors of a YAML file that stand for more than a scalar and that something refers to.

use std::collections::BTreeSet;

use crate::source::Span;
use crate::syntax::yaml::tree::{NodeId, NodeKind, Slot, Tree};

/// A map or a list with a name.
#[derive(Clone, Debug)]
pub(in crate::import) struct Anchor {
    /// Without its `&`.
    pub(in crate::import) name: String,
    /// Where the map or list is.
    pub(in crate::import) span: Span,
    pub(in crate::import) stands: Stands,
}

/// What an anchor stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::import) enum Stands {
    /// A service of this name.
    Service(String),
    /// A field of the file, `x-NAME`.
    Field(String),
    Elsewhere,
}

/// The anchors, those of services first: who is like a whole service needs nothing else. Of these the last comes first, as it
/// may be like one before it.
pub(in crate::import) fn anchors(tree: &Tree) -> Vec<Anchor> {
    let aliases = tree.nodes().filter(|(_, node)| matches!(node.kind, NodeKind::Alias(_)));
    let used: BTreeSet<NodeId> = aliases.filter_map(|(id, _)| tree.resolve(id)).collect();
    let anchors = used.into_iter().filter_map(|id| {
        let node = tree.node(id);
        let holds_more = matches!(node.kind, NodeKind::Mapping(_) | NodeKind::Sequence(_));
        let name = tree.anchor(id).filter(|_| holds_more)?.text.to_string();
        Some(Anchor { name, span: node.span, stands: stands(tree, id) })
    });
    let (mut services, others): (Vec<Anchor>, Vec<Anchor>) =
        anchors.partition(|anchor| matches!(anchor.stands, Stands::Service(_)));
    services.reverse();
    services.extend(others);
    services
}

fn stands(tree: &Tree, id: NodeId) -> Stands {
    let mut path = Vec::new();
    let mut at = id;
    while let Some((parent, key)) = key_of(tree, at) {
        path.push(key);
        at = parent;
    }
    match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [name] if name.starts_with("x-") => Stands::Field((*name).to_owned()),
        // The form of version 1 has services at the top.
        [name] | [name, "services"] => Stands::Service((*name).to_owned()),
        _ => Stands::Elsewhere,
    }
}

/// The map that a node is a value of, and its key there.
fn key_of(tree: &Tree, id: NodeId) -> Option<(NodeId, String)> {
    let node = tree.node(id);
    let Slot::Value(number) = node.slot else { return None };
    let parent = node.parent?;
    let entry = tree.entries(parent).get(number as usize)?;
    Some((parent, tree.scalar(entry.key)?.text.to_string()))
}
