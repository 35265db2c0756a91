//! The invariants of ARCHITECTURE.md that can be read off the source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use stackc::reasons::Giver;

use crate::snapshot::repository;

/// The modules at the top of `src` and what each may use of the others.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("reasons", &[]),
    ("diagnostic", &["source"]),
    ("fix", &["source", "diagnostic"]),
    ("vocabulary", &[]),
    ("syntax", &["source", "diagnostic", "vocabulary"]),
    ("http", &["source", "model"]),
    ("model", &["source", "vocabulary", "http"]),
    ("request", &["source", "diagnostic", "syntax", "vocabulary", "http"]),
    ("project", &["source", "diagnostic", "syntax", "vocabulary", "model"]),
    ("facts", &["model"]),
    ("schema", &["source", "diagnostic", "syntax", "vocabulary"]),
    ("resolve", &["source", "model", "facts"]),
    (
        "lower",
        &["source", "diagnostic", "syntax", "vocabulary", "schema", "model", "http", "facts", "resolve"],
    ),
    (
        "lint",
        &[
            "source",
            "diagnostic",
            "syntax",
            "vocabulary",
            "model",
            "project",
            "facts",
            "resolve",
            "http",
            "lower",
        ],
    ),
    ("backend", &["source", "model", "http"]),
    ("reread", &["source", "diagnostic", "syntax", "model", "http", "backend"]),
    (
        "compile",
        &[
            "source",
            "diagnostic",
            "syntax",
            "model",
            "facts",
            "resolve",
            "lower",
            "lint",
            "backend",
            "reread",
        ],
    ),
    ("handwritten", &["source", "diagnostic", "syntax", "vocabulary", "project", "lint"]),
    ("same", &["source", "diagnostic", "syntax", "vocabulary", "project", "backend"]),
    ("settings", &["source", "diagnostic", "lint"]),
    ("emitted", &["source", "diagnostic", "facts", "project", "lint", "backend", "compile", "handwritten"]),
    (
        "import",
        &[
            "source",
            "diagnostic",
            "syntax",
            "vocabulary",
            "model",
            "project",
            "facts",
            "schema",
            "backend",
            "compile",
            "handwritten",
            "same",
            "lint",
        ],
    ),
    (
        "difference",
        &[
            "source",
            "syntax",
            "vocabulary",
            "project",
            "lint",
            "backend",
            "compile",
            "handwritten",
            "emitted",
            "same",
        ],
    ),
    ("explain", &["diagnostic", "lint"]),
    ("explain_word", &["vocabulary", "schema"]),
    ("render", &["source", "diagnostic", "reasons", "request", "difference"]),
    ("driver", &["source", "facts", "model", "project", "backend", "same", "request"]),
    (
        "cli",
        &[
            "source",
            "diagnostic",
            "syntax",
            "model",
            "http",
            "facts",
            "resolve",
            "request",
            "project",
            "backend",
            "compile",
            "fix",
            "handwritten",
            "lint",
            "settings",
            "emitted",
            "import",
            "difference",
            "explain_word",
            "explain",
            "render",
            "driver",
        ],
    ),
];

/// Every source file below `src`: its path from there and its text without tests.
fn sources() -> BTreeMap<String, String> {
    let src = repository().join("src");
    let mut files = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&src) {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|extension| extension == "rs") {
            let path = entry.path().strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(entry.path()).unwrap();
            files.insert(path, text.split("#[cfg(test)]").next().unwrap().to_owned());
        }
    }
    files
}

