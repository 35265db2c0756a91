//! `stackc lint --baseline` and `--write-baseline`: what was there is left out, what is new is told.

use serde_json::Value;

use super::{Desk, Said};

const COMPOSE: &str = "services:\n  web:\n    image: nginx:latest\n    restart: always\n";
const STALE_STACK: &str = "stack a\nvolume data\nservice web {\n  image nginx:1.30\n}\n";

/// A folder whose findings were accepted.
fn accepted(files: &[(&str, &str)]) -> Desk {
    let desk = Desk::empty();
    for (name, text) in files {
        if let Some((folder, _)) = name.rsplit_once('/') {
            desk.folder(folder);
        }
        desk.write(name, text);
    }
    let said = desk.run(&["lint", "--write-baseline", "."]);
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    desk
}

fn lint(desk: &Desk) -> Said {
    desk.run(&["lint", "--baseline", "stackc-baseline.json", "."])
}

/// The rules and the lines of what is told.
fn told(desk: &Desk, arguments: &[&str]) -> Vec<(String, u64)> {
    let arguments = [&["lint", "--format", "json"], arguments].concat();
    let said = desk.run(&arguments);
    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    let found = report["diagnostics"].as_array().unwrap().iter();
    found.map(|found| (found["rule"].as_str().unwrap().to_owned(), found["line"].as_u64().unwrap())).collect()
}

fn new(desk: &Desk) -> Vec<(String, u64)> {
    told(desk, &["--baseline", "stackc-baseline.json", "."])
}

#[test]
fn what_was_written_is_silent_from_then_on() {
    let desk = Desk::empty();
    desk.write("docker-compose.yml", COMPOSE);
    let before = told(&desk, &["."]);
    assert!(before.iter().any(|(rule, _)| rule == "compose-floating-image"), "{before:?}");
    let said = desk.run(&["lint", "--write-baseline", "."]);
    let holds = format!("`stackc-baseline.json` holds {} findings. ", before.len());
    let hint = "`stackc lint --baseline stackc-baseline.json` tells what is new\n";
    assert_eq!((said.code, said.out), (0, format!("docker-compose.yml: nothing new found\n{holds}{hint}")));
    let said = lint(&desk);
    let left_out =
        format!("{} findings are in the baseline `stackc-baseline.json` and left out\n", before.len());
    assert_eq!((said.code, said.out), (0, format!("docker-compose.yml: nothing new found\n{left_out}")));
    // Without it everything is told as before.
    assert_eq!(told(&desk, &["."]), before);
}

#[test]
fn the_file_is_versioned_and_sorted_with_an_entry_a_line() {
    let desk = accepted(&[
        ("b/docker-compose.yml", COMPOSE),
        ("a/docker-compose.yml", COMPOSE),
        ("a.stack", STALE_STACK),
    ]);
    let text = desk.read("stackc-baseline.json");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..3], ["{", "  \"stackc-baseline\": 1,", "  \"findings\": ["]);
    assert_eq!(lines[lines.len() - 2..], ["  ]", "}"]);
    let entries = &lines[3..lines.len() - 2];
    assert!(entries.is_sorted() && entries.len() > 4, "{text}");
    for entry in entries {
        let entry: Value = serde_json::from_str(entry.trim().trim_end_matches(',')).unwrap();
        let fields: Vec<&String> = entry.as_object().unwrap().keys().collect();
        assert_eq!(fields.len(), 4, "{fields:?}");
        assert!(["path", "rule", "fingerprint", "message"].iter().all(|name| entry[name].is_string()));
    }
    let unused = "    {\"path\":\"a.stack\",\"rule\":\"unused-name\",\"fingerprint\":\"";
    assert_eq!(entries.iter().filter(|entry| entry.starts_with(unused)).count(), 1, "{text}");
    // To write it again changes nothing.
    assert_eq!(desk.run(&["lint", "--write-baseline", "."]).code, 0);
    assert_eq!(desk.read("stackc-baseline.json"), text);
}

