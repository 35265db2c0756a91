//! `raw`: texts of other languages, read by the readers of hand-written files, with their places in the stack file.

mod compose;
mod dockerfile;
mod nginx;

use super::codes;
use super::context::Context;
use super::fitting::Fitted;
use crate::diagnostic::{Diagnostic, Severity, Sink};
use crate::source::Span;
use crate::syntax::stack::embedded::Embedded;

impl<'t> Context<'_, 't> {
    /// The text of a `raw` statement.
    pub(crate) fn embedded(&mut self, fit: &Fitted<'t>) -> Option<Embedded> {
        let arg = fit.arg(0);
        let embedded = Embedded::of(arg, self.source);
        if embedded.is_none() {
            self.sink.push(
                Diagnostic::error(codes::WRONG_ARGUMENTS, "raw text holds no references", arg.span)
                    .here("references are of the stack language")
                    .help(
                        "put the text between `'` or fences, `\"\"\"`, where a `$` is the other language's",
                    ),
            );
        }
        embedded
    }

    /// Reports what a reader found in raw text, at its place in the stack file; false if any of it is an error.
    pub(crate) fn report_raw(&mut self, found: Sink, embedded: &Embedded) -> bool {
        let right = !found.has_errors();
        for severity in [Severity::Error, Severity::Warning, Severity::Info] {
            self.sink.add_more(severity, found.more(severity));
        }
        self.sink.extend(found.diagnostics.into_iter().map(|diagnostic| embedded.outward(diagnostic)));
        right
    }

    /// The origin of a part of raw text.
    pub(crate) fn raw_origin(&mut self, inner: Span, embedded: &Embedded) -> crate::source::Origin {
        self.origins.raw(embedded.outer(inner))
    }
}
