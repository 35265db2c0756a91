//! Which of the builder's own checks a Dockerfile turns off: `# check=skip=NAME` at its top holds for all of it, above an
//! instruction for that one. What one of our rules says in the place of such a check is not said then.
//!
//! Sources: `BuildKit`, frontend/dockerfile/linter/linter.go (`WithMergedConfigFromComments`, `ParseLintOptions`) and
//! frontend/dockerfile/parser/parser.go, where an empty comment separates those above it from the instruction.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::project::dockerfile::Dockerfile;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::dockerfile::tree::{DirectiveKind, Item};

/// A check of the builder, the rule that says the same, and the gravest of its findings that are meant: the name of a
/// stage that is given twice is the builder's check, one that does not exist is more.
const CHECKS: &[(&str, &str, Severity)] = &[
    ("CopyIgnoredFile", "docker-copy-ignored", Severity::Error),
    ("DuplicateStageName", "docker-stage-name", Severity::Warning),
    ("ExposeInvalidFormat", "docker-expose-form", Severity::Warning),
    ("ExposeProtoCasing", "docker-expose-form", Severity::Warning),
    ("FromPlatformFlagConstDisallowed", "docker-from-platform", Severity::Warning),
    ("InvalidDefaultArgInFrom", "docker-argument-default", Severity::Warning),
    ("JSONArgsRecommended", "docker-shell-form", Severity::Info),
    ("LegacyKeyValueFormat", "docker-legacy-env", Severity::Warning),
    ("MaintainerDeprecated", "docker-maintainer", Severity::Warning),
    ("MultipleInstructionsDisallowed", "docker-cmd-repeated", Severity::Warning),
    ("NoEmptyContinuation", "docker-empty-continuation", Severity::Warning),
    ("RedundantTargetPlatform", "docker-from-platform", Severity::Warning),
    ("ReservedStageName", "docker-stage-name", Severity::Warning),
    ("SecretsUsedInArgOrEnv", "secret-in-build-argument", Severity::Warning),
    ("SecretsUsedInArgOrEnv", "secret-literal", Severity::Warning),
    ("UndefinedArgInFrom", "docker-undefined-variable", Severity::Warning),
    ("UndefinedVar", "docker-undefined-variable", Severity::Warning),
    ("WorkdirRelativePath", "docker-workdir-relative", Severity::Warning),
];

/// The checks that are turned off, by file and place.
#[derive(Debug, Default)]
pub(in crate::lint) struct TurnedOff {
    of_files: BTreeMap<FileId, OfFile>,
}

#[derive(Debug)]
struct OfFile {
    /// The whole text: a Dockerfile may stand in a compose file.
    lines: Span,
    all: Option<Skip>,
    /// By instruction, in order.
    instructions: Vec<(Span, Skip)>,
}

/// What `skip=` says.
#[derive(Debug)]
enum Skip {
    All,
    Named(Vec<String>),
}

impl TurnedOff {
    /// What some files say.
    pub(in crate::lint) fn of(dockerfiles: &[Dockerfile], sources: &SourceMap) -> Self {
        let of_files = dockerfiles.iter().filter_map(|dockerfile| {
            let of_file = OfFile::of(dockerfile, sources)?;
            (of_file.all.is_some() || !of_file.instructions.is_empty()).then_some((dockerfile.file, of_file))
        });
        Self { of_files: of_files.collect() }
    }

    /// Adds what other files say.
    pub(in crate::lint) fn extend(&mut self, other: Self) {
        self.of_files.extend(other.of_files);
    }

    /// Whether a check is turned off at a place.
    pub(in crate::lint) fn is_off(&self, check: &str, place: Span) -> bool {
        self.at(place).any(|skip| match skip {
            Skip::All => true,
            Skip::Named(names) => names.iter().any(|name| name == check),
        })
    }

    /// Whether a finding says what only checks say that are turned off. By `skip=all` that is advice alone: who wants to
    /// hear nothing of the form of a file did not ask to hear nothing of a password in it.
    pub(in crate::lint) fn covers(&self, finding: &Diagnostic) -> bool {
        self.at(finding.primary.span).any(|skip| {
            let mut checks =
                CHECKS.iter().filter(|(_, code, most)| *code == finding.code && finding.severity <= *most);
            checks.any(|(check, ..)| match skip {
                Skip::All => finding.severity == Severity::Info,
                Skip::Named(names) => names.iter().any(|name| name == check),
            })
        })
    }

    /// What is said of a place.
    fn at(&self, place: Span) -> impl Iterator<Item = &Skip> {
        let of_file = self.of_files.get(&place.file);
        let of_file = of_file.filter(|file| file.lines.start <= place.start && place.start < file.lines.end);
        let own = of_file.and_then(|file| {
            let before = file.instructions.partition_point(|(lines, _)| lines.start <= place.start);
            let (lines, skip) = file.instructions.get(before.checked_sub(1)?)?;
            (place.start < lines.end).then_some(skip)
        });
        of_file.and_then(|file| file.all.as_ref()).into_iter().chain(own)
    }
}

impl OfFile {
    fn of(dockerfile: &Dockerfile, sources: &SourceMap) -> Option<Self> {
        let items = &dockerfile.tree.items;
        let (first, last) = (items.first()?.lines(), items.last()?.lines());
        let mut own = Self { lines: Span { end: last.end, ..first }, all: None, instructions: Vec::new() };
        // Of several comments above an instruction the first counts.
        let mut above: Option<&str> = None;
        for item in items {
            match item {
                Item::Directive(directive) if directive.kind == DirectiveKind::Check && directive.counts => {
                    own.all = Skip::of(&directive.value.text);
                }
                Item::Directive(_) | Item::Blank(_) => {}
                Item::Comment(comment) => {
                    let text = sources.text(comment.span).trim_start_matches('#').trim();
                    let option =
                        text.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("check"));
                    above = match option {
                        _ if text.is_empty() => None,
                        Some((_, option)) => {
                            above.or(Some(option.trim().split(' ').next().unwrap_or_default()))
                        }
                        None => above,
                    };
                }
                Item::Instruction(instruction) => {
                    let skip = above.take().and_then(Skip::of);
                    own.instructions.extend(skip.map(|skip| (instruction.lines, skip)));
                }
            }
        }
        Some(own)
    }
}

impl Skip {
    /// `skip=A,B;error=true`
    fn of(options: &str) -> Option<Self> {
        let mut pairs = options.split(';').filter_map(|option| option.split_once('='));
        let (_, names) = pairs.find(|(name, _)| name.trim() == "skip")?;
        let names: Vec<String> = names.split(',').map(|name| name.trim().to_owned()).collect();
        Some(if names == ["all"] { Self::All } else { Self::Named(names) })
    }
}
