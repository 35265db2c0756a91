//! What a compose project comes to, in one form for our model and for the JSON that `docker compose config` prints.
//!
//! Left out of the comparison: the network that a service is on by default, options that only tune (`mode: ingress`,
//! `create_host_path`), and top-level things that no service uses, which compose leaves out, too.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use stackc::project::compose::{Compose, Environment, MountSource, Node, Service, Text};

/// Facts of everything, by service.
pub(crate) type Facts = BTreeMap<String, Value>;

/// What our model says. `root` is cut off of paths.
pub(crate) fn ours(compose: &Compose, environment: &Environment, root: &str) -> Facts {
    compose
        .services
        .iter()
        .map(|service| (service.name.value.clone(), of_service(service, environment, root)))
        .collect()
}

fn text(text: Option<&Text>) -> Value {
    text.map_or(Value::Null, |text| json!(text.value.clone().expect("every variable is known")))
}

/// A path below `root`, from there.
fn relative(path: &str, root: &str) -> String {
    // Compose leaves absolute paths as they are written.
    let tidied = path.starts_with('/').then(|| stackc::project::host::join("/", path));
    let path = tidied.as_deref().unwrap_or(path);
    match path.strip_prefix(root) {
        Some("") => ".".to_owned(),
        Some(rest) if rest.starts_with('/') => rest[1..].to_owned(),
        Some(_) | None => path.to_owned(),
    }
}

/// Keeps what says something.
fn object(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    let is_said = |value: &Value| match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        Value::Number(_) => true,
    };
    let entries = entries.into_iter().filter(|(_, value)| is_said(value));
    Value::Object(entries.map(|(name, value)| (name.to_owned(), value)).collect())
}

fn sorted(mut items: Vec<Value>) -> Value {
    items.sort_by_key(ToString::to_string);
    Value::Array(items)
}

fn environment_of(service: &Service, environment: &Environment) -> Value {
    let mut variables: BTreeMap<String, Value> = BTreeMap::new();
    for variable in service.env_files.iter().filter_map(|file| file.variables.as_ref()).flatten() {
        variables.insert(variable.name.value.clone(), text(variable.value.as_ref()));
    }
    for variable in &service.environment {
        let name = &variable.name.value;
        let passed = || environment.value(name).map_or(Value::Null, |known| json!(&*known.value));
        let value = if variable.value.is_some() { text(variable.value.as_ref()) } else { passed() };
        // What nobody gives does not take away what a file says.
        if !value.is_null() || !variables.contains_key(name) {
            variables.insert(name.clone(), value);
        }
    }
    json!(variables)
}

