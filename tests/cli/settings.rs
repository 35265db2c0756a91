//! `stackc.toml` and what is typed over it.

use super::{DEMO, Desk};

/// Two deployments in folders, each with a warning and advice.
const COMPOSE: &str = "services:\n  web:\n    image: nginx:latest\n    privileged: true\n";

/// The findings of a run, as `LEVEL RULE` with their files.
fn found(desk: &Desk, arguments: &[&str]) -> (i32, Vec<String>) {
    let arguments = [&["lint", "--format", "short"], arguments].concat();
    let said = desk.run(&arguments);
    let lines = said.out.lines().filter(|line| !line.contains(": note: "));
    let short = lines.map(|line| {
        let mut parts = line.splitn(5, ':');
        let (file, level) = (parts.next().unwrap(), parts.nth(2).unwrap_or_default().trim());
        format!("{file} {level} {}", line.rsplit('[').next().unwrap().trim_end_matches(']'))
    });
    (said.code, short.collect())
}

fn desk() -> Desk {
    let desk = Desk::empty();
    for folder in ["old/a", "new"] {
        std::fs::create_dir_all(desk.path(folder)).unwrap();
    }
    desk.write("old/a/compose.yaml", COMPOSE);
    desk.write("new/compose.yaml", COMPOSE);
    desk
}

const OLD: [&str; 2] =
    ["old/a/compose.yaml warning compose-floating-image", "old/a/compose.yaml warning compose-privileged"];
const NEW: [&str; 2] =
    ["new/compose.yaml warning compose-floating-image", "new/compose.yaml warning compose-privileged"];

#[test]
fn levels_are_those_of_the_file_and_a_rule_counts_more_than_its_group() {
    let desk = desk();
    assert_eq!(found(&desk, &["new"]), (1, NEW.map(str::to_owned).to_vec()));
    desk.write("stackc.toml", "[rules]\ncompose-privileged = \"error\"\ncompose = \"off\"\n");
    assert_eq!(
        found(&desk, &["."]).1,
        ["new/compose.yaml error compose-privileged", "old/a/compose.yaml error compose-privileged"]
    );
    // Without a repository only that of the folder itself counts, and nobody need take it.
    assert_eq!(found(&desk, &["new"]).1, NEW);
    assert_eq!(found(&desk, &["--no-config", "."]).1, [NEW, OLD].concat());
    assert_eq!(
        found(&desk, &["--config", "stackc.toml", "new"]).1,
        ["new/compose.yaml error compose-privileged"]
    );
    desk.write("stackc.toml", "[rules]\ncompose = \"info\"\n");
    assert_eq!(found(&desk, &["."]), (0, Vec::new()));
}

#[test]
fn what_is_typed_counts_more_than_the_file_and_the_last_of_it_most() {
    let desk = desk();
    desk.write("stackc.toml", "[rules]\ncompose-privileged = \"off\"\n");
    assert_eq!(
        found(
            &desk,
            &[
                "--deny",
                "compose",
                "--allow",
                "compose-floating-image",
                "--warn",
                "compose-privileged",
                "--config",
                "stackc.toml",
                "new/compose.yaml"
            ]
        )
        .1
        .iter()
        .filter(|line| !line.contains(" error "))
        .collect::<Vec<_>>(),
        ["new/compose.yaml warning compose-privileged"]
    );
    assert_eq!(found(&desk, &["--warn", "compose-privileged", "--allow", "compose", "."]), (0, Vec::new()));
    let said = desk.run(&["lint", "--deny", "compose-privilegd", "."]);
    assert_eq!(said.code, 3);
    assert_eq!(
        said.err,
        "error: there is no rule or group `compose-privilegd`\n  help: did you mean `compose-privileged`? `stackc explain --list` lists the rules\n"
    );
    let said = desk.run(&["lint", "--allow", "compose-bad-port", "."]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (
            3,
            "error: `compose-bad-port` is no rule\n  help: only rules have levels; what keeps a file from being understood is always told\n"
        )
    );
    assert_eq!(desk.run(&["lint", "--fail-on", "often", "."]).code, 3);
}

