//! One service of docker-compose.yml, its keys in the order in which people look for them.

use super::exporting::{Exporting, exporting};
use super::interpolate;
use super::keys::Keys;
use super::mounts::mount_item;
use super::paths::Folder;
use super::ports::published;
use super::yaml::{Item, Node};
use crate::model::compose::{
    Build, Command, Condition, Dependency, Entrypoint, Env, EnvFile, EnvValue, Grant, Health, NamedContext,
    Service,
};
use crate::model::values::{Text, Typed};
use crate::source::{At, Origin};

/// The value of a service's key.
pub(super) fn service(service: &Service, folder: &Folder<'_>) -> Item {
    let mut keys = Keys::default();
    let (environment, exporting) = environment(service);
    keys.put("image", service.image.as_ref().map(typed));
    keys.put("build", service.build.as_ref().map(|build| build_item(build, folder)));
    keys.put(
        "entrypoint",
        service.entrypoint.as_ref().map(|entrypoint| entrypoint_item(entrypoint, exporting)),
    );
    keys.put(
        "command",
        service.command.as_ref().map(|command| Item::new(argv(&command.value), command.origin)),
    );
    keys.put(
        "user",
        service.user.as_ref().map(|user| Item::new(Node::Quoted(interpolate::text(user)), user.origin)),
    );
    keys.put("working_dir", service.working_dir.as_ref().map(typed));
    keys.put("init", service.init.map(boolean));
    keys.put(
        "restart",
        service.restart.as_ref().map(|restart| fixed(&restart.value.spelled(), restart.origin)),
    );
    keys.put("depends_on", depends_on(&service.depends_on, folder));
    keys.map("environment", environment);
    keys.list("env_file", service.env_files.iter().map(|file| env_file(file, folder)));
    keys.list("secrets", service.secrets.iter().map(|grant| grant_item(grant, folder)));
    keys.list("ports", service.ports.iter().map(|port| published(port, folder)));
    keys.list("expose", service.expose.iter().map(quoted));
    keys.list("volumes", service.mounts.iter().map(|mount| mount_item(mount, folder)));
    keys.list("tmpfs", service.tmpfs.iter().map(text));
    keys.put("networks", networks(service, folder));
    keys.put("healthcheck", service.health.as_ref().map(|of| health(of, folder)));
    keys.put("labels", labels(&service.labels));
    keys.put("read_only", service.read_only.map(boolean));
    keys.list("cap_drop", service.cap_drop.iter().map(|name| fixed(name.value, name.origin)));
    keys.list("cap_add", service.cap_add.iter().map(|name| fixed(&name.value, name.origin)));
    keys.list("security_opt", service.security_opt.iter().map(|option| fixed(option.value, option.origin)));
    keys.put("stop_grace_period", service.stop_grace_period.as_ref().map(typed));
    keys.put(
        "logging",
        service.log_rotation.as_ref().map(|rotation| {
            let options = Node::Map(vec![
                ("max-size".to_owned(), fixed(rotation.value.max_size, rotation.origin)),
                (
                    "max-file".to_owned(),
                    Item::new(Node::Quoted(rotation.value.max_file.to_owned()), rotation.origin),
                ),
            ]);
            let logging = vec![
                ("driver".to_owned(), fixed("json-file", rotation.origin)),
                ("options".to_owned(), Item::new(options, rotation.origin)),
            ];
            Item::new(Node::Map(logging), rotation.origin)
        }),
    );
    keys.extend(&service.extra, folder);
    Item::new(Node::Map(keys.0), service.origin)
}

/// A name, or a map if it has options.
fn grant_item(grant: &Grant, folder: &Folder<'_>) -> Item {
    let source = fixed(grant.name.value.as_str(), grant.name.origin);
    if grant.extra.is_empty() {
        return source;
    }
    let mut keys = Keys(vec![("source".to_owned(), source)]);
    keys.extend(&grant.extra, folder);
    Item::new(Node::Map(keys.0), grant.name.origin)
}

