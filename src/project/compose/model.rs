//! The model of a compose project: a tree of values in which anything can be asked for, and typed views of what rules
//! look at most.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::project::Spanned;
use crate::source::{FileId, Span};

/// A text in which variables may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// As it is written, with its variables and `$$`.
    pub raw: String,
    /// What stands there, in order.
    pub parts: Vec<Part>,
    /// What it comes to, by `.env` and the defaults; `None` if a variable has neither, or if the value comes from an
    /// environment that is not known.
    pub value: Option<String>,
    /// Where it is written.
    pub span: Span,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Letters; `$$` is `$` here.
    Literal(String),
    /// A variable.
    Variable(Variable),
}

/// `$NAME`, `${NAME}`, `${NAME:-text}` and its like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What happens if it is there or not.
    pub otherwise: Otherwise,
    /// What `.env` says of it.
    pub from_env_file: Option<Spanned<String>>,
}

/// What a variable is replaced by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// `${NAME}`: nothing, with a warning.
    Nothing,
    /// `${NAME-text}`, and with `true` `${NAME:-text}`, which is taken for an empty value, too.
    Default(Vec<Part>, bool),
    /// `${NAME?text}` and `${NAME:?text}`: compose refuses to go on.
    Refused(Vec<Part>, bool),
    /// `${NAME+text}` and `${NAME:+text}`: taken if there is a value.
    Replaced(Vec<Part>, bool),
}

/// A node of the merged tree. Aliases, merge keys, `extends`, `include` and further files are resolved in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it is written; for what came from several places the last of them.
    pub span: Span,
    /// Where its key is written, if it is an entry.
    pub key: Option<Span>,
    /// The folder that relative paths in it begin in: those of a file of `include` and `extends` begin elsewhere.
    pub folder: Arc<str>,
}

/// What a node of the merged tree can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing, or `null`.
    Null,
    /// `true`, `false`.
    Flag(bool),
    /// A number, as it is written.
    Number(String),
    /// A text; a text with variables, whatever it comes to.
    Text(Text),
    /// `- item`
    List(Vec<Node>),
    /// `key: value`, in order, each key once.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The entry of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The node behind several keys.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entries of a map; none of anything else.
    pub fn entries(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => &[],
        }
    }

    /// What a scalar comes to, as text; `None` for lists, maps, nothing, and what is not known.
    pub fn text(&self) -> Option<String> {
        match &self.value {
            Value::Flag(flag) => Some(flag.to_string()),
            Value::Number(number) => Some(number.clone()),
            Value::Text(text) => text.value.clone(),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Whether it is `true`.
    pub fn is_true(&self) -> bool {
        self.value == Value::Flag(true) || self.text().as_deref() == Some("true")
    }

    /// Where the key is written, or else the value.
    pub fn place(&self) -> Span {
        self.key.unwrap_or(self.span)
    }
}

/// Several compose files as one.
#[derive(Clone, Debug)]
pub struct Compose {
    /// The files, in the order in which they are merged; those of `include` and `extends` after them.
    pub files: Vec<FileId>,
    /// The folder that relative paths begin in: that of the first file.
    pub folder: String,
    /// The whole, merged.
    pub root: Node,
    /// Whether the first file has the form of version 1: services at the top, nothing else. They are in
    /// `root.services` all the same.
    pub is_v1: bool,
    /// Every service, in the order of the files, those of inactive profiles among them.
    pub services: Vec<Service>,
    /// Top-level `networks`, with `default` only if it is written.
    pub networks: Vec<Declared>,
    /// Top-level `volumes`.
    pub volumes: Vec<Declared>,
    /// Top-level `secrets`.
    pub secrets: Vec<Declared>,
    /// Top-level `configs`.
    pub configs: Vec<Declared>,
    /// Where its services are by their names, once somebody asked.
    pub(super) index: OnceLock<Index>,
}

impl Compose {
    /// A service by its name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.get(self.place(name)?)
    }

    /// The place of a service by its name.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.index().keys.get(name).copied()
    }

    /// The place of the first service that others reach by a name: its key, `container_name`, `hostname`, an alias on a
    /// network.
    pub fn called(&self, host: &str) -> Option<usize> {
        self.index().names.get(&host.to_ascii_lowercase()).copied()
    }

    /// Whether a service has a name that nobody knows, or the network of one.
    pub fn has_unknown_name(&self) -> bool {
        self.index().has_unknown
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.services))
    }
}

