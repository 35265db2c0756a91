//! What we say a container finds in its file system is what it finds: generated Dockerfiles and mounts are built and run,
//! and every path in the folders that they touch is compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use stackc::diagnostic::Sink;
use stackc::driver::around::Surroundings;
use stackc::project::compose::{self, Environment};
use stackc::project::files::{FileSystem, Found};
use stackc::project::{containers, dockerfile};
use stackc::source::SourceMap;

use super::{PYTHON, Said, docker, need_images};

/// So many services are generated.
const CASES: usize = 30;

/// The folders that are compared.
const ROOTS: &[&str] = &["/app", "/data", "/opt", "/srv"];

/// The files of each context.
const FILES: &[&str] = &[
    "a/one.txt",
    "a/two.log",
    "a/deep/x.txt",
    "a/deep/y.log",
    "a/deep/more/z.md",
    "b/.hidden",
    "b/k.txt",
    "b/two.log",
    "c.txt",
    "d.json",
    "e.json",
    "web/index.html",
    "web/css/app.css",
    "web/js/app.js",
    "web/js/vendor/lib.js",
];

/// A choice that is the same in every run.
struct Dice(u64);

impl Dice {
    fn of<'a, T: ?Sized>(&mut self, sides: &[&'a T]) -> &'a T {
        sides[self.below(sides.len())]
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// What a context leaves out: the file, and its text. Nothing of `web`, `c.txt` and `d.json` is, so that every COPY has a source.
const IGNORES: &[(&str, &str)] = &[
    ("", ""),
    (".dockerignore", "*.log\n"),
    (".dockerignore", "**/*.log\n!a/deep/y.log\n"),
    (".dockerignore", "a/deep\n!a/deep/x.txt\n"),
    (".dockerignore", "*\n!a\n!b\n!web\n!*.json\n!c.txt\nweb/js/vendor\n"),
    (".dockerignore", "# nothing\n**/.hidden\na/**/z.md\n"),
    ("Dockerfile.dockerignore", "b/k.txt\n"),
];

fn dockerfile_of(dice: &mut Dice) -> String {
    let mut text = format!(
        "FROM {PYTHON} AS first\nCOPY web /made\nCOPY a/one.txt /made/from/\n\nFROM {PYTHON}\nWORKDIR /app\n"
    );
    let steps = [
        "COPY . .",
        "COPY a ./a",
        "COPY a/ /srv/a",
        "COPY web /opt/web/",
        "COPY c.txt /app",
        "COPY c.txt /srv/renamed.txt",
        "COPY a b /srv/both/",
        "COPY *.json /app/json/",
        "COPY a/*.txt d.json /opt/picked/",
        "COPY --from=first /made /srv/made",
        "COPY --from=0 /made/from/one.txt /opt/",
        "COPY --from=first /made/css/ /app/css",
        "ADD d.json /data/",
        "ADD ./b /data/b",
        "COPY [\"c.txt\", \"/data/json form/\"]",
        "COPY <<EOF /app/here.txt\ntext\nEOF",
        "COPY <<ONE <<TWO /opt/two/\n1\nONE\n2\nTWO",
        "WORKDIR sub",
        "WORKDIR /srv/work",
        "COPY w?b/index.html ./",
        "VOLUME /data/kept",
        "VOLUME [\"/srv/a\", \"/app/volume\"]",
        "RUN rm -rf /app/a && chmod -R a+r /srv",
        "RUN mkdir -p /app/made /srv/made/by/hand",
        "RUN rm -f /srv/renamed.txt",
        "RUN mkdir -p /data && touch /data/touched",
        "ENV WHERE=/opt/variable\nCOPY d.json ${WHERE}/",
        "COPY --chmod=644 e.json /srv/./x/../e/",
    ];
    let lacks_e = |step: &str| step.contains("e.json");
    for _ in 0..5 + dice.below(6) {
        let step = dice.of(&steps);
        if !lacks_e(step) || dice.below(2) == 0 {
            writeln!(text, "{step}").unwrap();
        }
    }
    text
}

