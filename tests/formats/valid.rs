//! Every document is what its readers are told to expect: schemas where there are some, the documented form elsewhere.
//!
//! The validators are libxml2's `xmllint` and Python's `jsonschema`, which `./test.sh` installs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use super::hostile;
use crate::snapshot::{Files, repository};

/// Every document that the tests know of, hostile ones among them.
fn documents() -> &'static Files {
    static DOCUMENTS: OnceLock<Files> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
        let mut all = super::documents().clone();
        all.extend(hostile::documents());
        all
    })
}

/// Those of one format.
fn of(format: &str) -> Vec<(&'static String, &'static String)> {
    let ending = format!(".{format}");
    let documents: Vec<_> = documents().iter().filter(|(name, _)| name.ends_with(&ending)).collect();
    assert!(documents.len() > 10, "{format}: {}", documents.len());
    documents
}

/// Runs a validator over the documents of a format: `PROGRAM BEFORE... FILE...`, or `BEFORE -i FILE... SCHEMA` of
/// `jsonschema`.
pub(crate) fn validate(format: &str, schema: &str) {
    let folder = tempfile::tempdir().unwrap();
    let schema = repository().join("tests/formats/schemas").join(schema);
    let files: Vec<PathBuf> = of(format)
        .into_iter()
        .map(|(name, text)| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        })
        .collect();
    let is_xml = schema.extension().unwrap() == "xsd";
    let program = if is_xml { "xmllint" } else { "jsonschema" };
    let mut command = Command::new(program);
    if is_xml {
        command.args(["--nonet", "--noout", "--schema"]).arg(&schema).args(&files);
    } else {
        command.args(files.iter().flat_map(|file| ["-i".as_ref(), file.as_os_str()])).arg(&schema);
    }
    let output =
        command.output().unwrap_or_else(|error| panic!("{program}, which ./test.sh installs: {error}"));
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{format}: {}", said.chars().take(4000).collect::<String>());
}

#[test]
fn what_no_schema_says_of_sarif_holds() {
    for (name, text) in of("sarif") {
        let log: Value = serde_json::from_str(text).unwrap();
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let mut fingerprints = BTreeSet::new();
        for result in run["results"].as_array().unwrap() {
            // What the schema cannot say: the rule is the one that the index names, and a fingerprint is of one result.
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"], "{name}");
            assert!(fingerprints.insert(result["fingerprints"]["stackc/v1"].as_str().unwrap()), "{name}");
            assert!(result["suppressions"].is_array(), "{name}");
        }
    }
    let log: Value = serde_json::from_str(&documents()["planted.sarif"]).unwrap();
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        assert!(rule["help"]["markdown"].as_str().is_some_and(|help| help.contains("```")), "{rule}");
    }
}

#[test]
fn every_diagnostic_of_rdjson_has_a_message_and_a_path() {
    for (name, text) in of("rdjson") {
        let result: Value = serde_json::from_str(text).unwrap();
        for diagnostic in result["diagnostics"].as_array().unwrap() {
            assert!(
                diagnostic["message"].is_string() && diagnostic["location"]["path"].is_string(),
                "{name}"
            );
        }
    }
}

#[test]
fn junit_is_valid() {
    validate("junit", "junit-10.xsd");
}

#[test]
fn checkstyle_is_valid() {
    validate("checkstyle", "checkstyle.xsd");
}

#[test]
fn the_code_quality_report_has_what_gitlab_documents() {
    for (name, text) in of("gitlab") {
        assert!(text.starts_with('['), "{name}: a byte order mark would be refused");
        let mut fingerprints = BTreeSet::new();
        for issue in serde_json::from_str::<Vec<Value>>(text).unwrap() {
            let keys: Vec<&str> = issue.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys, ["check_name", "description", "fingerprint", "location", "severity"], "{name}");
            let severity = issue["severity"].as_str().unwrap();
            assert!(
                ["info", "minor", "major", "critical", "blocker"].contains(&severity),
                "{name}: {severity}"
            );
            assert!(!issue["location"]["path"].as_str().unwrap().starts_with("./"), "{name}");
            assert!(issue["location"]["lines"]["begin"].as_u64().is_some_and(|line| line > 0), "{name}");
            // Of two with the same fingerprint GitLab shows one.
            assert!(fingerprints.insert(issue["fingerprint"].to_string()), "{name}: {issue}");
        }
    }
}

/// A workflow command as the runner of GitHub reads it: its name, its properties and its message.
pub(super) fn command(line: &str) -> Option<(&str, BTreeMap<String, String>, String)> {
    let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let unescaped = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let properties = properties.split(',').filter_map(|pair| pair.split_once('='));
    let properties = properties.map(|(name, value)| {
        let value = value.replace("%3A", ":").replace("%2C", ",");
        (name.trim().to_owned(), unescaped(&value))
    });
    Some((name, properties.collect(), unescaped(message)))
}

#[test]
fn every_annotation_is_a_command_that_github_documents() {
    for (name, text) in of("github") {
        for line in text.lines() {
            let (level, properties, message) = command(line).unwrap_or_else(|| panic!("{name}: {line}"));
            assert!(["notice", "warning", "error"].contains(&level), "{name}: {line}");
            for (property, value) in &properties {
                match property.as_str() {
                    "file" | "title" => {}
                    "line" | "endLine" | "col" | "endColumn" => assert!(value.parse::<u32>().unwrap() > 0),
                    other => panic!("{name}: there is no property `{other}`: {line}"),
                }
            }
            assert!(properties.contains_key("file") && !message.is_empty(), "{name}: {line}");
        }
    }
}

#[test]
fn short_is_what_editors_read() {
    let form =
        regex::Regex::new(r"^.+?(:[1-9]\d*:[1-9]\d*)?: (error|warning|note): .+ \[[a-z0-9-]+\]$").unwrap();
    for (name, text) in of("short") {
        for line in text.lines() {
            assert!(form.is_match(line), "{name}: {line}");
        }
    }
}

#[test]
fn json_has_what_is_documented() {
    let docs = std::fs::read_to_string(repository().join("docs/formats.md")).unwrap();
    for (name, text) in of("json") {
        let report: Value = serde_json::from_str(text).unwrap();
        assert_eq!(report["version"], 1, "{name}");
        for diagnostic in report["diagnostics"].as_array().unwrap() {
            for field in diagnostic.as_object().unwrap().keys() {
                assert!(
                    docs.contains(&format!("| `{field}` |")),
                    "docs/formats.md says nothing of `{field}`"
                );
            }
            let start = &diagnostic["span"]["start"];
            assert_eq!(
                (&start["line"], &start["column"]),
                (&diagnostic["line"], &diagnostic["column"]),
                "{name}"
            );
            assert_eq!(diagnostic["labels"][0]["primary"], true, "{name}");
        }
    }
}
