//! `build`: the stages of a Dockerfile, what it provides, and its place in compose.

use super::codes;
use super::context::Context;
use super::draft::{Draft, ImageRuns};
use super::fitting::{Contents, Fitted};
use super::git::replaces_context;
use super::text::{Exposure, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::compose::extra::{Extra, Value};
use crate::model::compose::{Build, Context as BuildContext, DockerfileRef};
use crate::model::dockerfile::{BuildFile, Op, Step};
use crate::model::names::{EnvName, Extension, InputName};
use crate::model::path::{ContainerPath, HostPath};
use crate::model::stack::{Artifact, HostRoot};
use crate::model::values::{Text, VarOp};
use crate::schema::sentence::holds_reference;
use crate::schema::{Kind, Word};
use crate::source::{At, Origin, Span};
use crate::syntax::stack::tree::statements;

/// The user that a build ends with when nothing says otherwise.
pub(crate) const BUILD_USER: &str = "10001:10001";

impl<'t> Context<'_, 't> {
    /// Lowers a `build` block into the draft.
    pub(crate) fn build(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) {
        // A stage is known in its own build alone, and so is one whose name could not be read.
        let lost = self.names.lost_stages();
        self.build_alone(fit, draft);
        self.names.restore_stages(lost);
    }

    fn build_alone(&mut self, fit: &Fitted<'t>, draft: &mut Draft<'t>) {
        let mut fitted = self.block_of(fit.statement, Kind::Build);
        draft.known = None;
        draft.image_runs = ImageRuns::default();
        self.allows_first(&fitted, fit.statement);
        draft.doubt.add_build(&fitted.doubt);
        if let Some(block) = &fit.statement.block {
            self.note_lost_names(&block.items, Kind::Build, &fitted);
        }
        let elsewhere = self.build_elsewhere(fit);
        let context = match &elsewhere {
            Some(_) => here(),
            None => self.build_context(fit, &fitted),
        };
        let source =
            fitted.iter().find(|inner| inner.row.id == "source").map_or(fit.origin, |inner| inner.origin);
        self.refuse_context(fit, &fitted);
        let (named, found) = (self.granted.len(), self.finding_count());
        let extra = self.compose_words(&fitted);
        if self.finding_count() > found {
            fitted.doubt_words(|stretch| self.is_doubtful(stretch));
        }
        self.refuse_secret_paths(named, "there while an image is built");
        let mut build = Build {
            context: At::new(
                elsewhere
                    .clone()
                    .map_or_else(|| BuildContext::Host(context.clone()), BuildContext::Elsewhere),
                source,
            ),
            dockerfile: At::new(
                DockerfileRef::Emitted(format!("docker/{}/Dockerfile", draft.name())),
                self.origins.lowered("emitted-dockerfile", fit.origin),
            ),
            spelled: None,
            named_contexts: Vec::new(),
            args: Vec::new(),
            secrets: Vec::new(),
            extra,
            origin: fit.origin,
        };
        let fitted =
            fitted.only(|inner| !matches!(inner.row.word, Word::Compose(_)) && inner.row.id != "raw-compose");
        let inline = build.extra.iter().find(|extra| extra.key == "dockerfile_inline");
        let inline = inline.map(|extra| extra.origin);
        match (fitted.iter().find(|inner| inner.row.id == "dockerfile"), inline) {
            (kept, Some(inline)) => {
                build.dockerfile = At::new(DockerfileRef::Inline, inline);
                self.kept_dockerfile(&fitted, &mut build);
                if let Some(kept) = kept {
                    self.report_key_twice("dockerfile", inline, kept.origin);
                }
            }
            (kept, None) if elsewhere.is_some() || kept.is_some_and(of_input) => {
                let path = kept.and_then(|kept| self.text(kept.arg(0), Reader::Compose, Exposure::Text));
                let origin = kept.map_or(fit.origin, |kept| kept.origin);
                build.dockerfile = At::new(DockerfileRef::Elsewhere(path), origin);
                self.kept_dockerfile(&fitted, &mut build);
            }
            (Some(kept), None) => {
                if let Some(path) = self.project_path(kept.arg(0)) {
                    let described = self.described(&context, &path);
                    let reference = match &described {
                        Some(path) => DockerfileRef::Emitted(path.as_str().to_owned()),
                        None => DockerfileRef::Kept(path),
                    };
                    build.dockerfile = At::new(reference, kept.origin);
                    build.spelled = self.plain(kept.arg(0));
                    if let Some(path) = described {
                        self.build_by(&path, &context, fit.origin, draft, &mut build);
                    }
                }
                self.kept_dockerfile(&fitted, &mut build);
            }
            (None, None) => self.emitted_dockerfile(fit, &fitted, &context, draft, &mut build),
        }
        self.word_build_grants(&mut build);
        self.check_build_words(&build);
        draft.service.build = Some(build);
        for inner in fitted.iter().filter(|inner| inner.row.id == "provides") {
            self.provides(inner, &fitted, &context, draft);
        }
    }

    /// The context of a build that is no folder of the project: a repository, or what an input decides.
    fn build_elsewhere(&mut self, fit: &Fitted<'t>) -> Option<Text> {
        let arg = fit.bound.get(0)?;
        let is_repository =
            arg.as_word().is_some_and(|word| word.contains("://") || word.starts_with("git@"));
        if !is_repository && !holds_reference(arg) {
            return None;
        }
        self.text(arg, Reader::Compose, Exposure::Text)
    }

    /// With a repository in place of the build context, there is neither a folder of the host nor anything to ignore.
    fn refuse_context(&mut self, fit: &Fitted<'t>, fitted: &[Fitted<'t>]) {
        let Some(git) = fitted.iter().find(|inner| inner.certain && replaces_context(inner)) else { return };
        let folder = fit.bound.get(0).map(|arg| (arg.span, "the build context is given twice"));
        let said = fitted.iter().filter_map(|inner| match inner.row.id {
            "source" => Some((inner.span(), "the build context is given twice")),
            "ignore" => Some((inner.span(), "there is no build context of which to ignore something")),
            _ => None,
        });
        for (span, message) in folder.into_iter().chain(said).collect::<Vec<_>>() {
            self.sink.push(
                Diagnostic::error(codes::CONFLICT, message, span)
                    .label(git.span(), "the files come from here")
                    .help("remove it; or put the repository into a folder beside the files of this machine: `source git ... at FOLDER`"),
            );
        }
    }

    fn build_context(&mut self, fit: &Fitted<'t>, fitted: &[Fitted<'t>]) -> HostPath {
        let here = here();
        let source = fitted.iter().find(|inner| inner.row.id == "source");
        match (fit.bound.get(0), source) {
            (Some(_), Some(source)) => {
                self.sink.push(
                    Diagnostic::error(codes::CONFLICT, "the build context is given twice", source.span())
                        .label(fit.span(), "the first time")
                        .help("remove one of the two"),
                );
                here
            }
            (Some(arg), None) => self.project_path(arg).unwrap_or(here),
            (None, Some(source)) => self.project_path(source.arg(0)).unwrap_or(here),
            (None, None) => here,
        }
    }

    /// What is said beside a Dockerfile that a person wrote.
    fn kept_dockerfile(&mut self, fitted: &[Fitted<'t>], build: &mut Build) {
        const FITS: &[&str] = &["dockerfile", "source", "provides", "allow"];
        let kept = self.origins.span(build.dockerfile.origin);
        for inner in fitted {
            match inner.row.id {
                "arg" => self.kept_arg(inner, build),
                "labels" => self.kept_labels(inner, build),
                id if FITS.contains(&id) => {}
                _ => {
                    let message =
                        format!("`{}` is a step, but the Dockerfile is one that you keep", inner.row.head());
                    let mut diagnostic = Diagnostic::error(codes::CONFLICT, message, inner.span())
                        .help("write the step into that Dockerfile, or describe the whole build here");
                    if let Some(kept) = kept {
                        diagnostic = diagnostic.label(kept, "this Dockerfile is used as it is");
                    }
                    self.sink.push(diagnostic);
                }
            }
        }
    }

    /// `arg NAME value`, or `arg NAME` for the value that compose finds in its environment.
    fn kept_arg(&mut self, fit: &Fitted<'t>, build: &mut Build) {
        let Some(name) = self.fixed::<EnvName>(fit.arg(0)) else { return };
        let value = match fit.bound.get(1) {
            Some(arg) => match self.text(arg, Reader::Compose, Exposure::Layer) {
                Some(text) => Value::Text(text),
                None => return,
            },
            None => Value::Null,
        };
        let arg = Extra { key: name.to_string(), value, origin: fit.origin };
        self.add_extra(&mut build.extra, in_map("args", arg));
    }

    /// `labels { name value }` beside a Dockerfile that is kept: compose gives them to the image.
    fn kept_labels(&mut self, fit: &Fitted<'t>, build: &mut Build) {
        let mut labels = Vec::new();
        self.label_pairs(fit, Reader::Compose, &mut labels);
        for (name, value) in labels {
            let Some(key) = name.as_literal().map(str::to_owned) else {
                let span = self.origins.span(name.origin).unwrap_or_else(|| fit.span());
                self.sink.push(
                    Diagnostic::error(
                        codes::INPUT_UNSUPPORTED,
                        "the name of this label holds an input",
                        span,
                    )
                    .note("compose expands no names")
                    .help("write the name itself"),
                );
                continue;
            };
            let origin = value.origin;
            let label = Extra { key, value: Value::Text(value), origin };
            self.add_extra(&mut build.extra, in_map("labels", label));
        }
    }

    fn emitted_dockerfile(
        &mut self,
        fit: &Fitted<'t>,
        fitted: &Contents<'t>,
        context: &HostPath,
        draft: &mut Draft<'t>,
        build: &mut Build,
    ) {
        let made = self.assemble(fit, fitted, true);
        let last = made.stages.last().expect("a build has a stage");
        self.use_stage(last, fit.origin, draft);
        Self::hand_over(&made, build);
        let folder = format!("docker/{}", draft.name());
        let by_git = fitted.iter().find(|inner| replaces_context(inner)).map(|inner| inner.origin);
        let ignore = match by_git {
            Some(git) => {
                let origin = self.origins.lowered("git-tree", git);
                build.context = At::new(BuildContext::Emitted(folder.clone()), origin);
                vec![At::new("*".to_owned(), origin)]
            }
            None => self.ignores(fitted, context, fit.origin),
        };
        draft.build = Some(BuildFile {
            path: format!("{folder}/Dockerfile"),
            service: Some(draft.name().clone()),
            context: build.context.value.clone(),
            dockerfile: made.finish(),
            ignore,
        });
    }

    /// The inputs used since the last call, in order of name.
    pub(crate) fn take_inputs(&mut self, span: Span) -> Vec<(InputName, VarOp, Origin)> {
        let mut inputs = std::mem::take(&mut self.build_inputs);
        inputs.sort_by(|a, b| a.0.cmp(&b.0));
        inputs.dedup_by(|a, b| a.0 == b.0);
        let declared = |name: &InputName| self.names.inputs.get(name.as_str()).map(|declared| declared.span);
        let inputs = inputs.into_iter().map(|(name, op)| {
            let used = match declared(&name) {
                Some(at) => {
                    let declared = self.origins.written(at);
                    self.origins.repeated(span, declared)
                }
                None => self.origins.written(span),
            };
            (name, op, self.origins.lowered("build-argument", used))
        });
        inputs.collect()
    }

    pub(crate) fn ignores(
        &mut self,
        fitted: &[Fitted<'t>],
        context: &HostPath,
        build: Origin,
    ) -> Vec<At<String>> {
        let mut ignore = Vec::new();
        if self.secure() {
            let origin = self.origins.by_default("ignored-files", Some(build));
            ignore.extend(IGNORED.iter().map(|pattern| At::new((*pattern).to_owned(), origin)));
        }
        let says = self.secure() || fitted.iter().any(|inner| inner.row.id == "ignore");
        let secrets: Vec<(String, Origin)> = self
            .stack
            .secrets
            .iter()
            .filter(|_| says)
            .filter_map(|secret| {
                let below = secret.source.file()?.below(context).filter(|below| !below.is_empty())?;
                Some((below.to_owned(), secret.name.origin))
            })
            .collect();
        for (path, origin) in secrets {
            let origin = self.origins.lowered("ignored-secret", origin);
            ignore.push(At::new(path, origin));
        }
        for inner in fitted.iter().filter(|inner| inner.row.id == "ignore") {
            for arg in inner.bound.rest(0) {
                let Some(pattern) = self.plain(arg) else { continue };
                if pattern.is_empty() || pattern.contains(char::is_control) {
                    self.wrong_type(arg, "a pattern", "node_modules");
                    continue;
                }
                ignore.push(At::new(pattern, self.origins.written(arg.span)));
            }
        }
        ignore
    }

    fn provides(
        &mut self,
        fit: &Fitted<'t>,
        steps: &[Fitted<'t>],
        context: &HostPath,
        draft: &mut Draft<'t>,
    ) {
        let name = self.declared_name("artefact", fit.arg(0), crate::model::names::ArtifactName::parse);
        let path = self.fixed::<ContainerPath>(fit.arg(1));
        let (mut kinds, mut host_roots) = (Vec::new(), Vec::new());
        for inner in self.block_of(fit.statement, Kind::Provides) {
            for arg in inner.bound.rest(0) {
                if inner.row.id == "kinds" {
                    let Some(kind) = self.fixed::<Extension>(arg) else { continue };
                    let origin = self.origins.written(arg.span);
                    kinds.push(At::new(kind, origin));
                } else if let Some(path) = self.project_path(arg) {
                    let origin = self.origins.written(arg.span);
                    // A checkout need not be there.
                    host_roots.push(HostRoot { path, stated: inner.row.id == "files", origin });
                }
            }
        }
        let (name, path) = match (name, path) {
            (Some(name), Some(path)) => (name, path),
            (Some(name), None) => {
                draft.unplaced.push(name);
                return;
            }
            (None, _) => {
                draft.doubt.add("provides");
                return;
            }
        };
        if let Some(first) = draft.program.artifacts.iter().find(|other| other.name.value == name) {
            let first = self.origins.span(first.name.origin).unwrap_or(fit.span());
            self.report_twice(format!("there are two artefacts named `{name}`"), fit.arg(0).span, first);
            return;
        }
        if !steps.iter().any(replaces_context) {
            host_roots.extend(copied_roots(steps, context, &path));
        }
        let name = At::new(name, fit.origin);
        draft.program.artifacts.push(Artifact { name, path, kinds, host_roots });
    }
}

/// A map of one entry.
fn in_map(key: &str, entry: Extra) -> Extra {
    let origin = entry.origin;
    Extra { key: key.to_owned(), value: Value::Map(vec![entry]), origin }
}

/// Folders of the context that `copy` steps put at or below `path`, or above it.
fn copied_roots(steps: &[Fitted<'_>], context: &HostPath, path: &ContainerPath) -> Vec<HostRoot> {
    let mut workdir = ContainerPath::parse("/").expect("`/` is a path");
    let mut roots = Vec::new();
    for step in steps {
        match step.row.id {
            "build-workdir" => {
                let joined = step.arg(0).as_word().and_then(|word| workdir.join(word));
                workdir = joined.unwrap_or(workdir);
            }
            // With `parents` the sources keep their folders, in which they are not looked for.
            "copy" if !statements(step.items()).any(|option| option.head() == Some("parents")) => {
                let Some(target) = step.bound.arg(1).as_word().and_then(|word| workdir.join(word)) else {
                    continue;
                };
                for source in step.bound.rest(0) {
                    let Some(source) = source.as_word() else { continue };
                    let from = context.join(source);
                    let root = match (path.below(&target), target.below(path)) {
                        (Some(rest), _) => from.join(rest),
                        (None, Some(_)) => from,
                        (None, None) => continue,
                    };
                    roots.push(HostRoot { path: root, stated: false, origin: step.origin });
                }
            }
            _ => {}
        }
    }
    roots
}

/// `ARG` for an input.
pub(crate) fn declare_arg((name, op, origin): &(InputName, VarOp, Origin)) -> Step {
    let default = match op {
        VarOp::Default(text) => Some(Text::literal(text.clone(), *origin)),
        VarOp::None | VarOp::Required(_) | VarOp::Other(_) => None,
    };
    let name = EnvName::parse(name.as_str()).expect("the name of an input is that of a variable");
    Step::new(Op::Arg { name, default }, *origin)
}

/// What no image needs and what must be in none, whatever a `copy` says. Later patterns win.
const IGNORED: &[&str] = &[
    "**/.git",
    "**/.env",
    "**/.env.*",
    "**/*.pem",
    "**/*.key",
    "**/id_rsa*",
    "**/id_ed25519*",
    "**/.ssh",
    "**/.venv",
    "**/__pycache__",
    "**/*.py[co]",
    "**/node_modules",
    "*.stack",
    "**/.stackc-*.json",
    "docker-compose.yml",
];

/// The folder of the stack file.
fn here() -> HostPath {
    HostPath::parse(".").expect("`.` is a path")
}

/// Whether an input decides what a statement names.
fn of_input(fit: &Fitted<'_>) -> bool {
    holds_reference(fit.arg(0))
}
