//! What compose files mean: all of them merged by compose's own rules, with the place of every value.

mod alone;
mod budget;
mod default_files;
mod dotenv;
mod env_files;
mod environment;
mod extends;
mod include;
mod interpolate;
mod load;
mod merge;
mod model;
mod mounts;
mod ports;
mod read;
mod reset;
mod said;
mod scalar;
mod schema;
mod service;
mod texts;
mod unique;
mod v1;
mod values;
mod words;

pub use alone::{alone, canonical, exactly, is_plain_value, split};
pub use default_files::default_files;
pub use environment::{Environment, Known};
pub use load::load;
pub use model::*;
pub use said::{hosts, labels, says_nothing};
pub use values::{Pair, PairValue, pairs, parts, place, scalar_text};

use crate::project::{NotAnalysed, Spanned};
use crate::syntax::remark::Remark;

/// The codes of what is found when compose files are understood.
pub const CODES: &[&str] = &[
    "compose-bad-env-file",
    "compose-bad-port",
    "compose-bad-variable",
    "compose-bad-volume",
    "compose-loop",
    "compose-missing-file",
    "compose-too-large",
    "compose-unknown-key",
    "compose-unknown-service",
    "compose-v1-form",
    "compose-wrong-type",
];

/// What came of a deployment's compose files.
#[derive(Debug)]
pub struct Loaded {
    /// The files as one; `None` if none of them could be read.
    pub compose: Option<Compose>,
    /// The files that were asked for and not analysed.
    pub not_analysed: Vec<NotAnalysed>,
    /// Whether everything was understood.
    pub is_understood: bool,
    /// The comments that speak to stackc.
    pub remarks: Vec<Remark>,
    /// The blocks of services in all of the files, each with the name that it has there.
    pub blocks: Vec<Spanned<String>>,
}
