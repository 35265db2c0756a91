//! What is known of a mistake in a stack file besides its place.

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
    /// The words to which a brace belongs, or the argument to which a text is stuck.
    Head(Span),
    /// The last thing in what lacks its end.
    EndsAfter(Span),
    /// The white space up to the line that a `\` continues.
    Gap(Span),
}

impl Kind for MistakeKind {}

impl Found {
    pub(super) fn mistake(&self) -> Mistake {
        Mistake { kind: self.kind, span: self.span }
    }
}
