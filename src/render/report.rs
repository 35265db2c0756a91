//! What one run found, and the one door to every format that tells of it.

use super::listing::Listing;
use super::{Look, checkstyle, github, gitlab, json, junit, rdjson, sarif, short, terminal};
use crate::diagnostic::Sink;
use crate::source::SourceMap;

/// How findings are written down; `docs/formats.md` describes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a person, with the lines of the source.
    Terminal,
    /// `FILE:LINE:COLUMN: LEVEL: MESSAGE [RULE]`, one a line.
    Short,
    /// The product's own.
    Json,
    /// OASIS SARIF 2.1.0.
    Sarif,
    /// The workflow commands of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// The XML that `JUnit`'s users read.
    Junit,
    /// The XML of Checkstyle.
    Checkstyle,
    /// reviewdog's JSON.
    Rdjson,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 9] = [
        Self::Terminal,
        Self::Short,
        Self::Json,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Checkstyle,
        Self::Rdjson,
    ];

    /// The name under which it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Short => "short",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Checkstyle => "checkstyle",
            Self::Rdjson => "rdjson",
        }
    }

    /// Who reads it.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Terminal => "For a person, with the lines of the source",
            Self::Short => "One line a finding: FILE:LINE:COLUMN: LEVEL: MESSAGE [RULE]",
            Self::Json => "For a program, with everything that is known; docs/formats.md describes it",
            Self::Sarif => "SARIF 2.1.0, for code scanning",
            Self::Github => "Annotations of a run of GitHub Actions",
            Self::Gitlab => "The code quality report of GitLab",
            Self::Junit => "JUnit's XML, for what shows tests",
            Self::Checkstyle => "Checkstyle's XML",
            Self::Rdjson => "The JSON of reviewdog",
        }
    }
}

/// What one run found, to be told as one document.
#[derive(Clone, Debug, Default)]
pub struct Report<'a> {
    /// What was found, with the texts that its spans point into.
    pub parts: Vec<Part<'a>>,
    /// The files that were asked for and not analysed.
    pub not_analysed: Vec<NotAnalysed>,
    /// What is known of rules; those that nothing was found of are left out.
    pub pages: Vec<Page<'a>>,
}

/// Files that were looked at together.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The names of those that were asked for.
    pub names: &'a [String],
    /// The texts that spans point into.
    pub sources: &'a SourceMap,
    /// What was found in them.
    pub sink: &'a Sink,
}

/// A file that was asked for and not analysed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnalysed {
    /// Its path, as a person is shown it.
    pub path: String,
    /// Why, as the rest of a sentence that begins with the path.
    pub why: String,
}

/// What is known of a rule.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Its name.
    pub code: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Why it is there and what to do, in Markdown.
    pub text: &'a str,
}

/// The whole report in one format. No masked text is in it, nor how long one is, and nothing that was read from a file
/// can be taken for a part of the format.
pub fn findings(format: Format, report: &Report<'_>, look: &Look) -> String {
    if format == Format::Terminal {
        let parts = report.parts.iter();
        return parts.map(|part| terminal::findings(part.sink, part.sources, look)).collect();
    }
    let listing = Listing::of(report);
    match format {
        Format::Terminal | Format::Short => short::document(&listing),
        Format::Json => json::document(&listing),
        Format::Sarif => sarif::document(&listing, &report.pages),
        Format::Github => github::document(&listing),
        Format::Gitlab => gitlab::document(&listing),
        Format::Junit => junit::document(&listing),
        Format::Checkstyle => checkstyle::document(&listing),
        Format::Rdjson => rdjson::document(&listing),
    }
}
