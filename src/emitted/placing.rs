//! Where in the stack file a place of an artefact comes from.

use std::collections::HashMap;

use crate::backend::Artifact;
use crate::source::{Origin, Origins, SourceMap, Span};

/// Everything that is needed to find the way back.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    /// The artefacts, by the names under which they were read.
    pub(crate) artifacts: &'a HashMap<String, &'a Artifact>,
    pub(crate) origins: &'a Origins,
    /// The texts of the files that were read.
    pub(crate) read: &'a SourceMap,
    /// That of the stack file.
    pub(crate) stack: &'a SourceMap,
}

/// What is behind a place in a file that was linted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A statement of the stack file, or a word of one.
    Statement(Span),
    /// Nothing: every stack file makes that line.
    Nowhere,
    /// The file is none that is emitted.
    Elsewhere,
}

impl<'a> Places<'a> {
    /// What is behind a place: of all that made its line what says the same, else what stands around that, else what
    /// made the beginning of the line.
    pub(crate) fn of(&self, span: Span) -> Place {
        let Some(of_line) = self.line(span) else { return Place::Elsewhere };
        let text = bare(self.read.text(span));
        let spans: Vec<Span> = of_line.iter().filter_map(|origin| self.origins.span(*origin)).collect();
        let said = |span: &Span| self.stack.text(*span);
        let same = spans.iter().find(|span| bare(said(span)) == text);
        let around = || {
            let around = spans.iter().filter(|span| has_word(said(span), text));
            around.min_by_key(|span| span.end - span.start)
        };
        match same.or_else(around).or(spans.first()) {
            Some(span) => Place::Statement(self.head(*span)),
            None => Place::Nowhere,
        }
    }

    /// Every text of the stack file that made the line of a place.
    pub(crate) fn behind(&self, span: Span) -> impl Iterator<Item = Span> + use<'a> {
        let origins = self.origins;
        let of_line = self.line(span).unwrap_or_default();
        of_line.iter().flat_map(|origin| origins.chain(*origin).filter_map(|cause| cause.at))
    }

    /// What made a line; `None` in a file that is no artefact.
    fn line(&self, span: Span) -> Option<&'a [Origin]> {
        let file = self.read.file(span.file);
        let made = self.artifacts.get(&file.name)?;
        Some(made.lines.get(file.line_index(span.start)).map_or(&[], Vec::as_slice))
    }

    /// The first line of what goes over several.
    fn head(&self, span: Span) -> Span {
        let text = self.stack.text(span);
        let end = text.find('\n').map_or(text.len(), |end| text[..end].trim_end().len());
        Span::new(span.file, span.start as usize, span.start as usize + end)
    }
}

/// A word without its quotes.
fn bare(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

/// Whether a text holds another one that is no part of a longer word.
fn has_word(text: &str, word: &str) -> bool {
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            !text[..at].ends_with(char::is_alphanumeric)
                && !text[at + word.len()..].starts_with(char::is_alphanumeric)
        })
}
