//! How many real Dockerfiles and configurations of nginx come back the same, and what share of them is raw.
//!
//! `STACKC_CORPUS=FOLDER cargo test --test main import::corpus -- --ignored --nocapture`, with a folder as that of the other
//! tests of real deployments (tests/corpus/mod.rs).

#![expect(clippy::print_stdout, reason = "how much comes back is worth knowing")]

use std::path::{Path, PathBuf};

use stackc::diagnostic::Sink;
use stackc::import::{Alone, dockerfile_alone, nginx_alone};
use stackc::source::SourceMap;
use stackc::syntax::nginx::tree::{Body, Directive};
use stackc::syntax::{dockerfile, nginx};

/// Of a hundred files that can be read so many come back the same.
const SAME_PERCENT: usize = 95;

/// Of a hundred instructions, and of a hundred directives, so many have a word of their own.
const NATIVE_PERCENT: [usize; 2] = [99, 95];

#[derive(Default)]
struct Counted {
    files: usize,
    same: usize,
    parts: usize,
    raw_parts: usize,
    bytes: usize,
    raw_bytes: usize,
}

impl Counted {
    fn count(&mut self, path: &Path, text: &str, made: Option<Alone>, parts: fn(&str) -> usize) {
        self.files += 1;
        self.parts += parts(text);
        let Some(made) = made else {
            self.raw_parts += parts(text);
            println!("{}: stays as it is", path.display());
            return;
        };
        self.bytes += made.text.len();
        self.raw_bytes += made.raw;
        let raw = made.text.split("raw dockerfile ").chain(made.text.split("raw nginx ")).count() - 2;
        self.raw_parts += raw;
        if made.emitted.is_some() && made.differing.is_empty() {
            self.same += 1;
        } else {
            println!("{}: does not come back", path.display());
        }
    }

    fn tell(&self, what: &str, native: usize) {
        let Self { files, same, parts, raw_parts, bytes, raw_bytes } = self;
        println!(
            "{what}: {same} of {files} come back the same; {raw_parts} of {parts} parts are raw, {raw_bytes} of {bytes} bytes"
        );
        assert!(same * 100 >= files * SAME_PERCENT);
        assert!((parts - raw_parts) * 100 >= parts * native);
    }
}

fn instructions(text: &str) -> usize {
    dockerfile::read(SourceMap::default().add("", text), text, &mut Sink::default()).instructions().count()
}

fn directives(text: &str) -> usize {
    fn all(of: &Directive) -> usize {
        1 + match &of.body {
            Body::Block(_) => of.children().map(all).sum(),
            Body::None(_) | Body::Table(_) | Body::Opaque(_) => 0,
        }
    }
    let tree = nginx::read(SourceMap::default().add("", text), text, &mut Sink::default());
    nginx::tree::directives(&tree.items).map(all).sum()
}

/// The files that a column of the list of stacks names.
fn listed(corpus: &Path, column: &str) -> Vec<PathBuf> {
    let list = std::fs::read_to_string(corpus.join("stacks.tsv")).unwrap();
    let mut rows = list.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = rows.next().unwrap();
    let at = |name: &str| head.iter().position(|column| *column == name).unwrap();
    let (folder, names) = (at("dir"), at(column));
    let mut found: Vec<PathBuf> = rows
        .flat_map(|row| {
            let folder = corpus.join("repos").join(row[folder]);
            let names = row[names].split(',').filter(|name| !matches!(*name, "" | "-"));
            names.map(|name| folder.join(name)).collect::<Vec<_>>()
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

#[test]
#[ignore = "needs a folder of real deployments, STACKC_CORPUS"]
fn real_files_come_back_the_same() {
    let corpus = PathBuf::from(std::env::var_os("STACKC_CORPUS").expect("STACKC_CORPUS names a folder"));
    let (mut images, mut servers) = (Counted::default(), Counted::default());
    for path in listed(&corpus, "dockerfiles") {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        images.count(&path, &text, dockerfile_alone("Dockerfile", &text), instructions);
    }
    for path in listed(&corpus, "nginx_confs") {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        servers.count(&path, &text, nginx_alone("nginx.conf", &text), directives);
    }
    images.tell("Dockerfiles", NATIVE_PERCENT[0]);
    servers.tell("configurations of nginx", NATIVE_PERCENT[1]);
}
