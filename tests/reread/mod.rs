//! What is emitted is read again before it is written: hostile texts are read as they were meant, and a file that says
//! something else is noticed.

mod refused;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use stackc::backend::{self, Layout};
use stackc::compile::{Compilation, compile};
use stackc::facts::Facts;
use stackc::reread::misprint;

use crate::hostile::{inside, spelled, texts};

fn compiled(text: &str) -> Compilation {
    compile("x.stack", text, &mut |_| Facts::default())
}

fn layout() -> Layout {
    let folder = PathBuf::from("/project");
    Layout { stack_dir: folder.clone(), out_dir: folder, stack_file: "x.stack".to_owned() }
}

/// Statements that take any text. In all of these `@` stands for one, and `^` for one between quotes.
const ANY: &str = r"
service run {
  image a:1
  env { A @ }
  labels { a @; @ b }
  command a @ b
  entrypoint a @
  health exec a @
}
service shell {
  image a:1
  command shell @
}
service build {
  build {
    base a:1
    command a @
    entrypoint shell @
    health exec a @
    run @
  }
}
proxy web {
  image nginx:1.30
  site a.example {
    respond / 200 @
    route ~ /a { return 404 @ }
  }
}
";

/// Statements that refuse some texts.
const SOME: &[&str] = &[
    "secret s { env S }\nservice x { image a:1; command a; env { A \"^${secret.s}^\" exported } }",
    "service x { image a:1; env { @ a } }",
    "service x { image a:1; health shell @ }",
    "service x { image a:1; mount @ at /b }",
    "service x { image a:1; mount ./a at \"/^\" }",
    "service x { image a:1; tmpfs \"/^\" }",
    "service x { image a:1; user @ }",
    "service x { image a:1; workdir \"/^\" }",
    "service x { image a:1; env from @ }",
    "service x { image a:1; cap_add @ }",
    "secret s { file @ }\nservice x { image a:1; env { A secret.s.path } }",
    "input I { default @ }\nservice x { image a:1; env { A input.I } }",
    "input I { doc @; required }\nservice x { image a:1; env { A input.I } }",
    "input I { default @ }\nservice x { build { base a:1; env { A input.I } } }",
    "service x { build { base a:1; env { A @ } } }",
    "service x { build { base a:1; env { @ a } } }",
    "service x { build { base a:1; labels { a @ } } }",
    "service x { build { base a:1; labels { @ a } } }",
    "service x { build { base a:1; arg A @ } }",
    "service x { build { base a:1; arg @ } }",
    "service x { build { base a:1; copy @ to /b } }",
    "service x { build { base a:1; copy a to @ } }",
    "service x { build { base a:1; copy @ a to /b from image c:1 } }",
    "service x { build { base a:1; workdir @ } }",
    "service x { build { base a:1; user @ } }",
    "service x { build { base a:1; pip @ } }",
    "service x { build { base a:1; apt @ } }",
    "service x { build { base a:1; health shell @ } }",
    "service x { build { base a:1; source @ } }",
    "secret s { env S }\nservice x { build { base a:1; run a { secret s at \"/^\" } } }",
    "service x { build { base a:1; run a { cache \"/^\" } } }",
    "service x { image a:1; sysctls { a @ } }",
    "service x { image a:1; logging { options { @ a } } }",
    "volume v { driver_opts { a @; @ b } }\nservice x { image a:1; mount v at /v }",
    "x-a @\nservice x { image a:1 }",
    "service x { image a:1; raw compose \"x-a: '^'\" }",
    "service x { image a:1; raw compose @ }",
    "proxy w { image nginx:1.30; site _ { respond / 200; raw nginx @ } }",
    "proxy w { image nginx:1.30; site _ { respond / 200; raw nginx \"set $a '^';\" } }",
    "proxy w { image nginx:1.30; site _ { respond / 200; proxy_set_header A @ } }",
    "proxy w { image nginx:1.30; log_format a @; site _ { respond / 200 } }",
    "proxy w { image nginx:1.30; map $uri $a { @ @ }; site _ { respond / 200 } }",
    "proxy w { image nginx:1.30; site _ { route / { if ($uri = @ ) { return 405 }; return 200 } } }",
    "proxy w { image nginx:1.30; site _ { respond \"/^\" 200 } }",
    "proxy w { image nginx:1.30; site _ { respond / 200; add_header A @ } }",
    "proxy w { image nginx:1.30; site _ { redirect /a to \"/^\" } }",
    "proxy w { image nginx:1.30; site _ { static \"/^\" from ./a } }",
    "proxy w { image nginx:1.30; site _ { static / from @ } }",
    "proxy w { image nginx:1.30; site _ { route ~ @ { return 200 } } }",
    "proxy w { image nginx:1.30; site _ { route = \"/^\" { return 200 } } }",
];

