//! Docker, asked through its own command line program: never for longer than a bound, and only to look.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Deserialize;

use super::error::reason;

/// So much of what a program says is kept.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// How often a running program is looked after.
const PAUSE: Duration = Duration::from_millis(10);

/// How `docker` is asked.
#[derive(Clone, Copy, Debug)]
pub struct Docker {
    /// How long one question may take.
    pub patience: Duration,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// There is no such program.
    NotInstalled,
    /// It was stopped when its time was over.
    TimedOut,
    /// It ended with a failure; the last lines that it said.
    Failed(String),
}

/// Whether an engine answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It does.
    Engine(Engine),
    /// There is no program `docker`.
    NotInstalled,
    /// Nothing answered in time.
    TimedOut,
    /// Nobody listens at the engine's address.
    NotRunning,
    /// The engine's socket may not be opened.
    NoPermission,
    /// Something else; what the program says.
    Other(String),
}

/// What an engine says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Engine {
    /// Its version.
    pub version: String,
    /// The newest version of its interface.
    pub api: String,
    /// Whether it runs without being root.
    pub is_rootless: bool,
    /// Whether it runs in a virtual machine of Docker Desktop.
    pub is_desktop: bool,
    /// Where it keeps images and volumes.
    pub root: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Versions {
    server: Option<Server>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Server {
    version: String,
    #[serde(default)]
    api_version: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Info {
    security_options: Option<Vec<String>>,
    docker_root_dir: String,
    operating_system: String,
}

/// A container that runs, and what it publishes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Running {
    /// Its name.
    pub name: String,
    /// The project of compose that it belongs to; empty for none.
    pub project: String,
    /// The folder of that project.
    pub folder: String,
    /// `0.0.0.0:80->80/tcp, [::]:80->80/tcp`
    pub ports: String,
}

/// Whether an image can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// The engine has it.
    Here,
    /// Its registry has it.
    InRegistry,
    /// Its registry answers that there is no such image.
    Missing,
    /// Its registry asks who wants to know, or hides that there is none.
    Denied,
    /// The registry did not say; why.
    Unknown(String),
}

impl Docker {
    /// What `docker` with these arguments writes to its standard output.
    pub fn ask(self, arguments: &[&str]) -> Result<String, Silence> {
        let mut command = Command::new("docker");
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Plug-ins are children of `docker`: the group is stopped as a whole.
        command.process_group(0);
        let mut child = command.spawn().map_err(|cause| match cause.kind() {
            std::io::ErrorKind::NotFound => Silence::NotInstalled,
            _ => Silence::Failed(format!("`docker` cannot be started: {}", reason(&cause))),
        })?;
        let out = collect(child.stdout.take());
        let err = collect(child.stderr.take());
        let end = Instant::now() + self.patience;
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < end => std::thread::sleep(PAUSE),
                Ok(None) => {
                    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
                        let _ = kill_process_group(group, Signal::KILL);
                    }
                    let _ = child.wait();
                    return Err(Silence::TimedOut);
                }
                Err(cause) => return Err(Silence::Failed(reason(&cause))),
            }
        };
        // A child that was left behind may hold the pipe open.
        let text =
            |pipe: mpsc::Receiver<String>| pipe.recv_timeout(self.patience).map_err(|_| Silence::TimedOut);
        let (out, err) = (text(out)?, text(err)?);
        if status.success() {
            return Ok(out);
        }
        let said: Vec<&str> = err.lines().chain(out.lines()).filter(|line| !line.trim().is_empty()).collect();
        Err(Silence::Failed(said[said.len().saturating_sub(4)..].join("\n")))
    }

    /// Where the engine is looked for: `unix:///var/run/docker.sock`; empty if nobody knows.
    pub fn address(self) -> String {
        match std::env::var("DOCKER_HOST") {
            Ok(host) if !host.is_empty() => host,
            Ok(_) | Err(_) => {
                let format = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
                self.ask(&format).map(|host| host.trim().to_owned()).unwrap_or_default()
            }
        }
    }

    /// Asks the engine who it is.
    pub fn engine(self) -> Answer {
        let said = match self.ask(&["version", "--format", "{{json .}}"]) {
            Ok(said) => said,
            Err(Silence::NotInstalled) => return Answer::NotInstalled,
            Err(Silence::TimedOut) => return Answer::TimedOut,
            Err(Silence::Failed(why)) => return refusal(why),
        };
        let Some(server) = serde_json::from_str::<Versions>(&said).ok().and_then(|versions| versions.server)
        else {
            return Answer::Other(
                "it names no version of an engine; is `docker` another program?".to_owned(),
            );
        };
        let info = self.ask(&["info", "--format", "{{json .}}"]).unwrap_or_default();
        let info: Info = serde_json::from_str(&info).unwrap_or_default();
        Answer::Engine(Engine {
            version: server.version,
            api: server.api_version,
            is_rootless: info
                .security_options
                .iter()
                .flatten()
                .any(|option| option.contains("name=rootless")),
            is_desktop: info.operating_system == "Docker Desktop",
            root: info.docker_root_dir,
        })
    }

    /// The version of Compose.
    pub fn compose(self) -> Result<String, Silence> {
        self.ask(&["compose", "version", "--short"]).map(|said| said.trim().to_owned())
    }

    /// The version of buildx: the second word that it says.
    pub fn buildx(self) -> Result<String, Silence> {
        let said = self.ask(&["buildx", "version"])?;
        Ok(said.split_whitespace().nth(1).unwrap_or_default().to_owned())
    }

    /// The containers that run.
    pub fn running(self) -> Result<Vec<Running>, Silence> {
        let format = "{\"name\":{{json .Names}},\"project\":{{json (.Label \"com.docker.compose.project\")}},\
                      \"folder\":{{json (.Label \"com.docker.compose.project.working_dir\")}},\
                      \"ports\":{{json .Ports}}}";
        let said = self.ask(&["ps", "--no-trunc", "--format", format])?;
        said.lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()
            .map_err(|error| Silence::Failed(format!("`docker ps` cannot be read: {error}")))
    }

    /// Whether an image can be had: from the engine, or else from its registry.
    pub fn resolve(self, image: &str) -> Resolved {
        if self.ask(&["image", "inspect", "--format", "{{.Id}}", image]).is_ok() {
            return Resolved::Here;
        }
        match self.ask(&["manifest", "inspect", image]) {
            Ok(_) => Resolved::InRegistry,
            Err(Silence::NotInstalled) => Resolved::Unknown("there is no `docker`".to_owned()),
            Err(Silence::TimedOut) => Resolved::Unknown("the registry does not answer in time".to_owned()),
            Err(Silence::Failed(why)) => registry(&why),
        }
    }
}

