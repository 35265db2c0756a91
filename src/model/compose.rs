//! docker-compose.yml as a typed tree. Source: the compose specification, 03-compose-file.md to 09-secrets.md.

mod build;
pub mod extra;

pub use build::{Build, Context, DockerfileRef, NamedContext};

use super::image::ImageRef;
use super::names::{EnvName, NetworkName, ProjectName, SecretName, ServiceName, VolumeName};
use super::path::{ContainerPath, HostPath};
use super::port::{PortMapping, PortRange};
use super::scalar::Delay;
use super::values::{Text, Typed};
use crate::source::{At, Origin};
use extra::Extra;

/// The file.
#[derive(Clone, Debug)]
pub struct Compose {
    /// Relative to the output folder, if it is not [`PATH`].
    pub path: Option<At<HostPath>>,
    /// `name`: the project.
    pub name: Option<At<ProjectName>>,
    /// In the order of the stack file.
    pub services: Vec<Service>,
    /// In the order of the stack file; the implicit `default` only if it has settings.
    pub networks: Vec<Network>,
    /// In the order of the stack file.
    pub volumes: Vec<Volume>,
    /// In the order of the stack file.
    pub secrets: Vec<Secret>,
    /// Groups whose names begin with `x-`, which Compose reads and does nothing with. In the order of their names.
    pub fields: Vec<Service>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
}

/// Where the file stands, relative to the output folder, unless the stack says otherwise.
pub const PATH: &str = "docker-compose.yml";

impl Compose {
    /// Where the file stands, relative to the output folder.
    pub fn path(&self) -> &str {
        self.path.as_ref().map_or(PATH, |path| path.value.as_str())
    }

    /// The folder that it stands in, from the output folder; empty for that one itself.
    pub fn folder(&self) -> &str {
        self.path().rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The service of that name.
    pub fn service(&self, name: &ServiceName) -> Option<&Service> {
        self.services.iter().find(|service| service.name.value == *name)
    }
}

/// One container.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its key, and its host name on its networks.
    pub name: At<ServiceName>,
    /// `image`
    pub image: Option<Typed<ImageRef>>,
    /// `build`
    pub build: Option<Build>,
    /// `entrypoint`
    pub entrypoint: Option<Entrypoint>,
    /// `command`
    pub command: Option<At<Command>>,
    /// `user`: `name`, `uid` or `uid:gid`.
    pub user: Option<Text>,
    /// `working_dir`
    pub working_dir: Option<Typed<ContainerPath>>,
    /// `environment`, in order of writing.
    pub environment: Vec<Env>,
    /// `env_file`
    pub env_files: Vec<EnvFile>,
    /// `secrets`
    pub secrets: Vec<Grant>,
    /// `ports`
    pub ports: Vec<Published>,
    /// `expose`
    pub expose: Vec<Typed<PortRange>>,
    /// `volumes`
    pub mounts: Vec<Mount>,
    /// `tmpfs`: a path with its options.
    pub tmpfs: Vec<Text>,
    /// `networks`; empty means `default` alone.
    pub networks: Vec<At<NetworkName>>,
    /// `depends_on`
    pub depends_on: Vec<Dependency>,
    /// `healthcheck`
    pub health: Option<Health>,
    /// `labels`, in order of writing.
    pub labels: Vec<(Text, Text)>,
    /// `restart`
    pub restart: Option<At<Restart>>,
    /// `init`
    pub init: Option<At<bool>>,
    /// `read_only`
    pub read_only: Option<At<bool>>,
    /// `cap_drop`
    pub cap_drop: Vec<At<&'static str>>,
    /// `cap_add`
    pub cap_add: Vec<At<String>>,
    /// `security_opt`
    pub security_opt: Vec<At<&'static str>>,
    /// `logging` with the json-file driver's rotation.
    pub log_rotation: Option<At<LogRotation>>,
    /// `stop_grace_period`
    pub stop_grace_period: Option<Typed<Delay>>,
    /// What the options of `network` say, by network.
    pub network_options: Vec<(NetworkName, Vec<Extra>)>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
    /// Why the service is there.
    pub origin: Origin,
}

impl Service {
    /// Whether the target's own words say something of a key.
    pub fn says(&self, key: &str) -> bool {
        extra::find(&self.extra, key).is_some()
    }

