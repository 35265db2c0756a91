//! Which statements exist: for every kind of block its rows, each a sentence with its doc and example.
//!
//! From the rows come validation with suggestions, the language reference and completion. Adding a statement is
//! adding a row here and its lowering.

pub mod dockerfile;
pub mod foreign;
pub mod rows;
pub mod sentence;
pub mod slots;
mod words;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::vocabulary::{compose, nginx};
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
    /// `dockerfile PATH { }` of a file.
    Dockerfile,
    /// `stage NAME { }` of a build or a Dockerfile.
    Stage,
    /// `onbuild { }` of a build.
    Onbuild,
    /// `base IMAGE { }`
    Base,
    /// `copy ... { }`
    Copy,
    /// `add ... { }`
    Add,
    /// `file ... { }`
    InlineFile,
    /// `run ... { }`
    Run,
    /// `bind ... { }` of a run step.
    BindMount,
    /// `cache ... { }` of a run step.
    CacheMount,
    /// `tmpfs ... { }` of a run step.
    TmpfsMount,
    /// `secret ... { }` of a run step.
    SecretMount,
    /// `ssh { }` of a run step.
    SshMount,
    /// `source git ... { }` of a build.
    GitSource,
    /// `pip ... { }`
    Pip,
    /// `uv ... { }`
    Uv,
    /// `npm ... { }`
    Npm,
    /// `pnpm ... { }`
    Pnpm,
    /// `provides ... { }`
    Provides,
    /// `site HOST { }`
    Site,
    /// `tls { }`
    Tls,
    /// `hsts TIME { }`
    Hsts,
    /// `route`, `static`, `proxy`, `redirect`, `respond`, `spa` with a block.
    Location,
    /// `env { NAME value }`
    Env,
    /// `labels { name value }`
    Labels,
    /// A block of nginx's own directives: `events { }`, `upstream NAME { }`.
    Nginx(nginx::Context),
    /// A table of nginx: `map $a $b { key value }`.
    Table,
    /// A block of compose's own keys, by the path of the key: `logging { }` is `service.logging`.
    Compose(&'static str),
    /// A map of compose from names that the user chooses: `ulimits { nofile 1024 }`.
    Named(&'static str),
    /// A map of compose from names to scalars: `sysctls { net.core.somaxconn 1024 }`.
    Pairs,
    /// Anything that YAML can say: `x-team { name web }`.
    Any,
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
            Self::Dockerfile => "in a Dockerfile",
            Self::Stage => "in a stage",
            Self::Onbuild => "in onbuild",
            Self::Base => "in base",
            Self::Copy => "in a copy step",
            Self::Add => "in an add step",
            Self::InlineFile => "in a file step",
            Self::Run => "in a run step",
            Self::BindMount => "in a bind mount",
            Self::CacheMount => "in a cache",
            Self::TmpfsMount => "in a tmpfs",
            Self::SecretMount => "in the secret of a step",
            Self::SshMount => "in ssh",
            Self::GitSource => "in a git source",
            Self::Pip => "in pip",
            Self::Uv => "in uv",
            Self::Npm => "in npm",
            Self::Pnpm => "in pnpm",
            Self::Provides => "in provides",
            Self::Site => "in a site",
            Self::Tls => "in tls",
            Self::Hsts => "in hsts",
            Self::Location => "in a route",
            Self::Env => "in env",
            Self::Labels => "in labels",
            Self::Nginx(context) => context.describe(),
            Self::Table => "in a table of nginx",
            Self::Compose(group) => words::describe(group),
            Self::Named(_) | Self::Pairs | Self::Any => "in these pairs",
        }
    }

    /// The group of compose's keys that may stand in the block beside its own sentences.
    pub fn compose_group(self) -> Option<&'static str> {
        match self {
            Self::File => Some("file"),
            Self::Service | Self::Proxy => Some("service"),
            Self::Build => Some("service.build"),
            Self::Health => Some("service.healthcheck"),
            Self::Network => Some("network"),
            Self::Volume => Some("volume"),
            Self::Secret => Some("secret"),
            Self::Compose(group) => Some(group),
            Self::Input
            | Self::Dockerfile
            | Self::Stage
            | Self::Onbuild
            | Self::Base
            | Self::Copy
            | Self::Add
            | Self::InlineFile
            | Self::Run
            | Self::BindMount
            | Self::CacheMount
            | Self::TmpfsMount
            | Self::SecretMount
            | Self::SshMount
            | Self::GitSource
            | Self::Pip
            | Self::Uv
            | Self::Npm
            | Self::Pnpm
            | Self::Provides
            | Self::Site
            | Self::Tls
            | Self::Hsts
            | Self::Location
            | Self::Env
            | Self::Labels
            | Self::Nginx(_)
            | Self::Table
            | Self::Named(_)
            | Self::Pairs
            | Self::Any => None,
        }
    }

    /// The contexts of nginx whose directives may stand in the block beside its own sentences; the first that has a
    /// directive takes it.
    pub fn nginx_contexts(self) -> &'static [nginx::Context] {
        use nginx::Context;
        match self {
            Self::Proxy => &[Context::Http, Context::Main],
            Self::Site => &[Context::Server],
            Self::Location => &[Context::Location],
            Self::Nginx(context) => context.alone(),
            Self::File
            | Self::Secret
            | Self::Input
            | Self::Volume
            | Self::Network
            | Self::Service
            | Self::Health
            | Self::Build
            | Self::Dockerfile
            | Self::Stage
            | Self::Onbuild
            | Self::Base
            | Self::Copy
            | Self::Add
            | Self::InlineFile
            | Self::Run
            | Self::BindMount
            | Self::CacheMount
            | Self::TmpfsMount
            | Self::SecretMount
            | Self::SshMount
            | Self::GitSource
            | Self::Pip
            | Self::Uv
            | Self::Npm
            | Self::Pnpm
            | Self::Provides
            | Self::Tls
            | Self::Hsts
            | Self::Env
            | Self::Labels
            | Self::Table
            | Self::Compose(_)
            | Self::Named(_)
            | Self::Pairs
            | Self::Any => &[],
        }
    }

    /// Whether the block holds `NAME value` pairs instead of statements.
    pub fn is_pairs(self) -> bool {
        matches!(self, Self::Env | Self::Labels | Self::Table | Self::Named(_) | Self::Pairs | Self::Any)
    }

    /// Every kind with sentences of its own, in the order of the language reference.
    pub const ALL: [Kind; 34] = [
        Self::File,
        Self::Secret,
        Self::Input,
        Self::Volume,
        Self::Network,
        Self::Service,
        Self::Proxy,
        Self::Health,
        Self::Build,
        Self::Dockerfile,
        Self::Stage,
        Self::Onbuild,
        Self::Base,
        Self::Copy,
        Self::Add,
        Self::InlineFile,
        Self::Run,
        Self::BindMount,
        Self::CacheMount,
        Self::TmpfsMount,
        Self::SecretMount,
        Self::SshMount,
        Self::GitSource,
        Self::Pip,
        Self::Uv,
        Self::Npm,
        Self::Pnpm,
        Self::Provides,
        Self::Site,
        Self::Tls,
        Self::Hsts,
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

/// Where a row comes from, which decides what lowers it.
#[derive(Clone, Copy, Debug)]
pub enum Word {
    /// A sentence of the language's own, lowered by its id.
    Own,
    /// A directive of nginx, which stands in this context.
    Nginx(&'static nginx::Directive, nginx::Context),
    /// A key of compose.
    Compose(&'static compose::Key),
}

/// Where a row may stand.
#[derive(Clone, Copy, Debug)]
pub enum Kinds {
    /// In these kinds of block.
    These(&'static [Kind]),
    /// Wherever compose's own keys may.
    Compose,
    /// Wherever nginx's own directives may.
    Nginx,
}

/// One statement.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What its lowering knows it by; unique within its kinds.
    pub id: &'static str,
    /// The kinds of block it may stand in.
    pub kinds: Kinds,
    /// How it is written: `mount <volume|host-path> at <container-path> [read-only]`.
    pub sentence: &'static str,
    /// How often.
    pub count: Count,
    /// What block may follow.
    pub block: BlockRule,
    /// One line on what it does.
    pub doc: &'static str,
    /// One statement that compiles where the row may stand; empty for the words of other languages.
    example: &'static str,
    /// What holds when it is absent; empty if nothing.
    pub default: &'static str,
    /// Where it comes from.
    pub word: Word,
}

impl Row {
    /// One statement that compiles where the row may stand.
    pub fn example(&self) -> Cow<'static, str> {
        words::example_of(self.word, self.example)
    }

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
        static PARSED: LazyLock<Mutex<HashMap<&'static str, &'static Sentence>>> =
            LazyLock::new(Mutex::default);
        let mut parsed = PARSED.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.entry(self.sentence).or_insert_with(|| Box::leak(Box::new(Sentence::parse(self.sentence))))
    }

    /// Whether it may stand in a kind of block.
    pub fn stands_in(&self, kind: Kind) -> bool {
        match self.kinds {
            Kinds::These(kinds) => kinds.contains(&kind),
            Kinds::Compose => kind.compose_group().is_some(),
            Kinds::Nginx => !kind.nginx_contexts().is_empty(),
        }
    }
}

/// The rows that may stand in a kind of block: its own sentences, then the words of other languages.
pub fn rows_of(kind: Kind) -> impl Iterator<Item = &'static Row> {
    own_rows(kind).chain(words::rows_of(kind))
}

