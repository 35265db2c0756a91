//! The words of a Dockerfile: instructions and their forms, flags, mounts, parser directives. Source:
//! `data/dockerfile/instructions.tsv`, which is generated from `BuildKit`'s sources and reference.

use std::sync::LazyLock;

use super::records;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// `syntax=`, `check=skip`: at the head of the file, in a comment.
    Directive,
    /// `COPY`
    Instruction,
    /// `RUN exec`: one way to write the arguments of an instruction.
    Form,
    /// `COPY --chmod`
    Flag,
    /// `RUN --mount=type=cache`
    Mount,
    /// `RUN --mount=type=cache,sharing`
    MountOption,
}

/// What a flag, an option or a directive takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing is known to be taken: it is an instruction, a form or a mount.
    Nothing,
    /// `true`, `false`, or nothing, which is `true`.
    Flag,
    /// One text.
    Text,
    /// A text, and it may be given several times.
    Repeatable,
}

/// Where a word is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// In every frontend from its version on.
    Stable,
    /// In the images of `docker/dockerfile` whose tag ends with `-labs`, and in no other.
    Labs,
}

/// A word of a Dockerfile, and how a stack file says it.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// `RUN --mount=type=cache,sharing`; unique.
    pub name: &'static str,
    /// What it is.
    pub what: What,
    /// What it takes.
    pub takes: Takes,
    /// Whether `BuildKit` puts variables into what it takes.
    pub reads_variables: bool,
    /// The version of the frontend that brought it; empty if the reference does not say.
    pub since: &'static str,
    /// Where it is understood.
    pub channel: Channel,
    /// The blocks of a stack file in which it is said, apart by a space; empty if it is not said at all.
    pub blocks: &'static str,
    /// The sentence that says it there.
    pub sentence: &'static str,
    /// The block that may follow the sentence; empty if none.
    pub opens: &'static str,
    /// Whether the sentence may stand in one block several times.
    pub many: bool,
    /// A statement; empty if the sentence is another word's or one of the language's own.
    pub example: &'static str,
    /// One sentence on what it does.
    pub doc: &'static str,
}

impl Word {
    /// The instruction that it belongs to: `RUN` for `RUN --network`; the directive itself.
    pub fn instruction(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or_default()
    }
}

/// Every word, in the order of the table.
pub fn all() -> &'static [Word] {
    &WORDS
}

/// The word of that name.
pub fn named(name: &str) -> Option<&'static Word> {
    all().iter().find(|word| word.name == name)
}

/// The flags of an instruction, which is named in capital letters: each with its name, without the dashes.
pub fn flags_of(instruction: &str) -> impl Iterator<Item = (&'static str, &'static Word)> {
    all().iter().filter_map(move |word| {
        let name = word.name.strip_prefix(instruction)?.strip_prefix(" --")?;
        (word.what == What::Flag).then_some((name, word))
    })
}

/// Whether there is a check of the builder's own of that name; `all` stands for each of them.
pub fn is_check(name: &str) -> bool {
    name == "all" || checks().any(|check| check == name)
}

/// The names of the builder's own checks.
pub fn checks() -> impl Iterator<Item = &'static str> {
    records::<2>(CHECKS).map(|[name, _]| name)
}

const CHECKS: &str = include_str!("../../data/dockerfile/checks.tsv");

static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| {
    records::<12>(include_str!("../../data/dockerfile/instructions.tsv")).map(read).collect()
});

fn read(record: [&'static str; 12]) -> Word {
    let [name, what, takes, variables, since, channel, blocks, sentence, opens, count, example, doc] = record;
    Word {
        name,
        what: match what {
            "directive" => What::Directive,
            "instruction" => What::Instruction,
            "form" => What::Form,
            "flag" => What::Flag,
            "mount" => What::Mount,
            "option" => What::MountOption,
            other => unreachable!("the table of words knows no kind `{other}`"),
        },
        takes: match takes {
            "" => Takes::Nothing,
            "flag" => Takes::Flag,
            "text" => Takes::Text,
            "repeatable" => Takes::Repeatable,
            other => unreachable!("no word takes `{other}`"),
        },
        reads_variables: variables == "yes",
        since,
        channel: if channel == "labs" { Channel::Labs } else { Channel::Stable },
        blocks,
        sentence,
        opens,
        many: count == "many",
        example,
        doc,
    }
}

/// Variables of the platform that `BuildKit` knows before the first `FROM`, and that a stage has once it declares them.
///
/// Source: `BuildKit`, frontend/dockerfile/dockerfile2llb/platform.go, `defaultArgs`.
pub const PLATFORM_VARIABLES: &[&str] = &[
    "BUILDARCH",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDPLATFORM",
    "BUILDVARIANT",
    "TARGETARCH",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETPLATFORM",
    "TARGETSTAGE",
    "TARGETVARIANT",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_buildkit_says_they_are() {
        let sharing = named("RUN --mount=type=cache,sharing").unwrap();
        assert_eq!(
            (sharing.what, sharing.takes, sharing.instruction()),
            (What::MountOption, Takes::Text, "RUN")
        );
        let flags: Vec<_> = flags_of("COPY").map(|(name, word)| (name, word.takes, word.since)).collect();
        assert_eq!(
            flags,
            [
                ("chmod", Takes::Text, "1.2"),
                ("chown", Takes::Text, ""),
                ("exclude", Takes::Repeatable, "1.19"),
                ("from", Takes::Text, ""),
                ("link", Takes::Flag, "1.4"),
                ("parents", Takes::Flag, "1.20"),
            ]
        );
        let labs: Vec<_> =
            all().iter().filter(|word| word.channel == Channel::Labs).map(|word| word.name).collect();
        assert_eq!(labs, ["RUN --device"]);
        assert!(is_check("StageNameCasing") && !is_check("stagenamecasing"));
    }

    #[test]
    fn every_word_is_unique_and_says_what_it_does() {
        let mut names: Vec<_> = all().iter().map(|word| word.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all().len());
        for word in all() {
            assert!(word.doc.ends_with('.'), "{}", word.name);
            // What character escapes is stackc's own choice.
            assert!(word.sentence.is_empty() == (word.name == "escape="), "{}", word.name);
        }
    }
}
