//! A deployment in the manner of 2016 with everything that was wrong with it: each problem is found, where it is, once.
//!
//! The article that this product grew from is no part of this repository. Where its text stands beside it, as
//! `../shared/seed/*.txt` or where `STACKC_ARTICLE` says, its four files are taken from it and must be told of as well.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::lint::planted;
use crate::snapshot::repository;

/// The problems of the article: the file, what the line holds, and the rule.
const ARTICLE: &[(&str, &str, &str, &str)] = &[
    ("c1", "docker-compose.yml", "nginx:", "compose-v1-form"),
    ("c2", "docker-compose.yml", "image: postgres:latest", "compose-floating-image"),
    ("c3", "nginx/Dockerfile", "FROM nginx", "docker-unpinned-base"),
    ("c5", "docker-compose.yml", "nginx:", "compose-capabilities-kept"),
    ("c6", "docker-compose.yml", "nginx:", "compose-new-privileges"),
    ("c7", "docker-compose.yml", "nginx:", "compose-root-writable"),
    ("c8", "docker-compose.yml", "nginx:", "compose-no-limits"),
    ("c9", "docker-compose.yml", "links:", "compose-links"),
    ("c9", "docker-compose.yml", "- django", "compose-volumes-from"),
    ("c10", "docker-compose.yml", "postgres:", "secret-no-password"),
    ("c11", "docker-compose.yml", "image: postgres:latest", "compose-database-volume"),
    ("c12", "docker-compose.yml", "- postgres", "compose-database-not-ready"),
    ("c13", "docker-compose.yml", "nginx:", "compose-no-restart"),
    ("c14", "docker-compose.yml", "nginx:", "compose-flat-network"),
    ("c15", "docker-compose.yml", "- .:/root", "cross-bind-hides"),
    ("c16", "docker-compose.yml", "- django", "secret-key-mounted"),
    ("c17", "docker-compose.yml", "- /usr/src/app", "cross-volume-stale"),
    ("d1", "Dockerfile", "ENV AWS_SECRET_ACCESS_KEY", "secret-literal"),
    ("d2", "Dockerfile", "ENV AWS_ACCESS_KEY", "secret-literal"),
    ("d3", "Dockerfile", "ENV DB_PASS", "secret-default-credentials"),
    ("d4", "Dockerfile", "ADD ssh/", "secret-key-copied"),
    ("d5", "Dockerfile", "RUN chmod", "secret-copied-again"),
    ("d6", "Dockerfile", "ADD ssh/", "docker-no-ignore-file"),
    ("d7", "Dockerfile", "ADD ssh/", "docker-add-for-copy"),
    ("d8", "Dockerfile", "FROM ubuntu", "docker-end-of-life"),
    ("d9", "Dockerfile", "RUN apt-get update", "docker-apt-update-alone"),
    ("d10", "Dockerfile", "RUN apt-get update", "docker-apt-lists"),
    ("d11", "Dockerfile", "RUN apt-get install", "docker-apt-recommends"),
    ("d12", "Dockerfile", "RUN apt-get install", "docker-apt-unpinned"),
    ("d13", "Dockerfile", "RUN pip install", "docker-pip-cache"),
    ("d14", "Dockerfile", "ENV DJANGO_CONFIGURATION", "docker-legacy-env"),
    ("d15", "nginx/Dockerfile", "MAINTAINER", "docker-maintainer"),
    ("d16", "Dockerfile", "RUN apt-get install", "docker-single-stage"),
    ("d17", "Dockerfile", "FROM ubuntu", "docker-root-user"),
    ("d18", "Dockerfile", "CMD [", "docker-no-healthcheck"),
    ("d19", "Dockerfile", "CMD [", "docker-no-expose"),
    ("d20", "nginx/Dockerfile", "CMD /usr", "docker-shell-form"),
    ("d21", "Dockerfile", "bower", "docker-bower"),
    ("n1", "nginx/nginx.conf", "repo/static;", "nginx-alias-slash"),
    ("n2", "nginx/nginx.conf", "location /static/admin/css", "nginx-alias-open"),
    ("n2", "nginx/nginx.conf", "location /static/admin/js", "nginx-alias-open"),
    ("n2", "nginx/nginx.conf", "location /static/admin/img", "nginx-alias-open"),
    ("n3", "nginx/nginx.conf", "http {", "mime-no-table"),
    ("n4", "nginx/nginx.conf", "types {", "mime-table-replaced"),
    ("n5", "nginx/nginx.conf", "image/png", "mime-table-replaced"),
    ("n6", "nginx/nginx.conf", "default_type text/css", "mime-default-type"),
    ("n7", "nginx/nginx.conf", "proxy_pass", "nginx-forwarded-missing"),
    ("n8", "nginx/nginx.conf", "X-Forwarded-Host", "nginx-forwarded-host"),
    ("n9", "nginx/nginx.conf", "server {", "nginx-server-tokens"),
    ("n10", "nginx/nginx.conf", "proxy_pass", "nginx-body-size"),
    ("n11", "nginx/nginx.conf", "proxy_pass", "nginx-upstream-fixed"),
    ("n12", "nginx/nginx.conf", "repo/static;", "nginx-static-plain"),
];

