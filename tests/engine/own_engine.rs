//! A second engine with the image store of containerd, which alone can export caches. It has a network of its own, since
//! two engines in one would take each other's bridge away. It needs root, as engine.sh does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Said, docker};

/// So long it may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// The engine, stopped when it goes.
pub(super) struct OwnEngine {
    dockerd: Child,
    folder: TempDir,
}

impl OwnEngine {
    /// One that changes nothing of the machine's.
    pub(super) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        let settings = r#"{"features": {"containerd-snapshotter": true}, "userland-proxy": false}"#;
        fs::write(at("daemon.json"), settings).unwrap();
        let log = fs::File::create(at("log")).unwrap();
        let mut dockerd = Command::new("unshare");
        dockerd.args(["--net", "--"]).arg(self::dockerd());
        for (option, name) in [
            ("--data-root", "data"),
            ("--exec-root", "exec"),
            ("--pidfile", "pid"),
            ("--config-file", "daemon.json"),
        ] {
            dockerd.arg(option).arg(at(name));
        }
        dockerd.arg("--host").arg(format!("unix://{}", at("sock").display())).env_remove("DOCKER_HOST");
        let dockerd = dockerd.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let engine = Self { dockerd, folder };
        let start = Instant::now();
        while engine.docker(&["version"]).code != 0 {
            let log = fs::read_to_string(engine.folder.path().join("log")).unwrap();
            assert!(start.elapsed() < PATIENCE, "the second engine does not begin; it needs root\n{log}");
            sleep(Duration::from_millis(200));
        }
        engine
    }

    /// The process in whose network it is.
    pub(super) fn process(&self) -> u32 {
        self.dockerd.id()
    }

    fn host(&self) -> String {
        format!("unix://{}/sock", self.folder.path().display())
    }

    /// Runs `docker` on it.
    pub(super) fn docker(&self, arguments: &[&str]) -> Said {
        Said::of(docker(arguments).env("DOCKER_HOST", self.host()))
    }

    /// Gives it an image that the first one has.
    pub(super) fn give(&self, image: &str) {
        let mut save = docker(["save", image]).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut load = docker(["load", "-q"]);
        load.env("DOCKER_HOST", self.host()).stdin(save.stdout.take().unwrap());
        assert!(load.stdout(Stdio::null()).status().unwrap().success(), "{image} cannot be loaded");
        assert!(save.wait().unwrap().success(), "{image} cannot be saved");
    }
}

impl Drop for OwnEngine {
    fn drop(&mut self) {
        // It ends what it started only when it is asked to end.
        drop(Command::new("kill").arg(self.dockerd.id().to_string()).status());
        drop(self.dockerd.wait());
    }
}

/// Where `dockerd` is: beside the `docker` that engine.sh unpacked, or where the system has it.
fn dockerd() -> PathBuf {
    let of = |name: &str| Said::of(Command::new("sh").args(["-c", "command -v \"$0\"", name]));
    let docker = of("docker").ok();
    let beside = Path::new(docker.trim()).parent().unwrap().join("../sbin/dockerd");
    if beside.exists() { beside } else { PathBuf::from(of("dockerd").ok().trim()) }
}
