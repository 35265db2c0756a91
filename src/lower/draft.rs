//! A service while it is put together: its tree, the facts about its program, and what is still to be decided.

use std::collections::BTreeMap;

use super::fitting::Doubt;
use super::images::KnownImage;
use super::names::ServiceDecl;
use crate::model::compose::extra::{Extra, Value, find};
use crate::model::compose::{Build, Command, Condition, DockerfileRef, Grant, Service};
use crate::model::dockerfile::BuildFile;
use crate::model::names::{ArtifactName, EnvName, ServiceName};
use crate::model::nginx::ConfFile;
use crate::model::port::Port;
use crate::model::stack::Program;
use crate::source::{At, Origin, Span};
use crate::syntax::stack::tree::Statement;

/// One service on its way to the model.
#[derive(Debug)]
pub(crate) struct Draft<'t> {
    pub(crate) statement: &'t Statement,
    pub(crate) service: Service,
    pub(crate) program: Program,
    /// What is known of the image that runs, or of the one that a build starts from.
    pub(crate) known: Option<&'static KnownImage>,
    /// The Dockerfile that is emitted for it.
    pub(crate) build: Option<BuildFile>,
    /// What the image runs by itself, as far as it is known.
    pub(crate) image_runs: ImageRuns,
    pub(crate) needs: Vec<Need>,
    /// The nginx configuration of a proxy.
    pub(crate) conf: Option<ConfFile>,
    /// Whether the image has a health check of its own, from its build.
    pub(crate) image_health: bool,
    /// Whether its image is the one that another service builds.
    pub(crate) image_shared: bool,
    /// Whether the stack says who runs it.
    pub(crate) user_set: bool,
    /// The variables that are set, and where.
    pub(crate) variables: BTreeMap<EnvName, Span>,
    /// Mounts by target, to find two at one path.
    pub(crate) targets: BTreeMap<String, Span>,
    /// What may be meant by statements of the service, and of its build, that have a mistake.
    pub(crate) doubt: Doubt,
    /// Artefacts of whose path nothing is known, because it has a mistake.
    pub(crate) unplaced: Vec<ArtifactName>,
}

/// Entrypoint and command of an image.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImageRuns {
    pub(crate) entrypoint: Option<At<Command>>,
    pub(crate) command: Option<At<Command>>,
}

/// A `needs` statement.
#[derive(Clone, Debug)]
pub(crate) struct Need {
    pub(crate) service: ServiceName,
    /// `None` if the statement does not say.
    pub(crate) condition: Option<Condition>,
    /// The options in compose's own words.
    pub(crate) extra: Vec<Extra>,
    pub(crate) span: Span,
    pub(crate) origin: Origin,
}

impl<'t> Draft<'t> {
    pub(crate) fn new(decl: &ServiceDecl<'t>, origin: Origin) -> Self {
        let name = decl.name.clone();
        Self {
            statement: decl.statement,
            service: Service::new(At::new(name.clone(), origin)),
            program: Program {
                service: name,
                is_proxy: decl.is_proxy,
                listens: Vec::new(),
                artifacts: Vec::new(),
            },
            known: None,
            build: None,
            image_runs: ImageRuns::default(),
            needs: Vec::new(),
            conf: None,
            image_health: false,
            image_shared: false,
            user_set: false,
            variables: BTreeMap::new(),
            targets: BTreeMap::new(),
            doubt: decl.doubt.clone(),
            unplaced: Vec::new(),
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &ServiceName {
        &self.service.name.value
    }

    /// Whether something tells when it can be used.
    pub(crate) fn has_health(&self) -> bool {
        let Some(raw) = find(&self.service.extra, "healthcheck") else {
            return self.service.health.is_some() || self.image_health;
        };
        let is_off = matches!(find(raw.entries(), "disable"), Some(Value::Flag(true)));
        !is_off && (find(raw.entries(), "test").is_some() || self.image_health)
    }

    /// Whether an image runs of which nobody here knows whether it has a health check, and none is turned off.
    pub(crate) fn has_unknown_image(&self) -> bool {
        let is_silent = find(&self.service.extra, "healthcheck").is_none();
        let is_read = |build: &Build| matches!(build.dockerfile.value, DockerfileRef::Emitted(_));
        is_silent && self.known.is_none() && !self.service.build.as_ref().is_some_and(is_read)
    }

    /// Whether it is in doubt which image runs, and with it everything that is known of images.
    pub(crate) fn image_in_doubt(&self) -> bool {
        self.doubt.covers(&["image", "build", "base"])
    }

    /// Ports on which it accepts connections: what it says, else what is known of its image.
    pub(crate) fn listens(&self) -> Vec<Port> {
        if self.program.listens.is_empty() {
            let known = self.known.map_or(&[][..], |known| known.ports);
            return known.iter().filter_map(|port| Port::parse(&port.to_string())).collect();
        }
        self.program.listens.iter().map(|port| port.value).collect()
    }

    /// Grants the service a secret, once.
    pub(crate) fn grant(&mut self, name: &crate::model::names::SecretName, origin: Origin) {
        let mut grants = self.service.secrets.iter();
        if !grants.any(|grant| grant.name.value == *name && grant.target().is_none()) {
            self.service.secrets.push(Grant { name: At::new(name.clone(), origin), extra: Vec::new() });
        }
    }
}
