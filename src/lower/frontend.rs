//! What of a Dockerfile stands above its stages: parser directives, variables of every `base`; and the bases.

use std::collections::BTreeSet;

use super::codes;
use super::context::Context;
use super::fitting::{Contents, Fitted};
use super::images;
use super::steps::StageDraft;
use super::text::{Exposure, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::build_scalar::Platform;
use crate::model::dockerfile::{Directive, DirectiveKind, Op, Step};
use crate::model::image::ImageRef;
use crate::model::names::InputName;
use crate::model::values::{Part, Scope, Text, VarOp};
use crate::schema::{Kind, Row};
use crate::source::{At, Origin, Span};
use crate::syntax::stack::tree::{StmtId, statements};
use crate::vocabulary::dockerfile::{Channel, PLATFORM_VARIABLES, Word, checks, is_check, named};

/// What a stage finds above it.
#[derive(Clone, Copy)]
pub(crate) struct Before<'s> {
    /// The stages that it may start from and take from.
    pub(crate) stages: &'s [StageDraft],
    pub(crate) globals: &'s Globals,
    pub(crate) frontend: &'s Frontend,
}

/// What reads the Dockerfile.
#[derive(Clone, Debug)]
pub(crate) enum Frontend {
    /// What the engine has built in.
    Engine,
    /// The image that `syntax` names.
    Image(At<ImageRef>),
    /// What `syntax` names was reported as wrong.
    Unknown,
}

/// `arg` before the first `base`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Globals {
    pub(crate) steps: Vec<Step>,
    /// The inputs that their defaults are made of.
    pub(crate) inputs: Vec<(InputName, VarOp, Origin)>,
    /// Whether one of them has a mistake: which they are is not known then.
    in_doubt: bool,
}

impl Globals {
    fn declares(&self, name: &str) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(&step.op, Op::Arg { name: other, .. } if other.as_str() == name))
    }

    /// A text with those variables at their defaults, if that can be known.
    fn resolved(&self, text: &Text) -> Option<String> {
        resolved(text, &self.steps)
    }
}

/// A text with variables at the defaults that these steps give them; each default knows the steps before it.
fn resolved(text: &Text, steps: &[Step]) -> Option<String> {
    let parts = text.parts.iter().map(|part| match part {
        Part::Lit(literal) => Some(literal.clone()),
        Part::Var(var) => match &var.op {
            VarOp::Default(default) => Some(default.clone()),
            VarOp::Required(_) | VarOp::Other(_) => None,
            VarOp::None => steps.iter().enumerate().rev().find_map(|(index, step)| {
                let Op::Arg { name, default } = &step.op else { return None };
                (name.as_str() == var.name).then(|| resolved(default.as_ref()?, &steps[..index]))?
            }),
        },
    });
    parts.collect()
}