fn mounts_of(index: usize, dice: &mut Dice) -> String {
    let mut text = String::new();
    let volumes = [
        "./sN/a:/app/bound",
        "./sN/c.txt:/srv/one/file.txt:ro",
        "named-N:/app",
        "named-N:/srv/made",
        "/srv/a",
        "/data",
        "./sN:/data/whole\n      - ./sN/web:/data/whole/inner",
        "./sN/web:/srv\n      - /srv/css",
        "./sN:/app",
        "shared:/opt/shared",
    ];
    let mut lines: Vec<String> = Vec::new();
    for _ in 0..dice.below(4) {
        let line = dice.of(&volumes).replace('N', &index.to_string());
        let target = |line: &str| line.trim_end_matches(":ro").rsplit(':').next().unwrap().to_owned();
        let source = |line: &str| line.split(':').next().unwrap().to_owned();
        if lines.iter().all(|other| {
            target(other) != target(&line) && (source(other) != source(&line) || !line.starts_with("named"))
        }) {
            lines.push(line);
        }
    }
    if !lines.is_empty() {
        writeln!(text, "    volumes:").unwrap();
        for line in lines {
            writeln!(text, "      - {line}").unwrap();
        }
    }
    if dice.below(4) == 0 {
        writeln!(text, "    tmpfs: [/app/a/deep, /opt/memory]").unwrap();
    }
    if dice.below(3) == 0 {
        writeln!(text, "    configs:\n      - source: settings\n        target: /srv/conf/settings.ini")
            .unwrap();
        writeln!(text, "    secrets:\n      - source: token\n        target: /opt/secret/token").unwrap();
    }
    if index % 5 == 4 {
        writeln!(text, "    volumes_from: [s{}]", index - 1).unwrap();
    }
    text
}

