//! A deployment in the manner of 2016, with a compose file in the form of version 1: it is imported, linted and built, and
//! what is built says the same. The article of which it has the shape is taken where it stands, as in `lint::seed`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use stackc::driver::around::Surroundings;
use stackc::import::{Wanted, import, parts};
use stackc::project::compose::{self, Environment};
use stackc::source::SourceMap;

use super::project::{built_at, formatted};
use crate::lint::{planted, seed};
use stackc::diagnostic::Sink;

/// Every service of a compose file with its keys.
fn services(file: &Path) -> BTreeSet<(String, Vec<String>)> {
    let host = Surroundings::of([file]);
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let files = [file.to_str().unwrap().to_owned()];
    let environment = Environment::of_folder(&files, &host, &mut sources, &mut sink);
    let loaded = compose::load(&files, &environment, &host, &mut sources, &mut sink);
    assert!(loaded.is_understood, "{:?}", sink.diagnostics);
    let read = loaded.compose.unwrap();
    let keys = |service: &compose::Service| {
        let entries = read.root.at(&["services", service.name.value.as_str()]).unwrap().entries();
        let mut keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
        keys.sort();
        keys
    };
    read.services.iter().map(|service| (service.name.value.clone(), keys(service))).collect()
}

/// The rules that find something in a folder, but for those on how something is spelled.
fn found(folder: &Path) -> BTreeSet<&'static str> {
    const OF_SPELLING: &[&str] = &["compose-v1-form", "docker-legacy-env", "compose-version"];
    let found = planted::lint(folder).sink.diagnostics;
    found.iter().map(|found| found.code).filter(|code| !OF_SPELLING.contains(code)).collect()
}

fn means_the_same(root: &Path, files: &[&str]) {
    let compose = root.join("docker-compose.yml");
    let stack = root.join("app.stack");
    let wanted = Wanted { compose: compose.display().to_string(), stack: stack.display().to_string() };
    let made = import(&wanted, &Surroundings::of([compose.as_path()]));
    let text = made.text.as_deref().unwrap();
    assert!(made.differing.is_empty(), "{:?}", made.differing);
    assert_eq!(made.raw, 0, "{text}");
    assert_eq!(formatted(text), text);
    let counted: Vec<String> = parts(&wanted, &made).into_iter().map(|part| part.path).collect();
    assert_eq!(counted.iter().map(String::as_str).collect::<BTreeSet<_>>(), files.iter().copied().collect());
    let (services_before, found_before) = (services(&compose), found(root));
    for artefact in built_at(&stack.display().to_string(), root, text) {
        fs::write(root.join(&artefact.path), artefact.text).unwrap();
    }
    assert_eq!(services(&compose), services_before);
    assert_eq!(found(root), found_before);
}

#[test]
fn a_deployment_of_some_years_ago_is_imported_and_means_the_same() {
    let copy = planted::copied("tests/lint/seed");
    let root = copy.path().canonicalize().unwrap();
    means_the_same(&root, &["docker-compose.yml", "Dockerfile", "web/Dockerfile", "web/nginx.conf"]);
    if let Some(article) = seed::article() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        seed::write_article(&root, &article);
        let files = ["docker-compose.yml", "Dockerfile", "nginx/Dockerfile", "nginx/nginx.conf"];
        means_the_same(&root, &files);
    }
}
