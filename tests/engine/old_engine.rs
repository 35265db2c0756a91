//! Docker 20.10, which Debian 12 has: what of the table in `docs/engines.md` it does not know, and the example on it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use stackc::model::engine::Feature;
use tempfile::TempDir;

use super::deployment::Deployment;
use super::{Checks, NGINX, POSTGRES, PYTHON, Said, docker, need_images};
use crate::snapshot::repository;

const IMAGE: &str = "stackc-test/docker:20.10";
/// So long something may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the stack file asks for each feature, in the build or else in the service itself, and what the old engine says.
const USES: &[(Feature, &str, &str, &str)] = &[
    (Feature::Heredoc, "file /etc/note 'x'", "", "unknown instruction"),
    (Feature::Link, "copy note to /note { link }", "", "Unknown flag: link"),
    (Feature::RunNetwork, "run 'true' { network none }", "", "Unknown flag: network"),
    (Feature::TmpfsSize, "run 'true' { tmpfs /scratch { size 64m } }", "", "unexpected key 'size'"),
    (
        Feature::AddVerified,
        "add https://example.org/a to /a { checksum sha256:0000000000000000000000000000000000000000000000000000000000000000 }",
        "",
        "Unknown flag: checksum",
    ),
    (Feature::StartInterval, "health shell 'true' { start_interval 1s }", "", "Unknown flag: start-interval"),
    (Feature::BareOperator, "arg A 1; env { B $${A-2} }", "", "missing ':' in substitution"),
    (Feature::PatternOperator, "arg A 1; env { B $${A#1} }", "", "missing ':' in substitution"),
    (Feature::SecretVariable, "run 'true' { secret token { env TOKEN } }", "", "unexpected key 'env'"),
    (Feature::Unpack, "add note to /note { unpack off }", "", "Unknown flag: unpack"),
    (Feature::Exclude, "copy . to /notes { exclude *.md }", "", "Unknown flag: exclude"),
    (Feature::StartInterval, "", "health shell 'true' { start_interval 1s }", "start_interval"),
    (Feature::ImageMount, "", "mount image nginx:1.30 at /srv/nginx", "image"),
];

/// The engine, which goes with all that it has.
struct OldEngine {
    container: String,
    folder: TempDir,
}

impl OldEngine {
    /// One that finds a folder of the host where it is.
    fn start(shared: &Path) -> Self {
        let context = repository().join("tests/engine");
        let file = context.join("old_engine.Dockerfile");
        let base = format!("BASE={PYTHON}");
        let mut build = docker(["build", "-q", "-t", IMAGE, "--build-arg", &base, "-f"]);
        Said::of(build.arg(file).arg(context)).ok();
        let folder = TempDir::new().unwrap();
        let mut run = docker(["run", "-d", "--rm", "--privileged", "--cgroupns", "private"]);
        run.arg("-v").arg(format!("{}:/run/engine", folder.path().display()));
        run.arg("-v").arg(format!("{0}:{0}", shared.display())).arg(IMAGE);
        let container = Said::of(&mut run).ok().trim().to_owned();
        let engine = Self { container, folder };
        let start = Instant::now();
        while engine.docker(&["version"]).code != 0 {
            let logs = Said::of(&mut docker(["logs", &engine.container]));
            assert!(start.elapsed() < PATIENCE, "Docker 20.10 does not begin\n{}", logs.report());
            sleep(Duration::from_millis(200));
        }
        engine
    }

    fn host(&self) -> String {
        format!("unix://{}/docker.sock", self.folder.path().display())
    }

    fn docker(&self, arguments: &[&str]) -> Said {
        Said::of(docker(arguments).env("DOCKER_HOST", self.host()))
    }

    /// Hands it images of the current engine.
    fn load(&self, images: &[String]) {
        let mut save = docker(["save"]).args(images).stdout(Stdio::piped()).spawn().unwrap();
        let mut load = docker(["load", "-q"]);
        load.env("DOCKER_HOST", self.host()).stdin(save.stdout.take().unwrap()).stdout(Stdio::null());
        assert!(load.status().unwrap().success(), "docker load");
        assert!(save.wait().unwrap().success(), "docker save {images:?}");
    }
}

