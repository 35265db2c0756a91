//! `action.yml` and the recipe for GitLab: their form by published schemas, and their scripts by bash, with stand-ins for
//! what GitHub and GitLab have around them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::Value;

use crate::cli::{Desk, STACKC, Said, said};
use crate::slow::tools;
use crate::snapshot::repository;

/// A document of YAML, as Python reads it.
fn yaml(desk: &Desk, text: &str) -> Value {
    desk.write("document.yml", text);
    let script = "import json, yaml; print(json.dumps(yaml.safe_load(open('document.yml')), default=str))";
    let said = said(desk.command(&tools::program("python"), &["-c", script]).output().unwrap());
    fs::remove_file(desk.path("document.yml")).unwrap();
    assert_eq!(said.code, 0, "{}", said.err);
    serde_json::from_str(&said.out).unwrap()
}

fn action(desk: &Desk) -> Value {
    yaml(desk, &fs::read_to_string(repository().join("action.yml")).unwrap())
}

/// The first block of a language below a heading of docs/ci.md.
fn recipe(heading: &str) -> String {
    let page = fs::read_to_string(repository().join("docs/ci.md")).unwrap();
    let part = page.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    part.split("```yaml\n").nth(1).unwrap().split("\n```").next().unwrap().to_owned()
}

#[track_caller]
fn is_valid(schema: &str, file: &Path) {
    let mut command = std::process::Command::new(tools::program("check-jsonschema"));
    command.args(["--builtin-schema", schema]).arg(file);
    let said = said(command.output().unwrap());
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
}

#[test]
fn the_action_and_the_recipes_have_the_form_that_is_published() {
    is_valid("vendor.github-actions", &repository().join("action.yml"));
    let desk = Desk::empty();
    desk.write("workflow.yml", recipe("GitHub").replace("REPOSITORY@COMMIT", "owner/name@0123456789"));
    is_valid("vendor.github-workflows", &desk.path("workflow.yml"));
    desk.write(".gitlab-ci.yml", recipe("GitLab"));
    is_valid("vendor.gitlab-ci", &desk.path(".gitlab-ci.yml"));
}

#[test]
fn the_action_pins_what_it_uses_and_puts_no_input_into_a_script() {
    let action = action(&Desk::empty());
    for step in action["runs"]["steps"].as_array().unwrap() {
        if let Some(uses) = step["uses"].as_str() {
            let (_, commit) = uses.split_once('@').unwrap();
            assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{uses}");
        } else {
            let script = step["run"].as_str().unwrap();
            assert!(!script.contains("${{"), "{script}");
            assert_eq!(step["shell"], "bash");
        }
    }
}

/// What GitHub has around the steps of an action.
struct Runner {
    desk: Desk,
    /// Expressions and their values.
    values: BTreeMap<String, String>,
    /// Goes before the PATH.
    bin: Option<&'static str>,
}

