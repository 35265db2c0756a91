//! The steps of one stage of a build, in order.

use super::build::declare_arg;
use super::codes;
use super::context::{Context, Fitted};
use super::images::KnownImage;
use super::names::{SECRET, STAGE, find, report_unknown};
use super::text::{Exposure, Raw, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::compose::Command;
use crate::model::dockerfile::{Copy, CopyFrom, Op, Run, RunMount, Stage, Step};
use crate::model::image::ImageRef;
use crate::model::names::{EnvName, InputName, SecretName, StageName};
use crate::model::path::ContainerPath;
use crate::model::port::PortRange;
use crate::model::stack::LiteralSlot;
use crate::model::values::{Part, Text, VarOp};
use crate::schema::Kind;
use crate::source::{At, Origin};
use crate::syntax::stack::tree::Arg;

/// A stage while it is put together.
#[derive(Clone, Debug)]
pub(crate) struct StageDraft {
    pub(crate) name: Option<At<StageName>>,
    pub(crate) base: Option<Text>,
    pub(crate) base_inputs: Vec<(InputName, VarOp, Origin)>,
    pub(crate) inputs: Vec<(InputName, VarOp, Origin)>,
    pub(crate) known: Option<&'static KnownImage>,
    pub(crate) steps: Vec<Step>,
    pub(crate) entrypoint: Option<At<Command>>,
    pub(crate) command: Option<At<Command>>,
    pub(crate) user: Option<Text>,
    pub(crate) workdir: String,
    pub(crate) secrets: Vec<At<SecretName>>,
    pub(crate) has_health: bool,
    pub(crate) origin: Origin,
}

impl StageDraft {
    pub(crate) fn new(name: Option<At<StageName>>, origin: Origin) -> Self {
        Self {
            name,
            base: None,
            base_inputs: Vec::new(),
            inputs: Vec::new(),
            known: None,
            steps: Vec::new(),
            entrypoint: None,
            command: None,
            user: None,
            workdir: "/".to_owned(),
            secrets: Vec::new(),
            has_health: false,
            origin,
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
        Stage { base, name: self.name, steps, origin }
    }
}

impl<'t> Context<'_, 't> {
    /// Lowers the steps of a `stage`, or those of a `build` itself.
    pub(crate) fn stage(
        &mut self,
        block: &Fitted<'t>,
        fitted: &[Fitted<'t>],
        earlier: &[StageDraft],
        stage: &mut StageDraft,
    ) {
        if let Some(base) = fitted.iter().find(|fit| fit.row.id == "base") {
            self.base(base.arg(0), earlier, stage);
        } else {
            let message = "this build has no base".to_owned();
            self.missing_in(
                block.items(),
                fitted,
                block.span(),
                message,
                "add `base IMAGE:TAG` as its first step",
            );
        }
        for fit in fitted {
            let named = self.granted.len();
            self.step(fit, earlier, stage);
            self.check_paths(fit, named, stage);
            let inputs = self.take_inputs(fit.span());
            stage.inputs.extend(inputs);
        }
    }

    /// The path of a secret is of use where the file is: in the running container, or in a step that is given it.
    fn check_paths(&mut self, fit: &Fitted<'t>, named: usize, stage: &StageDraft) {
        if matches!(
            fit.row.id,
            "command" | "command-shell" | "entrypoint" | "entrypoint-shell" | "health-exec" | "health-shell"
        ) {
            return;
        }
        for (name, _) in self.granted.split_off(named) {
            let given = match stage.steps.last().map(|step| &step.op) {
                Some(Op::Run(run)) => run
                    .mounts
                    .iter()
                    .any(|mount| matches!(mount, RunMount::Secret { name: other, .. } if *other == name)),
                _ => false,
            };
            if !given {
                let message = format!("this step names the file of the secret `{name}`, but is not given it");
                self.missing(fit.span(), message, format!("write `run \"...\" {{ secret {name} }}`"));
            }
        }
    }

    fn step(&mut self, fit: &Fitted<'t>, earlier: &[StageDraft], stage: &mut StageDraft) {
        let mut origin = fit.origin;
        let op = match fit.row.id {
            "copy" | "copy-stage" | "copy-image" => self.copy(fit, earlier).map(Op::Copy),
            "run" => self.run(fit, stage).map(Op::Run),
            "apt" => {
                origin = self.origins.lowered("apt-packages", origin);
                self.apt(fit, origin).map(Op::Run)
            }
            "pip" => {
                origin = self.origins.lowered("pip-requirements", origin);
                self.pip(fit, origin).map(Op::Run)
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
                    .map(|arg| self.typed::<PortRange>(arg, Reader::Build).map(|port| port.text))
                    .collect();
                ports.map(Op::Expose)
            }
            "labels" => {
                let mut labels = Vec::new();
                self.label_pairs(fit.items(), Reader::Build, &mut labels);
                (!labels.is_empty()).then_some(Op::Label(labels))
            }
            "entrypoint" | "entrypoint-shell" => {
                stage.entrypoint = self.command(fit, Reader::Fixed);
                stage.command = None;
                stage.entrypoint.clone().map(|command| Op::Entrypoint(command.value))
            }
            "command" | "command-shell" => {
                stage.command = self.command(fit, Reader::Fixed);
                stage.command.clone().map(|command| Op::Cmd(command.value))
            }
            "health-exec" | "health-shell" => {
                stage.has_health = true;
                self.health_test(fit, Reader::Fixed).map(|test| Op::Health(self.health(fit, test)))
            }
            "base" | "stage" | "source" | "dockerfile" | "ignore" | "provides" | "allow" => None,
            other => unreachable!("the row {other} of a build has no lowering"),
        };
        stage.steps.extend(op.map(|op| Step::new(op, origin)));
    }

    fn copy(&mut self, fit: &Fitted<'t>, earlier: &[StageDraft]) -> Option<Copy> {
        let from = match fit.row.id {
            "copy-stage" => Some(CopyFrom::Stage(self.stage_name(fit.arg(2), earlier)?)),
            "copy-image" => Some(CopyFrom::Image(self.typed::<ImageRef>(fit.arg(2), Reader::Build)?.text)),
            _ => None,
        };
        let mut sources = Vec::new();
        for arg in fit.bound.rest(0) {
            let text = self.text(arg, Reader::Build, Exposure::Layer)?;
            let leads_out = text.as_literal().is_some_and(|t| t.split('/').any(|part| part == ".."));
            if from.is_none() && (leads_out || text.as_literal().is_some_and(|t| t.starts_with('/'))) {
                self.sink.push(
                    Diagnostic::error(
                        codes::PATH_OUTSIDE,
                        "`copy` reaches only into the build context",
                        arg.span,
                    )
                    .here("leads out of it")
                    .help("widen the context with `source`, or name the path from its folder"),
                );
                return None;
            }
            sources.push(text);
        }
        let mut target = self.text(fit.arg(1), Reader::Build, Exposure::Layer)?;
        if sources.len() > 1 && !target.as_literal().is_some_and(|t| t.ends_with('/')) {
            target.parts.push(Part::Lit("/".to_owned()));
            target = Text::from_parts(target.parts, target.origin);
        }
        Some(Copy { from, chown: None, sources, target })
    }

    fn stage_name(&mut self, arg: &Arg, earlier: &[StageDraft]) -> Option<StageName> {
        let text = self.plain(arg)?;
        let names: Vec<StageName> =
            earlier.iter().filter_map(|s| s.name.as_ref().map(|n| n.value.clone())).collect();
        if let Some(name) = names.iter().find(|name| name.as_str() == text) {
            return Some(name.clone());
        }
        report_unknown(self.sink, &self.names, &STAGE, names.iter().map(StageName::as_str), &text, arg.span);
        None
    }

    fn run(&mut self, fit: &Fitted<'t>, stage: &mut StageDraft) -> Option<Run> {
        let mut mounts = Vec::new();
        for inner in self.block(fit.items(), Kind::Run) {
            match inner.row.id {
                "run-cache" => {
                    let target = self.fixed::<ContainerPath>(inner.arg(0))?.to_string();
                    mounts.push(RunMount::Cache { target, locked: false });
                }
                "run-secret" => mounts.push(self.run_secret(&inner, stage)?),
                other => unreachable!("the row {other} of a run step has no lowering"),
            }
        }
        let text = self.text(fit.arg(0), Reader::BuildShell, Exposure::Layer)?;
        let several =
            text.parts.iter().any(|part| matches!(part, Part::Lit(t) if t.trim_end().contains('\n')));
        let text = if several {
            let first = std::iter::once(Part::Lit("set -e\n".to_owned()));
            Text::from_parts(first.chain(text.parts), text.origin)
        } else {
            text
        };
        Some(Run { mounts, command: Command::Shell(text) })
    }

    fn run_secret(&mut self, inner: &Fitted<'t>, stage: &mut StageDraft) -> Option<RunMount> {
        let arg = inner.arg(0);
        let text = self.plain(arg)?;
        let name = find(self.sink, &self.names, &SECRET, &self.names.secrets, &text, arg.span)?.name.clone();
        stage.secrets.push(At::new(name.clone(), inner.origin));
        let target = match inner.bound.get(1) {
            Some(arg) => Some(self.typed::<ContainerPath>(arg, Reader::Build)?.text),
            None => None,
        };
        let uid = stage.user.as_ref().and_then(Text::as_literal).and_then(|user| user.split(':').next());
        let uid = uid.filter(|uid| uid.chars().all(|c| c.is_ascii_digit()) && *uid != "0").map(str::to_owned);
        Some(RunMount::Secret { name, target, uid })
    }

    fn apt(&mut self, fit: &Fitted<'t>, origin: Origin) -> Option<Run> {
        let mut packages = Vec::new();
        for arg in fit.bound.rest(0) {
            let text = self.plain(arg)?;
            let valid = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.:=~/".contains(c));
            if !valid {
                self.wrong_type(arg, "the name of a Debian package", "libpq5");
                return None;
            }
            packages.push(text);
        }
        let cache = |target: &str| RunMount::Cache { target: target.to_owned(), locked: true };
        let text =
            format!("apt-get update && apt-get install -y --no-install-recommends {}", packages.join(" "));
        Some(Run {
            mounts: vec![cache("/var/cache/apt"), cache("/var/lib/apt")],
            command: Command::Shell(Text::literal(text, origin)),
        })
    }

    fn pip(&mut self, fit: &Fitted<'t>, origin: Origin) -> Option<Run> {
        let source = self.text(fit.arg(0), Reader::Build, Exposure::Layer)?;
        let target = Text::literal("/tmp/requirements.txt", origin);
        Some(Run {
            mounts: vec![
                RunMount::Bind { source, target },
                RunMount::Cache { target: "/root/.cache/pip".to_owned(), locked: false },
            ],
            command: Command::Shell(Text::literal("pip install -r /tmp/requirements.txt", origin)),
        })
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

    fn arg(&mut self, fit: &Fitted<'t>) -> Option<Op> {
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
            let Some(mut value) = self.text(pair.value, Reader::Build, Exposure::Layer) else { continue };
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
