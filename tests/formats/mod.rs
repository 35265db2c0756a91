//! The formats in which findings reach people and programs: every one over every golden case, over the planted
//! deployment and over what is judged by comments, settings and a baseline is a snapshot in `snapshots/formats`, named
//! `CASE.FORMAT`.
//!
//! What a terminal shows of the cases is their `diagnostics.txt`. Of SARIF's rules the snapshots leave out the pages,
//! which have snapshots of their own.

mod hostile;
mod judged;
mod secret;
pub(crate) mod settings;
pub(crate) mod valid;

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use stackc::render::Look;
use stackc::render::report::{Format, Part, Report, findings};

use crate::cli::{STACKC, said};
use crate::golden;
use crate::lint::planted;
use crate::snapshot::{Files, assert_folder, repository};

/// The formats that programs read.
fn formats() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().filter(|format| *format != Format::Terminal)
}

/// Every document that has a snapshot, by `CASE.FORMAT`.
fn documents() -> &'static Files {
    static DOCUMENTS: OnceLock<Files> = OnceLock::new();
    DOCUMENTS.get_or_init(|| of_cases().into_iter().chain(of_planted()).chain(judged::documents()).collect())
}

/// Every document of every golden case.
fn of_cases() -> Files {
    let mut files = Files::new();
    for (name, file) in golden::cases() {
        let (compilation, _) = golden::compiled(&file);
        let names = [file.file_name().unwrap().to_str().unwrap().to_owned()];
        let part = Part { names: &names, sources: &compilation.sources, sink: &compilation.sink };
        let report = Report { parts: vec![part], ..Report::default() };
        for format in formats() {
            files.insert(format!("{name}.{}", format.name()), findings(format, &report, &Look::PLAIN));
        }
    }
    files
}

/// What the command says of the planted deployment, by `planted.FORMAT`.
fn of_planted() -> Files {
    let copy = planted::copied("tests/lint/planted/bad");
    let documents =
        Format::ALL.map(|format| (format!("planted.{}", format.name()), linted(copy.path(), format)));
    documents.into_iter().collect()
}

/// What `stackc lint --format FORMAT .` says in a folder.
fn linted(folder: &Path, format: Format) -> String {
    let mut command = Command::new(STACKC);
    command.args(["lint", "--format", format.name(), "."]).current_dir(folder).env("NO_COLOR", "1");
    said(command.output().unwrap()).out
}

/// A document without the version of the program and without the pages of rules.
fn trimmed(text: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let text = text.replace(&format!("ersion\": \"{version}\""), "ersion\": \"VERSION\"");
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    for line in &mut lines {
        let comma = if line.ends_with(',') { "," } else { "" };
        if let Ok(Value::Object(mut rule)) = serde_json::from_str(line.trim().trim_end_matches(','))
            && rule.remove("help").is_some_and(|help| help["markdown"].is_string())
        {
            rule.remove("fullDescription");
            *line = format!("      {}{comma}", Value::Object(rule));
        }
    }
    lines.join("\n")
}

#[test]
fn every_format_over_every_case_is_what_its_snapshot_holds() {
    let documents = documents().iter().map(|(name, text)| (name.clone(), trimmed(text))).collect();
    assert_folder(&repository().join("snapshots/formats"), &documents);
}
