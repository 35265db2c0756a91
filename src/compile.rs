//! The pipeline: text in, model and findings out. Pure but for the world that the caller answers for.

use crate::backend::{self, Artifact, Layout};
use crate::diagnostic::{Diagnostic, Sink};
use crate::facts::{Facts, Wanted};
use crate::lint::{self, Judge, Policy, Subject};
use crate::lower;
use crate::model::Deployment;
use crate::reread;
use crate::resolve;
use crate::source::{Origins, SourceMap, Span};
use crate::syntax::stack::{self, tree::Tree};

/// One stack file read, lowered, completed with facts and linted.
#[derive(Clone, Debug)]
pub struct Compilation {
    /// The texts that spans point into.
    pub sources: SourceMap,
    /// Everything that was found, in order of place.
    pub sink: Sink,
    /// The file as it was read.
    pub tree: Tree,
    /// Where every value of the deployment came from.
    pub origins: Origins,
    /// The result; `None` if something keeps the file from being compiled.
    pub deployment: Option<Deployment>,
    /// What was found out about the world.
    pub facts: Facts,
}

/// Compiles a text. `world` is asked once, and only if the text can be compiled.
pub fn compile(name: &str, text: &str, world: &mut dyn FnMut(&Wanted) -> Facts) -> Compilation {
    compile_under(&Policy::default(), name, text, world)
}

/// The same where something was decided about rules beforehand. What keeps a text from being compiled is no rule's, and
/// nobody decides about it.
pub fn compile_under(
    policy: &Policy,
    name: &str,
    text: &str,
    world: &mut dyn FnMut(&Wanted) -> Facts,
) -> Compilation {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let mut origins = Origins::default();
    let file = sources.add(name, text);
    let tree = stack::read(file, text, &mut sink);
    let mut deployment = lower::lower(&tree, text, lint::allowable(), &mut origins, &mut sink);
    if !sink.has_errors() {
        report_refusals(&deployment, &origins, &tree, &mut sink);
    }
    let mut facts = Facts::default();
    let compiled = !sink.has_errors();
    if compiled {
        facts = world(&resolve::wanted(&deployment));
        lower::types::complete(&mut deployment, &facts, &mut origins);
        let subject =
            Subject { deployment: &deployment, file, facts: &facts, origins: &origins, sources: &sources };
        let mut judge = Judge::new(policy);
        judge.allow(&deployment.stack.allows, &sources);
        lint::run(&subject, &mut judge, &mut sink);
        judge.unused(&sources, &mut sink);
    }
    lint::mask_secrets(&tree, &sources, &mut sink);
    sink.finish();
    Compilation { sources, sink, tree, origins, deployment: compiled.then_some(deployment), facts }
}

/// What no artefact can say is reported where it was written.
fn report_refusals(deployment: &Deployment, origins: &Origins, tree: &Tree, sink: &mut Sink) {
    for refusal in backend::refusals(deployment) {
        let span = origins.span(refusal.origin).unwrap_or(Span::new(tree.file, 0, 0));
        sink.push(
            Diagnostic::error(lower::codes::INEXPRESSIBLE, "this cannot be written in what is emitted", span)
                .here(refusal.why)
                .help("say it in another way"),
        );
    }
}

impl Compilation {
    /// The artefacts, in order of path; `None` if the file could not be compiled.
    ///
    /// # Panics
    /// If one of them does not read as it was meant: that is a bug of a back end or of a reader.
    pub fn emit(&self, layout: &Layout) -> Option<Vec<Artifact>> {
        let deployment = self.deployment.as_ref()?;
        let artifacts = backend::emit(deployment, layout);
        if let Some(misprint) = reread::misprint(deployment, layout, &artifacts) {
            panic!("{misprint}");
        }
        Some(artifacts)
    }
}
