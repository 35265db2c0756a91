//! A stack in a folder of its own that is compiled and started, and of which nothing is left in the end.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::{Said, docker, need_engine, random};

/// The program.
const STACKC: &str = env!("CARGO_BIN_EXE_stackc");

/// A folder with a stack, and the compose project of that folder.
pub(super) struct Deployment {
    folder: TempDir,
    /// The name of the project, which no other run has.
    pub(super) project: String,
    /// What compose shall find in its environment.
    environment: Vec<(String, String)>,
    /// Whether there may be something of the project in the engine.
    made: Cell<bool>,
}

impl Deployment {
    /// An empty folder.
    #[track_caller]
    pub(super) fn new(name: &str) -> Self {
        need_engine();
        Self {
            folder: TempDir::new().unwrap(),
            project: format!("stackc-test-{name}-{}", random(8)),
            environment: Vec::new(),
            made: Cell::new(false),
        }
    }

    /// Sets a variable for every later command.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Writes a file, and the folders above it; one that is there and cannot be written is replaced.
    pub(super) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        drop(fs::remove_file(&path));
        fs::write(&path, text).unwrap();
    }

    /// Copies what is in a folder over what is here; of the files at its top, those that `wanted` names.
    pub(super) fn copy_from(&self, source: &Path, wanted: impl Fn(&str) -> bool) {
        let entries = walkdir::WalkDir::new(source)
            .min_depth(1)
            .into_iter()
            .filter_entry(|entry| entry.depth() != 1 || wanted(&entry.file_name().to_string_lossy()));
        for entry in entries {
            let entry = entry.unwrap();
            let target = self.path(&entry.path().strip_prefix(source).unwrap().to_string_lossy());
            if entry.file_type().is_dir() {
                fs::create_dir_all(target).unwrap();
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }

    fn here(&self, mut command: Command) -> Command {
        command.current_dir(self.folder()).envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs stackc here.
    pub(super) fn stackc(&self, arguments: &[&str]) -> Said {
        self.run(STACKC, arguments)
    }

    /// Runs another program here.
    pub(super) fn run(&self, program: impl AsRef<OsStr>, arguments: &[&str]) -> Said {
        let mut command = Command::new(program);
        command.args(arguments).env("STACKC_CACHE", "");
        Said::of(&mut self.here(command))
    }

    /// Runs `docker compose` here, on this project.
    #[track_caller]
    pub(super) fn compose(&self, arguments: &[&str]) -> Said {
        self.made.set(self.made.get() || arguments.first() != Some(&"config"));
        let project = ["compose", "--progress", "plain", "--ansi", "never", "-p", &self.project];
        Said::of(&mut self.here(docker(project.iter().chain(arguments))))
    }

    /// Runs `docker` here.
    #[track_caller]
    pub(super) fn docker(&self, arguments: &[&str]) -> Said {
        Said::of(&mut self.here(docker(arguments)))
    }

    /// What compose makes of the file.
    pub(super) fn config(&self) -> Value {
        serde_json::from_str(&self.compose(&["config", "--format", "json"]).ok()).unwrap()
    }

    /// The containers of the project, those that have ended among them.
    pub(super) fn containers(&self) -> Vec<String> {
        self.compose(&["ps", "-aq"]).ok().lines().map(str::to_owned).collect()
    }

    /// The names of the images that compose made for this project.
    pub(super) fn images(&self) -> Vec<String> {
        let reference = format!("reference={}-*", self.project);
        let listed =
            self.docker(&["images", "--filter", &reference, "--format", "{{.Repository}}:{{.Tag}}"]).ok();
        listed.lines().map(str::to_owned).collect()
    }

    /// The container of a service.
    pub(super) fn container(&self, service: &str) -> String {
        self.compose(&["ps", "-aq", service]).ok().trim().to_owned()
    }

    /// Builds and starts everything, and waits until it is healthy; what was said on the way.
    #[track_caller]
    pub(super) fn up(&self) -> String {
        let said = self.compose(&["up", "--build", "-d", "--wait", "--wait-timeout", "300"]);
        if said.code != 0 {
            let state = self.compose(&["ps", "-a"]);
            let logs = self.compose(&["logs", "--no-color", "--tail", "40"]);
            panic!("{}\n{}\n{}", said.report(), state.report(), logs.report());
        }
        format!("{}{}", String::from_utf8_lossy(&said.out), said.err)
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if !self.made.get() {
            return;
        }
        let down = ["down", "--volumes", "--rmi", "local", "--remove-orphans", "--timeout", "5"];
        let said = self.compose(&down);
        let is_gone = said.code == 0 || std::thread::panicking();
        assert!(is_gone, "the project {} is left behind: {}", self.project, said.report());
    }
}

/// A port that nobody listens on.
pub(super) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
