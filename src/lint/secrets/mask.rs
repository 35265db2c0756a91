//! What no output may show of a hand-written project.

use std::collections::BTreeSet;

use super::{assignments, pairs, shapes, values};
use crate::diagnostic::Sink;
use crate::lint::Whole;
use crate::lint::rules::secret_literal::names_a_secret;
use crate::lint::rules::secret_url::holds_credentials;
use crate::source::{FileId, Span};

/// Hides the values of all pairs whose name or form gives a secret away, and what has the shape of one; by the letters of
/// the text, too, where a reader gave up.
pub(crate) fn project(whole: &Whole<'_>, sink: &mut Sink) {
    let mut files: BTreeSet<FileId> = BTreeSet::new();
    files.extend(whole.project.compose.iter().flat_map(|compose| compose.files.iter().copied()));
    files.extend(whole.project.dockerfiles.iter().map(|dockerfile| dockerfile.file));
    for pair in pairs::of_project(whole) {
        files.insert(pair.span.file);
        let is_named = names_a_secret(&pair.name)
            && (pair.literal.as_deref().is_some_and(values::is_secret)
                || !pair.defaults.is_empty()
                || pair.literal.is_none() && pair.outline.chars().any(|c| c != '$'));
        let is_default =
            pair.defaults.iter().any(|(variable, text)| names_a_secret(variable) || holds_credentials(text));
        if is_named || is_default || holds_credentials(&pair.outline) {
            sink.mask(pair.span);
        }
    }
    for file in files {
        text(file, &whole.sources.file(file).text, sink);
    }
}

/// Hides what the letters of a text give away.
fn text(file: FileId, text: &str, sink: &mut Sink) {
    for found in shapes::find(text) {
        sink.mask(Span::new(file, found.range.start, found.range.end));
    }
    for range in assignments::secrets(text) {
        sink.mask(Span::new(file, range.start, range.end));
    }
    for flag in assignments::flags(text) {
        sink.mask(Span::new(file, flag.value.start, flag.value.end));
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        for word in line.split([' ', '\t', '"', '\'', '\n', '\r', '[', ',', '=']) {
            if holds_credentials(&pairs::outline_of(word)) {
                let at = start + (word.as_ptr() as usize - line.as_ptr() as usize);
                sink.mask(Span::new(file, at, at + word.len()));
            }
        }
        start += line.len();
    }
}
