//! The instructions that there are; the flags of each are in the table of words.

use crate::vocabulary::dockerfile::{Word, flags_of};

macro_rules! keywords {
    ($($variant:ident $name:literal)*) => {
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
    Add "ADD"
    Arg "ARG"
    Cmd "CMD"
    Copy "COPY"
    Entrypoint "ENTRYPOINT"
    Env "ENV"
    Expose "EXPOSE"
    From "FROM"
    Healthcheck "HEALTHCHECK"
    Label "LABEL"
    Maintainer "MAINTAINER"
    Onbuild "ONBUILD"
    Run "RUN"
    Shell "SHELL"
    Stopsignal "STOPSIGNAL"
    User "USER"
    Volume "VOLUME"
    Workdir "WORKDIR"
}

impl Keyword {
    /// The instruction that `word` names, in any case.
    pub fn of(word: &str) -> Self {
        let found = Self::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
        found.map_or(Self::Unknown, |(_, keyword)| *keyword)
    }

    /// The flags that it has, without the dashes.
    pub fn flags(self) -> impl Iterator<Item = (&'static str, &'static Word)> {
        flags_of(self.name())
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

#[cfg(test)]
mod tests {
    use super::Keyword;
    use crate::vocabulary::dockerfile::{What, all};

    #[test]
    fn the_keywords_are_the_instructions_of_the_table() {
        let table: Vec<&str> =
            all().iter().filter(|word| word.what == What::Instruction).map(|word| word.name).collect();
        let keywords: Vec<&str> = Keyword::ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(keywords, table);
    }
}
