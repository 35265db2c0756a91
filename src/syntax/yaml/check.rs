//! What the parser lets pass: keys that are given twice, and aliases that stand for nothing or for themselves.

use std::collections::{HashMap, HashSet};

use super::mistakes::{Found, MistakeKind, Mistakes};
use super::tree::{Node, NodeId, NodeKind, Tree};
use crate::diagnostic::nearest;

/// Among so many anchors one is looked for that may have been meant.
const MAX_CANDIDATES: usize = 200;

/// Finds them in `tree`, which was read from `text`, and takes the targets of the aliases that hold themselves away.
pub(super) fn check(tree: &mut Tree, text: &str, mistakes: &mut Mistakes) {
    let mut cycles = Vec::new();
    let lost = lost_anchors(tree, text);
    for (id, node) in tree.nodes() {
        match &node.kind {
            NodeKind::Mapping(_) => duplicates(tree, id, mistakes),
            NodeKind::Alias(alias) => match alias.target {
                Some(target) if holds(tree.node(target), node) => {
                    let anchor = tree.anchor(target).map(|anchor| anchor.span);
                    mistakes.push(Found { other: anchor, ..Found::new(MistakeKind::AliasCycle, node.span) });
                    cycles.push(id);
                }
                Some(_) => {}
                None if lost.contains(&*alias.name) => {}
                None => unknown(tree, id, &alias.name, mistakes),
            },
            NodeKind::Scalar(_) | NodeKind::Sequence(_) | NodeKind::Error => {}
        }
    }
    for id in cycles {
        if let NodeKind::Alias(alias) = &mut tree.nodes[id.0 as usize].kind {
            alias.target = None;
        }
    }
}

fn duplicates(tree: &Tree, id: NodeId, mistakes: &mut Mistakes) {
    let mut first: HashMap<&str, NodeId> = HashMap::new();
    for entry in tree.entries(id) {
        let Some(key) = tree.scalar(entry.key) else { continue };
        if let Some(before) = first.get(&*key.text) {
            let found = Found::new(MistakeKind::DuplicateKey, tree.node(entry.key).span);
            mistakes.push(found.also(tree.node(*before).span));
        } else {
            first.insert(&key.text, entry.key);
        }
    }
}

/// Whether `inner`, which was read after it, is a part of `outer`.
fn holds(outer: &Node, inner: &Node) -> bool {
    matches!(outer.kind, NodeKind::Mapping(_) | NodeKind::Sequence(_)) && outer.span.end >= inner.span.end
}

/// The names after an `&` in what could not be read: a person was told of that already.
fn lost_anchors<'a>(tree: &Tree, text: &'a str) -> HashSet<&'a str> {
    let lost = tree.errors.iter().map(|error| &text[tree.node(*error).span.range()]);
    let ends = [' ', '\t', '\r', '\n', ',', '[', ']', '{', '}'];
    lost.flat_map(|lost| lost.split('&').skip(1)).filter_map(|rest| rest.split(ends).next()).collect()
}

fn unknown(tree: &Tree, id: NodeId, name: &str, mistakes: &mut Mistakes) {
    let mut found = Found::new(MistakeKind::UnknownAlias, tree.node(id).span);
    if !mistakes.has_room(MistakeKind::UnknownAlias) {
        mistakes.push(found);
        return;
    }
    let anchors = || tree.nodes().filter_map(|(id, _)| tree.anchor(id));
    if let Some(below) =
        anchors().find(|anchor| &*anchor.text == name && anchor.span.start > found.span.start)
    {
        found = found.also(below.span);
    } else {
        let names = anchors().take(MAX_CANDIDATES).map(|anchor| &*anchor.text).filter(|other| *other != name);
        found.meant = nearest(name, names).map(str::to_owned);
    }
    mistakes.push(found);
}
