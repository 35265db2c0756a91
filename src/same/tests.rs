//! What makes a difference, and what makes none.

use super::says_the_same;
use crate::backend::Kind;

#[track_caller]
fn same(kind: Kind, one: &str, other: &str) {
    assert!(says_the_same(kind, one, other), "not the same:\n{one}\n---\n{other}");
    assert!(says_the_same(kind, other, one), "not the same the other way round:\n{one}\n---\n{other}");
}

#[track_caller]
fn different(kind: Kind, one: &str, other: &str) {
    assert!(!says_the_same(kind, one, other), "the same:\n{one}\n---\n{other}");
    assert!(!says_the_same(kind, other, one), "the same the other way round:\n{one}\n---\n{other}");
}

/// A file with these lines in its only service.
fn service(lines: &str) -> String {
    let indented = lines.lines().fold(String::new(), |all, line| all + "    " + line + "\n");
    format!("services:\n  web:\n    image: nginx:1.29\n{indented}")
}

#[test]
fn forms_of_compose_say_the_same() {
    for (one, other) in [
        ("command: nginx -g 'a b'", "command: [nginx, -g, a b]"),
        ("ports: [80:80]", "ports:\n  - target: 80\n    published: 80\n    protocol: tcp"),
        ("environment: [A=1, B]", "environment:\n  B:\n  A: 1 # one"),
        ("env_file: .env", "env_file: [./.env]"),
        ("env_file: .env", "env_file: [{path: .env, required: true}]"),
        ("build: ./app", "build: {context: app/, dockerfile: Dockerfile}"),
        ("depends_on: [db]", "depends_on: {db: {condition: service_started}}"),
        ("networks: [a, b]", "networks: {b: , a: }"),
        ("hostname: \"${A:-b}\"\nuser: $A", "user: ${A}\nhostname: ${A:-b}"),
        ("healthcheck: {test: a b}", "healthcheck: {test: [CMD-SHELL, a b]}"),
        ("volumes: [./a:/b:ro]", "volumes: [./a/:/b/:ro]"),
        ("labels: [a=b]", "labels: {a: b}"),
        ("expose: [80]", "expose: [\"80\"]"),
    ] {
        same(Kind::Compose, &service(one), &service(other));
    }
}

#[test]
fn what_compose_reads_otherwise_differs() {
    for (one, other) in [
        ("command: ./run.sh", "command: run.sh"),
        ("command: $A b", "command: [$A, b]"),
        ("command: a b", "command: [a b]"),
        ("environment: {A: ./x}", "environment: {A: x}"),
        ("environment: {A: }", "environment: {A: ''}"),
        ("environment: {A: 1}", "environment: {A: 1, B: 2}"),
        ("volumes: [data:/a]", "volumes: [./data:/a]"),
        ("volumes: [/a]", "volumes: [{type: tmpfs, target: /a}]"),
        ("volumes: [./a:/b]", "volumes: [{type: bind, source: ./a, target: /b}]"),
        ("volumes: [data:/a]", "volumes: [{type: bind, source: data, target: /a}]"),
        ("volumes: [a:/a, b:/b]", "volumes: [b:/b, a:/a]"),
        ("extra_hosts: [a=1, a=2]", "extra_hosts: [a=2]"),
        ("ports: [80:80]", "ports: [127.0.0.1:80:80]"),
        ("ports: [80:80]", "ports: [80:80/udp]"),
        ("x-a: true", "x-a: 'true'"),
        ("restart: always", ""),
        ("hostname: a$$b", "hostname: a$b"),
        ("build: {context: a}", "build: {context: a, target: b}"),
        ("depends_on: [db]", "depends_on: {db: {condition: service_healthy}}"),
    ] {
        different(Kind::Compose, &service(one), &service(other));
    }
}

#[test]
fn a_compose_file_that_is_not_understood_is_like_no_other() {
    for text in [
        "services:\n  web: {image: a}\n  web: {image: b}\n",
        "services:\n  web: {image: a, ports: !reset []}\n",
        "services:\n  web: {image: a}\n---\nservices:\n  web: {image: b}\n",
        "web: {image: a}\n",
        "services:\n  web: [\n",
    ] {
        different(Kind::Compose, text, text);
    }
}

#[test]
fn services_and_sections_count_wherever_they_stand() {
    let file = "services:\n  a: {image: a}\n  b: {image: b}\nvolumes: {data: }\n";
    same(Kind::Compose, file, "# both\nvolumes:\n  data: {}\nservices: {b: {image: b}, a: {image: \"a\"}}\n");
    different(Kind::Compose, file, "services:\n  a: {image: a}\n  b: {image: b}\n");
    different(Kind::Compose, file, "services:\n  a: {image: a}\nvolumes: {data: }\n");
    different(Kind::Compose, file, "services:\n  a: {image: a}\n  b: {image: b}\nvolumes: [data]\n");
    different(Kind::Compose, "volumes: {a: x}\n", "volumes: {a: y}\n");
}

