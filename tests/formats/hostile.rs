//! Names of files and messages that would like to be a part of the format, or of what shows it.

use std::process::Command;

use serde_json::Value;
use stackc::diagnostic::{AllowedBy, Diagnostic, Severity, Sink};
use stackc::render::Look;
use stackc::render::report::{Format, NotAnalysed, Part, Report, findings};
use stackc::render::visible;
use stackc::source::{SourceMap, Span};

use super::{formats, valid};
use crate::cli::Desk;
use crate::snapshot::Files;

const TEXTS: &[&str] = &[
    "a b",
    "100%25 %0A",
    "\"quoted' <&>",
    "two\nlines\r",
    "x:1:2: error: y, z=1",
    "::error file=x,line=1::owned",
    " ::stop-commands::x",
    "user\u{202e}gnp",
    "\u{1b}[31mred\u{9b}1m\u{7f}",
    "gr\u{f6}\u{df}e \u{fffd}\u{200b}",
    "/srv/absolute",
    "{0} [a](b) [c](http://example.org) \\",
    "]]></failure><x/>",
    "\0nul\u{ffff}\u{e0041}",
    "\u{feff}mark",
    "#?;&",
];

/// What may say that a finding may be there, and what SARIF calls that.
const ALLOWED_BY: [(AllowedBy, &str); 3] =
    [(AllowedBy::File, "inSource"), (AllowedBy::Settings, "external"), (AllowedBy::Baseline, "external")];

/// Every text as a message, a label, a note, a help and a fix, in a file of every name, and as the reason of what may be
/// there.
fn documents_of(format: Format) -> String {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    for name in TEXTS {
        let file = sources.add(*name, "one\ttwo\n\u{1f980} three\n");
        for text in TEXTS {
            let at = Span::new(file, 13, 18);
            let diagnostic = Diagnostic::warning("a-rule", *text, at).here(*text).label(at, *text);
            let diagnostic = diagnostic.note(*text).help(*text);
            sink.push(diagnostic.safe_fix(*text, vec![(at, (*text).to_owned())]));
        }
        for (by, _) in ALLOWED_BY {
            sink.allow(Diagnostic::warning("an-allowed-rule", *name, Span::new(file, 0, 3)), *name, by);
        }
    }
    sink.add_more(Severity::Warning, 7);
    sink.finish();
    let names: Vec<String> = TEXTS.iter().map(|&name| name.to_owned()).collect();
    let not_analysed = TEXTS.iter().map(|&text| NotAnalysed { path: text.to_owned(), why: text.to_owned() });
    let report = Report {
        parts: vec![Part { names: &names, sources: &sources, sink: &sink }],
        not_analysed: not_analysed.collect(),
        pages: Vec::new(),
    };
    findings(format, &report, &Look::PLAIN)
}

/// What is told of them, by `hostile.FORMAT`.
pub(super) fn documents() -> Files {
    formats().map(|format| (format!("hostile.{}", format.name()), documents_of(format))).collect()
}

/// How many findings and files there are to tell of.
const TOLD: usize = TEXTS.len() * TEXTS.len() + TEXTS.len();

#[test]
fn no_document_holds_what_a_terminal_would_obey_or_nobody_sees() {
    for format in formats() {
        let text = documents_of(format);
        let strange: Vec<char> =
            text.chars().filter(|c| *c != '\n' && !visible::is_harmless(*c)).take(5).collect();
        assert!(strange.is_empty(), "{}: {strange:?}", format.name());
    }
}

#[test]
fn lines_stay_lines() {
    let short = documents_of(Format::Short);
    assert_eq!(short.lines().count(), TOLD);
    assert!(short.lines().all(|line| !line.trim_start().starts_with("::")), "{short}");
    let github = documents_of(Format::Github);
    assert_eq!(github.lines().count(), TOLD);
    for (line, name) in github.lines().zip(TEXTS.iter().flat_map(|name| TEXTS.iter().map(move |_| name))) {
        let (level, properties, _) = valid::command(line).unwrap();
        assert_eq!(
            (level, properties["line"].as_str(), properties["title"].as_str()),
            ("warning", "2", "a-rule")
        );
        if name.chars().all(|c| visible::is_harmless(c) || matches!(c, '\r' | '\n')) {
            assert_eq!(properties["file"], *name);
        }
    }
}

#[test]
fn what_may_be_there_is_in_sarif_alone() {
    for format in formats().filter(|format| *format != Format::Sarif) {
        assert!(!documents_of(format).contains("an-allowed-rule"), "{}", format.name());
    }
    let sarif: Value = serde_json::from_str(&documents_of(Format::Sarif)).unwrap();
    let suppressed: Vec<(&str, &str)> = sarif["runs"][0]["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|result| result["ruleId"] == "an-allowed-rule")
        .map(|result| {
            let [suppression] = result["suppressions"].as_array().unwrap().as_slice() else {
                panic!("{result}")
            };
            (suppression["kind"].as_str().unwrap(), suppression["justification"].as_str().unwrap())
        })
        .collect();
    let reasons: Vec<String> = TEXTS.iter().map(|text| visible::line(text).into_owned()).collect();
    let expected: Vec<(&str, &str)> =
        reasons.iter().flat_map(|reason| ALLOWED_BY.map(|(_, kind)| (kind, reason.as_str()))).collect();
    assert_eq!(suppressed, expected);
}

#[test]
fn what_is_only_counted_is_counted_where_a_program_can_read_it() {
    let json: Value = serde_json::from_str(&documents_of(Format::Json)).unwrap();
    assert_eq!(json["more"], serde_json::json!([{ "severity": "warning", "count": 7 }]));
    let sarif: Value = serde_json::from_str(&documents_of(Format::Sarif)).unwrap();
    let notes = sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notes.last().unwrap()["message"]["text"], "7 more findings were only counted");
}

