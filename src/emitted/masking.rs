//! Secrets that were found in an artefact, where they stand in the stack file.

use crate::source::Span;

use super::placing::Places;

/// The places of the stack file from which the text of a masked place was copied.
pub(super) fn copies<'a>(masked: Span, places: &'a Places<'_>) -> impl Iterator<Item = Span> + use<'a> {
    let text = places.read.text(masked).trim().trim_matches(['"', '\'']);
    places.behind(masked).filter(|_| !text.is_empty()).flat_map(move |span| {
        let found = places.stack.text(span).match_indices(text);
        found.map(move |(at, text)| {
            let start = span.start as usize + at;
            Span::new(span.file, start, start + text.len())
        })
    })
}