#[allow(clippy::too_many_lines, reason = "one line a key")]
fn of_service(service: &Service, environment: &Environment, root: &str) -> Value {
    let names = |names: &[stackc::project::Spanned<String>]| {
        sorted(names.iter().map(|name| json!(name.value)).collect())
    };
    let words = |command: Option<&stackc::project::compose::Command>| {
        command.map_or(Value::Null, |command| json!(command.words.clone().expect("words are known")))
    };
    let build = service.build.as_ref().map(|build| {
        let args: BTreeMap<&str, Value> = build
            .args
            .iter()
            .filter_map(|arg| {
                let passed = environment.value(&arg.name.value).map(|known| json!(&*known.value));
                let value = arg.value.as_ref().map(|value| text(Some(value))).or(passed)?;
                Some((arg.name.value.as_str(), value))
            })
            .collect();
        let context =
            build.host.as_ref().map_or(text(Some(&build.context)), |host| json!(relative(host, root)));
        let dockerfile = match (&build.dockerfile, &build.inline) {
            (None, None) => json!("Dockerfile"),
            (dockerfile, _) => text(dockerfile.as_ref()),
        };
        object([
            ("context", context),
            ("dockerfile", dockerfile),
            ("inline", text(build.inline.as_ref())),
            ("target", text(build.target.as_ref())),
            ("args", json!(args)),
            ("contexts", sorted(build.contexts.iter().map(|context| json!(context.name.value)).collect())),
        ])
    });
    let ports = service.ports.iter().map(|port| {
        let published = port.published.map(|(first, last)| {
            if first == last { json!(first.to_string()) } else { json!(format!("{first}-{last}")) }
        });
        object([
            ("target", json!(port.target)),
            ("published", published.unwrap_or_default()),
            ("host_ip", json!(port.host_ip)),
            ("protocol", json!(port.protocol)),
        ])
    });
    let mounts = service.mounts.iter().map(|mount| {
        let (kind, source) = match &mount.source {
            MountSource::Host { written, host } => (
                "bind",
                Some(host.as_ref().map_or(written.replace('~', "/home"), |host| relative(host, root))),
            ),
            MountSource::Volume(name) => ("volume", Some(name.clone())),
            MountSource::Anonymous => ("volume", None),
            MountSource::Tmpfs => ("tmpfs", None),
            MountSource::Image(name) => ("image", Some(name.clone())),
            MountSource::Unknown => ("unknown", None),
        };
        object([
            ("type", json!(kind)),
            ("source", json!(source)),
            ("target", json!(mount.target)),
            ("read_only", json!(mount.is_read_only)),
            ("subpath", json!(mount.subpath)),
            ("nocopy", json!(mount.is_nocopy)),
        ])
    });
    let networks: BTreeMap<&str, Value> = service
        .networks
        .iter()
        .map(|network| {
            (network.name.value.as_str(), sorted(network.aliases.iter().map(|alias| json!(alias)).collect()))
        })
        .collect();
    let health = service
        .health
        .as_ref()
        .map(|health| object([("disabled", json!(health.is_disabled)), ("words", json!(health.words))]));
    let grants = |is_secret: bool| {
        let grants = service.grants.iter().filter(|grant| grant.is_secret == is_secret);
        sorted(grants.map(|grant| json!([grant.name.value, grant.target])).collect())
    };
    let volumes_from = service
        .volumes_from
        .iter()
        .map(|from| json!([from.is_container, from.name.value, from.is_read_only]));
    object([
        ("image", text(service.image.as_ref())),
        ("build", build.unwrap_or_default()),
        ("container_name", text(service.container_name.as_ref())),
        ("command", words(service.command.as_ref())),
        ("entrypoint", words(service.entrypoint.as_ref())),
        ("environment", environment_of(service, environment)),
        ("ports", sorted(ports.collect())),
        ("expose", names(&service.expose)),
        ("volumes", sorted(mounts.collect())),
        ("tmpfs", names(&service.tmpfs)),
        ("volumes_from", sorted(volumes_from.collect())),
        ("networks", json!(networks)),
        ("network_mode", text(service.network_mode.as_ref())),
        ("links", sorted(service.links.iter().map(|(name, alias)| json!([name.value, alias])).collect())),
        ("depends_on", depends(service)),
        ("health", health.unwrap_or_default()),
        ("profiles", names(&service.profiles)),
        ("user", text(service.user.as_ref())),
        ("working_dir", text(service.working_dir.as_ref())),
        ("secrets", grants(true)),
        ("configs", grants(false)),
        ("replicas", json!(service.replicas.as_ref().map(|count| count.value))),
    ])
}

/// What a service waits for: what is said, and what follows from links and from what it shares with others.
fn depends(service: &Service) -> Value {
    let mut depends: BTreeMap<String, Value> = BTreeMap::new();
    for on in &service.depends_on {
        depends.insert(on.name.value.clone(), json!([on.condition.value, on.is_optional]));
    }
    let shared = ["network_mode", "ipc", "pid", "uts", "cgroup"]
        .iter()
        .filter_map(|key| service.get(key).and_then(Node::text)?.strip_prefix("service:").map(str::to_owned));
    let links = service.links.iter().map(|(name, _)| name.value.clone());
    let from =
        service.volumes_from.iter().filter(|from| !from.is_container).map(|from| from.name.value.clone());
    for name in shared.chain(links).chain(from) {
        depends.entry(name).or_insert_with(|| json!(["service_started", false]));
    }
    json!(depends)
}