/// The headings of the article's listings, and the files that they are.
const LISTINGS: &[(&str, &str)] = &[
    ("yaml docker-compose.yml", "docker-compose.yml"),
    ("sh Dockerfile (django)", "Dockerfile"),
    ("sh nginx Dockerfile", "nginx/Dockerfile"),
    ("sh nginx.conf", "nginx/nginx.conf"),
];

/// What the article says stands beside them.
const BESIDE: &[&str] =
    &["ssh/bb_deploy.rsa", "ssh/bb_deploy.rsa.pub", "ssh/config", "static/admin/base.css", "README.md"];

/// How often each rule finds something on each line: file and line number.
fn found(folder: &Path) -> BTreeMap<(String, usize, &'static str), usize> {
    let checked = planted::lint(folder);
    let mut found = BTreeMap::new();
    for diagnostic in &checked.sink.diagnostics {
        let file = &checked.sources.file(diagnostic.primary.span.file).name;
        let file = Path::new(file).strip_prefix(folder).unwrap().display().to_string();
        let line = checked.sources.position(diagnostic.primary.span).line_number;
        *found.entry((file, line, diagnostic.code)).or_default() += 1;
    }
    found
}

/// Checks that problems, each with its file, its line and its rule, are found, and once.
fn assert_found(folder: &Path, problems: &[(String, String, usize, String)]) {
    let found = found(folder);
    let mut wrong = Vec::new();
    for (id, file, line, rule) in problems {
        let times =
            found.iter().find(|((f, l, r), _)| f == file && l == line && r == rule).map_or(0, |(_, n)| *n);
        if times != 1 {
            wrong.push(format!("{id}: {file}:{line} {rule}: {times} times"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\nfound: {found:#?}");
}

#[test]
fn every_problem_of_a_deployment_of_some_years_ago_is_found() {
    let copy = planted::copied("tests/lint/seed");
    let folder = copy.path().canonicalize().unwrap();
    let mut problems = Vec::new();
    for file in ["docker-compose.yml", "Dockerfile", "web/Dockerfile", "web/nginx.conf"] {
        for (number, text) in (1..).zip(fs::read_to_string(folder.join(file)).unwrap().lines()) {
            let Some((before, marks)) = text.split_once("# !") else { continue };
            let line = if before.trim().is_empty() { number + 1 } else { number };
            for mark in marks.split(" !") {
                let (id, rule) = mark.split_once(' ').unwrap();
                problems.push((id.to_owned(), file.to_owned(), line, rule.to_owned()));
            }
        }
    }
    assert_eq!(problems.len(), 49);
    assert_found(&folder, &problems);
    if let Some(article) = article() {
        every_problem_is_found_in(&article);
    }
}

/// The text of the article, where it is at hand.
pub(crate) fn article() -> Option<String> {
    let named = std::env::var_os("STACKC_ARTICLE").map(PathBuf::from);
    let beside = || {
        let entries = fs::read_dir(repository().join("../shared/seed")).ok()?;
        let mut paths = entries.map(|entry| entry.unwrap().path());
        paths.find(|path| path.extension().is_some_and(|extension| extension == "txt"))
    };
    named.or_else(beside).map(|path| fs::read_to_string(path).unwrap())
}

/// Writes the files of the article, and what it says stands beside them.
pub(crate) fn write_article(root: &Path, article: &str) {
    let write = |name: &str, text: &str| {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let mut listings = 0;
    for part in article.split("```").skip(1).step_by(2) {
        let (heading, body) = part.split_once('\n').unwrap();
        if let Some((_, name)) = LISTINGS.iter().find(|(title, _)| *title == heading.trim()) {
            write(name, body);
            listings += 1;
        }
    }
    assert_eq!(listings, LISTINGS.len());
    for name in BESIDE {
        write(name, "");
    }
}

fn every_problem_is_found_in(article: &str) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    write_article(&root, article);
    let problems: Vec<_> = ARTICLE
        .iter()
        .map(|(id, file, needle, rule)| {
            let text = fs::read_to_string(root.join(file)).unwrap();
            let line = text.lines().position(|line| line.contains(needle)).unwrap() + 1;
            // The types of a location begin a line before what tells them apart.
            let line = if *needle == "image/png" { line - 1 } else { line };
            (id.to_string(), file.to_string(), line, rule.to_string())
        })
        .collect();
    assert_found(&root, &problems);
}