/// All that is written to a pipe, when it is closed.
fn collect(pipe: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before a failure is worth keeping, and a program that says more must not wait for us.
            let _ = (&mut pipe).take(MOST_BYTES).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// What kept the engine from answering, by the words of the client. Source: docker/cli and moby's `client/errors.go` and
/// `client/request.go`, whose wording changed with version 29.
fn refusal(why: String) -> Answer {
    let said = why.to_lowercase();
    if said.contains("permission denied") {
        Answer::NoPermission
    } else if [
        "cannot connect to the docker daemon",
        "failed to connect to the docker api",
        "is the docker daemon running",
    ]
    .iter()
    .any(|sign| said.contains(sign))
    {
        Answer::NotRunning
    } else {
        Answer::Other(why)
    }
}

/// What the answer of a registry means. Source: the codes of the distribution specification, as docker/cli words them.
fn registry(why: &str) -> Resolved {
    let said = why.to_lowercase();
    let says = |signs: &[&str]| signs.iter().any(|sign| said.contains(sign));
    if says(&["toomanyrequests", "rate limit"]) {
        Resolved::Unknown("the registry has answered too often today".to_owned())
    } else if says(&["no such manifest", "manifest unknown", "name unknown"]) {
        Resolved::Missing
    } else if says(&["denied", "unauthorized", "authentication required"]) {
        Resolved::Denied
    } else {
        let last = why.lines().last().unwrap_or_default();
        // The address that was asked says nothing that the end does not.
        let cause = last.rsplit_once("\": ").map_or(last, |(_, cause)| cause);
        Resolved::Unknown(cause.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_client_say_why_no_engine_answers() {
        for (said, answer) in [
            (
                "Cannot connect to the Docker daemon at unix:///nonexistent.sock. Is the docker daemon running?",
                Answer::NotRunning,
            ),
            (
                "failed to connect to the docker API at unix:///x.sock; check if the path is correct and if the daemon is running",
                Answer::NotRunning,
            ),
            (
                "permission denied while trying to connect to the Docker daemon socket at unix:///x.sock: connect: permission denied",
                Answer::NoPermission,
            ),
            (
                "context \"x\": context not found",
                Answer::Other("context \"x\": context not found".to_owned()),
            ),
        ] {
            assert_eq!(refusal(said.to_owned()), answer, "{said}");
        }
    }

    #[test]
    fn a_registry_that_says_no_is_told_from_one_that_says_nothing() {
        let lookup = "failed to configure transport: error pinging v2 registry: Get \"https://registry.example/v2/\": dial \
                      tcp: lookup registry.example: no such host";
        for (said, resolved) in [
            ("no such manifest: docker.io/library/nginx:0.1", Resolved::Missing),
            (
                "errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required",
                Resolved::Denied,
            ),
            (
                "toomanyrequests: You have reached your pull rate limit",
                Resolved::Unknown("the registry has answered too often today".to_owned()),
            ),
            (lookup, Resolved::Unknown("dial tcp: lookup registry.example: no such host".to_owned())),
        ] {
            assert_eq!(registry(said), resolved, "{said}");
        }
    }
}
