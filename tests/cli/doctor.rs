//! `stackc doctor`, with a `docker` that answers as the real one was recorded to: tests/engine/doctor.rs asks that one.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use super::{Desk, STACKC, Said, said};

/// Everything as it should be: what the engine, Compose, buildx, containers and images say.
const HEALTHY: &str = r#"
  version) echo '{"Client":{"Version":"28.5.2"},"Server":{"Version":"28.5.2","ApiVersion":"1.51"}}' ;;
  info) echo '{"SecurityOptions":["name=seccomp,profile=builtin"],"DockerRootDir":"/nowhere","OperatingSystem":"Debian"}' ;;
  compose) echo 2.40.3-3 ;;
  buildx) echo 'github.com/docker/buildx 0.29.1 0.29.1-4' ;;
  ps) ;;
  image) echo sha256:0 ;;
"#;

const HEALTHY_LINES: &str = "engine\n  ok       Docker Engine 28.5.2 answers at unix:///test.sock\n  ok       Compose \
                             2.40.3-3\n";

/// A desk with a `docker` that answers to its first argument as these branches of a `case` say, of which the first counts.
fn desk(branches: &str) -> Desk {
    let desk = Desk::empty();
    fs::create_dir(desk.path("bin")).unwrap();
    desk.write("bin/docker", format!("#!/bin/sh\ncase \"$1\" in\n{branches}\n{HEALTHY}\nesac\n"));
    fs::set_permissions(desk.path("bin/docker"), fs::Permissions::from_mode(0o755)).unwrap();
    desk
}

