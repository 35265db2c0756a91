//! What stack files of the same run have made: its findings are told of these.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::outcome::Outcome;
use crate::driver::emitted::unchanged;
use crate::handwritten::Checked;
use crate::source::{SourceMap, Span};

/// The stack files that were linted, without links.
pub(super) struct Makers(BTreeSet<PathBuf>);

impl Makers {
    /// Those among some outcomes. One that does not compile has told nothing of what it makes.
    pub(super) fn of(outcomes: &[Outcome]) -> Self {
        let compiled = outcomes.iter().filter_map(|outcome| match outcome {
            Outcome::Stack(loaded, _) if loaded.compilation.deployment.is_some() => Some(&loaded.stack),
            Outcome::Stack(..)
            | Outcome::Failed(..)
            | Outcome::Misread(_)
            | Outcome::Handwritten(_)
            | Outcome::PassedOver(_) => None,
        });
        Self(compiled.filter_map(|stack| stack.path.canonicalize().ok()).collect())
    }

    /// Leaves out what one of them has told of already: what is in a file that it made and that nobody edited since.
    pub(super) fn leave_out_theirs(&self, checked: &mut Checked) {
        if self.0.is_empty() {
            return;
        }
        let made: BTreeSet<String> = checked.names.iter().filter(|name| self.made(name)).cloned().collect();
        let is_made = |span: Span, sources: &SourceMap| made.contains(&sources.file(span.file).name);
        let Checked { sources, sink, names, .. } = checked;
        sink.diagnostics.retain(|found| !is_made(found.primary.span, sources));
        sink.allowed.retain(|allowed| !is_made(allowed.finding.primary.span, sources));
        names.retain(|name| !made.contains(name));
    }

    fn made(&self, name: &str) -> bool {
        unchanged(Path::new(name)).is_some_and(|stack| self.0.contains(&stack))
    }
}
