//! Dockerfiles as they are printed.

use std::path::PathBuf;

use super::*;
use crate::model::compose::Context as BuildContext;
use crate::model::dockerfile::{Dockerfile, Run, RunMount};
use crate::model::names::{EnvName, SecretName, ServiceName, StageName};
use crate::model::path::HostPath;
use crate::model::values::{Scope, Var};
use crate::source::{At, Origins};

fn origin() -> Origin {
    Origins::default().by_default("test", None)
}

fn text(literal: &str) -> Text {
    Text::literal(literal, origin())
}

fn variable(name: &str, op: VarOp) -> Text {
    Text::variable(Var { scope: Scope::Build, name: name.to_owned(), op }, origin())
}

fn words(words: &[&str]) -> Vec<Text> {
    words.iter().map(|word| text(word)).collect()
}

fn env(name: &str) -> EnvName {
    EnvName::parse(name).unwrap()
}

fn stage(name: &str) -> StageName {
    StageName::parse(name).unwrap()
}

fn run(mounts: Vec<RunMount>, command: &str) -> Op {
    Op::Run(Run { mounts, command: Command::Shell(text(command)) })
}

/// What is emitted below the header.
fn emitted(globals: Vec<Op>, stages: Vec<(Text, Option<&str>, Vec<Op>)>) -> String {
    let steps = |ops: Vec<Op>| ops.into_iter().map(|op| Step::new(op, origin())).collect();
    let stages = stages.into_iter().map(|(base, name, ops)| Stage {
        base,
        name: name.map(|name| At::new(stage(name), origin())),
        steps: steps(ops),
        origin: origin(),
    });
    let build = BuildFile {
        path: "docker/web/Dockerfile".to_owned(),
        service: ServiceName::parse("web").unwrap(),
        context: BuildContext::Host(HostPath::parse(".").unwrap()),
        dockerfile: Dockerfile { globals: steps(globals), stages: stages.collect() },
        ignore: Vec::new(),
    };
    let layout = Layout {
        stack_dir: PathBuf::from("/p"),
        out_dir: PathBuf::from("/p"),
        stack_file: "x.stack".to_owned(),
    };
    let artifact = emit(&build, &layout);
    assert_eq!(artifact.lines.len(), artifact.text.lines().count());
    let body = artifact.text.splitn(4, '\n').nth(3).unwrap();
    body.to_owned()
}

fn steps(ops: Vec<Op>) -> String {
    emitted(Vec::new(), vec![(text("scratch"), None, ops)]).split_once('\n').unwrap().1.to_owned()
}

#[test]
fn stages_stand_apart_and_options_one_a_line() {
    let cache = RunMount::Cache { target: "/root/.cache/pip".to_owned(), locked: false };
    let apt = RunMount::Cache { target: "/var/cache/apt".to_owned(), locked: true };
    let requirements =
        RunMount::Bind { source: text("requirements.txt"), target: text("/tmp/requirements.txt") };
    let secret = RunMount::Secret {
        name: SecretName::parse("token").unwrap(),
        target: Some(text("/run/token")),
        uid: Some("10001".to_owned()),
    };
    let global = Op::Arg { name: env("PYTHON"), default: Some(text("3.14")) };
    let python = Text::from_parts(
        [Part::Lit("python:".to_owned())].into_iter().chain(variable("PYTHON", VarOp::None).parts),
        origin(),
    );
    let build = vec![
        run(vec![apt], "apt-get update"),
        Op::Env(vec![(env("PATH"), text("/venv/bin:/usr/bin")), (env("GREETING"), text("it's \"5 $\""))]),
        Op::Workdir(text("/my app")),
        run(vec![cache, requirements, secret], "pip install -r /tmp/requirements.txt"),
    ];
    let runtime = vec![
        Op::Label(vec![(text("org.opencontainers.image.title"), text("a blog"))]),
        Op::Copy(Copy {
            from: Some(CopyFrom::Stage(stage("build"))),
            chown: Some(text("10001:10001")),
            sources: words(&["/venv", "/app"]),
            target: text("/srv/"),
        }),
        Op::User(text("10001:10001")),
        Op::Expose(words(&["8000", "8001/udp"])),
        Op::Entrypoint(Command::Exec(words(&["tini", "--"]))),
        Op::Cmd(Command::Exec(words(&["gunicorn", "-b", "$ADDRESS"]))),
    ];
    let printed =
        emitted(vec![global], vec![(python.clone(), Some("build"), build), (python, None, runtime)]);
    assert_eq!(
        printed,
        r#"ARG PYTHON=3.14

FROM python:${PYTHON} AS build
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update
ENV PATH=/venv/bin:/usr/bin \
    GREETING="it's \"5 \$\""
WORKDIR "/my app"
RUN --mount=type=cache,target=/root/.cache/pip \
    --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \
    --mount=type=secret,id=token,target=/run/token,uid=10001,required=true \
    pip install -r /tmp/requirements.txt

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="a blog"
COPY --from=build --chown=10001:10001 /venv /app /srv/
USER 10001:10001
EXPOSE 8000 8001/udp
ENTRYPOINT ["tini", "--"]
CMD ["gunicorn", "-b", "$ADDRESS"]
"#
    );
}

