//! `source git`: repositories that are fetched in stages of their own, and the stage in which their files are put
//! together for `copy`, `pip` and `bind`.

use std::collections::BTreeSet;

use super::codes;
use super::context::Context;
use super::copying::is_remote;
use super::fitting::{Contents, Fitted};
use super::frontend::Before;
use super::names::{SECRET, find};
use super::ssh_keys::HandedOn;
use super::steps::StageDraft;
use super::text::Reader;
use crate::diagnostic::Diagnostic;
use crate::model::compose::{Command, SecretSource};
use crate::model::dockerfile::{Copy, CopyFrom, Op, Ownership, Run, RunMount, SecretMount, Step};
use crate::model::git::{Commit, GitRef, HostKey, Refusal, Remote, Transport};
use crate::model::image::ImageRef;
use crate::model::names::{EnvName, SecretName, StageName};
use crate::model::path::HostPath;
use crate::model::stack::GitSource;
use crate::model::values::Text;
use crate::schema::Kind;
use crate::source::{At, Origin};
use crate::syntax::stack::tree::Arg;

/// What fetches: an official image with git, ssh and certificates, of which nothing ends up in what is built.
const FETCHES: &str = "buildpack-deps:trixie-scm";
/// Where a repository's files are while they are fetched.
const TREE: &str = "/tree";
/// The keys of hosts that are believed, in the stage that fetches.
const KNOWN_HOSTS: &str = "/known_hosts";

/// The repositories of a Dockerfile.
#[derive(Debug, Default)]
pub(crate) struct GitSources {
    fetched: Vec<Fetched>,
}

/// A repository and the stage that fetches it.
#[derive(Debug)]
struct Fetched {
    stage: StageDraft,
    name: StageName,
    /// Where its files go: a folder of the context, or all of it.
    folder: HostPath,
    origin: Origin,
}

impl GitSources {
    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.fetched.is_empty()
    }

    /// Puts the stages before all others, and lets every step that took from the build context take from them.
    pub(crate) fn put_before(self, stages: &mut Vec<StageDraft>, name: &StageName) {
        let Some(first) = self.fetched.first() else { return };
        let mut whole = StageDraft::new(Some(At::new(name.clone(), first.origin)), first.origin);
        whole.base = Some(Text::literal("scratch", first.origin));
        let copy = |from, source: &str, folder: &HostPath, origin| {
            let target = format!("/{}", if folder.as_str() == "." { "" } else { folder.as_str() });
            let copy = Copy::new(from, vec![Text::literal(source, origin)], Text::literal(target, origin));
            Step::new(Op::Copy(copy), origin)
        };
        let root = HostPath::parse(".").expect("`.` is a path");
        if self.fetched.iter().all(|fetched| fetched.folder != root) {
            whole.steps.push(copy(None, ".", &root, first.origin));
        }
        for fetched in &self.fetched {
            let from = Some(CopyFrom::Stage(fetched.name.clone()));
            whole.steps.push(copy(from, TREE, &fetched.folder, fetched.origin));
        }
        let before: Vec<StageDraft> =
            self.fetched.into_iter().map(|fetched| fetched.stage).chain([whole]).collect();
        for step in stages.iter_mut().flat_map(|stage| &mut stage.steps) {
            take_from(&mut step.op, name, before.len());
        }
        stages.splice(0..0, before);
    }
}

/// Whether a statement puts a repository in place of the build context.
pub(crate) fn replaces_context(fit: &Fitted<'_>) -> bool {
    fit.row.id == "source-git" && fit.bound.get(1).is_none()
}

/// Lets an instruction take from a stage what it would take from the context; stages with a number have a later one.
fn take_from(op: &mut Op, stage: &StageName, earlier: usize) {
    match op {
        Op::Copy(Copy { from: from @ None, .. }) => *from = Some(CopyFrom::Stage(stage.clone())),
        Op::Copy(Copy { from: Some(CopyFrom::Numbered(number)), .. }) => {
            let own: usize = number.parse().expect("lowering knows the stage of that number");
            *number = (own + earlier).to_string();
        }
        Op::Run(run) => {
            for mount in &mut run.mounts {
                if let RunMount::Bind { from: from @ None, .. } = mount {
                    *from = Some(CopyFrom::Stage(stage.clone()));
                }
            }
        }
        Op::Arg { .. }
        | Op::Env(_)
        | Op::Workdir(_)
        | Op::Copy(_)
        | Op::Add(_)
        | Op::File(_)
        | Op::User(_)
        | Op::Expose(_)
        | Op::Entrypoint(_)
        | Op::Cmd(_)
        | Op::Health(_)
        | Op::NoHealth
        | Op::Label(_)
        | Op::Shell(_)
        | Op::StopSignal(_)
        | Op::Volume(_)
        | Op::Maintainer(_)
        // Another build runs it, in a context of its own.
        | Op::OnBuild(_)
        | Op::Raw(_) => {}
    }
}

