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
    /// The service whose build this is.
    pub service: ServiceName,
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
    /// `ARG` before the first `FROM`.
    pub globals: Vec<Step>,
    /// At least one.
    pub stages: Vec<Stage>,
}

/// `FROM` and what follows it.
#[derive(Clone, Debug)]
pub struct Stage {
    /// An image reference or the name of an earlier stage.
    pub base: Text,
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
    /// `LABEL`
    Label(Vec<(Text, Text)>),
}

/// `COPY`
#[derive(Clone, Debug)]
pub struct Copy {
    /// `--from`
    pub from: Option<CopyFrom>,
    /// `--chown=uid:gid`
    pub chown: Option<Text>,
    /// What is copied, relative to the context or to the root of `from`.
    pub sources: Vec<Text>,
    /// Where to.
    pub target: Text,
}

/// Where a `COPY` takes its files from, if not from the context.
#[derive(Clone, Debug)]
pub enum CopyFrom {
    /// A stage of the same file.
    Stage(StageName),
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
    /// What is run. A shell text of several lines is written as a heredoc.
    pub command: Command,
}

/// `RUN --mount`
#[derive(Clone, Debug)]
pub enum RunMount {
    /// A cache that lasts between builds and is in no layer.
    Cache {
        /// Absolute path.
        target: String,
        /// `sharing=locked`: for tools that cannot share, such as apt.
        locked: bool,
    },
    /// A file of the context, for this instruction alone.
    Bind {
        /// Relative to the context.
        source: Text,
        /// Absolute path.
        target: Text,
    },
    /// A secret's file, for this instruction alone.
    Secret {
        /// Its id.
        name: SecretName,
        /// Where it is; `/run/secrets/NAME` by default.
        target: Option<Text>,
        /// Who may read it; root by default.
        uid: Option<String>,
    },
}
