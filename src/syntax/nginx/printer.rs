//! Prints a tree: every leaf as it was written, with the white space before it.

use super::tree::{Block, Body, Comment, Directive, Item, Leaf, Tree};

/// The text of `tree`, which was read from `source`. A tree that was not changed prints the very bytes it was read
/// from; an item that was removed goes with the white space before it, and one that was moved brings it along.
pub fn print(tree: &Tree, source: &str) -> String {
    let mut printer = Printer { source, out: String::with_capacity(source.len()) };
    printer.items(&tree.items);
    printer.out.push_str(&source[tree.tail.range()]);
    printer.out
}

struct Printer<'a> {
    source: &'a str,
    out: String,
}

impl Printer<'_> {
    fn leaf(&mut self, leaf: Leaf) {
        self.out.push_str(&self.source[leaf.lead().range()]);
        self.out.push_str(&self.source[leaf.span.range()]);
    }

    fn comment(&mut self, comment: Comment) {
        self.leaf(comment.leaf);
    }

    // Blocks are nested at most `MAX_DEPTH` deep, so that this may recurse.
    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Directive(directive) => self.directive(directive),
                Item::Comment(comment) => self.comment(*comment),
                Item::Blank(leaf) | Item::Mistake(leaf) => self.leaf(*leaf),
            }
        }
    }

    fn directive(&mut self, directive: &Directive) {
        let mut comments = directive.comments.iter().peekable();
        for (before, word) in directive.words.iter().enumerate() {
            while let Some((_, comment)) = comments.next_if(|(count, _)| *count as usize <= before) {
                self.comment(*comment);
            }
            self.leaf(word.leaf);
        }
        comments.for_each(|(_, comment)| self.comment(*comment));
        match &directive.body {
            Body::None(semicolon) => semicolon.iter().for_each(|leaf| self.leaf(*leaf)),
            Body::Block(block) | Body::Table(block) => self.block(block),
            Body::Opaque(opaque) => {
                self.leaf(opaque.open);
                self.leaf(opaque.text);
                opaque.close.iter().for_each(|leaf| self.leaf(*leaf));
            }
        }
        directive.trailing.iter().for_each(|comment| self.comment(*comment));
    }

    fn block(&mut self, block: &Block) {
        block.open.iter().for_each(|leaf| self.leaf(*leaf));
        block.comment.iter().for_each(|comment| self.comment(*comment));
        self.items(&block.items);
        block.close.iter().for_each(|leaf| self.leaf(*leaf));
    }
}
