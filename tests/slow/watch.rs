//! `--watch`: what is done again, what is not, and how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::cli::{DEMO, Desk, STACKC};

/// So long something that must come is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// After so long nothing comes any more: longer than a change takes to be told.
const SILENCE: Duration = Duration::from_millis(700);

/// A program that goes on.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(desk: &Desk, arguments: &[&str]) -> Self {
        // Both streams are one pipe, so that their lines keep their order.
        let script = ["-c", "exec \"$@\" 2>&1", "sh", STACKC];
        Self::of(desk.command("sh", &[&script, arguments].concat()))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let pipes: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for pipe in pipes {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines() {
                    let _ = sender.send(line.unwrap());
                }
            });
        }
        Self { child, lines }
    }

    /// Waits for a line that holds a text; the lines up to it.
    #[track_caller]
    fn until(&self, text: &str) -> Vec<String> {
        let end = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    seen.push(line);
                    if seen.last().unwrap().contains(text) {
                        return seen;
                    }
                }
                Err(error) => panic!("`{text}` did not come ({error}), but {seen:#?}"),
            }
        }
    }

    /// Waits until nothing more comes.
    fn settle(&self) {
        while self.lines.recv_timeout(SILENCE).is_ok() {}
    }

    /// Nothing more is said.
    #[track_caller]
    fn is_silent(&self) {
        let said: Vec<String> = std::iter::from_fn(|| self.lines.recv_timeout(SILENCE).ok()).collect();
        assert!(said.is_empty(), "{said:#?}");
    }

    fn signal(&self, name: &str) {
        let kill = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Waits for the end.
    fn end(mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("it goes on");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A stack file with a secret in line 5.
fn broken() -> String {
    DEMO.replace("80\n}", "80\n  env { DB_PASSWORD hunter2hunter2 }\n}")
}

const READY: &str = "watching for changes; Ctrl-C ends";

#[test]
fn lint_runs_again_when_a_file_is_saved_in_any_way() {
    let desk = Desk::with("a.stack", DEMO);
    let watching = Watching::start(&desk, &["lint", "--watch", "--format", "short", "a.stack"]);
    watching.until(READY);
    watching.is_silent();
    let broken = broken();
    desk.write("a.stack", &broken);
    watching.until("`a.stack` changed");
    watching.until("a.stack:5:");
    // As vim and others save: the new text is written beside, and takes the place.
    desk.write("a.stack.new", DEMO);
    fs::rename(desk.path("a.stack.new"), desk.path("a.stack")).unwrap();
    watching.until("`a.stack` changed");
    fs::rename(desk.path("a.stack"), desk.path("a.stack~")).unwrap();
    watching.until("`a.stack` does not exist");
    desk.write("a.stack", &broken);
    watching.until("a.stack:5:");
    // What nobody asked for changes nothing, nor does reading.
    desk.write("notes.md", "x");
    desk.read("a.stack");
    watching.is_silent();
}

#[test]
fn what_belongs_to_a_file_is_watched_with_it() {
    let desk = Desk::empty();
    fs::create_dir_all(desk.path("shop/conf")).unwrap();
    let compose = "services:\n  app:\n    image: example/app:1.0\n    env_file: app.env\n  web:\n    image: nginx:1.30\n    \
                   volumes: [./conf/nginx.conf:/etc/nginx/conf.d/default.conf:ro]\n";
    let nginx = "server {\n  listen 80;\n  location / { proxy_pass http://gone:8000; }\n}\n";
    desk.write("shop/docker-compose.yml", compose);
    desk.write("shop/conf/nginx.conf", nginx.replace("gone", "app"));
    let watching =
        Watching::start(&desk, &["lint", "--watch", "--format", "short", "shop/docker-compose.yml"]);
    watching.until(READY);
    watching.is_silent();
    desk.write("shop/conf/nginx.conf", nginx);
    watching.until("[cross-proxy-host]");
    desk.write("shop/app.env", "A=b\n");
    watching.until("`shop/app.env` changed");
    // The whole folder goes and comes again.
    fs::rename(desk.path("shop"), desk.path("gone")).unwrap();
    watching.until("`shop/docker-compose.yml` does not exist");
    fs::rename(desk.path("gone"), desk.path("shop")).unwrap();
    watching.until("[cross-proxy-host]");
    desk.write("shop/conf/nginx.conf", nginx.replace("gone", "app"));
    watching.until("`shop/conf/nginx.conf` changed");
}

#[test]
fn a_folder_is_searched_anew_and_what_git_ignores_is_left_alone() {
    let desk = Desk::empty();
    fs::create_dir_all(desk.path("built")).unwrap();
    desk.write(".gitignore", "built/\n");
    desk.write("Dockerfile", "FROM nginx:1.30\n");
    let watching = Watching::start(&desk, &["lint", "--watch", "--format", "short", "."]);
    watching.until(READY);
    fs::create_dir_all(desk.path("api/inner")).unwrap();
    desk.write("api/inner/Dockerfile", "FROM nginx:latest\n");
    watching.until("api/inner/Dockerfile:1:");
    // The run before may have seen the folder and not yet the file.
    watching.settle();
    desk.write("built/Dockerfile", "FROM nginx:latest\n");
    desk.write("main.py", "");
    watching.is_silent();
}

#[test]
fn build_writes_what_changed_and_never_wakes_itself() {
    let text = "stack demo\nservice app {\n  build {\n    base python:3.14-slim\n    copy . to /app\n  }\n  command python \
                /app/main.py\n}\n";
    let desk = Desk::with("a.stack", text);
    let watching = Watching::start(&desk, &["build", "--watch"]);
    watching.until(READY);
    watching.is_silent();
    let before = desk.read("docker-compose.yml");
    desk.write("a.stack", text.replace("main.py", "other.py"));
    watching.until("next: ");
    assert_ne!(desk.read("docker-compose.yml"), before);
    // A file that somebody edited is not overwritten, and that is said once.
    desk.write("docker-compose.yml", "edited");
    watching.is_silent();
    desk.write("a.stack", text);
    watching.until("`docker-compose.yml` was edited since stackc wrote it");
    watching.settle();
    desk.write("a.stack", "stack demo\nservice");
    watching.until("; nothing was written");
    watching.settle();
    watching.is_silent();
}

#[test]
fn a_secret_is_hidden_each_time() {
    let desk = Desk::with("a.stack", DEMO);
    let watching = Watching::start(&desk, &["lint", "--watch"]);
    watching.until(READY);
    let broken = broken();
    desk.write("a.stack", &broken);
    let mut said = watching.until("`stackc explain secret-literal` says more");
    // Half of it, as an editor may leave it.
    desk.write("a.stack", broken.trim_end_matches("}\n"));
    said.extend(watching.until("`stackc explain unclosed-block` says more"));
    let has = |word: &str| said.iter().any(|line| line.contains(word));
    assert!(has("[secret]") && !has("hunter"), "{said:#?}");
}

#[test]
fn it_ends_by_the_signal_and_leaves_nothing_half_done() {
    for (name, number) in [("INT", 2), ("TERM", 15)] {
        let desk = Desk::with("a.stack", DEMO);
        let watching = Watching::start(&desk, &["build", "--watch"]);
        watching.until(READY);
        desk.write("a.stack", DEMO.replace("8080", "8081"));
        watching.signal(name);
        assert_eq!(watching.end().signal(), Some(number), "{name}");
        let files = desk.files();
        assert!(files.iter().all(|file| !file.ends_with(".stackc-tmp")), "{files:?}");
        assert_eq!(desk.run(&["build"]).code, 0);
    }
    // A shell says 130.
    let desk = Desk::with("a.stack", DEMO);
    let script = "\"$1\" lint --watch a.stack > out 2>&1 & until grep -q watching out; do sleep 0.01; done; kill -TERM $!; \
                  wait $!";
    assert_eq!(desk.shell(script).code, 143);
}

#[test]
fn it_ends_when_nobody_reads_any_more() {
    let desk = Desk::with("a.stack", DEMO);
    let mut watching = Watching::of({
        let mut command =
            desk.command("sh", &["-c", "\"$1\" lint --watch a.stack | head -n 1", "sh", STACKC]);
        command.stdin(Stdio::null());
        command
    });
    watching.until(READY);
    desk.write("a.stack", DEMO.replace("8080", "8081"));
    let end = Instant::now() + PATIENCE;
    while watching.child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < end, "it goes on");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn where_the_system_does_not_tell_files_are_looked_at_every_second() {
    let desk = Desk::with("a.stack", DEMO);
    let script = "echo 0 > /proc/sys/user/max_inotify_instances && exec \"$1\" lint --watch --format short a.stack 2>&1";
    let arguments = ["--user", "--map-root-user", "sh", "-c", script, "sh", STACKC];
    let watching = Watching::of(desk.command("unshare", &arguments));
    watching.until("looking every second");
    watching.until(READY);
    desk.write("a.stack", broken());
    watching.until("a.stack:5:");
    watching.settle();
    fs::remove_file(desk.path("a.stack")).unwrap();
    watching.until("`a.stack` does not exist");
    watching.settle();
    watching.is_silent();
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let desk = Desk::with("a.stack", DEMO);
    for arguments in [
        &["lint", "--watch", "--format", "json"][..],
        &["lint", "--watch", "-"],
        &["lint", "--watch", "--fix"],
        &["lint", "--watch", "--diff"],
        &["build", "--watch", "--stdout"],
        &["build", "--watch", "--diff"],
    ] {
        let said = desk.run(arguments);
        assert_eq!((said.code, said.out.as_str()), (3, ""), "{arguments:?}: {}", said.err);
    }
    assert_eq!(Desk::empty().run(&["build", "--watch"]).code, 3, "there is no stack file");
}
