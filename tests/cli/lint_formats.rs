//! `stackc lint --format`: one document of all that was linted, and the exit code that goes with it.

use serde_json::Value;

use super::{DEMO, Desk};

const MACHINES: [&str; 8] = ["short", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "rdjson"];

const COMPOSE: &str = "services:\n  web:\n    image: nginx:latest\n    restart: always\n";
const SITE: &str =
    "server {\n    listen 80;\n    location /static {\n        alias /srv/static/;\n    }\n}\n";

fn json(out: &str) -> Value {
    serde_json::from_str(out).unwrap_or_else(|error| panic!("{error}: {out}"))
}

#[test]
fn stack_files_and_files_that_people_wrote_are_one_document() {
    let desk = Desk::with("a.stack", "stack a\nvolume data\nservice web {\n  image nginx:1.30\n}\n");
    desk.write("docker-compose.yml", COMPOSE);
    desk.write("nginx.conf", SITE);
    desk.write("b.conf.j2", "server { listen {{ port }}; }\n");
    let said = desk.run(&["lint", "--format", "json", "."]);
    assert_eq!(said.code, 2, "{}", said.err);
    let report = json(&said.out);
    let files: Vec<&str> = report["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| found["file"].as_str().unwrap())
        .collect();
    for file in ["a.stack", "docker-compose.yml", "nginx.conf"] {
        assert!(files.contains(&file), "{files:?}");
    }
    let refused = &report["not_analysed"][0];
    assert_eq!(
        (refused["file"].as_str(), refused["why"].as_str()),
        (Some("b.conf.j2"), Some("is a template and was not analysed"))
    );
    // A person who reads the log sees it as well.
    assert!(said.err.contains("`b.conf.j2` is a template"), "{}", said.err);
}

#[test]
fn the_exit_code_does_not_depend_on_the_format() {
    let clean = Desk::with("a.stack", DEMO);
    let found = Desk::empty();
    found.write("nginx.conf", SITE);
    let broken = Desk::with("a.stack", "service {\n");
    for (desk, code) in [(&clean, 0), (&found, 1), (&broken, 2)] {
        assert_eq!(desk.run(&["lint", "."]).code, code);
        for format in MACHINES {
            let said = desk.run(&["lint", "--format", format, "."]);
            assert_eq!((said.code, said.err.as_str()), (code, ""), "{format}");
        }
    }
}

#[test]
fn where_there_is_nothing_to_lint_the_document_says_so() {
    let desk = Desk::empty();
    for format in MACHINES {
        let said = desk.run(&["lint", "--format", format]);
        assert_eq!(said.code, 2, "{format}");
        assert!(said.out.contains("holds no stack file"), "{format}: {}", said.out);
        assert!(said.err.contains("name a file, or a folder with one"), "{}", said.err);
    }
    let said = desk.run(&["lint", "--format", "json", "gone.stack"]);
    assert_eq!((said.code, json(&said.out)["not_analysed"][0]["why"].as_str()), (2, Some("does not exist")));
}

#[test]
fn a_format_that_there_is_not_is_refused() {
    let said = Desk::with("a.stack", DEMO).run(&["lint", "--format", "xml"]);
    assert_eq!((said.code, said.out.as_str()), (3, ""));
    for format in MACHINES {
        assert!(said.err.contains(format), "{}", said.err);
    }
}

#[test]
fn what_is_allowed_is_in_sarif_alone_with_its_reason() {
    let desk = Desk::with(
        "a.stack",
        "stack a\nallow unused-name \"for {later} [use](x)\"\nvolume data\nservice web {\n  image nginx:1.30\n}\n",
    );
    let said = desk.run(&["lint", "--format", "sarif"]);
    let result = &json(&said.out)["runs"][0]["results"][0];
    assert_eq!((said.code, result["ruleId"].as_str()), (0, Some("unused-name")), "{}", said.out);
    assert_eq!(result["suppressions"][0]["kind"], "inSource");
    assert_eq!(result["suppressions"][0]["justification"], "for {later} [use](x)");
    // So is what the compiler itself lets be allowed.
    let compiled = Desk::with(
        "a.stack",
        "stack a\nsecret key { env KEY }\nservice web {\n  image nginx:1.30\n  env { KEY secret.key }\n  allow \
         secret-in-environment \"it reads nothing else\"\n}\n",
    );
    let said = compiled.run(&["lint", "--format", "sarif"]);
    let results = json(&said.out)["runs"][0]["results"].clone();
    let allowed = results.as_array().unwrap().iter().find(|found| found["ruleId"] == "secret-in-environment");
    let reason = &allowed.unwrap_or_else(|| panic!("{}", said.out))["suppressions"][0]["justification"];
    assert_eq!((said.code, reason.as_str()), (0, Some("it reads nothing else")));
    for format in MACHINES.into_iter().filter(|format| *format != "sarif") {
        let said = desk.run(&["lint", "--format", format]);
        assert!(!said.out.contains("unused-name"), "{format}: {}", said.out);
    }
}

#[test]
fn a_fix_is_in_the_formats_that_can_hold_one() {
    let desk = Desk::empty();
    desk.write("nginx.conf", "server {\n    listen 80;\n    lisen 81;\n}\n");
    let report = json(&desk.run(&["lint", "--format", "json", "."]).out);
    let with_fix = report["diagnostics"].as_array().unwrap().iter().find(|found| found["fix"].is_object());
    let fix = &with_fix.unwrap()["fix"];
    assert_eq!((fix["title"].as_str(), fix["safe"].as_bool()), (Some("write `listen`"), Some(true)));
    let edit = &fix["edits"][0];
    assert_eq!((edit["text"].as_str(), edit["span"]["end"]["column"].as_u64()), (Some("listen"), Some(10)));
    let sarif = desk.run(&["lint", "--format", "sarif", "."]).out;
    let replacement = json(&sarif)["runs"][0]["results"].as_array().unwrap().iter().find_map(|result| {
        result.pointer("/fixes/0/artifactChanges/0/replacements/0/insertedContent/text").cloned()
    });
    assert_eq!(replacement, Some("listen".into()));
    let rdjson = json(&desk.run(&["lint", "--format", "rdjson", "."]).out);
    let suggestions = rdjson["diagnostics"].as_array().unwrap().iter();
    assert_eq!(suggestions.filter(|found| found["suggestions"][0]["text"] == "listen").count(), 1);
}

#[test]
fn the_examples_of_the_documentation_are_what_is_written() {
    let docs = std::fs::read_to_string(crate::snapshot::repository().join("docs/formats.md")).unwrap();
    let desk = Desk::empty();
    desk.write("site.conf", SITE);
    for format in ["json", "short", "gitlab"] {
        let said = desk.run(&["lint", "--format", format, "site.conf"]);
        let line = said.out.lines().find(|line| line.contains("nginx-alias-traversal")).unwrap();
        let fingerprint = line.split("\"fingerprint\":\"").nth(1).and_then(|rest| rest.split('"').next());
        let line = fingerprint.map_or(line.to_owned(), |value| line.replace(value, "FINGERPRINT"));
        assert!(docs.contains(&format!("\n{}\n", line.trim_end_matches(','))), "{format}: {line}");
    }
}