#[test]
fn shell_texts_are_lines_heredocs_or_json() {
    assert_eq!(steps(vec![run(Vec::new(), "a && b $C")]), "RUN a && b $C\n");
    assert_eq!(
        steps(vec![run(Vec::new(), "set -e\n# b\n  c \\\n")]),
        "RUN <<EOF\nset -e\n# b\n  c \\\nEOF\n"
    );
    assert_eq!(steps(vec![run(Vec::new(), "[ -f a ]")]), "RUN [\"/bin/sh\", \"-c\", \"[ -f a ]\"]\n");
    assert_eq!(
        steps(vec![Op::Cmd(Command::Shell(text("a $B\nc")))]),
        "CMD [\"/bin/sh\", \"-c\", \"a $B\\nc\"]\n"
    );
    let secret = |name| RunMount::Secret { name: SecretName::parse(name).unwrap(), target: None, uid: None };
    assert_eq!(
        steps(vec![run(vec![secret("a"), secret("b")], "x\ny")]),
        "RUN --mount=type=secret,id=a,required=true \\\n    --mount=type=secret,id=b,required=true \\\n    \
         <<EOF\nx\ny\nEOF\n"
    );
}

#[test]
fn a_health_check_says_how_often() {
    let delay = |text: &str| Some(Typed::of(Delay::parse(text).unwrap(), origin()));
    let health = |test| {
        Op::Health(Health {
            test,
            interval: delay("5s"),
            timeout: None,
            start_period: delay("1m30s"),
            retries: Some(At::new(5, origin())),
            extra: Vec::new(),
            origin: origin(),
        })
    };
    assert_eq!(
        steps(vec![health(Command::Shell(text("pg_isready -U $USER")))]),
        "HEALTHCHECK --interval=5s --start-period=1m30s --retries=5 CMD pg_isready -U $USER\n"
    );
    assert_eq!(
        steps(vec![health(Command::Exec(words(&["/check", "a b"])))]),
        "HEALTHCHECK --interval=5s --start-period=1m30s --retries=5 CMD [\"/check\", \"a b\"]\n"
    );
}

#[test]
fn paths_with_white_space_are_json_and_still_expanded() {
    let copy = |sources: &[&str], target: &str| {
        Op::Copy(Copy { from: None, chown: None, sources: words(sources), target: text(target) })
    };
    assert_eq!(steps(vec![copy(&["a$b", "c'd"], "/x/")]), "COPY a\\$b c\\'d /x/\n");
    assert_eq!(steps(vec![copy(&["a b"], "/x $y/")]), "COPY [\"a b\", \"/x \\\\$y/\"]\n");
}

#[test]
fn what_a_dockerfile_cannot_hold_is_known() {
    assert_eq!(refusal(&Op::Env(vec![(env("A"), text("b"))])), None);
    assert!(refusal(&Op::Env(vec![(env("A"), text("b\nc"))])).is_some());
    assert!(
        refusal(&Op::Arg { name: env("A"), default: Some(variable("B", VarOp::Default("\n".into()))) })
            .is_some()
    );
    assert!(refusal(&Op::Label(vec![(text("a=b"), text("c"))])).is_some());
    let image = CopyFrom::Image(variable("TAG", VarOp::None));
    let copy = Copy { from: Some(image), chown: None, sources: words(&["a"]), target: text("/a") };
    assert!(refusal(&Op::Copy(copy)).is_some());
    assert_eq!(refusal(&run(Vec::new(), "a\nb")), None);
    let bind = RunMount::Bind { source: text("größe"), target: text("/a") };
    assert_eq!(
        refusal(&run(vec![bind], "a")),
        Some("BuildKit garbles characters outside ASCII in an option")
    );
}

#[test]
fn a_message_that_white_space_would_cut_is_left_to_buildkit() {
    let base = variable("BASE", VarOp::Required("say which image".to_owned()));
    assert_eq!(emitted(Vec::new(), vec![(base, None, Vec::new())]), "FROM ${BASE:?}\n");
}
