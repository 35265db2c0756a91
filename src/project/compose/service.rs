//! The typed view of a service.

use super::budget::Budget;
use super::env_files::EnvFiles;
use super::environment::Environment;
use super::model::{
    Attached, Build, Command, Declared, Depends, Grant, Node, Part, Service, Text, Value, VolumesFrom,
};
use super::mounts::{is_true, mounts};
use super::ports::ports;
use super::texts::{text, variables};
use super::words;
use crate::diagnostic::Sink;
use crate::project::Spanned;
use crate::project::host::join;
use crate::source::{SourceMap, Span};

/// What views are made with.
pub(super) struct View<'a, 'h> {
    pub(super) environment: &'a Environment,
    pub(super) budget: &'a mut Budget,
    pub(super) sources: &'a mut SourceMap,
    pub(super) sink: &'a mut Sink,
    pub(super) env_files: &'a mut EnvFiles<'h>,
}

impl View<'_, '_> {
    /// A service.
    pub(super) fn service(&mut self, name: &str, node: &Node) -> Service {
        let get = |key: &str| node.get(key);
        let get_text = |key: &str| node.get(key).and_then(text);
        let place = node.place();
        let environment = variables(get("environment"), self.sources);
        let env_files = self.env_files(get("env_file"), &environment);
        let read = ports(get("ports"), self.budget, self.sources, self.sink);
        let network_mode = get_text("network_mode");
        Service {
            name: Spanned::new(name.to_owned(), place),
            image: get_text("image"),
            build: get("build").and_then(|node| self.build(node)),
            container_name: get_text("container_name"),
            command: command(get("command")),
            entrypoint: command(get("entrypoint")),
            environment,
            env_files,
            ports: read.ports,
            has_unknown_ports: read.has_unknown,
            expose: names(get("expose")),
            mounts: mounts(get("volumes"), self.sink),
            tmpfs: tmpfs(get("tmpfs")),
            volumes_from: names(get("volumes_from")).into_iter().map(volumes_from).collect(),
            networks: networks(node, place, network_mode.is_some()),
            network_mode,
            links: names(get("links")).into_iter().map(link).collect(),
            depends_on: depends(get("depends_on")),
            health: words::health(get("healthcheck")),
            profiles: names(get("profiles")),
            user: get_text("user"),
            working_dir: get_text("working_dir"),
            grants: grants(node),
            replicas: replicas(node),
            node: node.clone(),
        }
    }

    fn build(&self, node: &Node) -> Option<Build> {
        let span = node.place();
        let (context, here) = match &node.value {
            Value::Text(context) => (Some(context.clone()), node),
            Value::Map(_) => {
                let context = node.get("context");
                (context.and_then(text), context.unwrap_or(node))
            }
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) => return None,
        };
        let context = context.unwrap_or_else(|| Text {
            raw: ".".to_owned(),
            parts: vec![Part::Literal(".".to_owned())],
            value: Some(".".to_owned()),
            span,
        });
        let is_local = |path: &&String| !is_remote(path) && !path.starts_with('~');
        let host = context.value.as_ref().filter(is_local).map(|path| join(&here.folder, path));
        let get_text = |key: &str| node.get(key).and_then(text);
        Some(Build {
            span,
            host,
            context,
            dockerfile: get_text("dockerfile"),
            inline: get_text("dockerfile_inline"),
            target: get_text("target"),
            args: variables(node.get("args"), self.sources),
            contexts: variables(node.get("additional_contexts"), self.sources),
        })
    }
}

/// Whether a context is elsewhere. Source: compose-go, `paths/context.go`.
pub(super) fn is_remote(context: &str) -> bool {
    context.contains("://")
        || ["service:", "github.com/", "git@"].iter().any(|prefix| context.starts_with(prefix))
}

/// `command` or `entrypoint`.
fn command(node: Option<&Node>) -> Option<Command> {
    words::command(node)
}

/// A list of scalars, or one of them. Those that are not known are left out.
pub(super) fn names(node: Option<&Node>) -> Vec<Spanned<String>> {
    let Some(node) = node else { return Vec::new() };
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => {
            std::slice::from_ref(node)
        }
    };
    items.iter().filter_map(|item| Some(Spanned::new(text(item)?.value?, item.span))).collect()
}