#[test]
fn the_threshold_moves_the_exit_code_and_no_more() {
    let desk = desk();
    let mut all = [NEW, OLD].concat();
    all.sort_unstable();
    for (level, code) in [("error", 0), ("warning", 1), ("info", 1), ("never", 0)] {
        assert_eq!(
            found(&desk, &["--fail-on", level, "."]),
            (code, all.iter().map(|line| (*line).to_owned()).collect()),
            "{level}"
        );
    }
    desk.write("stackc.toml", "fail-on = \"never\"\n");
    assert_eq!(found(&desk, &["."]).0, 0);
    assert_eq!(found(&desk, &["--fail-on", "warning", "."]).0, 1);
    // What was not analysed is never well.
    desk.write("new/Dockerfile", "FORM debian\n");
    assert_eq!(desk.run(&["lint", "."]).code, 2);
}

#[test]
fn files_and_services_are_left_out_with_a_reason() {
    let desk = desk();
    desk.write("stackc.toml", "[[exclude]]\npaths = [\"old\"]\nreason = \"is replaced\"\n");
    assert_eq!(found(&desk, &["."]).1, NEW);
    desk.write(
        "stackc.toml",
        "[[exclude]]\npaths = [\"*/compose.yaml\"]\nservices = [\"web\"]\nrules = [\"compose-privileged\"]\nreason = \"is replaced\"\n",
    );
    assert_eq!(found(&desk, &["."]).1, [NEW[0], OLD[0], OLD[1]]);
    let said = desk.run(&["lint", "--format", "sarif", "."]);
    let log: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let left_out: Vec<&serde_json::Value> =
        results.iter().filter(|result| result["suppressions"][0].is_object()).collect();
    assert_eq!(left_out.len(), 1);
    assert_eq!(left_out[0]["ruleId"], "compose-privileged");
    assert_eq!(left_out[0]["suppressions"][0]["kind"], "external");
    assert_eq!(left_out[0]["suppressions"][0]["justification"], "is replaced");
}

#[test]
fn a_service_has_its_block_and_what_it_alone_builds_and_runs() {
    let desk = Desk::empty();
    std::fs::create_dir(desk.path("api")).unwrap();
    desk.write(
        "compose.yaml",
        "services:\n  api:\n    build: api\n    privileged: true\n  db:\n    image: postgres:latest\n",
    );
    desk.write("api/Dockerfile", "FROM debian\nRUN cd /srv\n");
    let rules = || -> Vec<String> { found(&desk, &["."]).1 };
    assert!(rules().iter().any(|line| line.starts_with("api/Dockerfile")), "{:?}", rules());
    desk.write("stackc.toml", "[[exclude]]\nservices = [\"api\"]\nreason = \"of another team\"\n");
    assert!(!rules().iter().any(|line| line.starts_with("api/Dockerfile")), "{:?}", rules());
    assert!(rules().contains(&"compose.yaml warning compose-floating-image".to_owned()), "{:?}", rules());
    assert!(!rules().contains(&"compose.yaml warning compose-privileged".to_owned()), "{:?}", rules());
    // Of what two build nobody knows whose it is.
    desk.write("compose.yaml", "services:\n  api:\n    build: api\n  db:\n    build: api\n");
    assert!(rules().iter().any(|line| line.starts_with("api/Dockerfile")), "{:?}", rules());
}

#[test]
fn a_stack_file_is_judged_by_the_same_settings() {
    let desk = Desk::with("app.stack", &DEMO.replace("web {", "web {\n  env { DB_PASSWORD hunter2hunter2 }"));
    let levels = |level: &str| desk.write("stackc.toml", format!("[rules]\nsecret-literal = \"{level}\"\n"));
    for (level, word) in [("error", "error[secret-literal]"), ("info", "note[secret-literal]")] {
        levels(level);
        let said = desk.run(&["build", "--diff"]);
        assert!(said.err.contains(word) && !said.err.contains("hunter"), "{}", said.err);
        assert!(!said.out.contains("hunter"), "{}", said.out);
    }
    levels("off");
    let said = desk.run(&["build", "--diff"]);
    assert!(!said.err.contains("secret-literal") && !said.out.contains("hunter"), "{said:?}");
    assert!(desk.run(&["build", "--no-config", "--diff"]).err.contains("warning[secret-literal]"));
    desk.write("stackc.toml", "[[exclude]]\nservices = [\"web\"]\nreason = \"of another team\"\n");
    assert!(!desk.run(&["lint"]).out.contains("secret-literal"));
}

