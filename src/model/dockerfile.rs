//! A Dockerfile as a typed tree. Source: the Dockerfile reference of `BuildKit` (frontend/dockerfile/docs/reference.md).

use super::compose::{Command, Context, Health};
use super::names::{EnvName, SecretName, ServiceName, StageName};
use super::values::Text;
use crate::source::{At, Origin};

/// An emitted Dockerfile with what belongs to it.
#[derive(Clone, Debug)]
pub struct BuildFile {
    /// Relative to the output folder.
    pub path: String,
    /// The service whose build this is; none if it has a path of its own, and serves whom it serves.
    pub service: Option<ServiceName>,
    /// The build context.
    pub context: Context,
    /// The instructions.
    pub dockerfile: Dockerfile,
    /// Patterns of `PATH.dockerignore`, in order.
    pub ignore: Vec<At<String>>,
}

/// The instructions of one file.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    /// `# syntax=` and `# check=`, in this order.
    pub directives: Vec<Directive>,
    /// `ARG` before the first `FROM`.
    pub globals: Vec<Step>,
    /// At least one.
    pub stages: Vec<Stage>,
}

/// A parser directive: a comment at the head of the file that the builder reads.
#[derive(Clone, Debug)]
pub struct Directive {
    /// What it sets.
    pub kind: DirectiveKind,
    /// To what.
    pub value: String,
    /// Why.
    pub origin: Origin,
}

impl Directive {
    /// Whether it turns on checks that are still being tried out.
    pub fn tries_checks(&self) -> bool {
        self.kind == DirectiveKind::Check && self.value.contains("experimental=")
    }
}

/// What a parser directive sets. The third there is, `escape`, keeps to its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectiveKind {
    /// `# syntax=`: the image that reads the file.
    Syntax,
    /// `# check=`: the builder's own checks.
    Check,
}

/// `FROM` and what follows it.
#[derive(Clone, Debug)]
pub struct Stage {
    /// An image reference or the name of an earlier stage.
    pub base: Text,
    /// `--platform`
    pub platform: Option<Text>,
    /// `AS name`
    pub name: Option<At<StageName>>,
    /// The instructions in order.
    pub steps: Vec<Step>,
    /// Why there is a stage.
    pub origin: Origin,
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it does.
    pub op: Op,
    /// Why.
    pub origin: Origin,
}

impl Step {
    /// An instruction and its origin.
    pub fn new(op: Op, origin: Origin) -> Self {
        Self { op, origin }
    }
}

/// What an instruction does.
#[derive(Clone, Debug)]
pub enum Op {
    /// `ARG name[=default]`
    Arg {
        /// The variable.
        name: EnvName,
        /// Its default.
        default: Option<Text>,
    },
    /// `ENV name=value ...`
    Env(Vec<(EnvName, Text)>),
    /// `WORKDIR`
    Workdir(Text),
    /// `COPY`
    Copy(Copy),
    /// `ADD`
    Add(Add),
    /// `COPY` of a file whose content stands in the Dockerfile.
    File(InlineFile),
    /// `RUN`
    Run(Run),
    /// `USER`
    User(Text),
    /// `EXPOSE`
    Expose(Vec<Text>),
    /// `ENTRYPOINT`
    Entrypoint(Command),
    /// `CMD`
    Cmd(Command),
    /// `HEALTHCHECK`
    Health(Health),
    /// `HEALTHCHECK NONE`
    NoHealth,
    /// `LABEL`
    Label(Vec<(Text, Text)>),
    /// `SHELL`: the program and the arguments before a shell text.
    Shell(Vec<Text>),
    /// `STOPSIGNAL`
    StopSignal(Text),
    /// `VOLUME`
    Volume(Vec<Text>),
    /// `MAINTAINER`
    Maintainer(Text),
    /// `ONBUILD` and an instruction.
    OnBuild(Box<Op>),
    /// An instruction as it was written.
    Raw(Raw),
}