/// Services by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    keys: HashMap<String, usize>,
    names: HashMap<String, usize>,
    has_unknown: bool,
}

impl Index {
    fn of(services: &[Service]) -> Self {
        let mut index = Self::default();
        for (place, service) in services.iter().enumerate() {
            let key = &service.name.value;
            index.keys.entry(key.clone()).or_insert(place);
            let hostname = service.get("hostname").and_then(Node::text);
            let container = service.container_name.iter().filter_map(|name| name.value.as_deref());
            let aliases = service.networks.iter().flat_map(|network| &network.aliases).map(String::as_str);
            for name in container.chain(aliases).chain([key.as_str()]).chain(hostname.as_deref()) {
                index.names.entry(name.to_ascii_lowercase()).or_insert(place);
            }
            let mut named = [&service.container_name, &service.network_mode].into_iter().flatten();
            index.has_unknown |= named.any(|name| name.value.is_none());
        }
        index
    }
}

/// A network, volume, secret or config of the top level.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its key.
    pub name: Spanned<String>,
    /// `external: true`, or the legacy `external: {name: ...}`.
    pub is_external: bool,
    /// Everything that is said of it.
    pub node: Node,
}

/// One service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its key.
    pub name: Spanned<String>,
    /// Everything that is said of it, as it is written: short forms stay short.
    pub node: Node,
    /// `image`
    pub image: Option<Text>,
    /// `build`
    pub build: Option<Build>,
    /// `container_name`
    pub container_name: Option<Text>,
    /// `command`; `None` if the image's own is meant.
    pub command: Option<Command>,
    /// `entrypoint`
    pub entrypoint: Option<Command>,
    /// `environment`, in order, without what `env_file` adds.
    pub environment: Vec<Variables>,
    /// `env_file`, in order.
    pub env_files: Vec<EnvFile>,
    /// `ports`, each with its range spread out.
    pub ports: Vec<Port>,
    /// Whether there are further ports, which depend on a variable without a value.
    pub has_unknown_ports: bool,
    /// `expose`: container ports, `8000` or `8000-8010/tcp`.
    pub expose: Vec<Spanned<String>>,
    /// `volumes`, in order.
    pub mounts: Vec<Mount>,
    /// `tmpfs`: absolute paths in the container, without options.
    pub tmpfs: Vec<Spanned<String>>,
    /// `volumes_from`: services or, with `is_container`, containers.
    pub volumes_from: Vec<VolumesFrom>,
    /// The networks that it is on, with its aliases; `default` alone if nothing is said; none with `network_mode`.
    pub networks: Vec<Attached>,
    /// `network_mode`
    pub network_mode: Option<Text>,
    /// `links`: the service and the name by which it is reached.
    pub links: Vec<(Spanned<String>, String)>,
    /// `depends_on`
    pub depends_on: Vec<Depends>,
    /// `healthcheck`
    pub health: Option<Health>,
    /// `profiles`
    pub profiles: Vec<Spanned<String>>,
    /// `user`
    pub user: Option<Text>,
    /// `working_dir`
    pub working_dir: Option<Text>,
    /// `secrets` and `configs` that are granted to it.
    pub grants: Vec<Grant>,
    /// How many run: `deploy.replicas`, else `scale`; `None` if nothing is said or it is not known.
    pub replicas: Option<Spanned<u64>>,
}

impl Service {
    /// The node of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.node.get(key)
    }

    /// The value of a variable of `environment`.
    pub fn variable(&self, name: &str) -> Option<&Variables> {
        self.environment.iter().find(|variable| variable.name.value == name)
    }
}

/// One entry of `environment`, of `build.args` or of `labels`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variables {
    /// Its name.
    pub name: Spanned<String>,
    /// Its value; `None` if it is taken from the environment of whoever runs compose.
    pub value: Option<Text>,
    /// The whole entry.
    pub span: Span,
}

