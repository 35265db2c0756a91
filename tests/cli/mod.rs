//! The program as a person runs it: what it says, what it writes, and its exit codes.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod baseline;
mod build;
mod changed;
mod diff;
mod doctor;
mod emitted;
mod explain;
mod fixing;
mod import;
mod lint;
mod lint_formats;
mod lint_project;
mod manual;
mod secret;
mod settings;
mod sources;
mod standard_input;
mod system;
mod trace;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program.
pub(crate) const STACKC: &str = env!("CARGO_BIN_EXE_stackc");

/// A stack file without a mistake.
pub(crate) const DEMO: &str =
    "stack demo\nservice web {\n  image nginx:1.30\n  publish 127.0.0.1:8080:80\n}\n";

/// A folder to work in.
pub(crate) struct Desk {
    folder: TempDir,
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    /// A folder with a stack file.
    pub(crate) fn with(name: &str, text: &str) -> Self {
        let desk = Self::empty();
        desk.write(name, text);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command.env("STACKC_CACHE", "");
        command
    }

    /// Runs the program here.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        said(self.command(STACKC, arguments).output().unwrap())
    }

    /// Runs a shell script here, with the program as `$1`.
    pub(crate) fn shell(&self, script: &str) -> Said {
        said(self.command("sh", &["-c", script, "sh", STACKC]).output().unwrap())
    }

    /// Every file and folder but the stack files, in order.
    pub(crate) fn files(&self) -> Vec<String> {
        fn walk(folder: &std::path::Path, prefix: &str, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let name = format!("{prefix}{}", entry.file_name().display());
                if entry.file_type().unwrap().is_dir() {
                    walk(&entry.path(), &format!("{name}/"), found);
                } else if entry.path().extension().is_none_or(|extension| extension != "stack") {
                    found.push(name);
                }
            }
        }
        let mut found = Vec::new();
        walk(self.folder.path(), "", &mut found);
        found.sort();
        found
    }
}

pub(crate) fn said(output: Output) -> Said {
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs a script in a mount namespace of its own, so that it can mount what it likes; the program is `$1`.
pub(crate) fn with_mounts(desk: &Desk, script: &str) -> Said {
    let is_root = desk.shell("id -u").out.trim() == "0";
    let flags = if is_root { "--mount" } else { "--map-root-user" };
    let setup = "set -e; mkdir out; mount -t tmpfs -o size=32k,mode=755 tmpfs out; set +e\n";
    let script = format!("{setup}{script}");
    let arguments = [flags, "--mount", "sh", "-c", &script, "sh", STACKC];
    let said = said(desk.command("unshare", &arguments).output().expect("unshare is installed"));
    assert!(
        !said.err.contains("unshare:") && !said.err.contains("mount:"),
        "this test mounts a file system in a namespace of its own: run it as root or allow user namespaces\n{}",
        said.err
    );
    said
}

impl Said {
    /// The command failed in this way and said exactly this, and nothing on standard output.
    #[track_caller]
    fn refuses(&self, code: i32, err: &str) {
        assert_eq!((self.code, self.out.as_str(), self.err.as_str()), (code, "", err));
    }

    /// As [`Said::refuses`], where findings about the stack file may come before.
    #[track_caller]
    fn refuses_in_the_end(&self, code: i32, err: &str) {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{}", self.err);
        assert!(self.err.ends_with(err), "{}", self.err);
    }

    /// The command ended with this code.
    #[track_caller]
    pub(crate) fn says_code(&self, code: i32) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
    }

    /// The command succeeded and said exactly this on standard output.
    #[track_caller]
    fn says(&self, out: &str) {
        assert_eq!((self.code, self.out.as_str()), (0, out), "{}", self.err);
    }
}
