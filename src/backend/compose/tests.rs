//! docker-compose.yml as it is printed.

mod strings;

use std::path::PathBuf;

use super::*;
use crate::model::compose::{
    Build, Command, Condition, Context, Dependency, DockerfileRef, Entrypoint, Env, EnvValue, ExecPart,
    Grant, Health, LogRotation, Mount, MountSource, NamedContext, Published, Restart, Service,
};
use crate::model::image::ImageRef;
use crate::model::names::{
    EnvName, NetworkName, ProjectName, SecretName, ServiceName, StageName, VolumeName,
};
use crate::model::path::{ContainerPath, HostPath};
use crate::model::port::PortMapping;
use crate::model::scalar::Delay;
use crate::model::values::{Part, Scope, Text, Typed, Var, VarOp};
use crate::source::{At, Origins};

fn origin() -> Origin {
    Origins::default().by_default("test", None)
}

fn at<T>(value: T) -> At<T> {
    At::new(value, origin())
}

fn text(literal: &str) -> Text {
    Text::literal(literal, origin())
}

fn texts(words: &[&str]) -> Vec<Text> {
    words.iter().map(|word| text(word)).collect()
}

fn variable(name: &str, op: VarOp) -> Text {
    Text::variable(Var { scope: Scope::Compose, name: name.to_owned(), op, bare: false }, origin())
}

fn typed<T>(literal: &str, read: impl Fn(&str) -> Option<T>) -> Typed<T> {
    Typed { text: text(literal), value: Ok(read(literal).unwrap()) }
}

fn env(name: &str, value: EnvValue) -> Env {
    Env { name: at(EnvName::parse(name).unwrap()), value }
}

fn service(name: &str) -> Service {
    Service::new(at(ServiceName::parse(name).unwrap()))
}

fn secret_name(name: &str) -> SecretName {
    SecretName::parse(name).unwrap()
}

fn mount(source: MountSource, target: &str, read_only: bool) -> Mount {
    Mount {
        source,
        target: typed(target, ContainerPath::parse),
        read_only,
        existing: false,
        long: false,
        extra: Vec::new(),
        origin: origin(),
    }
}

fn stack(services: Vec<Service>) -> Compose {
    Compose {
        path: None,
        name: None,
        services,
        networks: Vec::new(),
        volumes: Vec::new(),
        secrets: Vec::new(),
        fields: Vec::new(),
        extra: Vec::new(),
    }
}

/// What is emitted below the header.
fn emitted(compose: &Compose) -> String {
    let layout = Layout {
        stack_dir: PathBuf::from("/p"),
        out_dir: PathBuf::from("/p/out"),
        stack_file: "../x.stack".to_owned(),
    };
    let artifact = emit(compose, &layout);
    assert_eq!(artifact.lines.len(), artifact.text.lines().count());
    artifact.text.splitn(4, '\n').nth(3).unwrap().to_owned()
}

/// The lines of the one service's keys.
fn keys(service: Service) -> String {
    let printed = emitted(&stack(vec![service]));
    printed.lines().skip(2).flat_map(|line| [line.strip_prefix("    ").unwrap_or(line), "\n"]).collect()
}

/// A database as the compiler makes one.
fn postgres() -> Service {
    let mut postgres = service("postgres");
    postgres.image = Some(typed("postgres:17.2", ImageRef::parse));
    postgres.environment = vec![
        env("POSTGRES_DB", EnvValue::Text(text("blog"))),
        env("POSTGRES_PASSWORD_FILE", EnvValue::SecretPath(secret_name("db_password"))),
        env("POSTGRES_INITDB_ARGS", EnvValue::Text(text("--cost=$5"))),
    ];
    postgres.secrets = vec![grant("db_password")];
    postgres.mounts = vec![mount(
        MountSource::Volume(VolumeName::parse("pgdata").unwrap()),
        "/var/lib/postgresql/data",
        false,
    )];
    postgres.networks = vec![at(NetworkName::parse("backend").unwrap())];
    postgres.restart = Some(at(Restart::UnlessStopped));
    postgres.health = Some(Health {
        test: Command::Shell(text("pg_isready -U \"$POSTGRES_DB\"")),
        interval: Some(typed("5s", Delay::parse)),
        timeout: None,
        start_period: Some(typed("1m30s", Delay::parse)),
        start_interval: None,
        retries: Some(at(5)),
        extra: Vec::new(),
        origin: origin(),
    });
    postgres
}

/// A service with nearly every key.
fn grant(name: &str) -> Grant {
    Grant { name: at(secret_name(name)), extra: Vec::new() }
}

