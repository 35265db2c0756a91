//! A hand-written configuration: the directives of a file, those of the files that it includes in their place.

use super::{Configuration, End, Node, NodeId, Word};
use crate::source::{FileId, SourceMap};
use crate::syntax::nginx::tree::{Body, Directive, Item, Tree, directives};
use crate::vocabulary::nginx::Context;

/// The most files that one configuration takes in, each as often as it is included.
const MOST_INCLUDED: usize = 2000;

/// The most directives of one configuration, so that files which include each other cost bounded time.
const MOST_DIRECTIVES: usize = 500_000;

/// The files that were read.
pub(crate) trait Library {
    /// The tree of a file.
    fn tree(&self, file: FileId) -> &Tree;

    /// The files that an `include` of `pattern` stands for in the configuration at hand, in nginx's order.
    fn included(&self, pattern: &str) -> &[FileId];
}

/// The configuration that begins in `file`, whose directives stand in `place`.
pub(crate) fn read<'a>(
    file: FileId,
    place: Option<Context>,
    library: &dyn Library,
    sources: &'a SourceMap,
) -> Configuration<'a> {
    let configuration = Configuration::new(sources, place, true);
    let mut builder = Builder { configuration, library, open: vec![file], included: 0 };
    builder.items(&library.tree(file).items, None, place);
    builder.configuration
}

struct Builder<'a, 'b> {
    configuration: Configuration<'a>,
    library: &'b dyn Library,
    /// The files that are being read, the outermost first: none of them is read again inside of itself.
    open: Vec<FileId>,
    included: usize,
}

impl Builder<'_, '_> {
    fn items(&mut self, items: &[Item], parent: Option<NodeId>, context: Option<Context>) {
        for directive in directives(items) {
            if self.configuration.nodes.len() >= MOST_DIRECTIVES {
                return;
            }
            self.directive(directive, parent, context);
        }
    }

    fn directive(&mut self, directive: &Directive, parent: Option<NodeId>, context: Option<Context>) {
        let file = directive.words[0].leaf.span.file;
        let source = self.configuration.sources.file(file).text.clone();
        let words = directive.args().iter();
        let args: Vec<Word> =
            words.map(|word| Word { text: word.text(&source).to_owned(), span: word.leaf.span }).collect();
        let name = directive.name(&source).to_owned();
        let files = match (name.as_str(), context, args.as_slice()) {
            ("include", Some(_), [pattern]) => self.library.included(&pattern.text),
            _ => &[],
        };
        let files: Vec<FileId> = files.iter().copied().filter(|file| !self.open.contains(file)).collect();
        let end = match directive.body {
            Body::None(_) => End::Semicolon,
            Body::Block(_) => End::Block,
            Body::Table(_) => End::Table,
            Body::Opaque(_) => End::Opaque,
        };
        let inside = context.and_then(|context| context.inside(&name));
        let node = self.configuration.push(Node {
            name,
            args,
            end,
            children: Vec::new(),
            parent,
            context,
            head: directive.words[0].leaf.span,
            line: directive.line_span(),
            whole: directive.span(),
            is_own: true,
            is_damaged: directive.damaged,
            is_resolved: !files.is_empty(),
        });
        for file in files {
            self.included += 1;
            if self.included > MOST_INCLUDED {
                return;
            }
            self.open.push(file);
            self.items(&self.library.tree(file).items, parent, context);
            self.open.pop();
        }
        match &directive.body {
            Body::None(_) | Body::Opaque(_) => {}
            Body::Block(block) => self.items(&block.items, Some(node), inside),
            Body::Table(block) => self.items(&block.items, Some(node), None),
        }
    }
}