#[test]
fn a_finding_stays_accepted_where_its_line_moves_and_where_it_is_indented_otherwise() {
    let desk = accepted(&[("docker-compose.yml", COMPOSE)]);
    desk.write(
        "docker-compose.yml",
        "# one\n\nservices:\n    web:\n        restart: always\n        image:   nginx:latest\n",
    );
    assert_eq!(new(&desk), []);
    desk.write("docker-compose.yml", COMPOSE.replace('\n', "\r\n"));
    assert_eq!(new(&desk), []);
}

#[test]
fn what_changes_or_comes_to_it_is_told() {
    let desk = accepted(&[("docker-compose.yml", COMPOSE)]);
    desk.write("docker-compose.yml", COMPOSE.replace("nginx:latest", "nginx"));
    assert_eq!(new(&desk), [("compose-floating-image".to_owned(), 3)]);
    // Of two that are equal one is new, whichever it is.
    let twice = format!("{COMPOSE}  api:\n    image: nginx:latest\n    restart: always\n");
    desk.write("docker-compose.yml", twice);
    let new = new(&desk);
    let images = new.iter().filter(|(rule, _)| rule == "compose-floating-image");
    assert_eq!(images.collect::<Vec<_>>(), [&("compose-floating-image".to_owned(), 6)]);
    assert_eq!(lint(&desk).code, 1);
}

#[test]
fn a_file_that_is_renamed_is_new() {
    let desk = accepted(&[("docker-compose.yml", COMPOSE)]);
    let before = told(&desk, &["."]);
    desk.shell("mv docker-compose.yml compose.yaml");
    assert_eq!(new(&desk), before);
}

#[test]
fn a_secret_may_change_and_is_not_in_the_file() {
    // Made of parts, so that no scanner takes it for one.
    let secret = |times: usize| ["qZ7w", "Kx2m", "Lw9t", "Rb4n"].concat().repeat(times);
    let write = |desk: &Desk, value: &str| {
        desk.write(
            "docker-compose.yml",
            format!(
                "services:\n  db:\n    image: postgres:latest\n    environment:\n      POSTGRES_PASSWORD: {value}\n      \
                 DATABASE_URL: postgres://shop:{value}@db/shop\n    command: --key {value} more\n"
            ),
        );
        desk.write(
            "Dockerfile",
            format!(
                "FROM nginx:latest\nENV API_TOKEN={value}\nRUN curl -u shop:{value} https://example.org\n"
            ),
        );
        desk.write(
            "a.stack",
            format!("stack a\nservice web {{\n  image nginx:1.30\n  env {{ API_TOKEN {value} }}\n}}\n"),
        );
    };
    let desk = Desk::empty();
    write(&desk, &secret(1));
    let before = told(&desk, &["."]);
    assert!(before.iter().filter(|(rule, _)| rule.starts_with("secret-")).count() > 3, "{before:?}");
    desk.run(&["lint", "--write-baseline", "."]);
    let text = desk.read("stackc-baseline.json");
    for part in secret(1).as_bytes().windows(5).map(|part| std::str::from_utf8(part).unwrap()) {
        assert!(!text.contains(part), "a part of the secret is in {text}");
    }
    write(&desk, &secret(3));
    assert_eq!(new(&desk), []);
    desk.run(&["lint", "--write-baseline", "."]);
    assert_eq!(desk.read("stackc-baseline.json"), text, "how long it is changes something");
}

#[test]
fn it_works_from_every_folder_and_however_files_are_named() {
    let desk = accepted(&[("sub/in/docker-compose.yml", COMPOSE), ("a.stack", STALE_STACK)]);
    let root = desk.path(".").canonicalize().unwrap();
    desk.shell("ln -s sub link");
    let script = |script: &str| {
        let said = desk.shell(&format!("root='{}'; {script}", root.display()));
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{script}: {}", said.out);
        assert!(said.out.contains("left out\n"), "{script}: {}", said.out);
    };
    for run in [
        "\"$1\" lint --baseline stackc-baseline.json .",
        "\"$1\" lint --baseline stackc-baseline.json sub/",
        "\"$1\" lint --baseline ./sub/../stackc-baseline.json ./sub/in/docker-compose.yml",
        "\"$1\" lint --baseline \"$root/stackc-baseline.json\" \"$root\"",
        "\"$1\" lint --baseline stackc-baseline.json \"$root/sub/in/docker-compose.yml\" a.stack",
        "\"$1\" lint --baseline stackc-baseline.json",
        "\"$1\" lint --baseline stackc-baseline.json link/in/docker-compose.yml",
        "cd sub && \"$1\" lint --baseline ../stackc-baseline.json",
        "cd sub/in && \"$1\" lint --baseline ../../stackc-baseline.json docker-compose.yml ../../a.stack",
        "cd / && \"$1\" lint --baseline \"$root/stackc-baseline.json\" \"$root\"",
    ] {
        script(run);
    }
    // A baseline elsewhere has the same paths seen from there.
    desk.folder("ci");
    script(
        "cd sub && \"$1\" lint --write-baseline --baseline ../ci/known.json .. && \"$1\" lint --baseline ../ci/known.json ..",
    );
    assert!(desk.read("ci/known.json").contains("\"path\":\"../sub/in/docker-compose.yml\""));
}