/// The text behind the percent escapes of a reference.
fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.strip_prefix("file://").unwrap_or(uri).bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || (rest.next().unwrap() as char).to_digit(16).unwrap();
        bytes.push(if byte == b'%' { u8::try_from(digit() * 16 + digit()).unwrap() } else { byte });
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn json_gives_names_back_as_they_are() {
    let names: Vec<&str> = TEXTS.iter().flat_map(|&name| TEXTS.iter().map(move |_| name)).collect();
    let parsed = |format| serde_json::from_str::<Value>(&documents_of(format)).unwrap();
    let given = |findings: &Value, pointer: &str| -> Vec<String> {
        let findings = findings.as_array().unwrap().iter();
        findings.map(|finding| finding.pointer(pointer).unwrap().as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(given(&parsed(Format::Json)["diagnostics"], "/file"), names);
    assert_eq!(given(&parsed(Format::Gitlab), "/location/path")[..names.len()], names);
    assert_eq!(given(&parsed(Format::Rdjson)["diagnostics"], "/location/path")[..names.len()], names);
    let sarif = parsed(Format::Sarif);
    let results = sarif["runs"][0]["results"].as_array().unwrap().iter();
    let open: Value = results.filter(|result| result["ruleId"] == "a-rule").cloned().collect();
    let uris = given(&open, "/locations/0/physicalLocation/artifactLocation/uri");
    assert_eq!(uris.iter().map(|uri| decoded(uri)).collect::<Vec<_>>(), names);
    for uri in uris {
        let is_uri = uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte));
        assert!(is_uri || uri.starts_with("file:///"), "{uri}");
    }
}

#[test]
fn columns_are_of_characters_or_of_bytes_as_the_format_says() {
    // The place begins behind a crab, which is one character of four bytes.
    let json: Value = serde_json::from_str(&documents_of(Format::Json)).unwrap();
    let start = &json["diagnostics"][0]["span"]["start"];
    let rdjson: Value = serde_json::from_str(&documents_of(Format::Rdjson)).unwrap();
    let byte_start = &rdjson["diagnostics"][0]["location"]["range"]["start"];
    assert_eq!((start["line"].as_u64(), start["column"].as_u64()), (Some(2), Some(3)));
    assert_eq!((byte_start["line"].as_u64(), byte_start["column"].as_u64()), (Some(2), Some(6)));
}

#[test]
fn xml_holds_as_many_findings_as_there_are() {
    let folder = tempfile::tempdir().unwrap();
    for (format, count, expected) in [
        (Format::Checkstyle, "count(/checkstyle/file/error)", TOLD),
        (Format::Junit, "count(/testsuites/testsuite/testcase/failure)", TEXTS.len() * TEXTS.len()),
        (Format::Junit, "count(/testsuites/testsuite/testcase/error)", TEXTS.len()),
    ] {
        let path = folder.path().join("document");
        std::fs::write(&path, documents_of(format)).unwrap();
        let output = Command::new("xmllint").args(["--nonet", "--xpath", count]).arg(&path).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.trim(), expected.to_string(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn files_with_such_names_are_linted_or_said_to_be_not() {
    let desk = Desk::empty();
    let mut count = 0;
    for name in TEXTS.iter().filter(|name| !name.contains(['/', '\0'])) {
        desk.folder(name);
        desk.write(
            &format!("{name}/docker-compose.yml"),
            "services:\n  web:\n    image: nginx:latest\n    links: [db]\n",
        );
        count += 1;
    }
    // A name that is no UTF-8 cannot be told of as it is.
    let bytes =
        desk.shell("mkdir \"$(printf 'b\\377d')\" && cp 'a b/docker-compose.yml' \"$(printf 'b\\377d')\"");
    assert_eq!(bytes.code, 0, "{}", bytes.err);
    let json = desk.run(&["lint", "--format", "json", "."]);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    let told: std::collections::BTreeSet<&str> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["file"].as_str().unwrap())
        .collect();
    let refused = report["not_analysed"].as_array().unwrap();
    assert_eq!(told.len() + refused.len(), count + 1, "{told:?} {refused:?}");
    assert!(told.contains("two\nlines\r/docker-compose.yml"), "{told:?}");
    for format in formats() {
        let said = desk.run(&["lint", "--format", format.name(), "."]);
        assert_eq!(said.code, json.code, "{}", said.err);
        let is_harmless = |c: char| c == '\n' || visible::is_harmless(c);
        assert!(said.out.chars().all(is_harmless) && said.err.chars().all(is_harmless), "{}", format.name());
    }
}