/// What compose printed.
pub(crate) fn theirs(printed: &Value, root: &str) -> Facts {
    let empty = Map::new();
    let services = printed["services"].as_object().unwrap_or(&empty);
    services.iter().map(|(name, service)| (name.clone(), of_printed(service, root))).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn path(value: &Value, root: &str) -> Value {
    value.as_str().map_or(Value::Null, |path| json!(relative(path, root)))
}

#[allow(clippy::too_many_lines, reason = "one line a key")]
fn of_printed(service: &Value, root: &str) -> Value {
    let build = service.get("build").map(|build| {
        object([
            ("context", path(&build["context"], root)),
            ("dockerfile", build["dockerfile"].clone()),
            ("inline", build["dockerfile_inline"].clone()),
            ("target", build["target"].clone()),
            ("args", build["args"].clone()),
            (
                "contexts",
                sorted(entries(&build["additional_contexts"]).map(|(name, _)| json!(name)).collect()),
            ),
        ])
    });
    let ports = list(&service["ports"]).iter().map(|port| {
        let published = Some(port["published"].clone()).filter(|published| *published != "0");
        object([
            ("target", port["target"].clone()),
            ("published", published.unwrap_or_default()),
            ("host_ip", port["host_ip"].clone()),
            ("protocol", port["protocol"].clone()),
        ])
    });
    let mounts = list(&service["volumes"]).iter().map(|mount| {
        let is_path = mount["type"] == "bind";
        let subpath = [&mount["volume"]["subpath"], &mount["image"]["subpath"]];
        object([
            ("type", mount["type"].clone()),
            ("source", if is_path { path(&mount["source"], root) } else { mount["source"].clone() }),
            ("target", mount["target"].clone()),
            ("read_only", mount["read_only"].clone()),
            ("subpath", subpath.into_iter().find(|path| !path.is_null()).cloned().unwrap_or_default()),
            ("nocopy", mount["volume"]["nocopy"].clone()),
        ])
    });
    let networks: BTreeMap<&String, Value> = entries(&service["networks"])
        .map(|(name, network)| (name, sorted(list(&network["aliases"]).to_vec())))
        .collect();
    let health = service.get("healthcheck").map(|health| {
        let test: Vec<String> =
            list(&health["test"]).iter().map(|word| word.as_str().unwrap().to_owned()).collect();
        let words = match test.first().map(String::as_str) {
            Some("CMD") => Some(test[1..].to_vec()),
            Some("CMD-SHELL") => {
                let shell = ["/bin/sh".to_owned(), "-c".to_owned()];
                Some(shell.into_iter().chain(test[1..].iter().cloned()).collect())
            }
            Some(_) | None => None,
        };
        let is_disabled = health["disable"] == true || test.first().is_some_and(|word| word == "NONE");
        object([("disabled", json!(is_disabled)), ("words", json!(words))])
    });
    let grants = |key: &str, folder: &str| {
        let target = |grant: &Value| {
            let name = grant["target"].as_str().or(grant["source"].as_str()).unwrap();
            stackc::project::host::join(folder, name)
        };
        sorted(list(&service[key]).iter().map(|grant| json!([grant["source"], target(grant)])).collect())
    };
    let volumes_from = list(&service["volumes_from"]).iter().map(|from| {
        let from = from.as_str().unwrap();
        let rest = from.strip_prefix("container:");
        let (name, mode) = rest.unwrap_or(from).split_once(':').unwrap_or((rest.unwrap_or(from), "rw"));
        json!([rest.is_some(), name, mode == "ro"])
    });
    let links = list(&service["links"]).iter().map(|link| {
        let link = link.as_str().unwrap();
        let (name, alias) = link.split_once(':').unwrap_or((link, link));
        json!([name, alias])
    });
    let depends: BTreeMap<&String, Value> = entries(&service["depends_on"])
        .map(|(name, on)| (name, json!([on["condition"], on["required"] == false])))
        .collect();
    let replicas = Some(service["deploy"]["replicas"].clone()).filter(|count| !count.is_null());
    object([
        ("image", service["image"].clone()),
        ("build", build.unwrap_or_default()),
        ("container_name", service["container_name"].clone()),
        ("command", service["command"].clone()),
        ("entrypoint", service["entrypoint"].clone()),
        ("environment", service["environment"].clone()),
        ("ports", sorted(ports.collect())),
        ("expose", sorted(list(&service["expose"]).to_vec())),
        ("volumes", sorted(mounts.collect())),
        (
            "tmpfs",
            sorted(
                list(&service["tmpfs"])
                    .iter()
                    .map(|path| json!(path.as_str().unwrap().split(':').next()))
                    .collect(),
            ),
        ),
        ("volumes_from", sorted(volumes_from.collect())),
        ("networks", json!(networks)),
        ("network_mode", service["network_mode"].clone()),
        ("links", sorted(links.collect())),
        ("depends_on", json!(depends)),
        ("health", health.unwrap_or_default()),
        ("profiles", sorted(list(&service["profiles"]).to_vec())),
        ("user", service["user"].clone()),
        ("working_dir", service["working_dir"].clone()),
        ("secrets", grants("secrets", "/run/secrets")),
        ("configs", grants("configs", "/")),
        ("replicas", replicas.unwrap_or_else(|| service["scale"].clone())),
    ])
}

/// The names in the sections of the top level that compose printed and our model does not have.
pub(crate) fn missing(compose: &Compose, printed: &Value) -> Vec<String> {
    let sections = [
        ("networks", &compose.networks),
        ("volumes", &compose.volumes),
        ("secrets", &compose.secrets),
        ("configs", &compose.configs),
    ];
    let mut missing = Vec::new();
    for (section, declared) in sections {
        for (name, said) in entries(&printed[section]) {
            let known = declared.iter().find(|declared| declared.name.value == *name);
            let is_implied = section == "networks" && name == "default";
            if known.is_none() && !is_implied {
                missing.push(format!("{section}.{name}"));
            }
            if let Some(known) = known
                && known.is_external != (said["external"] == true)
            {
                missing.push(format!("{section}.{name}.external"));
            }
        }
    }
    missing
}