    /// A service with nothing but its name.
    pub fn new(name: At<ServiceName>) -> Self {
        let origin = name.origin;
        Self {
            name,
            image: None,
            build: None,
            entrypoint: None,
            command: None,
            user: None,
            working_dir: None,
            environment: Vec::new(),
            env_files: Vec::new(),
            secrets: Vec::new(),
            ports: Vec::new(),
            expose: Vec::new(),
            mounts: Vec::new(),
            tmpfs: Vec::new(),
            networks: Vec::new(),
            depends_on: Vec::new(),
            health: None,
            labels: Vec::new(),
            restart: None,
            init: None,
            read_only: None,
            cap_drop: Vec::new(),
            cap_add: Vec::new(),
            security_opt: Vec::new(),
            log_rotation: None,
            stop_grace_period: None,
            network_options: Vec::new(),
            extra: Vec::new(),
            origin,
        }
    }
}

/// A command line, either exact or for a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// argv.
    Exec(Vec<Text>),
    /// For `/bin/sh -c`.
    Shell(Text),
}

/// `entrypoint`
#[derive(Clone, Debug)]
pub enum Entrypoint {
    /// As written.
    Plain(At<Command>),
    /// A shell that exports every [`EnvValue::Exported`] of the service and then executes `then` and the command.
    Exporting {
        /// The entrypoint that would have run.
        then: Vec<Text>,
        /// Why: a variable each.
        origins: Vec<Origin>,
    },
}

/// One variable of `environment`.
#[derive(Clone, Debug)]
pub struct Env {
    /// Its name, emitted as it is.
    pub name: At<EnvName>,
    /// What it holds.
    pub value: EnvValue,
}

/// What an environment variable holds. Text cannot hold a secret; the other variants say how one is delivered.
#[derive(Clone, Debug)]
pub enum EnvValue {
    /// Verbatim.
    Text(Text),
    /// The path of the secret's file in the container.
    SecretPath(SecretName),
    /// Read at exec by the generated entrypoint; not in compose's `environment`.
    Exported(Vec<ExecPart>),
    /// The value in the plain environment, from this variable of the host; only with an `allow`.
    Plain {
        /// The host's variable.
        variable: EnvName,
    },
    /// Passed through from the host's environment.
    Pass,
}

/// A part of a value that is put together at exec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExecPart {
    /// Stands for itself, or is expanded by compose.
    Text(Text),
    /// The content of the secret's file.
    Secret {
        /// Which.
        name: SecretName,
        /// Percent-encoded, because the whole value is a URL.
        encoded: bool,
    },
}

/// One of `secrets`: mounted at `/run/secrets/NAME` unless its options say otherwise.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Which.
    pub name: At<SecretName>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
}

impl Grant {
    /// What it is called in the container, if that is not its own name.
    pub fn target(&self) -> Option<&str> {
        let target = extra::find(&self.extra, "target")?.as_str()?;
        let name = target.strip_prefix("/run/secrets/").unwrap_or(target);
        (name != self.name.value.as_str()).then_some(name)
    }
}

/// One of `env_file`.
#[derive(Clone, Debug)]
pub struct EnvFile {
    /// Where.
    pub path: Typed<HostPath>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
}

/// One of `ports`.
#[derive(Clone, Debug)]
pub struct Published {
    /// Which ports.
    pub mapping: Typed<PortMapping>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
}

/// `volumes` of a service.
#[derive(Clone, Debug)]
pub struct Mount {
    /// What is mounted.
    pub source: MountSource,
    /// Where.
    pub target: Typed<ContainerPath>,
    /// `read_only`
    pub read_only: bool,
    /// Whether what is mounted must be there; else the engine makes an empty folder.
    pub existing: bool,
    /// Whether it is written key by key, though one line could say it.
    pub long: bool,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
    /// Why.
    pub origin: Origin,
}

/// What a mount shows.
#[derive(Clone, Debug)]
pub enum MountSource {
    /// A named volume.
    Volume(VolumeName),
    /// A volume without a name, which is new with every container.
    Anonymous,
    /// A file or folder of the host.
    Host(Typed<HostPath>),
    /// An image.
    Image(Typed<ImageRef>),
    /// Memory, empty at every start.
    Memory,
}

/// `depends_on`
#[derive(Clone, Debug)]
pub struct Dependency {
    /// The other service.
    pub service: At<ServiceName>,
    /// What is waited for.
    pub condition: At<Condition>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
}

/// What `depends_on` waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// `service_started`
    Started,
    /// `service_healthy`
    Healthy,
    /// `service_completed_successfully`
    Completed,
}

