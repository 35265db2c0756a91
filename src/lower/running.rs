//! `run` with what it is given, and `apt` and `pip`, which run something known.

use super::codes;
use super::context::{Context, Fitted};
use super::copying::is_on;
use super::frontend::Before;
use super::names::{SECRET, find};
use super::steps::StageDraft;
use super::text::{Exposure, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::build_scalar::{DeviceName, OctalMode};
use crate::model::compose::Command;
use crate::model::dockerfile::{
    CacheMount, Device, Ownership, Run, RunMount, RunNetwork, SecretMount, Security, Sharing,
};
use crate::model::names::EnvName;
use crate::model::path::ContainerPath;
use crate::model::scalar::Size;
use crate::model::values::{Part, Text};
use crate::schema::Kind;
use crate::source::{At, Origin};
use crate::syntax::stack::tree::Arg;

impl<'t> Context<'_, 't> {
    pub(crate) fn run(
        &mut self,
        fit: &Fitted<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
    ) -> Option<Run> {
        let command = if fit.row.id == "RUN exec" {
            let words: Option<Vec<Text>> = fit
                .bound
                .rest(0)
                .iter()
                .map(|arg| self.text(arg, Reader::BuildShell, Exposure::Layer))
                .collect();
            Command::Exec(words?)
        } else {
            Command::Shell(self.script(fit, stage)?)
        };
        let mut run = Run { shell: stage.shell.clone(), ..Run::new(command) };
        for option in self.step_options(fit, Kind::Run, before, stage) {
            self.run_option(&option, before, stage, &mut run)?;
        }
        Some(run)
    }

    /// The text for the shell. The first failure among several lines ends it, where the shell is one that can be told.
    fn script(&mut self, fit: &Fitted<'t>, stage: &StageDraft) -> Option<Text> {
        let text = self.text(fit.arg(0), Reader::BuildShell, Exposure::Layer)?;
        let several =
            text.parts.iter().any(|part| matches!(part, Part::Lit(t) if t.trim_end().contains('\n')));
        if !several {
            return Some(text);
        }
        if matches!(text.parts.first(), Some(Part::Lit(first)) if first.starts_with("#!")) {
            if let Some(var) = text.variables().next() {
                self.sink.push(
                    Diagnostic::error(
                        codes::INPUT_UNSUPPORTED,
                        format!("the input `{}` cannot be used here", var.name),
                        fit.span(),
                    )
                    .note("what `#!` names reads the text as it is; only a shell puts variables into it")
                    .help(format!("read the variable `{}` of the environment in the program", var.name)),
                );
                return None;
            }
            return Some(text);
        }
        if !stage.has_posix_shell() {
            return Some(text);
        }
        let first = std::iter::once(Part::Lit("set -e\n".to_owned()));
        Some(Text::from_parts(first.chain(text.parts), text.origin))
    }

    fn run_option(
        &mut self,
        option: &Fitted<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
        run: &mut Run,
    ) -> Option<()> {
        match option.row.head() {
            "network" => {
                run.network = Some(match option.bound.words() {
                    ["none"] => RunNetwork::None,
                    ["host"] => RunNetwork::Host,
                    _ => RunNetwork::Default,
                });
            }
            "security" => {
                let insecure = option.bound.has("insecure");
                run.security = Some(if insecure { Security::Insecure } else { Security::Sandbox });
            }
            "device" => {
                let name = self.fixed::<DeviceName>(option.arg(0))?;
                let name = Text::literal(name.as_str(), option.origin);
                run.devices.push(Device { name, required: option.bound.has("required") });
            }
            "cache" => run.mounts.push(RunMount::Cache(self.cache(option, before, stage)?)),
            "secret" => run.mounts.push(RunMount::Secret(self.run_secret(option, before, stage)?)),
            "bind" => run.mounts.push(self.bind(option, before, stage)?),
            "tmpfs" => run.mounts.push(self.tmpfs(option, before, stage)?),
            "ssh" => run.mounts.push(self.ssh(option, before, stage)?),
            other => unreachable!("the row {other} of a run step has no lowering"),
        }
        Some(())
    }

    fn cache(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &StageDraft) -> Option<CacheMount> {
        let mut cache = CacheMount::new(self.container_path(fit.arg(0))?);
        for option in self.step_options(fit, Kind::CacheMount, before, stage) {
            match option.row.head() {
                "id" => cache.id = Some(self.id(option.arg(0))?),
                "sharing" => {
                    cache.sharing = Some(match option.bound.words() {
                        ["private"] => Sharing::Private,
                        ["locked"] => Sharing::Locked,
                        _ => Sharing::Shared,
                    });
                }
                "from" => cache.from = Some(self.mount_from(option.arg(0), before)?),
                "source" => {
                    cache.source = Some(self.text(option.arg(0), Reader::Build, Exposure::Layer)?);
                }
                "readonly" => cache.read_only = Some(is_on(&option)),
                _ => self.ownership(&option, &mut cache.ownership)?,
            }
        }
        if let (Some(source), None) = (&cache.source, &cache.from) {
            let span = self.origins.span(source.origin).unwrap_or(fit.span());
            self.missing(
                span,
                "`source` is a folder of nothing".to_owned(),
                "add `from STAGE` or `from IMAGE`",
            );
            return None;
        }
        Some(cache)
    }

    fn run_secret(
        &mut self,
        fit: &Fitted<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
    ) -> Option<SecretMount> {
        let arg = fit.arg(0);
        let text = self.plain(arg)?;
        let name = find(self.sink, &self.names, &SECRET, &self.names.secrets, &text, arg.span)?.name.clone();
        stage.secrets.push(At::new(name.clone(), fit.origin));
        let target = match fit.bound.get(1) {
            Some(arg) => Some(self.container_path(arg)?),
            None => None,
        };
        let mut secret =
            SecretMount { name, target, variable: None, required: true, ownership: Ownership::default() };
        for option in self.step_options(fit, Kind::SecretMount, before, stage) {
            match option.row.head() {
                "env" => secret.variable = Some(self.fixed::<EnvName>(option.arg(0))?),
                "required" => secret.required = is_on(&option),
                _ => self.ownership(&option, &mut secret.ownership)?,
            }
        }
        if secret.ownership.uid.is_none() && secret.path().is_some() {
            let uid = stage.user.as_ref().and_then(Text::as_literal).and_then(|user| user.split(':').next());
            let uid = uid.filter(|uid| uid.chars().all(|c| c.is_ascii_digit()) && *uid != "0");
            secret.ownership.uid = uid.map(|uid| Text::literal(uid, fit.origin));
        }
        Some(secret)
    }

    fn bind(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &StageDraft) -> Option<RunMount> {
        let source = match fit.bound.get(0) {
            Some(arg) => Some(self.text(arg, Reader::Build, Exposure::Layer)?),
            None => None,
        };
        let target = self.container_path(fit.arg(1))?;
        let (mut from, mut read_write) = (None, None);
        for option in self.step_options(fit, Kind::BindMount, before, stage) {
            match option.row.head() {
                "from" => from = Some(self.mount_from(option.arg(0), before)?),
                "readwrite" => read_write = Some(is_on(&option)),
                other => unreachable!("the row {other} of a bind mount has no lowering"),
            }
        }
        Some(RunMount::Bind { source, target, from, read_write })
    }

    fn tmpfs(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &StageDraft) -> Option<RunMount> {
        let target = self.container_path(fit.arg(0))?;
        let mut size = None;
        for option in self.step_options(fit, Kind::TmpfsMount, before, stage) {
            size = Some(self.typed::<Size>(option.arg(0), Reader::Build)?.text);
        }
        Some(RunMount::Tmpfs { target, size })
    }

    fn ssh(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &mut StageDraft) -> Option<RunMount> {
        let id = match fit.bound.get(0) {
            Some(arg) => Some(self.id(arg)?),
            None => None,
        };
        let target = match fit.bound.get(1) {
            Some(arg) => Some(self.container_path(arg)?),
            None => None,
        };
        let (mut required, mut ownership) = (true, Ownership::default());
        for option in self.step_options(fit, Kind::SshMount, before, stage) {
            match option.row.head() {
                "required" => required = is_on(&option),
                _ => self.ownership(&option, &mut ownership)?,
            }
        }
        // Compose hands on the agent under this name alone; others need the path of a key.
        if id.as_ref().is_none_or(|id| id.as_literal() == Some("default")) {
            stage.ssh = stage.ssh.or(Some(fit.origin));
        }
        Some(RunMount::Ssh { id, target, required, ownership })
    }

    fn ownership(&mut self, option: &Fitted<'t>, into: &mut Ownership) -> Option<()> {
        let arg = option.arg(0);
        match option.row.head() {
            "mode" => into.mode = Some(self.typed::<OctalMode>(arg, Reader::Build)?.text),
            "uid" => into.uid = Some(self.typed::<u32>(arg, Reader::Build)?.text),
            "gid" => into.gid = Some(self.typed::<u32>(arg, Reader::Build)?.text),
            other => unreachable!("the row {other} of a mount has no lowering"),
        }
        Some(())
    }

    fn container_path(&mut self, arg: &Arg) -> Option<Text> {
        Some(self.typed::<ContainerPath>(arg, Reader::Build)?.text)
    }

    /// The name of a cache, an agent or a key.
    fn id(&mut self, arg: &Arg) -> Option<Text> {
        let text = self.text(arg, Reader::Build, Exposure::Layer)?;
        if text.as_literal() == Some("") {
            self.wrong_type(arg, "a name", "pip");
            return None;
        }
        Some(text)
    }

    pub(crate) fn apt(&mut self, fit: &Fitted<'t>, stage: &StageDraft, origin: Origin) -> Option<Run> {
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
        let cache = |target: &str| {
            let target = Text::literal(target, origin);
            RunMount::Cache(CacheMount { sharing: Some(Sharing::Locked), ..CacheMount::new(target) })
        };
        let text =
            format!("apt-get update && apt-get install -y --no-install-recommends {}", packages.join(" "));
        let command = stage.plain_shell(Text::literal(text, origin));
        Some(Run { mounts: vec![cache("/var/cache/apt"), cache("/var/lib/apt")], ..Run::new(command) })
    }

    pub(crate) fn pip(&mut self, fit: &Fitted<'t>, stage: &StageDraft, origin: Origin) -> Option<Run> {
        let source = Some(self.text(fit.arg(0), Reader::Build, Exposure::Layer)?);
        let literal = |text| Text::literal(text, origin);
        let target = literal("/tmp/requirements.txt");
        let command = stage.plain_shell(literal("pip install -r /tmp/requirements.txt"));
        Some(Run {
            mounts: vec![
                RunMount::Bind { source, target, from: None, read_write: None },
                RunMount::Cache(CacheMount::new(literal("/root/.cache/pip"))),
            ],
            ..Run::new(command)
        })
    }
}

impl StageDraft {
    /// A plain shell text of ours, whatever the stage's own shell is.
    fn plain_shell(&self, text: Text) -> Command {
        if self.has_posix_shell() {
            return Command::Shell(text);
        }
        let origin = text.origin;
        Command::Exec(vec![Text::literal("/bin/sh", origin), Text::literal("-c", origin), text])
    }
}
