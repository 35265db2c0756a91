//! Dockerfiles as they are printed.

use std::path::PathBuf;

use super::*;
use crate::model::compose::Context as BuildContext;
use crate::model::dockerfile::{
    Add, CacheMount, Copy, CopyFlags, CopyFrom, Device, Directive, Dockerfile, InlineFile, Ownership, Run,
    RunMount, RunNetwork, SecretMount, Security, Sharing, Step,
};
use crate::model::names::{EnvName, SecretName, ServiceName, StageName};
use crate::model::path::HostPath;
use crate::model::scalar::Delay;
use crate::model::values::{Scope, Var};
use crate::source::{At, Origins};

fn origin() -> Origin {
    Origins::default().by_default("test", None)
}

fn text(literal: &str) -> Text {
    Text::literal(literal, origin())
}

fn variable(name: &str, op: VarOp) -> Text {
    Text::variable(Var { scope: Scope::Build, name: name.to_owned(), op, bare: false }, origin())
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
    Op::Run(Run { mounts, ..Run::new(Command::Shell(text(command))) })
}

fn secret(name: &str) -> SecretMount {
    SecretMount {
        name: SecretName::parse(name).unwrap(),
        target: None,
        variable: None,
        required: true,
        ownership: Ownership::default(),
    }
}

/// The first reason for which an instruction is refused.
fn refusal(op: &Op) -> Option<&'static str> {
    refusals(&Step::new(op.clone(), origin())).first().map(|refusal| refusal.why)
}

/// What is emitted below the header.
fn emitted(globals: Vec<Op>, stages: Vec<(Text, Option<&str>, Vec<Op>)>) -> String {
    let steps = |ops: Vec<Op>| ops.into_iter().map(|op| Step::new(op, origin())).collect();
    let stages = stages.into_iter().map(|(base, name, ops)| Stage {
        base,
        platform: None,
        name: name.map(|name| At::new(stage(name), origin())),
        steps: steps(ops),
        origin: origin(),
    });
    below_header(Dockerfile { directives: Vec::new(), globals: steps(globals), stages: stages.collect() })
}

fn below_header(dockerfile: Dockerfile) -> String {
    let text = printed(dockerfile);
    text.splitn(4, '\n').nth(3).unwrap().to_owned()
}

fn printed(dockerfile: Dockerfile) -> String {
    let build = BuildFile {
        path: "docker/web/Dockerfile".to_owned(),
        service: ServiceName::parse("web").ok(),
        context: BuildContext::Host(HostPath::parse(".").unwrap()),
        dockerfile,
        ignore: Vec::new(),
    };
    let layout = Layout {
        stack_dir: PathBuf::from("/p"),
        out_dir: PathBuf::from("/p"),
        stack_file: "x.stack".to_owned(),
    };
    let artifact = emit(&build, &layout);
    assert_eq!(artifact.lines.len(), artifact.text.lines().count());
    artifact.text
}

fn steps(ops: Vec<Op>) -> String {
    emitted(Vec::new(), vec![(text("scratch"), None, ops)]).split_once('\n').unwrap().1.to_owned()
}

