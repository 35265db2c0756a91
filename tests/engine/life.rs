//! What happens to a deployment over time: the example is changed, moved, taken down and started while half of it is not
//! there yet.

use std::collections::BTreeSet;
use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::chromium::Chromium;
use super::example::{Example, upload, visits};
use super::{Checks, NGINX, POSTGRES, PYTHON, Said, docker, need_images};

/// Holds the database up for as many seconds as a file says.
const SLOW: &str = r#"
services:
  postgres:
    volumes: ["./delay:/delay:ro"]
    entrypoint: ["sh", "-c", "sleep $$(cat /delay); exec docker-entrypoint.sh postgres"]
"#;

const STYLESHEET: &str = "/static/stylesheets/site.css";
const BACKGROUND: &str = "getComputedStyle(document.body).backgroundColor";

struct Life {
    example: Example,
    browser: Chromium,
}

#[test]
fn the_example_outlives_what_happens_to_it() {
    need_images(&[PYTHON, POSTGRES, NGINX]);
    let mut checks = Checks::default();
    let mut begun = None;
    checks.check("it is built", || begun = Some(Life::begin()));
    let Some(mut life) = begun else { return checks.finish() };
    checks.check("a proxy without a program answers", || life.proxy_alone());
    checks.check("a database that takes its time breaks nothing", || life.slow_database());
    checks.check("a new stylesheet reaches a browser that has the old one", || life.stylesheet());
    checks.check("a program at another address is found", || life.moved());
    checks.check("what was sent in outlives every container", || life.taken_down());
    checks.check("everything may start at once", || life.rebooted());
    checks.finish();
}

impl Life {
    fn begin() -> Self {
        let mut example = Example::new("life");
        example.compile();
        example.deployment.write("slow.yml", SLOW);
        example.deployment.set("COMPOSE_FILE", "docker-compose.yml:slow.yml");
        let life = Self { example, browser: Chromium::start() };
        life.delay(0);
        life.example.deployment.compose(&["build"]).ok();
        life
    }

    /// How long the database takes from its next start on.
    fn delay(&self, seconds: u64) {
        self.example.deployment.write("delay", seconds.to_string());
    }

    /// The status of a page, if there is an answer.
    fn status(&self, path: &str) -> Option<u16> {
        self.example.site.send("GET", path, &[], b"").ok().map(|reply| reply.status)
    }

    #[track_caller]
    fn shown(&self) {
        self.example.site.get_in_time("/", Duration::from_secs(60));
    }

    #[track_caller]
    fn sql(&self, query: &str) -> String {
        let psql = ["exec", "-T", "postgres", "psql", "-U", "blog", "-d", "blog", "-Atc", query];
        self.example.deployment.compose(&psql).ok().trim().to_owned()
    }

    #[track_caller]
    fn inspect(&self, service: &str) -> Value {
        let id = self.example.deployment.container(service);
        let said: Value =
            serde_json::from_str(&self.example.deployment.docker(&["inspect", &id]).ok()).unwrap();
        said[0].clone()
    }

    /// No container ended and was started again by the engine.
    #[track_caller]
    fn is_steady(&self) {
        for service in ["postgres", "migrate", "django", "web"] {
            let said = self.inspect(service);
            let logs = || self.example.deployment.compose(&["logs", "--tail", "30", service]).report();
            assert_eq!(said["RestartCount"], 0, "{service} was started again: {}", logs());
            let ended = said["State"]["Status"] == "exited";
            let expected = (service == "migrate", Value::from(0));
            assert_eq!((ended, said["State"]["ExitCode"].clone()), expected, "{service}: {}", logs());
        }
    }

    /// The name of the program is not known yet: nginx starts nevertheless, and serves what it has itself.
    fn proxy_alone(&self) {
        self.example.deployment.compose(&["up", "-d", "--no-deps", "web"]).ok();
        self.example.site.get_in_time(STYLESHEET, Duration::from_secs(30));
        for _ in 0..3 {
            let start = Instant::now();
            let status = self.status("/");
            assert!(matches!(status, Some(502 | 503)), "{status:?}");
            assert!(start.elapsed() < Duration::from_secs(5), "a visitor waits for {:?}", start.elapsed());
        }
        let said = self.inspect("web");
        assert_eq!((&said["State"]["Status"], &said["RestartCount"]), (&"running".into(), &0.into()));
    }

    fn slow_database(&self) {
        const DELAY: u64 = 15;
        let proxy = self.inspect("web");
        self.delay(DELAY);
        let start = Instant::now();
        self.example.deployment.compose(&["up", "-d"]).ok();
        assert!(start.elapsed() >= Duration::from_secs(DELAY), "it did wait: {:?}", start.elapsed());
        self.shown();
        self.is_steady();
        let now = self.inspect("web");
        for field in ["Id", "State.StartedAt"] {
            let pointer = format!("/{}", field.replace('.', "/"));
            assert_eq!(now.pointer(&pointer), proxy.pointer(&pointer), "the proxy is the one from before");
        }
        assert_eq!(self.sql("select count(*) = count(distinct (app, name)) from django_migrations"), "t");
        let log = self.example.deployment.compose(&["logs", "--no-log-prefix", "migrate"]).ok();
        let applied: Vec<&str> = log.lines().filter(|line| line.contains("Applying ")).collect();
        assert!(applied.iter().any(|line| line.contains("posts.0001_initial")), "{log}");
        assert_eq!(applied.iter().collect::<BTreeSet<_>>().len(), applied.len(), "each ran once: {log}");
        self.delay(0);
    }

