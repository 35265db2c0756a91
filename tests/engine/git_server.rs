//! Servers of ssh that hand out repositories, keys that are made for one run, and an agent that holds some of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{Said, docker, random};

/// Where Debian's openssh-server puts it; it wants to be called by its whole path.
const SSHD: &str = "/usr/sbin/sshd";
/// So long a program may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);

/// A pair of keys.
#[derive(Debug)]
pub(super) struct KeyPair {
    /// The private one; the public one has `.pub` behind it.
    pub(super) path: PathBuf,
}

impl KeyPair {
    /// A new one.
    pub(super) fn make(folder: &Path, name: &str) -> Self {
        let path = folder.join(name);
        fs::create_dir_all(folder).unwrap();
        let mut keygen = program("ssh-keygen", "openssh-client");
        keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f"]).arg(&path);
        Said::of(&mut keygen).ok();
        Self { path }
    }

    /// Its type and the public key.
    pub(super) fn public(&self) -> String {
        let text = fs::read_to_string(self.path.with_extension("pub")).unwrap();
        text.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    /// The lines of the private key that no other key has.
    pub(super) fn secret_lines(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.path).unwrap();
        let body = text.lines().filter(|line| !line.starts_with("-----"));
        // The first two begin as every key does, and hold the public one.
        let lines: Vec<String> = body.skip(2).map(str::to_owned).collect();
        assert!(!lines.is_empty() && lines.iter().all(|line| line.len() > 20), "a key of several lines");
        lines
    }
}

/// A repository that is bare.
#[derive(Debug)]
pub(super) struct Repository {
    pub(super) path: PathBuf,
}

impl Repository {
    /// One commit of the files in a folder, under a tag.
    pub(super) fn of(folder: &Path, tree: &Path, name: &str, tag: &str) -> Self {
        let repository = Self { path: folder.join(format!("{name}.git")) };
        Said::of(git().args(["init", "--quiet", "--bare"]).arg(&repository.path)).ok();
        // It is given a tree for as long as one is committed.
        repository.git(&["config", "core.bare", "false"]);
        repository.commit(tree, tag);
        repository
    }

    /// Another commit, for which the tag stands from now on.
    pub(super) fn commit(&self, tree: &Path, tag: &str) {
        self.git(&["--work-tree", &tree.display().to_string(), "add", "--all", "--force"]);
        let who = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
        self.git(&[&who[..], &["commit", "--quiet", "--allow-empty", "--message", &random(8)]].concat());
        self.git(&[&who[..], &["tag", "--force", "--annotate", "--message", "test", tag]].concat());
    }

    /// What a tag stands for.
    pub(super) fn commit_of(&self, tag: &str) -> String {
        self.git(&["rev-parse", &format!("{tag}^{{commit}}")]).trim().to_owned()
    }

    fn git(&self, arguments: &[&str]) -> String {
        Said::of(git().arg("--git-dir").arg(&self.path).args(arguments)).ok()
    }
}

/// git without the settings of this machine.
fn git() -> Command {
    let mut git = program("git", "git");
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    git
}

/// A server, stopped when it goes.
pub(super) struct Server {
    sshd: Child,
    folder: TempDir,
    port: u16,
    host_key: KeyPair,
}

impl Server {
    /// Lets each key fetch one repository, and do nothing else. In the network of another process, if one is named.
    pub(super) fn start(allowed: &[(&KeyPair, &Repository)], network: Option<u32>) -> Self {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let host_key = KeyPair::make(folder.path(), "host");
        let git = Said::of(Command::new("sh").args(["-c", "command -v git"])).ok();
        let line = |(key, repository): &(&KeyPair, &Repository)| {
            let path = repository.path.display();
            format!("restrict,command=\"{} upload-pack '{path}'\" {}\n", git.trim(), key.public())
        };
        fs::write(at("authorized_keys"), allowed.iter().map(line).collect::<String>()).unwrap();
        let port = super::deployment::free_port();
        let settings = format!(
            "Port {port}\nListenAddress {}\nHostKey {}\nPidFile none\nAuthorizedKeysFile {}\nStrictModes no\n\
             UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
             PermitRootLogin prohibit-password\nLogLevel VERBOSE\nUseDNS no\n",
            gateway(),
            at("host"),
            at("authorized_keys"),
        );
        fs::write(at("sshd_config"), settings).unwrap();
        // Root's sshd wants an empty folder there, which an installation of Debian makes at boot.
        drop(fs::create_dir("/run/sshd"));
        let log = fs::File::create(at("log")).unwrap();
        let mut sshd = program(SSHD, "openssh-server");
        if let Some(process) = network {
            sshd = program("nsenter", "util-linux");
            sshd.args(["--target", &process.to_string(), "--net", "--", SSHD]);
        }
        sshd.args(["-D", "-e", "-f"]).arg(at("sshd_config")).stdin(Stdio::null()).stderr(log);
        let sshd = sshd.spawn().unwrap();
        let server = Self { sshd, folder, port, host_key };
        wait_for("sshd", || server.log().contains("Server listening"), || server.log());
        server
    }

    /// The address of a repository.
    pub(super) fn address(&self, repository: &Repository) -> String {
        let user = Said::of(Command::new("id").arg("-un")).ok();
        format!("ssh://{}@{}:{}{}", user.trim(), gateway(), self.port, repository.path.display())
    }

    /// The key that it proves itself with.
    pub(super) fn host_key(&self) -> String {
        self.host_key.public()
    }

    /// What it said so far.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.sshd.kill());
        drop(self.sshd.wait());
    }
}

/// An agent, stopped when it goes.
pub(super) struct Agent {
    agent: Child,
    folder: TempDir,
}

impl Agent {
    /// One that holds these.
    pub(super) fn with(keys: &[&KeyPair]) -> Self {
        let folder = TempDir::new().unwrap();
        let socket = folder.path().join("agent");
        let mut agent = program("ssh-agent", "openssh-client");
        agent.arg("-D").arg("-a").arg(&socket).stdin(Stdio::null()).stdout(Stdio::null());
        let agent = Self { agent: agent.spawn().unwrap(), folder };
        wait_for("ssh-agent", || socket.exists(), String::new);
        for key in keys {
            let mut add = program("ssh-add", "openssh-client");
            Said::of(add.env("SSH_AUTH_SOCK", &socket).arg("-q").arg(&key.path)).ok();
        }
        agent
    }

    /// Its socket.
    pub(super) fn socket(&self) -> String {
        self.folder.path().join("agent").display().to_string()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.agent.kill());
        drop(self.agent.wait());
    }
}

/// The address under which containers reach this machine.
fn gateway() -> String {
    let format = "{{(index .IPAM.Config 0).Gateway}}";
    Said::of(&mut docker(["network", "inspect", "bridge", "--format", format])).ok().trim().to_owned()
}

/// A program that a package of Debian has.
#[track_caller]
fn program(name: &str, package: &str) -> Command {
    let found = Said::of(Command::new("sh").args(["-c", "command -v \"$0\"", name]));
    assert!(found.code == 0, "this test needs `{name}`: `apt-get install {package}`, which ./test.sh does");
    Command::new(name)
}

#[track_caller]
fn wait_for(what: &str, is_ready: impl Fn() -> bool, log: impl Fn() -> String) {
    let start = Instant::now();
    while !is_ready() {
        assert!(start.elapsed() < PATIENCE, "{what} does not begin: {}", log());
        sleep(Duration::from_millis(20));
    }
}
