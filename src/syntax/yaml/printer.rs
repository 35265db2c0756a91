//! Writes a tree: the source, byte for byte, but for the nodes that were replaced.

use super::tree::Tree;

/// The text of `tree`, which was read from `source`. A replacement inside of another one is left out.
pub fn print(tree: &Tree, source: &str) -> String {
    let mut edits: Vec<_> =
        tree.replaced.iter().map(|(id, raw)| (tree.full_span(*id).range(), raw.as_str())).collect();
    edits.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut out = String::with_capacity(source.len());
    let mut done = 0;
    for (range, raw) in edits {
        if range.start >= done {
            out.extend([&source[done..range.start], raw]);
            done = range.end;
        }
    }
    out.push_str(&source[done..]);
    out
}