impl Op {
    /// The instruction itself, or the one that it keeps for the builds on this image.
    pub fn effective(&self) -> &Op {
        if let Self::OnBuild(op) = self { op } else { self }
    }

    /// What it puts into the image by its path in the build context; `ADD` has URLs among them.
    pub fn context_sources(&self) -> &[Text] {
        if let Self::Copy(Copy { from: None, sources, .. }) | Self::Add(Add { sources, .. }) = self {
            sources
        } else {
            &[]
        }
    }
}

/// An instruction as it was written: a whole one, which the reader understood.
#[derive(Clone, Debug)]
pub struct Raw {
    /// Its name, in capital letters.
    pub keyword: &'static str,
    /// Its lines, those of heredocs included, without their ends.
    pub lines: Vec<At<String>>,
}

/// What `COPY` and `ADD` do to the files on their way.
#[derive(Clone, Debug, Default)]
pub struct CopyFlags {
    /// `--chown=uid:gid`
    pub chown: Option<Text>,
    /// `--chmod`
    pub chmod: Option<Text>,
    /// `--link`
    pub link: Option<bool>,
    /// `--exclude`, each with one pattern, which holds no variable.
    pub exclude: Vec<Text>,
}

/// `COPY`
#[derive(Clone, Debug)]
pub struct Copy {
    /// `--from`
    pub from: Option<CopyFrom>,
    /// What is done to the files.
    pub flags: CopyFlags,
    /// `--parents`
    pub parents: Option<bool>,
    /// What is copied, relative to the context or to the root of `from`.
    pub sources: Vec<Text>,
    /// Where to.
    pub target: Text,
}

impl Copy {
    /// A copy without flags.
    pub fn new(from: Option<CopyFrom>, sources: Vec<Text>, target: Text) -> Self {
        Self { from, flags: CopyFlags::default(), parents: None, sources, target }
    }
}

/// `ADD`
#[derive(Clone, Debug)]
pub struct Add {
    /// What is done to the files.
    pub flags: CopyFlags,
    /// `--checksum`
    pub checksum: Option<Text>,
    /// `--keep-git-dir`
    pub keep_git_dir: Option<bool>,
    /// `--unpack`
    pub unpack: Option<bool>,
    /// Paths of the context, URLs, Git repositories.
    pub sources: Vec<Text>,
    /// Where to.
    pub target: Text,
}

/// `COPY <<EOF`
#[derive(Clone, Debug)]
pub struct InlineFile {
    /// What is done to the file; it has no `exclude`.
    pub flags: CopyFlags,
    /// Where it is; no path of a folder.
    pub path: Text,
    /// What is in it. A last line that is not ended is ended when the file is made.
    pub content: Text,
}

/// Where a `COPY` or a mount takes its files from, if not from the context.
#[derive(Clone, Debug)]
pub enum CopyFrom {
    /// A stage of the same file.
    Stage(StageName),
    /// The stage of the same file with this number, from 0, in digits.
    Numbered(String),
    /// A named context of the build.
    Context(StageName),
    /// Any image.
    Image(Text),
}

/// `RUN`
#[derive(Clone, Debug)]
pub struct Run {
    /// `--mount`
    pub mounts: Vec<RunMount>,
    /// `--network`
    pub network: Option<RunNetwork>,
    /// `--security`
    pub security: Option<Security>,
    /// `--device`
    pub devices: Vec<Device>,
    /// What is handed a shell text as its last argument, as `SHELL` says at this place; empty for `/bin/sh -c`.
    pub shell: Vec<Text>,
    /// What is run. A shell text of several lines is written as a heredoc.
    pub command: Command,
    /// What follows the `<<NAME` in the text, by their names; none in most.
    pub heredocs: Vec<(String, Text)>,
}

