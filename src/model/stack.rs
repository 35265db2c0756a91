//! What a stack file says that no artefact holds: facts about programs, static roots, secrets and their uses.

use super::compose::SecretSource;
use super::git::{Commit, GitRef, Remote};
use super::names::{ArtifactName, EnvName, Extension, InputName, SecretName, ServiceName};
use super::nginx::DirId;
use super::path::{ContainerPath, HostPath};
use super::port::Port;
use super::version::Version;
use crate::source::{At, Origin, Span};

/// The facts of one stack.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    /// `defaults`
    pub policy: Policy,
    /// `requires engine`: the oldest engine that builds and runs it.
    pub engine: Option<At<Version>>,
    /// In order of declaration.
    pub secrets: Vec<SecretDecl>,
    /// In order of declaration.
    pub inputs: Vec<InputDecl>,
    /// What builds fetch with git, in the order in which builds are read.
    pub git_sources: Vec<GitSource>,
    /// What is known of the program in each service, in the order of the services.
    pub programs: Vec<Program>,
    /// Every place from which nginx serves files.
    pub static_roots: Vec<StaticRoot>,
    /// Literal values of variables, labels and arguments that rules look at.
    pub literals: Vec<Literal>,
    /// Every `allow`.
    pub allows: Vec<Allow>,
    /// Names that were declared and that nothing refers to: kind, name, place.
    pub unused: Vec<Unused>,
}

impl Stack {
    /// The facts about a service's program.
    pub fn program(&self, service: &ServiceName) -> Option<&Program> {
        self.programs.iter().find(|program| program.service == *service)
    }

    /// The declaration of a secret.
    pub fn secret(&self, name: &SecretName) -> Option<&SecretDecl> {
        self.secrets.iter().find(|secret| secret.name.value == *name)
    }
}

/// What a file that says nothing gets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Everything that is known to be better.
    #[default]
    Secure,
    /// Nothing beyond what is written.
    Plain,
}

/// `secret NAME { ... }`
#[derive(Clone, Debug)]
pub struct SecretDecl {
    /// Its name.
    pub name: At<SecretName>,
    /// Where its value is.
    pub source: SecretSource,
    /// Whether a container reads it at run time, rather than a build alone.
    pub at_run_time: bool,
    /// Whether it is a key that ssh logs in with, so that not any content will do.
    pub is_key: bool,
    /// What it is for TLS, if it is: then no random content will do.
    pub tls: Option<TlsFile>,
}

/// A file of TLS, which an authority, or a program for it, makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFile {
    /// A certificate, with those between it and its root.
    Certificate,
    /// The private key of one.
    Key,
}

/// `input NAME { ... }`
#[derive(Clone, Debug)]
pub struct InputDecl {
    /// Its name, which is that of the variable.
    pub name: At<InputName>,
    /// What it is when the environment does not say.
    pub default: Option<String>,
    /// The first line of its documentation.
    pub doc: Option<String>,
}

/// `source git ... { }`
#[derive(Clone, Debug)]
pub struct GitSource {
    /// The repository.
    pub remote: Remote,
    /// What is fetched of it, by a name that may be another commit tomorrow.
    pub git_ref: Option<GitRef>,
    /// What it must be.
    pub commit: Option<Commit>,
    /// The statement.
    pub origin: Origin,
}

/// What runs in a service.
#[derive(Clone, Debug)]
pub struct Program {
    /// The service.
    pub service: ServiceName,
    /// Whether it is a `proxy`.
    pub is_proxy: bool,
    /// Ports on which it accepts connections: `listen`, and those of a proxy's sites.
    pub listens: Vec<At<Port>>,
    /// `provides`
    pub artifacts: Vec<Artifact>,
}

/// `provides NAME at PATH { ... }`
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Its name.
    pub name: At<ArtifactName>,
    /// Where it is in the image.
    pub path: ContainerPath,
    /// `kinds`: extensions that are said to be in it.
    pub kinds: Vec<At<Extension>>,
    /// Folders of the host whose files end up in it.
    pub host_roots: Vec<HostRoot>,
}

/// A folder of the host whose files are served or end up in an artefact.
#[derive(Clone, Debug)]
pub struct HostRoot {
    /// Relative to the stack file.
    pub path: HostPath,
    /// Whether the stack file says so, rather than a `copy` step letting it be concluded: then it must be there.
    pub stated: bool,
    /// The statement.
    pub origin: Origin,
}

/// Files that a location of nginx serves.
#[derive(Clone, Debug)]
pub struct StaticRoot {
    /// The proxy.
    pub service: ServiceName,
    /// The location, in the configuration of that proxy.
    pub location: DirId,
    /// The URI prefix.
    pub prefix: String,
    /// Extensions that are said to be in it.
    pub kinds: Vec<At<Extension>>,
    /// Folders of the host whose files are served.
    pub host_roots: Vec<HostRoot>,
    /// Whether it is what a build provides, rather than a folder of the host or a volume.
    pub from_artifact: bool,
    /// Extensions whose type the stack file itself gives.
    pub typed: Vec<Extension>,
    /// Why.
    pub origin: Origin,
}

/// A literal text that stands under a name.
#[derive(Clone, Debug)]
pub struct Literal {
    /// The name of the variable, label or argument.
    pub name: EnvName,
    /// Where it ends up.
    pub slot: LiteralSlot,
    /// Where the value stands.
    pub value: Span,
    /// Whether the value is empty.
    pub empty: bool,
}

/// Where a literal ends up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiteralSlot {
    /// `environment` of compose.
    Environment,
    /// `ENV` of an image.
    ImageEnv,
    /// `ARG` of an image.
    BuildArg,
    /// The default of an input.
    InputDefault,
    /// A label.
    Label,
}

/// `allow RULE "reason"`
#[derive(Clone, Debug)]
pub struct Allow {
    /// The rule.
    pub rule: At<String>,
    /// Why it may be broken here.
    pub reason: String,
    /// The block it stands in; the whole file at the top level.
    pub scope: Span,
    /// The statement.
    pub at: Span,
    /// Whether the compiler itself made use of it.
    pub used: bool,
}

/// A declaration that nothing refers to.
#[derive(Clone, Debug)]
pub struct Unused {
    /// "volume", "network", "input", "secret".
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub at: Span,
}