/// A path, or a map if it has options.
fn env_file(file: &EnvFile, folder: &Folder<'_>) -> Item {
    let path = Item::new(Node::Text(folder.rebased_text(&file.path.text)), file.path.origin());
    if file.extra.is_empty() {
        return path;
    }
    let mut keys = Keys(vec![("path".to_owned(), path)]);
    keys.extend(&file.extra, folder);
    Item::new(Node::Map(keys.0), file.path.origin())
}

/// A list, or a map if one of them has options.
fn networks(service: &Service, folder: &Folder<'_>) -> Option<Item> {
    if service.networks.is_empty() {
        return None;
    }
    let options = |name| service.network_options.iter().filter(move |(of, _)| of == name);
    if service.network_options.is_empty() {
        let names = service.networks.iter().map(|name| fixed(name.value.as_str(), name.origin));
        return Some(Item::of_children(Node::List(names.collect())));
    }
    let entries = service.networks.iter().map(|name| {
        let mut keys = Keys::default();
        for (_, extra) in options(&name.value) {
            keys.extend(extra, folder);
        }
        let node = if keys.0.is_empty() { Node::Empty } else { Node::Map(keys.0) };
        (name.value.to_string(), Item::new(node, name.origin))
    });
    Some(Item::of_children(Node::Map(entries.collect())))
}

fn text(text: &Text) -> Item {
    Item::new(Node::Text(interpolate::text(text)), text.origin)
}

fn typed<T>(value: &Typed<T>) -> Item {
    text(&value.text)
}

fn quoted<T>(value: &Typed<T>) -> Item {
    Item::new(Node::Quoted(interpolate::text(&value.text)), value.origin())
}

/// A text without variables.
fn fixed(text: &str, origin: Origin) -> Item {
    Item::new(Node::Text(interpolate::literal(text)), origin)
}

fn boolean(value: At<bool>) -> Item {
    Item::new(Node::Bool(value.value), value.origin)
}

/// A command as a list: a string would be cut into words by compose.
fn argv(command: &Command) -> Node {
    Node::Words(match command {
        Command::Exec(words) => words.iter().map(interpolate::text).collect(),
        Command::Shell(text) => vec!["/bin/sh".to_owned(), "-c".to_owned(), interpolate::text(text)],
    })
}

/// The place of the script among the words of the entrypoint that runs it.
const SCRIPT: usize = 2;

fn entrypoint_item(entrypoint: &Entrypoint, exporting: Exporting<'_>) -> Item {
    match entrypoint {
        Entrypoint::Plain(command) => Item::new(argv(&command.value), command.origin),
        Entrypoint::Exporting { then, origins } => {
            let shell = ["/bin/sh", "-ec", &exporting.script, "sh"].map(str::to_owned);
            let words = shell.into_iter().chain(then.iter().map(interpolate::text)).collect();
            let mut item = Item::caused(Node::Words(words), origins.clone());
            item.block = Some((SCRIPT, exporting.lines));
            item
        }
    }
}

fn build_item(build: &Build, folder: &Folder<'_>) -> Item {
    let (context, dockerfile) = folder.build_paths(build);
    let mut keys = Keys::default();
    keys.put("context", Some(Item::new(Node::Text(context), build.context.origin)));
    keys.put("dockerfile", dockerfile.map(|path| Item::new(Node::Text(path), build.dockerfile.origin)));
    let contexts = build.named_contexts.iter().map(|(name, context)| {
        let place = match &context.value {
            NamedContext::Service(service) => format!("service:{service}"),
            NamedContext::Host(path) => folder.rebased(path),
        };
        (name.to_string(), fixed(&place, context.origin))
    });
    keys.map("additional_contexts", contexts.collect());
    keys.map("args", build.args.iter().map(|(name, value)| (name.to_string(), text(value))).collect());
    keys.list("secrets", build.secrets.iter().map(|grant| grant_item(grant, folder)));
    keys.extend(&build.extra, folder);
    Item::new(Node::Map(keys.0), build.origin)
}

