//! What is known of a mistake in an nginx configuration besides its place.

use super::tree::{Mistake, MistakeKind};
use crate::source::Span;
use crate::syntax::found::{self, Kind};

/// A mistake with what else was seen.
pub(super) type Found = found::Found<MistakeKind, Hint>;

/// The mistakes of a file.
pub(super) type Mistakes = found::Mistakes<MistakeKind, Hint>;

/// What helps to explain a mistake.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Hint {
    /// Nothing.
    #[default]
    None,
    /// The first word of the next directive, or the brace that came too early.
    Next(Span),
    /// The last thing in what lacks its end.
    EndsAfter(Span),
}

impl Kind for MistakeKind {
    fn most(self) -> usize {
        // Whoever wrote a template knows it after the first tag.
        if self == MistakeKind::Template { 1 } else { found::MAX_OF_A_KIND }
    }
}

impl Found {
    pub(super) fn mistake(&self) -> Mistake {
        Mistake { kind: self.kind, span: self.span }
    }
}
