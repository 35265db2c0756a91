//! What a Dockerfile means: its stages, what each of them inherits, and the words of its instructions once variables
//! are put in.

pub(crate) mod context;
mod expand;
mod mounts;
mod pattern;
mod reader;
mod scope;
mod settings;
mod targets;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use mounts::{Mount, mounts};
pub use reader::read;
pub use targets::Target;

use crate::project::Spanned;
use crate::source::{FileId, Span};
use crate::syntax::dockerfile::tree::{Instruction, Tree};

/// A Dockerfile with its meaning.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    /// The file.
    pub file: FileId,
    /// Its path by [`crate::project::host::Host`]'s naming; `None` for one that stands in a compose file.
    pub host: Option<String>,
    /// The folder that it is built in, if one is known, by the same naming.
    pub context: Option<String>,
    /// What was read.
    pub tree: Tree,
    /// `ARG` before the first `FROM`.
    pub args: Vec<Arg>,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// The last stage of each name.
    names: BTreeMap<String, usize>,
}

/// A word once variables are put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expanded {
    /// As it is written.
    pub raw: String,
    /// What it comes to; `None` if a variable in it is not known.
    pub value: Option<String>,
    /// Where.
    pub span: Span,
    /// The variables in it that nothing in the file declares before it: an image may set them, or nobody does.
    pub undeclared: Vec<String>,
    /// Why the builder refuses it: a quote or a brace that is not closed, a substitution that does not exist.
    pub refusal: Option<&'static str>,
}

/// A declared build argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Its name.
    pub name: Spanned<String>,
    /// Its default, expanded.
    pub default: Option<Expanded>,
    /// What a build gives it: compose's `args` first, then the default, for one without both that of the same name
    /// before the first `FROM`; `None` if nobody knows.
    pub value: Option<String>,
}

/// What a stage begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// An image of a registry, by its whole name.
    Image(String),
    /// An earlier stage, by its place.
    Stage(usize),
    /// Nothing.
    Scratch,
    /// A name that depends on a variable without a value.
    Unknown,
}

/// One stage.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Its `AS` name in lower case, as `BuildKit` compares it.
    pub name: Option<Spanned<String>>,
    /// What it begins with.
    pub base: Base,
    /// The word behind `FROM`.
    pub from: Expanded,
    /// What `--platform` of `FROM` says.
    pub platform: Option<Expanded>,
    /// The whole `FROM` instruction.
    pub span: Span,
    /// What is done in it, `FROM` not among it.
    pub steps: Vec<Step>,
    /// What it leaves to those that build on it.
    pub end: Arc<Settings>,
}

/// One instruction of a stage.
#[derive(Clone, Debug)]
pub struct Step {
    /// As it was read.
    pub instruction: Instruction,
    /// Its words once variables are put in, where it has words: the sources and the destination of COPY and ADD, the
    /// paths of VOLUME, the ports of EXPOSE, the argument of USER, WORKDIR and STOPSIGNAL, the values of ENV and LABEL,
    /// the defaults of ARG.
    pub words: Vec<Expanded>,
    /// `--chown`, `--chmod` and `--checksum` of COPY and ADD, and `--mount` of RUN, once variables are put in.
    pub flags: Vec<(String, Expanded)>,
    /// What holds when it is carried out.
    pub before: Arc<Settings>,
    /// Whether the stage below asked for it by ONBUILD; it is written there.
    pub is_trigger: bool,
}

/// What instructions set and stages inherit. Values of an image of a registry are those that the table of images knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// ENV, by name; a value that is not known is `None`.
    pub env: BTreeMap<String, Option<String>>,
    /// ARG that are declared in this stage and those below it so far.
    pub args: BTreeMap<String, Option<String>>,
    /// What `$NAME` comes to: of ENV and ARG of one name the last counts. A name that is not here is not declared.
    pub variables: BTreeMap<String, Option<String>>,
    /// Whether a name that is not declared has no value for certain: there is no image of a registry below.
    pub is_closed: bool,
    /// USER, `root` if nothing sets another; `None` if nobody knows.
    pub user: Option<Setting>,
    /// WORKDIR, absolute; `None` if nobody knows.
    pub working_dir: Option<Setting>,
    /// EXPOSE: `8000`, `53/udp`.
    pub ports: Vec<Setting>,
    /// VOLUME: absolute paths.
    pub volumes: Vec<Setting>,
    /// ENTRYPOINT, without words if there is none; `None` if nobody knows.
    pub entrypoint: Option<Words>,
    /// CMD, without words if there is none; `None` if nobody knows.
    pub command: Option<Words>,
    /// HEALTHCHECK: whether there is one; `None` if nobody knows.
    pub has_health: Option<bool>,
    /// SHELL; empty for the usual `/bin/sh -c`.
    pub shell: Vec<String>,
}

/// A value and who set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What was set.
    pub value: String,
    /// The instruction; `None` if the base image set it.
    pub span: Option<Span>,
}

/// The words of ENTRYPOINT or CMD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The words; a shell form as `["/bin/sh", "-c", text]`, with what SHELL says in their place.
    pub words: Vec<String>,
    /// Whether it was written for a shell.
    pub is_shell: bool,
    /// The instruction; `None` if the base image set it.
    pub span: Option<Span>,
}