fn doctor(desk: &Desk, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
    let path = format!("{}:{}", desk.path("bin").display(), std::env::var("PATH").unwrap());
    let mut command = desk.command(STACKC, &["doctor"]);
    command.args(arguments).env("PATH", path).env("DOCKER_HOST", "unix:///test.sock");
    for name in ["DOCKER_CONTEXT", "COMPOSE_PROFILES", "COMPOSE_PROJECT_NAME"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    said(command.output().unwrap())
}

/// A stack that publishes a port.
fn publishing(port: u16) -> String {
    format!("stack demo\nservice web {{\n  image nginx:1.30\n  publish 127.0.0.1:{port}:80\n}}\n")
}

/// A port that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What is said of a stack with one published port, with the lines of the engine and of its ports.
fn expected(engine: &str, ports: &str, images: &str, summary: &str) -> String {
    format!("a.stack: project `demo`, 1 service\n\n{engine}ports\n{ports}images\n{images}\n{summary}\n")
}

const IMAGE_IS_HERE: &str = "  ok       nginx:1.30 for `web` is here\n";

#[test]
fn a_machine_with_everything_right_is_said_to_be_ready() {
    let desk = desk("");
    let port = free_port();
    desk.write("a.stack", publishing(port));
    let ports = format!("  ok       127.0.0.1:{port} for `web` is free\n");
    doctor(&desk, &[], &[]).says(&expected(HEALTHY_LINES, &ports, IMAGE_IS_HERE, "4 ok"));
    assert_eq!(desk.files(), ["bin/", "bin/docker"].map(|name| name.trim_end_matches('/').to_owned())[1..]);
}

#[test]
fn four_reasons_for_silence_have_four_answers() {
    let port = free_port();
    let ports = format!("  ok       127.0.0.1:{port} for `web` is free\n");
    let unknown = "  unknown  without an engine nobody knows whether these are there: nginx:1.30\n";
    let stopped = r#"version) echo '{"Client":{"Version":"28.5.2"},"Server":null}'
        echo 'Cannot connect to the Docker daemon at unix:///test.sock. Is the docker daemon running?' >&2; exit 1 ;;"#;
    let stopped_29 = "version) echo 'failed to connect to the docker API at unix:///test.sock; check if the path is correct \
                      and if the daemon is running: dial unix /test.sock: connect: no such file or directory' >&2; exit 1 ;;";
    let closed = "version) echo 'permission denied while trying to connect to the Docker daemon socket at \
                  unix:///test.sock: Get \"http://%2Ftest.sock/v1.51/version\": dial unix /test.sock: connect: permission \
                  denied' >&2; exit 1 ;;";
    let confused = "version) echo 'context \"x\": context not found' >&2; exit 1 ;;";
    let not_running = "  problem  no engine answers at unix:///test.sock: it is not running\n           help: `sudo systemctl start \
                       docker`, or start Docker Desktop; if another engine is meant,\n                 see DOCKER_HOST and \
                       `docker context ls`\n";
    for (branch, problem) in [
        (stopped, not_running),
        (stopped_29, not_running),
        (
            closed,
            "  problem  this user may not talk to the engine at unix:///test.sock\n           note: whoever may is as good as root on \
             this machine\n           help: `sudo usermod -aG docker $USER` and log in again, or use `sudo`, or rootless \
             Docker\n",
        ),
        (
            confused,
            "  problem  no engine answers at unix:///test.sock\n           note: docker says: context \"x\": context not \
             found\n           help: `docker version` must succeed; see DOCKER_HOST and `docker context ls`\n",
        ),
    ] {
        let desk = desk(branch);
        desk.write("a.stack", publishing(port));
        let said = doctor(&desk, &[], &[]);
        let engine = format!("engine\n{problem}  ok       Compose 2.40.3-3\n");
        assert_eq!(said.out, expected(&engine, &ports, unknown, "1 problem, 1 unknown, 2 ok"));
        assert_eq!(said.code, 1);
    }
    let desk = desk("");
    desk.write("a.stack", publishing(port));
    let said = doctor(&desk, &[], &[("PATH", "/nowhere")]);
    let engine = "engine\n  problem  there is no program `docker`\n           help: install Docker Engine: \
                  https://docs.docker.com/engine/install/\n";
    assert_eq!((said.code, said.out), (1, expected(engine, &ports, unknown, "1 problem, 1 unknown, 1 ok")));
}

#[test]
fn an_engine_that_hangs_is_not_waited_for() {
    // A plug-in is a child that holds the pipe open.
    let desk = desk("version) sleep 60 & sleep 60 ;;");
    desk.write("a.stack", publishing(free_port()));
    let start = Instant::now();
    let said = doctor(&desk, &["--timeout", "1"], &[]);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert_eq!(said.code, 1);
    assert!(
        said.out.contains(
            "  problem  the engine at unix:///test.sock does not answer within 1 s\n           help: it hangs, or is \
             starting: `sudo systemctl status docker`;"
        ),
        "{}",
        said.out
    );
}

#[test]
fn versions_are_compared_with_what_the_deployment_uses() {
    let old = r#"version) echo '{"Server":{"Version":"24.0.7","ApiVersion":"1.43"}}' ;;
        compose) echo v2.32.4 ;;
        buildx) echo 'github.com/docker/buildx v0.12.1 30feaa1' ;;"#;
    let desk = desk(old);
    desk.write("Dockerfile", "FROM nginx:1.30\n");
    desk.write(
        "docker-compose.yml",
        "name: demo\nservices:\n  base:\n    build: .\n  app:\n    build:\n      context: .\n      additional_contexts:\n        \
         base: service:base\n    healthcheck:\n      test: [\"CMD\", \"true\"]\n      start_interval: 1s\n",
    );
    let said = doctor(&desk, &["--compose", "docker-compose.yml"], &[]);
    assert_eq!(said.code, 1);
    assert_eq!(
        said.out,
        "docker-compose.yml: project `demo`, 2 services\n\nengine\n  problem  Docker Engine 24.0.7 answers at unix:///test.sock, and \
         `healthcheck.start_interval` of\n           `app` needs 25.0.0\n           help: install a newer Docker Engine: \
         https://docs.docker.com/engine/install/\n  problem  Compose 2.32.4 is too old: `service:` in \
         `build.additional_contexts` of `app` needs\n           2.33.0\n           help: install the package docker-compose-plugin (of \
         Debian and Ubuntu docker-compose):\n                 https://docs.docker.com/compose/install/\n  ok       buildx \
         0.12.1\nimages\n  ok       nginx:1.30 for the build of `base` is here\nfiles\n  ok       this folder (build context) is \
         there\n\n2 problems, 3 ok\n"
    );
    // Newer releases of Compose build with buildx alone.
    let strict = "buildx) echo 'github.com/docker/buildx v0.12.1 30feaa1' ;;";
    for (branch, line) in [
        (strict, "  problem  buildx 0.12.1 is too old: this Compose builds with 0.17.0 or later\n"),
        (
            "buildx) echo \"docker: 'buildx' is not a docker command.\" >&2; exit 1 ;;",
            "  problem  `docker buildx` is not there, and images are to be built\n",
        ),
        (
            "compose) echo \"docker: 'compose' is not a docker command.\" >&2; exit 1 ;;",
            "  problem  `docker compose` is not there\n",
        ),
    ] {
        let other = self::desk(branch);
        other.write("Dockerfile", "FROM nginx:1.30\n");
        other.write("docker-compose.yml", "services:\n  app:\n    build: .\n");
        let said = doctor(&other, &["--compose", "docker-compose.yml"], &[]);
        assert!(said.code == 1 && said.out.contains(line), "{}", said.out);
    }
}