/// One entry of `env_file`.
#[derive(Clone, Debug)]
pub struct EnvFile {
    /// The path as written.
    pub path: Text,
    /// Its path by [`crate::project::host::Host`]'s naming, if it is known.
    pub host: Option<String>,
    /// `required: false`
    pub is_optional: bool,
    /// What stands in it; `None` if it was not read. Never shown.
    pub variables: Option<Vec<Variables>>,
}

/// `build`
#[derive(Clone, Debug)]
pub struct Build {
    /// Where it is said.
    pub span: Span,
    /// The context as written; `.` where only other keys are said.
    pub context: Text,
    /// The context by [`crate::project::host::Host`]'s naming; `None` for a URL and what is not known.
    pub host: Option<String>,
    /// `dockerfile`, from the context.
    pub dockerfile: Option<Text>,
    /// `dockerfile_inline`
    pub inline: Option<Text>,
    /// `target`
    pub target: Option<Text>,
    /// `args`
    pub args: Vec<Variables>,
    /// `additional_contexts`: names and values as written.
    pub contexts: Vec<Variables>,
}

/// `command` and `entrypoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its words, a string split as a shell does; `None` if one of them is not known. An empty list resets that of the
    /// image.
    pub words: Option<Vec<String>>,
    /// Where it is written.
    pub span: Span,
}

/// One published port, one for each of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The port in the container.
    pub target: u16,
    /// The port of the host, if one is fixed; both ends for one that is chosen out of a range.
    pub published: Option<(u16, u16)>,
    /// The address of the host, as written; `None` for all.
    pub host_ip: Option<String>,
    /// `tcp`, `udp` or another.
    pub protocol: String,
    /// The entry.
    pub span: Span,
    /// Whether the entry is a plain scalar, not quoted.
    pub is_plain: bool,
    /// Whether `published` and `host_ip` are known; false if one of them depends on a variable without a value.
    pub is_known: bool,
}

/// One entry of `volumes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// What is mounted.
    pub source: MountSource,
    /// The absolute path in the container; `None` if it is not known.
    pub target: Option<String>,
    /// Whether nothing can be written to it.
    pub is_read_only: bool,
    /// The folder below the root of the volume that is mounted.
    pub subpath: Option<String>,
    /// `nocopy`: what the image has there is not copied into a new volume.
    pub is_nocopy: bool,
    /// The entry.
    pub span: Span,
}

/// What is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountSource {
    /// A path of the host, as written and by [`crate::project::host::Host`]'s naming if that is known.
    Host {
        /// As written, variables resolved.
        written: String,
        /// Relative to the compose file's folder, tidied; `None` for `~`.
        host: Option<String>,
    },
    /// A named volume.
    Volume(String),
    /// A volume without a name.
    Anonymous,
    /// Memory.
    Tmpfs,
    /// A folder of an image.
    Image(String),
    /// Depends on a variable that is not known, or is of another kind.
    Unknown,
}

/// One entry of `volumes_from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumesFrom {
    /// The service, or the container.
    pub name: Spanned<String>,
    /// `container:NAME`
    pub is_container: bool,
    /// `:ro`
    pub is_read_only: bool,
}

/// A network that a service is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// The key of the network. The span is that of the service where nothing is said.
    pub name: Spanned<String>,
    /// Further names of the service there.
    pub aliases: Vec<String>,
}

/// One entry of `depends_on`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depends {
    /// The service.
    pub name: Spanned<String>,
    /// `service_started`, `service_healthy`, `service_completed_successfully`, or as written.
    pub condition: Spanned<String>,
    /// `required: false`
    pub is_optional: bool,
}

/// `healthcheck`
#[derive(Clone, Debug)]
pub struct Health {
    /// Where it is said.
    pub span: Span,
    /// `disable: true`, or a test of `NONE`.
    pub is_disabled: bool,
    /// The words that are run; a text as `["/bin/sh", "-c", text]`; `None` if nothing is said or it is not known.
    pub words: Option<Vec<String>>,
    /// Where the test is written.
    pub test: Option<Span>,
}

/// A secret or a config that a service gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Whether it is a secret.
    pub is_secret: bool,
    /// Its name at the top level.
    pub name: Spanned<String>,
    /// Where it is in the container: `/run/secrets/NAME` and `/NAME` by default.
    pub target: String,
}