impl Drop for OldEngine {
    fn drop(&mut self) {
        // What has to be gone is its container; its data goes with it.
        drop(Said::of(&mut docker(["rm", "-f", "-v", &self.container])));
    }
}

#[test]
fn docker_20_10_does_what_is_said_of_it() {
    need_images(&[PYTHON, POSTGRES, NGINX]);
    let blog = built_blog();
    let engine = OldEngine::start(blog.folder());
    let mut images = blog.images();
    images.extend([PYTHON, POSTGRES, NGINX].map(str::to_owned));
    engine.load(&images);
    let mut checks = Checks::default();
    checks.check("it is 20.10", || {
        let version = engine.docker(&["version", "--format", "{{.Server.Version}}"]).ok();
        assert!(version.starts_with("20.10."), "{version}");
    });
    for (feature, build, service, why) in USES {
        let name = if build.is_empty() { service } else { build };
        checks.check(name, || refuses(&engine, *feature, build, service, why));
    }
    checks.check("a mode that is no number is left out without a word", || ignores_the_mode(&engine));
    checks.check("a part of a volume is the whole volume without a word", || ignores_the_part(&engine));
    checks.check("named contexts are not known", || knows_no_named_context(&engine, &blog));
    checks.check("the example runs", || runs(&engine, blog));
    checks.finish();
}

/// A service that asks for a feature, made and built by its words.
fn service(build: &str, service: &str) -> Deployment {
    let deployment = Deployment::new("old");
    let declared = "secret token { env TOKEN }\nvolume media\n";
    let build = format!("build {{ source ./app; base {PYTHON}; {build} }}");
    deployment.write(
        "old.stack",
        format!(
            "defaults plain\n{declared}service app {{\n  {build}\n  command sleep inf\n  {service}\n}}\n"
        ),
    );
    deployment.write("app/note", "x\n");
    deployment
}

/// The error at the line, and what the engine says where nothing was said.
fn refuses(engine: &OldEngine, feature: Feature, build: &str, words: &str, why: &str) {
    let mut deployment = service(build, words);
    let text = fs::read_to_string(deployment.path("old.stack")).unwrap();
    deployment.stackc(&["build"]).ok();
    deployment.set("TOKEN", "x");
    let is_in_reach = feature != Feature::AddVerified;
    if !build.is_empty() && is_in_reach {
        deployment.compose(&["build", "-q"]).ok();
    }
    deployment.set("DOCKER_HOST", &engine.host());
    let said = deployment.compose(&["up", "-d"]);
    assert!(said.code != 0 && said.err.contains(why), "{why}: {}", said.report());
    drop(deployment.compose(&["down", "-v", "--rmi", "local"]));
    deployment.set("DOCKER_HOST", &current());
    deployment.write("old.stack", format!("requires engine 20.10\n{text}"));
    let said = deployment.stackc(&["lint"]);
    let told = format!("Docker Engine 20.10 does not know {}", feature.what());
    assert!(said.code == 2 && said.report().contains("too-new"), "{}", said.report());
    let report = said.report().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(report.contains(&told), "{told}\n{report}");
}

/// The engine of the other tests.
fn current() -> String {
    std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".to_owned())
}