/// What the block of a `source git` says.
#[derive(Default)]
struct Said {
    git_ref: Option<GitRef>,
    commit: Option<Commit>,
    key: Option<(SecretName, SecretSource)>,
    host_keys: Vec<HostKey>,
    image: Option<Text>,
}

impl<'t> Context<'_, 't> {
    /// Lowers every `source git` of a build or a Dockerfile; the name of the stage that holds their files.
    pub(crate) fn git_sources(
        &mut self,
        fitted: &Contents<'t>,
        before: Before<'_>,
    ) -> (GitSources, StageName) {
        let name = free_name("source", &mut self.stage_names);
        let mut sources = GitSources::default();
        for fit in fitted.iter().filter(|fit| fit.row.id == "source-git") {
            let name = free_name("git", &mut self.stage_names);
            let folder = match fit.bound.get(1) {
                Some(arg) => self.folder(arg),
                None => HostPath::parse("."),
            };
            let stage = self.fetch(fit, &name, before);
            let (Some(stage), Some(folder)) = (stage, folder) else { continue };
            let first = sources.fetched.iter().find(|other| other.folder == folder);
            if let Some(first) = first.and_then(|first| self.origins.span(first.stage.origin)) {
                let mut diagnostic = Diagnostic::error(
                    codes::CONFLICT,
                    "two repositories would be put into one folder",
                    fit.span(),
                )
                .label(first, "the first");
                diagnostic = diagnostic.help("put one of the two elsewhere: `source git ... at FOLDER`");
                self.sink.push(diagnostic);
                continue;
            }
            let origin = self.origins.lowered("git-tree", fit.origin);
            sources.fetched.push(Fetched { stage, name, folder, origin });
        }
        (sources, name)
    }

    /// A folder of the context.
    fn folder(&mut self, arg: &Arg) -> Option<HostPath> {
        let path = self.fixed::<HostPath>(arg)?;
        if path.is_relative() && !path.climbs() && path.as_str() != "." {
            return Some(path);
        }
        self.wrong_type(arg, "a folder of the build context", "vendor/library");
        None
    }

    /// The stage that fetches a repository.
    fn fetch(&mut self, fit: &Fitted<'t>, name: &StageName, before: Before<'_>) -> Option<StageDraft> {
        let remote = self.remote(fit.arg(0));
        let origin = self.origins.lowered("git-fetch", fit.origin);
        let mut stage = StageDraft::new(Some(At::new(name.clone(), origin)), fit.origin);
        let block = self.block_of(fit.statement, Kind::GitSource);
        let said = self.said_of_source(&block, before, &mut stage);
        if !block.iter().any(|inner| matches!(inner.row.id, "git-ref" | "git-commit")) {
            let message = "this source says neither a `ref` nor a `commit`".to_owned();
            self.missing_in(&block, &["ref", "commit"], fit.span(), message, "add `ref TAG`");
        }
        let remote = remote?;
        self.check_transport(&remote, &said, &block, fit);
        self.stack.git_sources.push(GitSource {
            remote: remote.clone(),
            git_ref: said.git_ref.clone(),
            commit: said.commit.clone(),
            origin: fit.origin,
        });
        stage.base = Some(
            said.image
                .clone()
                .unwrap_or_else(|| Text::literal(FETCHES, self.origins.lowered("git-image", fit.origin))),
        );
        self.fetch_steps(&remote, &said, &mut stage, fit.origin);
        Some(stage)
    }

    fn remote(&mut self, arg: &Arg) -> Option<Remote> {
        let text = self.plain(arg)?;
        if text.starts_with("https://") && text.contains('@') {
            // What stands before it may be a token.
            self.sink.mask(arg.span);
        }
        match Remote::parse(&text) {
            Ok(remote) => Some(remote),
            Err(why) => {
                self.report_refusal(&text, why, arg);
                None
            }
        }
    }

    /// A text that may hold a password is not repeated.
    fn report_refusal(&mut self, text: &str, why: Refusal, arg: &Arg) {
        let is_short = (1..=60).contains(&text.chars().count()) && !text.contains(['@', ':']);
        let shown = if is_short { format!("`{text}`") } else { "this".to_owned() };
        let message = format!("{shown} {}", why.what);
        self.sink.push(Diagnostic::error(codes::WRONG_TYPE, message, arg.span).help(why.help));
    }

    fn said_of_source(&mut self, block: &Contents<'t>, before: Before<'_>, stage: &mut StageDraft) -> Said {
        let mut said = Said::default();
        for inner in block.iter() {
            match inner.row.id {
                "git-ref" => {
                    said.git_ref =
                        self.checked(inner.arg(0), GitRef::parse, "the name of a tag or a branch", "v1.4.0");
                }
                "git-commit" => {
                    let example = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
                    said.commit = self.checked(
                        inner.arg(0),
                        Commit::parse,
                        "the whole name of a commit, 40 hexadecimal digits",
                        example,
                    );
                }
                "git-key" => said.key = self.git_key(inner.arg(0)),
                "git-host-key" => {
                    for arg in inner.bound.rest(0) {
                        let Some(text) = self.plain(arg) else { continue };
                        match HostKey::parse(&text) {
                            Ok(key) => said.host_keys.push(key),
                            Err(why) => self.report_refusal(&text, why, arg),
                        }
                    }
                }
                "git-image" => {
                    let image = self.typed::<ImageRef>(inner.arg(0), Reader::Build).map(|image| image.text);
                    if let Some(image) = &image {
                        self.check_global_variables(image, before, inner.arg(0).span);
                    }
                    stage.base_inputs = self.take_inputs(inner.span());
                    said.image = image;
                }
                other => unreachable!("the row {other} of a git source has no lowering"),
            }
        }
        said
    }

    /// An argument that a type of its own checks.
    fn checked<T>(
        &mut self,
        arg: &Arg,
        parse: fn(&str) -> Option<T>,
        what: &str,
        example: &str,
    ) -> Option<T> {
        let text = self.plain(arg)?;
        let read = parse(&text);
        if read.is_none() {
            self.wrong_type(arg, what, example);
        }
        read
    }

    /// The key that logs in, and where it is kept.
    fn git_key(&mut self, arg: &Arg) -> Option<(SecretName, SecretSource)> {
        let Some(name) = arg.as_word().and_then(|word| word.strip_prefix("secret.")) else {
            self.wrong_type(arg, "a secret", "secret.deploy_key");
            return None;
        };
        let declared = find(self.sink, &self.names, &SECRET, &self.names.secrets, name, arg.span)?;
        declared.is_key.set(true);
        let name = declared.name.clone();
        let source = self.kept(&name)?.clone();
        match source {
            SecretSource::File(_) | SecretSource::SshAgent(_) | SecretSource::SshKey(_) => {
                Some((name, source))
            }
            SecretSource::Environment(_) | SecretSource::External => {
                self.sink.push(
                    Diagnostic::error(
                        codes::WRONG_TYPE,
                        format!("`{name}` is not kept as a key for ssh"),
                        arg.span,
                    )
                    .note("ssh logs in with a key in an agent or in a file")
                    .help(format!(
                        "declare it so: `secret {name} {{ ssh-agent }}` or `{{ ssh-key ./ssh/{name} }}`"
                    )),
                );
                None
            }
        }
    }

    /// By ssh there must be proof of both sides; over https there is another.
    fn check_transport(&mut self, remote: &Remote, said: &Said, block: &Contents<'t>, fit: &Fitted<'t>) {
        match remote.transport() {
            Transport::Https => {
                for inner in block.iter().filter(|inner| matches!(inner.row.id, "git-key" | "git-host-key")) {
                    let message =
                        format!("`{}` is for ssh, and this repository is fetched by https", inner.row.head());
                    self.sink.push(
                        Diagnostic::error(codes::CONFLICT, message, inner.span())
                            .label(fit.arg(0).span, "the address")
                            .help("remove it, or give the address that the repository has by ssh"),
                    );
                }
            }
            Transport::Ssh { host, .. } => {
                let lacks = |id: &str| !block.iter().any(|inner| inner.row.id == id);
                if said.key.is_none() && lacks("git-key") {
                    let message = "ssh logs in with a key, and this source has none".to_owned();
                    let help =
                        "add `key secret.NAME`, and at the top of the file `secret NAME { ssh-agent }`";
                    self.missing_in(block, &["key"], fit.span(), message, help);
                }
                if said.host_keys.is_empty() && lacks("git-host-key") {
                    let message = format!("nothing says which key {host} has");
                    let help = "add `host_key \"ssh-ed25519 AAAA...\"` with the key that the host's owner publishes; `ssh-keyscan -t ed25519 HOST` shows one to compare";
                    self.missing_in(block, &["host_key"], fit.span(), message, help);
                }
            }
        }
    }

    fn fetch_steps(&mut self, remote: &Remote, said: &Said, stage: &mut StageDraft, written: Origin) {
        let origin = self.origins.lowered("git-fetch", written);
        let literal = |text: &str| Text::literal(text, origin);
        let mut run = Run::new(Command::Shell(literal(&script(remote, said))));
        if let Transport::Ssh { host, port } = remote.transport() {
            let known = self.origins.lowered("git-known-hosts", written);
            let ssh = EnvName::parse("GIT_SSH_COMMAND").expect("this is a name");
            let command = ssh_command(said.key.as_ref());
            stage.steps.push(Step::new(Op::Env(vec![(ssh, Text::literal(command, known))]), known));
            let lines = said.host_keys.iter().map(|key| format!("'{}'", key.known_hosts_line(host, *port)));
            let lines: Vec<String> = lines.collect();
            let text = format!(r"printf '%s\n' {} >{KNOWN_HOSTS}", lines.join(" "));
            stage.steps.push(Step::new(Op::Run(Run::new(Command::Shell(Text::literal(text, known)))), known));
        }
        if let Some((name, source)) = &said.key {
            if let Some(agent) = HandedOn::key(name, source, origin) {
                run.mounts.push(agent.mount());
                stage.ssh.push(agent);
            } else {
                run.mounts.push(RunMount::Secret(key_mount(name)));
                stage.secrets.push(At::new(name.clone(), origin));
            }
        }
        stage.steps.push(Step::new(Op::Workdir(literal(TREE)), origin));
        stage.steps.push(Step::new(Op::Run(run), origin));
    }

    /// Reports steps that would go past what git fetches.
    pub(crate) fn refuse_adds(&mut self, stages: &[StageDraft]) {
        for step in stages.iter().flat_map(|stage| &stage.steps) {
            let Op::Add(add) = &step.op else { continue };
            let is_of_context = add.sources.iter().any(|source| !source.as_literal().is_some_and(is_remote));
            let Some(span) = self.origins.span(step.origin).filter(|_| is_of_context) else { continue };
            self.sink.push(
                Diagnostic::error(codes::CONFLICT, "`add` cannot take from what git fetches", span)
                    .note("it takes from the build context or from elsewhere, and from no stage")
                    .help("write `copy`"),
            );
        }
    }
}

