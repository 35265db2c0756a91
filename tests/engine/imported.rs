//! Deployments that were imported and built in a place without the originals answer as the originals do.
//!
//! Three of them stand in `imported/`. Three are other people's: their files are no part of this repository, and the
//! test of them, which has to be asked for, needs the folder that `STACKC_CORPUS` names. Both times, and of the original
//! as of what was built from the import:
//!
//! - the image that is proxied to is one that answers with what it heard (`imported/echo`), and nginx is the one that all
//!   tests run, by the names that the stacks have for them;
//! - an override publishes the proxy alone, at ports that are free, and tells those behind it their names;
//! - every `server_name` and every `location` of the configuration is asked for, in four ways.
//!
//! The status, all headers but the date and those of the time of a file, and the body are compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use stackc::diagnostic::Sink;
use stackc::source::SourceMap;
use stackc::syntax::nginx::read;
use stackc::syntax::nginx::tree::{Directive, directives};

use super::deployment::Deployment;
use super::http::{Reply, Site};
use super::{Checks, NGINX, PYTHON, Said, docker, has_image, need_images};
use crate::snapshot::repository;

/// The image of what stands behind a proxy.
const ECHO: &str = "stackc-test-echo:1";

/// A deployment behind a proxy.
struct Stack<'a> {
    name: &'a str,
    folder: PathBuf,
    compose: &'a str,
    /// The texts of variables, by the side of the compose file.
    env: String,
    /// The proxy, its image, and its ports.
    proxy: (&'a str, &'a str, &'a [u16]),
    /// Its configuration.
    conf: &'a str,
    /// What is behind it: the service, its image, and what it says it is.
    behind: &'a [(&'a str, &'a str, &'a str)],
    /// Files that are put into the proxy's volumes.
    put: &'a [&'a str],
}

/// Names of images that were given to others for the time of a test.
#[derive(Default)]
struct Tags(Vec<String>);

impl Tags {
    fn give(&mut self, image: &str, name: &str) {
        if !has_image(name) {
            Said::of(&mut docker(["tag", image, name])).ok();
            self.0.push(name.to_owned());
        }
    }
}

impl Drop for Tags {
    fn drop(&mut self) {
        for name in &self.0 {
            drop(Said::of(&mut docker(["rmi", name.as_str()])));
        }
    }
}

fn make_echo() {
    need_images(&[PYTHON, NGINX]);
    let context = repository().join("tests/engine/imported/echo");
    Said::of(&mut docker(["build", "-q", "-t", ECHO, context.to_str().unwrap()])).ok();
}

impl Stack<'_> {
    fn beside(&self, name: &str) -> String {
        self.compose.rsplit_once('/').map_or(name.to_owned(), |(folder, _)| format!("{folder}/{name}"))
    }

    /// A copy of the folder, but for those files.
    fn copy(&self, without: &[String]) -> Deployment {
        let mut made = Deployment::new(self.name);
        made.copy_from(&self.folder, |name| name != "FILES.txt");
        made.write(".git/HEAD", "");
        made.write(&self.beside(".env"), &self.env);
        for name in without {
            std::fs::remove_file(made.path(name)).unwrap();
        }
        let (proxy, _, ports) = self.proxy;
        let ports: Vec<String> = ports.iter().map(|port| format!("\"127.0.0.1::{port}\"")).collect();
        let mut text = format!(
            "services:\n  {proxy}:\n    ports: !override [{}]\n    restart: \"no\"\n",
            ports.join(", ")
        );
        for (service, _, says) in self.behind {
            writeln!(text, "  {service}:\n    ports: !reset []\n    environment: {{ECHO_AS: {says}}}")
                .unwrap();
        }
        made.write("published.yml", text);
        made.set("COMPOSE_FILE", &format!("{}:published.yml", self.compose));
        made
    }

    /// Starts the proxy and what is behind it, and asks everything.
    fn answers(&self, deployment: &Deployment) -> BTreeMap<String, String> {
        let (proxy, _, ports) = self.proxy;
        let up = ["up", "-d", "--build", "--no-deps"];
        let behind: Vec<&str> =
            up.into_iter().chain(self.behind.iter().map(|(service, ..)| *service)).collect();
        deployment.compose(&behind).ok();
        // One that is asked too early counts as down for a while.
        for (service, ..) in self.behind {
            wait_for_a_listener(deployment, service);
        }
        deployment.compose(&[&up[..], &[proxy]].concat()).ok();
        for path in self.put {
            let script = format!("mkdir -p \"$(dirname {path})\" && echo 'it is {path}' >{path}");
            deployment.compose(&["exec", "-T", proxy, "sh", "-c", &script]).ok();
        }
        let conf = std::fs::read_to_string(deployment.path(self.conf)).unwrap();
        let mut answers = BTreeMap::new();
        for port in ports {
            let said = deployment.compose(&["port", proxy, &port.to_string()]).ok();
            let site = Site { port: said.trim().rsplit(':').next().unwrap().parse().unwrap() };
            wait(site, deployment, proxy);
            for host in hosts(&conf) {
                for path in paths(&conf, self.put) {
                    ask(site, *port, &host, &path, &mut answers);
                }
            }
        }
        answers
    }
}

