//! A secret that is planted everywhere is told of in every format and shown in none, nor how long it is.

use std::path::Path;

use serde_json::Value;
use stackc::render::report::Format;

use super::linted;
use crate::cli::Desk;

/// A value that nobody uses, made of parts so that no scanner takes it for one.
fn value(times: usize) -> String {
    ["zQ7v", "Kx2m", "Lw9t", "Rb4n"].concat().repeat(times)
}

/// A project with a secret in every kind of file, in places and in forms that rules point at.
fn planted(secret: &str) -> Desk {
    let desk = Desk::with(
        "app.stack",
        &format!(
            "stack demo\nservice web {{\n  image nginx:1.30\n  env {{\n    API_TOKEN {secret}\n    DATABASE_URL \
             \"postgres://shop:{secret}@db/shop\"\n  }}\n  publish 8080:80\n  allow secret-url \"{secret} is known\"\n  allow \
             mime-missing \"{secret}\"\n}}\n"
        ),
    );
    desk.write(
        "damaged.stack",
        format!("stack demo\nservice web {{\n  env {{\n    DB_PASSWORD={secret} more\n    API_TOKEN {secret} {secret}\n  }}\n"),
    );
    desk.folder("proxy");
    desk.write(
        "docker-compose.yml",
        format!(
            "# stackc: allow-file(compose-no-health) {secret}\n# stackc: allow(compose-{secret}) no rule\nservices:\n  db:\n    \
             image: postgres:latest # once {secret}\n    environment: {{POSTGRES_PASSWORD: {secret}, A: yes, B: no}}\n    \
             env_file: [.env]\n  web:\n    privileged: true # stackc: allow(compose-privileged) {secret}\n    build: {{context: proxy, args: \
             {{API_TOKEN: {secret}}}}}\n    environment:\n      \
             - DATABASE_URL=postgres://shop:{secret}@db/shop # and more\n      - DB_PASSWORD={secret}\n"
        ),
    );
    desk.write(".env", format!("SECRET_KEY={secret}\nAPI_TOKEN=\"{secret}\"\n"));
    desk.write(
        "proxy/Dockerfile",
        format!(
            "FROM nginx:latest\nMAINTAINER {secret}\nARG API_TOKEN={secret}\nENV DB_PASSWORD={secret} EMPTY=\nRUN curl -u shop:{secret} \
             https://example.org && sudo apt-get install x\nCOPY nginx.conf /etc/nginx/nginx.conf\n"
        ),
    );
    desk.write(
        "proxy/nginx.conf",
        format!(
            "events {{}}\nhttp {{\n  server {{\n    listen 80;\n    location / {{\n      proxy_set_header Authorization \"Bearer \
             {secret}\"; proxy_pass http://shop:{secret}@apps:8000;\n    }}\n    secure_link_secret {secret};\n  }}\n}}\n"
        ),
    );
    desk.write(
        "stackc.toml",
        format!("[[exclude]]\npaths = [\"proxy\"]\nrules = [\"docker-sudo\"]\nreason = \"{secret}\"\n"),
    );
    desk
}

/// A text shows no part of a secret.
#[track_caller]
fn assert_hidden(secret: &str, text: &str, what: &str) {
    for part in secret.as_bytes().windows(6).map(|part| std::str::from_utf8(part).unwrap()) {
        let line = text.lines().find(|line| line.contains(part));
        assert_eq!(line, None, "{what} shows a part of the secret");
    }
}

fn document(desk: &Desk, format: Format) -> String {
    linted(&desk.path("."), format)
}