fn web() -> Service {
    let mut web = service("web");
    web.build = Some(Build {
        context: at(Context::Host(HostPath::parse(".").unwrap())),
        dockerfile: at(DockerfileRef::Emitted("docker/web/Dockerfile".to_owned())),
        spelled: None,
        named_contexts: vec![(
            StageName::parse("app").unwrap(),
            at(NamedContext::Service(ServiceName::parse("django").unwrap())),
        )],
        args: vec![(EnvName::parse("TAG").unwrap(), variable("TAG", VarOp::Default("1.0".to_owned())))],
        secrets: vec![grant("token")],
        extra: Vec::new(),
        origin: origin(),
    });
    web.command = Some(at(Command::Exec(texts(&["nginx", "-g", "daemon off;"]))));
    web.user = Some(text("101:101"));
    web.init = Some(at(true));
    web.restart = Some(at(Restart::No));
    web.depends_on = vec![Dependency {
        service: at(ServiceName::parse("postgres").unwrap()),
        condition: at(Condition::Healthy),
        extra: Vec::new(),
    }];
    web.ports = vec![Published {
        mapping: typed("80:8080", |text| PortMapping::parse(text).ok()),
        extra: Vec::new(),
    }];
    web.mounts = vec![mount(MountSource::Host(typed("./conf", HostPath::parse)), "/etc/app", true)];
    web.tmpfs = texts(&["/tmp:size=64m"]);
    web.labels = vec![(text("a.b"), text("yes"))];
    web.read_only = Some(at(true));
    web.cap_drop = vec![at("ALL")];
    web.cap_add = vec![at("NET_BIND_SERVICE".to_owned())];
    web.security_opt = vec![at("no-new-privileges:true")];
    web.stop_grace_period = Some(typed("30s", Delay::parse));
    web.log_rotation = Some(at(LogRotation { max_size: "10m", max_file: "3" }));
    web
}

const A_STACK: &str = r#"name: blog

services:
  postgres:
    image: postgres:17.2
    restart: unless-stopped
    environment:
      POSTGRES_DB: blog
      POSTGRES_PASSWORD_FILE: /run/secrets/db_password
      POSTGRES_INITDB_ARGS: "--cost=$$5"
    secrets:
      - db_password
    volumes:
      - pgdata:/var/lib/postgresql/data
    networks:
      - backend
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -U \"$$POSTGRES_DB\""]
      interval: 5s
      start_period: 1m30s
      retries: 5

  web:
    build:
      context: ../
      dockerfile: out/docker/web/Dockerfile
      additional_contexts:
        app: service:django
      args:
        TAG: ${TAG:-1.0}
      secrets:
        - token
    command: ["nginx", "-g", "daemon off;"]
    user: "101:101"
    init: true
    restart: "no"
    depends_on:
      postgres:
        condition: service_healthy
    ports:
      - "80:8080"
    volumes:
      - ../conf:/etc/app:ro
    tmpfs:
      - /tmp:size=64m
    labels:
      a.b: "yes"
    read_only: true
    cap_drop:
      - ALL
    cap_add:
      - NET_BIND_SERVICE
    security_opt:
      - no-new-privileges:true
    stop_grace_period: 30s
    logging:
      driver: json-file
      options:
        max-size: 10m
        max-file: "3"

networks:
  backend:
    internal: true

volumes:
  pgdata:
  media:
    external: true

secrets:
  db_password:
    file: ../secrets/db
  token:
    environment: TOKEN
"#;

#[test]
fn a_stack_reads_from_top_to_bottom() {
    let compose = Compose {
        path: None,
        name: Some(at(ProjectName::parse("blog").unwrap())),
        services: vec![postgres(), web()],
        networks: vec![Network {
            name: at(NetworkName::parse("backend").unwrap()),
            internal: Some(origin()),
            external: None,
            extra: Vec::new(),
        }],
        volumes: vec![
            Volume { name: at(VolumeName::parse("pgdata").unwrap()), external: None, extra: Vec::new() },
            Volume {
                name: at(VolumeName::parse("media").unwrap()),
                external: Some(origin()),
                extra: Vec::new(),
            },
        ],
        secrets: vec![
            Secret {
                name: at(secret_name("db_password")),
                source: at(SecretSource::File(HostPath::parse("secrets/db").unwrap())),
                extra: Vec::new(),
            },
            Secret {
                name: at(secret_name("token")),
                source: at(SecretSource::Environment(EnvName::parse("TOKEN").unwrap())),
                extra: Vec::new(),
            },
        ],
        fields: Vec::new(),
        extra: Vec::new(),
    };
    assert_eq!(emitted(&compose), A_STACK);
}