/// `healthcheck`
#[derive(Clone, Debug)]
pub struct Health {
    /// `test`
    pub test: Command,
    /// `interval`
    pub interval: Option<Typed<Delay>>,
    /// `timeout`
    pub timeout: Option<Typed<Delay>>,
    /// `start_period`
    pub start_period: Option<Typed<Delay>>,
    /// `start_interval`
    pub start_interval: Option<Typed<Delay>>,
    /// `retries`
    pub retries: Option<At<u32>>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
    /// Why.
    pub origin: Origin,
}

/// `restart`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// `"no"`
    No,
    /// `always`
    Always,
    /// `on-failure`
    OnFailure,
    /// `on-failure:3`
    OnFailureTimes(u32),
    /// `unless-stopped`
    UnlessStopped,
}

impl Restart {
    /// As compose spells it.
    pub fn spelled(self) -> String {
        match self {
            Self::No => "no".to_owned(),
            Self::Always => "always".to_owned(),
            Self::OnFailure => "on-failure".to_owned(),
            Self::OnFailureTimes(times) => format!("on-failure:{times}"),
            Self::UnlessStopped => "unless-stopped".to_owned(),
        }
    }
}

/// Options of the json-file logging driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogRotation {
    /// `max-size`
    pub max_size: &'static str,
    /// `max-file`
    pub max_file: &'static str,
}

/// A network of the project.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its key.
    pub name: At<NetworkName>,
    /// `internal`, no way out of it, and why.
    pub internal: Option<Origin>,
    /// `external`, made by somebody else, and why.
    pub external: Option<Origin>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
}

/// A named volume of the project.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Its key.
    pub name: At<VolumeName>,
    /// `external`, made by somebody else, and why.
    pub external: Option<Origin>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
}

/// A secret of the project: where compose takes the value from. The value itself is never read.
#[derive(Clone, Debug)]
pub struct Secret {
    /// Its key.
    pub name: At<SecretName>,
    /// Where the value is.
    pub source: At<SecretSource>,
    /// What the target's own words and `raw` add.
    pub extra: Vec<Extra>,
}

/// Where a secret's value is kept. Those for ssh are in no [`Secret`]: they are in the `ssh` of builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// In a file, relative to the stack file. Never opened.
    File(HostPath),
    /// In a variable of the environment from which compose is started.
    Environment(EnvName),
    /// With whoever runs the stack: made by somebody else.
    External,
    /// A key in an agent of ssh: the one of whoever builds, or one whose socket's path is in this variable. Compose hands
    /// it to builds alone.
    SshAgent(Option<EnvName>),
    /// A key in a file, relative to the stack file, that the builder uses as an agent would. Never opened.
    SshKey(HostPath),
}

impl SecretSource {
    /// The file that it is kept in.
    pub fn file(&self) -> Option<&HostPath> {
        match self {
            Self::File(path) | Self::SshKey(path) => Some(path),
            Self::Environment(_) | Self::External | Self::SshAgent(_) => None,
        }
    }

    /// Whether it is a key that only builds can use, by asking for signatures.
    pub fn is_ssh(&self) -> bool {
        match self {
            Self::SshAgent(_) | Self::SshKey(_) => true,
            Self::File(_) | Self::Environment(_) | Self::External => false,
        }
    }
}

/// Whether compose reads this default of a variable back as it is. There is no escape for `}` and none for a line
/// break: the expression ends at the brace that closes the first, where `{` also hides the character after it
/// (`getFirstBraceClosingIndex`), and no line break is matched.
pub fn is_writable_default(default: &str) -> bool {
    let expression = format!("${{A:-{default}}}");
    !default.contains(['\n', '\r']) && first_closing(&expression) == Some(expression.len() - 1)
}

fn first_closing(expression: &str) -> Option<usize> {
    let mut open = 0;
    let mut bytes = expression.bytes().enumerate();
    while let Some((index, byte)) = bytes.next() {
        match byte {
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(index);
                }
            }
            b'{' => {
                open += 1;
                bytes.next();
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::is_writable_default;

    #[test]
    fn defaults_that_would_end_early_are_known() {
        for fine in ["", "a-b:?c", "a$b", "{a}", "[1, 2]", "{ }"] {
            assert!(is_writable_default(fine), "{fine}");
        }
        for wrong in ["}", "a}b", "{", "{}", "{{}}", "a\nb"] {
            assert!(!is_writable_default(wrong), "{wrong}");
        }
    }
}