#[test]
fn a_port_that_a_process_has_is_named_with_the_process() {
    let desk = desk("");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    desk.write("a.stack", publishing(port));
    let (own, name) = (std::process::id(), fs::read_to_string("/proc/self/comm").unwrap());
    let process = fs::read_to_string(format!("/proc/{own}/comm")).unwrap_or(name);
    let said = doctor(&desk, &[], &[]);
    let ports = format!(
        "  problem  127.0.0.1:{port} for `web` is taken by the process {own} (`{}`)\n           help: `ps -fp {own}` says what it \
         is: stop it, or publish another port\n",
        process.trim()
    );
    assert_eq!((said.code, said.out), (1, expected(HEALTHY_LINES, &ports, IMAGE_IS_HERE, "1 problem, 3 ok")));
    drop(taken);
    assert_eq!(doctor(&desk, &[], &[]).code, 0);
}

#[test]
fn a_port_is_taken_in_its_protocol_and_at_its_address_alone() {
    let desk = desk("");
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let tcp = TcpListener::bind("127.0.0.2:0").unwrap();
    let (udp_port, tcp_port) = (udp.local_addr().unwrap().port(), tcp.local_addr().unwrap().port());
    desk.write(
        "compose.yaml",
        format!(
            "services:\n  web:\n    image: nginx:1.30\n    ports:\n      - 127.0.0.1:{udp_port}:80/udp\n      - \
             127.0.0.1:{udp_port}:80\n      - 127.0.0.1:{tcp_port}:81\n      - \"{tcp_port}:82\"\n"
        ),
    );
    let said = doctor(&desk, &["--compose", "compose.yaml"], &[]);
    assert!(
        said.out.contains(&format!("problem  127.0.0.1:{udp_port}/udp for `web` is taken by")),
        "{}",
        said.out
    );
    assert!(said.out.contains(&format!("ok       127.0.0.1:{udp_port} for `web` is free")), "{}", said.out);
    assert!(said.out.contains(&format!("ok       127.0.0.1:{tcp_port} for `web` is free")), "{}", said.out);
    assert!(said.out.contains(&format!("problem  {tcp_port} for `web` is taken by")), "{}", said.out);
}

#[test]
fn a_port_that_a_container_has_is_named_with_the_container() {
    let port = free_port();
    let row = |name: &str, project: &str, folder: &str| {
        format!(
            "ps) echo '{{\"name\":\"{name}\",\"project\":\"{project}\",\"folder\":\"{folder}\",\"ports\":\"0.0.0.0:{port}->80/tcp, \
             [::]:{port}->80/tcp\"}}' ;;"
        )
    };
    for (branch, lines, code) in [
        (
            row("shop-web-1", "shop", "/nowhere"),
            format!(
                "  problem  127.0.0.1:{port} for `web` is taken by the container `shop-web-1` of the project `shop`\n           help: \
                 `docker stop shop-web-1` frees it, or publish another port\n"
            ),
            1,
        ),
        (
            row("old", "", ""),
            format!(
                "  problem  127.0.0.1:{port} for `web` is taken by the container `old`\n           help: `docker stop old` frees \
                 it, or publish another port\n"
            ),
            1,
        ),
        (
            row("demo-web-1", "demo", ""),
            format!(
                "  ok       127.0.0.1:{port} for `web` is held by `demo-web-1` of this project\n           note: `docker compose \
                 up` replaces it where something has changed\n"
            ),
            0,
        ),
        (
            row("demo-web-1", "demo", "/"),
            format!(
                "  warning  a project `demo` of the folder / is running\n           note: `docker compose up` here would replace its \
                 containers\n           help: give this one another name: `docker compose -p NAME up`\n  ok       127.0.0.1:{port} \
                 for `web` is held by `demo-web-1` of this project\n           note: `docker compose up` replaces it where \
                 something has changed\n"
            ),
            1,
        ),
    ] {
        let desk = desk(&branch);
        desk.write("a.stack", publishing(port));
        let said = doctor(&desk, &[], &[]);
        assert!(said.out.contains(&format!("ports\n{lines}images\n")), "{}", said.out);
        assert_eq!(said.code, code);
    }
}

