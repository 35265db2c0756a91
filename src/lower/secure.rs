//! `defaults secure`: what a service gets that does not say otherwise, where it is known to work.

use std::collections::{BTreeMap, BTreeSet};

use super::build::BUILD_USER;
use super::context::Context;
use super::draft::Draft;
use super::health::default_health;
use crate::model::compose::{
    Build, Command, Compose, Condition, Context as BuildContext, DockerfileRef, LogRotation, MountSource,
    Network, Restart, SecretSource,
};
use crate::model::dockerfile::{Op, Run, Step};
use crate::model::image::ImageRef;
use crate::model::names::{NetworkName, ServiceName};
use crate::model::path::ContainerPath;
use crate::model::values::{Text, Typed};
use crate::schema::{Kind, rows_named};
use crate::source::{At, Origin, Span};

/// The network of the databases, which leads nowhere else.
const DATA_NETWORK: &str = "data";

impl<'t> Context<'_, 't> {
    /// `image of SERVICE`: the same build again, which `BuildKit` makes once.
    pub(crate) fn share_images(&mut self, drafts: &mut [Draft<'t>]) {
        for at in 0..drafts.len() {
            let Some((image_of, arg)) = shared_image(drafts[at].statement) else { continue };
            let Some(name) = self.service_name(arg) else {
                drafts[at].doubt.add("image");
                continue;
            };
            let in_doubt = |draft: &&Draft<'_>| {
                *draft.name() == name
                    && (draft.image_in_doubt() || draft.doubt.covers(&["command", "entrypoint", "health"]))
            };
            if drafts.iter().any(|draft| in_doubt(&draft)) {
                drafts[at].doubt.add("image");
            }
            let source = drafts.iter().find(|draft| *draft.name() == name && draft.service.build.is_some());
            let Some(source) = source else {
                if drafts[at].doubt.covers(&["image"]) {
                    continue;
                }
                let message = format!("`{name}` builds no image");
                self.missing(
                    arg.span,
                    message,
                    format!("name a service with a `build`, or write the image of `{name}` itself"),
                );
                continue;
            };
            let (mut build, known, runs, health) =
                (source.service.build.clone(), source.known, source.image_runs.clone(), source.image_health);
            let draft = &mut drafts[at];
            for origin in build.iter_mut().flat_map(Build::origins_mut) {
                *origin = self.origins.repeated(image_of, *origin);
            }
            draft.service.build = build;
            draft.known = known;
            draft.image_runs = runs;
            draft.image_health = health;
            draft.image_shared = true;
        }
    }

    /// Supplies the defaults of the policy to every draft.
    pub(crate) fn secure_drafts(&mut self, compose: &mut Compose, drafts: &mut [Draft<'t>]) {
        if !self.secure() {
            return;
        }
        let completed: BTreeSet<ServiceName> = drafts
            .iter()
            .flat_map(|draft| &draft.needs)
            .filter(|need| need.condition == Some(Condition::Completed))
            .map(|need| need.service.clone())
            .collect();
        for draft in drafts.iter_mut() {
            // Another program makes what a provider provides.
            if draft.service.says("provider") {
                continue;
            }
            self.harden(draft);
            let cause = Some(draft.service.origin);
            if draft.service.restart.is_none() && !completed.contains(draft.name()) {
                let origin = self.origins.by_default("restart", cause);
                draft.service.restart = Some(At::new(Restart::UnlessStopped, origin));
            }
            let origin = self.origins.by_default("log-rotation", cause);
            draft.service.log_rotation =
                Some(At::new(LogRotation { max_size: "10m", max_file: "3" }, origin));
        }
        self.own_mounts(drafts);
        self.separate_databases(compose, drafts);
    }

    /// Takes from a container what it does not need, if it is known what it needs.
    fn harden(&mut self, draft: &mut Draft<'t>) {
        let cause = Some(draft.service.origin);
        let by_image = draft.service.image.as_ref().map(Typed::origin).or(cause);
        let build = draft.service.build.as_ref();
        let built = build.is_some_and(|build| matches!(build.dockerfile.value, DockerfileRef::Emitted(_)));
        let known = draft.known;
        if known.is_none() && !built {
            return;
        }
        let by_env = draft.service.secrets.iter().any(|grant| {
            self.stack
                .secret(&grant.name.value)
                .is_some_and(|secret| matches!(secret.source, SecretSource::Environment(_)))
        });
        // Compose writes such a secret below /run, where a tmpfs would hide it.
        let hidden = by_env
            && !built
            && known.is_some_and(|known| known.tmpfs.iter().any(|line| line.starts_with("/run:")));
        if hidden {
            return;
        }
        // With another command it is another program, whose health nobody knows.
        let as_it_comes = !built
            && ["command", "entrypoint"].iter().all(|key| !draft.service.says(key))
            && draft.service.command.is_none()
            && draft.service.entrypoint.is_none();
        let unasked = as_it_comes && draft.service.health.is_none();
        if let Some(health) = known.and_then(|known| known.health).filter(|_| unasked) {
            let origin = self.origins.by_default("known-health", by_image);
            let test = Command::Shell(Text::literal(health, origin));
            draft.service.health = Some(default_health(test, "5s", origin));
        }
        let alpine = draft.service.image.as_ref().and_then(Typed::known).is_some_and(is_alpine);
        let user = known.and_then(|known| known.user).map(|user| user.id(alpine));
        let service = &mut draft.service;
        let origins = &mut *self.origins;
        service.cap_drop.push(At::new("ALL", origins.by_default("cap-drop", cause)));
        let no_new = origins.by_default("no-new-privileges", cause);
        service.security_opt.push(At::new("no-new-privileges:true", no_new));
        // Compose refuses a secret from the environment in a container whose root cannot be written.
        if service.read_only.is_none() && !by_env {
            service.read_only = Some(At::new(true, origins.by_default("read-only", cause)));
        }
        if !built && service.user.is_none() {
            let origin = origins.by_default("image-user", by_image);
            service.user = user.map(|user| Text::literal(user, origin));
        }
        // A user of its own cannot write what belongs to root either.
        let own_user = !built && service.user.is_some();
        if own_user || service.read_only.is_some_and(|on| on.value) {
            let owner = service.user.as_ref().and_then(Text::as_literal).or(user);
            let owner = owner
                .filter(|owner| owner.chars().all(|c| c.is_ascii_digit() || c == ':'))
                .map(str::to_owned);
            // A proxy's own configuration keeps everything that nginx writes below /tmp.
            let known = known.filter(|_| !draft.program.is_proxy);
            let tmpfs = known.map_or(&["/tmp"][..], |known| known.tmpfs);
            let origin = origins.by_default("tmpfs", cause);
            for line in tmpfs {
                let path = line.split(':').next().unwrap_or(line);
                if !draft.targets.contains_key(path) {
                    let line = owner.as_ref().map_or((*line).to_owned(), |owner| owned_tmpfs(line, owner));
                    service.tmpfs.push(Text::literal(line, origin));
                }
            }
        }
        // nginx is made to be process 1; most programs are not, and would ignore SIGTERM.
        if built && !draft.program.is_proxy {
            service.init.get_or_insert(At::new(true, origins.by_default("init", cause)));
        }
    }

    /// Gives every build its user, who owns what is mounted into it.
    fn own_mounts(&mut self, drafts: &mut [Draft<'t>]) {
        let mut sharing: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, draft) in drafts.iter().enumerate() {
            if let Some(path) = emitted_build(draft) {
                sharing.entry(path.to_owned()).or_default().push(index);
            }
        }
        for at in 0..drafts.len() {
            if drafts[at].build.is_none() {
                continue;
            }
            let with_it = emitted_build(&drafts[at]).and_then(|path| sharing.get(path));
            let targets: BTreeMap<String, Origin> = with_it
                .map_or(&[at][..], Vec::as_slice)
                .iter()
                .flat_map(|other| &drafts[*other].service.mounts)
                .filter(|mount| matches!(mount.source, MountSource::Volume(_)) && !mount.read_only)
                .filter_map(|mount| {
                    let path = mount.target.known().map(|path| ContainerPath::trimmed(path).to_owned());
                    Some((path?, mount.origin))
                })
                .collect();
            let draft = &mut drafts[at];
            let cause = Some(draft.service.origin);
            let origin = self.origins.by_default("build-user", cause);
            let known = draft.known.and_then(|known| known.user);
            let user_set = draft.user_set;
            let has_shell = draft.build.iter().any(|build| {
                let steps = build.dockerfile.stages.iter().flat_map(|stage| &stage.steps);
                steps.into_iter().any(|step| matches!(step.op, Op::Shell(_)))
            });
            let Some(stage) = draft.build.as_mut().and_then(|build| build.dockerfile.stages.last_mut())
            else {
                continue;
            };
            let alpine = stage.base.as_literal().is_some_and(|base| base.contains("alpine"));
            let user = known.map_or(BUILD_USER, |user| user.id(alpine));
            let written = stage.steps.iter().position(|step| matches!(step.op, Op::User(_)));
            let owner = match written.map(|index| &stage.steps[index].op) {
                Some(Op::User(user)) => user.clone(),
                _ => Text::literal(user, origin),
            };
            let index = written.unwrap_or_else(|| {
                stage.steps.iter().rposition(|step| !is_metadata(&step.op)).map_or(0, |i| i + 1)
            });
            let mut steps = Vec::new();
            if !targets.is_empty() && owner.as_literal().is_some_and(|owner| owner != "root" && owner != "0")
            {
                let mounts: Vec<Origin> = targets.values().copied().collect();
                let cause = if let [only] = mounts.as_slice() { Some(*only) } else { cause };
                let origin = self.origins.by_default("mount-owner", cause);
                steps.push(own_step(&targets, &owner, has_shell, origin));
            }
            if written.is_none() && !user_set {
                steps.push(Step::new(Op::User(owner), origin));
            }
            stage.steps.splice(index..index, steps);
        }
    }

    /// Databases are reached by the services alone: not by the proxies, and not from outside.
    fn separate_databases(&mut self, compose: &mut Compose, drafts: &mut [Draft<'t>]) {
        let hidden = |draft: &Draft<'_>| {
            draft.known.is_some_and(|known| known.is_database)
                && draft.service.ports.is_empty()
                && draft.service.networks.is_empty()
                && !draft.service.says("network_mode")
                && !draft.service.says("networks")
        };
        if !drafts.iter().any(hidden) || self.names.networks.contains_key(DATA_NETWORK) {
            return;
        }
        let network = NetworkName::parse(DATA_NETWORK).expect("`data` is a name");
        let default = NetworkName::parse("default").expect("`default` is a name");
        let cause = drafts.iter().find(|draft| hidden(draft)).map(|draft| draft.service.origin);
        let origin = self.origins.by_default("data-network", cause);
        compose.networks.push(Network {
            name: At::new(network.clone(), origin),
            internal: Some(origin),
            external: None,
            extra: Vec::new(),
        });
        for draft in drafts.iter_mut().filter(|draft| !draft.program.is_proxy) {
            let only = hidden(draft);
            let origin = self.origins.by_default("data-network", Some(draft.service.origin));
            if only {
                draft.service.networks.push(At::new(network.clone(), origin));
            } else if draft.service.networks.is_empty() {
                draft.service.networks.push(At::new(default.clone(), origin));
                draft.service.networks.push(At::new(network.clone(), origin));
            }
        }
    }
}