/// Waits until a program of a service listens; the engine's own resolver does so at 127.0.0.11. Source: proc(5), where 0A is
/// the state of a socket that listens.
fn wait_for_a_listener(deployment: &Deployment, service: &str) {
    let start = Instant::now();
    let is_listener = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields.get(3) == Some(&"0A") && !fields[1].starts_with("0B00007F")
    };
    loop {
        let said = deployment.compose(&["exec", "-T", service, "cat", "/proc/net/tcp", "/proc/net/tcp6"]);
        if String::from_utf8_lossy(&said.out).lines().any(is_listener) {
            return;
        }
        let is_late = start.elapsed() > Duration::from_secs(60);
        assert!(!is_late, "{}", deployment.compose(&["logs", service]).report());
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Waits until the proxy and what is behind it answer.
fn wait(site: Site, deployment: &Deployment, proxy: &str) {
    let start = Instant::now();
    while !site.send("GET", "/", &[], b"").is_ok_and(|reply| reply.status != 502) {
        let is_late = start.elapsed() > Duration::from_secs(60);
        assert!(!is_late, "{}", deployment.compose(&["logs", proxy]).report());
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Asks until the answer is not that of a moment: nginx takes an upstream for down for ten seconds after a single request
/// that failed. Source: `fail_timeout` of `ngx_http_upstream_module`.
fn settled(ask: impl Fn() -> io::Result<Reply>) -> io::Result<Reply> {
    let start = Instant::now();
    loop {
        let reply = ask();
        let is_of_the_moment = reply.as_ref().map_or(true, |reply| matches!(reply.status, 502 | 504));
        if !is_of_the_moment || start.elapsed() > Duration::from_secs(15) {
            return reply;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Asks for a path in four ways.
fn ask(site: Site, port: u16, host: &str, path: &str, answers: &mut BTreeMap<String, String>) {
    let more = [
        ("Upgrade", "websocket"),
        ("X-Forwarded-For", "192.0.2.7"),
        ("Accept-Encoding", "gzip"),
        ("X-Kept", "a;b"),
    ];
    let ways = [("GET", &[][..], ""), ("HEAD", &[], ""), ("POST", &[], "a=b&c=d"), ("GET", &more, "")];
    for (index, (method, more, body)) in ways.into_iter().enumerate() {
        let headers: Vec<(&str, &str)> = [("Host", host)].into_iter().chain(more.iter().copied()).collect();
        let reply = settled(|| site.send(method, path, &headers, body.as_bytes()));
        let reply = reply.unwrap_or_else(|error| panic!("{method} {host}{path}: {error}"));
        let mut said = format!("{}\n", reply.status);
        let of_the_time = ["date", "etag", "last-modified", "expires"];
        for (name, value) in reply.all_headers().filter(|(name, _)| !of_the_time.contains(name)) {
            writeln!(said, "{name}: {value}").unwrap();
        }
        answers.insert(format!("{method} {host}:{port}{path} ({index})"), said + "\n" + &reply.text());
    }
}

fn all<'t>(of: &'t Directive, found: &mut Vec<&'t Directive>) {
    found.push(of);
    of.children().for_each(|inner| all(inner, found));
}

/// The arguments of every directive of that name.
fn arguments(conf: &str, name: &str) -> Vec<Vec<String>> {
    let tree = read(SourceMap::default().add("", conf), conf, &mut Sink::default());
    let mut found = Vec::new();
    directives(&tree.items).for_each(|directive| all(directive, &mut found));
    let of_that_name = found.into_iter().filter(|directive| directive.name(conf) == name);
    of_that_name.map(|of| of.args().iter().map(|arg| arg.text(conf).to_owned()).collect()).collect()
}

/// The hosts that a configuration names, an example of a pattern, and another one.
fn hosts(conf: &str) -> BTreeSet<String> {
    let named = arguments(conf, "server_name").into_iter().flatten();
    let named = named.filter_map(|name| if name.starts_with('~') { example(&name) } else { Some(name) });
    named
        .filter(|name| name != "_")
        .chain(["shop.console.example".to_owned(), "other.example".to_owned()])
        .collect()
}

/// Paths for every location, and some besides.
fn paths(conf: &str, put: &[&str]) -> BTreeSet<String> {
    let mut found: BTreeSet<String> =
        ["/", "/index.html", "/nothing/here.txt", "/title.html", "/assets/app.css", "/assets/app.js"]
            .map(str::to_owned)
            .into();
    for location in arguments(conf, "location") {
        let path = match location.as_slice() {
            [modifier, pattern] if modifier.starts_with('~') => example(pattern),
            [.., path] if path.starts_with('/') => Some(path.clone()),
            _ => None,
        };
        let Some(path) = path else { continue };
        found.insert(format!("{path}?a=b%20c&d"));
        found.insert(format!("{path}more/x%20y.txt"));
        found.extend(put.iter().filter_map(|file| Some(format!("{path}{}", file.rsplit('/').next()?))));
        found.insert(path);
    }
    found
}

/// A text that a simple pattern fits: the first of alternatives, nothing of what may lack.
fn example(pattern: &str) -> Option<String> {
    let mut text = pattern.trim_matches(['^', '$', '~']).to_owned();
    while let Some((before, rest)) = text.split_once('(') {
        let (inside, after) = rest.split_once(')')?;
        let first = inside.split('|').next()?.rsplit('>').next()?.replace("[a-z]+", "shop");
        text = format!("{before}{first}{after}");
    }
    let text = text.replace("/?", "/").replace("\\.", ".").trim_start_matches('^').to_owned();
    let text = if text.starts_with('.') { format!("/x{text}") } else { text };
    (!text.contains(['[', '*', '+', '?', '\\'])).then_some(text)
}

/// Imports the stack, builds that beside nothing but what is no artefact, and compares what both answer.
#[expect(clippy::print_stderr, reason = "the harness captures it")]
fn answers_the_same(stack: &Stack<'_>) {
    let mut tags = Tags::default();
    tags.give(NGINX, stack.proxy.1);
    stack.behind.iter().for_each(|(_, image, _)| tags.give(ECHO, image));
    let original = stack.copy(&[]);
    let file = stack.beside("app.stack");
    let said = original.stackc(&["import", stack.compose, "-o", &file]);
    assert!(said.code == 0 && said.err.is_empty(), "{}", said.report());
    let text = std::fs::read_to_string(original.path(&file)).unwrap();
    let before = stack.answers(&original);
    drop(original);
    let artefacts: Vec<String> = [stack.compose, stack.conf].map(str::to_owned).into();
    let dockerfile = Path::new(stack.conf).with_file_name("Dockerfile");
    let dockerfile = stack.folder.join(&dockerfile).exists().then(|| dockerfile.display().to_string());
    let rebuilt = stack.copy(&artefacts.into_iter().chain(dockerfile).collect::<Vec<_>>());
    rebuilt.write(&file, &text);
    rebuilt.stackc(&["build", &file]).ok();
    let after = stack.answers(&rebuilt);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let differing = before.iter().filter(|(request, answer)| after[*request] != **answer);
    let shown = |(request, answer): (&String, &String)| {
        format!("{request}\n--- original\n{answer}\n--- imported\n{}\n", after[request])
    };
    let differing: Vec<String> = differing.map(shown).collect();
    assert!(differing.is_empty(), "{}", differing.concat());
    let with = |status: &str| before.values().filter(|answer| answer.starts_with(status)).count();
    let statuses: BTreeSet<&str> = before.values().map(|answer| &answer[..3]).collect();
    let counts: Vec<String> = statuses.iter().map(|status| format!("{status}: {}", with(status))).collect();
    eprintln!("{}: {} answers are the same ({})", stack.name, before.len(), counts.join(", "));
    assert!(with("200") * 5 > before.len(), "too few of the answers say something: {counts:?}");
}

#[test]
fn imported_stacks_of_our_own_answer_as_the_originals() {
    make_echo();
    let folder = |name: &str| repository().join("tests/engine/imported").join(name);
    let stacks = [
        Stack {
            name: "gateway",
            folder: folder("gateway"),
            compose: "docker-compose.yml",
            env: "SITE=site.example\n".to_owned(),
            proxy: ("gateway", NGINX, &[80]),
            conf: "gateway/shop.conf",
            behind: &[("front", ECHO, "front"), ("back", ECHO, "back")],
            put: &["/srv/files/a.txt", "/srv/files/b.svg"],
        },
        Stack {
            name: "page",
            folder: folder("page"),
            compose: "docker-compose.yml",
            env: "LEVEL=info\n".to_owned(),
            proxy: ("web", NGINX, &[80]),
            conf: "web/nginx.conf",
            behind: &[("backend", ECHO, "backend")],
            put: &[],
        },
        Stack {
            name: "balanced",
            folder: folder("balanced"),
            compose: "docker-compose.yml",
            env: String::new(),
            proxy: ("nginx", NGINX, &[9000, 9001]),
            conf: "nginx.conf",
            behind: &[("store1", ECHO, "store"), ("store2", ECHO, "store")],
            put: &[],
        },
    ];
    let mut checks = Checks::default();
    for stack in &stacks {
        checks.check(stack.name, || answers_the_same(stack));
    }
    checks.finish();
}

#[test]
#[ignore = "needs a folder of real deployments, STACKC_CORPUS"]
fn imported_stacks_of_others_answer_as_the_originals() {
    let corpus = std::env::var_os("STACKC_CORPUS");
    let corpus = PathBuf::from(corpus.expect("STACKC_CORPUS names a folder of real deployments"));
    make_echo();
    let env = |name: &str| std::fs::read_to_string(corpus.join("env").join(name)).unwrap();
    let folder = |name: &str| corpus.join("repos").join(name);
    let stacks = [
        Stack {
            name: "taiga",
            folder: folder("taigaio+taiga-docker"),
            compose: "docker-compose.yml",
            env: env("taigaio+taiga-docker__docker-compose.yml.env"),
            proxy: ("taiga-gateway", "nginx:1.19-alpine", &[80]),
            conf: "taiga-gateway/taiga.conf",
            behind: &[
                ("taiga-front", "taigaio/taiga-front:latest", "front"),
                ("taiga-back", "taigaio/taiga-back:latest", "back"),
                ("taiga-events", "taigaio/taiga-events:latest", "events"),
                ("taiga-protected", "taigaio/taiga-protected:latest", "protected"),
            ],
            put: &["/taiga/static/a.css", "/taiga/media/exports/b.json"],
        },
        Stack {
            name: "foodgram",
            folder: folder("0702Irina+foodgram-project-react"),
            compose: "infra/docker-compose.production.yml",
            env: env("0702Irina+foodgram-project-react__infra__docker-compose.production.yml.env"),
            proxy: ("nginx", "nginx:1.19.3", &[80]),
            conf: "infra/nginx.conf",
            behind: &[("backend", "0702irisha/foodgram-project-react_backend", "backend")],
            put: &[
                "/static/index.html",
                "/static/assets/app.css",
                "/media/a.png",
                "/static/api/docs/redoc.html",
            ],
        },
        Stack {
            name: "minio",
            folder: folder("minio+minio/docs/orchestration/docker-compose"),
            compose: "docker-compose.yaml",
            env: String::new(),
            proxy: ("nginx", "nginx:1.19.2-alpine", &[9000, 9001]),
            conf: "nginx.conf",
            behind: &[
                ("minio1", "quay.io/minio/minio:RELEASE.2025-09-06T17-38-46Z", "minio"),
                ("minio2", "quay.io/minio/minio:RELEASE.2025-09-06T17-38-46Z", "minio"),
                ("minio3", "quay.io/minio/minio:RELEASE.2025-09-06T17-38-46Z", "minio"),
                ("minio4", "quay.io/minio/minio:RELEASE.2025-09-06T17-38-46Z", "minio"),
            ],
            put: &[],
        },
    ];
    let mut checks = Checks::default();
    for stack in &stacks {
        checks.check(stack.name, || answers_the_same(stack));
    }
    checks.finish();
}