#[test]
fn what_is_no_longer_found_is_said_and_taken_out() {
    let desk = accepted(&[("docker-compose.yml", COMPOSE), ("b/docker-compose.yml", COMPOSE)]);
    let all = desk.read("stackc-baseline.json").lines().count();
    desk.write("docker-compose.yml", COMPOSE.replace("latest", "1.30.1"));
    let said = lint(&desk);
    let note = "1 entry of `stackc-baseline.json` is no longer found: `--write-baseline` removes it\n";
    assert!(said.code == 0 && said.out.ends_with(note), "{}", said.out);
    // Nothing is known of a folder that was not linted, nor of a file without those around it.
    for paths in ["b", "docker-compose.yml"] {
        let said = desk.run(&["lint", "--baseline", "stackc-baseline.json", paths]);
        assert!(!said.out.contains("no longer"), "{}", said.out);
        desk.run(&["lint", "--write-baseline", paths]);
        assert_eq!(desk.read("stackc-baseline.json").lines().count(), all);
    }
    let said = desk.run(&["lint", "--write-baseline", "."]);
    assert!(said.out.contains("; 1 that is no longer found was taken out. "), "{}", said.out);
    assert_eq!(desk.read("stackc-baseline.json").lines().count(), all - 1);
    // What is gone is not found by anything any more.
    desk.shell("rm -r b");
    let said = lint(&desk);
    assert!(said.out.contains("are no longer found"), "{}", said.out);
    desk.run(&["lint", "--write-baseline", "."]);
    assert!(!desk.read("stackc-baseline.json").contains("b/docker-compose.yml"));
}

#[test]
fn what_only_the_whole_project_shows_is_not_gone_where_a_part_of_it_is_linted() {
    let compose = "services:\n  web:\n    image: nginx:1.30\n    volumes: ['./web/nginx.conf:/etc/nginx/nginx.conf:ro']\n";
    let nginx = "events {}\nhttp {\n  server {\n    listen 80;\n    location / {\n      proxy_pass http://127.0.0.1:8000;\n    }\n  }\n}\n";
    let desk = accepted(&[("docker-compose.yml", compose), ("web/nginx.conf", nginx)]);
    desk.shell("git init -q .");
    let all = desk.read("stackc-baseline.json");
    assert!(all.contains("\"path\":\"web/nginx.conf\",\"rule\":\"cross-upstream-loopback\""), "{all}");
    let said = desk.run(&["lint", "--baseline", "stackc-baseline.json", "web"]);
    assert!(!said.out.contains("no longer"), "{}", said.out);
    desk.run(&["lint", "--write-baseline", "web"]);
    assert!(desk.read("stackc-baseline.json").contains("cross-upstream-loopback"));
    desk.write("docker-compose.yml", format!("{compose}    network_mode: host\n"));
    let said = lint(&desk);
    assert!(said.out.contains("no longer"), "{}", said.out);
}

