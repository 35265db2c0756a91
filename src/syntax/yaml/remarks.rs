//! Which key or item a comment is about.

use super::tree::{Comment, NodeId, NodeKind, Slot, Tree};
use crate::source::Span;
use crate::syntax::remark::Remark;

/// The comments of a file that speak to stackc.
pub fn remarks(tree: &Tree, text: &str) -> Vec<Remark> {
    let ours =
        tree.comments.iter().filter(|comment| Remark::addressed(&text[comment.span.range()]).is_some());
    ours.map(|comment| Remark { comment: comment.span, statement: statement(tree, text, comment) }).collect()
}

fn statement(tree: &Tree, text: &str, comment: &Comment) -> Option<Span> {
    let node = comment.node?;
    if !comment.own_line {
        return Some(whole(tree, own(tree, text, node, comment)));
    }
    let found = next(tree, node);
    // One that is indented deeper than what follows ends the block before it.
    let is_above = column(text, comment.span) <= column(text, tree.full_span(found));
    is_above.then(|| whole(tree, found))
}

/// How many bytes stand before a place on its line.
fn column(text: &str, at: Span) -> usize {
    let before = &text[..at.range().start];
    before.len() - before.rfind('\n').map_or(0, |end| end + 1)
}

/// What begins at a node: of a mapping or a list its first part, of which nothing stands before the comment.
fn next(tree: &Tree, node: NodeId) -> NodeId {
    if matches!(tree.node(node).slot, Slot::Item(_) | Slot::Key(_)) {
        return node;
    }
    match &tree.node(node).kind {
        NodeKind::Mapping(entries) => entries.first().map_or(node, |entry| entry.key),
        NodeKind::Sequence(items) => items.first().copied().unwrap_or(node),
        NodeKind::Scalar(_) | NodeKind::Alias(_) | NodeKind::Error => node,
    }
}

/// What a comment stands behind: the outermost part of a list or mapping in brackets that begins on its line.
fn own(tree: &Tree, text: &str, mut node: NodeId, comment: &Comment) -> NodeId {
    let line = text[..comment.span.start as usize].rfind('\n').map_or(0, |at| at + 1);
    while let Some(parent) = tree.node(node).parent {
        let start = tree.node(parent).span.start as usize;
        if start < line || !text[start..].starts_with(['[', '{']) {
            break;
        }
        node = parent;
    }
    node
}

/// A node with its key, if it is the value of one, and with its value, if it is a key.
fn whole(tree: &Tree, node: NodeId) -> Span {
    let span = tree.full_span(node);
    match (tree.node(node).slot, tree.node(node).parent) {
        (Slot::Key(entry) | Slot::Value(entry), Some(parent)) => {
            let entry = tree.entries(parent)[entry as usize];
            tree.full_span(entry.key).to(tree.full_span(entry.value))
        }
        (Slot::Key(_) | Slot::Value(_) | Slot::Root(_) | Slot::Item(_) | Slot::Stray, _) => span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sink;
    use crate::source::SourceMap;
    use crate::syntax::yaml::read;

    /// What the one comment of a text is about.
    fn about(text: &str) -> Option<String> {
        let tree = read(SourceMap::default().add("a", text), text, &mut Sink::default());
        let remarks = remarks(&tree, text);
        assert_eq!(remarks.len(), 1, "{text}");
        remarks[0].statement.map(|span| text[span.range()].to_owned())
    }

    #[test]
    fn a_comment_is_about_the_next_key_or_item_with_all_below_it() {
        assert_eq!(about("# stackc: x\na:\n  b: 1\nc: 2\n").unwrap(), "a:\n  b: 1");
        assert_eq!(about("a:\n  # stackc: x\n\n  # more\n  b:\n    c: 1\n  d: 2\n").unwrap(), "b:\n    c: 1");
        assert_eq!(about("a:\n  b: 1\n  # stackc: x\n  d: &e !t 2\n").unwrap(), "d: &e !t 2");
        assert_eq!(about("a:\n  # stackc: x\n  - b: 1\n    c: 2\n  - d\n").unwrap(), "b: 1\n    c: 2");
        assert_eq!(about("a:\n  - b: 1\n  # stackc: x\n  - d: 1\n    e: 2\n").unwrap(), "d: 1\n    e: 2");
        assert_eq!(about("a:\n  - b: 1\n    # stackc: x\n    d: 1\n").unwrap(), "d: 1");
        assert_eq!(about("a:\n  # stackc: x\n- b\n").unwrap(), "b");
        assert_eq!(about("a: 1\n# stackc: x\n"), None);
    }

    #[test]
    fn a_comment_at_the_end_of_a_block_is_about_nothing_behind_it() {
        assert_eq!(about("a:\n  b: 1\n  # stackc: x\nc: 2\n"), None);
        assert_eq!(about("a:\n  - b\n    # stackc: x\n  - c\n").unwrap(), "c");
        assert_eq!(about("a:\n  - b\n     # stackc: x\n  - c\n"), None);
    }

    #[test]
    fn a_comment_behind_something_is_about_that() {
        assert_eq!(about("a: 1 # stackc: x\nb: 2\n").unwrap(), "a: 1");
        assert_eq!(
            about("a: # stackc: x\n  b: 1\n  c: 2\nd: 3\n").unwrap(),
            "a:\u{20}# stackc: x\n  b: 1\n  c: 2"
        );
        assert_eq!(about("a:\n  - b # stackc: x\n  - c\n").unwrap(), "b");
        assert_eq!(about("a:\n  - b: 1 # stackc: x\n    c: 2\n").unwrap(), "b: 1");
        assert_eq!(about("a: [b, {c: d}] # stackc: x\n").unwrap(), "a: [b, {c: d}]");
        assert_eq!(about("a: [\n  b, # stackc: x\n  c]\n").unwrap(), "b");
        assert_eq!(about("a: | # stackc: x\n  text\n").unwrap(), "a: | # stackc: x\n  text");
    }

    #[test]
    fn text_is_no_comment() {
        let text = "a: |\n  # stackc: x\nb: '# stackc: y'\nc: d#stackc: z\n";
        let tree = read(SourceMap::default().add("a", text), text, &mut Sink::default());
        assert_eq!(remarks(&tree, text), []);
    }
}
