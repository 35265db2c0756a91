//! Puts what the parser does not place into the tree: the mistakes between lines, and the comments.

use std::ops::Range;

use super::build::Built;
use super::lines::Line;
use super::repair::whole;
use super::tree::{Comment, Node, NodeId, NodeKind, Slot, Style, Tree, id_of};
use crate::source::Span;

/// The tree with an error node for every one of `strays` and with its comments. `text` is the whole source.
pub(super) fn attach(built: Built, text: &str, strays: &[Range<usize>]) -> Tree {
    let Built { mut tree, comments } = built;
    // The parser saw spaces in the place of what is broken, and may have stopped inside of a character.
    for node in &mut tree.nodes {
        let inside = whole(text, node.span.range());
        node.span = Span::new(node.span.file, inside.start, inside.end);
    }
    let starts: Vec<u32> = tree.nodes.iter().map(|node| node.span.start).collect();
    for stray in strays {
        add_error(&mut tree, &starts, text, stray);
    }
    let nodes = &tree.nodes;
    tree.errors.sort_unstable_by_key(|id| (nodes[id.0 as usize].span, *id));
    for index in 0..tree.errors.len() {
        let error = tree.errors[index];
        let mut next = Some(error);
        while let Some(id) = next {
            let node = &mut tree.nodes[id.0 as usize];
            // What is damaged already has damaged ancestors.
            next = if node.damaged { None } else { node.parent };
            node.damaged = true;
        }
    }
    tree.comments = comments.into_iter().map(|span| comment(&starts, text, span)).collect();
    tree.comments.sort_unstable_by_key(|comment| comment.span);
    tree
}

fn add_error(tree: &mut Tree, starts: &[u32], text: &str, stray: &Range<usize>) {
    let span = Span::new(tree.file, stray.start, stray.end);
    let column = Line::at(text, stray.start).indent();
    let before = starts.partition_point(|start| *start <= span.start);
    let Some(mut holder) = before.checked_sub(1).map(id_of) else {
        return push(tree, span, None);
    };
    // A key whose value is the mistake alone has an empty value.
    let last = tree.node(holder);
    if is_empty(last)
        && let (Slot::Value(entry), Some(parent)) = (last.slot, last.parent)
        && column_of(tree.node(tree.entries(parent)[entry as usize].key), text) < column
    {
        let node = &mut tree.nodes[holder.0 as usize];
        (node.kind, node.span) = (NodeKind::Error, span);
        tree.errors.push(holder);
        return cover(tree, Some(holder), span);
    }
    loop {
        let node = tree.node(holder);
        let holds = matches!(node.kind, NodeKind::Mapping(_) | NodeKind::Sequence(_));
        match node.parent {
            _ if holds && column_of(node, text) <= column => break,
            Some(parent) => holder = parent,
            None => break,
        }
    }
    let holds = matches!(tree.node(holder).kind, NodeKind::Mapping(_) | NodeKind::Sequence(_));
    push(tree, span, holds.then_some(holder));
}

fn push(tree: &mut Tree, span: Span, parent: Option<NodeId>) {
    let id = id_of(tree.nodes.len());
    tree.nodes.push(Node {
        kind: NodeKind::Error,
        span,
        parent,
        slot: Slot::Stray,
        damaged: false,
        properties: None,
    });
    tree.errors.push(id);
    cover(tree, parent, span);
}

/// Lets everything from `from` outwards reach over `span`.
fn cover(tree: &mut Tree, from: Option<NodeId>, span: Span) {
    let mut next = from;
    while let Some(id) = next {
        let node = &mut tree.nodes[id.0 as usize];
        node.span.end = node.span.end.max(span.end);
        next = node.parent;
    }
}

fn is_empty(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Scalar(scalar) if scalar.style == Style::Plain && scalar.text.is_empty())
        && node.properties.is_none()
}

fn column_of(node: &Node, text: &str) -> usize {
    let start = node.span.start as usize;
    start - Line::at(text, start).start.min(start)
}

fn comment(starts: &[u32], text: &str, span: Span) -> Comment {
    let line = Line::at(text, span.start as usize);
    let own_line = line.content == span.start as usize;
    let after = starts.partition_point(|start| *start < span.start);
    let node =
        if own_line { Some(after).filter(|after| *after < starts.len()) } else { after.checked_sub(1) };
    Comment { span, own_line, node: node.map(id_of) }
}
