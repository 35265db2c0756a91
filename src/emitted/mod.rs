//! The rules on hand-written projects, run over what a stack file emits: the same defect is the same finding, at the
//! statement that caused it.

mod masking;
mod placing;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::backend::{Artifact, Layout};
use crate::compile::{Compilation, compile_with};
use crate::diagnostic::{Allowed, Diagnostic, Label, Sink};
use crate::facts::{Facts, Wanted};
use crate::handwritten::{Around, Checked, IsCovered, Overlay, check_alone};
use crate::lint::{self, Judge, Policy};
use crate::project::host::join;
use crate::source::{FileId, SourceMap, Span};

pub(crate) use placing::{Place, Places};

/// Rules on stack files that say nothing where another one says more, as they do among the files that people write.
const YIELDING: &[(&str, &str)] = &[("secret-literal", "secret-default-credentials")];

/// So much may be emitted in all to be read again for the rules: more than anybody writes, and what fits into the memory
/// that any input is given.
const MOST_BYTES: usize = 1024 * 1024;

/// The code of what is too large to be looked at whole, which files that are not compiled at all have as well.
const TOO_LARGE: &str = "too-large";

/// Where the artefacts of a stack file would go, and what is there already.
#[derive(Clone, Copy)]
pub struct Output<'a> {
    /// The same for back ends.
    pub layout: &'a Layout,
    /// The output folder by the naming of `around`.
    pub folder: &'a str,
    /// The files around them.
    pub around: &'a dyn Around,
}

impl std::fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Compiles a text and runs all rules: those on stack files, and those on other files over what it emits.
///
/// # Panics
/// If an artefact does not read as it was meant, as [`Compilation::emit`].
pub fn compile(
    policy: &Policy,
    name: &str,
    text: &str,
    world: &mut dyn FnMut(&Wanted) -> Facts,
    output: Output<'_>,
) -> Compilation {
    compile_with(policy, name, text, world, &mut |compilation, judge| lint(compilation, judge, output))
}

/// Adds what the rules find in the artefacts.
fn lint(compilation: &mut Compilation, judge: &mut Judge, output: Output<'_>) {
    let (Some(made), Some(deployment)) = (compilation.emit(output.layout), &compilation.deployment) else {
        return;
    };
    if made.iter().map(|made| made.text.len()).sum::<usize>() > MOST_BYTES {
        tell_of_size(compilation);
        return;
    }
    let compose = join(output.folder, deployment.compose.path());
    let named = made.iter().map(|made| (join(output.folder, &made.path), made));
    let artifacts: HashMap<String, &Artifact> = named.collect();
    let Compilation { sources, sink, tree, origins, .. } = compilation;
    let Checked { sources: read, sink: found, .. } = {
        let judge = RefCell::new(&mut *judge);
        check(&artifacts, compose, output, &|rule, read, span| {
            let places = Places { artifacts: &artifacts, origins, read, stack: sources };
            matches!(places.of(span), Place::Statement(span) if judge.borrow_mut().covers(rule, span, sources))
        })
    };
    judge.looked_at(tree.file, |_| true);
    let shift = sources.append(read);
    let places = Places { artifacts: &artifacts, origins, read: sources, stack: sources };
    for span in found.masked.iter().map(|span| shift.span(*span)) {
        sink.mask(span);
        masking::copies(span, &places).for_each(|copy| sink.mask(copy));
    }
    let told = Told::of(sink, sources);
    let in_stack = |found: Diagnostic| {
        let found = in_stack(found.shifted(shift), tree.file, &places)?;
        (!told.holds(&found, sources)).then_some(found)
    };
    for finding in found.diagnostics.into_iter().filter_map(in_stack) {
        let (code, place) = line(&finding, sources);
        let yields =
            |other: &Diagnostic| YIELDING.contains(&(other.code, code)) && line(other, sources).1 == place;
        sink.diagnostics.retain(|other| !yields(other));
        judge.decide(finding, sources, sink);
    }
    for Allowed { finding, reason, by } in found.allowed {
        if let Some(finding) = in_stack(finding) {
            sink.allow(finding, reason, by);
        }
    }
}

/// Says that nobody looked at what is emitted.
fn tell_of_size(compilation: &mut Compilation) {
    let whole_file = Span::new(compilation.tree.file, 0, 0);
    compilation.sink.push(
        Diagnostic::info(TOO_LARGE, "what this emits is larger than 1 MiB", whole_file)
            .note("only the rules on stack files looked at it, none of those on what is emitted")
            .help("split it into several stacks"),
    );
}

/// Lints artefacts as if somebody had written them.
fn check(
    artifacts: &HashMap<String, &Artifact>,
    compose: String,
    output: Output<'_>,
    is_covered: IsCovered<'_>,
) -> Checked {
    let texts = artifacts.iter().map(|(name, made)| (name.clone(), Arc::from(made.text.as_str())));
    let overlay = Overlay { emitted: texts.collect(), around: output.around };
    check_alone(compose, &overlay, is_covered)
}

/// A finding as it is told of the stack file; `None` for one of a file that somebody wrote, which is linted itself, and
/// for what readers find.
fn in_stack(found: Diagnostic, stack: FileId, places: &Places<'_>) -> Option<Diagnostic> {
    if !lint::looks_at_emitted(found.code) {
        return None;
    }
    let span = match places.of(found.primary.span) {
        Place::Statement(span) => span,
        Place::Nowhere => Span::new(stack, 0, 0),
        Place::Elsewhere => return None,
    };
    let label = |label: Label| match places.of(label.span) {
        Place::Statement(span) => Some(Label { span, ..label }),
        Place::Nowhere => None,
        Place::Elsewhere => Some(label),
    };
    Some(Diagnostic {
        primary: Label { span, ..found.primary },
        labels: found.labels.into_iter().filter_map(label).filter(|label| label.span != span).collect(),
        help: found.in_stack.or(found.help),
        in_stack: None,
        // Edits are for text that somebody wrote.
        fix: None,
        ..found
    })
}

/// What a rule that looks at both has said of the stack file: of a line it is told once.
struct Told {
    lines: HashSet<(&'static str, usize)>,
}

impl Told {
    fn of(sink: &Sink, sources: &SourceMap) -> Self {
        let found = sink.diagnostics.iter().chain(sink.allowed.iter().map(|allowed| &allowed.finding));
        Self { lines: found.map(|found| line(found, sources)).collect() }
    }

    fn holds(&self, found: &Diagnostic, sources: &SourceMap) -> bool {
        self.lines.contains(&line(found, sources))
    }
}

fn line(found: &Diagnostic, sources: &SourceMap) -> (&'static str, usize) {
    (found.code, sources.position(found.primary.span).line_number)
}
