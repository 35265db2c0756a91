//! Hand-written files as stack files: what is written for every form, that nothing is lost, and what is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use stackc::backend::{Artifact, Layout};
use stackc::compile::compile;
use stackc::diagnostic::Sink;
use stackc::facts::Facts;
use stackc::import::{Imported, Wanted, import};
use stackc::project::host::Memory;
use stackc::source::SourceMap;
use stackc::syntax::{stack, yaml};

use crate::golden;
use crate::snapshot::{assert_file, read_folder, repository};

const COMPOSE: &str = "docker-compose.yml";

/// Imports the compose file among some files.
pub(crate) fn imported(files: &[(&str, &str)]) -> Imported {
    let wanted = Wanted { compose: COMPOSE.to_owned(), stack: "app.stack".to_owned() };
    import(&wanted, &Memory::new(files.iter().copied()))
}

/// The stack file of a compose file alone.
pub(crate) fn stack_of(compose: &str) -> String {
    imported(&[(COMPOSE, compose)]).text.unwrap()
}

/// What a stack file emits.
pub(crate) fn built(text: &str) -> Vec<Artifact> {
    built_at("app.stack", Path::new("/p"), text)
}

/// What a stack file in that folder emits.
pub(crate) fn built_at(name: &str, folder: &Path, text: &str) -> Vec<Artifact> {
    let layout =
        Layout { stack_dir: folder.into(), out_dir: folder.into(), stack_file: "app.stack".to_owned() };
    let compilation = compile(name, text, &mut |_| Facts::default());
    assert!(compilation.deployment.is_some(), "{:?}\n{text}", compilation.sink.diagnostics);
    compilation.emit(&layout).unwrap()
}

pub(crate) fn formatted(text: &str) -> String {
    let tree = stack::read(SourceMap::default().add("", text), text, &mut Sink::default());
    stack::print(&tree, text)
}

/// How many comments a compose file has, and those of them that a stack file does not have as often.
pub(crate) fn lost_comments(compose: &str, stack: &str) -> (usize, Vec<String>) {
    let tree = yaml::read(SourceMap::default().add("", compose), compose, &mut Sink::default());
    let comments = tree.comments.iter().map(|comment| compose[comment.span.range()].trim_end());
    let mut before: BTreeMap<&str, usize> = BTreeMap::new();
    comments.for_each(|comment| *before.entry(comment).or_default() += 1);
    let has = |line: &str, comment: &str| {
        line.strip_suffix(comment).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
    };
    let after = |comment: &str| stack.lines().filter(|line| has(line, comment)).count();
    let lost = before.iter().filter(|(comment, count)| after(comment) < **count);
    (before.values().sum(), lost.map(|(comment, _)| (*comment).to_owned()).collect())
}

/// The comments of YAML, of Dockerfiles and of nginx in these examples begin a line or follow a space.
fn comments(text: &str) -> usize {
    text.lines().filter(|line| line.trim_start().starts_with('#') || line.contains(" # ")).count()
}

#[test]
fn a_project_becomes_one_file() {
    for case in fs::read_dir(cases()).unwrap() {
        let folder = case.unwrap().path();
        let files = read_folder(&folder);
        let given: Vec<(&str, &str)> = files
            .iter()
            .filter(|(name, _)| Path::new(name).extension().is_none_or(|extension| extension != "stack"))
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let made = imported(&given);
        let text = made.text.clone().unwrap();
        assert_file(&folder.join("expected.stack"), &text);
        assert!(made.sink.diagnostics.is_empty(), "{:?}", made.sink.diagnostics);
        assert!(made.not_analysed.is_empty() && made.differing.is_empty(), "{made:?}");
        assert_eq!(formatted(&text), text);
        let before: usize = given.iter().map(|(_, text)| comments(text)).sum();
        assert_eq!(comments(&text), before, "every comment is there, once");
        let paths: Vec<String> = built(&text).into_iter().map(|made| made.path).collect();
        assert_eq!(paths, given.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}

fn cases() -> PathBuf {
    repository().join("tests/import/cases")
}

/// Imports what was built, builds that and imports it again: both times it says the same as its files, all of which that
/// statements can describe it describes.
pub(crate) fn comes_back(name: &str, artifacts: &[Artifact]) {
    let is_yaml =
        |made: &&Artifact| Path::new(&made.path).extension().is_some_and(|extension| extension == "yml");
    let compose_of = |artifacts: &[Artifact]| {
        let made = artifacts.iter().find(is_yaml).unwrap();
        (made.path.clone(), made.text.clone())
    };
    let again = |artifacts: &[Artifact]| {
        let files: Vec<(&str, &str)> =
            artifacts.iter().map(|made| (made.path.as_str(), made.text.as_str())).collect();
        let (compose, _) = compose_of(artifacts);
        let wanted = Wanted { compose, stack: "app.stack".to_owned() };
        let made = import(&wanted, &Memory::new(files));
        assert!(made.differing.is_empty(), "{name}: {:?}", made.differing);
        assert!(!made.sink.has_errors(), "{name}: {:?}", made.sink.diagnostics);
        made.text.unwrap()
    };
    let is_of_a_service = |path: &str| {
        let is_companion = path.ends_with("ignore") || path.ends_with(".env.example");
        // A Dockerfile that no service builds is none of the compose file's.
        !is_companion && (!path.contains("Dockerfile.") || compose_of(artifacts).1.contains(path))
    };
    let described = |artifacts: &[Artifact]| -> Vec<String> {
        artifacts.iter().map(|made| made.path.clone()).filter(|path| is_of_a_service(path)).collect()
    };
    let first = again(artifacts);
    assert_eq!(formatted(&first), first, "{name}");
    let rebuilt = built(&first);
    assert_eq!(described(&rebuilt), described(artifacts), "{name}");
    let second = again(&rebuilt);
    assert!(!second.contains("Made by stackc"), "{name}: the header of an artefact is nobody's comment");
}

/// `slow::import` does the same with every golden case.
#[test]
fn what_was_built_comes_back() {
    for (name, file) in golden::cases().into_iter().filter(|(name, _)| name == "plain") {
        comes_back(&name, &golden::compiled(&file).1);
    }
}

#[test]
fn what_compose_merges_by_itself_is_told_of() {
    let file = "services: {web: {image: nginx:1.30}}\n";
    let told = |files: &[(&str, &str)]| -> Vec<String> {
        let made = imported(files).not_analysed;
        made.iter().map(|file| format!("{} {}", file.path, file.why)).collect()
    };
    assert_eq!(
        told(&[(COMPOSE, file), ("docker-compose.override.yml", file)]),
        ["docker-compose.override.yml is not imported: compose goes on to merge it with what is built"]
    );
    // Compose takes another file by itself, and merges into that.
    assert_eq!(told(&[(COMPOSE, file), ("compose.yaml", file), ("compose.override.yaml", file)]), [""; 0]);
}

#[test]
fn a_configuration_that_a_dockerfile_copies_is_found_whatever_the_image() {
    let made = imported(&[
        (COMPOSE, "services: {web: {build: ./web}}\n"),
        (
            "web/Dockerfile",
            "FROM debian:13\nCOPY conf/nginx.conf /etc/nginx/nginx.conf\nCOPY --from=0 a /etc/nginx/b\n",
        ),
        ("web/conf/nginx.conf", "events {}\n"),
    ]);
    let text = made.text.unwrap();
    assert!(text.contains("nginx web/conf/nginx.conf in main"), "{text}");
}