fn ignores_the_mode(engine: &OldEngine) {
    let mut deployment = service("copy note to /note { chmod u=r,go= }", "");
    deployment.stackc(&["build"]).ok();
    let mode = |deployment: &Deployment| {
        deployment.compose(&["build", "-q"]).ok();
        deployment.compose(&["run", "-T", "--rm", "app", "stat", "-c", "%a", "/note"]).ok().trim().to_owned()
    };
    fs::set_permissions(deployment.path("app/note"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(mode(&deployment), "400");
    deployment.compose(&["down", "--rmi", "local"]).ok();
    deployment.set("DOCKER_HOST", &engine.host());
    assert_eq!(mode(&deployment), "644");
    deployment.compose(&["down", "--rmi", "local"]).ok();
}

fn ignores_the_part(engine: &OldEngine) {
    let mut deployment = service("", "mount media at /media { volume { subpath public } }");
    deployment.stackc(&["build"]).ok();
    let said = deployment.compose(&["up", "-d"]);
    assert!(said.code != 0 && said.err.contains("public"), "there is no such part: {}", said.report());
    deployment.compose(&["down", "-v", "--rmi", "local"]).ok();
    deployment.set("DOCKER_HOST", &engine.host());
    deployment.compose(&["up", "-d"]).ok();
    deployment.compose(&["down", "-v", "--rmi", "local", "--timeout", "0"]).ok();
}

/// The example, made and built by the current engine.
fn built_blog() -> Deployment {
    const MADE: &[&str] =
        &["secrets", "docker", "docker-compose.yml", ".env.example", ".stackc-manifest.json"];
    let deployment = Deployment::new("old-blog");
    deployment.copy_from(&repository().join("examples/blog"), |name| !MADE.contains(&name));
    deployment.stackc(&["build", "blog.stack"]).ok();
    deployment.stackc(&["secret", "init", "blog.stack"]).ok();
    for name in ["db_password", "django_key", "mail_key"] {
        deployment.write(&format!("secrets/{name}"), "not-a-secret\n");
        let path = deployment.path(&format!("secrets/{name}"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o444)).unwrap();
    }
    deployment.compose(&["build", "-q"]).ok();
    deployment
}

fn knows_no_named_context(engine: &OldEngine, blog: &Deployment) {
    let folder = blog.path("docker/web");
    let mut command = Command::new("docker");
    command.args(["build", "--build-context", "django=."]).arg(&folder).env("DOCKER_HOST", engine.host());
    let said = Said::of(command.current_dir(blog.folder()));
    assert!(said.code != 0 && said.err.contains("moby.buildkit.frontend.contexts"), "{}", said.report());
    let text = fs::read_to_string(blog.path("blog.stack")).unwrap();
    blog.write("old.stack", format!("requires engine 20.10\n{text}"));
    let said = blog.stackc(&["lint", "old.stack"]);
    let report = said.report();
    assert!(said.code == 2 && report.contains("from django.assets"), "{report}");
    assert_eq!(report.matches("error[").count(), 1, "{report}");
    fs::remove_file(blog.path("old.stack")).unwrap();
}

fn runs(engine: &OldEngine, mut blog: Deployment) {
    let images = blog.images();
    blog.set("DOCKER_HOST", &engine.host());
    let said =
        blog.compose(&["up", "-d", "--no-build", "--pull", "never", "--wait", "--wait-timeout", "120"]);
    let logs = blog.compose(&["logs", "--no-color", "--tail", "30"]);
    assert!(said.code == 0, "{}\n{}", said.report(), logs.report());
    let read = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())";
    let get = |path: &str| {
        let url = format!("http://localhost:8080{path}");
        Said::of(&mut docker(["exec", &engine.container, "python3", "-c", read, &url])).ok()
    };
    assert!(get("/").contains("Hello from the database"));
    assert!(get("/static/stylesheets/site.css").contains('{'));
    drop(blog);
    Said::of(docker(["rmi", "-f"]).args(images)).ok();
}

#[test]
fn the_table_is_that_of_the_page() {
    let page = fs::read_to_string(repository().join("docs/engines.md")).unwrap();
    let mut rows = String::new();
    for feature in Feature::ALL {
        let read =
            feature.frontend().map_or("the engine".to_owned(), |version| format!("frontend {version}"));
        rows += &format!("| {} | {} | {read} |\n", feature.what(), feature.since().short());
    }
    assert!(page.contains(&rows), "docs/engines.md has no such table:\n{rows}");
    assert!(Feature::ALL.is_sorted(), "in the order of the table");
}
