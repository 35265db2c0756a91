//! What a hostile project may hold.

use std::time::Instant;

use super::project::{built, imported, stack_of};
use crate::cli::Desk;

#[test]
fn a_file_that_is_no_compose_file_is_refused() {
    for text in ["services: [", "a: b: c"] {
        let made = imported(&[("docker-compose.yml", text)]);
        assert!(made.text.is_none() && made.sink.has_errors(), "{text}");
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