#[test]
fn settings_that_cannot_be_understood_stop_the_run_at_their_place() {
    let desk = desk();
    desk.write("stackc.toml", "fail-on = \"eror\"\n");
    let said = desk.run(&["lint", "."]);
    assert_eq!((said.code, said.err.as_str()), (2, ""));
    assert_eq!(
        said.out,
        "error[settings-value]: `fail-on` cannot be `eror`\n   ╭─[stackc.toml:1:11]\n 1 │ fail-on = \"eror\"\n   ·           ───┬──\n   ·              ╰── did you mean `\"error\"`?\n   ╰────\n  help: it is one of `error`, `warning`, `info`, `never`\n\n1 error; nothing else was looked at\n"
    );
    let said = desk.run(&["lint", "--format", "short", "."]);
    assert_eq!((said.code, said.out.lines().count()), (2, 1), "{}", said.out);
    // Nor is anything written.
    desk.write("app.stack", DEMO);
    let said = desk.run(&["build"]);
    assert_eq!((said.code, desk.path("docker-compose.yml").exists()), (2, false));
    assert!(said.err.contains("error[settings-value]"), "{}", said.err);
    assert_eq!(desk.run(&["build", "--no-config"]).code, 0);
}

#[test]
fn a_file_that_is_none_is_refused() {
    let desk = desk();
    let refused = |desk: &Desk| {
        let said = desk.run(&["lint", "."]);
        (said.code, said.err.lines().next().unwrap_or_default().to_owned())
    };
    std::fs::create_dir(desk.path("stackc.toml")).unwrap();
    assert_eq!(refused(&desk), (2, "error: `stackc.toml` is a folder".to_owned()));
    std::fs::remove_dir(desk.path("stackc.toml")).unwrap();
    desk.write("stackc.toml", b"fail-on = \"\xff\"\n");
    assert_eq!(refused(&desk).0, 2);
    std::fs::File::create(desk.path("stackc.toml")).unwrap().set_len(2 << 20).unwrap();
    assert_eq!(refused(&desk), (2, "error: `stackc.toml` is larger than 1 MiB and was not read".to_owned()));
    std::fs::remove_file(desk.path("stackc.toml")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", desk.path("stackc.toml")).unwrap();
    assert_eq!(
        refused(&desk),
        (2, "error: `stackc.toml` is a link that leads out of the project and was not read".to_owned())
    );
    assert_eq!(desk.run(&["lint", "--config", "gone.toml", "."]).code, 2);
    assert_eq!(desk.run(&["lint", "--config", "a", "--no-config", "."]).code, 3);
}

#[test]
fn settings_that_do_not_hold_for_the_run_are_named() {
    let desk = desk();
    let off = "[rules]\ncompose = \"off\"\n";
    desk.write("new/stackc.toml", off);
    desk.write("old/stackc.toml", off);
    let said = desk.run(&["lint", "--format", "short", "new", "old"]);
    assert_eq!(
        said.err,
        "`new/stackc.toml` and 1 more were not used: one holds for a run, that of the folder with everything that was named \
         or above; `stackc lint new` uses it\n"
    );
    assert_eq!(said.code, 1);
    let said = desk.run(&["lint", "--format", "short", "new/compose.yaml", "old/a"]);
    assert!(said.err.starts_with("`new/stackc.toml` was not used"), "{}", said.err);
    // The one that is used, and what is said on the command line.
    for arguments in [
        vec!["new"],
        vec!["new/compose.yaml"],
        vec!["--no-config", "new"],
        vec!["--config", "new/stackc.toml", "."],
    ] {
        let said = desk.run(&[vec!["lint", "--format", "short"], arguments].concat());
        assert_eq!(said.err, "");
    }
}

#[test]
fn a_service_of_version_1_is_left_out_like_any_other() {
    let desk = Desk::with(
        "docker-compose.yml",
        "db:\n  image: x:1\n  privileged: true\nweb:\n  image: x:1\n  privileged: true\n",
    );
    desk.write(
        "stackc.toml",
        "[[exclude]]\nservices = [\"db\"]\nrules = [\"compose-privileged\"]\nreason = \"another team\"\n",
    );
    let (_, found) = found(&desk, &["."]);
    let privileged = found.iter().filter(|found| found.ends_with("compose-privileged"));
    assert_eq!(privileged.count(), 1, "{found:?}");
}