#[test]
fn secrets_in_the_environment_pass_through_and_variables_say_what_is_missing() {
    let mut of = service("a");
    of.environment = vec![
        env("A", EnvValue::Pass),
        env("B", EnvValue::Plain { variable: EnvName::parse("HOST_B").unwrap() }),
        env("C", EnvValue::Text(variable("C", VarOp::Required("say which".to_owned())))),
    ];
    assert_eq!(
        keys(of),
        "environment:\n  A:\n  B: ${HOST_B:?export it where compose is started}\n  C: ${C:?say which}\n"
    );
}

#[test]
fn a_mount_is_short_unless_it_would_be_misread() {
    let host = |path: &str| MountSource::Host(typed(path, HostPath::parse));
    let mut of = service("a");
    of.mounts = vec![
        mount(host("a:b"), "/a", true),
        mount(MountSource::Volume(VolumeName::parse("d").unwrap()), "/d", false),
        mount(host("/var/run/docker.sock"), "/var/run/docker.sock", false),
    ];
    assert_eq!(
        keys(of),
        r"volumes:
  - type: bind
    source: ../a:b
    target: /a
    read_only: true
    bind:
      create_host_path: true
  - type: volume
    source: d
    target: /d
  - /var/run/docker.sock:/var/run/docker.sock
"
    );
}

#[test]
fn labels_with_variables_in_their_names_are_a_list() {
    let mut of = service("a");
    of.labels = vec![(variable("NAME", VarOp::None), text("$b"))];
    assert_eq!(keys(of), "labels:\n  - ${NAME}=$$b\n");
    let mut of = service("a");
    of.labels = vec![(text("$a"), text("$b"))];
    assert_eq!(keys(of), "labels:\n  $a: $$b\n");
}

#[test]
fn an_exporting_entrypoint_sets_what_compose_does_not() {
    let url = vec![
        ExecPart::Text(text("postgres://blog:")),
        ExecPart::Secret { name: secret_name("db"), encoded: true },
        ExecPart::Text(Text::from_parts(
            [Part::Lit("@".to_owned())]
                .into_iter()
                .chain(variable("HOST", VarOp::Default("db".to_owned())).parts),
            origin(),
        )),
    ];
    let mut of = service("a");
    of.environment = vec![env("URL", EnvValue::Exported(url)), env("A", EnvValue::Text(text("b")))];
    of.entrypoint =
        Some(Entrypoint::Exporting { then: texts(&["docker-entrypoint.sh"]), origins: vec![origin()] });
    of.command = Some(at(Command::Exec(texts(&["serve", "$x"]))));
    let printed = keys(of);
    assert!(
        printed.starts_with("entrypoint:\n  - /bin/sh\n  - \"-ec\"\n  - |\n    # Secrets are read"),
        "{printed}"
    );
    assert!(
        printed.ends_with(
            "    exec \"$$@\"\n  - sh\n  - docker-entrypoint.sh\ncommand: [\"serve\", \"$$x\"]\nenvironment:\n  A: b\n  \
             STACKC_TEXT_1: \"@${HOST:-db}\"\n"
        ),
        "{printed}"
    );
}

#[test]
fn every_line_knows_what_made_it() {
    let mut origins = Origins::default();
    let (a, b, c) =
        (origins.by_default("a", None), origins.by_default("b", None), origins.by_default("c", None));
    let mut of = Service::new(At::new(ServiceName::parse("a").unwrap(), a));
    of.environment = vec![Env {
        name: At::new(EnvName::parse("A").unwrap(), b),
        value: EnvValue::Text(Text::literal("x\ny", c)),
    }];
    let layout =
        Layout { stack_dir: PathBuf::from("/p"), out_dir: PathBuf::from("/p"), stack_file: "x".to_owned() };
    let artifact = emit(&stack(vec![of]), &layout);
    let made: Vec<_> = artifact.text.lines().zip(&artifact.lines).skip(3).collect();
    let expected = [
        ("services:", vec![a]),
        ("  a:", vec![a]),
        ("    environment:", vec![b, c]),
        ("      A: |-", vec![b, c]),
        ("        x", vec![b, c]),
        ("        y", vec![b, c]),
    ];
    assert_eq!(made, expected.iter().map(|(line, of)| (*line, of)).collect::<Vec<_>>());
}
