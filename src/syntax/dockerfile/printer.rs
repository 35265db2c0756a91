//! Writes a tree as it was read: an untouched one gives the bytes of its source.

use super::tree::Tree;

/// The text of `tree`, which was read from `source`. Items that were taken out are left out, and those that were moved
/// stand where they are now.
pub fn print(tree: &Tree, source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    if let Some(bom) = tree.bom {
        out.push_str(&source[bom.range()]);
    }
    let line_ending = if source.contains("\r\n") { "\r\n" } else { "\n" };
    for (index, item) in tree.items.iter().enumerate() {
        let lines = &source[item.lines().range()];
        out.push_str(lines);
        // Only the last line of a file may lack its end; it may have been moved up.
        if !lines.ends_with('\n') && index + 1 < tree.items.len() {
            out.push_str(line_ending);
        }
    }
    out
}