/// Compiles statements with a text in them: whether they were emitted, and thus read again.
fn is_emitted(statements: &str, text: &str, verbatim: bool) -> bool {
    let stack = statements.replace('^', &inside(text)).replace('@', &spelled(text, verbatim));
    let emitted = catch_unwind(AssertUnwindSafe(|| compiled(&stack).emit(&layout()).is_some()));
    emitted.unwrap_or_else(|_| panic!("{text:?} is printed wrongly in:\n{stack}"))
}

/// Compiles every hostile text where any text may stand, and every `nth` where only some may.
pub(crate) fn check_hostile_texts(nth: usize) {
    let texts = texts();
    for text in texts.iter().step_by(nth) {
        assert!(is_emitted(ANY, text, true) && is_emitted(ANY, text, false), "{text:?} was refused");
    }
    for (index, statements) in SOME.iter().enumerate() {
        let some = texts.iter().enumerate().filter(|(number, _)| (number + index).is_multiple_of(nth));
        let taken =
            some.filter(|(number, text)| is_emitted(statements, text, number.is_multiple_of(2))).count();
        assert!(taken > 0 || nth > 1, "no text at all is taken by\n{statements}");
    }
}

/// `slow::property` tries all of them everywhere.
#[test]
fn hostile_texts_are_read_as_they_were_meant() {
    check_hostile_texts(12);
}

/// A small stack that has something of everything.
const SAMPLE: &str = r#"
secret s { file ./s }
service db { image postgres:18; env { POSTGRES_PASSWORD_FILE secret.s.path; SIZE 10; ON yes; UNIT MB } }
service app {
  build {
    stage assets { base node:24-slim; run "npm ci" { cache /root/.npm } }
    base python:3.14-slim
    env { A "x y"; B b }
    workdir /app
    copy a b to /app/
    copy /c to /d from assets
    run "set -e\ntrue"
    command a "b c"
    health exec true { every 5s }
  }
  listen 8000
}
proxy web {
  image nginx:1.30
  publish 8080:80
  type model/x-scene scene
  site example.org {
    proxy / to app
    route ~ \.(php|asp)$ { return 404 "no such page" }
  }
}
"#;

/// What is noticed if, in the file at `path`, `from` stands as `to`: the line and what is wrong there.
fn noticed(path: &str, from: &str, to: &str) -> String {
    let compilation = compiled(SAMPLE);
    let deployment = compilation.deployment.as_ref().unwrap();
    let mut artifacts = backend::emit(deployment, &layout());
    assert_eq!(misprint(deployment, &layout(), &artifacts), None);
    let artifact = artifacts.iter_mut().find(|artifact| artifact.path == path).unwrap();
    assert!(artifact.text.contains(from), "{from:?} is not in\n{}", artifact.text);
    artifact.text = artifact.text.replacen(from, to, 1);
    let wrong = misprint(deployment, &layout(), &artifacts);
    let Some(wrong) = wrong else { return "nothing".to_owned() };
    assert_eq!(wrong.path, path);
    let line = artifacts
        .iter()
        .find(|artifact| artifact.path == path)
        .unwrap()
        .text
        .lines()
        .nth(wrong.line_number - 1);
    format!("{}: {}", line.unwrap_or("the end").trim(), wrong.why)
}

#[test]
fn a_compose_file_that_says_something_else_is_noticed() {
    for (from, to, expected) in [
        ("SIZE: \"10\"", "SIZE: 10", "SIZE: 10: a value has another type"),
        ("\"ON\": \"yes\"", "\"ON\": yes", "\"ON\": yes: a value has another type"),
        ("\"ON\": \"yes\"", "ON: \"yes\"", "ON: \"yes\": a value has another type"),
        ("UNIT: MB", "UNIT: GB", "UNIT: GB: a value is not the one that was meant"),
        ("UNIT: MB", "UNITS: MB", "UNITS: MB: a value is not the one that was meant"),
        ("UNIT: MB", "UNIT: !x MB", "UNIT: !x MB: a value has a tag or an anchor"),
        ("UNIT: MB", "UNIT: &x MB", "UNIT: &x MB: a value has a tag or an anchor"),
        ("UNIT: MB", "UNIT: [MB]", "UNIT: [MB]: a value is not the one that was meant"),
        ("UNIT: MB", "SIZE: MB", "SIZE: MB: yaml-duplicate-key"),
        (
            "UNIT: MB",
            "UNIT: MB\n      A: B",
            "POSTGRES_PASSWORD_FILE: /run/secrets/s: a mapping is not the one that was meant",
        ),
        (
            "      UNIT: MB\n",
            "",
            "POSTGRES_PASSWORD_FILE: /run/secrets/s: a mapping is not the one that was meant",
        ),
        ("      UNIT: MB", "     UNIT: MB", "UNIT: MB: yaml-bad-indentation"),
        ("      UNIT: MB", "\tUNIT: MB", "UNIT: MB: yaml-tab"),
        ("read_only: true", "read_only: \"true\"", "read_only: \"true\": a value has another type"),
        ("\nservices:", "\n---\na: b\n---\nservices:", "the end: there is more or less than one document"),
    ] {
        assert_eq!(noticed("docker-compose.yml", from, to), expected, "{from:?} as {to:?}");
    }
}

