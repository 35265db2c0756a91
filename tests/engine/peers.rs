//! What other people's linters say of everything that stackc emits, each at its defaults: nothing, or what
//! `docs/peer-findings.md` answers. `docker build --check`, `nginx -t` and Compose 2 stand in `goldens`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Seek as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::goldens::Case;
use crate::golden::cases;
use crate::snapshot::repository;

/// Which peer says something by which rule of what a case makes, and how often.
type Findings = BTreeMap<(String, String, String), usize>;

/// A row of the table.
struct Row {
    peer: String,
    rule: String,
    /// The cases, with how many findings there are in each; all there are, as many as there are, if none is named.
    cases: BTreeMap<String, usize>,
}

/// A peer's name, and how it is run.
type Peer = (&'static str, fn() -> Findings);

/// Linters that have something to say, and how they say it.
const PEERS: &[Peer] = &[
    ("docker-compose", docker_compose),
    ("hadolint", hadolint),
    ("gixy-ng", gixy_ng),
    ("gixy-next", gixy_next),
    ("compose-lint", compose_lint),
    ("dclint", dclint),
];

#[test]
fn what_other_linters_find_is_answered() {
    let expected = table();
    let found: Findings = std::thread::scope(|scope| {
        let running: Vec<_> = PEERS.iter().map(|(_, run)| scope.spawn(run)).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut report = String::new();
    for ((peer, rule, case), count) in &found {
        let rows = expected.iter().filter(|row| row.peer == *peer && row.rule == *rule);
        let answered: usize = rows
            .filter(|row| row.cases.is_empty() || row.cases.contains_key(case))
            .map(|row| row.cases.get(case).copied().unwrap_or(*count))
            .sum();
        if answered != *count {
            writeln!(report, "{peer} finds `{rule}` {count} times in `{case}`; answered: {answered}")
                .unwrap();
        }
    }
    for row in &expected {
        let (peer, rule) = (&row.peer, &row.rule);
        let is_found = |case: &str| found.contains_key(&(peer.clone(), rule.clone(), case.to_owned()));
        for case in row.cases.keys().filter(|case| !is_found(case)) {
            writeln!(report, "{peer} no longer finds `{rule}` in `{case}`").unwrap();
        }
        if !found.keys().any(|(other, name, _)| other == peer && name == rule) {
            writeln!(report, "{peer} no longer finds `{rule}` anywhere").unwrap();
        }
    }
    assert!(
        report.is_empty(),
        "docs/peer-findings.md says otherwise: mend what is emitted, or answer the finding there\n{report}"
    );
}

/// What `docs/peer-findings.md` answers: the rows that begin with a peer.
fn table() -> Vec<Row> {
    let text = fs::read_to_string(repository().join("docs/peer-findings.md")).unwrap();
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [peer, rule, cases, why] = cells[..] else { panic!("four cells: {line}") };
        assert!(!why.is_empty(), "a reason: {line}");
        let plain = |cell: &str| cell.trim_matches('`').to_owned();
        let row = Row { peer: plain(peer), rule: plain(rule), cases: named(cases) };
        assert!(PEERS.iter().any(|(name, _)| *name == row.peer), "a peer: {line}");
        rows.push(row);
    }
    rows
}

/// The cases of a cell: `everywhere`, or names with how many findings there are, 1 if nothing is said.
fn named(cell: &str) -> BTreeMap<String, usize> {
    if cell == "everywhere" {
        return BTreeMap::new();
    }
    let one = |text: &str| {
        let (name, count) = text.trim_start_matches('`').split_once('`').expect("a name in backticks");
        (name.to_owned(), if count.is_empty() { 1 } else { count.trim().parse().expect("a number") })
    };
    cell.split(", ").map(one).collect()
}

/// A program that `./test.sh` installs.
fn program(path: &str) -> PathBuf {
    let folder = std::env::var("STACKC_PEERS").unwrap_or_else(|error| {
        panic!("STACKC_PEERS names no folder with `{path}` ({error}): ./test.sh installs it and says so")
    });
    PathBuf::from(folder).join(path)
}

/// What cases make, by the names of files.
fn emitted(is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let folder = repository().join("snapshots/cases");
    let entries = walkdir::WalkDir::new(&folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let wanted = entries.filter(|entry| is_wanted(&entry.file_name().to_string_lossy()));
    let relative = wanted.map(|entry| entry.path().strip_prefix(&folder).unwrap().to_owned());
    let files: Vec<String> = relative.map(|path| path.to_string_lossy().into_owned()).collect();
    assert!(files.len() >= 10, "the cases are here");
    files
}

/// Runs a linter on files; what it writes is JSON.
fn run(peer: &str, options: &[&str], files: &[String]) -> Value {
    // Into a file: one that is a program of Node ends before a pipe has taken all.
    let mut output = tempfile::tempfile().unwrap();
    let mut command = Command::new(program(peer));
    command.args(options).args(files).current_dir(repository().join("snapshots/cases"));
    let ended = command.stdout(output.try_clone().unwrap()).output().unwrap();
    output.rewind().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    serde_json::from_reader(output).unwrap_or_else(|error| panic!("{command:?}: {error}\n{said}"))
}

/// Counts what was found: a list of objects with a path and a rule.
fn counted(peer: &str, findings: &Value, path: &str, rule: &str) -> Findings {
    let mut counted = Findings::new();
    for finding in findings.as_array().unwrap_or_else(|| panic!("{peer} wrote no list: {findings}")) {
        let text = |name: &str| finding[name].as_str().unwrap_or_else(|| panic!("{peer}: {finding}"));
        *counted.entry((peer.to_owned(), text(rule).to_owned(), case_of(text(path)))).or_default() += 1;
    }
    counted
}

/// The case that a file is of, be its path absolute or not.
fn case_of(path: &str) -> String {
    let folder = repository().join("snapshots/cases");
    let path = path.strip_prefix(&*folder.to_string_lossy()).unwrap_or(path);
    path.trim_start_matches('/').split('/').next().unwrap().to_owned()
}

fn is_composition(name: &str) -> bool {
    (name.starts_with("docker-compose") || name.starts_with("compose")) && name.strip_suffix(".yml").is_some()
}

/// Compose 5 must accept what is emitted; its warnings are findings, whose rules are what they end with.
fn docker_compose() -> Findings {
    let files: BTreeMap<String, PathBuf> = cases().into_iter().collect();
    let mut found = Findings::new();
    for path in emitted(is_composition) {
        let (name, file) = path.split_once('/').unwrap();
        let mut case = Case::new(name.to_owned(), &files[name]);
        // A case under `defaults plain`, whose variables no `.env.example` lists.
        case.deployment.set("RELEASE", "1");
        case.deployment.set("TAG", "1");
        let said = case.deployment.run(program("first/bin/docker-compose"), &["-f", file, "config", "-q"]);
        assert!(said.code == 0, "{}", said.report());
        for line in said.err.lines() {
            let rule = line.rsplit(": ").next().unwrap().trim_matches('"');
            *found.entry(("docker-compose".to_owned(), rule.to_owned(), name.to_owned())).or_default() += 1;
        }
    }
    found
}

fn hadolint() -> Findings {
    let files = emitted(|name| name.starts_with("Dockerfile") && !name.ends_with(".dockerignore"));
    let found = run("first/bin/hadolint", &["--no-fail", "--format", "json"], &files);
    counted("hadolint", &found, "file", "code")
}

fn gixy(peer: &str, folder: &str) -> Findings {
    let files = emitted(|name| name == "nginx.conf");
    let found = run(&format!("{folder}/bin/gixy"), &["--format", "json"], &files);
    counted(peer, &found, "path", "plugin")
}

fn gixy_ng() -> Findings {
    gixy("gixy-ng", "first")
}

fn gixy_next() -> Findings {
    gixy("gixy-next", "second")
}

fn compose_lint() -> Findings {
    let found = run("first/bin/compose-lint", &["check", "--format", "json"], &emitted(is_composition));
    assert_eq!(found["errors"].as_array().map(Vec::len), Some(0), "{}", found["errors"]);
    counted("compose-lint", &found["findings"], "file", "rule_id")
}

fn dclint() -> Findings {
    let found = run("npm/node_modules/.bin/dclint", &["--formatter", "json"], &emitted(is_composition));
    let mut all = Findings::new();
    for file in found.as_array().unwrap() {
        let path = file["filePath"].as_str().unwrap();
        for message in file["messages"].as_array().unwrap() {
            let rule = message["rule"].as_str().unwrap().to_owned();
            *all.entry(("dclint".to_owned(), rule, case_of(path))).or_default() += 1;
        }
    }
    all
}
