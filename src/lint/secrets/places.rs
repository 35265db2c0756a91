//! Places that something was said of already.

use crate::source::Span;

/// Spans, to be asked whether one touches them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// In order; none overlaps another, or what it is asked for is the same for both.
    spans: Vec<Span>,
}

impl Places {
    /// These spans.
    pub(crate) fn new(mut spans: Vec<Span>) -> Self {
        spans.sort_unstable();
        Self { spans }
    }

    /// Whether a span overlaps one of them.
    pub(crate) fn touch(&self, span: Span) -> bool {
        let behind = self.spans.partition_point(|one| (one.file, one.start) < (span.file, span.end));
        let before = behind.checked_sub(1).and_then(|last| self.spans.get(last));
        before.is_some_and(|one| one.file == span.file && span.start < one.end)
    }
}
