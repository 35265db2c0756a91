//! All fixes over whole deployments: they converge, what they make still reads, and nothing else appears.

use std::collections::{BTreeMap, BTreeSet};

use stackc::handwritten::check_memory;
use stackc::project::host::Memory;

use crate::explain::fixing::{Bench, Fixed};
use crate::snapshot::{read_folder, repository};

/// What all fixes make of some files.
fn fixed(texts: BTreeMap<String, String>) -> Fixed {
    let look = |texts: &BTreeMap<String, String>| {
        let checked = check_memory(&Memory::new(texts.clone()));
        (checked.sink, checked.sources)
    };
    Bench { texts, look: Box::new(look) }.fix().unwrap_or_else(|why| panic!("{why}"))
}

fn of_folder(folder: &str) -> Fixed {
    fixed(read_folder(&repository().join(folder)).into_iter().collect())
}

#[test]
fn the_planted_deployment_is_mended_as_far_as_it_can_be() {
    let fixed = of_folder("tests/lint/planted/bad");
    assert!(fixed.mended > 15, "{}", fixed.mended);
    assert_eq!(fixed.new_codes(), BTreeSet::new());
}

#[test]
fn the_deployment_of_2016_is_mended_as_far_as_it_can_be() {
    let fixed = of_folder("tests/lint/seed");
    assert!(fixed.mended > 5, "{}", fixed.mended);
    assert_eq!(fixed.new_codes(), BTreeSet::new());
}

/// One file, mended.
fn mended(name: &str, text: &str) -> String {
    let mut fixed = fixed(BTreeMap::from([(name.to_owned(), text.to_owned())]));
    fixed.texts.remove(name).unwrap()
}

#[test]
fn a_service_gets_lines_that_fit_those_beside_them() {
    let text = "services:\n    # the site\n    web:  # nginx\n        build:\n            context: .\n        ports: [\"80:80\"]\n\n    \
                app:\n        image: example/app:1.0 # ours\n        command: x\n";
    let expected = "services:\n    # the site\n    web:  # nginx\n        security_opt:\n          - \
                    no-new-privileges:true\n        restart: unless-stopped\n        build:\n            context: .\n        \
                    ports: [\"80:80\"]\n\n    app:\n        image: example/app:1.0 # ours\n        security_opt:\n          - \
                    no-new-privileges:true\n        restart: unless-stopped\n        command: x\n";
    assert_eq!(mended("docker-compose.yml", text), expected);
}

#[test]
fn a_service_in_another_form_is_left_as_it_is() {
    for text in [
        "services:\n  web: {image: \"nginx:1.30\"}\n",
        "services: {web: {image: \"nginx:1.30\"}}\n",
        "services:\n  web: &web\n    image: nginx:1.30\n  other:\n    <<: *web\n",
    ] {
        assert_eq!(mended("docker-compose.yml", text), text);
    }
}

#[test]
fn line_ends_survive_in_lines_that_come() {
    let text =
        "services:\r\n  web:\r\n    image: nginx:1.30\r\n    security_opt:\r\n      - no-new-privileges:true";
    let expected = "services:\r\n  web:\r\n    image: nginx:1.30\r\n    restart: unless-stopped\r\n    security_opt:\r\n      - \
         no-new-privileges:true";
    assert_eq!(mended("docker-compose.yml", text), expected);
}

#[test]
fn the_lists_go_in_the_manner_of_their_step() {
    let head = "FROM debian:13\n";
    for (step, expected) in [
        (
            "RUN apt-get update && apt-get install -y --no-install-recommends a=1\n",
            "RUN apt-get update && apt-get install -y --no-install-recommends a=1 && rm -rf /var/lib/apt/lists/*\n",
        ),
        (
            "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends a=1\n",
            "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends a=1 \\\n    && rm -rf \
             /var/lib/apt/lists/*\n",
        ),
        (
            "RUN apt-get update; apt-get install -y --no-install-recommends a=1;\n",
            "RUN apt-get update; apt-get install -y --no-install-recommends a=1; rm -rf /var/lib/apt/lists/*\n",
        ),
        (
            "RUN apt-get update && (apt-get install -y --no-install-recommends a=1)\n",
            "RUN apt-get update && (apt-get install -y --no-install-recommends a=1)\n",
        ),
    ] {
        let (step, expected) = (format!("{head}{step}USER 1\n"), format!("{head}{expected}USER 1\n"));
        assert_eq!(mended("Dockerfile", &step), expected);
    }
}

