//! `stackc.toml`: what people decide about rules for a whole folder. It names rules, levels and files, and nothing that is
//! run or read.

mod read;
pub mod schema;

pub use read::read;

use crate::diagnostic::Severity;
use crate::lint::Policy;

/// The name of the file.
pub const NAME: &str = "stackc.toml";

/// The codes of what is found in it.
pub const CODES: &[&str] = &[
    "settings-missing",
    "settings-syntax",
    "settings-unknown-key",
    "settings-unknown-rule",
    "settings-value",
];

/// What it says.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Levels of rules, and what is left out. The folders of the exclusions are for the caller to say.
    pub policy: Policy,
    /// From which findings on a lint fails.
    pub fail_on: Option<Threshold>,
    /// Where the baseline is, from the folder of the file.
    pub baseline: Option<String>,
}

/// From which findings on a lint fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Threshold {
    /// Errors.
    Error,
    /// Warnings and errors.
    #[default]
    Warning,
    /// All.
    Info,
    /// None.
    Never,
}

impl Threshold {
    /// Every threshold, by the word that people write.
    pub const ALL: [(&str, Self); 4] =
        [("error", Self::Error), ("warning", Self::Warning), ("info", Self::Info), ("never", Self::Never)];

    /// The threshold of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, threshold)| *threshold)
    }

    /// Whether findings fail a lint whose gravest is `worst`.
    pub fn is_reached(self, worst: Option<Severity>) -> bool {
        match self {
            Self::Error => worst >= Some(Severity::Error),
            Self::Warning => worst >= Some(Severity::Warning),
            Self::Info => worst >= Some(Severity::Info),
            Self::Never => false,
        }
    }
}