#[test]
fn what_keeps_a_file_from_being_read_is_never_accepted() {
    let desk = Desk::empty();
    desk.write("a.stack", "stack a\nservice {\n");
    desk.write(
        "nginx.conf",
        "server {\n    listen 80;\n    location /static {\n        alias /srv/static/;\n    }\n",
    );
    desk.write("b.conf.j2", "server { listen {{ port }}; }\n");
    desk.write("docker-compose.yml", COMPOSE);
    let said = desk.run(&["lint", "--write-baseline", "."]);
    assert_eq!(said.code, 2, "{}", said.out);
    let text = desk.read("stackc-baseline.json");
    assert!(text.contains("compose-floating-image") && !text.contains("unclosed-block"), "{text}");
    let said = lint(&desk);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("`b.conf.j2` is a template"), "{}", said.err);
    assert!(said.out.contains("nginx-unclosed-block"), "{}", said.out);
    // Rules may not have seen the whole of a file that was not understood: none of its entries is given up.
    assert!(!said.out.contains("no longer"), "{}", said.out);
}

#[test]
fn what_a_file_allows_is_not_written_and_does_not_count_among_equal_ones() {
    let stack =
        |allow: &str| format!("stack a\n{allow}volume data\nservice web {{\n  image nginx:1.30\n}}\n");
    let desk = accepted(&[("a.stack", &stack("allow unused-name \"for later\"\n"))]);
    assert!(!desk.read("stackc-baseline.json").contains("unused-name"));
    desk.write("a.stack", stack(""));
    assert_eq!(new(&desk), [("unused-name".to_owned(), 2)]);
}

#[test]
fn every_format_leaves_them_out_and_sarif_says_so() {
    let desk = accepted(&[("docker-compose.yml", COMPOSE)]);
    for format in ["short", "json", "github", "gitlab", "junit", "checkstyle", "rdjson"] {
        let said = desk.run(&["lint", "--baseline", "stackc-baseline.json", "--format", format, "."]);
        assert_eq!(said.code, 0, "{format}");
        assert!(!said.out.contains("compose-floating-image"), "{format}: {}", said.out);
        assert!(
            said.err.ends_with("are in the baseline `stackc-baseline.json` and left out\n"),
            "{}",
            said.err
        );
    }
    let said = desk.run(&["lint", "--baseline", "stackc-baseline.json", "--format", "sarif", "."]);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let results = report["runs"][0]["results"].as_array().unwrap();
    assert!(results.len() > 1 && said.code == 0);
    for result in results {
        let suppressed = serde_json::json!([
            {"kind": "external", "status": "accepted", "justification": "is in the baseline"}
        ]);
        assert_eq!(result["suppressions"], suppressed);
    }
}