#[test]
fn stages_stand_apart_and_options_one_a_line() {
    let cache = RunMount::Cache(CacheMount::new(text("/root/.cache/pip")));
    let apt = RunMount::Cache(CacheMount {
        sharing: Some(Sharing::Locked),
        ..CacheMount::new(text("/var/cache/apt"))
    });
    let requirements = RunMount::Bind {
        source: Some(text("requirements.txt")),
        target: text("/tmp/requirements.txt"),
        from: None,
        read_write: None,
    };
    let secret = RunMount::Secret(SecretMount {
        target: Some(text("/run/token")),
        ownership: Ownership { uid: Some(text("10001")), ..Ownership::default() },
        ..secret("token")
    });
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
            flags: CopyFlags { chown: Some(text("10001:10001")), ..CopyFlags::default() },
            ..Copy::new(Some(CopyFrom::Stage(stage("build"))), words(&["/venv", "/app"]), text("/srv/"))
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
    assert_eq!(steps(vec![run(Vec::new(), "[ -f a ]")]), "RUN [ -f a ]\n");
    assert_eq!(steps(vec![run(Vec::new(), "[a]")]), "RUN [\"/bin/sh\", \"-c\", \"[a]\"]\n");
    assert_eq!(
        steps(vec![Op::Cmd(Command::Shell(text("a $B\nc")))]),
        "CMD [\"/bin/sh\", \"-c\", \"a $B\\nc\"]\n"
    );
    assert_eq!(
        steps(vec![run(vec![RunMount::Secret(secret("a")), RunMount::Secret(secret("b"))], "x\ny")]),
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
            start_interval: None,
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
    let copy = |sources: &[&str], target: &str| Op::Copy(Copy::new(None, words(sources), text(target)));
    assert_eq!(steps(vec![copy(&["a$b", "c'd"], "/x/")]), "COPY a\\$b c\\'d /x/\n");
    assert_eq!(steps(vec![copy(&["a b"], "/x $y/")]), "COPY [\"a b\", \"/x \\\\$y/\"]\n");
}

#[test]
fn what_a_dockerfile_cannot_hold_is_known() {
    assert_eq!(refusal(&Op::Env(vec![(env("A"), text("b"))])), None);
    assert!(refusal(&Op::Env(vec![(env("A"), text("b\nc"))])).is_some());
    // `ENV A=` before it.
    assert_eq!(refusal(&Op::Env(vec![(env("A"), text(&"b".repeat(65_535 - 6)))])), None);
    assert!(refusal(&Op::Env(vec![(env("A"), text(&"b".repeat(65_535 - 5)))])).is_some());
    assert!(
        refusal(&Op::Arg { name: env("A"), default: Some(variable("B", VarOp::Default("\n".into()))) })
            .is_some()
    );
    assert!(refusal(&Op::Label(vec![(text("a=b"), text("c"))])).is_some());
    let image = CopyFrom::Image(variable("TAG", VarOp::None));
    let copy = Copy::new(Some(image), words(&["a"]), text("/a"));
    assert!(refusal(&Op::Copy(copy)).is_some());
    assert_eq!(refusal(&run(Vec::new(), "a\nb")), None);
    let bind =
        RunMount::Bind { source: Some(text("größe")), target: text("/a"), from: None, read_write: None };
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

#[test]
fn what_a_copy_does_stands_before_its_paths() {
    let flags = CopyFlags {
        chown: Some(text("app:staff")),
        chmod: Some(text("u=rwX,go=rX")),
        link: Some(true),
        exclude: words(&["*.md", "a b", "$x\\*"]),
    };
    let copy =
        Copy { flags: flags.clone(), parents: Some(true), ..Copy::new(None, words(&["./a/b"]), text("/x/")) };
    assert_eq!(
        steps(vec![Op::Copy(copy)]),
        "COPY --chown=app:staff --chmod=u=rwX,go=rX --link --exclude=*.md --exclude=a\\ b --exclude=$x\\\\* --parents \
         ./a/b /x/\n"
    );
    let add = Add {
        flags: CopyFlags { link: Some(false), ..CopyFlags::default() },
        checksum: Some(text("be1f38e")),
        keep_git_dir: Some(true),
        unpack: Some(false),
        sources: words(&["https://example.org/$a.git#v1"]),
        target: text("/x"),
    };
    assert_eq!(
        steps(vec![Op::Add(add)]),
        "ADD --checksum=be1f38e --keep-git-dir --unpack=false --link=false https://example.org/\\$a.git#v1 /x\n"
    );
    let content = text("a $B\nEOF\n  c");
    let file = InlineFile {
        flags: CopyFlags { chmod: Some(text("0600")), ..CopyFlags::default() },
        path: text("/a"),
        content,
    };
    assert_eq!(steps(vec![Op::File(file)]), "COPY --chmod=0600 <<'EOF1' /a\na $B\nEOF\n  c\nEOF1\n");
}

#[test]
fn a_step_has_its_mounts_its_network_and_its_devices() {
    let number = |text| Some(Text::literal(text, origin()));
    let cache = CacheMount {
        id: Some(text("a,b")),
        from: Some(CopyFrom::Stage(stage("build"))),
        source: Some(text("/src")),
        read_only: Some(true),
        ownership: Ownership { mode: number("0750"), uid: number("1"), gid: number("2") },
        ..CacheMount::new(text("/c"))
    };
    let bind = RunMount::Bind {
        source: None,
        target: text("/b"),
        from: Some(CopyFrom::Image(text("busybox:1.37"))),
        read_write: Some(true),
    };
    let by_variable = SecretMount { variable: Some(env("TOKEN")), required: false, ..secret("token") };
    let ssh = RunMount::Ssh { id: None, target: None, required: true, ownership: Ownership::default() };
    let tmpfs = RunMount::Tmpfs { target: text("/t"), size: Some(text("64m")) };
    let mut run = Run::new(Command::Exec(words(&["make", "-j 2"])));
    run.mounts = vec![RunMount::Cache(cache), bind, RunMount::Secret(by_variable), ssh, tmpfs];
    run.network = Some(RunNetwork::None);
    run.security = Some(Security::Insecure);
    run.devices = vec![Device { name: text("vendor1.com/device=foo"), required: true }];
    assert_eq!(
        steps(vec![Op::Run(run)]),
        r#"RUN --mount=type=cache,\"id=a,b\",from=build,source=/src,target=/c,uid=1,gid=2,mode=0750,readonly=true \
    --mount=type=bind,from=busybox:1.37,target=/b,readwrite=true \
    --mount=type=secret,id=token,env=TOKEN,required=false \
    --mount=type=ssh,required=true \
    --mount=type=tmpfs,target=/t,size=64m \
    --network=none \
    --security=insecure \
    --device=vendor1.com/device=foo,required \
    ["make", "-j 2"]
"#
    );
}

#[test]
fn the_shell_of_the_stage_reads_what_its_own_form_does_not_hold() {
    let mut run = Run::new(Command::Shell(text("[a] | b")));
    run.shell = words(&["/bin/bash", "-o", "pipefail", "-c"]);
    assert_eq!(
        steps(vec![Op::Shell(run.shell.clone()), Op::Run(run)]),
        "SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n\
         RUN [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\", \"[a] | b\"]\n"
    );
}

#[test]
fn triggers_are_instructions_after_onbuild() {
    let trigger = |op| Op::OnBuild(Box::new(op));
    assert_eq!(
        steps(vec![
            trigger(run(vec![RunMount::Secret(secret("a")), RunMount::Secret(secret("b"))], "x\ny")),
            trigger(Op::Env(vec![(env("A"), text("1")), (env("B"), text("2"))])),
        ]),
        "ONBUILD RUN --mount=type=secret,id=a,required=true \\\n    --mount=type=secret,id=b,required=true \\\n    \
         <<EOF\nx\ny\nEOF\n\nONBUILD ENV A=1 \\\n    B=2\n"
    );
    assert_eq!(
        refusal(&trigger(Op::Env(vec![(env("A"), text("b\nc"))]))),
        refusal(&Op::Env(vec![(env("A"), text("b\nc"))]))
    );
}

#[test]
fn the_rest_is_one_line_each() {
    assert_eq!(
        steps(vec![
            Op::StopSignal(text("SIGRTMIN+3")),
            Op::Volume(words(&["/a", "/b"])),
            Op::Volume(words(&["/a b", "/$c"])),
            Op::Maintainer(text("web \"<<EOF\" # $A")),
            Op::NoHealth,
        ]),
        "STOPSIGNAL SIGRTMIN+3\nVOLUME /a /b\nVOLUME [\"/a b\", \"/\\\\$c\"]\n\
         MAINTAINER web \"<<EOF\" # $A\nHEALTHCHECK NONE\n"
    );
    for (op, why) in [
        (Op::Maintainer(text("--a")), "`MAINTAINER` holds one line"),
        (Op::Maintainer(text("a\nRUN b")), "`MAINTAINER` holds one line"),
        (Op::Volume(words(&["/a "])), "`VOLUME` takes away white space"),
        (
            Op::File(InlineFile { flags: CopyFlags::default(), path: text("/a b"), content: text("") }),
            "the path of a file whose content is given",
        ),
        (
            Op::Copy(Copy {
                flags: CopyFlags { exclude: words(&["größe"]), ..CopyFlags::default() },
                ..Copy::new(None, words(&["a"]), text("/a"))
            }),
            "BuildKit garbles",
        ),
    ] {
        assert!(refusal(&op).unwrap().starts_with(why), "{op:?}");
    }
}

#[test]
fn directives_are_the_first_lines() {
    let directive = |kind, value: &str| Directive { kind, value: value.to_owned(), origin: origin() };
    let stages = vec![Stage {
        base: text("busybox:1.37"),
        platform: Some(variable("BUILDPLATFORM", VarOp::None)),
        name: None,
        steps: vec![Step::new(Op::NoHealth, origin())],
        origin: origin(),
    }];
    let directives = vec![
        directive(DirectiveKind::Syntax, "docker/dockerfile:1"),
        directive(DirectiveKind::Check, "skip=StageNameCasing,JSONArgsRecommended;error=true"),
    ];
    let text = printed(Dockerfile { directives, globals: Vec::new(), stages });
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[..3],
        ["# syntax=docker/dockerfile:1", "# check=skip=StageNameCasing,JSONArgsRecommended;error=true", ""]
    );
    assert!(lines[3].starts_with("# Made by stackc"));
    assert_eq!(lines[6..], ["FROM --platform=${BUILDPLATFORM} busybox:1.37", "HEALTHCHECK NONE"]);
}