fn tmpfs(node: Option<&Node>) -> Vec<Spanned<String>> {
    let mut paths = names(node);
    for path in &mut paths {
        if let Some((before, _)) = path.value.split_once(':') {
            path.value = before.to_owned();
        }
    }
    paths
}

fn volumes_from(written: Spanned<String>) -> VolumesFrom {
    let Spanned { value, span } = written;
    let rest = value.strip_prefix("container:");
    let (name, mode) = {
        let spec = rest.unwrap_or(&value);
        spec.split_once(':').unwrap_or((spec, "rw"))
    };
    VolumesFrom {
        name: Spanned::new(name.to_owned(), span),
        is_container: rest.is_some(),
        is_read_only: mode == "ro",
    }
}

fn link(written: Spanned<String>) -> (Spanned<String>, String) {
    let Spanned { value, span } = written;
    let (service, alias) = value.split_once(':').unwrap_or((&value, &value));
    (Spanned::new(service.to_owned(), span), alias.to_owned())
}

fn networks(node: &Node, place: Span, has_mode: bool) -> Vec<Attached> {
    let alone = |name: Spanned<String>| Attached { name, aliases: Vec::new() };
    let said = node.get("networks");
    let mut networks: Vec<Attached> = match said.map(|said| &said.value) {
        Some(Value::Map(entries)) => entries
            .iter()
            .map(|(name, node)| Attached {
                name: Spanned::new(name.clone(), node.place()),
                aliases: names(node.get("aliases")).into_iter().map(|alias| alias.value).collect(),
            })
            .collect(),
        Some(Value::List(_)) => names(said).into_iter().map(alone).collect(),
        Some(Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_)) | None => Vec::new(),
    };
    let is_silent = said.is_none_or(|said| said.entries().is_empty() && said.items().is_empty());
    if networks.is_empty() && is_silent && !has_mode && node.get("provider").is_none() {
        networks.push(alone(Spanned::new("default".to_owned(), place)));
    }
    networks
}

fn depends(node: Option<&Node>) -> Vec<Depends> {
    let Some(node) = node else { return Vec::new() };
    let started = |span| Spanned::new("service_started".to_owned(), span);
    let entries = node.entries().iter().map(|(name, node)| {
        let condition = node.get("condition").and_then(|node| Some(Spanned::new(node.text()?, node.span)));
        Depends {
            name: Spanned::new(name.clone(), node.place()),
            condition: condition.unwrap_or_else(|| started(node.span)),
            is_optional: node.get("required").and_then(Node::text).is_some_and(|text| is_no(&text)),
        }
    });
    let items = node.items().iter().filter_map(|item| {
        let name = Spanned::new(item.text()?, item.span);
        Some(Depends { name, condition: started(item.span), is_optional: false })
    });
    entries.chain(items).collect()
}

fn is_no(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "false" | "n" | "no" | "off")
}

/// `secrets` and `configs` of a service.
fn grants(node: &Node) -> Vec<Grant> {
    let mut grants = Vec::new();
    for (key, is_secret, folder) in [("secrets", true, "/run/secrets"), ("configs", false, "/")] {
        for item in node.get(key).map_or(&[][..], Node::items) {
            let (source, target) = match &item.value {
                Value::Map(_) => {
                    let get = |key: &str| item.get(key).and_then(text).and_then(|text| text.value);
                    (get("source"), get("target"))
                }
                Value::Text(written) => (written.value.clone(), None),
                Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) => (None, None),
            };
            let Some(source) = source else { continue };
            let target = join(folder, target.as_deref().unwrap_or(&source));
            grants.push(Grant { is_secret, name: Spanned::new(source, item.span), target });
        }
    }
    grants
}

fn replicas(node: &Node) -> Option<Spanned<u64>> {
    let said = node.at(&["deploy", "replicas"]).or_else(|| node.get("scale"))?;
    Some(Spanned::new(text(said)?.value?.parse().ok()?, said.span))
}

/// The entries of a section of the top level.
pub(super) fn declared(root: &Node, section: &str) -> Vec<Declared> {
    let entries = root.get(section).map_or(&[][..], Node::entries);
    let declared = |(name, node): &(String, Node)| {
        let external = node.get("external");
        let is_map = external.is_some_and(|external| matches!(external.value, Value::Map(_)));
        Declared {
            name: Spanned::new(name.clone(), node.place()),
            is_external: is_map || external.is_some_and(is_true),
            node: node.clone(),
        }
    };
    entries.iter().map(declared).collect()
}
