//! What `build` says again without doing anything again is what it would say if it did.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::cli::{Desk, STACKC, Said, said};
use crate::snapshot::repository;

/// A project with a cache beside it.
struct Project {
    name: String,
    desk: Desk,
}

impl Project {
    /// A copy of a folder, built.
    fn new(name: &str, folder: &Path) -> Self {
        let project = Self { name: name.to_owned(), desk: Desk::empty() };
        let status = Command::new("cp").arg("-a").arg(folder).arg(project.path("app")).status().unwrap();
        assert!(status.success());
        project.build();
        project
    }

    fn blog(name: &str) -> Self {
        Self::new(name, &repository().join("examples/blog"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.desk.path(name)
    }

    fn command(&self, program: &str, arguments: &[&str], cache: &Path) -> Command {
        let mut command = self.desk.command(program, arguments);
        command.current_dir(self.path("app")).env("STACKC_CACHE", cache);
        command
    }

    fn build(&self) -> Said {
        said(self.command(STACKC, &["build"], &self.path("cache")).output().unwrap())
    }

    fn build_without_cache(&self) -> Said {
        said(self.command(STACKC, &["build"], Path::new("")).output().unwrap())
    }

    fn entries(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path("cache")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// The calls of a build that name files, by their names, with all descriptors as paths.
    fn trace(&self) -> String {
        let trace = self.path("trace");
        let options =
            ["-f", "-y", "-qq", "-s", "4096", "-e", "signal=none", "-e", "trace=%file,getdents64", "-o"];
        let arguments = [&options[..], &[trace.to_str().unwrap(), STACKC, "build"]].concat();
        let output = self.command("strace", &arguments, Path::new("")).output();
        let said = said(output.expect("this test needs strace: ./test.sh installs it"));
        assert_eq!(said.code, 0, "{}", said.err);
        fs::read_to_string(trace).unwrap()
    }
}

/// Waits until all that was written is older than what may still change without another time.
fn settle() {
    std::thread::sleep(Duration::from_millis(2_200));
}

fn same(left: &Said, right: &Said) -> bool {
    (left.code, &left.out, &left.err) == (right.code, &right.out, &right.err)
}

type Change = (&'static str, fn(&Path));

/// What may happen to a project between two builds; each makes an answer another one or might.
const CHANGES: &[Change] = &[
    ("nothing", |_| {}),
    ("a stack file of the same length and time", |app| {
        let path = app.join("blog.stack");
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace("nginx:1.30", "nginx:1.28")).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
    }),
    ("another stack file", |app| fs::write(app.join("b.stack"), "stack b\n").unwrap()),
    ("no stack file", |app| fs::remove_file(app.join("blog.stack")).unwrap()),
    ("a stack file that may not be read by its link", |app| {
        fs::rename(app.join("blog.stack"), app.join("other")).unwrap();
        symlink("other", app.join("blog.stack")).unwrap();
    }),
    ("a file of a new kind", |app| fs::write(app.join("static/x.unheard"), "").unwrap()),
    ("a file deep in a folder", |app| {
        fs::create_dir_all(app.join("static/a/b")).unwrap();
        fs::write(app.join("static/a/b/c.wasm"), "").unwrap();
    }),
    ("a folder less", |app| fs::remove_dir_all(app.join("static/scripts")).unwrap()),
    ("a secret", |app| {
        fs::create_dir(app.join("secrets")).unwrap();
        fs::write(app.join("secrets/db_password"), "x").unwrap();
    }),
    ("a key in the context", |app| {
        let head = ["-----BEGIN OPENSSH", " PRIVATE KEY-----\n"].concat();
        fs::write(app.join("posts/id_ed25519"), head).unwrap();
    }),
    ("a file that leaves others out", |app| fs::write(app.join(".dockerignore"), "static\n").unwrap()),
    ("settings", |app| fs::write(app.join("stackc.toml"), "[rules]\ncompose-no-limits = \"off\"\n").unwrap()),
    ("settings that nobody understands", |app| fs::write(app.join("stackc.toml"), "[").unwrap()),
    ("a repository around it", |app| fs::create_dir(app.parent().unwrap().join(".git")).unwrap()),
    ("settings in a repository around it", |app| {
        let around = app.parent().unwrap();
        fs::create_dir(around.join(".git")).unwrap();
        fs::write(around.join("stackc.toml"), "[rules]\ncompose-no-limits = \"off\"\n").unwrap();
    }),
    ("an edited artefact", |app| fs::write(app.join("docker/web/nginx.conf"), "events {}\n").unwrap()),
    ("a missing artefact", |app| fs::remove_file(app.join("docker-compose.yml")).unwrap()),
    ("an artefact that is a link", |app| {
        fs::rename(app.join("docker-compose.yml"), app.join("moved.yml")).unwrap();
        symlink("moved.yml", app.join("docker-compose.yml")).unwrap();
    }),
    ("no manifest", |app| fs::remove_file(app.join(".stackc-manifest.json")).unwrap()),
    ("an unfinished run", |app| fs::write(app.join(".stackc-journal.json"), "{").unwrap()),
    ("a folder of artefacts elsewhere", |app| {
        fs::rename(app.join("docker"), app.parent().unwrap().join("elsewhere")).unwrap();
        symlink("../elsewhere", app.join("docker")).unwrap();
    }),
    ("an artefact that may not be read by others", |app| {
        fs::set_permissions(app.join("docker-compose.yml"), fs::Permissions::from_mode(0o600)).unwrap();
    }),
];

#[test]
fn what_is_said_after_a_change_is_what_is_said_without_a_cache() {
    let with: Vec<_> = CHANGES.iter().map(|(name, _)| Project::blog(name)).collect();
    let without: Vec<_> = CHANGES.iter().map(|(name, _)| Project::blog(name)).collect();
    settle();
    for project in &with {
        assert!(project.entries().is_empty(), "what was written just now may still change");
        let first = project.build();
        assert_eq!(project.entries().len(), 1, "{}", project.name);
        assert!(same(&first, &project.build()), "{}", project.name);
    }
    for ((name, change), (with, without)) in CHANGES.iter().zip(with.iter().zip(&without)) {
        without.build_without_cache();
        for project in [with, without] {
            change(&project.path("app"));
        }
        let (cached, fresh) = (with.build(), without.build_without_cache());
        assert!(same(&cached, &fresh), "{name}:\n{cached:?}\n{fresh:?}");
    }
}

#[test]
fn a_build_that_changes_nothing_writes_nothing() {
    let project = Project::blog("blog");
    settle();
    project.build();
    assert_eq!(project.entries().len(), 1);
    let newest = || {
        let files = walkdir::WalkDir::new(project.path(".")).into_iter();
        files.map(|entry| entry.unwrap().metadata().unwrap().modified().unwrap()).max().unwrap()
    };
    let before: SystemTime = newest();
    let said = project.build();
    assert!(said.out.starts_with("unchanged 6 files\n"), "{said:?}");
    assert_eq!(newest(), before);
}

#[test]
fn what_is_no_entry_is_passed_over() {
    let project = Project::blog("blog");
    settle();
    let first = project.build();
    let entry = project.entries().remove(0);
    for broken in [&b""[..], b"{", b"\xff", b"{\"around\": [], \"looked\": {}, \"state\": [], \"said\": []}"]
    {
        fs::write(&entry, broken).unwrap();
        assert!(same(&project.build(), &first));
    }
    fs::remove_dir_all(project.path("cache")).unwrap();
    fs::write(project.path("cache"), "a file where the folder should be").unwrap();
    assert!(same(&project.build(), &first));
}

#[test]
fn what_others_keep_in_the_folder_of_the_cache_stays() {
    let project = Project::blog("blog");
    fs::create_dir(project.path("cache")).unwrap();
    for number in 0..250 {
        fs::write(project.path(&format!("cache/letter {number}.json")), "mine").unwrap();
        fs::write(project.path(&format!("cache/{number:032x}.json")), "").unwrap();
    }
    settle();
    project.build();
    let entries = project.entries();
    let (theirs, own) =
        entries.iter().partition::<Vec<_>, _>(|path| path.to_string_lossy().contains("letter"));
    assert_eq!((theirs.len(), own.len()), (250, 100));
    let newest = own.iter().find(|path| fs::metadata(path).unwrap().len() > 0).unwrap();
    assert_eq!(fs::metadata(newest).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Everything that the program asks the system about a project is among what an entry stands on: another answer to any of
/// it makes the entry void.
#[test]
fn all_that_is_looked_at_is_remembered() {
    let mut projects = vec![Project::blog("blog")];
    for (name, file) in crate::golden::cases() {
        let project = Project::new(&name, file.parent().unwrap());
        if name != "blog" && project.build().code == 0 {
            projects.push(project);
        }
    }
    settle();
    for project in &projects {
        project.build();
        let entry = project.entries().pop().unwrap_or_else(|| panic!("nothing is kept of {}", project.name));
        let entry: Value = serde_json::from_slice(&fs::read(entry).unwrap()).unwrap();
        let missed = Looked::of(&entry).missed(&project.trace(), &project.path("app"));
        assert!(missed.is_empty(), "{}: {missed:#?}", project.name);
    }
    println!("{} projects", projects.len());
    assert!(projects.len() > 15);
}

/// What an entry says that was looked at: the paths of which the content counts, and those of which it is enough that they
/// are there.
struct Looked {
    contents: BTreeSet<PathBuf>,
    presences: BTreeSet<PathBuf>,
}

impl Looked {
    fn of(entry: &Value) -> Self {
        let paths = entry["looked"].as_object().unwrap().iter();
        let (contents, presences) = paths.partition::<Vec<_>, _>(|(_, what)| *what == "Content");
        let set = |paths: Vec<(&String, &Value)>| paths.iter().map(|(path, _)| PathBuf::from(path)).collect();
        Self { contents: set(contents), presences: set(presences) }
    }

    /// The calls that ask for something else of a folder.
    fn missed(&self, trace: &str, app: &Path) -> BTreeSet<String> {
        let app = app.canonicalize().unwrap();
        let all = || self.contents.iter().chain(&self.presences);
        let mut missed = BTreeSet::new();
        let mut count = 0;
        for line in trace.lines() {
            let Some((path, rest)) = asked(line, &app) else { continue };
            let is_in_listed = path.parent().is_some_and(|folder| self.contents.contains(folder));
            let is_listing = line.contains("getdents64(");
            let is_read =
                line.contains("openat(") && !rest.contains("O_DIRECTORY") && !rest.contains("O_PATH");
            let is_known = if (is_listing || is_read) && path.exists() {
                self.contents.contains(&path)
            } else if path.is_dir() {
                all().any(|looked| looked.starts_with(&path))
            } else {
                all().any(|looked| *looked == path) || (is_in_listed && !path.exists())
            };
            count += usize::from(path.starts_with(&app));
            if path.starts_with(&app) && !is_known {
                missed.insert(line.to_owned());
            }
        }
        assert!(count > 30, "only {count} calls are about the project:\n{trace}");
        missed
    }
}

/// The path that a call is about, and what follows it.
fn asked<'l>(line: &'l str, here: &Path) -> Option<(PathBuf, &'l str)> {
    let (_, arguments) = line.split_once('(')?;
    let folder =
        |text: &str| text.split_once('<').and_then(|(_, rest)| Some(rest.split_once('>')?.0.to_owned()));
    if line.contains("getdents64(") {
        return Some((PathBuf::from(folder(arguments)?), ""));
    }
    let (before, rest) = arguments.split_once('"')?;
    let (path, rest) = rest.split_once('"')?;
    let from = folder(before).map_or_else(|| here.to_owned(), PathBuf::from);
    let mut normal = PathBuf::new();
    for part in from.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            part => normal.push(part),
        }
    }
    Some((normal, rest))
}
