//! The findings in real deployments, judged in docs/verdicts.tsv.
//!
//! The files are other people's and not part of this repository. With a folder of them, each repository in a folder of its
//! own below `repos`, with a list `FILES.txt` of all of its paths where only some of them are there,
//! `STACKC_CORPUS=FOLDER cargo test --test main corpus -- --ignored` compares what is found with what was judged;
//! `STACKC_BLESS=1` besides writes the list anew, with `?` where a verdict lacks.
//!
//! Errors and warnings are judged, up to 20 of a rule: those that come first when places are ordered by a digest of them.

mod compose;
mod fixing;
mod readers;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use stackc::diagnostic::Severity;
use stackc::driver::sources;
use stackc::handwritten::{Around, Checked, Files, Source, check};
use stackc::project::host::{Host, Kind, Refusal};

use crate::snapshot::repository;

/// How many of a hundred judged findings of a rule may be false.
const FALSE_PERCENT: usize = 5;

/// So many findings of a rule are judged.
const SAMPLE: usize = 20;

const HEAD: &str = "# Findings of errors and warnings in the deployments of 85 public repositories, each judged by reading the files:\n\
                    # all of a rule, or 20 where there are more. tests/corpus/mod.rs compares the list with what is found.\n\
                    # repository\tfile\tline\trule\tverdict\twhy\n";

/// Repository, file, line and rule.
type Place = (String, String, usize, String);

/// The folder `repos` of a corpus, whose files are named from there: those that are there, and those that are only named.
struct Corpus {
    folder: PathBuf,
    /// The paths of every repository whose list is there.
    listed: HashMap<String, BTreeSet<String>>,
}

impl Corpus {
    fn open(corpus: &Path) -> Self {
        let folder = corpus.join("repos");
        let mut listed = HashMap::new();
        for entry in fs::read_dir(&folder).unwrap() {
            let repo = entry.unwrap();
            if let Ok(text) = fs::read_to_string(repo.path().join("FILES.txt")) {
                let name = repo.file_name().into_string().unwrap();
                listed.insert(name, text.lines().map(str::to_owned).collect());
            }
        }
        Self { folder, listed }
    }

    fn name(&self, path: &Path) -> String {
        path.strip_prefix(&self.folder).unwrap().to_string_lossy().into_owned()
    }

    /// The list of the repository that a path lies in, and the path in it.
    fn list<'a>(&'a self, path: &'a str) -> Option<(&'a BTreeSet<String>, &'a str)> {
        let (repo, path) = path.split_once('/').unwrap_or((path, ""));
        Some((self.listed.get(repo)?, path))
    }
}

impl Host for Corpus {
    fn read(&self, name: &str) -> Result<Arc<str>, Refusal> {
        if self.folder.join(name).is_file() {
            let text = fs::read_to_string(self.folder.join(name));
            return text.map(Arc::from).map_err(|error| Refusal::Not(error.to_string()));
        }
        match self.kind(name) {
            Kind::Missing => Err(Refusal::Missing),
            _ => Err(Refusal::Not("is not in the corpus".to_owned())),
        }
    }

    fn kind(&self, name: &str) -> Kind {
        let path = self.folder.join(name);
        if path.is_file() {
            return Kind::File;
        }
        let Some((list, inside)) = self.list(name) else {
            return if path.is_dir() { Kind::Folder } else { Kind::Unknown };
        };
        let folder = if inside.is_empty() { String::new() } else { format!("{inside}/") };
        if list.contains(inside) {
            Kind::File
        } else if list.range(folder.clone()..).next().is_some_and(|file| file.starts_with(&folder)) {
            Kind::Folder
        } else {
            Kind::Missing
        }
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        let (list, inside) = self.list(folder)?;
        let inside = if inside.is_empty() { String::new() } else { format!("{inside}/") };
        let below = list.range(inside.clone()..).map_while(|file| file.strip_prefix(&inside));
        let names: BTreeSet<&str> = below.map(|rest| rest.split('/').next().unwrap()).collect();
        (!names.is_empty()).then(|| names.into_iter().map(str::to_owned).collect())
    }

    fn is_committed(&self, path: &str) -> Option<bool> {
        let (list, inside) = self.list(path)?;
        Some(list.contains(inside))
    }
}

impl Around for Corpus {
    fn included(&self, first: &str, pattern: &str) -> Vec<String> {
        sources::included(&self.folder.join(first), pattern, None)
            .iter()
            .map(|path| self.name(path))
            .collect()
    }
}

