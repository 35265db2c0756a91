//! A project in three versions, and what its folder looks like.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::cli::Desk;

/// Three builds and a proxy.
const FIRST: &str = "\
stack demo
service app   { build { base python:3.14-slim; copy . to /app }; listen 8000; command python -m app }
service gone  { build { base python:3.14-slim; copy gone to /app }; command python -m gone }
service moved { build { base python:3.14-slim; copy moved to /app }; command python -m moved }
proxy web {
  image   nginx:1.30
  publish 127.0.0.1:8080:80
  site _ { proxy / to app port 8000 }
}
";

/// One build changed, one new, two that are made no longer.
const SECOND: &str = "\
stack demo
service app   { build { base python:3.14-slim; copy . to /srv }; listen 8000; command python -m app }
service fresh { build { base python:3.14-slim; copy fresh to /app }; command python -m fresh }
proxy web {
  image   nginx:1.30
  publish 127.0.0.1:9090:80
  site _ { proxy / to app port 8000 { websocket } }
}
";

/// What was there before the file that a run leaves as it is because somebody edited it.
pub(super) const EDIT: &str = "# mine\n";

/// The stack file at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    First,
    Second,
    Third,
}

impl Version {
    pub(super) fn text(self) -> String {
        match self {
            Version::First => FIRST.to_owned(),
            Version::Second => SECOND.to_owned(),
            Version::Third => {
                SECOND.replace("9090", "7070").replace("/srv", "/opt").replace("fresh", "other")
            }
        }
    }
}

/// Everything below a folder but the stack file: the path, and the mode with the content, of a link where it leads.
pub(super) type State = BTreeMap<String, (u32, Vec<u8>)>;

pub(super) fn state(folder: &Path) -> State {
    let mut state = State::new();
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        if path == "a.stack" {
            continue;
        }
        let content = match entry.file_type() {
            kind if kind.is_dir() => Vec::new(),
            kind if kind.is_symlink() => {
                fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes()
            }
            _ => fs::read(entry.path()).unwrap(),
        };
        state.insert(path, (entry.metadata().unwrap().permissions().mode(), content));
    }
    state
}

/// A folder in which `version` was built after the one before it, without being disturbed.
pub(super) fn built(versions: &[Version]) -> Desk {
    let desk = Desk::empty();
    for (index, version) in versions.iter().enumerate() {
        desk.write("a.stack", version.text());
        if index == 1 {
            edit(&desk);
        }
        let said = desk.run(&["build"]);
        assert_eq!(said.code, 0, "{}", said.err);
    }
    desk
}

/// What a person does beside the builds: one file that is about to go was edited, one was never stackc's.
pub(super) fn edit(desk: &Desk) {
    let path = "docker/moved/Dockerfile";
    desk.write(path, format!("{}{EDIT}", desk.read(path)));
    desk.write("docker/notes.txt", "keep me\n");
}

/// A copy of a folder.
pub(super) fn copy(from: &Desk) -> Desk {
    let desk = Desk::empty();
    assert_eq!(desk.shell(&format!("cp -a '{}/.' .", from.path("").display())).code, 0);
    desk
}

/// Whether every file is as before or as after, whole; what only one of them has may be missing. Of what a run
/// keeps for itself there may be anything.
#[track_caller]
pub(super) fn old_or_new(now: &State, old: &State, new: &State, what: &str) {
    for (path, entry) in now {
        let name = path.rsplit('/').next().unwrap();
        if name == ".stackc-journal.json" || name.ends_with(".stackc-tmp") {
            continue;
        }
        let known = [old.get(path), new.get(path)];
        assert!(known.contains(&Some(entry)), "{what}: {path} is neither old nor new: {}", shown(entry));
    }
    for path in old.keys().filter(|path| new.contains_key(*path)) {
        assert!(now.contains_key(path), "{what}: {path} is gone");
    }
}

fn shown((mode, content): &(u32, Vec<u8>)) -> String {
    format!("mode {mode:o}\n{}", String::from_utf8_lossy(content))
}

/// Both states are the same.
#[track_caller]
pub(super) fn same(now: &State, expected: &State, what: &str) {
    let paths = |state: &State| state.keys().cloned().collect::<Vec<_>>();
    assert_eq!(paths(now), paths(expected), "{what}");
    for (path, entry) in now {
        assert_eq!(shown(entry), shown(&expected[path]), "{what}: {path}");
    }
}
