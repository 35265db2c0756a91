//! `run` with what it is given, and `apt`, which runs something known.

use super::codes;
use super::context::Context;
use super::copying::is_on;
use super::fitting::Fitted;
use super::frontend::Before;
use super::names::{SECRET, find};
use super::steps::StageDraft;
use super::text::{Exposure, Reader};
use crate::diagnostic::{Diagnostic, Sink};
use crate::model::build_scalar::{DeviceName, OctalMode};
use crate::model::compose::Command;
use crate::model::continued::joined;
use crate::model::dockerfile::{
    CacheMount, Device, Ownership, Run, RunMount, RunNetwork, SecretMount, Security, Sharing,
};
use crate::model::names::EnvName;
use crate::model::path::{ContainerPath, StepPath};
use crate::model::scalar::Size;
use crate::model::values::{Part, Text};
use crate::schema::Kind;
use crate::source::{At, Origin};
use crate::syntax::dockerfile;
use crate::syntax::dockerfile::tree::{Args, Command as Read, Instruction};
use crate::syntax::stack::tree::Arg;

impl<'t> Context<'_, 't> {
    pub(crate) fn run(
        &mut self,
        fit: &Fitted<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
    ) -> Option<Run> {
        let command = if fit.row.id == "RUN exec" {
            let words: Vec<Option<Text>> = fit
                .bound
                .rest(0)
                .iter()
                .map(|arg| self.text(arg, Reader::BuildShell, Exposure::Layer))
                .collect();
            words.into_iter().collect::<Option<Vec<Text>>>().map(Command::Exec)
        } else {
            self.script(fit, stage).map(Command::Shell)
        };
        let mut run = Run { shell: stage.shell.clone(), ..Run::new(Command::Exec(Vec::new())) };
        for option in self.step_options(fit, Kind::Run, before, stage) {
            self.run_option(&option, before, stage, &mut run);
        }
        run.command = command?;
        (run.heredocs.is_empty() || self.has_its_heredocs(&run, fit)).then_some(run)
    }

    /// Whether the heredocs of a step are those that its text asks for, as the builder reads it.
    fn has_its_heredocs(&mut self, run: &Run, fit: &Fitted<'t>) -> bool {
        let line = match &run.command {
            Command::Shell(text) => text.as_literal().filter(|line| !line.contains('\n')),
            Command::Exec(_) => None,
        };
        let bodies = || run.heredocs.iter().filter_map(|(name, body)| Some((name, body.as_literal()?)));
        let ended = |body: &str| if body.is_empty() { String::new() } else { format!("{body}\n") };
        let text = bodies().fold(format!("RUN {}\n", line.unwrap_or_default()), |text, (name, body)| {
            format!("{text}{}{name}\n", ended(body))
        });
        let tree = dockerfile::read(fit.statement.span.file, &text, &mut Sink::default());
        let is_same = |only: &Instruction| {
            let found = only.heredocs.iter();
            let found = found.map(|found| (found.name.text.as_str(), &text[found.body.range()]));
            line.is_some_and(
                |line| matches!(&only.args, Args::Command(Read::Shell(word)) if word.text == line),
            ) && only.flags.is_empty()
                && found.eq(bodies()
                    .map(|(name, body)| (name.as_str(), ended(body)))
                    .collect::<Vec<_>>()
                    .iter()
                    .map(|(name, body)| (*name, body.as_str())))
        };
        let mut instructions = tree.instructions();
        let right = instructions.next().is_some_and(is_same)
            && instructions.next().is_none()
            && tree.mistakes.is_empty()
            && bodies().count() == run.heredocs.len();
        if !right {
            self.sink.push(
                Diagnostic::error(codes::CONFLICT, "the text of this step and its `heredoc`s do not belong together", fit.span())
                    .help("let the text say `<<NAME` for each `heredoc NAME TEXT`, in order, and no line of a TEXT be its NAME"),
            );
        }
        right
    }

    /// The text for the shell. The first failure among several lines ends it under `defaults secure`,
    /// where the shell is one that can be told.
    fn script(&mut self, fit: &Fitted<'t>, stage: &StageDraft) -> Option<Text> {
        let text = self.text(fit.arg(0), Reader::BuildShell, Exposure::Layer)?;
        let several =
            text.parts.iter().any(|part| matches!(part, Part::Lit(t) if t.trim_end().contains('\n')));
        // What goes on with `\` is one line.
        if !several || text.as_literal().is_some_and(|text| joined(text).is_some()) {
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
        if !self.secure() || !stage.has_posix_shell() {
            return Some(text);
        }
        let first = std::iter::once(Part::Lit("set -e\n".to_owned()));
        Some(Text::from_parts(first.chain(text.parts), text.origin))
    }

    /// One thing that a step is given; what is wrong is left out.
    fn run_option(&mut self, option: &Fitted<'t>, before: Before<'_>, stage: &mut StageDraft, run: &mut Run) {
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
                let name = self.fixed::<DeviceName>(option.arg(0));
                run.devices.extend(name.map(|name| Device {
                    name: Text::literal(name.as_str(), option.origin),
                    required: option.bound.has("required"),
                }));
            }
            "heredoc" => {
                let name = self.plain(option.arg(0));
                let body = self.text(option.arg(1), Reader::Fixed, Exposure::Layer);
                run.heredocs.extend(name.zip(body));
            }
            "cache" => run.mounts.extend(self.cache(option, before, stage).map(RunMount::Cache)),
            "secret" => run.mounts.extend(self.run_secret(option, before, stage).map(RunMount::Secret)),
            "bind" => run.mounts.extend(self.bind(option, before, stage)),
            "tmpfs" => run.mounts.extend(self.tmpfs(option, before, stage)),
            "ssh" => {
                let agent = self.ssh(option, before, stage);
                run.mounts.push(agent);
            }
            other => unreachable!("the row {other} of a run step has no lowering"),
        }
    }

    fn cache(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &StageDraft) -> Option<CacheMount> {
        let target = self.container_path(fit.arg(0));
        let (mut id, mut sharing, mut from, mut source, mut read_only) = (None, None, None, None, None);
        let mut ownership = Ownership::default();
        let options = self.step_options(fit, Kind::CacheMount, before, stage);
        for option in options.iter() {
            match option.row.head() {
                "id" => id = self.id(option.arg(0)),
                "sharing" => {
                    sharing = Some(match option.bound.words() {
                        ["private"] => Sharing::Private,
                        ["locked"] => Sharing::Locked,
                        _ => Sharing::Shared,
                    });
                }
                "from" => from = self.mount_from(option.arg(0), before),
                "source" => source = self.text(option.arg(0), Reader::Build, Exposure::Layer),
                "readonly" => read_only = Some(is_on(option)),
                _ => self.ownership(option, &mut ownership),
            }
        }
        let said = |head| options.iter().find(|option| option.row.head() == head);
        if let (Some(source), None) = (said("source"), said("from")) {
            let message = "`source` is a folder of nothing".to_owned();
            let help = "add `from STAGE` or `from IMAGE`";
            self.missing_in(&options, &["from"], source.span(), message, help);
        }
        Some(CacheMount { target: target?, id, sharing, from, source, read_only, ownership })
    }

    pub(crate) fn run_secret(
        &mut self,
        fit: &Fitted<'t>,
        before: Before<'_>,
        stage: &mut StageDraft,
    ) -> Option<SecretMount> {
        let arg = fit.arg(0);
        let text = self.plain(arg);
        let name = text.and_then(|text| {
            Some(find(self.sink, &self.names, &SECRET, &self.names.secrets, &text, arg.span)?.name.clone())
        });
        let target = fit.bound.get(1).and_then(|arg| self.container_path(arg));
        let (mut variable, mut required, mut ownership) = (None, true, Ownership::default());
        for option in self.step_options(fit, Kind::SecretMount, before, stage) {
            match option.row.head() {
                "env" => variable = self.fixed::<EnvName>(option.arg(0)),
                "required" => required = is_on(&option),
                _ => self.ownership(&option, &mut ownership),
            }
        }
        let name = name.filter(|name| self.is_readable(name, arg.span))?;
        stage.secrets.push(At::new(name.clone(), fit.origin));
        let mut secret = SecretMount { name, target, variable, required, ownership };
        if secret.path().is_some() {
            stage.give(&mut secret.ownership, fit.origin);
        }
        Some(secret)
    }

    fn bind(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &StageDraft) -> Option<RunMount> {
        let source = fit.bound.get(0).and_then(|arg| self.text(arg, Reader::Build, Exposure::Layer));
        // It may be named from the folder that the step is in.
        let target = self.typed::<StepPath>(fit.arg(1), Reader::Build).map(|target| target.text);
        let (mut from, mut read_write) = (None, None);
        for option in self.step_options(fit, Kind::BindMount, before, stage) {
            match option.row.head() {
                "from" => from = self.mount_from(option.arg(0), before),
                "readwrite" => read_write = Some(is_on(&option)),
                other => unreachable!("the row {other} of a bind mount has no lowering"),
            }
        }
        Some(RunMount::Bind { source, target: target?, from, read_write })
    }

    fn tmpfs(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &StageDraft) -> Option<RunMount> {
        let target = self.container_path(fit.arg(0));
        let mut size = None;
        for option in self.step_options(fit, Kind::TmpfsMount, before, stage) {
            size = self.typed::<Size>(option.arg(0), Reader::Build).map(|size| size.text);
        }
        Some(RunMount::Tmpfs { target: target?, size })
    }

    fn ssh(&mut self, fit: &Fitted<'t>, before: Before<'_>, stage: &mut StageDraft) -> RunMount {
        let id = fit.bound.get(0).and_then(|arg| self.id(arg));
        let target = fit.bound.get(1).and_then(|arg| self.container_path(arg));
        let (mut required, mut ownership) = (true, Ownership::default());
        for option in self.step_options(fit, Kind::SshMount, before, stage) {
            match option.row.head() {
                "required" => required = is_on(&option),
                _ => self.ownership(&option, &mut ownership),
            }
        }
        stage.give(&mut ownership, fit.origin);
        let (id, handed_on) = self.handed_on(id, fit.origin);
        stage.ssh.extend(handed_on);
        RunMount::Ssh { id, target, required, ownership }
    }

    fn ownership(&mut self, option: &Fitted<'t>, into: &mut Ownership) {
        let arg = option.arg(0);
        match option.row.head() {
            "mode" => into.mode = self.typed::<OctalMode>(arg, Reader::Build).map(|mode| mode.text),
            "uid" => into.uid = self.typed::<u32>(arg, Reader::Build).map(|number| number.text),
            "gid" => into.gid = self.typed::<u32>(arg, Reader::Build).map(|number| number.text),
            other => unreachable!("the row {other} of a mount has no lowering"),
        }
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
}

impl StageDraft {
    /// Gives what is mounted to the user of the step, if that is a number; alone it is root's.
    fn give(&self, ownership: &mut Ownership, origin: Origin) {
        let user = self.user.as_ref().and_then(Text::as_literal).and_then(|user| user.split(':').next());
        let user = user.filter(|user| user.chars().all(|c| c.is_ascii_digit()) && *user != "0");
        if ownership.uid.is_none() {
            ownership.uid = user.map(|user| Text::literal(user, origin));
        }
    }

    /// A plain shell text of ours, whatever the stage's own shell is.
    pub(crate) fn plain_shell(&self, text: Text) -> Command {
        if self.has_posix_shell() {
            return Command::Shell(text);
        }
        let origin = text.origin;
        Command::Exec(vec![Text::literal("/bin/sh", origin), Text::literal("-c", origin), text])
    }
}
