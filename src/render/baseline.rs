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

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, fingerprint: &str) -> Entry {
        let key =
            Key { path: path.to_owned(), rule: "a-rule".to_owned(), fingerprint: fingerprint.to_owned() };
        Entry { key, message: "\u{1b}[1m \"quoted\"".to_owned() }
    }

    #[test]
    fn what_is_written_reads() {
        let mut baseline = Baseline::default();
        baseline.add(entry("b\n\u{202e}.yml", "2:1"));
        baseline.add(entry("a.yml", "1:1"));
        let text = baseline.text();
        assert_eq!(Baseline::read(&text), Ok(baseline));
        assert_eq!(
            text.lines().nth(3),
            Some(
                r#"    {"path":"a.yml","rule":"a-rule","fingerprint":"1:1","message":"\u001b[1m \"quoted\""},"#
            )
        );
        assert!(text.contains(r#""path":"b\n\u202e.yml""#), "{text}");
        assert_eq!(Baseline::read(&Baseline::default().text()), Ok(Baseline::default()));
    }

    #[test]
    fn what_is_no_baseline_is_told_from_one_that_is_damaged() {
        let damaged = |line| Err(Unusable::Damaged { line, is_merge: false });
        let deep = "[".repeat(100_000);
        for text in ["", " ", "{}", "[1]", "null", "{\"name\": \"demo\"}", "services: {}\n", &deep] {
            assert_eq!(Baseline::read(text), Err(Unusable::Foreign), "{text}");
        }
        for (text, is) in [
            ("{\"stackc-baseline\": 1, \"findings\": [", damaged(1)),
            ("{\"stackc-baseline\": 1}", damaged(1)),
            ("{\"stackc-baseline\": -1, \"findings\": []}", damaged(1)),
            ("{\"stackc-baseline\": \"1\", \"findings\": []}", damaged(1)),
            ("{\"stackc-baseline\": 1,\n \"findings\": [{\"path\": 1}]}", damaged(2)),
            ("{\"stackc-baseline\": 1,\n \"findings\": [{\"path\": \"a\"}]}", damaged(2)),
            ("{\"stackc-baseline\": 1,\n \"findings\": []}\n}", damaged(3)),
            ("{\"stackc-baseline\": 7, \"entries\": {}}", Err(Unusable::Newer(7))),
            (
                "{\n  \"stackc-baseline\": 1,\n  \"findings\": [\n<<<<<<< ours\n=======\n>>>>>>> theirs\n  ]\n}\n",
                Err(Unusable::Damaged { line: 4, is_merge: true }),
            ),
        ] {
            assert_eq!(Baseline::read(text), is, "{text}");
        }
    }

    #[test]
    fn entries_are_gone_where_their_finding_would_have_been_found() {
        let mut baseline = Baseline::default();
        for (path, fingerprint) in [("a", "1:1"), ("a", "2:1"), ("b", "1:1")] {
            baseline.add(entry(path, fingerprint));
        }
        let found = BTreeSet::from([entry("a", "1:1").key]);
        let gone = baseline.gone(&found, |key| key.path == "a");
        assert_eq!(gone, BTreeSet::from([entry("a", "2:1").key]));
        baseline.remove(&gone);
        assert_eq!((baseline.len(), baseline.holds(&entry("b", "1:1").key)), (2, true));
    }
}