/// Writes all files of the project; the compose file comes last.
fn generate(folder: &Path) -> String {
    let mut dice = Dice(20_261_123);
    let mut compose = "services:\n".to_owned();
    for index in 0..CASES {
        let context = folder.join(format!("s{index}"));
        for file in FILES {
            let path = context.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        let (name, text) = IGNORES[index % IGNORES.len()];
        if !name.is_empty() {
            fs::write(context.join(name), text).unwrap();
        }
        fs::write(context.join("Dockerfile"), dockerfile_of(&mut dice)).unwrap();
        writeln!(
            compose,
            "  s{index}:\n    build: ./s{index}\n    network_mode: none\n    command: [find, {}, -printf, '%y %p\\n']",
            ROOTS.join(", ")
        )
        .unwrap();
        compose.push_str(&mounts_of(index, &mut dice));
    }
    compose.push_str("volumes:\n  shared:\n");
    for index in 0..CASES {
        writeln!(compose, "  named-{index}:").unwrap();
    }
    compose.push_str("configs:\n  settings: {file: ./settings.ini}\nsecrets:\n  token: {file: ./token}\n");
    fs::write(folder.join("settings.ini"), "a=b\n").unwrap();
    fs::write(folder.join("token"), "x\n").unwrap();
    fs::write(folder.join("docker-compose.yml"), &compose).unwrap();
    compose
}

/// How often paths were compared, and how often nobody knew.
#[derive(Default)]
struct Counts {
    known: usize,
    unknown: usize,
}

/// Compares one path; what differs is the answer.
fn compare(
    path: &str,
    real: &BTreeMap<String, char>,
    files: &FileSystem,
    host: &Surroundings,
    counts: &mut Counts,
) -> Option<String> {
    let found = files.find(path, host);
    let is_right = match (&found, real.get(path)) {
        (Found::Unknown, _) => {
            counts.unknown += 1;
            return None;
        }
        (Found::File(_), Some('f')) | (Found::Folder(_), Some('d')) | (Found::Missing, None) => true,
        (Found::File(_) | Found::Folder(_) | Found::Missing, _) => false,
    };
    counts.known += 1;
    (!is_right).then(|| format!("{path}: we say {found:?}, there is {:?}", real.get(path)))
}

/// Every path that we say is there, from a folder on.
fn walk(
    folder: &str,
    files: &FileSystem,
    host: &Surroundings,
    paths: &mut Vec<String>,
    incomplete: &mut Vec<String>,
) {
    let listing = files.list(folder, host);
    if !listing.is_complete {
        incomplete.push(folder.to_owned());
    }
    for (name, found) in listing.names {
        let path = format!("{folder}/{name}");
        paths.push(path.clone());
        if matches!(found, Found::Folder(_)) {
            walk(&path, files, host, paths, incomplete);
        }
    }
}

#[test]
fn containers_find_the_files_that_we_say_they_find() {
    need_images(&[PYTHON]);
    let folder = tempfile::tempdir().unwrap();
    // The engine makes folders in what it mounts: it gets files of its own.
    let (root, run) = (folder.path().join("read"), folder.path().join("run"));
    for folder in [&root, &run] {
        fs::create_dir(folder).unwrap();
        generate(folder);
    }
    let root = root.canonicalize().unwrap();
    fs::create_dir(root.join(".git")).unwrap();
    let file = root.join("docker-compose.yml").to_str().unwrap().to_owned();

    let host = Surroundings::of([root.as_path()]);
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let environment = Environment::of_folder(std::slice::from_ref(&file), &host, &mut sources, &mut sink);
    let loaded = compose::load(std::slice::from_ref(&file), &environment, &host, &mut sources, &mut sink);
    assert!(loaded.is_understood, "{:?}", sink.diagnostics);
    let read = loaded.compose.unwrap();
    let mut dockerfiles = Vec::new();
    for index in 0..CASES {
        let context = format!("{}/s{index}", root.display());
        let path = format!("{context}/Dockerfile");
        let text = fs::read_to_string(&path).unwrap();
        let id = sources.add(path.clone(), text.as_str());
        dockerfiles.push(dockerfile::read(id, &text, Some(path), Some(context), &[], &mut sink));
    }
    let ours = containers(Some(&read), &dockerfiles, &host);

    let project = format!("stackc-files-{}", std::process::id());
    let file = run.join("docker-compose.yml").to_str().unwrap().to_owned();
    let compose = |arguments: &[&str]| {
        Said::of(&mut docker(
            ["compose", "-p", &project, "-f", &file].into_iter().chain(arguments.iter().copied()),
        ))
    };
    let up = compose(&["up", "--build", "--quiet-build", "--no-color"]);
    let mut wrong = Vec::new();
    let mut counts = Counts::default();
    for (index, container) in ours.iter().enumerate() {
        let name = format!("s{index}");
        let listed = compose(&["logs", "--no-log-prefix", "--no-color", &name]).ok();
        let real: BTreeMap<String, char> = listed
            .lines()
            .filter_map(|line| Some((line.get(2..)?.to_owned(), line.chars().next()?)))
            .filter(|(path, _)| path.starts_with('/'))
            .collect();
        assert!(real.contains_key("/srv"), "{name}: {listed}\n{}", up.report());
        let mut paths: Vec<String> = real.keys().cloned().collect();
        let mut incomplete = Vec::new();
        for root in ROOTS {
            paths.push((*root).to_owned());
            walk(root, &container.files, &host, &mut paths, &mut incomplete);
        }
        // What could be there and is not.
        let folders: Vec<String> =
            real.iter().filter(|(_, kind)| **kind == 'd').map(|(path, _)| path.clone()).collect();
        for folder in &folders {
            paths.extend(
                ["c.txt", "one.txt", "two.log", "y.log", "app.css", "nothing", "a"]
                    .map(|name| format!("{folder}/{name}")),
            );
        }
        paths.sort_unstable();
        paths.dedup();
        for path in &paths {
            if let Some(difference) = compare(path, &real, &container.files, &host, &mut counts) {
                wrong.push(format!("{name} {difference}"));
            }
        }
    }
    let gone = compose(&["down", "--volumes", "--rmi", "local", "--timeout", "1"]);
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), counts.known, wrong.join("\n"));
    assert!(gone.code == 0, "{}", gone.report());
    eprintln!("{} paths compared, {} of which nobody knows", counts.known + counts.unknown, counts.unknown);
    assert!(counts.known > 3000, "{} paths were known", counts.known);
    assert!(
        counts.unknown * 100 < counts.known * 40,
        "{} paths were not known, {} were",
        counts.unknown,
        counts.known
    );
}
