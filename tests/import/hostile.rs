//! What a hostile project may hold.

use std::time::Instant;

use super::project::{built, formatted, imported, stack_of};
use crate::cli::Desk;

#[test]
fn a_file_that_is_no_compose_file_is_refused() {
    for text in ["services: [", "a: b: c"] {
        let made = imported(&[("docker-compose.yml", text)]);
        assert!(made.text.is_none() && made.sink.has_errors(), "{text}");
    }
    for empty in ["", "\n", "# nothing\n"] {
        let made = imported(&[("docker-compose.yml", empty)]);
        assert!(made.text.is_none() && made.not_analysed[0].why == "says nothing", "{empty:?}");
    }
    let missing = imported(&[("other", "")]);
    assert!(missing.text.is_none());
    assert_eq!(missing.not_analysed[0].path, "docker-compose.yml");
}

#[test]
fn a_bomb_of_aliases_is_refused() {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (this, last) in
        ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip(["a", "b", "c", "d", "e", "f", "g", "h"])
    {
        text += &format!("{this}: &{this} [{}]\n", vec![format!("*{last}"); 10].join(", "));
    }
    let started = Instant::now();
    let made = imported(&[("docker-compose.yml", &format!("{text}services: {{}}\n"))]);
    assert!(made.text.is_none());
    assert!(made.sink.diagnostics.iter().any(|found| found.code == "compose-too-large"));
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn no_text_leaves_its_slot() {
    for value in [
        "x\\n}\\nservice evil { image evil }",
        "\\\" }",
        "a # b",
        "${input.X}",
        "secret.x.path",
        "b.host",
        "\\\"\\\"\\\"",
        "'",
        "\\u202e",
        "{",
        "; }",
        "$$${",
    ] {
        let text = stack_of(&format!(
            "services:\n  b: {{image: nginx:1.30}}\n  a:\n    image: nginx:1.30\n    labels: {{k: \"{value}\"}}\n    hostname: \"{value}\"\n    \"{value}\": 1\n"
        ));
        assert!(!text.contains('\u{202e}'), "{text}");
        let yaml = &built(&text)[0].text;
        assert_eq!(yaml.matches("image:").count(), 2, "{value}\n{text}\n{yaml}");
    }
}

#[test]
fn a_comment_is_one_line() {
    let text = stack_of("# \u{202e}evil\nservices:\n  a: {image: nginx:1.30} # syntax=evil\n");
    assert!(text.contains("#  evil\n"), "{text:?}");
    built(&text);
}

#[test]
fn nothing_outside_of_the_project_and_no_device_is_read() {
    let desk = Desk::empty();
    desk.shell("mkdir -p p/.git p/app && mkfifo p/app/Dockerfile && ln -s /etc/hostname p/secret && echo 'FROM nginx' >Dockerfile");
    desk.write(
        "p/compose.yml",
        "services:\n  a: {build: ./app}\n  b: {build: ..}\n  c: {image: nginx:1.30, volumes: [\"./secret:/etc/nginx/conf.d/a.conf\"]}\n",
    );
    let said = desk.run(&["import", "p/compose.yml"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        !said.out.contains("dockerfile ../Dockerfile {") && !said.out.contains("nginx secret"),
        "{}",
        said.out
    );
    assert!(said.err.contains("pipe"), "{}", said.err);
    for (make, why) in [
        ("mkfifo f.yml", "pipe"),
        ("ln -s /dev/zero f.yml", "f.yml"),
        ("mkdir f.yml", "folder"),
        ("truncate -s 100M f.yml", "MiB"),
    ] {
        let desk = Desk::empty();
        desk.shell(make);
        let said = desk.run(&["import", "f.yml"]);
        assert_eq!(said.code, 2, "{make}: {said:?}");
        assert!(said.err.contains(why), "{make}: {}", said.err);
    }
}

#[test]
fn what_is_named_outside_of_the_project_is_not_read() {
    const PLANTED: &str = "PLANTED-outside";
    const NGINX: &str = "{image: \"nginx:1.30\", volumes: [\"./nginx.conf:/etc/nginx/nginx.conf\"]}";
    for (make, service) in [
        ("", "{build: ../..}"),
        ("", "{build: {context: ., dockerfile: ../../Dockerfile}}"),
        ("", "{build: {context: .., dockerfile: Dockerfile}}"),
        ("", "{image: x, env_file: ../out.env}"),
        ("", "{image: \"nginx:1.30\", volumes: [\"../nginx.conf:/etc/nginx/nginx.conf\"]}"),
        ("", "{image: \"nginx:1.30\", volumes: [\"../conf:/etc/nginx/conf.d\"]}"),
        ("", "{extends: {file: ../other.yml, service: a}}"),
        ("ln -s ../../Dockerfile p/Dockerfile", "{build: .}"),
        ("ln -s .. p/up", "{build: ./up}"),
        ("ln -s ../nginx.conf p/nginx.conf", NGINX),
        ("ln -s ../conf p/nginx", "{image: \"nginx:1.30\", volumes: [\"./nginx:/etc/nginx/conf.d\"]}"),
        ("mkdir p/Dockerfile", "{build: .}"),
        ("mkfifo p/Dockerfile", "{build: .}"),
        ("ln -s /dev/zero p/Dockerfile", "{build: .}"),
        ("ln -s Dockerfile p/Dockerfile", "{build: .}"),
        ("mkfifo p/nginx.conf", NGINX),
        ("ln -s /dev/zero p/nginx.conf", NGINX),
        ("mkdir p/nginx; ln -s .. p/nginx/up; ln -s . p/nginx/here", "{image: \"nginx:1.30\"}"),
    ] {
        let desk = Desk::empty();
        desk.shell(&format!("mkdir -p in/p/.git in/conf conf; cd in; {make}"));
        for (name, text) in [
            ("Dockerfile", format!("FROM nginx:1.30\nRUN {PLANTED}\n")),
            ("out.env", format!("A={PLANTED}\n")),
            ("nginx.conf", format!("events {{}}\nhttp {{ server {{ return 200 {PLANTED}; }} }}\n")),
            ("conf/a.conf", format!("server {{ return 200 {PLANTED}; }}\n")),
            ("other.yml", format!("services:\n  a: {{image: {PLANTED}}}\n")),
        ] {
            desk.write(name, &text);
            desk.write(&format!("in/{name}"), &text);
        }
        desk.write("in/p/compose.yml", format!("services:\n  a: {service}\n"));
        let said = desk.run(&["import", "in/p/compose.yml"]);
        assert_eq!(said.code, 0, "{make} {service}: {said:?}");
        assert!(!format!("{said:?}").contains(PLANTED), "{make} {service}: {said:?}");
        assert!(said.out.contains("service a {"), "{make} {service}: {said:?}");
    }
}

#[test]
fn no_original_is_overwritten_and_every_refusal_is_said() {
    let compose = "services:\n  a: {build: .}\n";
    for (make, arguments, code, said) in [
        ("", "-o docker-compose.yml", 1, "was not written by stackc"),
        ("", "-o docker-compose.yml --force", 3, "`docker-compose.yml` is what is imported"),
        ("", "-o Dockerfile --force", 3, "`Dockerfile` is what is imported"),
        ("", "-o ./x/../docker-compose.yml --force", 3, "is what is imported"),
        ("ln -s docker-compose.yml a.stack", "-o a.stack --force", 3, "is what is imported"),
        ("ln -s nowhere a.stack", "-o a.stack", 1, "`a.stack`"),
        ("mkdir a.stack", "-o a.stack", 1, "`a.stack`"),
        ("mkdir a.stack", "-o a.stack --force", 4, "a.stack"),
        ("", "-o none/a.stack", 4, "none/a.stack"),
        ("", "-o /dev/null", 1, "`/dev/null`"),
        ("", "-o 'a b\n.stack'", 0, ""),
        ("", "-o ''", 3, ""),
    ] {
        let desk = Desk::with("docker-compose.yml", compose);
        desk.write("Dockerfile", "FROM nginx:1.30\n");
        desk.shell(&format!("mkdir x; {make}"));
        let made = desk.shell(&format!("\"$1\" import docker-compose.yml {arguments}"));
        assert_eq!(made.code, code, "{make}, {arguments}: {made:?}");
        assert!(made.err.contains(said), "{make}, {arguments}: {}", made.err);
        assert_eq!(desk.read("docker-compose.yml"), compose, "{make}, {arguments}");
        assert_eq!(desk.read("Dockerfile"), "FROM nginx:1.30\n");
        assert!(!desk.path("nowhere").exists());
    }
}

/// Texts that end something, begin something, or are not seen.
const HOSTILE: &[&str] = &[
    "\"\"\"",
    "'''",
    "}",
    "{",
    "# x",
    "$",
    "$$",
    "${",
    "${A",
    "${input.A}",
    "\\",
    "a\\",
    "`",
    "END",
    "a;b",
    "\u{e9}",
    "]",
    "service evil { image evil }",
    "syntax=evil",
    "\u{202e}x",
    "\u{200b}",
    "\u{85}",
];

#[test]
fn no_text_of_a_dockerfile_or_of_nginx_leaves_its_slot() {
    let compose = "services:\n  a: {build: .}\n  web: {image: \"nginx:1.30\", volumes: [\"./nginx.conf:/etc/nginx/nginx.conf\"]}\n";
    for text in HOSTILE {
        let in_json = text.replace('\\', "\\\\").replace('"', "\\\"");
        let dockerfile = format!(
            "# a {text}\nFROM nginx:1.30\nRUN echo {text} x\nRUN <<'STOP'\n{text}\n  \"\"\"\n}}\nSTOP\nCOPY <<STOP /x\n{text}\nSTOP\nCMD [\"a\", \"{in_json}\"]\n"
        );
        // A `$` that begins no variable is refused by nginx.
        let in_nginx = if text.contains('$') { "$uri" } else { in_json.as_str() };
        let nginx = format!(
            "events {{}}\nhttp {{\n  # {text}\n  server {{ listen 80; location / {{ return 200 \"{in_nginx} \n \"; }} }}\n}}\n"
        );
        let made =
            imported(&[("docker-compose.yml", compose), ("Dockerfile", &dockerfile), ("nginx.conf", &nginx)]);
        let stack = made.text.unwrap();
        // No stack file holds a control character: of one that nginx would be given it is told.
        let may_differ = text.contains(char::is_control);
        assert!(made.differing.is_empty() || may_differ, "{text}: {:?}\n{stack}", made.differing);
        assert_eq!(formatted(&stack), stack, "{text}");
        for artefact in built(&stack) {
            assert!(!artefact.text.contains("image: evil"), "{text}: {}", artefact.text);
            assert!(!artefact.text.starts_with("# syntax=evil"), "{text}: {}", artefact.text);
        }
    }
}
