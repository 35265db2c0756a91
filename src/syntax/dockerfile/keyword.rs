//! The instructions that there are, and the flags of each.

/// A flag: its name, and what may follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlagRule {
    /// Without the dashes.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
}

/// What follows a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// `true`, `false` or nothing.
    Boolean,
    /// A value.
    Value,
    /// A value, and it may be given several times.
    Values,
}

const fn boolean(name: &'static str) -> FlagRule {
    FlagRule { name, takes: Takes::Boolean }
}

const fn value(name: &'static str) -> FlagRule {
    FlagRule { name, takes: Takes::Value }
}

const fn values(name: &'static str) -> FlagRule {
    FlagRule { name, takes: Takes::Values }
}

macro_rules! keywords {
    ($($variant:ident $name:literal [$($flag:expr),*])*) => {
        /// What an instruction begins with. Source: `BuildKit`, frontend/dockerfile/command/command.go.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Keyword {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
            /// Something else.
            Unknown,
        }

        impl Keyword {
            /// Every instruction, by its name in capital letters.
            pub const ALL: &[(&str, Keyword)] = &[$(($name, Keyword::$variant)),*];

            /// The flags that it has. Source: `BuildKit`, frontend/dockerfile/instructions/parse.go.
            pub fn flags(self) -> &'static [FlagRule] {
                match self {
                    $(Self::$variant => const { &[$($flag),*] },)*
                    Self::Unknown => &[],
                }
            }

            /// Its name in capital letters; empty if it is unknown.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Unknown => "",
                }
            }
        }
    };
}

keywords! {
    Add "ADD" [value("chown"), value("chmod"), boolean("link"), boolean("keep-git-dir"), value("checksum"),
        boolean("unpack"), values("exclude")]
    Arg "ARG" []
    Cmd "CMD" []
    Copy "COPY" [value("chown"), value("from"), value("chmod"), boolean("link"), values("exclude"), boolean("parents")]
    Entrypoint "ENTRYPOINT" []
    Env "ENV" []
    Expose "EXPOSE" []
    From "FROM" [value("platform")]
    Healthcheck "HEALTHCHECK" [value("interval"), value("timeout"), value("start-period"), value("start-interval"),
        value("retries")]
    Label "LABEL" []
    Maintainer "MAINTAINER" []
    Onbuild "ONBUILD" []
    Run "RUN" [values("mount"), value("network"), value("security"), values("device")]
    Shell "SHELL" []
    Stopsignal "STOPSIGNAL" []
    User "USER" []
    Volume "VOLUME" []
    Workdir "WORKDIR" []
}

impl Keyword {
    /// The instruction that `word` names, in any case.
    pub fn of(word: &str) -> Self {
        let found = Self::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        found.map_or(Self::Unknown, |(_, keyword)| *keyword)
    }

    /// Whether it can be followed by the bodies of heredocs.
    pub(super) fn takes_heredocs(self) -> bool {
        matches!(self, Self::Add | Self::Copy | Self::Run)
    }

    /// Whether the builder looks at its flags at all.
    pub(super) fn checks_flags(self) -> bool {
        !matches!(self, Self::Arg | Self::Stopsignal | Self::Unknown)
    }
}
