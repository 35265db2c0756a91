//! Reads a stack file: any text has a tree, and every mistake in it a diagnostic.

use super::build::build;
use super::control;
use super::found::{Found, Mistakes};
use super::lines::Lines;
use super::mistakes::explain;
use super::tree::{MistakeKind, Tree};
use crate::diagnostic::Sink;
use crate::source::{FileId, Span};

/// Of so many places with characters that no one sees is told.
const MAX_CONTROL_PLACES: usize = 20;

/// Reads `text`; never fails. A mistake costs the statement that it stands in, and each is put into `sink` once.
pub fn read(file: FileId, text: &str, sink: &mut Sink) -> Tree {
    let mut mistakes = Mistakes::default();
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for (start, end) in control::places(&text[bom..], MAX_CONTROL_PLACES) {
        mistakes.push(Found::new(MistakeKind::Control, Span::new(file, bom + start, bom + end)));
    }
    let tokens = Lines::new(file, text, &mut mistakes).tokens();
    let (items, statement_count) = build(text, tokens, &mut mistakes);
    let found = mistakes.in_order();
    sink.diagnostics.extend(found.iter().map(|found| explain(found, text)));
    let mistakes = found.iter().map(Found::mistake).collect();
    Tree { file, items, statement_count, mistakes }
}
