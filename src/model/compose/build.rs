//! `build` of a service.

use super::Grant;
use super::extra::Extra;
use crate::model::names::{EnvName, ServiceName, StageName};
use crate::model::path::HostPath;
use crate::model::values::Text;
use crate::source::{At, Origin};

/// `build`
#[derive(Clone, Debug)]
pub struct Build {
    /// The build context.
    pub context: At<Context>,
    /// The Dockerfile.
    pub dockerfile: At<DockerfileRef>,
    /// How the stack file spells its path from the build context, if it does.
    pub spelled: Option<String>,
    /// `additional_contexts`: other places that the Dockerfile copies from, by the name it uses.
    pub named_contexts: Vec<(StageName, At<NamedContext>)>,
    /// `args`: the inputs that the Dockerfile reads.
    pub args: Vec<(EnvName, Text)>,
    /// `secrets` of the build.
    pub secrets: Vec<Grant>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
    /// Why there is a build.
    pub origin: Origin,
}

impl Build {
    /// The origin of every part, to say that another service has the same build.
    pub(crate) fn origins_mut(&mut self) -> impl Iterator<Item = &mut Origin> {
        let contexts = self.named_contexts.iter_mut().map(|(_, context)| &mut context.origin);
        let args = self.args.iter_mut().map(|(_, value)| &mut value.origin);
        let secrets = self.secrets.iter_mut().map(|secret| &mut secret.name.origin);
        let extra = self.extra.iter_mut().map(|extra| &mut extra.origin);
        [&mut self.origin, &mut self.context.origin, &mut self.dockerfile.origin]
            .into_iter()
            .chain(contexts)
            .chain(args)
            .chain(secrets)
            .chain(extra)
    }
}

/// Which Dockerfile a build reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DockerfileRef {
    /// The one in `dockerfile_inline`, which is among the build's own words.
    Inline,
    /// An emitted one, relative to the output folder: a [`crate::model::dockerfile::BuildFile::path`].
    Emitted(String),
    /// One that the user keeps, relative to the build context, as compose wants it.
    Kept(HostPath),
    /// One whose path an input decides, or that of a context which is not a folder of the project; `None` for the
    /// `Dockerfile` of that one.
    Elsewhere(Option<Text>),
}

/// The folder that a build may copy from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Context {
    /// A folder of the project, relative to the stack file.
    Host(HostPath),
    /// A folder of emitted files, relative to the output folder.
    Emitted(String),
    /// A folder that an input decides, relative to the stack file, or what is not on this host: a repository.
    Elsewhere(Text),
}

/// A further place that a build may copy from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedContext {
    /// The image of another service: `service:NAME`.
    Service(ServiceName),
    /// A folder of the host, relative to the stack file.
    Host(HostPath),
}