impl<'t> Context<'_, 't> {
    /// `syntax` and `check` of a build, and what reads its Dockerfile then.
    pub(crate) fn directives(
        &mut self,
        build: &Fitted<'t>,
        fitted: &[Fitted<'t>],
    ) -> (Vec<Directive>, Frontend) {
        let mut directives = Vec::new();
        let syntax = fitted.iter().find(|fit| fit.row.id == "syntax=");
        let image =
            syntax.and_then(|fit| self.fixed::<ImageRef>(fit.arg(0)).map(|image| At::new(image, fit.origin)));
        let frontend = match image {
            Some(image) => {
                let value = image.value.text.clone();
                directives.push(Directive { kind: DirectiveKind::Syntax, value, origin: image.origin });
                Frontend::Image(image)
            }
            None if statements(build.items()).any(|other| other.head() == Some("syntax")) => {
                Frontend::Unknown
            }
            None => Frontend::Engine,
        };
        let mut options: Vec<String> = Vec::new();
        let mut origin = None;
        for (id, option) in
            [("check=skip", "skip"), ("check=experimental", "experimental"), ("check=error", "error")]
        {
            let said: Vec<&Fitted<'t>> = fitted.iter().filter(|fit| fit.row.id == id).collect();
            let Some(first) = said.first() else { continue };
            origin = origin.or(Some(first.origin));
            let mut names: Vec<String> = Vec::new();
            for arg in said.iter().flat_map(|fit| fit.bound.rest(0)) {
                let Some(name) = self.plain(arg) else { continue };
                if is_check(&name) {
                    names.push(name);
                } else {
                    self.report_unknown_check(&name, arg.span);
                }
            }
            // `all` stands alone, or it would be taken for the name of a check.
            if names.iter().any(|name| name == "all") {
                names = vec!["all".to_owned()];
            }
            let value = if option == "error" { "true".to_owned() } else { names.join(",") };
            options.push(format!("{option}={value}"));
        }
        directives.extend(origin.map(|origin| Directive {
            kind: DirectiveKind::Check,
            value: options.join(";"),
            origin,
        }));
        (directives, frontend)
    }

    fn report_unknown_check(&mut self, name: &str, span: Span) {
        let diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            format!("the builder has no check `{name}`"),
            span,
        )
        .help("the checks are listed at https://docs.docker.com/reference/build-checks/; `all` stands for each of them")
        .did_you_mean(crate::diagnostic::nearest(name, checks()));
        self.sink.push(diagnostic);
    }

    /// Takes the `arg`s before the first `base` or `stage` out of the steps of a build.
    pub(crate) fn globals(&mut self, fitted: &Contents<'t>) -> (Globals, Contents<'t>) {
        let is_first = |fit: &Fitted<'t>| matches!(fit.row.id, "base" | "stage");
        // What is only guessed to be one may as well stand anywhere.
        let first = fitted.iter().position(|fit| is_first(fit) && fit.certain);
        let first = first.or_else(|| fitted.iter().position(is_first)).unwrap_or(0);
        let above = &fitted[..first];
        let mut globals = Globals { in_doubt: fitted.doubt.covers(&["arg"]), ..Globals::default() };
        for fit in above.iter().filter(|fit| fit.row.id == "arg") {
            let op = self.arg(fit);
            globals.in_doubt |= op.is_none();
            globals.steps.extend(op.map(|op| Step::new(op, fit.origin)));
            globals.inputs.extend(self.take_inputs(fit.span()));
        }
        let taken: BTreeSet<StmtId> =
            above.iter().filter(|fit| fit.row.id == "arg").map(|fit| fit.statement.id).collect();
        (globals, fitted.only(|fit| !taken.contains(&fit.statement.id)))
    }

    /// The `base` of a stage: an earlier stage, or an image.
    pub(crate) fn base(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &mut StageDraft) {
        let arg = fit.arg(0);
        for option in self.block_of(fit.statement, Kind::Base) {
            let platform = self.typed::<Platform>(option.arg(0), Reader::Build).map(|platform| platform.text);
            if let Some(platform) = &platform {
                self.check_global_variables(platform, before, option.arg(0).span);
            }
            stage.platform = platform;
        }
        let named =
            |other: &&StageDraft, word| other.name.as_ref().is_some_and(|name| name.value.as_str() == word);
        let earlier = arg.as_word().and_then(|word| before.stages.iter().find(|other| named(other, word)));
        if let (Some(earlier), Some(word)) = (earlier, arg.as_word()) {
            stage.known = earlier.known;
            if earlier.doubt.covers(&["base"]) {
                stage.doubt.add("base");
            }
            stage.user.clone_from(&earlier.user);
            stage.workdir.clone_from(&earlier.workdir);
            stage.shell.clone_from(&earlier.shell);
            stage.entrypoint.clone_from(&earlier.entrypoint);
            stage.command.clone_from(&earlier.command);
            stage.base = Some(Text::literal(word, self.origins.written(arg.span)));
            stage.base_inputs = self.take_inputs(arg.span);
            return;
        }
        let Some(image) = self.typed::<ImageRef>(arg, Reader::Build) else { return };
        self.check_global_variables(&image.text, before, arg.span);
        let resolved = || ImageRef::parse(&before.globals.resolved(&image.text)?);
        stage.known = image.known().cloned().or_else(resolved).as_ref().and_then(images::known);
        stage.base_inputs = self.take_inputs(arg.span);
        stage.base = Some(image.text);
    }

    /// `FROM` knows no variables but those above it.
    pub(crate) fn check_global_variables(&mut self, text: &Text, before: Before<'_>, span: Span) {
        if before.globals.in_doubt {
            return;
        }
        let unknown = text.variables().find(|var| {
            var.scope == Scope::Build
                && !has_default(&var.op)
                && !before.globals.declares(&var.name)
                && !PLATFORM_VARIABLES.contains(&var.name.as_str())
                && !self.build_inputs.iter().any(|(input, _)| input.as_str() == var.name)
        });
        if let Some(var) = unknown {
            let name = &var.name;
            self.missing(
                span,
                format!("`${name}` is not known before the first `base`"),
                format!("write `arg {name} VALUE` above the first `base` or `stage` of the build"),
            );
        }
    }

    /// The options of a step, each known to what reads the Dockerfile.
    pub(crate) fn step_options(
        &mut self,
        fit: &Fitted<'t>,
        kind: Kind,
        before: Before<'_>,
        stage: &StageDraft,
    ) -> Contents<'t> {
        let options = self.block_of(fit.statement, kind);
        for option in options.iter() {
            self.understood(option, before, stage);
        }
        options
    }

    /// Reports a word that what reads the Dockerfile is known not to have. The triggers of `onbuild` are read by
    /// another build's.
    pub(crate) fn understood(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &StageDraft) {
        let Some(word) = named(fit.row.id).filter(|_| !stage.is_trigger) else { return };
        let Some(lack) = lack(word, before.frontend) else { return };
        let head = Row::head(fit.row);
        let mut diagnostic = match lack {
            Lack::Channel => Diagnostic::error(
                codes::MISSING_STATEMENT,
                format!("`{head}` is not in the stable syntax of Dockerfiles"),
                fit.span(),
            )
            .help("let the build say `syntax docker/dockerfile:1-labs`"),
            Lack::Version => Diagnostic::error(
                codes::CONFLICT,
                format!("`{head}` is there since version {} of the Dockerfile syntax", word.since),
                fit.span(),
            )
            .help("name a later version, or `docker/dockerfile:1` for the newest"),
        };
        if let Frontend::Image(image) = before.frontend
            && let Some(at) = self.origins.span(image.origin)
        {
            diagnostic = diagnostic.label(at, "this image reads the Dockerfile");
        }
        self.sink.push(diagnostic);
    }

    /// A text for a slot that holds no variables.
    pub(crate) fn layer_literal(&mut self, arg: &crate::syntax::stack::tree::Arg) -> Option<Text> {
        self.text(arg, Reader::Fixed, Exposure::Layer)
    }
}

