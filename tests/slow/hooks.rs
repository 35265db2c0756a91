//! The hooks of pre-commit, run by pre-commit itself: from a clone of what stands here, in a repository of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::{DEMO, Desk, STACKC, Said, said};
use crate::slow::tools;
use crate::snapshot::repository;

/// A compose file without a finding.
const COMPOSE: &str = "services:\n  app:\n    image: example/app:1.0\n  web:\n    image: nginx:1.30\n    volumes: \
                       [./nginx.conf:/etc/nginx/conf.d/default.conf:ro]\n";
const NGINX: &str = "server {\n  listen 80;\n  location / { proxy_pass http://app:8000; }\n}\n";

/// A repository of git with the hooks, and the commit of stackc that they are of.
struct Hooked {
    desk: Desk,
    /// What pre-commit builds and keeps.
    cache: PathBuf,
}

fn git(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = desk.command("git", arguments);
    let identity = [("NAME", "A"), ("EMAIL", "a@example.org")];
    for (what, value) in identity {
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_{what}"), value);
        }
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command
}

#[track_caller]
fn run(mut command: Command) -> Said {
    let said = said(command.output().unwrap());
    assert_eq!(said.code, 0, "{command:?}: {}{}", said.out, said.err);
    said
}

/// A clone of what stands here, committed or not: the folder and the commit.
fn clone() -> (Desk, String) {
    let desk = Desk::empty();
    let here = repository();
    let mut walk = ignore::WalkBuilder::new(&here);
    walk.hidden(false).git_global(false).require_git(false);
    walk.filter_entry(|entry| !matches!(entry.file_name().to_str(), Some(".git" | "snapshots" | "fuzz")));
    for entry in walk.build() {
        let entry = entry.unwrap();
        let path = desk.path(entry.path().strip_prefix(&here).unwrap().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(path).unwrap();
        } else {
            std::fs::copy(entry.path(), path).unwrap();
        }
    }
    run(git(&desk, &["init", "-q", "-b", "main"]));
    run(git(&desk, &["add", "-A"]));
    run(git(&desk, &["commit", "-q", "-m", "all"]));
    let commit = run(git(&desk, &["rev-parse", "HEAD"])).out.trim().to_owned();
    (desk, commit)
}

impl Hooked {
    fn new(stackc: &Path, commit: &str, cache: &Path) -> Self {
        let desk = Desk::empty();
        run(git(&desk, &["init", "-q", "-b", "main"]));
        let config = format!(
            "repos:\n  - repo: {}\n    rev: {commit}\n    hooks:\n      - id: stackc-lint\n      - id: stackc-fmt\n      - id: \
             stackc-check\n",
            stackc.display()
        );
        desk.write(".pre-commit-config.yaml", config);
        let hooked = Self { desk, cache: cache.to_owned() };
        run(hooked
            .with_cache(hooked.desk.command(&tools::program("pre-commit"), &["install", "--install-hooks"])));
        hooked
    }

    /// What pre-commit keeps is kept for this test; cargo builds quickly rather than well, and asks nobody.
    fn with_cache(&self, mut command: Command) -> Command {
        command
            .env("PRE_COMMIT_HOME", &self.cache)
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("pre-commit"))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_NET_OFFLINE", "true")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        command
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.desk.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn build(&self, stack: &str) {
        run(self.desk.command(STACKC, &["build", "--", stack]));
    }

    /// Stages everything and commits it, through the hooks.
    fn commit(&self) -> Said {
        run(git(&self.desk, &["add", "-A"]));
        said(self.with_cache(git(&self.desk, &["commit", "-m", "change"])).output().unwrap())
    }

    /// How many commits there are.
    fn commits(&self) -> usize {
        said(git(&self.desk, &["rev-list", "HEAD"]).output().unwrap()).out.lines().count()
    }

    #[track_caller]
    fn passes(&self) {
        let before = self.commits();
        let said = self.commit();
        assert_eq!((said.code, self.commits()), (0, before + 1), "{}{}", said.out, said.err);
    }

    /// A commit that is stopped by one hook, which says these things.
    #[track_caller]
    fn is_stopped(&self, hook: &str, says: &[&str]) {
        let before = self.commits();
        let said = self.commit();
        let text = said.out + &said.err;
        assert_eq!((said.code, self.commits()), (1, before), "{text}");
        for says in says {
            assert!(text.contains(says), "`{says}` is not said:\n{text}");
        }
        let failed: Vec<&str> = text.lines().filter(|line| line.ends_with("Failed")).collect();
        assert!(matches!(failed.as_slice(), [only] if only.starts_with(hook)), "{text}");
    }
}

#[test]
fn pre_commit_stops_what_is_wrong_and_lets_the_rest_pass() {
    let (stackc, commit) = clone();
    let manifest = stackc.path(".pre-commit-hooks.yaml");
    run(stackc.command(&tools::program("pre-commit"), &["validate-manifest", manifest.to_str().unwrap()]));
    let cache = tempfile::tempdir().unwrap();
    let hooked = Hooked::new(&stackc.path(""), &commit, cache.path());

    // Names of all shapes pass through all three hooks.
    for (number, folder) in ["-deploy", "two words", "a\nline"].into_iter().enumerate() {
        let stack = format!("{folder}/-a b\n{number}.stack");
        hooked.write(&stack, &DEMO.replace("8080", &format!("808{number}")));
        run(hooked.desk.command(STACKC, &["fmt", "--", &stack]));
        hooked.build(&stack);
    }
    hooked.write("shop/docker-compose.yml", COMPOSE);
    hooked.write("shop/nginx.conf", NGINX);
    hooked.write("supervisord.conf", "[program:a]\ncommand=a\n");
    hooked.passes();

    // A finding, in files whose names are of all shapes.
    for name in ["-web.Dockerfile", "two words/Dockerfile", "new\nline.Dockerfile"] {
        hooked
            .write(name, "FROM nginx:latest\nADD https://example.org/a /a\nENV DB_PASSWORD=hunter2hunter2\n");
        hooked.is_stopped("stackc lint", &["Dockerfile:3:", "[secret-literal]"]);
        std::fs::remove_file(hooked.desk.path(name)).unwrap();
    }
    // What one file says of another, where that one is not staged.
    hooked.write("shop/nginx.conf", &NGINX.replace("app", "gone"));
    hooked.is_stopped("stackc lint", &["cross-proxy-host", "shop/nginx.conf:3:"]);
    hooked.write("shop/nginx.conf", &NGINX.replace("app:8000", "app:8001"));
    hooked.passes();

    // The format: changed by the hook, and taken once that is staged.
    let stack = "two words/-a b\n1.stack";
    let tidy = hooked.desk.read(stack);
    hooked.write(stack, &tidy.replace("  image", "        image"));
    hooked.is_stopped("stackc fmt", &["files were modified by this hook", "formatted "]);
    assert_eq!(hooked.desk.read(stack), tidy);
    hooked.write("README", "changed");
    hooked.passes();

    // Drift: from the stack file's side, and from the other.
    hooked.write(stack, &tidy.replace("8081", "8091"));
    hooked.is_stopped("stackc build --check", &["`two words/docker-compose.yml` is out of date"]);
    hooked.build(stack);
    hooked.passes();
    let compose = hooked.desk.read("two words/docker-compose.yml");
    hooked.write("two words/docker-compose.yml", &compose.replace("8091", "8092"));
    hooked.is_stopped("stackc build --check", &["was edited since stackc wrote it"]);
}