/// `image of SERVICE`, and the argument that names the service.
fn shared_image(
    statement: &crate::syntax::stack::tree::Statement,
) -> Option<(Span, &crate::syntax::stack::tree::Arg)> {
    let rows = rows_named(Kind::Service, "image");
    let row = rows.iter().find(|row| row.id == "image-of")?;
    statement.children().filter(|child| child.head() == Some("image") && !child.damaged).find_map(|child| {
        row.parsed().fit(&child.args[1..]).ok().map(|_| (child.line_span(), &child.args[2]))
    })
}

/// The Dockerfile of a service's build, which others may share.
fn emitted_build<'d>(draft: &'d Draft<'_>) -> Option<&'d str> {
    let build = draft.service.build.as_ref()?;
    match (&build.dockerfile.value, &build.context.value) {
        (DockerfileRef::Emitted(path), BuildContext::Host(_)) => Some(path),
        (
            DockerfileRef::Emitted(_)
            | DockerfileRef::Kept(_)
            | DockerfileRef::Inline
            | DockerfileRef::Elsewhere(_),
            _,
        ) => None,
    }
}

fn is_alpine(image: &ImageRef) -> bool {
    image.tag.as_deref().is_some_and(|tag| tag.contains("alpine"))
}

/// `PATH:mode=...` with its owner, where a mode is asked for.
fn owned_tmpfs(line: &str, user: &str) -> String {
    let Some((path, options)) = line.split_once(':') else { return line.to_owned() };
    let (uid, gid) = user.split_once(':').unwrap_or((user, user));
    format!("{path}:uid={uid},gid={gid},{options}")
}

