//! The engine, Compose and buildx: whether they are there, and recent enough for the deployment.

use super::needs::{Needs, unmet};
use super::subject::Subject;
use crate::driver::engine::{Answer, Docker, Engine, Silence};
use crate::driver::look;
use crate::model::version::Version;
use crate::render::checkup::{Check, State};

const GROUP: &str = "engine";
/// Compose builds with buildx alone, and refuses an older one. Source: docker/compose, v2.40.2, `build_bake.go`.
const STRICT_COMPOSE: Version = Version(2, 40, 2);
const OLDEST_BUILDX: Version = Version(0, 17, 0);
/// With less than this on the disk of images, builds fail in the middle.
const LITTLE_SPACE: u64 = 1 << 30;

/// What was found out for later checks.
#[derive(Debug)]
pub(super) struct Found {
    /// The engine, if one answers.
    pub(super) engine: Option<Engine>,
    /// Whether the engine runs on this machine, as far as its address says.
    pub(super) is_local: bool,
}

pub(super) fn check(docker: Docker, subject: &Subject) -> (Vec<Check>, Found) {
    let address = docker.address();
    let is_local = is_local(&address);
    let at = if address.is_empty() { String::new() } else { format!(" at {address}") };
    let needs = Needs::of(subject);
    let (first, engine) = match docker.engine() {
        Answer::Engine(engine) => (answers(&engine, &at, &needs), Some(engine)),
        other => (silent(&other, &at, is_local, docker), None),
    };
    let is_installed = first.text != NOT_INSTALLED;
    let mut checks = vec![first];
    if is_installed {
        let (check, version) = compose(docker.compose(), &needs);
        checks.push(check);
        if needs.builds {
            checks.push(buildx(docker.buildx(), version));
        }
    }
    if !is_local {
        checks.push(
            Check::new(GROUP, State::Unknown, "the engine is on another machine")
                .note("what programs listen on there, and the files that containers mount there, cannot be seen from here"),
        );
    }
    checks.extend(engine.as_ref().filter(|_| is_local).and_then(space));
    (checks, Found { engine, is_local })
}

const NOT_INSTALLED: &str = "there is no program `docker`";

/// Whether an address leads to this machine.
fn is_local(address: &str) -> bool {
    match address.split_once("://") {
        Some(("tcp" | "http" | "https", host)) => {
            ["localhost", "127.", "[::1]"].iter().any(|local| host.starts_with(local))
        }
        Some(("ssh", _)) => false,
        Some(_) | None => true,
    }
}

fn answers(engine: &Engine, at: &str, needs: &Needs) -> Check {
    let rootless = if engine.is_rootless { ", rootless" } else { "" };
    let text = format!("Docker Engine {} answers{at}{rootless}", engine.version);
    match Version::parse(&engine.version).and_then(|version| unmet(&needs.engine, version)) {
        None => Check::new(GROUP, State::Ok, text),
        Some(need) => {
            let why = format!("{}, and {} needs {}", text, need.what, need.version);
            Check::new(GROUP, State::Problem, why)
                .help("install a newer Docker Engine: https://docs.docker.com/engine/install/")
        }
    }
}

fn silent(answer: &Answer, at: &str, is_local: bool, docker: Docker) -> Check {
    let problem = |text: String| Check::new(GROUP, State::Problem, text);
    match answer {
        Answer::Engine(_) => unreachable!("an engine that answers is not silent"),
        Answer::NotInstalled => {
            problem(NOT_INSTALLED.to_owned()).help("install Docker Engine: https://docs.docker.com/engine/install/")
        }
        Answer::TimedOut => problem(format!("the engine{at} does not answer within {} s", docker.patience.as_secs()))
            .help(if is_local {
                "it hangs, or is starting: `sudo systemctl status docker`; `--timeout SECONDS` waits longer"
            } else {
                "check the network to that machine; `--timeout SECONDS` waits longer"
            }),
        Answer::NotRunning if !is_local => problem(format!("no engine answers{at}"))
            .help("start it there, or correct DOCKER_HOST or the context: `docker context ls`"),
        Answer::NotRunning => problem(format!("no engine answers{at}: it is not running")).help(
            "`sudo systemctl start docker`, or start Docker Desktop; if another engine is meant, see DOCKER_HOST and \
             `docker context ls`",
        ),
        Answer::NoPermission => problem(format!("this user may not talk to the engine{at}"))
            .note("whoever may is as good as root on this machine")
            .help("`sudo usermod -aG docker $USER` and log in again, or use `sudo`, or rootless Docker"),
        Answer::Other(why) => problem(format!("no engine answers{at}"))
            .note(format!("docker says: {why}"))
            .help("`docker version` must succeed; see DOCKER_HOST and `docker context ls`"),
    }
}

fn compose(answer: Result<String, Silence>, needs: &Needs) -> (Check, Option<Version>) {
    let help = "install the package docker-compose-plugin (of Debian and Ubuntu docker-compose): \
                https://docs.docker.com/compose/install/";
    let text = match answer {
        Ok(text) => text,
        Err(Silence::TimedOut) => {
            return (
                Check::new(GROUP, State::Problem, "`docker compose version` does not end in time"),
                None,
            );
        }
        Err(Silence::NotInstalled | Silence::Failed(_)) => {
            let check = Check::new(GROUP, State::Problem, "`docker compose` is not there");
            return (
                check
                    .note("the old program `docker-compose` does not read what compose files say today")
                    .help(help),
                None,
            );
        }
    };
    let version = Version::parse(&text);
    let name = format!("Compose {}", text.trim_start_matches('v'));
    let check = match version.and_then(|version| unmet(&needs.compose, version)) {
        None => Check::new(GROUP, State::Ok, name),
        Some(need) => {
            let text = format!("{name} is too old: {} needs {}", need.what, need.version);
            Check::new(GROUP, State::Problem, text).help(help)
        }
    };
    (check, version)
}

fn buildx(answer: Result<String, Silence>, compose: Option<Version>) -> Check {
    let help = "install the package docker-buildx-plugin (of Debian and Ubuntu docker-buildx): \
                https://github.com/docker/buildx";
    let text = match answer {
        Ok(text) => text,
        Err(Silence::TimedOut) => {
            return Check::new(GROUP, State::Problem, "`docker buildx version` does not end in time");
        }
        Err(Silence::NotInstalled | Silence::Failed(_)) => {
            return Check::new(
                GROUP,
                State::Problem,
                "`docker buildx` is not there, and images are to be built",
            )
            .note("without it there are no build secrets, no caches and no further contexts")
            .help(help);
        }
    };
    let name = format!("buildx {}", text.trim_start_matches('v'));
    let is_strict = compose.is_some_and(|compose| compose >= STRICT_COMPOSE);
    match Version::parse(&text) {
        Some(version) if version < OLDEST_BUILDX && is_strict => {
            let text = format!("{name} is too old: this Compose builds with {OLDEST_BUILDX} or later");
            Check::new(GROUP, State::Problem, text).help(help)
        }
        Some(_) | None => Check::new(GROUP, State::Ok, name),
    }
}

/// The room for images, where the engine's folder is one of this machine.
fn space(engine: &Engine) -> Option<Check> {
    let free = look::free_bytes(std::path::Path::new(&engine.root))?;
    if engine.is_desktop || engine.root.is_empty() || free >= LITTLE_SPACE {
        return None;
    }
    let text = format!("{} MiB are left for images and volumes in {}", free >> 20, engine.root);
    Some(
        Check::new(GROUP, State::Warning, text)
            .help("`docker system df` says what takes the room, `docker system prune` frees what is unused"),
    )
}
