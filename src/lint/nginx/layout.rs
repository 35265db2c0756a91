//! Edits of a configuration: directives that come, go and change, laid out like those beside them. There are none in what
//! is compiled from a stack file.

use super::{Configuration, Node, NodeId};
use crate::lint::edits::{self, Edit};
use crate::source::Span;

impl Configuration<'_> {
    /// Puts a line at the beginning of a block.
    pub(in crate::lint) fn first_in(&self, block: NodeId, line: &str) -> Option<Edit> {
        let node = self.get(block);
        let mut inside = self.children(Some(block)).map(|(_, child)| child);
        let first = inside.find(|child| child.whole.file == node.whole.file)?;
        let (_, indented) = self.before(first, line)?;
        let indent = &indented[..indented.len() - indented.trim_start_matches([' ', '\t']).len()];
        let text = &self.sources.file(node.line.file).text[node.line.range().end..];
        let gap = text.len() - text.trim_start().len();
        let brace = node.line.range().end + gap;
        let is_open = text[gap..].starts_with('{');
        let brace = Span::new(node.line.file, brace, brace + usize::from(is_open));
        edits::behind(self.sources, brace, indent, line).filter(|_| is_open)
    }

    /// Puts a line before a directive.
    pub(in crate::lint) fn before(&self, node: &Node, line: &str) -> Option<Edit> {
        self.editable(node)?;
        edits::line_before(self.sources, node.whole, line)
    }

    /// Puts a line behind a directive.
    pub(in crate::lint) fn behind(&self, node: &Node, line: &str) -> Option<Edit> {
        self.editable(node)?;
        edits::line_behind(self.sources, node.whole, line)
    }

    /// Takes a directive away.
    pub(in crate::lint) fn without(&self, node: &Node) -> Option<Edit> {
        self.editable(node)?;
        edits::without_lines(self.sources, node.whole)
    }

    /// Gives a directive other arguments.
    pub(in crate::lint) fn with_args(&self, node: &Node, args: &str) -> Option<Edit> {
        self.editable(node)?;
        let (first, last) = (node.args.first()?, node.args.last()?);
        Some((first.span.to(last.span), args.to_owned()))
    }

    /// Writes another word in the place of one that is written without quotes.
    pub(in crate::lint) fn word(&self, at: Span, old: &str, new: impl Into<String>) -> Option<Edit> {
        if self.is_handwritten { edits::word(self.sources, at, old, new) } else { None }
    }

    fn editable(&self, node: &Node) -> Option<()> {
        (self.is_handwritten && node.is_own && !node.is_damaged).then_some(())
    }
}
