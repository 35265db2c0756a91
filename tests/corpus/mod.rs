//! The findings in real configurations of nginx, each judged in docs/verdicts.tsv.
//!
//! The configurations are other people's and not part of this repository. With a folder of them, each in a folder of its
//! own below `repos`, `STACKC_CORPUS=FOLDER cargo test --test main corpus -- --ignored` compares what is found with what
//! was judged; `STACKC_BLESS=1` besides writes the list anew, with `?` where a verdict lacks.

mod compose;
mod readers;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use stackc::driver::sources;
use stackc::handwritten::{Around, Files, Source, check};
use stackc::project::host::{Host, Kind, Refusal};

use crate::snapshot::repository;

/// How many of a hundred findings may be false.
const FALSE_PERCENT: usize = 2;

const HEAD: &str = "# Every finding of the rules on nginx in the hand-written configurations of 85 public repositories, each judged by\n\
                    # reading the file. tests/corpus/mod.rs compares the list with what is found.\n\
                    # stack\tfile\tline\trule\tverdict\twhy\n";

/// Stack, file, line and rule.
type Place = (String, String, usize, String);

/// A folder of the corpus, whose files are named from there.
struct Repo<'a>(&'a Path);

impl Repo<'_> {
    fn name(&self, path: &Path) -> String {
        path.strip_prefix(self.0).unwrap().to_string_lossy().into_owned()
    }
}

impl Host for Repo<'_> {
    fn read(&self, name: &str) -> Result<Arc<str>, Refusal> {
        fs::read_to_string(self.0.join(name)).map(Arc::from).map_err(|_| Refusal::Missing)
    }

    fn kind(&self, name: &str) -> Kind {
        if self.0.join(name).is_dir() {
            Kind::Folder
        } else if self.0.join(name).is_file() {
            Kind::File
        } else {
            Kind::Unknown
        }
    }

    fn names(&self, _: &str) -> Option<Vec<String>> {
        None
    }
}

impl Around for Repo<'_> {
    fn included(&self, first: &str, pattern: &str) -> Vec<String> {
        sources::included(&self.0.join(first), pattern).iter().map(|path| self.name(path)).collect()
    }
}

/// Everything that is found below a folder of the corpus.
fn findings(repo: &Path) -> Vec<Place> {
    let stack = repo.file_name().unwrap().to_string_lossy().into_owned();
    let project = Repo(repo);
    let mut texts = Vec::new();
    for (path, is_named) in sources::find(&[repo.to_path_buf()]).configurations {
        let name = project.name(&path);
        let text = project.read(&name).ok().map(|text| text.as_ref().to_owned());
        texts.extend(text.map(|text| Source { name, text, is_named }));
    }
    let checked = check(Files { configurations: texts, ..Files::default() }, &project);
    let place = |found: &stackc::diagnostic::Diagnostic| {
        let file = checked.sources.file(found.primary.span.file);
        let line_number = file.position(found.primary.span.start).line_number;
        (stack.clone(), file.name.clone(), line_number, found.code.to_owned())
    };
    checked.sink.diagnostics.iter().map(place).collect()
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
    let false_ones = verdicts.values().filter(|(verdict, _)| verdict == "false").count();
    assert!(!verdicts.is_empty() && 100 * false_ones <= FALSE_PERCENT * verdicts.len());
}

#[test]
#[ignore = "needs a folder of other people's configurations: STACKC_CORPUS"]
fn what_is_found_is_what_was_judged() {
    let corpus = PathBuf::from(std::env::var_os("STACKC_CORPUS").expect("STACKC_CORPUS names the folder"));
    let mut repos: Vec<PathBuf> =
        fs::read_dir(corpus.join("repos")).unwrap().map(|entry| entry.unwrap().path()).collect();
    repos.sort();
    let mut found: Vec<Place> = repos.iter().flat_map(|repo| findings(repo)).collect();
    found.sort();
    found.dedup();
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
