//! Which statements exist: for every kind of block its rows, each a sentence with its doc and example.
//!
//! From the rows come validation with suggestions, the language reference and completion. Adding a statement is
//! adding a row here and its lowering.

pub mod foreign;
pub mod rows;
pub mod sentence;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sentence::Sentence;

/// A kind of block; the top level of a file is one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The top level.
    File,
    /// `secret NAME { }`
    Secret,
    /// `input NAME { }`
    Input,
    /// `volume NAME { }`
    Volume,
    /// `network NAME { }`
    Network,
    /// `service NAME { }`
    Service,
    /// `proxy NAME { }`
    Proxy,
    /// `health ... { }`
    Health,
    /// `build { }`
    Build,
    /// `stage NAME { }` of a build.
    Stage,
    /// `run ... { }`
    Run,
    /// `provides ... { }`
    Provides,
    /// `site HOST { }`
    Site,
    /// `route`, `static`, `proxy`, `redirect`, `respond`, `spa` with a block.
    Location,
    /// `env { NAME value }`
    Env,
    /// `labels { name value }`
    Labels,
}

impl Kind {
    /// How a message names the block: "in a service".
    pub fn describe(self) -> &'static str {
        match self {
            Self::File => "at the top level",
            Self::Secret => "in a secret",
            Self::Input => "in an input",
            Self::Volume => "in a volume",
            Self::Network => "in a network",
            Self::Service => "in a service",
            Self::Proxy => "in a proxy",
            Self::Health => "in a health check",
            Self::Build => "in a build",
            Self::Stage => "in a stage",
            Self::Run => "in a run step",
            Self::Provides => "in provides",
            Self::Site => "in a site",
            Self::Location => "in a route",
            Self::Env => "in env",
            Self::Labels => "in labels",
        }
    }

    /// Whether the block holds `NAME value` pairs instead of statements.
    pub fn is_pairs(self) -> bool {
        matches!(self, Self::Env | Self::Labels)
    }

    /// Every kind, in the order of the language reference.
    pub const ALL: [Kind; 16] = [
        Self::File,
        Self::Secret,
        Self::Input,
        Self::Volume,
        Self::Network,
        Self::Service,
        Self::Proxy,
        Self::Health,
        Self::Build,
        Self::Stage,
        Self::Run,
        Self::Provides,
        Self::Site,
        Self::Location,
        Self::Env,
        Self::Labels,
    ];
}

/// How often a statement may stand in one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// At most once; a second one is an error. Rows that share a head share the count.
    Once,
    /// Any number of times.
    Many,
}

/// What may follow the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockRule {
    /// No block.
    None,
    /// A block of that kind, or none.
    May(Kind),
    /// A block of that kind.
    Must(Kind),
}

impl BlockRule {
    /// The kind of block, if one may follow.
    pub fn kind(self) -> Option<Kind> {
        match self {
            Self::None => None,
            Self::May(kind) | Self::Must(kind) => Some(kind),
        }
    }
}

/// One statement.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What its lowering knows it by; unique within its kinds.
    pub id: &'static str,
    /// The kinds of block it may stand in.
    pub kinds: &'static [Kind],
    /// How it is written: `mount <volume|host-path> at <container-path> [read-only]`.
    pub sentence: &'static str,
    /// How often.
    pub count: Count,
    /// What block may follow.
    pub block: BlockRule,
    /// One line on what it does.
    pub doc: &'static str,
    /// One statement that compiles where the row may stand.
    pub example: &'static str,
    /// What holds when it is absent; empty if nothing.
    pub default: &'static str,
}

impl Row {
    /// The first word of the sentence.
    pub fn head(&self) -> &'static str {
        self.sentence.split(' ').next().expect("a sentence has a head")
    }

    /// The sentence as a person writes it, with its block.
    pub fn shown(&self) -> String {
        match self.block {
            BlockRule::Must(_) => format!("{} {{ ... }}", self.sentence),
            BlockRule::None | BlockRule::May(_) => self.sentence.to_owned(),
        }
    }

    /// The sentence in parts.
    pub fn parsed(&self) -> &'static Sentence {
        SENTENCES.get(self.sentence).expect("every row's sentence is in the table of parsed ones")
    }
}

static SENTENCES: LazyLock<BTreeMap<&'static str, Sentence>> =
    LazyLock::new(|| rows::ROWS.iter().map(|row| (row.sentence, Sentence::parse(row.sentence))).collect());

/// The rows that may stand in a kind of block.
pub fn rows_of(kind: Kind) -> impl Iterator<Item = &'static Row> {
    rows::ROWS.iter().filter(move |row| row.kinds.contains(&kind))
}

/// The rows of that head in a kind of block; several when a statement has several forms.
pub fn rows_named(kind: Kind, head: &str) -> Vec<&'static Row> {
    rows_of(kind).filter(|row| row.head() == head).collect()
}

/// The forms of one statement in the order in which they are tried: those with more keywords first, as
/// `command shell "a b"` is not the words `shell` and `a b`.
pub fn in_order_of_trial(rows: &[&'static Row]) -> Vec<&'static Row> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| std::cmp::Reverse(row.parsed().keyword_count()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_within_a_kind_and_examples_begin_with_the_head() {
        for kind in Kind::ALL {
            let mut ids: Vec<_> = rows_of(kind).map(|row| row.id).collect();
            let before = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), before, "{kind:?}");
        }
        for row in rows::ROWS {
            assert!(row.example.starts_with(row.head()), "{}", row.sentence);
            assert!(row.doc.ends_with('.'), "{}", row.sentence);
        }
    }

    #[test]
    fn a_form_with_a_keyword_goes_before_one_that_takes_any_word() {
        let ids = |head| {
            in_order_of_trial(&rows_named(Kind::Service, head)).iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(ids("command"), ["command-shell", "command"]);
        assert_eq!(ids("image"), ["image-of", "image"]);
    }

    #[test]
    fn every_kind_can_be_opened_by_a_row() {
        for kind in Kind::ALL {
            let opened = rows::ROWS.iter().any(|row| row.block.kind() == Some(kind));
            assert!(opened || kind == Kind::File, "{kind:?}");
        }
    }
}