/// Checks all repositories in one call.
fn checked(corpus: &Corpus) -> Checked {
    let found = sources::find(std::slice::from_ref(&corpus.folder));
    let names = |paths: &[PathBuf]| paths.iter().map(|path| corpus.name(path)).collect();
    let mut files = Files {
        composes: names(&found.composes),
        dockerfiles: names(&found.dockerfiles),
        ..Files::default()
    };
    for (path, is_named) in found.configurations {
        let name = corpus.name(&path);
        let text = corpus.read(&name).ok().map(|text| text.as_ref().to_owned());
        files.configurations.extend(text.map(|text| Source { name, text, is_named }));
    }
    check(files, corpus)
}

/// The findings that are judged.
fn findings(corpus: &Corpus) -> Vec<Place> {
    let checked = checked(corpus);
    let mut by_rule: BTreeMap<&str, BTreeSet<Place>> = BTreeMap::new();
    for found in checked.sink.diagnostics.iter().filter(|found| found.severity != Severity::Info) {
        let file = checked.sources.file(found.primary.span.file);
        let (repo, name) = file.name.split_once('/').unwrap();
        let line_number = file.position(found.primary.span.start).line_number;
        let place = (repo.to_owned(), name.to_owned(), line_number, found.code.to_owned());
        by_rule.entry(found.code).or_default().insert(place);
    }
    let mut sample = Vec::new();
    for places in by_rule.into_values() {
        let mut places: Vec<Place> = places.into_iter().collect();
        places.sort_by_cached_key(digest);
        places.truncate(SAMPLE);
        sample.extend(places);
    }
    sample.sort();
    sample
}

/// FNV-1a.
fn digest((repo, file, line, rule): &Place) -> u64 {
    let text = format!("{repo}/{file}:{line} {rule}");
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The verdicts: whether each finding is true, and why.
fn verdicts() -> BTreeMap<Place, (String, String)> {
    let text = fs::read_to_string(repository().join("docs/verdicts.tsv")).unwrap_or_default();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let [stack, file, line_number, rule, verdict, why] =
            line.split('\t').collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{line}"));
        let place = (stack.to_owned(), file.to_owned(), line_number.parse().unwrap(), rule.to_owned());
        (place, (verdict.to_owned(), why.to_owned()))
    })
    .collect()
}

#[test]
fn every_verdict_is_true_or_false_and_says_why() {
    let verdicts = verdicts();
    for (place, (verdict, why)) in &verdicts {
        assert!(matches!(verdict.as_str(), "true" | "false"), "{place:?}");
        assert!(why.len() > 10, "{place:?}");
    }
    assert!(!verdicts.is_empty());
    let mut by_rule: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for ((.., rule), (verdict, _)) in &verdicts {
        let (judged, wrong) = by_rule.entry(rule).or_default();
        *judged += 1;
        *wrong += usize::from(verdict == "false");
    }
    for (rule, (judged, wrong)) in by_rule {
        assert!(100 * wrong <= FALSE_PERCENT * judged, "{rule}: {wrong} of {judged} are false");
    }
}

#[test]
#[ignore = "needs a folder of other people's configurations: STACKC_CORPUS"]
fn what_is_found_is_what_was_judged() {
    let corpus = PathBuf::from(std::env::var_os("STACKC_CORPUS").expect("STACKC_CORPUS names the folder"));
    let found = findings(&Corpus::open(&corpus));
    let verdicts = verdicts();
    if std::env::var_os("STACKC_BLESS").is_some() {
        let mut text = HEAD.to_owned();
        for place in &found {
            let (stack, file, line, rule) = place;
            let (verdict, why) = verdicts.get(place).cloned().unwrap_or(("?".to_owned(), String::new()));
            writeln!(text, "{stack}\t{file}\t{line}\t{rule}\t{verdict}\t{why}").unwrap();
        }
        fs::write(repository().join("docs/verdicts.tsv"), text).unwrap();
        return;
    }
    let unjudged: Vec<&Place> = found.iter().filter(|place| !verdicts.contains_key(place)).collect();
    let gone: Vec<&Place> = verdicts.keys().filter(|place| !found.contains(place)).collect();
    assert!(unjudged.is_empty() && gone.is_empty(), "not judged: {unjudged:#?}\nnot found: {gone:#?}");
}
