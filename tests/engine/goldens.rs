//! What stands in `snapshots/cases`, read by the programs that it is for.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::deployment::Deployment;
use super::tls::make_certificate;
use super::{Checks, NGINX, PYTHON, Said, docker, has_image, need_images};
use crate::golden::cases;
use crate::snapshot::{read_folder, repository};

/// A case as it would lie in somebody's folder: its sources and what was made of them.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) deployment: Deployment,
}

impl Case {
    /// A case by its name and its stack file.
    pub(super) fn new(name: String, file: &Path) -> Self {
        let mut deployment = Deployment::new("case");
        deployment.copy_from(file.parent().unwrap(), |_| true);
        deployment.copy_from(&repository().join("snapshots/cases").join(&name), |_| true);
        for variable in variables(&deployment) {
            deployment.set(&variable, "x");
        }
        Self { name, deployment }
    }
}

/// Every case that makes a composition where it is by default.
fn all() -> Vec<Case> {
    let expected = repository().join("snapshots/cases");
    let found: Vec<Case> = cases()
        .into_iter()
        .filter(|(name, _)| expected.join(name).join("docker-compose.yml").exists())
        .map(|(name, file)| Case::new(name, &file))
        .collect();
    assert!(found.len() >= 4, "the cases and the example are here");
    found
}

/// The variables that compose must be given: those that `.env.example` lists without a value.
fn variables(deployment: &Deployment) -> Vec<String> {
    let example = fs::read_to_string(deployment.path(".env.example")).unwrap_or_default();
    let names = example.lines().filter_map(|line| line.trim_start_matches("# ").strip_suffix('='));
    names.map(str::to_owned).collect()
}

/// What compose makes of a case, without the `ssh` of builds: the JSON that compose writes of the path of a key is none
/// (compose-go, types/ssh.go, `MarshalJSON`).
fn config(case: &Case) -> Value {
    let name = "docker-compose.yml";
    let text = fs::read_to_string(case.deployment.path(name)).unwrap();
    let (mut kept, mut is_ssh) = (String::new(), false);
    for line in text.lines() {
        is_ssh = line == "      ssh:" || is_ssh && line.starts_with("        ");
        if !is_ssh {
            kept += &format!("{line}\n");
        }
    }
    case.deployment.write(name, kept);
    case.deployment.config()
}

/// Tries something on every case.
fn for_each(what: &str, body: impl Fn(&Case)) {
    let mut checks = Checks::default();
    for case in all() {
        checks.check(&format!("{}: {what}", case.name), || body(&case));
    }
    checks.finish();
}

#[test]
fn compose_accepts_every_case() {
    for_each("docker compose config", |case| {
        let said = case.deployment.compose(&["config", "-q"]);
        assert!(said.code == 0 && said.err.is_empty(), "{}", said.report());
    });
}

