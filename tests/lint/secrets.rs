//! What the rules on secrets find in hand-written projects, and what keeps them silent.

use stackc::handwritten::check_memory;
use stackc::project::host::Memory;
use stackc::render::{Look, terminal};

use super::project::found;

/// What the rules on secrets find in a compose file.
#[track_caller]
fn in_compose(text: &str) -> Vec<String> {
    secrets(&[("docker-compose.yml", text)])
}

/// What they find in a Dockerfile.
#[track_caller]
fn in_dockerfile(text: &str) -> Vec<String> {
    secrets(&[("Dockerfile", text)])
}

#[track_caller]
fn secrets(files: &[(&str, &str)]) -> Vec<String> {
    let all = found(files, &[]);
    all.into_iter().filter(|one| one.contains(" secret-")).collect()
}

/// A token that has the shape of one and is nobody's.
fn token() -> String {
    let alphabet: Vec<char> = ('a'..='z').chain('0'..='9').collect();
    let letters: String =
        (0..36).map(|index: usize| alphabet[(index * 7 + index * index * 3) % 36]).collect();
    format!("gh{}_{letters}", "p")
}

#[test]
fn a_literal_under_the_name_of_a_secret_is_found_whatever_it_looks_like() {
    let compose = "\
services:
  app:
    image: example.org/app:1
    build:
      context: .
      args:
        NPM_TOKEN: yourtokenhere
    environment:
      SECRET_KEY: yourkeyhere
      DB_PASSWORD_FILE: /run/secrets/x
      JWT_PUBLIC_KEY: abc
      KEY_ALIAS: abc
      SECRET_VERSION: abc
      API_TOKEN: ${API_TOKEN}
      OTHER_TOKEN: ''
      USE_TOKEN: yes
    labels:
      - auth.token=abc-def
    volumes: ['secrets:/run/secrets']
volumes:
  secrets:
";
    assert_eq!(
        in_compose(compose),
        [
            "docker-compose.yml:7 secret-literal",
            "docker-compose.yml:9 secret-literal",
            "docker-compose.yml:18 secret-literal"
        ]
    );
    let dockerfile = "\
FROM debian:13
ARG NPM_TOKEN=abc
ARG OTHER_TOKEN
ENV AWS_ACCESS_KEY yourkeyhere
ENV A=1 API_KEY=\"two words\" B_PASSWORD=$B
CMD [\"redis-server\", \"--requirepass\", \"abc-def\"]
RUN mysql --password=\"$PW\" --password-file=x
";
    assert_eq!(
        in_dockerfile(dockerfile),
        [
            "Dockerfile:2 secret-literal",
            "Dockerfile:3 secret-in-build-argument",
            "Dockerfile:4 secret-literal",
            "Dockerfile:5 secret-literal",
            "Dockerfile:6 secret-literal"
        ]
    );
}

#[test]
fn a_password_that_everybody_tries_is_told_as_such_and_once() {
    let compose = "\
services:
  queue:
    image: rabbitmq:4
    environment:
      - RABBITMQ_DEFAULT_PASS=guest
  db:
    image: postgres:18
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: shop
  other:
    image: postgres:18
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: long-and-made-up
";
    assert_eq!(
        in_compose(compose),
        [
            "docker-compose.yml:5 secret-default-credentials",
            "docker-compose.yml:10 secret-default-credentials",
            "docker-compose.yml:15 secret-literal"
        ]
    );
}

#[test]
fn a_default_in_a_variable_is_found_once_for_all_places() {
    let compose = "\
services:
  app:
    image: example.org/app:1
    environment:
      API_TOKEN: ${API_TOKEN:-abc-def}
      DATABASE_URL: postgres://${DB_USER:-a}:${DB_PASSWORD-xyz}@db/x
      PLAIN: ${PLAIN:-abc}
      EMPTY_TOKEN: ${EMPTY_TOKEN:-}
      MUST_TOKEN: ${MUST_TOKEN:?}
    command: serve ${API_TOKEN:-abc-def}
";
    assert_eq!(
        in_compose(compose),
        ["docker-compose.yml:5 secret-default-value", "docker-compose.yml:6 secret-default-value"]
    );
}

#[test]
fn a_password_in_a_url_is_found_in_variables_and_in_commands() {
    let compose = "\
services:
  app:
    image: example.org/app:1
    environment:
      A_URL: postgres://a:b-c@db/x
      B_URL: postgres://a:${B}@db/x
      C_URL: postgres://db/x
      D_URL: ${D_URL:-amqp://a:b-c@queue}
    command: [serve, '--broker=amqp://u:p-w@queue//']
";
    assert_eq!(
        in_compose(compose),
        [
            "docker-compose.yml:5 secret-url",
            "docker-compose.yml:8 secret-url",
            "docker-compose.yml:9 secret-url"
        ]
    );
    let dockerfile = "FROM debian:13\nRUN pip install \\\n  --index-url https://a:b-c@example.org/simple x\nRUN git clone https://$U:$P@example.org/x\n";
    assert_eq!(in_dockerfile(dockerfile), ["Dockerfile:3 secret-url"]);
}

#[test]
fn a_token_is_known_by_its_shape_and_told_once() {
    let token = token();
    let dockerfile = format!(
        "FROM debian:13\nENV A_TOKEN={token}\nENV A_NAME={token}\nRUN <<END\ncurl -H 'X: {token}'\nEND\n# {token}\n"
    );
    assert_eq!(
        in_dockerfile(&dockerfile),
        [
            "Dockerfile:2 secret-literal",
            "Dockerfile:3 secret-shape",
            "Dockerfile:5 secret-shape",
            "Dockerfile:7 secret-shape"
        ]
    );
    let nginx = format!("http {{ server {{ location / {{ proxy_set_header X-Key {token}; }} }} }}\n");
    assert_eq!(secrets(&[("nginx.conf", &nginx)]), ["nginx.conf:1 secret-shape"]);
}

#[test]
fn an_env_file_counts_where_git_takes_it() {
    let compose = "services:\n  app:\n    image: example.org/app:1\n    env_file: app.env\n";
    let env = "# A_TOKEN=x\nA=1\nA_TOKEN=abc-def\nA_URL=amqp://a:b-c@queue\n";
    let files = [("docker-compose.yml", compose), ("app.env", env)];
    assert_eq!(secrets(&files), [""; 0]);
    let in_git = [files[0], files[1], (".git/HEAD", "")];
    assert_eq!(secrets(&in_git), ["app.env:3 secret-in-env-file"]);
    let ignored = [in_git[0], in_git[1], in_git[2], (".gitignore", "app.env\n")];
    assert_eq!(secrets(&ignored), [""; 0]);
}

#[test]
fn a_key_that_reaches_a_layer_is_found_by_its_name_or_in_its_folder() {
    let dockerfile = "\
FROM debian:13 AS build
COPY id_rsa /x
FROM debian:13
COPY id_rsa server.key /root/.ssh/
COPY id_rsa.pub ca.pem .env.example src /app/
COPY --from=build /root/.ssh/id_rsa /x
ADD ssh/* /root/.ssh/
";
    assert_eq!(
        in_dockerfile(dockerfile),
        [
            "Dockerfile:4 secret-key-copied",
            "Dockerfile:4 secret-key-copied",
            "Dockerfile:7 secret-key-copied"
        ]
    );
    let all = [
        ("Dockerfile", "FROM debian:13\nCOPY . /app\n"),
        ("deploy/id_ed25519", "x"),
        (".env", "A_TOKEN=abc-def\n"),
    ];
    assert_eq!(secrets(&all), ["Dockerfile:2 secret-key-copied"]);
    let ignored = [all[0], all[1], all[2], (".dockerignore", "deploy\n.env\n")];
    assert_eq!(secrets(&ignored), [""; 0]);
    let harmless = [all[0], (".env", "LOG_LEVEL=info\n"), ("ssh/known_hosts", ""), ("tls/cert.pem", "")];
    assert_eq!(secrets(&harmless), [""; 0]);
    // The env file need not be on this machine.
    let compose = "services:\n  app:\n    build: .\n    env_file: .env\n";
    assert_eq!(secrets(&[all[0], ("docker-compose.yml", compose)]), ["Dockerfile:2 secret-key-copied"]);
}

#[test]
fn later_steps_copy_a_key_again_or_only_hide_it() {
    let dockerfile = "\
FROM debian:13 AS base
WORKDIR /root
ADD ssh/ .ssh/
RUN apt-get update && \\
    chmod -R 600 ~/.ssh && chmod 755 /usr/local/bin/x
RUN rm /root/.ssh/known_hosts
RUN rm -rf /var/lib/apt/lists/*
FROM base
RUN git clone git@example.org:us/app.git && rm -rf /root/.ssh
";
    assert_eq!(
        in_dockerfile(dockerfile),
        [
            "Dockerfile:3 secret-key-copied",
            "Dockerfile:5 secret-copied-again",
            "Dockerfile:9 secret-deleted-late"
        ]
    );
}

#[test]
fn a_proxy_that_gets_the_folder_of_the_project_can_read_its_keys() {
    let compose = "\
nginx:
  image: nginx
  volumes_from:
    - django
django:
  build: .
  volumes:
    - .:/root
";
    let dockerfile = "FROM ubuntu:14.04\nADD ssh/ /root/.ssh/\n";
    assert_eq!(
        secrets(&[("docker-compose.yml", compose), ("Dockerfile", dockerfile)]),
        ["docker-compose.yml:4 secret-key-mounted", "Dockerfile:2 secret-key-copied"]
    );
    let tls = "services:\n  web:\n    image: nginx:1.30\n    volumes:\n      - ./tls:/etc/nginx/tls:ro\n";
    let files = [("docker-compose.yml", tls), ("tls/shop.key", ""), ("tls/shop.pem", "")];
    assert_eq!(secrets(&files), [""; 0]);
    // An application may have its own folder mounted.
    let app = "services:\n  app:\n    image: example.org/app:1\n    volumes:\n      - .:/app\n";
    assert_eq!(secrets(&[("docker-compose.yml", app), ("ssh/id_rsa", "")]), [""; 0]);
}

#[test]
fn a_database_without_a_password_does_not_start() {
    let compose = "\
services:
  none:
    image: postgres:18
  empty:
    image: docker.io/library/mysql:8.4
    environment:
      MYSQL_ROOT_PASSWORD: ''
  open:
    image: postgis/postgis
    environment:
      POSTGRES_HOST_AUTH_METHOD: trust
  set:
    image: mariadb:11
    environment:
      MARIADB_ROOT_PASSWORD: ${ROOT_PASSWORD}
  from_outside:
    image: postgres:18
    environment:
      - POSTGRES_PASSWORD
  unknown:
    image: postgres:18
    env_file: not-there.env
  dump:
    image: postgres:18
    command: pg_dump -h db
";
    assert_eq!(
        in_compose(compose),
        [
            "docker-compose.yml:2 secret-no-password",
            "docker-compose.yml:4 secret-no-password",
            "docker-compose.yml:11 secret-no-password"
        ]
    );
}

#[test]
fn the_password_of_a_client_is_compared_with_that_of_its_database() {
    let compose = |url: &str, host: &str, password: &str| {
        format!(
            "\
services:
  app:
    image: example.org/app:1
    environment:
      A_URL: {url}
      DB_HOST: {host}
      DB_USER: shop
      DB_PASSWORD: {password}
  db:
    image: postgres:18
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: one-word
"
        )
    };
    let differs = |text: &str| found(&[("docker-compose.yml", text)], &["secret-password-differs"]);
    assert_eq!(
        differs(&compose("postgres://shop:other-word@db:5432/x", "db", "third-word")),
        ["docker-compose.yml:5 secret-password-differs", "docker-compose.yml:8 secret-password-differs"]
    );
    for (url, host, password) in [
        ("postgres://shop:one-word@db/x", "db", "one-word"),
        ("postgres://shop:other@elsewhere/x", "elsewhere", "other"),
        ("postgres://reader:other@db/x", "db", "${UNKNOWN}"),
    ] {
        assert_eq!(differs(&compose(url, host, password)), [""; 0], "{url}");
    }
}

#[test]
fn secrets_are_granted_to_those_that_read_them() {
    let compose = "\
services:
  app:
    image: example.org/app:1
    environment:
      A_FILE: /run/secrets/a
      B_FILE: /run/secrets/b
      C_FILE: /run/secrets/c
    command: sh -c 'test -f /run/secrets/d && serve'
    secrets: [a]
  other:
    image: example.org/app:1
    environment:
      B_FILE: /run/secrets/b
    volumes: ['./keys:/run/secrets']
secrets:
  a: {file: ./a}
  b: {file: ./b}
  unused: {file: ./unused}
";
    assert_eq!(
        in_compose(compose),
        [
            "docker-compose.yml:6 secret-not-granted",
            "docker-compose.yml:7 secret-not-granted",
            "docker-compose.yml:18 secret-unused"
        ]
    );
}

#[test]
fn the_mode_of_a_secret_on_the_host_decides_who_reads_it() {
    let compose = "\
services:
  app:
    image: example.org/app:1
    user: \"10001:10001\"
    environment: {K_FILE: /run/secrets/k}
    secrets: [k]
secrets:
  k: {file: ./secrets/k}
";
    let codes = |folder: u32, file: u32, owner: u32| {
        let memory = Memory::new([("docker-compose.yml", compose), ("secrets/k", "")]);
        let memory = memory.with_mode("secrets", folder, owner).with_mode("secrets/k", file, owner);
        let found = check_memory(&memory).sink.diagnostics;
        let codes = found.iter().map(|one| one.code).filter(|code| code.starts_with("secret-file"));
        codes.collect::<Vec<_>>()
    };
    assert_eq!(codes(0o755, 0o644, 0), ["secret-file-open"]);
    assert_eq!(codes(0o700, 0o644, 0), [""; 0]);
    assert_eq!(codes(0o700, 0o600, 0), ["secret-file-closed"]);
    assert_eq!(codes(0o700, 0o600, 10001), [""; 0]);
    assert_eq!(codes(0o700, 0o640, 0), [""; 0]);
}

#[test]
fn nothing_of_a_secret_is_shown_whichever_rule_points_at_it() {
    let token = token();
    let hidden = [
        "hidden-one",
        "hidden-two",
        "hidden-three",
        "hidden-four",
        "hidden-five",
        "hidden-six",
        "hidden-seven",
        "hidden-eight",
        token.as_str(),
    ];
    let compose = format!(
        "\
services:
  db:
    image: postgres:latest
    ports: ['5432:5432', \"5432:5432\"]
    environment:
      - POSTGRES_PASSWORD=hidden-one
      - X_URL=amqp://u:hidden-two@queue
      - Y_TOKEN=${{Y_TOKEN:-hidden-three}}
    env_file: app.env
  app:
    image: example.org/app:1
    command: [x, --password=hidden-four, {token}]
    enviroment: {{A_TOKEN: hidden-five}}
    environment: {{POSTGRES_HOST: db, POSTGRES_USER: postgres, POSTGRES_PASSWORD: hidden-six}}
"
    );
    let dockerfile = "FROM debian\nENV A_TOKEN hidden-seven\nENV B_TOKEN=hidden-eight C\n";
    let files = [
        ("docker-compose.yml", compose.as_str()),
        ("Dockerfile", dockerfile),
        ("app.env", "A_TOKEN=hidden-one\n"),
        (".git/HEAD", ""),
    ];
    let checked = check_memory(&Memory::new(files));
    let look = Look { width: 100, ..Look::PLAIN };
    let shown = terminal::findings(&checked.sink, &checked.sources, &look);
    for code in [
        "secret-literal",
        "secret-url",
        "secret-default-value",
        "secret-shape",
        "secret-in-env-file",
        "secret-password-differs",
    ] {
        assert!(shown.contains(code), "{code} is missing:\n{shown}");
    }
    for hidden in hidden {
        assert!(!shown.contains(hidden), "{hidden} is shown:\n{shown}");
    }
}

#[test]
fn a_value_that_is_known_to_be_a_secret_is_shown_nowhere() {
    let value = ["exam", "ple-0123"].concat();
    let compose = "\
services:
  db:
    image: mysql:8.4
    privileged: true # not VALUE
    environment:
      MYSQL_ROOT_PASSWORD: VALUE
    healthcheck:
      test: mysqladmin ping -pVALUE
    stop_grace_period: 10
    command: sh -c 'echo VALUE:https://u:VALUE@web.example.org'
    hostname: web.example.org
    dns_search: a b
";
    let compose = compose.replace("VALUE", &value);
    let dockerfile = format!("FROM debian\n# {value}\nCMD mysql -p{value}\n");
    let files = [("docker-compose.yml", compose.as_str()), ("Dockerfile", dockerfile.as_str())];
    let memory = Memory::new(files.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let checked = check_memory(&memory);
    let shown = terminal::findings(&checked.sink, &checked.sources, &Look::PLAIN);
    assert!(!shown.contains(&value), "{shown}");
    assert!(shown.contains("privileged: true # not [secret]"), "{shown}");
}