/// The variables that compose sets, and the script that exports the others.
fn environment(service: &Service) -> (Vec<(String, Item)>, Exporting<'_>) {
    let mut entries: Vec<(String, Item)> = service.environment.iter().filter_map(env).collect();
    let mut exporting = exporting(&service.environment);
    if matches!(service.entrypoint, Some(Entrypoint::Exporting { .. })) {
        let helpers = std::mem::take(&mut exporting.helpers);
        entries.extend(helpers.into_iter().map(|(name, value)| (name, text(value))));
    }
    (entries, exporting)
}

fn env(env: &Env) -> Option<(String, Item)> {
    let node = match &env.value {
        EnvValue::Text(text) => Node::Text(interpolate::text(text)),
        EnvValue::SecretPath(name) => Node::Text(format!("/run/secrets/{name}")),
        EnvValue::Plain { variable } => {
            Node::Text(interpolate::required(variable.as_str(), "export it where compose is started"))
        }
        EnvValue::Pass => Node::Empty,
        EnvValue::Exported(_) => return None,
    };
    let origin = match &env.value {
        EnvValue::Text(text) => text.origin,
        EnvValue::SecretPath(_) | EnvValue::Plain { .. } | EnvValue::Pass | EnvValue::Exported(_) => {
            env.name.origin
        }
    };
    let origins = if origin == env.name.origin { vec![origin] } else { vec![env.name.origin, origin] };
    Some((env.name.value.to_string(), Item::caused(node, origins)))
}

/// The short list if every dependency is waited for only until it has started.
fn depends_on(dependencies: &[Dependency], folder: &Folder<'_>) -> Option<Item> {
    let name = |dependency: &Dependency| dependency.service.value.to_string();
    if dependencies.is_empty() {
        return None;
    }
    let plain = |of: &Dependency| of.condition.value == Condition::Started && of.extra.is_empty();
    if dependencies.iter().all(plain) {
        let names = dependencies.iter().map(|dependency| fixed(&name(dependency), dependency.service.origin));
        return Some(Item::of_children(Node::List(names.collect())));
    }
    let entry = |dependency: &Dependency| {
        let condition = match dependency.condition.value {
            Condition::Started => "service_started",
            Condition::Healthy => "service_healthy",
            Condition::Completed => "service_completed_successfully",
        };
        let mut keys = Keys(vec![("condition".to_owned(), fixed(condition, dependency.condition.origin))]);
        keys.extend(&dependency.extra, folder);
        (name(dependency), Item::new(Node::Map(keys.0), dependency.service.origin))
    };
    Some(Item::of_children(Node::Map(dependencies.iter().map(entry).collect())))
}

fn health(health: &Health, folder: &Folder<'_>) -> Item {
    let test = Node::Words(match &health.test {
        Command::Exec(words) => {
            ["CMD".to_owned()].into_iter().chain(words.iter().map(interpolate::text)).collect()
        }
        Command::Shell(text) => vec!["CMD-SHELL".to_owned(), interpolate::text(text)],
    });
    let mut keys = Keys::default();
    keys.put("test", Some(Item::new(test, health.origin)));
    keys.put("interval", health.interval.as_ref().map(typed));
    keys.put("timeout", health.timeout.as_ref().map(typed));
    keys.put("start_period", health.start_period.as_ref().map(typed));
    keys.put("start_interval", health.start_interval.as_ref().map(typed));
    keys.put(
        "retries",
        health.retries.as_ref().map(|count| Item::new(Node::Number(count.value.into()), count.origin)),
    );
    keys.extend(&health.extra, folder);
    Item::new(Node::Map(keys.0), health.origin)
}

/// A map, or a list if a name holds a variable: compose interpolates no keys.
fn labels(labels: &[(Text, Text)]) -> Option<Item> {
    if labels.is_empty() {
        return None;
    }
    let names: Option<Vec<&str>> = labels.iter().map(|(key, _)| key.as_literal()).collect();
    Some(Item::of_children(match names {
        Some(names) => Node::Map(
            names.into_iter().zip(labels).map(|(name, (_, value))| (name.to_owned(), text(value))).collect(),
        ),
        None => Node::List(
            labels
                .iter()
                .map(|(key, value)| {
                    let label = format!("{}={}", interpolate::text(key), interpolate::text(value));
                    Item::new(Node::Text(label), value.origin)
                })
                .collect(),
        ),
    }))
}
