//! Where fenced texts end, and what they say without the indentation of their closing fence.

use std::collections::BTreeMap;

use super::lines::Physical;

/// The lines that begin with a fence, by its number of quotes, in order.
#[derive(Debug, Default)]
pub(super) struct Fences {
    lines: BTreeMap<usize, Vec<usize>>,
}

impl Fences {
    /// Finds them all.
    pub(super) fn of(text: &str) -> Self {
        let mut lines: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut at = if text.contains("\"\"\"") { 0 } else { text.len() };
        while at < text.len() {
            let line = Physical::at(text, at);
            at = line.next;
            let raw = &text[line.content(text)..line.end];
            let quotes = raw.len() - raw.trim_start_matches('"').len();
            if quotes >= 3 {
                lines.entry(quotes).or_default().push(line.start);
            }
        }
        Self { lines }
    }

    /// The start of the first line from `from` on that closes a fence of so many quotes.
    pub(super) fn after(&self, quotes: usize, from: usize) -> Option<usize> {
        let lines = self.lines.get(&quotes)?;
        lines.get(lines.partition_point(|start| *start < from)).copied()
    }
}

/// Whole lines without the white space they share with `indent`, and without their last line ending.
pub(super) fn dedent(lines: &str, indent: &str) -> String {
    let mut text = String::with_capacity(lines.len());
    for (index, line) in lines.lines().enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let shared = line.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count();
        text.push_str(&line[shared..]);
    }
    text
}
