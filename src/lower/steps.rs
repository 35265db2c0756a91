//! The steps of one stage of a build, in order.

use super::build::declare_arg;
use super::codes;
use super::context::Context;
use super::fitting::{Contents, Doubt, Fitted};
use super::frontend::Before;
use super::images::KnownImage;
use super::ssh_keys::HandedOn;
use super::text::{Exposure, Raw, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::build_scalar::Signal;
use crate::model::compose::Command;
use crate::model::dockerfile::{Op, RunMount, Stage, Step};
use crate::model::names::{EnvName, InputName, SecretName, StageName};
use crate::model::path::ContainerPath;
use crate::model::port::ExposedPorts;
use crate::model::stack::LiteralSlot;
use crate::model::values::{Text, VarOp};
use crate::schema::Kind;
use crate::source::{At, Origin, Span};
use crate::syntax::stack::tree::Arg;

/// A stage while it is put together.
#[derive(Clone, Debug)]
pub(crate) struct StageDraft {
    pub(crate) name: Option<At<StageName>>,
    pub(crate) base: Option<Text>,
    pub(crate) platform: Option<Text>,
    pub(crate) base_inputs: Vec<(InputName, VarOp, Origin)>,
    pub(crate) inputs: Vec<(InputName, VarOp, Origin)>,
    pub(crate) known: Option<&'static KnownImage>,
    pub(crate) steps: Vec<Step>,
    /// Stages that steps of this one take from, which nobody wrote; they come right before it.
    pub(crate) before: Vec<StageDraft>,
    /// The statement that installs packages of Python, and whether into an environment.
    pub(crate) python: Option<(Span, bool)>,
    pub(crate) entrypoint: Option<At<Command>>,
    pub(crate) command: Option<At<Command>>,
    pub(crate) user: Option<Text>,
    pub(crate) workdir: String,
    /// What `shell` says that shell texts are handed to; empty if it says nothing.
    pub(crate) shell: Vec<Text>,
    pub(crate) secrets: Vec<At<SecretName>>,
    /// The agents and keys that steps ask.
    pub(crate) ssh: Vec<HandedOn>,
    pub(crate) has_health: bool,
    /// Whether the steps are those of `onbuild`, which another build runs.
    pub(crate) is_trigger: bool,
    pub(crate) origin: Origin,
    /// What may be meant by steps that have a mistake.
    pub(crate) doubt: Doubt,
}

impl StageDraft {
    pub(crate) fn new(name: Option<At<StageName>>, origin: Origin) -> Self {
        Self {
            name,
            base: None,
            platform: None,
            base_inputs: Vec::new(),
            inputs: Vec::new(),
            known: None,
            steps: Vec::new(),
            before: Vec::new(),
            python: None,
            entrypoint: None,
            command: None,
            user: None,
            workdir: "/".to_owned(),
            shell: Vec::new(),
            secrets: Vec::new(),
            ssh: Vec::new(),
            has_health: false,
            is_trigger: false,
            origin,
            doubt: Doubt::default(),
        }
    }

    /// Steps for another build, which begin where this stage is now.
    fn trigger(&self) -> Self {
        Self { steps: Vec::new(), secrets: Vec::new(), ssh: Vec::new(), is_trigger: true, ..self.clone() }
    }

    /// Whether shell texts are handed to something that reads them as `/bin/sh` would.
    pub(crate) fn has_posix_shell(&self) -> bool {
        let Some(program) = self.shell.first() else { return true };
        let name = program.as_literal().and_then(|path| path.rsplit('/').next());
        name.is_some_and(|name| {
            matches!(name, "sh" | "ash" | "bash" | "busybox" | "dash" | "ksh" | "mksh" | "zsh")
        })
    }

    /// A command that is exactly what its shell text means here.
    fn exact(&self, command: Command) -> Command {
        match command {
            Command::Shell(text) if !self.shell.is_empty() => {
                Command::Exec(self.shell.iter().cloned().chain([text]).collect())
            }
            command => command,
        }
    }

    /// The same as an instruction. Under `defaults secure` it names its shell, so that no later `SHELL` changes it.
    fn instruction(command: &At<Command>, secure: bool) -> Command {
        match &command.value {
            Command::Shell(text) if secure => {
                let word = |word| Text::literal(word, command.origin);
                Command::Exec(vec![word("/bin/sh"), word("-c"), text.clone()])
            }
            command => command.clone(),
        }
    }

    pub(crate) fn base_origin(&self) -> Origin {
        self.base.as_ref().map_or(self.origin, |base| base.origin)
    }

    pub(crate) fn all_inputs(&self) -> Vec<(InputName, VarOp, Origin)> {
        self.base_inputs.iter().chain(&self.inputs).cloned().collect()
    }

    /// Sets what programs on this base should have, before the first step.
    pub(crate) fn add_env(&mut self, origin: Origin) {
        let pairs: Vec<_> = self
            .known
            .map_or(&[][..], |known| known.env)
            .iter()
            .filter_map(|(name, value)| Some((EnvName::parse(name).ok()?, Text::literal(*value, origin))))
            .collect();
        if !pairs.is_empty() {
            self.steps.insert(0, Step::new(Op::Env(pairs), origin));
        }
    }

    /// The stage as it is emitted, its inputs declared first.
    pub(crate) fn finish(self) -> Stage {
        let origin = self.origin;
        let mut inputs = self.inputs;
        inputs.sort_by(|a, b| a.0.cmp(&b.0));
        inputs.dedup_by(|a, b| a.0 == b.0);
        let steps = inputs.iter().map(declare_arg).chain(self.steps).collect();
        let base = self.base.unwrap_or_else(|| Text::literal("scratch", origin));
        Stage { base, platform: self.platform, name: self.name, steps, origin }
    }
}

impl<'t> Context<'_, 't> {
    /// Lowers the steps of a `stage`, or those of a `build` itself.
    pub(crate) fn stage(
        &mut self,
        block: &Fitted<'t>,
        fitted: &Contents<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
    ) {
        stage.doubt.add_all(&fitted.doubt);
        let found = self.finding_count();
        let mut bases: Vec<&Fitted<'t>> = fitted.iter().filter(|fit| fit.row.id == "base").collect();
        // The one that is as it should be counts.
        bases.sort_by_key(|fit| fit.certain);
        for base in &bases {
            self.base(base, before, stage);
        }
        if bases.is_empty() {
            let message = "this build has no base".to_owned();
            let help = "add `base IMAGE:TAG` as its first step";
            self.missing_in(
                fitted,
                &["base", "stage", "raw compose", "dockerfile", "dockerfile_inline"],
                block.span(),
                message,
                help,
            );
        }
        if self.finding_count() > found {
            stage.doubt.add("base");
        }
        for fit in fitted.iter() {
            let named = self.granted.len();
            let found = self.finding_count();
            self.step(fit, before, stage);
            self.check_paths(fit, named, stage);
            if self.finding_count() > found {
                stage.doubt.add(fit.row.head());
            }
            let inputs = self.take_inputs(fit.span());
            stage.inputs.extend(inputs);
        }
    }

    /// The path of a secret is of use where the file is: in the running container, or in a step that is given it.
    fn check_paths(&mut self, fit: &Fitted<'t>, named: usize, stage: &StageDraft) {
        if matches!(
            fit.row.id,
            "command"
                | "command-shell"
                | "entrypoint"
                | "entrypoint-shell"
                | "health-exec"
                | "health-shell"
                | "COPY heredoc"
                | "ONBUILD"
        ) {
            return;
        }
        for (name, _) in self.granted.split_off(named) {
            let given = match stage.steps.last().map(|step| &step.op) {
                Some(Op::Run(run)) => run.mounts.iter().any(|mount| {
                    matches!(mount, RunMount::Secret(secret) if secret.name == name && secret.path().is_some())
                }),
                _ => false,
            };
            if !given {
                let message = format!("this step names the file of the secret `{name}`, but is not given it");
                self.missing(fit.span(), message, format!("write `run \"...\" {{ secret {name} }}`"));
            }
        }
    }

    fn step(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &mut StageDraft) {
        self.understood(fit, before, stage);
        let mut origin = fit.origin;
        let op = match fit.row.id {
            "copy" | "copy-stage" | "copy-image" => self.copy(fit, before, stage).map(Op::Copy),
            "ADD" => self.add(fit, before, stage).map(Op::Add),
            "COPY heredoc" => self.inline_file(fit, before, stage).map(Op::File),
            "run" | "RUN exec" => self.run(fit, before, stage).map(Op::Run),
            "apt" => {
                origin = self.origins.lowered("apt-packages", origin);
                self.apt(fit, stage, origin).map(Op::Run)
            }
            "pip" | "uv" | "npm" | "pnpm" => {
                let (why, op) = self.packages(fit, before, stage);
                origin = why;
                op
            }
            "build-workdir" => self.workdir(fit, stage),
            "build-user" => {
                stage.user = self.text(fit.arg(0), Reader::Build, Exposure::Layer);
                stage.user.clone().map(Op::User)
            }
            "arg" => self.arg(fit),
            "env" => self.image_env(fit),
            "expose" => {
                let ports: Option<Vec<Text>> = fit
                    .bound
                    .rest(0)
                    .iter()
                    .map(|arg| self.typed::<ExposedPorts>(arg, Reader::Build).map(|port| port.text))
                    .collect();
                ports.map(Op::Expose)
            }
            "labels" => {
                let mut labels = Vec::new();
                self.label_pairs(fit, Reader::Build, &mut labels);
                (!labels.is_empty()).then_some(Op::Label(labels))
            }
            "entrypoint" | "entrypoint-shell" => {
                stage.entrypoint = self.image_command(fit, stage);
                stage.command = None;
                let entrypoint = stage.entrypoint.as_ref();
                entrypoint.map(|command| Op::Entrypoint(StageDraft::instruction(command, self.secure())))
            }
            "command" | "command-shell" => {
                stage.command = self.image_command(fit, stage);
                stage.command.as_ref().map(|command| Op::Cmd(StageDraft::instruction(command, self.secure())))
            }
            "entrypoint-none" => {
                let none = At::new(Command::Exec(Vec::new()), fit.origin);
                stage.entrypoint = Some(none);
                stage.command = None;
                Some(Op::Entrypoint(Command::Exec(Vec::new())))
            }
            "command-none" => {
                let none = At::new(Command::Exec(Vec::new()), fit.origin);
                stage.command = Some(none);
                Some(Op::Cmd(Command::Exec(Vec::new())))
            }
            "health-exec" | "health-shell" => {
                stage.has_health = true;
                let test = self.health_test(fit, Reader::Fixed);
                let test = if self.secure() { test.map(|test| stage.exact(test)) } else { test };
                let known = test.is_some();
                let health = self.image_health(fit, test.unwrap_or(Command::Exec(Vec::new())));
                known.then_some(Op::Health(health))
            }
            "HEALTHCHECK none" => {
                stage.has_health = false;
                Some(Op::NoHealth)
            }
            "SHELL" => self.shell(fit, stage),
            "STOPSIGNAL" => {
                self.typed::<Signal>(fit.arg(0), Reader::Build).map(|signal| Op::StopSignal(signal.text))
            }
            "VOLUME" => {
                let paths: Option<Vec<Text>> = fit
                    .bound
                    .rest(0)
                    .iter()
                    .map(|arg| self.typed::<ContainerPath>(arg, Reader::Build).map(|path| path.text))
                    .collect();
                paths.map(Op::Volume)
            }
            "MAINTAINER" => self.text(fit.arg(0), Reader::Fixed, Exposure::Layer).map(Op::Maintainer),
            "ONBUILD" => {
                self.onbuild(fit, before, stage);
                None
            }
            "raw-dockerfile" => {
                self.raw_dockerfile(fit, stage);
                None
            }
            // Lowered with the file or the stage as a whole.
            "base" | "stage" | "source" | "source-git" | "dockerfile" | "ignore" | "provides" | "allow"
            | "syntax=" | "check=error" | "check=experimental" | "check=skip" => None,
            other => unreachable!("the row {other} of a build has no lowering"),
        };
        stage.steps.extend(op.map(|op| Step::new(op, origin)));
    }

    /// `command` and `entrypoint`; a shell text is handed to what `shell` says.
    fn image_command(&mut self, fit: &Fitted<'t>, stage: &StageDraft) -> Option<At<Command>> {
        let command = self.command(fit, Reader::Fixed)?;
        let value = if self.secure() { stage.exact(command.value) } else { command.value };
        Some(At::new(value, command.origin))
    }

    fn shell(&mut self, fit: &Fitted<'t>, stage: &mut StageDraft) -> Option<Op> {
        let words: Option<Vec<Text>> =
            fit.bound.rest(0).iter().map(|arg| self.text(arg, Reader::Fixed, Exposure::Layer)).collect();
        stage.shell = words?;
        Some(Op::Shell(stage.shell.clone()))
    }

    /// The steps of `onbuild`. They change nothing here, and what this build knows the next one does not.
    fn onbuild(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &mut StageDraft) {
        let mut trigger = stage.trigger();
        for inner in self.block(fit.items(), Kind::Onbuild) {
            let named = self.granted.len();
            self.step(&inner, before, &mut trigger);
            self.check_paths(&inner, named, &trigger);
            let unknown = std::mem::take(&mut self.build_inputs);
            if let Some((name, _)) = unknown.first() {
                self.sink.push(
                    Diagnostic::error(
                        codes::INPUT_UNSUPPORTED,
                        format!("the input `{name}` cannot be used in `onbuild`"),
                        inner.span(),
                    )
                    .note("these steps run in a build that starts from this image, and which has inputs of its own")
                    .help("write the value itself, or `$NAME` for a variable of the image"),
                );
            }
        }
        stage.secrets.extend(trigger.secrets);
        stage.steps.extend(
            trigger.steps.into_iter().map(|step| Step::new(Op::OnBuild(Box::new(step.op)), step.origin)),
        );
    }

    fn workdir(&mut self, fit: &Fitted<'t>, stage: &mut StageDraft) -> Option<Op> {
        let text = self.text(fit.arg(0), Reader::Build, Exposure::Layer)?;
        if let Some(path) = text.as_literal() {
            let before = ContainerPath::parse(&stage.workdir);
            match before.and_then(|before| before.join(path)) {
                Some(path) if !text.as_literal().is_some_and(str::is_empty) => {
                    stage.workdir = path.to_string();
                }
                _ => {
                    self.wrong_type(fit.arg(0), "a path in the image", "/app");
                    return None;
                }
            }
        }
        Some(Op::Workdir(text))
    }

    pub(crate) fn arg(&mut self, fit: &Fitted<'t>) -> Option<Op> {
        let name = self.fixed::<EnvName>(fit.arg(0))?;
        let default = match fit.bound.get(1) {
            Some(arg) => {
                self.literal_of(&name, arg, LiteralSlot::BuildArg);
                Some(self.text(arg, Reader::Build, Exposure::Layer)?)
            }
            None => None,
        };
        Some(Op::Arg { name, default })
    }

    fn image_env(&mut self, fit: &Fitted<'t>) -> Option<Op> {
        let mut pairs: Vec<(EnvName, Text)> = Vec::new();
        for pair in self.pairs(fit.items(), "a variable") {
            let Some(name) = self.fixed::<EnvName>(pair.name) else { continue };
            self.literal_of(&name, pair.value, LiteralSlot::ImageEnv);
            if let Some(span) = pair.exported {
                self.sink.push(
                    Diagnostic::error(
                        codes::SECRET_EXPORT,
                        "an image's environment cannot be exported to",
                        span,
                    )
                    .help("set the variable in the `env` of the service"),
                );
                continue;
            }
            let value = self.text(pair.value, Reader::Build, Exposure::Layer);
            // A name is taken also by a value with a mistake.
            let mut value = value.unwrap_or_else(|| Text::literal("", self.origins.written(pair.value.span)));
            value.origin = self.origins.written(pair.span());
            match pairs
                .iter()
                .find(|(other, _)| *other == name)
                .and_then(|(_, v)| self.origins.span(v.origin))
            {
                Some(first) => {
                    self.report_twice(format!("the variable `{name}` is set twice"), pair.name.span, first);
                }
                None => pairs.push((name, value)),
            }
        }
        (!pairs.is_empty()).then_some(Op::Env(pairs))
    }

    fn literal_of(&mut self, name: &EnvName, value: &Arg, slot: LiteralSlot) {
        let raw: Vec<Raw> = match self.raw(value) {
            Some(raw) => raw,
            None => return,
        };
        self.note_literal(name, &raw, value, slot);
    }
}