#[test]
fn a_rootless_engine_may_not_take_low_ports() {
    let desk = desk("info) echo '{\"SecurityOptions\":[\"name=rootless\"]}' ;;");
    let first: u16 =
        fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap().trim().parse().unwrap();
    desk.write("a.stack", "stack demo\nservice web {\n  image nginx:1.30\n  publish 127.9.9.9:81:80\n}\n");
    let said = doctor(&desk, &[], &[]);
    let line = format!("a rootless engine may not take ports below {first}\n");
    assert_eq!(said.out.contains(&line), first > 81, "{}", said.out);
    assert!(said.out.contains("answers at unix:///test.sock, rootless\n"), "{}", said.out);
}

const SECRETS: &str = "stack demo\nsecret db { file ./secrets/db }\nsecret key { env API_KEY }\nservice web {\n  image \
                       nginx:1.30\n  env {\n    DB_FILE secret.db.path\n    KEY_FILE secret.key.path\n  }\n}\n";

/// The lines under a heading.
fn group(said: &Said, name: &str) -> String {
    let (_, rest) =
        said.out.split_once(&format!("\n{name}\n")).unwrap_or_else(|| panic!("{}{}", said.out, said.err));
    rest.split_inclusive('\n').take_while(|line| line.starts_with(' ')).collect()
}