impl Run {
    /// A step without options, for the shell `/bin/sh -c`.
    pub fn new(command: Command) -> Self {
        Self {
            mounts: Vec::new(),
            network: None,
            security: None,
            devices: Vec::new(),
            shell: Vec::new(),
            command,
            heredocs: Vec::new(),
        }
    }
}

/// `RUN --network`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunNetwork {
    /// The one that the builder gives every step.
    Default,
    /// None but its own loopback.
    None,
    /// The machine's.
    Host,
}

/// `RUN --security`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Confined.
    Sandbox,
    /// With the rights of the builder.
    Insecure,
}

/// `RUN --device`
#[derive(Clone, Debug)]
pub struct Device {
    /// The name of a CDI device, of its kind or its class.
    pub name: Text,
    /// Whether the step fails without it.
    pub required: bool,
}

/// `RUN --mount`
#[derive(Clone, Debug)]
pub enum RunMount {
    /// A cache that lasts between builds and is in no layer.
    Cache(CacheMount),
    /// Files of the context, a stage or an image, for this instruction alone.
    Bind {
        /// Relative to the root of where it comes from, which it is by default.
        source: Option<Text>,
        /// Absolute path.
        target: Text,
        /// The context by default.
        from: Option<CopyFrom>,
        /// Whether it can be written, to be thrown away.
        read_write: Option<bool>,
    },
    /// A folder in memory.
    Tmpfs {
        /// Absolute path.
        target: Text,
        /// How much it may hold.
        size: Option<Text>,
    },
    /// A secret's file, for this instruction alone.
    Secret(SecretMount),
    /// The agent of whoever builds.
    Ssh {
        /// Which agent or key; `default` by default.
        id: Option<Text>,
        /// Where its socket is.
        target: Option<Text>,
        /// Whether the step fails without it.
        required: bool,
        /// Of the socket.
        ownership: Ownership,
    },
}

/// `RUN --mount=type=cache`
#[derive(Clone, Debug)]
pub struct CacheMount {
    /// Absolute path.
    pub target: Text,
    /// Its name; the path by default.
    pub id: Option<Text>,
    /// What a second step does that wants it at the same time.
    pub sharing: Option<Sharing>,
    /// What it begins with; nothing by default.
    pub from: Option<CopyFrom>,
    /// The folder of `from` that it begins with.
    pub source: Option<Text>,
    /// Whether the step is kept from writing.
    pub read_only: Option<bool>,
    /// Of a new cache.
    pub ownership: Ownership,
}

impl CacheMount {
    /// A cache without options.
    pub fn new(target: Text) -> Self {
        Self {
            target,
            id: None,
            sharing: None,
            from: None,
            source: None,
            read_only: None,
            ownership: Ownership::default(),
        }
    }
}

/// `sharing=`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Several steps at once.
    Shared,
    /// A cache for each.
    Private,
    /// One after the other: for tools that cannot share, such as apt.
    Locked,
}

/// `RUN --mount=type=secret`
#[derive(Clone, Debug)]
pub struct SecretMount {
    /// Its id.
    pub name: SecretName,
    /// Where it is; `/run/secrets/NAME` by default, and nowhere if it is in a variable.
    pub target: Option<Text>,
    /// The variable that holds it.
    pub variable: Option<EnvName>,
    /// Whether the step fails without it.
    pub required: bool,
    /// Of the file, which is root's alone by default.
    pub ownership: Ownership,
}

impl SecretMount {
    /// The path of the file that the step finds; `None` if there is none.
    pub fn path(&self) -> Option<String> {
        match (&self.target, &self.variable) {
            (Some(target), _) => target.as_literal().map(str::to_owned),
            (None, Some(_)) => None,
            (None, None) => Some(format!("/run/secrets/{}", self.name)),
        }
    }
}

/// Whom something belongs to, and who may do what with it.
#[derive(Clone, Debug, Default)]
pub struct Ownership {
    /// In octal.
    pub mode: Option<Text>,
    /// A number.
    pub uid: Option<Text>,
    /// A number.
    pub gid: Option<Text>,
}
