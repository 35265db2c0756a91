//! One deployment in which every fault is planted that no other linter was seen to find, and its twin, in which none is.
//!
//! In the bad one a comment `!RULE` says what is to be found: at the end of a line on that line, alone on a line on the
//! next.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use stackc::diagnostic::Severity;
use stackc::driver::around::Surroundings;
use stackc::driver::sources;
use stackc::handwritten::{Checked, Files, Source, check};

use crate::snapshot::repository;

/// The rules on what no other linter was seen to find, each of which is planted at least once.
const PLANTED: &[&str] = &[
    "compose-healthy-unchecked",
    "cross-bind-hides",
    "cross-certificate-missing",
    "cross-health-program",
    "cross-no-shared-network",
    "cross-proxy-host",
    "cross-proxy-port",
    "cross-static-missing",
    "cross-timeout",
    "cross-upstream-loopback",
    "cross-volume-stale",
    "docker-argument-undeclared",
    "docker-copy-ignored",
    "mime-added-header",
    "mime-default-type",
    "mime-gzip-types",
    "mime-missing",
    "mime-no-charset",
    "mime-no-table",
    "mime-nosniff",
    "mime-table-replaced",
    "port-clash",
    "port-host-network",
    "port-nginx-listen",
    "port-replicas",
    "port-unheard",
    "secret-key-copied",
    "secret-copied-again",
    "secret-default-credentials",
    "secret-deleted-late",
    "secret-key-mounted",
    "secret-no-password",
    "secret-not-granted",
    "secret-password-differs",
    "secret-unused",
];

/// A copy of a folder of this repository, in a place that says nothing about it.
pub(crate) fn copied(folder: &str) -> tempfile::TempDir {
    let from = repository().join(folder);
    let copy = tempfile::tempdir().unwrap();
    for entry in walkdir::WalkDir::new(&from).min_depth(1) {
        let entry = entry.unwrap();
        let to = copy.path().join(entry.path().strip_prefix(&from).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir(to).unwrap();
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
    copy
}

/// Lints a folder of the disk, as the command does.
pub(crate) fn lint(folder: &Path) -> Checked {
    let folder = folder.to_path_buf();
    let found = sources::find(std::slice::from_ref(&folder));
    assert!(found.refused.is_empty(), "{:?}", found.refused);
    let names = |paths: &[PathBuf]| paths.iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    let mut files = Files {
        composes: names(&found.composes),
        dockerfiles: names(&found.dockerfiles),
        ..Files::default()
    };
    for (path, is_named) in found.configurations {
        let text = std::fs::read_to_string(&path).unwrap();
        files.configurations.push(Source { name: path.to_str().unwrap().to_owned(), text, is_named });
    }
    let checked = check(files, &Surroundings::of([folder.as_path()]));
    assert!(checked.is_understood && checked.not_analysed.is_empty(), "{:?}", checked.not_analysed);
    checked
}

/// `FILE:LINE RULE` for every finding of a rule in `rules`, from `folder`; with a space before it for advice.
fn found(checked: &Checked, folder: &Path, wanted: impl Fn(&str, Severity) -> bool) -> BTreeSet<String> {
    let diagnostics = checked.sink.diagnostics.iter();
    let places = diagnostics.filter(|found| wanted(found.code, found.severity)).map(|found| {
        let file = &checked.sources.file(found.primary.span.file).name;
        let file = Path::new(file).strip_prefix(folder).unwrap().display().to_string();
        format!("{file}:{} {}", checked.sources.position(found.primary.span).line_number, found.code)
    });
    places.collect()
}

/// What the comments of a folder say is to be found in it.
fn marked(folder: &Path) -> BTreeSet<String> {
    let mut marked = BTreeSet::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        if !entry.file_type().is_file() {
            continue;
        }
        let name = entry.path().strip_prefix(folder).unwrap().display().to_string();
        for (line, text) in (1..).zip(std::fs::read_to_string(entry.path()).unwrap().lines()) {
            if let Some((before, rules)) = text.split_once("# !") {
                let line = if before.trim().is_empty() { line + 1 } else { line };
                marked.extend(rules.split(" !").map(|rule| format!("{name}:{line} {rule}")));
            }
        }
    }
    marked
}

#[test]
fn everything_that_was_planted_is_found_where_it_was_planted() {
    let copy = copied("tests/lint/planted/bad");
    let folder = copy.path().canonicalize().unwrap();
    let checked = lint(&folder);
    let marked = marked(&folder);
    let rules: BTreeSet<&str> = marked.iter().map(|place| place.rsplit(' ').next().unwrap()).collect();
    assert_eq!(rules, PLANTED.iter().copied().collect());
    let found = found(&checked, &folder, |code, _| PLANTED.contains(&code));
    let missing: Vec<&String> = marked.difference(&found).collect();
    let besides: Vec<&String> = found.difference(&marked).collect();
    assert!(missing.is_empty() && besides.is_empty(), "not found: {missing:#?}\nbesides: {besides:#?}");
    let mut once = BTreeSet::new();
    for diagnostic in &checked.sink.diagnostics {
        assert!(once.insert((diagnostic.code, diagnostic.primary.span)), "{diagnostic:?} is found twice");
    }
}

#[test]
fn in_the_twin_nothing_is_found() {
    let copy = copied("tests/lint/planted/good");
    let folder = copy.path().canonicalize().unwrap();
    let found = found(&lint(&folder), &folder, |code, severity| {
        severity != Severity::Info || PLANTED.contains(&code)
    });
    assert_eq!(found, BTreeSet::new());
}