impl Runner {
    fn new(inputs: &[(&str, &str)]) -> Self {
        let desk = Desk::empty();
        for folder in ["temp", "work"] {
            fs::create_dir(desk.path(folder)).unwrap();
        }
        for file in ["output", "path"] {
            desk.write(file, "");
        }
        let mut values = BTreeMap::new();
        for (name, input) in action(&desk)["inputs"].as_object().unwrap() {
            values.insert(format!("inputs.{name}"), input["default"].as_str().unwrap().to_owned());
        }
        for (name, value) in inputs {
            values.insert(format!("inputs.{name}"), (*value).to_owned());
        }
        let here = repository().display().to_string();
        let around = [
            ("github.action_path", here.as_str()),
            ("github.action_repository", "owner/stackc"),
            ("github.server_url", "https://git.example"),
        ];
        values.extend(around.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Self { desk, values, bin: None }
    }

    /// Stackc as a run before has built it.
    fn with_stackc(self) -> Self {
        fs::create_dir_all(self.desk.path("temp/stackc/bin")).unwrap();
        symlink(STACKC, self.desk.path("temp/stackc/bin/stackc")).unwrap();
        self
    }

    /// Runs the script of a step, and takes in what it outputs.
    fn step(&mut self, name: &str) -> Said {
        let action = action(&self.desk);
        let steps = action["runs"]["steps"].as_array().unwrap();
        let step = steps.iter().find(|step| step["name"] == name).unwrap();
        let mut command = self.desk.command(
            "bash",
            &["--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"].as_str().unwrap()],
        );
        command.current_dir(self.desk.path("work"));
        for (name, value) in step["env"].as_object().unwrap() {
            let expression = value.as_str().unwrap().trim_start_matches("${{ ").trim_end_matches(" }}");
            command.env(name, &self.values[expression]);
        }
        command
            .env("RUNNER_TEMP", self.desk.path("temp"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64");
        command.env("GITHUB_OUTPUT", self.desk.path("output")).env("GITHUB_PATH", self.desk.path("path"));
        if let Some(bin) = self.bin {
            let path = std::env::var("PATH").unwrap();
            command.env("PATH", format!("{}:{path}", self.desk.path(bin).display()));
        }
        let said = said(command.output().unwrap());
        if let Some(id) = step["id"].as_str() {
            for line in self.desk.read("output").lines() {
                let (name, value) = line.split_once('=').unwrap();
                self.values.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
            self.desk.write("output", "");
        }
        said
    }

    /// Runs everything up to the lint.
    fn lint(&mut self) -> Said {
        for name in ["Which stackc", "Build stackc"] {
            let said = self.step(name);
            assert_eq!(said.code, 0, "{name}: {}{}", said.out, said.err);
        }
        self.step("Lint")
    }

    fn code(&self) -> &str {
        &self.values["steps.lint.outputs.exit-code"]
    }
}

const BAD: &str = "FROM nginx:1.30\nENV DB_PASSWORD=hunter2hunter2\n";

#[test]
fn the_action_annotates_writes_sarif_and_fails_in_the_end() {
    let mut runner = Runner::new(&[("sarif", "stackc.sarif")]).with_stackc();
    runner.desk.write("work/Dockerfile", BAD);
    let said = runner.lint();
    assert_eq!((said.code, runner.code()), (0, "1"), "{}", said.err);
    assert!(said.out.starts_with("::warning file=Dockerfile,line=2"), "{}", said.out);
    assert!(!said.out.contains("hunter2"), "{}", said.out);
    assert_eq!(runner.values["steps.lint.outputs.sarif"], "stackc.sarif");
    let sarif: Value = serde_json::from_str(&runner.desk.read("work/stackc.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(runner.step("Result").code, 1);

    let mut runner = Runner::new(&[("fail-on", "never")]).with_stackc();
    runner.desk.write("work/Dockerfile", BAD);
    runner.lint();
    assert_eq!(runner.code(), "0");
    assert_eq!(runner.step("Result").code, 0);

    let mut runner = Runner::new(&[("drift", "true")]).with_stackc();
    runner.desk.write("work/a.stack", crate::cli::DEMO);
    let said = runner.lint();
    assert_eq!(runner.code(), "1");
    assert!(said.out.contains("`docker-compose.yml` is missing"), "{}", said.out);
}

#[test]
fn inputs_are_words_and_never_commands() {
    for hostile in
        ["$(touch pwned)", "a\"; touch pwned; \"", "`touch pwned`", "-x; touch pwned", "--fix", "../*"]
    {
        let inputs = [("paths", hostile), ("fail-on", hostile), ("sarif", hostile)];
        let mut runner = Runner::new(&inputs).with_stackc();
        runner.desk.write("work/Dockerfile", BAD);
        assert_eq!(runner.lint().code, 0);
        assert_ne!(runner.code(), "0", "{hostile}");
        assert_ne!(runner.step("Result").code, 0, "{hostile}");
        assert!(!runner.desk.path("work/pwned").exists(), "{hostile}");
        assert_eq!(runner.desk.read("work/Dockerfile"), BAD);
    }
    let mut runner = Runner::new(&[("paths", "-a b.Dockerfile\n\nsub folder")]).with_stackc();
    fs::create_dir(runner.desk.path("work/sub folder")).unwrap();
    runner.desk.write("work/-a b.Dockerfile", BAD);
    runner.desk.write("work/sub folder/Dockerfile", BAD);
    let said = runner.lint();
    assert!(
        said.out.contains("file=-a b.Dockerfile") && said.out.contains("file=sub folder/Dockerfile"),
        "{said:?}"
    );
}

#[test]
fn an_input_that_cannot_be_followed_is_refused_before_anything_is_built() {
    for (name, value) in [("version", "main"), ("drift", "TRUE"), ("drift", "$(touch pwned)"), ("upload", "")]
    {
        let runner = &mut Runner::new(&[(name, value)]);
        let said = runner.step("Which stackc");
        assert_eq!(
            (said.code, said.out.contains(&format!("the input `{name}` is n"))),
            (3, true),
            "{said:?}"
        );
        assert!(!runner.desk.path("work/pwned").exists());
    }
}

#[test]
fn the_action_tells_why_it_fails() {
    for (input, value, code, why) in [
        ("sarif", "nowhere/stackc.sarif", "4", "the SARIF file cannot be written"),
        ("drift", "true", "2", "could not be compared with their stack files"),
    ] {
        let mut runner = Runner::new(&[(input, value)]).with_stackc();
        runner.desk.write("work/Dockerfile", BAD);
        let said = runner.lint();
        assert_eq!((runner.code(), said.out.contains(why)), (code, true), "{said:?}");
        assert!(!runner.values.contains_key("steps.lint.outputs.sarif"));
    }
}

#[test]
fn what_is_built_is_pinned() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    for version in ["", commit] {
        let mut runner = Runner::new(&[("version", version)]);
        fs::create_dir(runner.desk.path("bin")).unwrap();
        let cargo = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$RUNNER_TEMP/../said\"\nmkdir -p \"$4/bin\"\nln -s {STACKC} \"$4/bin/stackc\"\n"
        );
        runner.desk.write("bin/cargo", cargo);
        fs::set_permissions(runner.desk.path("bin/cargo"), fs::Permissions::from_mode(0o755)).unwrap();
        runner.bin = Some("bin");
        assert_eq!(runner.step("Which stackc").code, 0);
        let key = runner.values["steps.pin.outputs.key"].clone();
        assert!(key.starts_with("stackc-Linux-X64-") && key.ends_with(version) && key.len() == 57, "{key}");
        let said = runner.step("Build stackc");
        assert_eq!(said.code, 0, "{}", said.err);
        let root = runner.desk.path("temp/stackc").display().to_string();
        let here = repository().display().to_string();
        let source = if version.is_empty() {
            format!("--path\n{here}")
        } else {
            format!("--git\nhttps://git.example/owner/stackc\n--rev\n{commit}\nstackc")
        };
        assert_eq!(runner.desk.read("said"), format!("install\n--locked\n--root\n{root}\n{source}\n"));
        assert!(runner.desk.read("path").ends_with("/stackc/bin\n"));
    }
}

#[test]
fn the_recipe_for_gitlab_writes_its_report_and_gives_the_code_of_the_lint() {
    for (dockerfile, expected, is_current) in
        [("FROM scratch\n", 0, true), (BAD, 1, true), ("FROM scratch\n", 1, false)]
    {
        let desk = Desk::empty();
        let job = yaml(&desk, &recipe("GitLab"));
        let lines = job["stackc"]["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
        let script = lines.collect::<Vec<_>>().join("\n");
        desk.write("Dockerfile", dockerfile);
        fs::create_dir_all(desk.path("app")).unwrap();
        desk.write("app/a.stack", crate::cli::DEMO);
        if is_current {
            assert_eq!(desk.run(&["build", "app/a.stack"]).code, 0);
        }
        fs::create_dir_all(desk.path(".cargo/bin")).unwrap();
        symlink(STACKC, desk.path(".cargo/bin/stackc")).unwrap();
        desk.write(
            ".cargo/bin/cargo",
            "#!/bin/sh\ntest \"$*\" = 'install --locked --git URL --rev COMMIT stackc'\n",
        );
        fs::set_permissions(desk.path(".cargo/bin/cargo"), fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = desk.command("bash", &["-eo", "pipefail", "-c", &script]);
        let home = desk.path(".cargo");
        let path = format!("{}/bin:{}", home.display(), std::env::var("PATH").unwrap());
        command
            .env("CARGO_HOME", &home)
            .env("PATH", path)
            .env("STACKC_REPOSITORY", "URL")
            .env("STACKC_COMMIT", "COMMIT");
        let said = said(command.output().unwrap());
        assert_eq!(said.code, expected, "{dockerfile}: {}{}", said.out, said.err);
        let report: Value = serde_json::from_str(&desk.read("gl-code-quality-report.json")).unwrap();
        let of_dockerfile = report
            .as_array()
            .unwrap()
            .iter()
            .any(|issue| issue["location"]["path"] == "Dockerfile" && issue["severity"] == "major");
        assert_eq!(of_dockerfile, dockerfile == BAD, "{report}");
    }
}
