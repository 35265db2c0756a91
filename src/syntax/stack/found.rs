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

impl MistakeKind {
    /// Whether a quote is out of place: then it is not certain what on the line is text and what is not.
    pub(super) fn is_of_quotes(self) -> bool {
        matches!(self, Self::Glued | Self::OpenText | Self::BadItem)
    }
}

/// Whether an even number of each quote stands in a text.
fn is_even(text: &str) -> bool {
    ['"', '\''].into_iter().all(|quote| text.matches(quote).count().is_multiple_of(2))
}

impl Found {
    /// Whether it is one of quotes, or a quote without its other half stands in it.
    pub(super) fn is_of_quotes(&self, text: &str) -> bool {
        let glued = matches!(self.kind, MistakeKind::GluedSeparator);
        self.kind.is_of_quotes() || glued && !is_even(&text[self.span.range()])
    }

    pub(super) fn mistake(&self) -> Mistake {
        Mistake { kind: self.kind, span: self.span }
    }
}