    fn stylesheet(&mut self) {
        let site = self.example.site;
        let page = format!("http://{}/", site.host());
        let asked = |etag: &str| {
            let reply = site.send("GET", STYLESHEET, &[("If-None-Match", etag)], b"").unwrap();
            (reply.status, reply.header("etag").unwrap().to_owned())
        };
        let (_, old) = asked("");
        assert_eq!(asked(&old).0, 304, "an answer without a body while nothing changed");
        for status in [200, 304] {
            self.browser.open(&page);
            self.browser.expect(BACKGROUND, &"rgb(251, 248, 241)".into());
            assert_eq!(self.browser.visit().answer(STYLESHEET).status, status);
        }
        // As long as the one before.
        self.example.replace("static/stylesheets/site.css", "--paper: #fbf8f1;", "--paper: #0a141e;");
        self.example.deployment.stackc(&["build"]).ok();
        self.example.deployment.compose(&["up", "--build", "-d"]).ok();
        self.shown();
        let (status, new) = asked(&old);
        assert_eq!(status, 200, "what a browser has is told apart from what there is");
        assert_eq!(asked(&new).0, 304);
        self.browser.open(&page);
        self.browser.expect(BACKGROUND, &"rgb(10, 20, 30)".into());
        let visit = self.browser.visit();
        assert_eq!(visit.answer(STYLESHEET).status, 200);
        assert!(visit.complaints.is_empty(), "{visit:#?}");
        self.is_steady();
    }

    /// Another container takes the address; nginx has to ask for the new one.
    #[expect(clippy::print_stderr, reason = "what is measured is seen with `--nocapture`")]
    fn moved(&self) {
        let deployment = &self.example.deployment;
        let network = format!("{}_default", deployment.project);
        let address = || {
            let networks = &self.inspect("django")["NetworkSettings"]["Networks"];
            networks[&network]["IPAddress"].as_str().unwrap().to_owned()
        };
        let (before, proxy) = (address(), deployment.container("web"));
        deployment.compose(&["rm", "-sf", "django"]).ok();
        let start = Instant::now();
        let gone = self.status("/");
        assert!(matches!(gone, Some(502 | 504)), "without the program the proxy says so: {gone:?}");
        assert!(start.elapsed().as_secs() < 15, "a visitor waits {:?} for that", start.elapsed());
        assert_eq!(self.status(STYLESHEET), Some(200), "and gets what the proxy has itself");
        let squatter = format!("{}-squatter", deployment.project);
        let run = ["run", "-d", "--rm", "--name", &squatter, "--network", &network];
        let asleep = ["--entrypoint", "sleep", PYTHON, "300"];
        Said::of(&mut docker([&run[..], &asleep].concat())).ok();
        let up = deployment.compose(&["up", "-d", "--no-build", "--no-deps", "django"]);
        let after = address();
        let url = format!("http://{after}:8000/healthz");
        let asked = Instant::now();
        while deployment.compose(&["exec", "-T", "web", "curl", "-fsm", "5", &url]).code != 0 {
            assert!(asked.elapsed() < Duration::from_secs(60), "the program does not answer at {url}");
        }
        let answers = Instant::now();
        self.example.site.get_in_time("/", Duration::from_secs(10));
        eprintln!("the proxy found the program {:?} after it answered", answers.elapsed());
        Said::of(&mut docker(["rm", "-f", &squatter])).ok();
        up.ok();
        assert_ne!(before, after, "the program has another address");
        assert_eq!(deployment.container("web"), proxy, "nobody restarted the proxy");
    }

    fn taken_down(&self) {
        let (site, deployment) = (self.example.site, &self.example.deployment);
        // Larger than what nginx and Django keep in memory.
        let mut picture = fs::read(deployment.path("static/images/photo.png")).unwrap();
        picture.resize(4_500_000, 7);
        let path = upload(site, &picture);
        let before = visits(&site.get("/"));
        let first = deployment.containers();
        deployment.compose(&["down"]).ok();
        assert!(deployment.containers().is_empty());
        deployment.compose(&["up", "-d"]).ok();
        let page = site.get_in_time("/", Duration::from_secs(60));
        assert!(deployment.containers().iter().all(|id| !first.contains(id)), "every container is another");
        assert_eq!(visits(&page), before + 1, "the database is the one from before");
        let reply = site.get(&path);
        assert_eq!((reply.status, reply.media_type()), (200, "image/png"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert!(reply.body == picture, "{path} is as it was sent");
        let log = deployment.compose(&["logs", "--no-log-prefix", "migrate"]).ok();
        assert!(log.contains("No migrations to apply"), "{log}");
        self.is_steady();
    }

    /// After a power cut the engine starts containers without regard to who needs whom.
    fn rebooted(&self) {
        let deployment = &self.example.deployment;
        let ids = ["web", "django", "postgres"].map(|service| deployment.container(service));
        let ids = ids.each_ref().map(String::as_str);
        self.delay(8);
        deployment.docker(&[&["kill"][..], &ids].concat()).ok();
        let start = Instant::now();
        deployment.docker(&[&["start"][..], &ids].concat()).ok();
        let mut seen = BTreeSet::new();
        while self.status("/") != Some(200) {
            assert!(start.elapsed() < Duration::from_secs(60), "the site does not come back: {seen:?}");
            seen.extend(self.status("/"));
            sleep(Duration::from_millis(200));
        }
        assert!(
            seen.iter().any(|status| *status >= 500),
            "it was asked while there was no database: {seen:?}"
        );
        assert_eq!(self.status(STYLESHEET), Some(200));
        self.is_steady();
        self.delay(0);
    }
}