#[test]
fn a_dockerfile_that_says_something_else_is_noticed() {
    for (from, to, expected) in [
        ("# Made", "# syntax=evil\n# Made", "# syntax=evil: a comment has become a directive"),
        (
            "FROM node:24-slim AS assets",
            "FROM node:24-slim AS asset",
            "FROM node:24-slim AS asset: a stage has another name",
        ),
        (
            "FROM node:24-slim AS assets",
            "FROM node:25-slim AS assets",
            "FROM node:25-slim AS assets: a text is not the one that was meant",
        ),
        ("FROM node:24-slim AS assets", "RUN true", "RUN true: there is another instruction"),
        ("WORKDIR /app", "WORKDIR /app\nUSER root", "USER root: there is another instruction"),
        ("WORKDIR /app\n", "", "COPY a b /app/: there is another instruction"),
        ("WORKDIR /app", "WORKDIR /app b", "WORKDIR /app b: a text is not the one that was meant"),
        ("A=\"x y\"", "A=x y", "ENV A=x y \\: docker-env-form"),
        ("A=\"x y\"", "C=\"x y\"", "ENV C=\"x y\" \\: a variable has another name"),
        (
            "COPY a b /app/",
            "COPY --link a b /app/",
            "COPY --link a b /app/: an instruction has more or fewer flags",
        ),
        (
            "COPY a b /app/",
            "COPY a b c /app/",
            "COPY a b c /app/: an instruction has more or fewer arguments",
        ),
        ("COPY --from=assets", "COPY --from=asset", "COPY --from=asset /c /d: a flag has another value"),
        (
            "--mount=type=cache,",
            "--mount=type=secret,",
            "RUN --mount=type=secret,target=/root/.npm npm ci: a flag has another value",
        ),
        ("true\nEOF", "false\nEOF", "RUN <<EOF: something else is run"),
        ("\nEOF\n", "\nEND\n", "RUN <<EOF: docker-unclosed-heredoc"),
        (
            "CMD [\"a\", \"b c\"]",
            "CMD [\"a\", \"b\", \"c\"]",
            "CMD [\"a\", \"b\", \"c\"]: something else is run",
        ),
        ("CMD [\"a\", \"b c\"]", "CMD a \"b c\"", "CMD a \"b c\": something else is run"),
        (
            "--interval=5s",
            "--timeout=5s",
            "HEALTHCHECK --timeout=5s CMD [\"true\"]: an instruction has another flag",
        ),
    ] {
        assert_eq!(noticed("docker/app/Dockerfile", from, to), expected, "{from:?} as {to:?}");
    }
}

#[test]
fn an_nginx_configuration_that_says_something_else_is_noticed() {
    for (from, to, expected) in [
        ("listen 80;", "listen 81;", "listen 81;: a directive has other words"),
        ("listen 80;", "listen 80 default;", "listen 80 default;: a directive has other words"),
        ("listen 80;", "", "server_name example.org;: a directive has other words"),
        ("listen 80;", "listen 80; listen 80;", "listen 80; listen 80;: a directive has other words"),
        ("listen 80;", "listen 80", "listen 80: nginx-missing-semicolon"),
        ("\"no such page\"", "no such page", "return 404 no such page;: a directive has other words"),
        ("/ {", "^~ / {", "location ^~ / {: a directive has other words"),
        ("\n}\n", "\n", "http {: nginx-unclosed-block"),
        (
            "return 404 \"no such page\";",
            "return 404 \"no such page\" { }",
            "return 404 \"no such page\" { }: a directive ends in another way",
        ),
        ("scene;", "scene; a/b c;", "model/x-scene scene; a/b c;: a directive is too many"),
    ] {
        assert_eq!(noticed("docker/web/nginx.conf", from, to), expected, "{from:?} as {to:?}");
    }
}
