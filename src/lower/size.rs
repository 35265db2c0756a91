//! Files that are too large to be lowered: what is compared with everything beside it grows faster than the file.

use super::codes;
use crate::diagnostic::{Diagnostic, Sink};
use crate::source::Span;
use crate::syntax::stack::tree::{Arg, ArgKind, Item, Statement, Tree, statements};

/// So many statements stand in a block, and so many words in a statement.
const MAX_SIDE_BY_SIDE: usize = 12_000;

/// So many ends of lines and directives stand in raw text, in the whole file: twelve thousand lines of nginx have both.
const MAX_RAW: usize = 24_000;

/// So many images are built and proxies set up: each makes files of its own.
const MAX_IMAGES: usize = 2_000;

/// Whether a file is small enough; what is not is reported.
pub(super) fn is_bounded(tree: &Tree, sink: &mut Sink) -> bool {
    if let Some((span, message)) = too_large(&tree.items) {
        sink.push(
            Diagnostic::error(codes::TOO_LARGE, message, span)
                .here("one too many")
                .note("nothing of the file was compiled")
                .help("split it into several stacks"),
        );
        return false;
    }
    true
}

/// The first thing that is too large.
fn too_large(items: &[Item]) -> Option<(Span, String)> {
    let services = || statements(items).filter(|statement| statement.block.is_some());
    let mut images = services().flat_map(images_of);
    if let Some(image) = images.nth(MAX_IMAGES) {
        return Some((image.line_span(), "the file holds more than 2,000 builds and proxies".to_owned()));
    }
    let mut raw_room = MAX_RAW;
    crowded(items).or_else(|| overfull(items, &mut raw_room))
}

/// The first raw text that does not fit beside those before it.
fn overfull(items: &[Item], room: &mut usize) -> Option<(Span, String)> {
    statements(items).find_map(|statement| {
        if statement.head() == Some("raw") {
            let texts = statement.args.iter().filter_map(|arg| match &arg.kind {
                ArgKind::Fenced(text) | ArgKind::Verbatim(text) => Some(text),
                ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::List(_) => None,
            });
            let ends: usize = texts.map(|text| text.matches(['\n', ';']).count()).sum();
            let Some(rest) = room.checked_sub(ends) else {
                let message = "the file holds raw text of more than 12,000 lines".to_owned();
                return Some((statement.args[0].span, message));
            };
            *room = rest;
        }
        overfull(statement.block.as_ref().map_or(&[], |block| &block.items), room)
    })
}

/// The statements of a declaration that make files: itself if it is a proxy, and each of its builds.
fn images_of(declared: &Statement) -> impl Iterator<Item = &Statement> {
    let itself = (declared.head() == Some("proxy")).then_some(declared);
    itself.into_iter().chain(declared.children().filter(|child| child.head() == Some("build")))
}

/// The first statement of a block that has too many before it, or that has too many words.
fn crowded(items: &[Item]) -> Option<(Span, String)> {
    if let Some(statement) = statements(items).nth(MAX_SIDE_BY_SIDE) {
        return Some((statement.line_span(), "more than 12,000 statements stand side by side".to_owned()));
    }
    statements(items).find_map(|statement| {
        let words: usize = statement.args.iter().map(words).sum();
        if words > MAX_SIDE_BY_SIDE {
            return Some((statement.args[0].span, "a statement holds more than 12,000 words".to_owned()));
        }
        crowded(statement.block.as_ref().map_or(&[], |block| &block.items))
    })
}

fn words(arg: &Arg) -> usize {
    match &arg.kind {
        ArgKind::List(list) => list.items.len(),
        ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::Verbatim(_) | ArgKind::Fenced(_) => 1,
    }
}
