//! `stackc lint` on deployments that people wrote: what is told, what is not analysed, and what is linted all the same.

use super::Desk;

const COMPOSE: &str = "services:\n  web:\n    image: nginx:latest\n    restart: always\n";

/// The first lines of the findings that are no advice.
fn grave(out: &str) -> Vec<&str> {
    out.lines().filter(|line| line.starts_with("error[") || line.starts_with("warning[")).collect()
}

#[test]
fn what_belongs_together_is_understood_together() {
    let desk = Desk::empty();
    desk.folder("proxy");
    desk.write(
        "docker-compose.yml",
        "services:\n  web:\n    build: ./proxy\n    ports: ['8080:80']\n  app:\n    image: example.org/app:1\n",
    );
    desk.write("proxy/Dockerfile", "FROM nginx:1.30\nCOPY site.conf /etc/nginx/conf.d/default.conf\n");
    desk.write(
        "proxy/site.conf",
        "server {\n    listen 80;\n    location / {\n        proxy_pass http://apps:8000;\n    }\n}\n",
    );
    let said = desk.run(&["lint", "."]);
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    assert_eq!(grave(&said.out).len(), 1, "{}", said.out);
    assert!(grave(&said.out)[0].starts_with("error[cross-proxy-host]: "), "{}", said.out);
    assert!(said.out.contains("╭─[proxy/site.conf:4:20]"), "{}", said.out);
    // The same, whichever file is named: a compose file brings what it builds and runs.
    let said = desk.run(&["lint", "docker-compose.yml"]);
    assert!(said.out.contains("error[cross-proxy-host]: "), "{}", said.out);
}

#[test]
fn a_file_that_is_not_analysed_is_said_and_the_rest_is_linted() {
    let desk = Desk::empty();
    for folder in ["bytes", "large", "template", "gone", "good"] {
        desk.folder(folder);
    }
    desk.write("bytes/docker-compose.yml", b"services:\n  web:\n    image: \xff\n");
    std::fs::File::create(desk.path("large/compose.yaml")).unwrap().set_len(100 << 20).unwrap();
    desk.write("template/docker-compose.yml.j2", "services: {{ services }}\n");
    std::os::unix::fs::symlink("nowhere", desk.path("gone/Dockerfile")).unwrap();
    assert_eq!(desk.shell("mkfifo gone/compose.yml").code, 0);
    desk.write("good/docker-compose.yml", COMPOSE);
    let said = desk.run(&["lint", "."]);
    assert_eq!(said.code, 2);
    let mut refused: Vec<&str> = said.err.lines().filter(|line| line.starts_with("error: ")).collect();
    refused.sort_unstable();
    assert_eq!(
        refused,
        [
            "error: `bytes/docker-compose.yml` is not UTF-8: line 3, column 12 holds the byte 0xff (offset 28)",
            "error: `gone/Dockerfile` is a link that leads nowhere and was not analysed",
            "error: `gone/compose.yml` is no regular file and was not analysed",
            "error: `large/compose.yaml` is larger than 4 MiB and was not read",
            "error: `template/docker-compose.yml.j2` is a template and was not analysed",
        ]
    );
    assert_eq!(grave(&said.out), ["warning[compose-floating-image]: `nginx:latest` is whatever is newest"]);
}

#[test]
fn a_file_that_says_nothing_is_refused_with_a_reason() {
    for text in ["", "\n", "# later\n", "\u{feff}"] {
        let desk = Desk::with("compose.yml", text);
        let said = desk.run(&["lint", "--format", "short"]);
        assert_eq!(
            (said.code, said.out.as_str()),
            (2, "compose.yml:1:1: error: a compose file is a map [compose-wrong-type]\n"),
            "{text:?}"
        );
        // Compose takes one beside another for no change.
        desk.write("compose.override.yml", "services:\n  web:\n    image: nginx:1.30\n");
        assert!(!desk.run(&["lint", "--format", "short"]).out.contains("compose-wrong-type"), "{text:?}");
    }
}

#[test]
fn nothing_outside_of_the_project_is_read_or_shown() {
    let desk = Desk::empty();
    desk.folder("project/app");
    desk.write("outside.env", "TOLD=outside\n");
    desk.write(
        "project/docker-compose.yml",
        "services:\n  web:\n    image: nginx:1.30\n    env_file: ../outside.env\n    build: ../elsewhere\n",
    );
    std::os::unix::fs::symlink("/etc/hostname", desk.path("project/app/Dockerfile")).unwrap();
    let said = desk.run(&["lint", "project"]);
    assert_eq!(said.code, 2, "{} {}", said.out, said.err);
    assert_eq!(
        said.err,
        "error: `outside.env` lies outside of the project and was not read\n\
         error: `project/app/Dockerfile` is a link that leads out of the project and was not read\n"
    );
    assert!(!said.out.contains("TOLD") && !said.err.contains("TOLD"), "{}", said.out);
}

#[test]
fn bombs_and_circles_are_told_and_end() {
    let desk = Desk::empty();
    for folder in ["bomb", "circle", "includes", "deep", "ports"] {
        desk.folder(folder);
    }
    let many = |name: &str| [name; 9].join(", ");
    let mut bomb = format!("x-a: &a0 [{}]\n", many("x"));
    for level in 1..12 {
        bomb.push_str(&format!("x-{level}: &a{level} [{}]\n", many(&format!("*a{}", level - 1))));
    }
    bomb.push_str("services:\n  web:\n    image: nginx:1.30\n    command: *a11\n");
    desk.write("bomb/compose.yml", bomb);
    desk.write(
        "circle/compose.yml",
        "services:\n  a:\n    extends: {service: b}\n  b:\n    extends: {service: a}\n",
    );
    desk.write("includes/compose.yml", "include: [other.yml]\nservices:\n  web:\n    image: nginx:1.30\n");
    desk.write("includes/other.yml", "include: [compose.yml]\n");
    desk.write("deep/compose.yml", format!("x-a: {}\n", "[".repeat(100_000)));
    let mut ports = "services:\n".to_owned();
    for number in 0..300 {
        ports.push_str(&format!("  s{number}:\n    image: nginx:1.30\n    ports: ['1-65535:1-65535']\n"));
    }
    desk.write("ports/compose.yml", ports);
    for (folder, code) in [
        ("bomb", "compose-too-large"),
        ("circle", "compose-loop"),
        ("includes", "compose-loop"),
        ("deep", "yaml-too-deep"),
        ("ports", "compose-too-large"),
    ] {
        let said = desk.run(&["lint", folder]);
        assert_eq!(said.code, 2, "{folder}: {} {}", said.out, said.err);
        assert!(said.out.contains(&format!("[{code}]")), "{folder}: {}", said.out);
    }
}

#[test]
fn a_template_of_the_image_is_read_with_its_variables() {
    let desk = Desk::empty();
    desk.folder("templates");
    desk.write("docker-compose.yml", "services:\n  web:\n    image: nginx:1.30\n    ports: ['8080:80']\n    volumes: ['./templates:/etc/nginx/templates:ro']\n");
    desk.write(
        "templates/default.conf.template",
        "server {\n    listen ${PORT};\n    location /a {\n        alias /srv/a/;\n    }\n}\n",
    );
    let said = desk.run(&["lint", "."]);
    assert_eq!((said.code, said.err.as_str()), (1, ""));
    assert!(grave(&said.out).iter().any(|line| line.contains("[nginx-alias-traversal]")), "{}", said.out);
    assert!(said.out.contains("╭─[templates/default.conf.template:3:14]"), "{}", said.out);
}
