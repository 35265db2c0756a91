//! Secrets of a build step, and secrets that come from the environment of whoever starts compose.

use std::process::Command;

use super::blog::{environment_of, variable};
use super::deployment::Deployment;
use super::evidence::{Canary, Evidence, hex, sha256};
use super::{Checks, PYTHON, Said, docker, need_images, random};

/// The steps write down what they saw, as a sum that gives nothing away. `RUN_OF` makes them steps that `BuildKit`
/// has not seen: another value of a secret alone does not have it repeat one.
const STACK: &str = r#"stack vault

secret step_file { file ./secrets/step_file }
secret step_env  { env VAULT_STEP }
secret run_env   { env VAULT_RUN }

service app {
  build {
    base python:3.14-slim
    env  { RUN_OF @random@ }
    run "sha256sum </run/secrets/step_file >/seen_file" { secret step_file }
    run "sha256sum </run/secrets/step_env >/seen_env; ls /run/secrets >/seen_names" { secret step_env }
    run "ls -A /run/secrets >/left 2>/dev/null || true"
  }
  command sleep 600
  env {
    BY_PATH  secret.run_env.path
    EXPORTED secret.run_env exported
    AS_URL   "redis://:${secret.run_env}@cache/0" exported
  }
}
"#;

#[test]
fn steps_and_programs_get_secrets_that_stay_nowhere() {
    need_images(&[PYTHON]);
    let [in_file, in_step, in_run] =
        ["'\"$HOME $$ ${PATH} `id`\\", "%2F:@ \"'$", "it's \"$5\" ${HOME} $(id) %41#\\"]
            .map(|before| Canary::between(before, " $'\""));
    let evidence = Evidence::against(&[&in_file, &in_step, &in_run]);
    let mut deployment = Deployment::new("vault");
    deployment.set("VAULT_STEP", &in_step.value);
    deployment.set("VAULT_RUN", &in_run.value);
    deployment.write("vault.stack", STACK.replace("@random@", &random(12)));
    deployment.write("secrets/step_file", format!("{}\n\n", in_file.value));
    for arguments in [&["build"][..], &["lint"], &["secret", "init"]] {
        let said = deployment.stackc(arguments);
        assert!(said.code <= 1, "{}", said.report());
        evidence
            .add(&format!("stackc {}", arguments[0]), [said.out.as_slice(), said.err.as_bytes()].concat());
    }
    evidence.add("compose up --build", deployment.up());
    let exec = |command: &[&str]| deployment.compose(&[&["exec", "-T", "app"], command].concat());
    let mut checks = Checks::default();

    checks.check("a step reads a secret from a file, byte for byte", || {
        let expected = sha256(format!("{}\n\n", in_file.value).as_bytes());
        assert_eq!(exec(&["cat", "/seen_file"]).ok(), format!("{expected}  -\n"));
    });
    checks.check("a step reads a secret from the environment", || {
        assert_eq!(exec(&["cat", "/seen_env"]).ok(), format!("{}  -\n", sha256(in_step.value.as_bytes())));
    });
    checks.check("a step has no secret but its own, and none stays", || {
        assert_eq!(exec(&["cat", "/seen_names", "/left"]).ok(), "step_env\n");
    });
    checks.check("the program reads the secret at its path", || {
        let environment = exec(&["sh", "-c", &environment_of("sleep")]).bytes();
        let path = variable(&environment, "BY_PATH").expect("BY_PATH is set");
        assert_eq!(exec(&["cat", &path]).ok(), in_run.value);
    });
    checks.check("the program finds it exported", || {
        let environment = exec(&["sh", "-c", &environment_of("sleep")]).bytes();
        assert_eq!(variable(&environment, "EXPORTED").as_ref(), Some(&in_run.value));
        let encoded = hex(in_run.value.as_bytes(), "%");
        assert_eq!(variable(&environment, "AS_URL"), Some(format!("redis://:{encoded}@cache/0")));
    });
    checks.check("none is in an image, a container, a log or a file that was made", || {
        let images = deployment.images();
        assert_eq!(images.len(), 1);
        evidence.add_images(&images, &[PYTHON]);
        evidence.add_said("inspect", deployment.docker(&["inspect", &deployment.container("app")]));
        evidence.add_said("compose top", deployment.compose(&["top"]));
        evidence.add_logs(&deployment);
        for arguments in [&["config"][..], &["config", "--format", "json"]] {
            evidence.add_said(&format!("compose {}", arguments.join(" ")), deployment.compose(arguments));
        }
        let made = ["docker-compose.yml", ".env.example", ".gitignore", ".stackc-manifest.json", "docker"];
        let made: Vec<_> =
            made.iter().map(|name| deployment.path(name)).filter(|path| path.exists()).collect();
        let made: Vec<_> = made.iter().map(std::path::PathBuf::as_path).collect();
        let found = evidence.holding(&made);
        assert!(found.is_empty(), "a secret is in {found:#?}");
    });
    checks.finish();
}

/// The search itself: an image that gives its secret away, in a compressed file that a later step removes.
#[test]
fn a_leak_would_be_found() {
    need_images(&[PYTHON]);
    let canary = Canary::between("", "");
    let deployment = Deployment::new("leak");
    deployment.write("secret", &canary.value);
    deployment.write(
        "Dockerfile",
        format!(
            "FROM {PYTHON}\nRUN --mount=type=secret,id=s gzip -c </run/secrets/s >/leak.gz\nRUN rm /leak.gz\n"
        ),
    );
    let image = format!("{}:leak", deployment.project);
    let folder = deployment.folder().display().to_string();
    let secret = format!("id=s,src={folder}/secret");
    Said::of(&mut docker(["build", "--no-cache", "--secret", &secret, "-t", &image, &folder])).ok();
    let evidence = Evidence::against(&[&canary]);
    evidence.add_images(std::slice::from_ref(&image), &[PYTHON]);
    Said::of(&mut docker(["image", "rm", "-f", &image])).ok();
    let found = evidence.holding(&[]);
    assert!(found.len() == 1 && found[0].ends_with("/leak.unzipped"), "{found:?}");
    for spelled in ["in quotes", "in hex", "in base64"] {
        let evidence = Evidence::against(&[&canary]);
        evidence.add("piece", evidence_of(spelled, &canary.value));
        assert_eq!(evidence.holding(&[]), ["piece"], "{spelled}");
    }
}

/// A value as it may turn up in a log.
fn evidence_of(spelled: &str, value: &str) -> String {
    match spelled {
        "in hex" => hex(value.as_bytes(), "").to_uppercase(),
        "in base64" => {
            let mut command = Command::new("base64");
            Said::with_input(command.arg("-w0"), format!("x{value}").as_bytes()).ok()
        }
        _ => format!("key=\"{value}\\n\""),
    }
}