#[test]
fn a_missing_secret_is_named_with_the_command_that_makes_it() {
    let desk = desk("");
    desk.write("a.stack", SECRETS);
    let said = doctor(&desk, &["a.stack"], &[]);
    assert_eq!(said.code, 1);
    assert_eq!(
        group(&said, "secrets"),
        "  problem  `db`: secrets/db does not exist\n           help: `stackc secret init a.stack` makes it with a random value; or \
         write the value into\n                 it\n  problem  `key`: the variable API_KEY is not set\n           help: `export API_KEY=...` before \
         `docker compose up`, or a line in `.env`\n"
    );
    desk.run(&["secret", "init"]);
    let word = format!("hun{}", "ter2");
    let said = doctor(&desk, &[], &[("API_KEY", word.as_str())]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(
        group(&said, "secrets"),
        "  ok       `db`: secrets/db is there\n  ok       `key`: the variable API_KEY is set\n"
    );
    assert!(!said.out.contains(&word) && !said.out.contains(&desk.read("secrets/db")));
}

#[test]
fn a_secret_that_cannot_be_used_is_told_apart() {
    let desk = desk("");
    desk.write("a.stack", SECRETS);
    desk.write(".env", "API_KEY=x\n");
    let secret = desk.path("secrets/db");
    let check = |line: &str, code: i32| {
        let said = doctor(&desk, &[], &[]);
        let lines = group(&said, "secrets");
        assert!(lines.starts_with(line), "{lines}");
        assert!(lines.ends_with("  ok       `key`: the variable API_KEY is set\n"), "{lines}");
        assert_eq!(said.code, code);
    };
    fs::create_dir_all(&secret).unwrap();
    check(
        "  problem  `db`: secrets/db is a folder\n           note: Docker makes one where a mount finds no file\n",
        1,
    );
    fs::remove_dir(&secret).unwrap();
    fs::set_permissions(desk.path("secrets"), fs::Permissions::from_mode(0o700)).unwrap();
    desk.write("secrets/db", "");
    check("  problem  `db`: secrets/db is empty\n", 1);
    desk.write("secrets/db", "word\n");
    check(
        "  ok       `db`: secrets/db is there\n           note: it ends in a line break, which most programs take off, and some take \
         for a part of\n                 the value\n",
        0,
    );
    // Everybody can look into the folder, and into those above it.
    fs::set_permissions(desk.path("secrets"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(desk.path("."), fs::Permissions::from_mode(0o755)).unwrap();
    check(
        "  warning  `db`: secrets/db can be read by every user of this machine (mode 644)\n           help: `chmod 700 secrets`: a \
         container may need the mode of the file, and the folder\n                 keeps others away\n",
        1,
    );
}

#[test]
fn a_certificate_that_cannot_be_used_is_told_apart() {
    let desk = desk("");
    desk.write(
        "a.stack",
        "secret pem { file ./secrets/tls.pem }\nsecret key { file ./secrets/tls.key }\nproxy web {\n  image nginx:1.30\n  \
         tls { certificate secret.pem; key secret.key }\n  site example.org { respond / 204 }\n}\n",
    );
    let lines = || group(&doctor(&desk, &[], &[]), "secrets");
    let missing = lines();
    assert!(missing.contains("`openssl req -x509 ") && !missing.contains("random"), "{missing}");
    fs::create_dir(desk.path("secrets")).unwrap();
    let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
    desk.write("secrets/tls.pem", block("PRIVATE KEY"));
    desk.write("secrets/tls.key", block("ENCRYPTED PRIVATE KEY"));
    fs::set_permissions(desk.path("secrets"), fs::Permissions::from_mode(0o700)).unwrap();
    let swapped = lines();
    assert!(swapped.contains("problem  `pem`: secrets/tls.pem holds no certificate in PEM"), "{swapped}");
    assert!(swapped.contains("problem  `key`: secrets/tls.key is locked with a password"), "{swapped}");
    desk.write("secrets/tls.pem", block("CERTIFICATE"));
    desk.write("secrets/tls.key", block("EC PRIVATE KEY"));
    assert_eq!(
        lines(),
        "  ok       `pem`: secrets/tls.pem is there\n  ok       `key`: secrets/tls.key is there\n"
    );
}

#[test]
fn images_that_cannot_be_had_are_told_from_those_nobody_could_ask_for() {
    let missing = "image) echo 'Error: No such image' >&2; exit 1 ;;\n";
    let answer = |manifest: &str| format!("{missing}manifest) {manifest} ;;");
    for (branch, lines, code) in [
        (answer("echo '{}'"), "  ok       nginx:1.30 for `web` is not here, and its registry has it\n", 0),
        (
            answer("echo 'no such manifest: docker.io/library/nginx:1.30' >&2; exit 1"),
            "  problem  nginx:1.30 for `web` is not here, and its registry has no such image\n           help: correct the name or \
             the tag\n",
            1,
        ),
        (
            answer(
                "echo 'errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required\n' >&2; exit 1",
            ),
            "  problem  nginx:1.30 for `web` is not here, and its registry does not hand it out\n           note: there is no such \
             image, or only who is known may have it\n           help: correct the name, or `docker login`\n",
            1,
        ),
        (
            answer(
                "echo 'failed to configure transport: error pinging v2 registry: Get \"https://registry.example/v2/\": dial tcp: lookup registry.example: no such host' >&2; exit 1",
            ),
            "  unknown  nginx:1.30 for `web` is not here, and its registry cannot be asked: dial tcp: lookup\n           \
             registry.example: no such host\n           help: `docker pull nginx:1.30` once the registry can be reached\n",
            0,
        ),
    ] {
        let desk = desk(&branch);
        desk.write("a.stack", publishing(free_port()));
        let said = doctor(&desk, &[], &[]);
        assert_eq!((group(&said, "images").as_str(), said.code), (lines, code));
    }
}

#[test]
fn images_are_those_that_nothing_here_builds() {
    let desk = desk("");
    desk.write(
        "Dockerfile",
        "ARG BASE=python:3.14-slim\nFROM unused:1 AS unused\nFROM ${BASE} AS first\nCOPY --from=uv:1 /uv /uv\nCOPY --from=assets \
         / /\nFROM first\n",
    );
    desk.write(
        "compose.yaml",
        "name: demo\nservices:\n  app:\n    image: mine:1\n    build:\n      context: .\n      additional_contexts:\n        assets: \
         .\n  worker:\n    image: mine:1\n  db:\n    image: postgres:${PG:-18}\n  debug:\n    image: adminer:5\n    profiles: \
         [debug]\n",
    );
    let said = doctor(&desk, &["--compose", "compose.yaml"], &[]);
    assert_eq!(
        group(&said, "images"),
        "  ok       postgres:18 for `db` is here\n  ok       python:3.14-slim for the build of `app` is here\n  ok       uv:1 for the build \
         of `app` is here\n"
    );
    let said = doctor(&desk, &["--compose", "compose.yaml"], &[("PG", "17"), ("COMPOSE_PROFILES", "debug")]);
    assert!(
        group(&said, "images")
            .starts_with("  ok       adminer:5 for `debug` is here\n  ok       postgres:17"),
        "{}",
        said.out
    );
}

#[test]
fn variables_without_a_value_are_named() {
    let desk = desk("");
    desk.write(
        "compose.yaml",
        "services:\n  web:\n    image: nginx:${TAG:-1.30}\n    environment:\n      A: ${MUST:?set it}\n      B: ${MAY}\n      C: \
         ${FROM_FILE}\n",
    );
    desk.write(".env", "FROM_FILE=x\n");
    let said = doctor(&desk, &["--compose", "compose.yaml"], &[]);
    assert_eq!(
        (said.code, group(&said, "variables").as_str()),
        (
            1,
            "  warning  MAY has no value: compose puts nothing in its place\n           help: `MAY=...` in `.env`, or `export \
             MAY=...`\n  problem  MUST must have a value: compose starts nothing without it\n           help: `MUST=...` in `.env`, \
             or `export MUST=...`\n"
        )
    );
    let said = doctor(&desk, &["--compose", "compose.yaml"], &[("MUST", "secret"), ("MAY", "")]);
    assert_eq!(
        (said.code, group(&said, "variables").as_str()),
        (0, "  ok       FROM_FILE, MAY, MUST, TAG have values or defaults\n")
    );
    assert!(!said.out.contains("secret"));
}

#[test]
fn files_that_are_missing_are_named() {
    let desk = desk("");
    desk.write(
        "Dockerfile",
        "FROM nginx:1.30\nCOPY requirements.txt *.md /app/\nRUN --mount=type=bind,source=setup.sh true\n",
    );
    desk.write(
        "compose.yaml",
        "services:\n  app:\n    build:\n      context: .\n      additional_contexts:\n        assets: ./dist\n    env_file:\n      - \
         app.env\n      - path: more.env\n        required: false\n    volumes:\n      - ./data:/data\n  other:\n    build: ./other\n",
    );
    let said = doctor(&desk, &["--compose", "compose.yaml"], &[]);
    assert_eq!(said.code, 1);
    assert_eq!(
        group(&said, "files"),
        "  ok       this folder (build context) is there\n  problem  dist (build context) does not exist\n           help: make it, \
         `mkdir -p dist`, or correct the path\n  problem  Dockerfile: requirements.txt, which it copies, does not exist\n           \
         help: make it, or correct the path\n  problem  Dockerfile: setup.sh, which it copies, does not exist\n           help: make \
         it, or correct the path\n  problem  app.env (variables of `app`) does not exist\n           help: write it; many projects \
         have an example beside it: `ls -a`\n  warning  data (mounted into `app`) does not exist\n           note: Docker makes an \
         empty folder of root in its place, also where a file is meant\n           help: make it, or correct the path\n  problem  \
         other (build context) does not exist\n           help: make it, `mkdir -p other`, or correct the path\n  problem  \
         other/Dockerfile (Dockerfile) does not exist\n           help: write it, or correct the path\n"
    );
}

#[test]
fn the_static_files_of_a_stack_must_be_there() {
    let desk = desk("");
    desk.write(
        "a.stack",
        "stack demo\nproxy web {\n  image nginx:1.30\n  publish 127.9.9.9:8080:80\n  site example.org {\n    static / from \
         ./public\n  }\n}\n",
    );
    let said = doctor(&desk, &[], &[]);
    let line = "  problem  public (static files) does not exist\n           help: make it, `mkdir -p public`, or correct the path\n";
    assert!(said.code == 1 && group(&said, "files").contains(line), "{}", said.out);
    fs::create_dir(desk.path("public")).unwrap();
    let said = doctor(&desk, &[], &[]);
    assert!(group(&said, "files").starts_with("  ok       public (static files) is there\n"), "{}", said.out);
}

#[test]
fn what_another_machine_has_is_not_looked_for_here() {
    let desk = desk("");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    desk.write("a.stack", publishing(port));
    let said = doctor(&desk, &[], &[("DOCKER_HOST", "ssh://far.example")]);
    assert_eq!(said.code, 0);
    assert!(said.out.contains("  unknown  the engine is on another machine\n"), "{}", said.out);
    assert!(said.out.contains(&format!("127.0.0.1:{port} for `web` is free\n")), "{}", said.out);
}

#[test]
fn a_stack_file_with_a_mistake_is_not_looked_at() {
    let desk = desk("");
    desk.write("a.stack", "stack demo\nservice web {\n  imag nginx\n}\n");
    let said = doctor(&desk, &[], &[]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("; nothing was looked at\n"), "{}", said.err);
    desk.write("compose.yaml", "services: [\n");
    let said = doctor(&desk, &["--compose", "compose.yaml"], &[]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    let said = doctor(&desk, &["--compose", "none.yaml"], &[]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_eq!(doctor(&desk, &["a.stack", "--compose", "compose.yaml"], &[]).code, 3);
    assert_eq!(doctor(&desk, &["--timeout", "0"], &[]).code, 3);
}

/// A stack whose build asks an agent, or is handed what this says.
fn fetching(kept: &str) -> String {
    format!(
        "stack demo\nsecret deploy_key {{ {kept} }}\nservice app {{\n  build {{\n    base nginx:1.30\n    run \"ssh -T \
         git@example.org\" {{ ssh deploy_key }}\n  }}\n  command true\n}}\n"
    )
}

/// An agent that holds so many keys, for one question.
fn agent(desk: &Desk, keys: u8) -> String {
    use std::io::{Read as _, Write as _};
    let socket = desk.path("agent");
    drop(fs::remove_file(&socket));
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    std::thread::spawn(move || {
        let (mut asked, _) = listener.accept().unwrap();
        asked.read_exact(&mut [0; 5]).unwrap();
        asked.write_all(&[0, 0, 0, 5, 12, 0, 0, 0, keys]).unwrap();
    });
    socket.display().to_string()
}

#[test]
fn a_build_that_logs_in_needs_an_agent_with_a_key() {
    let desk = desk("");
    desk.write("a.stack", fetching("ssh-agent"));
    let line = |variables: &[(&str, &str)]| {
        let said = doctor(&desk, &[], variables);
        let (_, secrets) = said.out.split_once("secrets\n").expect("there is a group of secrets");
        (secrets.lines().next().unwrap().to_owned(), said.code)
    };
    let is = |said: (String, i32), what: &str, code: i32| assert_eq!(said, (format!("  {what}"), code));
    let unset = "problem  the build of `app` asks an agent of ssh, and SSH_AUTH_SOCK is not set";
    is(line(&[("SSH_AUTH_SOCK", "")]), unset, 1);
    let what = "the agent of ssh for the build of `app`";
    is(
        line(&[("SSH_AUTH_SOCK", "/nowhere/agent")]),
        &format!("problem  {what} cannot be asked at /nowhere/agent: there is no"),
        1,
    );
    is(line(&[("SSH_AUTH_SOCK", &agent(&desk, 0))]), &format!("problem  {what} holds no key"), 1);
    is(line(&[("SSH_AUTH_SOCK", &agent(&desk, 1))]), &format!("ok       {what} holds a key"), 0);
    is(line(&[("SSH_AUTH_SOCK", &agent(&desk, 3))]), &format!("ok       {what} holds 3 keys"), 0);
}

#[test]
fn a_key_in_a_file_or_in_another_agent_is_looked_for_where_it_is_said_to_be() {
    let desk = desk("");
    desk.write("a.stack", fetching("ssh-key ./ssh/deploy"));
    let said = doctor(&desk, &[], &[]);
    let missing = "  problem  `deploy_key`: ssh/deploy does not exist\n           help: put the key there, or make one: \
                   `ssh-keygen -t ed25519 -N '' -f ssh/deploy`\n";
    assert!(said.code == 1 && said.out.contains(missing), "{}", said.out);
    fs::create_dir(desk.path("ssh")).unwrap();
    desk.write("ssh/deploy", "key\n");
    fs::set_permissions(desk.path("ssh/deploy"), fs::Permissions::from_mode(0o600)).unwrap();
    let said = doctor(&desk, &[], &[]);
    assert!(
        said.code == 0 && said.out.contains("  ok       `deploy_key`: ssh/deploy is there\n"),
        "{}",
        said.out
    );
    desk.write("a.stack", fetching("ssh-agent DEPLOY_SOCK"));
    let said = doctor(&desk, &[], &[("DEPLOY_SOCK", &agent(&desk, 1))]);
    let held = "  ok       the agent `deploy_key` for the build of `app` holds a key\n";
    assert!(said.code == 0 && said.out.contains(held), "{}", said.out);
}