/// Whether a variable says what stands for it when nothing is given.
fn has_default(op: &VarOp) -> bool {
    match op {
        VarOp::Default(_) => true,
        VarOp::Other(operator) => operator.starts_with(['-', '+']) || operator.starts_with(":+"),
        VarOp::None | VarOp::Required(_) => false,
    }
}

/// What a frontend lacks for a word.
enum Lack {
    /// The word is in the labs channel only.
    Channel,
    /// The frontend is older than the word.
    Version,
}

/// What the frontend lacks, as far as it is known: an image of another name may have any word, and what the engine
/// has built in is newer from engine to engine.
fn lack(word: &Word, frontend: &Frontend) -> Option<Lack> {
    let image = match frontend {
        Frontend::Engine => return (word.channel == Channel::Labs).then_some(Lack::Channel),
        Frontend::Unknown => return None,
        Frontend::Image(image) => &image.value,
    };
    let repository = image.repository.strip_prefix("docker.io/").unwrap_or(&image.repository);
    if repository != "docker/dockerfile" || image.digest.is_some() {
        return None;
    }
    let tag = image.tag.as_deref().unwrap_or("latest");
    match (word.channel, tag == "labs" || tag.ends_with("-labs")) {
        (_, true) => None,
        (Channel::Labs, false) => Some(Lack::Channel),
        (Channel::Stable, false) => {
            (minor_version(tag)? < minor_version(word.since)?).then_some(Lack::Version)
        }
    }
}

/// The `19` of `1.19` and of `1.19.0`.
fn minor_version(text: &str) -> Option<u32> {
    text.strip_prefix("1.")?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Frontend, Lack, lack};
    use crate::model::image::ImageRef;
    use crate::source::{At, Origins};
    use crate::vocabulary::dockerfile::named;

    /// What is lacking, in a word.
    fn lacks(word: &str, frontend: &str) -> &'static str {
        let origin = Origins::default().by_default("test", None);
        let frontend = match ImageRef::parse(frontend) {
            Some(image) => Frontend::Image(At::new(image, origin)),
            None => Frontend::Engine,
        };
        match lack(named(word).unwrap(), &frontend) {
            None => "nothing",
            Some(Lack::Channel) => "channel",
            Some(Lack::Version) => "version",
        }
    }

    #[test]
    fn a_frontend_that_is_known_not_to_have_a_word_is_found() {
        for (word, frontend, lacking) in [
            ("COPY --parents", "", "nothing"),
            ("COPY --parents", "docker/dockerfile:1", "nothing"),
            ("COPY --parents", "docker/dockerfile:1.19", "version"),
            ("COPY --parents", "docker.io/docker/dockerfile:1.19.0", "version"),
            ("COPY --parents", "docker/dockerfile:1.20", "nothing"),
            ("COPY --parents", "docker/dockerfile:1.7-labs", "nothing"),
            ("COPY --parents", "example.org/frontend:1.2", "nothing"),
            ("COPY --chown", "docker/dockerfile:1.0", "nothing"),
            ("RUN --device", "", "channel"),
            ("RUN --device", "docker/dockerfile:1", "channel"),
            ("RUN --device", "docker/dockerfile:1-labs", "nothing"),
            ("RUN --device", "docker/dockerfile:labs", "nothing"),
            ("RUN --device", "example.org/frontend", "nothing"),
        ] {
            assert_eq!(lacks(word, frontend), lacking, "{word} {frontend}");
        }
    }
}
