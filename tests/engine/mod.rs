//! What stackc makes, on the programs that read it: Docker, Compose, `BuildKit`, nginx, shells.
//!
//! `./test.sh` brings up what these tests need. Without it they fail; `./test.sh --no-engine` leaves them out.

mod blog;
mod browser;
mod build_secrets;
mod builds;
mod chromium;
mod deployment;
mod dockerfile_meaning;
mod doctor;
mod effective_files;
mod evidence;
mod example;
mod git_server;
mod git_source;
mod goldens;
mod http;
mod imported;
mod life;
mod lifted;
mod lint_nginx;
mod many_answers;
mod many_values;
mod old_engine;
mod own_engine;
mod peers;
mod proxy;
mod request;
mod secret_delivery;
mod tls;
mod uploads;
mod values;
mod vocabulary_compose;
mod vocabulary_dockerfile;
mod vocabulary_nginx;

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Instant;

/// The images that the example and the cases ask for.
const PYTHON: &str = "python:3.14-slim";
const POSTGRES: &str = "postgres:18";
const NGINX: &str = "nginx:1.30";

/// What came of a command.
#[derive(Debug)]
struct Said {
    what: String,
    code: i32,
    out: Vec<u8>,
    err: String,
}

impl Said {
    /// Runs a command with this on its standard input.
    fn with_input(command: &mut Command, input: &[u8]) -> Self {
        let what = format!("{command:?}");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let mut stdin = child.stdin.take().unwrap();
        let output = std::thread::scope(|scope| {
            // A command that does not read its input has not failed by that.
            scope.spawn(move || drop(stdin.write_all(input)));
            child.wait_with_output().unwrap()
        });
        Self {
            what,
            code: output.status.code().unwrap_or(-1),
            out: output.stdout,
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs a command.
    fn of(command: &mut Command) -> Self {
        Self::with_input(command, b"")
    }

    /// The standard output of a command that must succeed.
    #[track_caller]
    fn ok(self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }

    /// As [`Said::ok`], for output that need not be text.
    #[track_caller]
    fn bytes(self) -> Vec<u8> {
        assert!(self.code == 0, "{}", self.report());
        self.out
    }

    /// Everything about it, for a message.
    fn report(&self) -> String {
        let out = String::from_utf8_lossy(&self.out);
        format!("{} ended with {}\n{}\n{}", self.what, self.code, last_lines(&out), last_lines(&self.err))
    }
}

/// The end of a long text.
fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(60)..].join("\n")
}

/// Whether an engine answers, or what is wrong.
static ENGINE: LazyLock<Result<(), String>> = LazyLock::new(|| {
    let versions: [&[&str]; 3] =
        [&["version", "--format", "{{.Server.Version}}"], &["compose", "version"], &["buildx", "version"]];
    for arguments in versions {
        let command = format!("docker {}", arguments.join(" "));
        let output = Command::new("docker").args(arguments).stdin(Stdio::null()).output();
        let output = output.map_err(|error| format!("`{command}` cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(format!("`{command}` says: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
    }
    Ok(())
});

/// Fails if no engine answers.
#[track_caller]
fn need_engine() {
    if let Err(why) = &*ENGINE {
        panic!(
            "this test needs a Docker Engine with Compose and buildx, and none answers\n  {why}\n  \
             `./test.sh` brings one up for the tests; `./test.sh --no-engine` leaves them out"
        );
    }
}

/// `docker` with these arguments.
#[track_caller]
fn docker<I: IntoIterator<Item: AsRef<OsStr>>>(arguments: I) -> Command {
    need_engine();
    let mut command = Command::new("docker");
    command.args(arguments);
    command
}

fn has_image(image: &str) -> bool {
    Said::of(&mut docker(["image", "inspect", image])).code == 0
}

/// Makes sure that images are there.
#[track_caller]
fn need_images(images: &[&str]) {
    for image in images {
        if !has_image(image) {
            let pulled = Said::of(&mut docker(["pull", "-q", image]));
            assert!(
                pulled.code == 0,
                "this test needs the image {image}: `tests/engine/engine.sh images {image}` pulls it or makes a \
                 stand-in\n{}",
                pulled.report()
            );
        }
    }
}

/// Checks that share one costly thing: each is tried, and all that failed are named at the end.
#[derive(Debug, Default)]
struct Checks {
    tried: usize,
    failed: Vec<String>,
}

impl Checks {
    /// Tries one. How long it took is seen with `--nocapture`, and after a failure.
    #[expect(clippy::print_stderr, reason = "the harness captures it")]
    fn check(&mut self, name: &str, body: impl FnOnce()) {
        self.tried += 1;
        let start = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(body));
        eprintln!("{:6.1} s  {name}", start.elapsed().as_secs_f32());
        if let Err(panic) = result {
            let why = (panic.downcast_ref::<String>().map(String::as_str))
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("it panicked");
            self.failed.push(format!("{name}: {why}"));
        }
    }

    /// Fails if any did.
    #[track_caller]
    fn finish(self) {
        let mut report = String::new();
        for failed in &self.failed {
            write!(report, "\n- {failed}").unwrap();
        }
        assert!(self.failed.is_empty(), "{} of {} checks failed:{report}", self.failed.len(), self.tried);
    }
}

/// Random letters and digits, for names that no other run uses and for values that occur nowhere else.
fn random(length: usize) -> String {
    const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).unwrap();
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}