#[test]
fn buildkit_finds_nothing_to_say_about_any_dockerfile() {
    need_images(&[PYTHON]);
    for_each("docker build --check", |case| {
        let config = config(case);
        for (service, declared) in config["services"].as_object().unwrap() {
            if let Value::Object(build) = &declared["build"] {
                let arguments = build_arguments(case, &Value::Object(build.clone()));
                let said = case.deployment.docker(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
                assert!(said.code == 0, "{service}: {}", said.report());
            }
        }
    });
}

/// The words of `docker build --check` for the `build` of a service. Images that are not here are replaced: what
/// is in them does not matter.
fn build_arguments(case: &Case, build: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let context = text(&build["context"]);
    // A folder that git knows nothing in is none of a case.
    fs::create_dir_all(&context).unwrap();
    let dockerfile = match build["dockerfile_inline"].as_str() {
        Some(inline) => {
            case.deployment.write("inline.Dockerfile", inline);
            case.deployment.path("inline.Dockerfile").to_string_lossy().into_owned()
        }
        None => format!("{context}/{}", text(&build["dockerfile"])),
    };
    let mut arguments = vec!["build".to_owned(), "--check".to_owned(), "-f".to_owned(), dockerfile.clone()];
    let mut put = |option: &str, value: String| arguments.extend([option.to_owned(), value]);
    let replaced = |name: &str| format!("{name}=docker-image://{PYTHON}");
    for (name, value) in build["args"].as_object().into_iter().flatten() {
        // Without a value it is passed through.
        put("--build-arg", value.as_str().map_or(name.clone(), |value| format!("{name}={value}")));
    }
    for (name, from) in build["additional_contexts"].as_object().into_iter().flatten() {
        let from = text(from);
        put(
            "--build-context",
            if from.contains("service:") { replaced(name) } else { format!("{name}={from}") },
        );
    }
    let source = fs::read_to_string(&dockerfile)
        .unwrap_or_else(|error| panic!("{}: {dockerfile}: {error}", case.name));
    for image in images(&source).into_iter().filter(|image| !has_image(image)) {
        put("--build-context", replaced(&image));
    }
    arguments.push(context);
    arguments
}

/// The images that a Dockerfile names outright.
fn images(dockerfile: &str) -> BTreeSet<String> {
    let from = dockerfile.lines().filter_map(|line| line.strip_prefix("FROM "));
    let copied = dockerfile.lines().filter_map(|line| line.strip_prefix("COPY --from="));
    let names = from.chain(copied).filter_map(|rest| rest.split(' ').next());
    names.filter(|name| name.contains(':') && !name.contains('$')).map(str::to_owned).collect()
}

#[test]
fn nginx_accepts_every_configuration() {
    need_images(&[NGINX]);
    let mut tested = 0;
    for_each("nginx -t", |case| {
        for (path, text) in read_folder(&repository().join("snapshots/cases").join(&case.name)) {
            if let Some(folder) = path.strip_suffix("/nginx.conf") {
                // A file that containers mount has none beside it.
                let dockerfile = case.deployment.path(&format!("{folder}/Dockerfile"));
                let dockerfile = fs::read_to_string(dockerfile).unwrap_or_default();
                try_nginx(case, &path, &text, dockerfile.contains("\nUSER 101:101\n"));
            }
        }
    });
    for case in all() {
        tested += walkdir::WalkDir::new(case.deployment.path("docker"))
            .into_iter()
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name() == "nginx.conf")
            .count();
    }
    assert!(tested >= 3, "the cases have proxies");
}

/// Has nginx read a configuration, as contained as it will be.
fn try_nginx(case: &Case, path: &str, text: &str, is_secure: bool) {
    let mut run: Vec<String> = ["run", "--rm", "-i"].map(str::to_owned).into();
    if is_secure {
        let contained =
            "--user 101:101 --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges:true";
        run.extend(contained.split(' ').map(str::to_owned));
    }
    for service in case.deployment.compose(&["config", "--services"]).ok().lines() {
        run.extend(["--add-host".to_owned(), format!("{service}:127.0.0.1")]);
    }
    for (directive, file) in [("ssl_certificate", "pair.pem"), ("ssl_certificate_key", "pair.key")] {
        let (pair, key) = (case.deployment.path("pair.pem"), case.deployment.path("pair.key"));
        if text.contains("ssl_certificate ") && !pair.exists() {
            make_certificate(&["example.org"], &pair, &key);
            fs::set_permissions(&key, fs::Permissions::from_mode(0o444)).unwrap();
        }
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix(directive)?.strip_prefix(' '));
        let paths: BTreeSet<&str> = lines.map(|path| path.trim_end_matches(';')).collect();
        let file = case.deployment.path(file).to_string_lossy().into_owned();
        run.extend(paths.iter().flat_map(|path| ["-v".to_owned(), format!("{file}:{path}:ro")]));
    }
    let script = "cat >/tmp/nginx.conf && exec nginx -t -c /tmp/nginx.conf";
    run.extend(["--entrypoint", "sh", NGINX, "-c", script].map(str::to_owned));
    let said = Said::with_input(&mut docker(run), text.as_bytes());
    assert!(said.code == 0, "{path}: {}", said.report());
    assert!(!said.err.contains("[warn]"), "{path}: {}", said.report());
}

#[test]
fn every_shell_reads_the_exporting_entrypoints() {
    let mut tried = 0;
    for case in all() {
        let config = config(&case);
        for (service, declared) in config["services"].as_object().unwrap() {
            let words: Vec<&str> =
                declared["entrypoint"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let ["/bin/sh", "-ec", script, ..] = words.as_slice() else { continue };
            tried += 1;
            for shell in [&["dash"][..], &["busybox", "sh"], &["bash", "--posix"]] {
                let mut command = Command::new(shell[0]);
                command.args(&shell[1..]).arg("-n");
                let said = Said::with_input(&mut command, script.replace("$$", "$").as_bytes());
                assert!(said.code == 0 && said.err.is_empty(), "{}, {service}: {}", case.name, said.report());
            }
        }
    }
    assert!(tried >= 3, "the cases export secrets");
}