/// Instructions that describe the image and change no file.
fn is_metadata(op: &Op) -> bool {
    match op {
        Op::Cmd(_)
        | Op::Entrypoint(_)
        | Op::Expose(_)
        | Op::Health(_)
        | Op::NoHealth
        | Op::Label(_)
        | Op::Shell(_)
        | Op::StopSignal(_)
        | Op::Volume(_)
        | Op::Maintainer(_)
        | Op::OnBuild(_) => true,
        Op::Raw(raw) => matches!(
            raw.keyword,
            "CMD" | "ENTRYPOINT" | "EXPOSE" | "HEALTHCHECK" | "LABEL" | "SHELL" | "STOPSIGNAL" | "VOLUME"
        ),
        Op::Arg { .. }
        | Op::Env(_)
        | Op::Workdir(_)
        | Op::Copy(_)
        | Op::Add(_)
        | Op::File(_)
        | Op::Run(_)
        | Op::User(_) => false,
    }
}

/// Makes the folders. `has_shell` says that a `shell` may read shell texts, which need not be one.
fn own_step(targets: &BTreeMap<String, Origin>, owner: &Text, has_shell: bool, origin: Origin) -> Step {
    let paths: Vec<String> = targets.keys().map(|path| shell_word(path)).collect();
    let paths = paths.join(" ");
    let owner = shell_word(owner.as_literal().unwrap_or_default());
    let text = format!("mkdir -p {paths} && chown {owner} {paths}");
    let command = if has_shell {
        Command::Exec(["/bin/sh", "-c", &text].map(|word| Text::literal(word, origin)).to_vec())
    } else {
        Command::Shell(Text::literal(text, origin))
    };
    Step::new(Op::Run(Run::new(command)), origin)
}

/// A word as a POSIX shell reads it back.
fn shell_word(text: &str) -> String {
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-:@+=".contains(c)) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
