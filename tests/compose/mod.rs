//! What several compose files come to, compared with what docker compose itself says.
//!
//! Every folder in `cases` is a deployment. `expected.json` is what `docker-compose --profile '*' config --format json`
//! of Docker Compose 5.6.1 printed in it, with `ROOT` for the folder and `PARENT` for the one around it; `refused.txt` is why it printed nothing.
//! With that tool, `STACKC_DOCKER_COMPOSE=docker-compose STACKC_BLESS=1 cargo test --test main compose` writes both anew.

pub(crate) mod facts;
pub(crate) mod hostile;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use stackc::diagnostic::Sink;
use stackc::project::compose::{Environment, Loaded, default_files, load};
use stackc::project::host::{Host, Kind, Refusal};
use stackc::source::SourceMap;

use crate::snapshot::repository;

/// The files of this machine.
pub(crate) struct Disk;

impl Host for Disk {
    fn read(&self, path: &str) -> Result<Arc<str>, Refusal> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(text.into()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Refusal::Missing),
            Err(error) => Err(Refusal::Not(error.to_string())),
        }
    }

    fn kind(&self, path: &str) -> Kind {
        match fs::metadata(path) {
            Ok(data) if data.is_file() => Kind::File,
            Ok(data) if data.is_dir() => Kind::Folder,
            Ok(_) => Kind::Other,
            Err(_) => Kind::Missing,
        }
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        let entries = fs::read_dir(folder).ok()?;
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        Some(names)
    }
}

/// The variables that the tool is run with, besides those of files.
pub(crate) fn given(folder: &Path, project: &str) -> BTreeMap<String, String> {
    let folder = folder.to_string_lossy().into_owned();
    let variables = [("HOME", "/home"), ("PWD", &folder), ("COMPOSE_PROJECT_NAME", project)];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// Runs `docker-compose config`: what it printed, or why it did not.
pub(crate) fn printed(tool: &str, folder: &Path, arguments: &[&str]) -> Result<serde_json::Value, String> {
    let output = Command::new(tool)
        .args(arguments)
        .args(["config", "--format", "json"])
        .current_dir(folder)
        .env_clear()
        .envs(given(folder, "case"))
        .output()
        .unwrap();
    if output.status.success() {
        // The dollar signs of values are doubled in what is printed.
        let text = String::from_utf8(output.stdout).unwrap().replace("$$", "$");
        Ok(serde_json::from_str(&text).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// What we make of the files of a folder.
fn read(folder: &Path) -> (Loaded, Environment, Sink, SourceMap) {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let files = default_files(&folder.to_string_lossy(), &Disk);
    let environment = Environment::of_folder(&files, &Disk, &mut sources, &mut sink);
    let environment = environment.completed(given(folder, "case"));
    let loaded = load(&files, &environment, &Disk, &mut sources, &mut sink);
    sink.finish();
    (loaded, environment, sink, sources)
}

fn cases() -> Vec<PathBuf> {
    let folder = repository().join("tests/compose/cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn bless(case: &Path) {
    let tool = std::env::var("STACKC_DOCKER_COMPOSE").expect("STACKC_DOCKER_COMPOSE names docker-compose");
    let root = case.to_string_lossy().into_owned();
    for name in ["expected.json", "refused.txt"] {
        fs::remove_file(case.join(name)).ok();
    }
    match printed(&tool, case, &["--profile", "*"]) {
        Ok(value) => {
            let text = serde_json::to_string_pretty(&value).unwrap().replace(&root, "ROOT");
            let text = text.replace(&*case.parent().unwrap().to_string_lossy(), "PARENT");
            fs::write(case.join("expected.json"), text + "\n").unwrap();
        }
        Err(why) => {
            // Warnings carry the time.
            let lines =
                why.lines().filter(|line| !line.starts_with("time=")).map(|line| line.replace(&root, "ROOT"));
            fs::write(case.join("refused.txt"), lines.collect::<Vec<_>>().join("\n") + "\n").unwrap();
        }
    }
}

#[test]
fn every_case_comes_to_what_compose_says() {
    let is_blessed = std::env::var_os("STACKC_BLESS").is_some();
    let mut wrong = Vec::new();
    let mut said = crate::snapshot::Files::new();
    let (mut accepted, mut refused) = (0, 0);
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        if is_blessed && std::env::var_os("STACKC_DOCKER_COMPOSE").is_some() {
            bless(&case);
        }
        let root = case.to_string_lossy().into_owned();
        let (loaded, environment, sink, sources) = read(&case);
        let found: Vec<String> = sink
            .diagnostics
            .iter()
            .map(|found| {
                let line_number = sources.position(found.primary.span).line_number;
                let file = sources.file(found.primary.span.file).name.replace(&root, "ROOT");
                format!("{file}:{line_number} {} {}", found.code, found.message.replace(&root, "ROOT"))
            })
            .collect();
        if let Ok(expected) = fs::read_to_string(case.join("expected.json")) {
            accepted += 1;
            let expected = {
                let parent = case.parent().unwrap().to_string_lossy();
                serde_json::from_str(&expected.replace("ROOT", &root).replace("PARENT", &parent)).unwrap()
            };
            let compose = loaded.compose.unwrap_or_else(|| panic!("{name} is not read"));
            wrong.extend(differences(&name, &compose, &environment, &expected, &root));
            if !loaded.is_understood || !found.is_empty() {
                wrong.push(format!("{name}: compose takes it, and we say {found:?}"));
            }
        } else {
            refused += 1;
            let why =
                fs::read_to_string(case.join("refused.txt")).unwrap_or_else(|_| panic!("{name}: bless it"));
            if found.is_empty() {
                wrong.push(format!("{name}: compose refuses it, and we say nothing: {why}"));
            }
            said.insert(format!("{name}.txt"), found.join("\n") + "\n");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    crate::snapshot::assert_folder(&repository().join("snapshots/compose"), &said);
    assert!(accepted >= 25 && refused >= 5, "{accepted} {refused}");
}

/// Where our model and the tool differ.
pub(crate) fn differences(
    name: &str,
    compose: &stackc::project::compose::Compose,
    environment: &Environment,
    expected: &serde_json::Value,
    root: &str,
) -> Vec<String> {
    let ours = facts::ours(compose, environment, root);
    let theirs = facts::theirs(expected, root);
    let mut wrong = Vec::new();
    let names: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for service in names {
        let (Some(one), Some(other)) = (ours.get(service), theirs.get(service)) else {
            wrong.push(format!("{name}: only one of us has the service {service}"));
            continue;
        };
        let (one, other) = (one.as_object().unwrap(), other.as_object().unwrap());
        let keys: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
        for key in keys {
            if one.get(key) != other.get(key) {
                let show = |value: Option<&serde_json::Value>| {
                    value.map_or("nothing".to_owned(), ToString::to_string)
                };
                wrong.push(format!(
                    "{name}: {service}.{key}\n  ours   {}\n  theirs {}",
                    show(one.get(key)),
                    show(other.get(key))
                ));
            }
        }
    }
    wrong.extend(facts::missing(compose, expected).into_iter().map(|missing| format!("{name}: {missing}")));
    wrong
}