#[test]
fn the_layout_of_a_dockerfile_makes_no_difference() {
    for (one, other) in [
        ("FROM a\nRUN a && b\n", "# why\nfrom a\n\nRUN a \\\n    # then\n    && b\n"),
        ("FROM a\nENV A=b C='d e'\n", "FROM a\nENV A=\"b\" C=d\\ e\n"),
        ("FROM a\nCOPY --chown=x --link a b\n", "FROM a\nCOPY --link --chown=x a  b\n"),
        ("FROM a\nCMD [\"a\"]\n", "FROM a\r\nCMD [ \"a\" ]\r\n"),
        ("FROM a\nRUN a=$(b  c) d\n", "FROM a\nRUN a=$(b c)  d\n"),
    ] {
        same(Kind::Dockerfile, one, other);
    }
}

#[test]
fn what_the_builder_or_a_shell_reads_otherwise_differs() {
    for (one, other) in [
        ("RUN echo 'a  b'", "RUN echo 'a b'"),
        ("RUN echo \"$(a \"b  c\")\"", "RUN echo \"$(a \"b c\")\""),
        ("RUN echo a\\  b", "RUN echo a\\ b"),
        ("RUN a", "RUN [\"a\"]"),
        ("WORKDIR /a  b", "WORKDIR /a b"),
        ("ENV A='b  c'", "ENV A='b c'"),
        ("ENV A=\"$B\"c", "ENV A=$Bc"),
        ("LABEL a='b  c'", "LABEL a='b c'"),
        (
            "RUN --mount=type=bind,target=/a --mount=type=bind,target=/a/b c",
            "RUN --mount=type=bind,target=/a/b --mount=type=bind,target=/a c",
        ),
        ("COPY a b", "COPY a b\nCOPY a b"),
        ("RUN <<E\na\nE", "RUN <<E\na\n\nE"),
    ] {
        different(Kind::Dockerfile, &format!("FROM a\n{one}\n"), &format!("FROM a\n{other}\n"));
    }
    different(Kind::Dockerfile, "# syntax=a\nFROM a\n", "FROM a\n");
    different(Kind::Dockerfile, "FROM a\nRUN a\n", "# escape=`\nFROM a\nRUN a\n");
    different(Kind::Dockerfile, "FROM a\nRUM a\n", "FROM a\nRUM a\n");
}

#[test]
fn the_order_of_what_nginx_takes_once_makes_no_difference() {
    for (one, other) in [
        ("root /a;\nlisten 80;\n", "listen 80; # why\nroot '/a';\n"),
        ("location / { a; }\nlocation = /b { c; }\n", "location = /b { c; }\nlocation / { a; }\n"),
        ("types { a b c; d e; }\n", "types {\n  d e;\n  a b c;\n}\n"),
        ("if ($a = b) { return 404; }\n", "if ( $a = b ) { return 404; }\n"),
    ] {
        same(Kind::Nginx, one, other);
    }
}

#[test]
fn what_nginx_reads_otherwise_differs() {
    for (one, other) in [
        ("location ~^/a { a; }\nlocation ~ b { c; }\n", "location ~ b { c; }\nlocation ~^/a { a; }\n"),
        (
            "server { listen 80; root /a; }\nserver { listen 80; }\n",
            "server { listen 80; }\nserver { listen 80; root /a; }\n",
        ),
        ("log_format a b;\naccess_log c a;\n", "access_log c a;\nlog_format a b;\n"),
        ("proxy_redirect a b;\nproxy_redirect c d;\n", "proxy_redirect c d;\nproxy_redirect a b;\n"),
        ("split_clients a $b { 1% c; * d; }\n", "split_clients a $b { * d; 1% c; }\n"),
        ("map $a $b { ~a c; ~b d; }\n", "map $a $b { ~b d; ~a c; }\n"),
        ("types { a b; c b; }\n", "types { c b; a b; }\n"),
        ("if ($a = \"b c\") { return 404; }\n", "if ($a = b c) { return 404; }\n"),
        ("third_party a;\nthird_party b;\n", "third_party b;\nthird_party a;\n"),
        ("root /a;\n", "root /a;\nindex b;\n"),
        ("root /a\n", "root /a\n"),
        ("{{ a }}\nroot /a;\n", "{{ a }}\nroot /a;\n"),
    ] {
        different(Kind::Nginx, one, other);
    }
}

#[test]
fn what_is_read_by_people_or_letter_by_letter_is_not_compared() {
    different(Kind::EnvExample, "A=\n", "A=\n");
    different(Kind::Dockerignore, "a\n", "a\n");
    let large = format!("# {}\nevents {{}}\n", "x".repeat(1 << 20));
    different(Kind::Nginx, &large, "events {}\n");
}