#[test]
fn a_baseline_that_cannot_be_used_is_said_to_be_none_and_never_written_over() {
    let desk = Desk::empty();
    desk.write("docker-compose.yml", COMPOSE);
    for (text, why) in [
        ("services: {}\n", "is no baseline"),
        ("{\"stackc-baseline\": 1, \"findings\": [", "is a damaged baseline: line 1 does not read"),
        (
            "{\"stackc-baseline\": 2, \"findings\": {}}",
            "is a baseline of version 2, and this program knows version 1",
        ),
    ] {
        desk.write("stackc-baseline.json", text);
        for option in ["--write-baseline", "--format=terminal"] {
            let said = desk.run(&["lint", "--baseline", "stackc-baseline.json", option, "."]);
            assert_eq!((said.code, said.out.as_str()), (2, ""), "{text}");
            let first = said.err.lines().next().unwrap();
            assert_eq!(first, format!("error: `stackc-baseline.json` {why}"));
            assert!(said.err.contains("help: "), "{}", said.err);
            assert_eq!(desk.read("stackc-baseline.json"), text);
        }
    }
    desk.shell("rm stackc-baseline.json");
    desk.run(&["lint", "--baseline", "stackc-baseline.json", "."]).refuses(
        2,
        "error: `stackc-baseline.json` does not exist\n  help: `stackc lint --write-baseline --baseline \
         stackc-baseline.json` makes it\n",
    );
    desk.folder("folder");
    desk.shell("mkfifo pipe; truncate -s 17M huge; printf '\\377' > bytes; ln -s nowhere dangling");
    for (name, why) in [
        ("folder", "is a folder"),
        ("pipe", "is a pipe"),
        ("huge", "is larger than 16 MiB and was not read"),
        ("bytes", "is not UTF-8"),
        ("dangling", "does not exist"),
        ("gone/b.json", "does not exist"),
    ] {
        let said = desk.run(&["lint", "--baseline", name, "--write-baseline", "."]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{name}: {}", said.err);
        assert!(said.err.contains(why), "{}", said.err);
    }
}

#[test]
fn where_nothing_was_analysed_nothing_is_written() {
    let desk = Desk::empty();
    let said = desk.run(&["lint", "--write-baseline", "."]);
    let line = "`stackc-baseline.json` was not written: nothing was analysed\n";
    assert_eq!((said.code, said.out.as_str(), desk.files().len()), (2, line, 0));
}

#[test]
fn one_that_windows_or_an_editor_saved_reads() {
    let desk = accepted(&[("docker-compose.yml", COMPOSE)]);
    let text = desk.read("stackc-baseline.json");
    desk.write("stackc-baseline.json", format!("\u{feff}{}", text.replace('\n', "\r\n")));
    assert_eq!(new(&desk), []);
    // As does one that was merged: in another order, and with fields that a later program adds.
    let mut lines: Vec<&str> = text.lines().collect();
    let last = lines.len() - 3;
    let moved = lines[last].replace("\"path\"", "\"since\":1,\"path\"") + ",";
    let before = lines[last - 1].trim_end_matches(',').to_owned();
    lines[last] = &before;
    lines[last - 1] = &moved;
    desk.write("stackc-baseline.json", lines.join("\n"));
    assert_eq!(new(&desk), []);
}

#[test]
fn a_baseline_that_cannot_be_written_fails_and_leaves_nothing() {
    let desk = Desk::with("a.stack", STALE_STACK);
    let said = super::with_mounts(
        &desk,
        "mount -o remount,ro out; \"$1\" lint a.stack --write-baseline --baseline out/b.json; code=$?; ls -A out; exit $code",
    );
    assert_eq!((said.code, said.out.as_str()), (4, ""), "{}", said.err);
    assert!(said.err.contains("cannot write `out/b.json`: the file system is read-only"), "{}", said.err);
}

#[test]
fn fixes_leave_alone_what_is_accepted_and_a_baseline_is_not_written_while_files_change() {
    let site = "server {\n    listen 80;\n    lisen 81;\n}\n";
    let desk = accepted(&[("nginx.conf", site)]);
    let said = desk.run(&["lint", "--fix", "--unsafe", "--baseline", "stackc-baseline.json", "."]);
    assert_eq!((said.code, desk.read("nginx.conf").as_str()), (0, site), "{} {}", said.out, said.err);
    assert!(said.out.contains("left out\n"), "{}", said.out);
    for options in
        [&["--fix", "."][..], &["--diff", "."], &["--watch", "."], &["-", "--stdin-filename", "nginx.conf"]]
    {
        let said = desk.run(&[&["lint", "--write-baseline"], options].concat());
        assert_eq!((said.code, said.out.as_str()), (3, ""));
        assert!(said.err.contains("cannot be used with"), "{}", said.err);
    }
}

#[test]
fn the_baseline_of_the_settings_is_used_wherever_one_stands() {
    let desk = Desk::empty();
    desk.shell("mkdir -p .git sub/in ci");
    desk.write("stackc.toml", "baseline = \"ci/known.json\"\n");
    desk.write("sub/in/docker-compose.yml", COMPOSE);
    let missing = desk.run(&["lint", "."]);
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    assert!(missing.err.starts_with("error: `ci/known.json` does not exist\n"), "{}", missing.err);
    let said = desk.shell("cd sub && \"$1\" lint --write-baseline");
    assert!(said.out.contains("`../ci/known.json` holds "), "{} {}", said.out, said.err);
    assert!(desk.read("ci/known.json").contains("\"path\":\"../sub/in/docker-compose.yml\""));
    for script in
        ["\"$1\" lint", "cd sub/in && \"$1\" lint docker-compose.yml", "cd / && \"$1\" lint \"$OLDPWD\""]
    {
        let said = desk.shell(script);
        assert!(
            said.code == 0 && said.out.contains("nothing new found"),
            "{script}: {} {}",
            said.out,
            said.err
        );
    }
    for option in ["--no-baseline", "--no-config"] {
        let said = desk.run(&["lint", option, "."]);
        assert!(said.code == 1 && said.out.contains("compose-floating-image"), "{}", said.out);
    }
    // What is named counts more than what the settings say.
    desk.run(&["lint", "--write-baseline", "--baseline", "other.json", "sub"]);
    assert!(desk.read("other.json").contains("\"path\":\"sub/in/docker-compose.yml\""));
    // Whoever made the project does not choose files of this machine.
    let outside = Desk::with("b.json", &desk.read("other.json"));
    let link = format!("ln -sf '{}' ci/known.json", outside.path("b.json").display());
    desk.shell(&link);
    for option in ["--write-baseline", "--format=short"] {
        let said = desk.run(&["lint", option, "."]);
        assert_eq!((said.code, said.out.as_str()), (2, ""));
        assert!(said.err.contains("a link that leads out of the project"), "{}", said.err);
    }
}

#[test]
fn a_rule_that_is_off_gives_up_nothing() {
    let desk = accepted(&[("docker-compose.yml", COMPOSE)]);
    let all = desk.read("stackc-baseline.json");
    let said = desk.run(&[
        "lint",
        "--allow",
        "compose",
        "--baseline",
        "stackc-baseline.json",
        "--write-baseline",
        ".",
    ]);
    assert_eq!((said.code, desk.read("stackc-baseline.json")), (0, all), "{}", said.out);
    let said = desk.run(&["lint", "--allow", "compose", "--baseline", "stackc-baseline.json", "."]);
    assert!(!said.out.contains("no longer"), "{}", said.out);
}

#[test]
fn what_is_written_in_another_file_is_known_with_it() {
    let compose = "services:\n  web:\n    build:\n      context: .\n      dockerfile_inline: |\n        FROM debian:latest\n        RUN sudo true\n";
    let desk = accepted(&[("a/docker-compose.yml", compose), ("b/docker-compose.yml", COMPOSE)]);
    assert!(desk.read("stackc-baseline.json").contains("dockerfile_inline of web"));
    let said = desk.run(&["lint", "--baseline", "stackc-baseline.json", "b"]);
    assert!(said.code == 0 && !said.out.contains("no longer"), "{}", said.out);
    assert_eq!(new(&desk), []);
    desk.write("a/docker-compose.yml", compose.replace("        RUN sudo true\n", ""));
    let said = lint(&desk);
    assert!(said.code == 0 && said.out.contains("no longer found"), "{}", said.out);
}

#[test]
fn a_text_from_standard_input_has_the_entries_of_its_file() {
    let desk = accepted(&[("docker-compose.yml", COMPOSE)]);
    let lint = "\"$1\" lint - --stdin-filename docker-compose.yml --baseline stackc-baseline.json";
    let said = desk.shell(&format!("{{ cat docker-compose.yml; echo '    links: [db]'; }} | {lint}"));
    assert!(said.code == 1 && said.out.contains("compose-links"), "{} {}", said.out, said.err);
    assert!(!said.out.contains("compose-floating-image"), "{}", said.out);
}

#[test]
fn of_findings_that_are_only_counted_none_is_held() {
    let desk = Desk::empty();
    let volumes =
        (0..1003).fold("stack a\n".to_owned(), |text, number| text + &format!("volume v{number}\n"));
    desk.write("a.stack", volumes + "service web {\n  image nginx:1.30\n}\n");
    let said = desk.run(&["lint", "--write-baseline"]);
    assert!(
        said.code == 1 && said.out.contains("; 3 more were only counted and are not in it. "),
        "{}",
        said.out
    );
    let said = desk.run(&["lint", "--baseline", "stackc-baseline.json"]);
    assert!(said.code == 1 && said.out.starts_with("... and 3 more findings\n"), "{}", said.out);
}

#[test]
fn the_example_of_the_documentation_is_what_is_written() {
    let docs = std::fs::read_to_string(crate::snapshot::repository().join("docs/baseline.md")).unwrap();
    let desk = accepted(&[("docker-compose.yml", COMPOSE)]);
    let text = desk.read("stackc-baseline.json");
    let entry = text.lines().find(|line| line.contains("compose-no-health")).unwrap();
    // Another fingerprint of the same finding, and baselines of this version are no longer understood.
    assert!(docs.contains(&format!("\n{}\n", entry.trim_end_matches(','))), "{entry}");
}
