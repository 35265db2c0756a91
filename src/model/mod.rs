//! The typed trees that everything is lowered or parsed into, and that rules and back ends read.

pub mod build_scalar;
pub mod compose;
pub mod dockerfile;
pub mod image;
pub mod names;
pub mod nginx;
pub mod path;
pub mod port;
pub mod scalar;
pub mod stack;
pub mod values;

use dockerfile::BuildFile;
use nginx::ConfFile;

/// One stack as the trees of its artefacts, and the facts that no artefact holds.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// docker-compose.yml.
    pub compose: compose::Compose,
    /// Every Dockerfile with its `.dockerignore`, in order of path.
    pub builds: Vec<BuildFile>,
    /// Every nginx configuration, in order of path.
    pub confs: Vec<ConfFile>,
    /// What the stack file says beyond its artefacts.
    pub stack: stack::Stack,
}