#[test]
fn a_value_in_the_old_form_keeps_its_meaning() {
    for (line, expected) in [
        ("ENV A b", "ENV A=b"),
        ("ENV A  b c", "ENV A=\"b c\""),
        ("ENV A $B", "ENV A=$B"),
        ("ENV A \"b\" c", "ENV A \"b\" c"),
        ("LABEL a it's", "LABEL a it's"),
    ] {
        let file = |line: &str| format!("FROM debian:13\nARG B=1\n{line}\nUSER 1\n");
        assert_eq!(mended("Dockerfile", &file(line)), file(expected));
    }
}

#[test]
fn what_is_left_out_or_said_twice_goes_with_its_line() {
    let server = |lines: &str| {
        format!("server {{\n    listen 80;\n    server_tokens off;\n{lines}    return 204;\n}}\n")
    };
    for (lines, expected) in [
        ("    charset utf-8;\n    charset utf-8; # again\n", "    charset utf-8;\n"),
        ("    charset utf-8;\n    charset latin1;\n", "    charset utf-8;\n    charset latin1;\n"),
        ("    spdy_headers_comp 1;\n", ""),
        ("    autoindex yes;\n", "    autoindex off;\n"),
    ] {
        assert_eq!(mended("nginx.conf", &server(lines)), server(expected), "{lines}");
    }
}

#[test]
fn a_name_that_is_nearly_that_of_a_service_is_corrected() {
    let compose = "services:\n  web:\n    image: nginx:1.30\n    restart: always\n    security_opt: \
                   [no-new-privileges:true]\n    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf:ro\n  backend:\n    \
                   image: example/app:1.0\n    restart: always\n    security_opt: [no-new-privileges:true]\n";
    let conf = |host: &str| {
        format!(
            "events {{ }}\nhttp {{\n    server_tokens off;\n    server {{\n        listen 80;\n        location / {{\n            \
             proxy_set_header Host $host;\n            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n            \
             proxy_set_header X-Forwarded-Proto $scheme;\n            proxy_pass http://{host}:8000/;\n        }}\n    }}\n}}\n"
        )
    };
    let texts =
        [("docker-compose.yml".to_owned(), compose.to_owned()), ("nginx.conf".to_owned(), conf("backnd"))];
    assert_eq!(fixed(BTreeMap::from(texts)).texts["nginx.conf"], conf("backend"));
}

#[test]
fn a_folder_that_a_step_only_goes_to_becomes_that_of_those_that_follow() {
    let text = "FROM debian:13\nRUN cd /srv/app\nUSER 1\n";
    assert_eq!(mended("Dockerfile", text), "FROM debian:13\nWORKDIR /srv/app\nUSER 1\n");
}

#[test]
fn a_slash_that_nginx_refuses_goes() {
    let text = |url: &str| {
        format!(
            "server {{\n    server_tokens off;\n    listen 80;\n    location ~ ^/x {{\n        proxy_pass {url};\n    }}\n}}\n"
        )
    };
    assert!(mended("nginx.conf", &text("http://example.org/")).contains("proxy_pass http://example.org;"));
    assert!(
        mended("nginx.conf", &text("http://example.org/a/")).contains("proxy_pass http://example.org/a/;")
    );
}

#[test]
fn names_that_are_declared_nowhere_are_declared_once() {
    let text = |end: &str| {
        format!(
            "services:\n  a:\n    image: example/a:1.0\n    restart: always\n    security_opt: [no-new-privileges:true]\n    \
             volumes: [\"one:/x\", \"other:/y\", \"third:/z\"]\n{end}"
        )
    };
    let mended = mended("docker-compose.yml", &text(""));
    let (_, declared) = mended.split_once("\nvolumes:\n").unwrap();
    let mut names: Vec<&str> = declared.lines().map(str::trim).collect();
    names.sort_unstable();
    assert_eq!(names, ["one:", "other:", "third:"], "{mended}");
}