#[test]
fn a_planted_secret_is_in_no_format() {
    let secret = value(1);
    let desk = planted(&secret);
    for format in Format::ALL {
        let text = document(&desk, format);
        assert!(text.len() > 1000, "{}: {text}", format.name());
        assert_hidden(&secret, &text, format.name());
    }
    let json: Value = serde_json::from_str(&document(&desk, Format::Json)).unwrap();
    let found = json["diagnostics"].as_array().unwrap();
    for file in ["app.stack", "docker-compose.yml", "proxy/Dockerfile", "proxy/nginx.conf"] {
        assert!(found.iter().any(|found| found["file"] == file), "nothing was found in {file}");
    }
    let secrets = found.iter().filter(|found| found["rule"].as_str().unwrap().starts_with("secret-"));
    assert!(secrets.count() >= 4, "{found:#?}");
    let told: Vec<&str> = found.iter().filter_map(|found| found["rule"].as_str()).collect();
    for rule in ["allow-unused", "allow-malformed"] {
        assert!(told.contains(&rule), "{rule} is not among {told:?}");
    }
    let sarif: Value = serde_json::from_str(&document(&desk, Format::Sarif)).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let reasons = results.iter().filter_map(|result| result["suppressions"][0]["justification"].as_str());
    let reasons: std::collections::BTreeSet<&str> = reasons.collect();
    assert_eq!(reasons.into_iter().collect::<Vec<_>>(), ["[secret]", "[secret] is known"]);
}

#[test]
fn a_planted_secret_is_in_nothing_else_that_is_said() {
    let secret = value(1);
    let desk = planted(&secret);
    let baseline = "stackc-baseline.json";
    for (arguments, code) in [
        (&["build", "app.stack", "-o", "out"][..], 0),
        (&["build", "--check", "-o", "proxy", "app.stack"], 1),
        (&["build", "--diff", "-o", "proxy", "app.stack"], 1),
        (&["explain", "out/docker-compose.yml:1-20"], 0),
        (&["fmt", "--check", "damaged.stack", "app.stack"], 2),
        (&["trace", "--file", "proxy/nginx.conf", "/"], 0),
        (&["lint", "--changed", "--", ".env"], 1),
        (&["lint", "--write-baseline", "proxy", "docker-compose.yml"], 0),
        (&["lint", "--baseline", baseline, "proxy", "docker-compose.yml"], 0),
        (&["lint", "--diff", "--unsafe", "proxy", "docker-compose.yml", "app.stack"], 1),
        (&["lint", "--fix", "--unsafe", "proxy", "docker-compose.yml", "app.stack"], 1),
    ] {
        let said = desk.run(arguments);
        assert_hidden(&secret, &(said.out + &said.err), &arguments.join(" "));
        assert_eq!(said.code, code, "{arguments:?}");
    }
    assert_hidden(&secret, &desk.read(baseline), baseline);
    for script in ["lint - --stdin-filename proxy/Dockerfile <proxy/Dockerfile", "fmt - <damaged.stack"] {
        let said = desk.shell(&format!("\"$1\" {script}"));
        assert!(said.code > 0 && said.out.len() + said.err.len() > 100, "{script}: {said:?}");
        assert_hidden(&secret, &(said.out + &said.err), script);
    }
}

#[test]
fn how_long_it_is_changes_nothing() {
    let (short, long) = (planted(&value(1)), planted(&value(3)));
    for format in Format::ALL {
        let (short, long) = (document(&short, format), document(&long, format));
        let different = short.lines().zip(long.lines()).find(|(one, other)| one != other);
        assert_eq!((different, short.lines().count()), (None, long.lines().count()), "{}", format.name());
    }
}

/// The fingerprint and the line of every finding of a folder.
fn fingerprints(folder: &Path) -> Vec<(String, u64)> {
    let json: Value = serde_json::from_str(&linted(folder, Format::Json)).unwrap();
    let found = json["diagnostics"].as_array().unwrap().iter();
    found
        .map(|found| (found["fingerprint"].as_str().unwrap().to_owned(), found["line"].as_u64().unwrap()))
        .collect()
}

#[test]
fn a_fingerprint_stays_where_the_line_moves_and_where_the_secret_is_replaced() {
    let compose = |secret: &str| {
        format!(
            "services:\n  db:\n    image: postgres:latest\n    environment:\n      POSTGRES_PASSWORD: {secret}\n"
        )
    };
    let desk = Desk::empty();
    desk.write("docker-compose.yml", compose(&value(1)));
    let before = fingerprints(&desk.path("."));
    assert!(before.len() > 2, "{before:?}");
    desk.write("docker-compose.yml", format!("# one\n\n{}", compose(&value(2))));
    let moved: Vec<_> = before.into_iter().map(|(fingerprint, line)| (fingerprint, line + 2)).collect();
    assert_eq!(fingerprints(&desk.path(".")), moved);
}
