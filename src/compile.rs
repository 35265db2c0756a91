//! The pipeline: text in, model and findings out. Pure but for the world that the caller answers for.

use std::collections::BTreeSet;

use crate::backend::{self, Artifact, Layout};
use crate::diagnostic::{Diagnostic, Sink};
use crate::facts::{Facts, Wanted};
use crate::lint::{self, Judge, Policy, Subject};
use crate::lower;
use crate::model::Deployment;
use crate::model::engine::Feature;
use crate::reread;
use crate::resolve;
use crate::source::{Origins, SourceMap, Span};
use crate::syntax::stack;
use crate::syntax::stack::tree::{Arg, Tree, statements};

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
    compile_with(policy, name, text, world, &mut |_, _| {})
}

/// The same where something finds `more` in what was compiled, before it is told which suppressions nobody needed.
pub fn compile_with(
    policy: &Policy,
    name: &str,
    text: &str,
    world: &mut dyn FnMut(&Wanted) -> Facts,
    more: &mut dyn FnMut(&mut Compilation, &mut Judge),
) -> Compilation {
    let (mut compilation, deployment) = lowered(name, text, world);
    if let Some(deployment) = deployment {
        let mut judge = Judge::new(policy);
        judge.allow(&deployment.stack.allows, &compilation.sources);
        belong(&compilation.tree, &mut judge);
        compilation.lint(&deployment, &mut judge);
        compilation.deployment = Some(deployment);
        more(&mut compilation, &mut judge);
        judge.unused(&compilation.sources, &mut compilation.sink);
    }
    compilation.sink.finish();
    compilation
}

/// Compiles a text of our own making, of which no rule has anything to say, without a look at the world.
pub fn compile_unlinted(name: &str, text: &str) -> Compilation {
    let (mut compilation, deployment) = lowered(name, text, &mut |_| Facts::default());
    compilation.deployment = deployment;
    compilation.sink.finish();
    compilation
}

/// What a text says, if nothing keeps it from being compiled. The deployment is none of the compilation's yet.
fn lowered(
    name: &str,
    text: &str,
    world: &mut dyn FnMut(&Wanted) -> Facts,
) -> (Compilation, Option<Deployment>) {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let mut origins = Origins::default();
    let file = sources.add(name, text);
    let tree = stack::read(file, text, &mut sink);
    let mut deployment = lower::lower(&tree, text, lint::allowable(), &mut origins, &mut sink);
    if !sink.has_errors() {
        report_refusals(&deployment, &origins, &tree, &mut sink);
        report_too_new(&deployment, &origins, &tree, &mut sink);
    }
    let mut compilation =
        Compilation { sources, sink, tree, origins, deployment: None, facts: Facts::default() };
    lint::mask_secrets(&compilation.tree, &compilation.sources, &mut compilation.sink);
    if compilation.sink.has_errors() {
        return (compilation, None);
    }
    compilation.facts = world(&resolve::wanted(&deployment));
    lower::types::complete(&mut deployment, &compilation.facts, &mut compilation.origins);
    (compilation, Some(deployment))
}

/// Tells the judge which service each place belongs to.
fn belong(tree: &Tree, judge: &mut Judge) {
    for statement in statements(&tree.items) {
        if let (Some("service" | "proxy"), Some(name)) =
            (statement.head(), statement.args.get(1).and_then(Arg::as_word))
        {
            judge.belongs(statement.span, name);
        }
    }
}

/// What the engine that the file requires does not know yet is reported where it was written, once a place.
fn report_too_new(deployment: &Deployment, origins: &Origins, tree: &Tree, sink: &mut Sink) {
    let Some(required) = &deployment.stack.engine else { return };
    let mut told = BTreeSet::new();
    for (feature, origin) in backend::features(deployment) {
        let span = origins.span(origin).unwrap_or(Span::new(tree.file, 0, 0));
        if feature.since() <= required.value || !told.insert((span.start, feature)) {
            continue;
        }
        let message = format!("Docker Engine {} does not know {}", required.value.short(), feature.what());
        let mut found = Diagnostic::error(lower::codes::TOO_NEW, message, span)
            .here(format!("there since Docker Engine {}", feature.since().short()));
        if let Some(required) = origins.span(required.origin) {
            found = found.label(required, "required here");
        }
        sink.push(found.note(note(feature)).help(help(feature)));
    }
}

fn note(feature: Feature) -> &'static str {
    match feature {
        Feature::SymbolicMode => "it builds without a word, and leaves the mode as it is",
        Feature::Subpath => "it mounts the whole volume without a word",
        Feature::NamedContext => "the files of a service or a folder come into the image of a proxy by it",
        _ => "the build or the start would end with an error there",
    }
}

fn help(feature: Feature) -> &'static str {
    match (feature, feature.frontend()) {
        (Feature::NamedContext, _) => {
            "build the images with a newer engine and let the old one run them, without `requires engine`; or serve the \
             files from a volume"
        }
        (_, Some(_)) => {
            "say it in another way, or say `syntax docker/dockerfile:1` in the build: the engine fetches that to read the \
             Dockerfile"
        }
        (_, None) => "say it in another way, or require a newer engine",
    }
}

/// What no artefact can say is reported where it was written.
fn report_refusals(deployment: &Deployment, origins: &Origins, tree: &Tree, sink: &mut Sink) {
    let mut told = BTreeSet::new();
    for refusal in backend::refusals(deployment) {
        let span = origins.span(refusal.origin).unwrap_or(Span::new(tree.file, 0, 0));
        // What is said once can be emitted in several places, such as a header of a site in its routes.
        if !told.insert((span, refusal.why)) {
            continue;
        }
        sink.push(
            Diagnostic::error(lower::codes::INEXPRESSIBLE, "this cannot be written in what is emitted", span)
                .here(refusal.why)
                .help("say it in another way"),
        );
    }
}

impl Compilation {
    /// Runs the rules over what the file describes.
    fn lint(&mut self, deployment: &Deployment, judge: &mut Judge) {
        let Self { sources, sink, tree, origins, facts, .. } = self;
        let subject = Subject { deployment, file: tree.file, facts, origins, sources };
        lint::run(&subject, judge, sink);
    }

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