/// The sentences of the language's own that may stand in a kind of block.
pub fn own_rows(kind: Kind) -> impl Iterator<Item = &'static Row> {
    all_own_rows().filter(move |row| row.stands_in(kind))
}

/// Every sentence of the language's own, hand-made or made from the words of a Dockerfile.
pub fn all_own_rows() -> impl Iterator<Item = &'static Row> {
    rows::ROWS.iter().chain(dockerfile::rows())
}

/// A key of compose with the value of its example, as a statement for the block that the key may stand in.
pub fn statement_of(key: &compose::Key) -> String {
    words::statement_of(key)
}

/// The rows of that head in a kind of block; several when a statement has several forms.
pub fn rows_named(kind: Kind, head: &str) -> Vec<&'static Row> {
    let own = own_rows(kind).filter(|row| row.head() == head);
    own.chain(words::rows_named(kind, head)).collect()
}

/// The forms of one statement in the order in which they are tried: those with more keywords first, as
/// `command shell "a b"` is not the words `shell` and `a b`.
pub fn in_order_of_trial(rows: &[&'static Row]) -> Vec<&'static Row> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| std::cmp::Reverse((row.parsed().keyword_count(), row.parsed().is_of_input())));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_within_a_kind_and_examples_begin_with_the_head() {
        for kind in Kind::ALL {
            let mut ids: Vec<_> = own_rows(kind).map(|row| row.id).collect();
            let before = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), before, "{kind:?}");
        }
        for row in all_own_rows() {
            assert!(row.example().starts_with(row.head()), "{}", row.sentence);
            assert!(row.doc.ends_with('.'), "{}", row.sentence);
        }
    }

    #[test]
    fn a_form_with_a_keyword_goes_before_one_that_takes_any_word() {
        let ids = |head| {
            in_order_of_trial(&rows_named(Kind::Service, head)).iter().map(|row| row.id).collect::<Vec<_>>()
        };
        assert_eq!(ids("command"), ["command-shell", "command-split", "command-none", "command"]);
        assert_eq!(ids("image"), ["image-of", "image"]);
    }

    #[test]
    fn every_kind_can_be_opened_by_a_row() {
        for kind in Kind::ALL {
            let opened = all_own_rows().any(|row| row.block.kind() == Some(kind));
            assert!(opened || kind == Kind::File, "{kind:?}");
        }
    }
}
