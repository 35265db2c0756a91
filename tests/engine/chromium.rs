//! Chromium without a window, told over the `DevTools` protocol what to do, and asked what it made of a page.
//!
//! Source: <https://chromedevtools.github.io/devtools-protocol/>, over the pipe that `--remote-debugging-pipe` opens: messages
//! in JSON, each with a NUL at its end, to file descriptor 3 and from file descriptor 4.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long a command may take, a page be on its way, or a program run on it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nothing that calls home or asks for a display; the sandbox needs rights that root, and containers, do not have.
const OPTIONS: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-breakpad",
    "--no-first-run",
    "--no-proxy-server",
];

/// A browser with a profile, and so a cache, of its own.
pub(super) struct Chromium {
    child: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    /// What happened and was not looked at yet.
    events: Vec<Value>,
    /// The number of the last command.
    number: u64,
    /// The tab that everything happens in.
    tab: String,
    _profile: TempDir,
}

/// What came over the network for a page.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) url: String,
    /// The status that the server answered with: 304 where the browser has the file already.
    pub(super) status: u64,
    /// What the browser takes it for: `Stylesheet`, `Font`.
    pub(super) kind: String,
}

/// What happened since a page was asked for.
#[derive(Debug, Default)]
pub(super) struct Visit {
    pub(super) loaded: Vec<Loaded>,
    /// Errors and warnings of the console, exceptions, and requests that failed.
    pub(super) complaints: Vec<String>,
}

impl Chromium {
    #[track_caller]
    pub(super) fn start() -> Self {
        let profile = TempDir::new().unwrap();
        // The shell moves its own pipes to where the browser looks for them.
        let script = r#"exec chromium "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;
        let mut child = Command::new("sh")
            .args(["-c", script, "sh"])
            .args(OPTIONS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .env("HOME", profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let commands = child.stdin.take().unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        spawn(move || {
            let mut message = Vec::new();
            while answers.read_until(0, &mut message).is_ok_and(|size| size > 0) {
                message.pop();
                if sender.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let mut browser = Self {
            child,
            commands,
            messages,
            events: Vec::new(),
            number: 0,
            tab: String::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let tab = browser.call("Target.attachToTarget", &attach);
        tab["sessionId"].as_str().unwrap().clone_into(&mut browser.tab);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser.call("Page.setLifecycleEventsEnabled", &json!({"enabled": true}));
        browser
    }

    /// The next message, be it an answer or an event.
    #[track_caller]
    fn next(&mut self, start: Instant, what: &str) -> Value {
        let rest = PATIENCE.saturating_sub(start.elapsed());
        self.messages.recv_timeout(rest).unwrap_or_else(|error| {
            let state = self.child.try_wait();
            panic!(
                "{what}: Chromium says nothing ({error}, {state:?}); `./test.sh` installs it as the package chromium"
            )
        })
    }

    /// What a command answers.
    #[track_caller]
    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.number += 1;
        let mut command = json!({"id": self.number, "method": method, "params": parameters});
        if !self.tab.is_empty() {
            command["sessionId"] = self.tab.as_str().into();
        }
        // A browser that is not there is found out while its answer is waited for.
        drop(self.commands.write_all(format!("{command}\0").as_bytes()));
        let start = Instant::now();
        loop {
            let mut message = self.next(start, method);
            if message["id"] == self.number {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].take();
            }
            self.events.push(message);
        }
    }

    /// Opens a page, and waits until nothing more is asked for.
    #[track_caller]
    pub(super) fn open(&mut self, url: &str) {
        self.events.clear();
        let page = self.call("Page.navigate", &json!({"url": url}));
        assert!(page["errorText"].is_null(), "{url}: {page}");
        let is_idle = |event: &Value| {
            event["method"] == "Page.lifecycleEvent"
                && event["params"]["name"] == "networkIdle"
                && event["params"]["loaderId"] == page["loaderId"]
        };
        let start = Instant::now();
        while !self.events.iter().any(is_idle) {
            let event = self.next(start, url);
            self.events.push(event);
        }
    }

    /// What an expression on the page comes to; a promise is waited for.
    #[track_caller]
    pub(super) fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let mut said = self.call("Runtime.evaluate", &parameters);
        assert!(said["exceptionDetails"].is_null(), "{expression}: {said}");
        said["result"]["value"].take()
    }

    /// Evaluates again and again until it comes to this.
    #[track_caller]
    pub(super) fn expect(&mut self, expression: &str, expected: &Value) {
        let start = Instant::now();
        loop {
            let said = self.evaluate(expression);
            if said == *expected {
                return;
            }
            if start.elapsed() > PATIENCE / 3 {
                let visit = self.visit();
                panic!("the page is\n{said:#}\nand not\n{expected:#}\n{visit:#?}");
            }
            sleep(Duration::from_millis(200));
        }
    }

    /// Empties the cache.
    #[track_caller]
    pub(super) fn forget(&mut self) {
        self.call("Network.clearBrowserCache", &json!({}));
    }

    /// The manifest of the page, and what is wrong with it.
    #[track_caller]
    pub(super) fn manifest(&mut self) -> Value {
        self.call("Page.getAppManifest", &json!({}))
    }

    /// What happened since the page was asked for.
    pub(super) fn visit(&self) -> Visit {
        let mut visit = Visit::default();
        for event in &self.events {
            let parameters = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Network.responseReceived" => visit.loaded.push(self.loaded(parameters)),
                "Network.loadingFailed" => visit.complaints.push(format!("failed: {parameters}")),
                "Runtime.exceptionThrown" => visit.complaints.push(format!("thrown: {parameters}")),
                "Runtime.consoleAPICalled" => {
                    let kind = parameters["type"].as_str().unwrap_or_default();
                    if ["error", "warning", "assert"].contains(&kind) {
                        visit.complaints.push(format!("console: {}", parameters["args"]));
                    }
                }
                "Log.entryAdded" => {
                    let entry = &parameters["entry"];
                    if ["error", "warning"].iter().any(|level| entry["level"] == *level) {
                        visit.complaints.push(format!("log: {} {}", entry["text"], entry["url"]));
                    }
                }
                _ => {}
            }
        }
        let refused = visit.loaded.iter().filter(|loaded| loaded.status >= 400);
        visit.complaints.extend(refused.map(|loaded| format!("{loaded:?}")).collect::<Vec<_>>());
        visit
    }

    /// A response; what the server itself said of one that was in the cache stands in an event of its own.
    fn loaded(&self, response: &Value) -> Loaded {
        let said = self.events.iter().rfind(|event| {
            event["method"] == "Network.responseReceivedExtraInfo"
                && event["params"]["requestId"] == response["requestId"]
        });
        let status = said.map_or(&response["response"]["status"], |said| &said["params"]["statusCode"]);
        Loaded {
            url: response["response"]["url"].as_str().unwrap_or_default().to_owned(),
            status: status.as_u64().unwrap_or_default(),
            kind: response["type"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

impl Visit {
    /// What was answered for the file of that name.
    #[track_caller]
    pub(super) fn answer(&self, name: &str) -> &Loaded {
        let found = self.loaded.iter().find(|loaded| loaded.url.ends_with(name));
        found.unwrap_or_else(|| panic!("{name} was not asked for: {self:#?}"))
    }

    /// Whether something was complained of in these words.
    pub(super) fn complains(&self, words: &[&str]) -> bool {
        self.complaints.iter().any(|complaint| words.iter().all(|word| complaint.contains(word)))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Its other processes end with it.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
