//! Every compose file, Dockerfile and configuration of nginx that other people wrote is read without a complaint, but
//! for those in docs/unread.tsv, and printed back byte for byte.
//!
//! `STACKC_CORPUS=FOLDER cargo test --test main corpus::readers -- --ignored --nocapture` reads everything below
//! `FOLDER/repos`; `STACKC_BLESS=1` besides writes the list anew, with `?` where a reason lacks. The configurations that
//! Debian's packages install are such a folder, too: `tests/corpus/debian.sh FOLDER` fetches them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use stackc::diagnostic::Sink;
use stackc::source::SourceMap;
use stackc::syntax::{dockerfile, nginx, yaml};

use crate::snapshot::repository;

const HEAD: &str = "# Files of 85 public repositories and of Debian's packages that a reader complains of, and why it is right.\n\
                    # file\twhy\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reader {
    Yaml,
    Dockerfile,
    Nginx,
}

impl Reader {
    /// Which reader a file is for, by its path.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        if name.starts_with("Dockerfile") || ending.eq_ignore_ascii_case("dockerfile") {
            return Some(Self::Dockerfile);
        }
        match ending {
            "yml" | "yaml" if stem.contains("compose") => Some(Self::Yaml),
            "conf" | "vhost" => Some(Self::Nginx),
            "" | "types" | "template" | "tmpl" | "prod" if is_of_nginx(path) => Some(Self::Nginx),
            _ => None,
        }
    }

    /// What is printed of a text that was read, and the first complaint with its line.
    fn read(self, name: &str, text: &str) -> (String, Option<String>) {
        let mut sources = SourceMap::default();
        let file = sources.add(name, text);
        let mut sink = Sink::default();
        let printed = match self {
            Self::Yaml => yaml::print(&yaml::read(file, text, &mut sink), text),
            Self::Dockerfile => dockerfile::print(&dockerfile::read(file, text, &mut sink), text),
            Self::Nginx => nginx::print(&nginx::read(file, text, &mut sink), text),
        };
        let first = sink.diagnostics.first().map(|found| {
            let line_number = sources.position(found.primary.span).line_number;
            format!("{line_number}: {} ({})", found.message, found.code)
        });
        (printed, first)
    }
}

/// Whether a file without an ending of its own is a text for nginx.
fn is_of_nginx(path: &Path) -> bool {
    let mut parts = path.components().filter_map(|part| part.as_os_str().to_str());
    (parts.any(|part| part == "nginx") || path.ends_with("mime.types") || path.ends_with("nginx.tmpl"))
        && fs::read(path).is_ok_and(|bytes| !bytes.contains(&0))
}

/// Why the reader is right, by file.
fn reasons() -> BTreeMap<String, String> {
    let text = fs::read_to_string(repository().join("docs/unread.tsv")).unwrap_or_default();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let [file, why] =
            line.split('\t').collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{line}"));
        (file.to_owned(), why.to_owned())
    })
    .collect()
}

#[test]
fn every_complaint_has_a_reason() {
    for (file, why) in reasons() {
        assert!(why.len() > 10, "{file}");
    }
}

#[test]
#[ignore = "needs a folder of other people's files: STACKC_CORPUS"]
fn every_file_is_read_and_printed_back() {
    let corpus = PathBuf::from(std::env::var_os("STACKC_CORPUS").expect("STACKC_CORPUS names the folder"));
    let repos = corpus.join("repos");
    let mut reasons = reasons();
    let mut text = HEAD.to_owned();
    let mut counts: BTreeMap<Reader, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for entry in walkdir::WalkDir::new(&repos).sort_by_file_name() {
        let entry = entry.unwrap();
        let Some(reader) = Reader::of(entry.path()).filter(|_| entry.file_type().is_file()) else { continue };
        let name = entry.path().strip_prefix(&repos).unwrap().to_string_lossy().into_owned();
        let source = String::from_utf8(fs::read(entry.path()).unwrap()).unwrap_or_else(|_| panic!("{name}"));
        let (printed, complaint) = reader.read(&name, &source);
        if printed != source {
            wrong.push(format!("{name} is printed otherwise"));
        }
        let count = counts.entry(reader).or_default();
        count.0 += 1;
        let reason = reasons.remove(&name);
        if let Some(complaint) = complaint {
            count.1 += 1;
            println!("{name}:{complaint}");
            writeln!(text, "{name}\t{}", reason.as_deref().unwrap_or("?")).unwrap();
            if reason.is_none() {
                wrong.push(format!("{name}:{complaint}"));
            }
        } else if let Some(reason) = reason {
            wrong.push(format!("{name} has no complaint, but the reason {reason}"));
        }
    }
    for (reader, (files, complaints)) in &counts {
        println!("{reader:?}: {files} files printed back, {complaints} with a complaint");
    }
    // Reasons for files of another folder stay.
    for (name, why) in reasons {
        writeln!(text, "{name}\t{why}").unwrap();
    }
    if std::env::var_os("STACKC_BLESS").is_some() {
        fs::write(repository().join("docs/unread.tsv"), text).unwrap();
        return;
    }
    assert!(!counts.is_empty() && wrong.is_empty(), "{wrong:#?}");
}
