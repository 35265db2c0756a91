//! How many real files come back the same, what share of them has statements of its own, and that no comment is lost.
//!
//! `STACKC_CORPUS=FOLDER cargo test --test main import::corpus -- --ignored --nocapture`, with a folder as that of the other
//! tests of real deployments (tests/corpus/mod.rs).

#![expect(clippy::print_stdout, reason = "how much comes back is worth knowing")]
#![expect(clippy::cast_precision_loss, reason = "no share is shown to so many digits")]

use std::path::{Path, PathBuf};

use stackc::diagnostic::Sink;
use stackc::driver::around::Surroundings;
use stackc::import::{Alone, Counted as Part, Wanted, dockerfile_alone, import, nginx_alone, parts};
use stackc::source::SourceMap;
use stackc::syntax::nginx::tree::{Body, Directive};
use stackc::syntax::{dockerfile, nginx};

use super::project::{formatted, lost_comments};

/// Of a hundred files that can be read so many come back the same.
const SAME_PERCENT: usize = 95;

/// Of a hundred keys of compose, instructions and directives so many have a word of their own.
const NATIVE_PERCENT: [(Part, usize); 3] =
    [(Part::Keys, 99), (Part::Instructions, 99), (Part::Directives, 95)];

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

/// The folder of each stack, and the files that a column of the list names for it.
fn stacks(corpus: &Path, column: &str) -> Vec<(PathBuf, Vec<PathBuf>)> {
    let list = std::fs::read_to_string(corpus.join("stacks.tsv")).unwrap();
    let mut rows = list.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = rows.next().unwrap();
    let at = |name: &str| head.iter().position(|column| *column == name).unwrap();
    let (folder, names) = (at("dir"), at(column));
    let of_row = |row: Vec<&str>| {
        let folder = corpus.join("repos").join(row[folder]);
        let names = row[names].split(',').filter(|name| !matches!(*name, "" | "-"));
        let files = names.map(|name| folder.join(name)).collect();
        (folder, files)
    };
    rows.map(of_row).collect()
}

/// The files that a column of the list names, each once.
fn listed(corpus: &Path, column: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = stacks(corpus, column).into_iter().flat_map(|(_, files)| files).collect();
    found.sort();
    found.dedup();
    found
}

fn corpus() -> PathBuf {
    PathBuf::from(
        std::env::var_os("STACKC_CORPUS").expect("STACKC_CORPUS names a folder of real deployments"),
    )
}

#[test]
#[ignore = "needs a folder of real deployments, STACKC_CORPUS"]
fn real_files_come_back_the_same() {
    let corpus = corpus();
    let (mut images, mut servers) = (Counted::default(), Counted::default());
    for path in listed(&corpus, "dockerfiles") {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        images.count(&path, &text, dockerfile_alone("Dockerfile", &text), instructions);
    }
    for path in listed(&corpus, "nginx_confs") {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        servers.count(&path, &text, nginx_alone("nginx.conf", &text), directives);
    }
    images.tell("Dockerfiles", NATIVE_PERCENT[1].1);
    servers.tell("configurations of nginx", NATIVE_PERCENT[2].1);
}

/// What was lost or is raw, of all stacks together.
#[derive(Default)]
struct Sums {
    stacks: usize,
    parts: [(usize, usize); NATIVE_PERCENT.len()],
    comments: usize,
    lost: Vec<String>,
    unformatted: Vec<String>,
    differing: Vec<String>,
}

impl Sums {
    fn add(&mut self, folder: &Path, compose: &Path) {
        let name = compose.display().to_string();
        let wanted = Wanted {
            compose: name.clone(),
            stack: compose.with_file_name("imported.stack").display().to_string(),
        };
        let made = import(&wanted, &Surroundings::of([folder, compose]));
        let Some(text) = &made.text else { panic!("{name}: nothing was imported") };
        self.stacks += 1;
        for part in parts(&wanted, &made) {
            let at = NATIVE_PERCENT.iter().position(|(counted, _)| *counted == part.counted).unwrap();
            self.parts[at].0 += part.all;
            self.parts[at].1 += part.raw;
        }
        let (comments, lost) = lost_comments(&std::fs::read_to_string(compose).unwrap(), text);
        self.comments += comments;
        self.lost.extend(lost.iter().map(|comment| format!("{name}: {comment}")));
        if formatted(text) != *text {
            self.unformatted.push(name.clone());
        }
        for place in &made.differing {
            let at = made.sources.position(*place).line_number;
            self.differing.push(format!("{}:{at}", made.sources.file(place.file).name));
        }
    }
}

#[test]
#[ignore = "needs a folder of real deployments, STACKC_CORPUS"]
fn real_projects_become_statements_and_keep_their_comments() {
    let mut sums = Sums::default();
    for (folder, files) in stacks(&corpus(), "compose") {
        for compose in &files {
            sums.add(&folder, compose);
        }
    }
    let Sums { stacks, parts, comments, lost, unformatted, differing } = &sums;
    println!("{stacks} compose files with what belongs to them; {} places differ", differing.len());
    println!("{comments} comments of compose files, {} of them lost", lost.len());
    for ((counted, percent), (all, raw)) in NATIVE_PERCENT.iter().zip(parts) {
        let share = 100.0 * (all - raw) as f64 / *all as f64;
        println!(
            "{counted:?}: {} of {all} have statements, {share:.2} %, of which {percent} % are asked for",
            all - raw
        );
    }
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(unformatted.is_empty(), "{unformatted:#?}");
    assert!(differing.is_empty(), "{differing:#?}");
    for ((counted, percent), (all, raw)) in NATIVE_PERCENT.iter().zip(parts) {
        assert!((all - raw) * 100 >= all * percent, "{counted:?}: {raw} of {all} are raw");
    }
}