fn layer_of(path: &str) -> &str {
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

/// The code of a file, line by line, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

#[test]
fn layers_import_one_way() {
    for (path, text) in sources() {
        let layer = layer_of(&path);
        if matches!(layer, "lib" | "main") {
            continue;
        }
        let (_, allowed) =
            LAYERS.iter().find(|(name, _)| *name == layer).unwrap_or_else(|| panic!("{layer} is no layer"));
        for line in code(&text) {
            for used in line.split("crate::").skip(1) {
                let used = used.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap();
                if used.is_empty() || used == layer {
                    continue;
                }
                assert!(allowed.contains(&used), "src/{path} uses {used}: {}", line.trim());
            }
        }
    }
}

#[test]
fn only_the_driver_and_the_command_line_touch_the_world() {
    for (path, text) in sources() {
        if matches!(layer_of(&path), "driver" | "cli" | "main") {
            continue;
        }
        for line in code(&text) {
            for world in [
                "std::fs",
                "std::io",
                "std::env",
                "std::process",
                "std::net::Tcp",
                "std::time::SystemTime",
                "walkdir",
                "tempfile",
                "getrandom",
            ] {
                assert!(!line.contains(world), "src/{path} uses {world}: {}", line.trim());
            }
        }
    }
}

#[test]
fn only_the_terminal_knows_miette_and_only_its_back_end_each_printer() {
    let homes = [
        ("miette", "render/"),
        ("minijinja", "backend/"),
        ("serde_yaml", "backend/compose"),
        ("granit_parser", "syntax/yaml"),
        ("pest", "syntax/"),
        ("clap", "cli/"),
    ];
    for (path, text) in sources() {
        for line in code(&text) {
            for (library, home) in homes {
                let used = line.contains(&format!("{library}::")) || line.contains(&format!("use {library}"));
                assert!(!used || path.starts_with(home), "src/{path} uses {library}: {}", line.trim());
            }
        }
    }
}

#[test]
fn back_ends_do_not_import_each_other() {
    let printers = ["compose", "dockerfile", "dockerignore", "env_example", "nginx"];
    for (path, text) in sources() {
        let Some(own) = path.strip_prefix("backend/") else { continue };
        let own = own.split('/').next().unwrap().trim_end_matches(".rs");
        if !printers.contains(&own) {
            continue;
        }
        for line in code(&text).filter(|line| line.trim_start().starts_with("use ")) {
            for other in printers.iter().filter(|other| **other != own) {
                let paths = [format!("super::{other}::"), format!("backend::{other}::")];
                assert!(!paths.iter().any(|path| line.contains(path)), "src/{path}: {}", line.trim());
            }
        }
    }
}

#[test]
fn every_rule_is_one_file_and_registered() {
    let registry = fs::read_to_string(repository().join("src/lint/rules/mod.rs")).unwrap();
    for entry in fs::read_dir(repository().join("src/lint/rules")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.trim_end_matches(".rs");
        if module != "mod" {
            let registered = registry.lines().any(|line| line.trim().starts_with(&format!("{module} ")));
            assert!(registered, "the rule {module} is not in the registry");
        }
    }
    for rule in stackc::lint::rules::ALL {
        let group = rule.code.split('-').next().unwrap();
        assert!(rule.code.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.code);
        assert!(rule.source.starts_with("//! # "), "the page of {} begins with its title", rule.code);
        assert!(!group.is_empty());
    }
}

#[test]
fn every_file_says_what_lives_there_and_stays_small() {
    for (path, _) in sources() {
        let text = fs::read_to_string(repository().join("src").join(&path)).unwrap();
        assert!(text.starts_with("//! "), "src/{path} does not begin with what lives there");
        let lines = text.lines().count();
        assert!(lines <= 600, "src/{path} has {lines} lines: two ideas in one file?");
    }
}

#[test]
fn no_secret_can_be_part_of_a_text() {
    let values = fs::read_to_string(repository().join("src/model/values.rs")).unwrap();
    let part = values.split("pub enum Part {").nth(1).unwrap().split("\n}").next().unwrap();
    assert!(!part.contains("Secret"), "a text must not be able to hold a secret");
}

#[test]
fn templates_lay_out_and_compute_nothing() {
    for entry in fs::read_dir(repository().join("templates")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for word in ["{% set", "|safe", "| safe", "==", " and ", " or "] {
            assert!(!text.contains(word), "{} computes: {word}", name(&path));
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn every_default_and_every_implied_part_has_its_sentence() {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| !path.ends_with("tests.rs")) {
        let text = code(&text).collect::<Vec<_>>().join("\n");
        for (call, is_implied) in [(".by_default(", false), (".lowered(", true)] {
            for rest in text.split(call).skip(1) {
                let Some(name) = rest.trim_start().strip_prefix('"') else {
                    // The table of nginx's settings holds names, each of which some artefact shows.
                    assert!(path == "lower/nginx.rs" && rest.starts_with("reason, "), "src/{path}: {call}");
                    continue;
                };
                let name = name.split('"').next().unwrap();
                let reason = stackc::reasons::reason(name).unwrap_or_else(|| {
                    panic!("src/{path} uses the name `{name}`, which has no sentence in src/reasons.rs")
                });
                assert_eq!(reason.giver == Giver::Statement, is_implied, "{name}");
                used.insert(name.to_owned());
            }
        }
        if path == "lower/nginx.rs" {
            let table = text.split("const SETTINGS").nth(1).unwrap().split("];").next().unwrap();
            used.extend(table.split("(\"").skip(1).map(|row| row.split('"').next().unwrap().to_owned()));
        }
    }
    for reason in stackc::reasons::REASONS {
        assert!(used.contains(reason.name), "nothing uses the reason `{}`", reason.name);
    }
}
