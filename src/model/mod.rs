//! The typed trees that everything is lowered or parsed into, and that rules and back ends read.

pub mod build_scalar;
pub mod compose;
pub mod continued;
pub mod dockerfile;
pub mod engine;
pub mod git;
pub mod image;
pub mod names;
pub mod nginx;
pub mod path;
pub mod port;
pub mod scalar;
pub mod stack;
pub mod values;
pub mod version;

use dockerfile::BuildFile;
use nginx::{ConfFile, Included};

/// One stack as the trees of its artefacts, and the facts that no artefact holds.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// docker-compose.yml.
    pub compose: compose::Compose,
    /// Every Dockerfile with its `.dockerignore`, in order of path.
    pub builds: Vec<BuildFile>,
    /// The nginx configuration of every proxy, in order of path.
    pub confs: Vec<ConfFile>,
    /// Every file of nginx that is described by its path, in order of it.
    pub included: Vec<Included>,
    /// What the stack file says beyond its artefacts.
    pub stack: stack::Stack,
}

impl Deployment {
    /// The directives of every file of nginx, with its path.
    pub fn directives(&self) -> impl Iterator<Item = (&str, &nginx::Conf)> {
        let confs = self.confs.iter().map(|file| (file.path.as_str(), &file.conf));
        confs.chain(self.included.iter().map(|file| (file.path.as_str(), &file.conf)))
    }
}
