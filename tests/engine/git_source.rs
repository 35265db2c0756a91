//! Code that a build fetches with git, over ssh, from servers that the test starts with keys that it makes.

use std::fs;
use std::path::Path;

use super::deployment::{Deployment, free_port};
use super::evidence::{Canary, Evidence};
use super::git_server::{Agent, KeyPair, Repository, Server};
use super::http::Site;
use super::own_engine::OwnEngine;
use super::{Checks, NGINX, POSTGRES, PYTHON, Said, docker, need_images};
use crate::snapshot::repository;

/// What fetches, unless a stack says another.
const FETCHES: &str = "buildpack-deps:trixie-scm";

/// A folder with these files.
fn tree(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// The lines of the private keys, wherever they may not be.
fn canaries(keys: &[&KeyPair]) -> Vec<Canary> {
    keys.iter().flat_map(|key| key.secret_lines()).map(|line| Canary::of(&line)).collect()
}

/// Builds every stage that fetches as an image of its own, so that what no image is made of can be searched too.
fn stages_as_images(deployment: &Deployment, dockerfile: &str, stages: &[(&str, &[&str])]) -> Vec<String> {
    let mut images = Vec::new();
    for (stage, keys) in stages {
        let image = format!("{}-{stage}:fetched", deployment.project);
        let mut build = vec!["build", "-q", "-f", dockerfile, "--target", stage, "-t", &image];
        build.extend(*keys);
        build.push("docker/app");
        deployment.docker(&build).ok();
        images.push(image);
    }
    images
}

#[test]
fn the_blog_is_cloned_with_a_key_that_stays_nowhere() {
    need_images(&[PYTHON, POSTGRES, NGINX, FETCHES]);
    let mut deployment = Deployment::new("cloned");
    let example = repository().join("examples/blog");
    let code = Deployment::new("code");
    let made =
        ["secrets", "docker", "docker-compose.yml", ".env.example", ".stackc-manifest.json", "blog.stack"];
    code.copy_from(&example, |name| !made.contains(&name));
    let elsewhere = tempfile::TempDir::new().unwrap();
    let repository = Repository::of(elsewhere.path(), code.folder(), "blog", "v1.4.0");
    let key = KeyPair::make(elsewhere.path(), "deploy");
    let server = Server::start(&[(&key, &repository)], None);
    let agent = Agent::with(&[&key]);
    deployment.set("SSH_AUTH_SOCK", &agent.socket());
    let site = Site { port: free_port() };
    let stack = fs::read_to_string(example.join("blog.stack")).unwrap();
    let source = format!(
        "source git {} {{ ref v1.4.0; commit {}; key secret.deploy_key; host_key \"{}\" }}",
        server.address(&repository),
        repository.commit_of("v1.4.0"),
        server.host_key(),
    );
    let mut stack = format!("{stack}\nsecret deploy_key {{ ssh-agent }}\n");
    for (old, new) in [
        ("source  .", source.as_str()),
        ("ignore frontend/ assets/ media/ README.md", ""),
        ("      files ./static\n", ""),
        ("kinds css js svg png", "kinds css js mjs json svg png ico woff2 html txt map webmanifest"),
        ("publish 127.0.0.1:8080:80", &format!("publish 127.0.0.1:{}:80", site.port)),
    ] {
        assert!(stack.contains(old), "the example says `{old}`");
        stack = stack.replace(old, new);
    }
    deployment.write("blog.stack", &stack);
    deployment.stackc(&["build"]).ok();
    deployment.stackc(&["secret", "init"]).ok();
    let canaries = canaries(&[&key]);
    let evidence = Evidence::against(&canaries.iter().collect::<Vec<_>>());
    evidence.add("compose up --build", deployment.up());
    let mut checks = Checks::default();
    let exec = |command: &str| deployment.compose(&["exec", "-T", "django", "sh", "-c", command]).ok();

    checks.check("the site is that of the repository", || {
        assert!(site.get("/").text().contains("Hello from the database"));
        let style = site.get("/static/stylesheets/site.css");
        assert_eq!((style.status, style.media_type()), (200, "text/css"));
        assert_eq!(style.body, fs::read(code.path("static/stylesheets/site.css")).unwrap());
    });
    checks.check("its files are there, and nothing of git", || {
        assert_eq!(exec("cat manage.py"), fs::read_to_string(code.path("manage.py")).unwrap());
        assert_eq!(exec("find /app -name .git; ls -d /tree /known_hosts 2>/dev/null || true"), "");
    });
    checks.check("the key is in no image, history, log or file that was made", || {
        let built = deployment.images();
        assert!(built.len() >= 2, "{built:?}");
        evidence.add_images(&built, &[PYTHON, NGINX]);
        evidence.add_said("compose config", deployment.compose(&["config"]));
        let made = [
            deployment.path("docker-compose.yml"),
            deployment.path("docker"),
            deployment.path(".stackc-manifest.json"),
        ];
        let made: Vec<&Path> = made.iter().map(std::path::PathBuf::as_path).collect();
        let found = evidence.holding(&made);
        assert!(found.is_empty(), "the key is in {found:#?}");
    });
    checks.finish();
}

/// Two hosts, each with its key; in place of them something wrong can be said.
struct Two {
    deployment: Deployment,
    elsewhere: tempfile::TempDir,
    repositories: [Repository; 2],
    keys: [KeyPair; 2],
    servers: [Server; 2],
    /// A key that no server knows.
    stranger: KeyPair,
}

impl Two {
    fn start(name: &str, network: Option<u32>) -> Self {
        need_images(&[PYTHON, FETCHES]);
        let deployment = Deployment::new(name);
        let elsewhere = tempfile::TempDir::new().unwrap();
        let at = elsewhere.path();
        tree(&at.join("one"), &[("main.py", "print('one')\n"), ("data/.hidden", "one\n")]);
        tree(&at.join("two"), &[("lib.py", "two = 2\n")]);
        let repositories = ["one", "two"].map(|name| Repository::of(at, &at.join(name), name, "v1"));
        // Where compose looks for them: below the folder of the stack.
        let keys = ["one", "two"].map(|name| KeyPair::make(&deployment.path("ssh"), name));
        let stranger = KeyPair::make(&deployment.path("ssh"), "stranger");
        let servers = [0, 1].map(|n| Server::start(&[(&keys[n], &repositories[n])], network));
        Self { deployment, elsewhere, repositories, keys, servers, stranger }
    }

    /// A stack that fetches both.
    fn stack(&self) -> String {
        let source = |n: usize, at: &str, key: &str| {
            let (repository, server) = (&self.repositories[n], &self.servers[n]);
            let (address, host_key) = (server.address(repository), server.host_key());
            let commit = repository.commit_of("v1");
            format!(
                "source git {address} {at} {{ ref v1; commit {commit}; key secret.{key}; host_key \"{host_key}\" }}"
            )
        };
        let [one, two] = [source(0, "", "first"), source(1, "at library", "second")];
        format!(
            "secret first {{ ssh-key ./ssh/one }}\nsecret second {{ file ./ssh/two }}\nservice app {{\n  build {{\n    \
             {one}\n    {two}\n    base {PYTHON}\n    copy . to /app\n  }}\n  command sleep 600\n}}\n"
        )
    }

    /// Builds from a stack, with nothing in the cache; what was said.
    fn build(&self, stack: &str) -> Said {
        self.deployment.write("app.stack", stack);
        self.deployment.stackc(&["build", "--force"]).ok();
        self.deployment.compose(&["build", "--no-cache"])
    }

    #[track_caller]
    fn fails_with(&self, stack: &str, why: &str) {
        let said = self.build(stack);
        assert!(said.code != 0 && said.report().contains(why), "{why}\n{}", said.report());
    }
}

#[test]
fn each_host_is_met_with_its_own_key_and_must_be_the_one_that_is_pinned() {
    let two = Two::start("hosts", None);
    let stack = two.stack();
    let canaries = canaries(&[&two.keys[0], &two.keys[1]]);
    let evidence = Evidence::against(&canaries.iter().collect::<Vec<_>>());
    let deployment = &two.deployment;
    let mut checks = Checks::default();

    checks.check("two hosts, two ports and two keys make one tree", || {
        let said = two.build(&stack);
        evidence.add("compose build", said.report());
        said.ok();
        let image = &deployment.images()[0];
        let list = "cd /app && find . -type f | sort && cat main.py library/lib.py";
        let listed = Said::of(&mut docker(["run", "--rm", image, "sh", "-c", list])).ok();
        assert_eq!(listed, "./data/.hidden\n./library/lib.py\n./main.py\nprint('one')\ntwo = 2\n");
    });
    checks.check("no key is in an image, a history, or a stage that was thrown away", || {
        let folder = deployment.folder().display().to_string();
        let ssh = format!("first={folder}/ssh/one");
        let secret = format!("id=second,src={folder}/ssh/two");
        let stages: [(&str, &[&str]); 3] = [
            ("git", &["--ssh", &ssh]),
            ("git-2", &["--secret", &secret]),
            ("source", &["--ssh", &ssh, "--secret", &secret]),
        ];
        let stages = stages_as_images(deployment, "docker/app/Dockerfile", &stages);
        let images = [deployment.images(), stages.clone()].concat();
        evidence.add_images(&images, &[PYTHON, FETCHES]);
        for image in &stages {
            Said::of(&mut docker(["image", "rm", "-f", image])).ok();
        }
        let found = evidence.holding(&[&deployment.path("docker"), &deployment.path("docker-compose.yml")]);
        assert!(found.is_empty(), "a key is in {found:#?}");
    });
    checks.check("a host with another key is not believed, and no key is shown to it", || {
        let said_before = two.servers[0].log().len();
        let wrong = stack.replace(&two.servers[0].host_key(), &two.stranger.public());
        two.fails_with(&wrong, "Host key verification failed");
        let log = two.servers[0].log();
        assert!(!log[said_before..].contains("Accepted publickey"), "{}", &log[said_before..]);
    });
    checks.check("a key that the host does not know opens nothing", || {
        two.fails_with(&stack.replace("./ssh/one", "./ssh/stranger"), "Permission denied (publickey)");
        two.fails_with(&stack.replace("./ssh/two", "./ssh/stranger"), "Permission denied (publickey)");
    });
    checks.check("each key is for its host alone", || {
        two.fails_with(&stack.replace("./ssh/one", "./ssh/two"), "Permission denied (publickey)");
    });
    checks.check("a tag that was moved fails the build where its commit is pinned", || {
        let was = two.repositories[0].commit_of("v1");
        two.repositories[0].commit(&two.elsewhere.path().join("two"), "v1");
        assert_ne!(two.repositories[0].commit_of("v1"), was);
        two.fails_with(&stack, &format!("v1 is not {was} any more"));
    });
    checks.finish();
}

#[test]
fn no_exported_cache_holds_a_key() {
    let engine = OwnEngine::start();
    let two = Two::start("cache", Some(engine.process()));
    let deployment = &two.deployment;
    let canaries = canaries(&[&two.keys[0], &two.keys[1]]);
    // What is searched for beside the keys must be found, or nothing was looked at.
    let seen = Canary::of("print('one')");
    let evidence = Evidence::against(&canaries.iter().chain([&seen]).collect::<Vec<_>>());
    deployment.write("app.stack", two.stack().replace(PYTHON, FETCHES));
    deployment.stackc(&["build"]).ok();
    engine.give(FETCHES);
    let at = |name: &str| deployment.path(name).display().to_string();
    let said = engine.docker(&[
        "buildx",
        "build",
        &format!("--ssh=first={}", at("ssh/one")),
        &format!("--secret=id=second,src={}", at("ssh/two")),
        &format!("--cache-to=type=local,mode=max,dest={}", at("cache")),
        &format!("--file={}", at("docker/app/Dockerfile")),
        &at("docker/app"),
    ]);
    evidence.add("output of the build", said.report());
    said.ok();
    let layers = evidence.add_cache(&deployment.path("cache"));
    assert!(layers > 4, "the cache has every step of every stage, and not {layers}");
    let found = evidence.holding(&[]);
    let is_code = |piece: &String| piece.ends_with("/main.py") || piece.ends_with(".unzipped");
    assert!(!found.is_empty() && found.iter().all(is_code), "{found:#?}");
}
