//! A baseline: findings that were there when somebody began to lint, by what does not change when lines move.
//!
//! Nothing of a file is in it but its path: a message is redacted as in every format, and a fingerprint is made of a line
//! without its secrets.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprints;
use super::json::{array, written};
use super::listing::{Reader, hidden};
use super::report::Report;
use crate::diagnostic::Diagnostic;
use crate::source::FileId;

/// The version of the form. It goes up when a field changes its meaning, and when fingerprints are made differently.
const VERSION: u64 = 1;

/// What the first field is called: by it a baseline is told from every other file.
const MARK: &str = "stackc-baseline";

/// So much of a message is kept: enough to know which finding is meant.
const LONGEST_MESSAGE: usize = 120;

/// Findings that are accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The message of each, for a person who reads the file.
    entries: BTreeMap<Key, String>,
}

/// By what a finding is known again. The order is that of the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The path of its file from the folder of the baseline, with `/`.
    pub path: String,
    /// The name of its rule.
    pub rule: String,
    /// What its line says without secrets and indentation, and the how many-th it is of those that are equal.
    pub fingerprint: String,
}

/// A finding that a baseline may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// By what it is known again.
    pub key: Key,
    /// What was found, redacted and cut.
    pub message: String,
}

/// Why a text cannot be used as a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is something else.
    Foreign,
    /// It is one that does not read.
    Damaged {
        /// Where, from 1.
        line: usize,
        /// Whether git left both sides of a merge in it.
        is_merge: bool,
    },
    /// A later program wrote it.
    Newer(u64),
}

impl fmt::Display for Unusable {
    /// The rest of a sentence that begins with the path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => f.write_str("is no baseline"),
            Self::Damaged { line, is_merge: false } => {
                write!(f, "is a damaged baseline: line {line} does not read")
            }
            Self::Damaged { line, is_merge: true } => {
                write!(f, "is a baseline with a conflict of git in line {line}")
            }
            Self::Newer(version) => {
                write!(f, "is a baseline of version {version}, and this program knows version {VERSION}")
            }
        }
    }
}

/// What stands in a file.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    path: std::borrow::Cow<'a, str>,
    rule: std::borrow::Cow<'a, str>,
    fingerprint: std::borrow::Cow<'a, str>,
    #[serde(default)]
    message: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "stackc-baseline")]
    version: u64,
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    findings: Vec<Line<'a>>,
}

impl Baseline {
    /// Reads what [`Baseline::text`] wrote; entries may stand in any order, as after a merge.
    pub fn read(text: &str) -> Result<Self, Unusable> {
        let text = text.trim_start_matches('\u{feff}');
        let marked = format!("\"{MARK}\"");
        let unusable = |error: &serde_json::Error| {
            let conflict = text.lines().position(|line| line.starts_with("<<<<<<< "));
            if text.contains(&marked) {
                let line = conflict.map_or(error.line(), |index| index + 1);
                Unusable::Damaged { line, is_merge: conflict.is_some() }
            } else {
                Unusable::Foreign
            }
        };
        let head: Head = serde_json::from_str(text).map_err(|error| unusable(&error))?;
        if head.version > VERSION {
            return Err(Unusable::Newer(head.version));
        }
        let document: Document<'_> = serde_json::from_str(text).map_err(|error| unusable(&error))?;
        let entries = document.findings.into_iter().map(|line| {
            let Line { path, rule, fingerprint, message } = line;
            let key = Key { path: path.into(), rule: rule.into(), fingerprint: fingerprint.into() };
            (key, message.into())
        });
        Ok(Self { entries: entries.collect() })
    }

    /// An entry a line, in order of path, so that git merges what different people added.
    pub fn text(&self) -> String {
        let lines = self.entries.iter().map(|(key, message)| Line {
            path: key.path.as_str().into(),
            rule: key.rule.as_str().into(),
            fingerprint: key.fingerprint.as_str().into(),
            message: message.as_str().into(),
        });
        format!("{{\n  {}: {VERSION},\n  \"findings\": {}\n}}\n", written(&MARK), array(1, lines))
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether it holds a finding.
    pub fn holds(&self, key: &Key) -> bool {
        self.entries.contains_key(key)
    }

    /// Adds a finding.
    pub fn add(&mut self, entry: Entry) {
        self.entries.insert(entry.key, entry.message);
    }

    /// The entries that stand for none of `found`, among those of which `is_known` says that their finding would have
    /// been found.
    pub fn gone(&self, found: &BTreeSet<Key>, is_known: impl Fn(&Key) -> bool) -> BTreeSet<Key> {
        self.entries.keys().filter(|key| !found.contains(key) && is_known(key)).cloned().collect()
    }

    /// Leaves entries out.
    pub fn remove(&mut self, gone: &BTreeSet<Key>) {
        self.entries.retain(|key, _| !gone.contains(key));
    }
}

/// What a baseline could hold of a report: for each of its parts, every finding in the order of its sink; `None` for
/// one that no baseline may hold. `path_of` gives the path of a file from the folder of the baseline.
///
/// Equal ones are numbered in each file by themselves, among those that nothing suppresses: the number of a finding does
/// not depend on what else is linted, nor on an `allow` beside it.
pub fn entries(
    report: &Report<'_>,
    path_of: &dyn Fn(&str) -> String,
    may_be_held: &dyn Fn(&Diagnostic) -> bool,
) -> Vec<Vec<Option<Entry>>> {
    let (masks, quotes) = hidden(report);
    let parts = report.parts.iter().zip(&masks);
    parts
        .map(|(part, masks)| {
            let reader = Reader::new(part, masks, &quotes);
            let mut files: HashMap<FileId, (String, Fingerprints)> = HashMap::new();
            let found = &part.sink.diagnostics;
            let mut in_order: Vec<usize> = (0..found.len()).collect();
            in_order.sort_by_key(|index| found[*index].primary.span);
            let mut entries = vec![None; found.len()];
            for index in in_order {
                let finding = &found[index];
                let file = finding.primary.span.file;
                let (path, fingerprints) = files
                    .entry(file)
                    .or_insert_with(|| (path_of(&part.sources.file(file).name), Fingerprints::default()));
                let fingerprint = reader.fingerprint(finding, path, fingerprints);
                let key = Key { path: path.clone(), rule: finding.code.to_owned(), fingerprint };
                entries[index] =
                    may_be_held(finding).then(|| Entry { key, message: cut(&reader.line(&finding.message)) });
            }
            entries
        })
        .collect()
}

fn cut(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}...", &message[..end]),
        None => message.to_owned(),
    }
}