/// A name that no stage of the build has, which is taken now.
pub(crate) fn free_name(wanted: &str, taken: &mut BTreeSet<String>) -> StageName {
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    let free = names.find(|name| taken.insert(name.clone())).expect("there are more numbers than stages");
    StageName::parse(&free).expect("letters, a dash and a number are the name of a stage")
}

/// The file of a key, which root alone can read.
fn key_mount(name: &SecretName) -> SecretMount {
    SecretMount {
        name: name.clone(),
        target: None,
        variable: None,
        required: true,
        ownership: Ownership::default(),
    }
}

/// ssh without any settings but these: it believes no host but those that are pinned, and asks nobody.
fn ssh_command(key: Option<&(SecretName, SecretSource)>) -> String {
    let identity = match key {
        Some((name, SecretSource::File(_))) => format!(" -o IdentitiesOnly=yes -i /run/secrets/{name}"),
        Some(_) | None => String::new(),
    };
    format!(
        "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/dev/null \
         -o UserKnownHostsFile={KNOWN_HOSTS}{identity}"
    )
}

/// Fetches exactly one commit, and leaves its files alone. Every word that a person wrote is of a type that holds no
/// quote.
fn script(remote: &Remote, said: &Said) -> String {
    let wanted = match (&said.git_ref, &said.commit) {
        (Some(git_ref), _) => git_ref.as_str(),
        (None, Some(commit)) => commit.as_str(),
        (None, None) => "HEAD",
    };
    let mut lines = vec![
        "git init --quiet .".to_owned(),
        format!("git fetch --quiet --depth 1 --no-tags '{}' '{wanted}'", remote.as_str()),
    ];
    if let (Some(git_ref), Some(commit)) = (&said.git_ref, &said.commit) {
        let (git_ref, commit) = (git_ref.as_str(), commit.as_str());
        lines.push(format!(
            "if [ \"$(git rev-parse 'FETCH_HEAD^{{commit}}')\" != {commit} ]; then \\\n        \
             echo '{git_ref} is not {commit} any more' >&2; exit 1; \\\n    fi"
        ));
    }
    lines.push("git checkout --quiet --detach FETCH_HEAD".to_owned());
    lines.push("rm -rf .git".to_owned());
    lines.join(" \\\n    && ")
}
