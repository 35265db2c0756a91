//! The ports that a container listens on: by its configuration of nginx, by the words of its process, by what is known
//! of its image.

use super::commands::Commands;
use super::programs::{On, address, said};
use super::upstreams::is_server;
use super::{Running, names};
use crate::lint::Whole;
use crate::lint::nginx::Configuration;
use crate::project::compose::MountSource;
use crate::project::images::Role;
use crate::source::Span;

/// What a container listens on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::lint) struct Listening {
    /// Each port with its address.
    pub(in crate::lint) heard: Vec<Heard>,
    /// Whether it surely listens on nothing else.
    pub(in crate::lint) is_all: bool,
}

/// One port that a container listens on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lint) struct Heard {
    /// The port.
    pub(in crate::lint) port: u16,
    /// On which address.
    pub(in crate::lint) on: On,
    /// Whether it surely does. A default that a file could change is none.
    pub(in crate::lint) is_sure: bool,
    /// What says so: `gunicorn`, `listen`, the image.
    pub(in crate::lint) by: String,
    /// Where it is said, if it is.
    pub(in crate::lint) span: Option<Span>,
    /// The words that make it listen to all, without the port: `-b 0.0.0.0:`.
    pub(in crate::lint) advice: &'static str,
}

impl Listening {
    /// What is known of a port.
    pub(in crate::lint) fn port(&self, port: u16) -> impl Iterator<Item = &Heard> {
        self.heard.iter().filter(move |heard| heard.port == port)
    }

    /// Whether it surely does not listen on a port.
    pub(in crate::lint) fn lacks(&self, port: u16) -> bool {
        self.is_all && !self.heard.is_empty() && self.port(port).next().is_none()
    }

    /// Whether a port is surely listened on, but by nothing that others could reach.
    pub(in crate::lint) fn only_loopback(&self, port: u16) -> Option<&Heard> {
        let mut heard = self.port(port).peekable();
        let first = *heard.peek()?;
        heard.all(|heard| heard.is_sure && heard.on == On::Loopback).then_some(first)
    }

    /// The ports, for a message.
    pub(in crate::lint) fn ports(&self) -> Vec<u16> {
        let mut ports: Vec<u16> = self.heard.iter().map(|heard| heard.port).collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }
}

/// What the container of a service listens on.
pub(in crate::lint) fn of(whole: &Whole<'_>, running: &Running<'_>) -> Listening {
    if let Some(configuration) = running.nginx {
        return of_nginx(running, configuration);
    }
    of_process(whole, running).or_else(|| of_image(whole, running)).unwrap_or_default()
}

/// The file of the official image that listens on port 80 until another one takes its place.
const DEFAULT: &str = "/etc/nginx/conf.d/default.conf";

fn of_nginx(running: &Running<'_>, configuration: &Configuration<'_>) -> Listening {
    let mut listening = Listening::default();
    let Some(runs) = running.nginx_runs() else { return listening };
    let mut is_known = runs.not_analysed.is_empty() && runs.files.iter().all(|file| !file.is_template);
    for (id, node) in configuration.all() {
        if node.name == "include" && !node.is_resolved {
            // Tables and parameters of a request hold no `listen`.
            let is_table = |path: &str| {
                ["mime.types", "_params", "modules", "fastcgi.conf"].iter().any(|part| path.contains(part))
            };
            is_known &= node.arg(0).is_some_and(is_table);
        }
        if is_server(node) && !configuration.has(Some(id), &["listen"]) {
            let is_root = running.container.and_then(|container| container.user.as_deref());
            let port = if matches!(is_root, None | Some("" | "0" | "root")) { 80 } else { 8000 };
            listening.add(port, On::Every, is_root.is_some(), "a `server` without `listen`", node.head);
        }
    }
    for (_, node) in configuration.all().filter(|(_, node)| node.name == "listen") {
        let Some(word) = node.args.first() else { continue };
        match listen(&word.text) {
            Listen::Port(port, on) => listening.add(port, on, true, "`listen`", node.line),
            Listen::Socket => {}
            Listen::Unknown => is_known = false,
        }
    }
    if runs.is_main_of_image && !runs.files.iter().any(|file| file.at == DEFAULT) {
        // The image's own file is there, unless a step of the build removed it.
        listening.heard.push(Heard {
            port: 80,
            on: On::Every,
            is_sure: false,
            by: "the image's own default.conf".to_owned(),
            span: None,
            advice: "",
        });
    }
    let is_nginx = |word: &String| matches!(word.rsplit('/').next(), Some("nginx" | "nginx-debug"));
    let process = running.container.and_then(|container| container.process.as_ref());
    let runs_nginx = process.is_none_or(|words| Commands::of(words).list.iter().flatten().any(is_nginx));
    listening.is_all = is_known && runs_nginx;
    listening
}

impl Listening {
    fn add(&mut self, port: u16, on: On, is_sure: bool, by: &str, span: Span) {
        let heard = Heard { port, on, is_sure, by: by.to_owned(), span: Some(span), advice: "" };
        self.heard.push(heard);
    }
}

/// What a `listen` says.
enum Listen {
    Port(u16, On),
    Socket,
    Unknown,
}

/// Reads the address of a `listen`: `80`, `*:80`, `[::]:80`, `127.0.0.1`, `unix:/x`.
fn listen(text: &str) -> Listen {
    if text.starts_with("unix:") {
        return Listen::Socket;
    }
    if let Ok(port) = text.parse() {
        return Listen::Port(port, On::Every);
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') => match port.parse() {
            Ok(port) => Listen::Port(port, address(host)),
            Err(_) => Listen::Unknown,
        },
        Some(_) | None if text.contains(['$', '{']) => Listen::Unknown,
        Some(_) | None => Listen::Port(80, address(text)),
    }
}

fn of_process(whole: &Whole<'_>, running: &Running<'_>) -> Option<Listening> {
    let container = running.container?;
    let words = container.process.as_ref()?;
    let commands = Commands::of(words);
    let mut listening = Listening::default();
    let (index, said) = commands.list.iter().enumerate().find_map(|(at, words)| Some((at, said(words)?)))?;
    let is_set = running.has_variable(whole, |name| said.variables.contains(&name));
    let is_default_sure = said.is_firm && !is_set && running.knows_variables();
    // The official image of PHP listens where its default says, if nobody brings another file.
    let is_php = said.program == "php-fpm"
        && container.known.is_some_and(|known| known.name == "php")
        && !container.files.layers().any(|layer| layer.at.contains("php-fpm"));
    let is_sure = said.is_explicit || is_default_sure;
    let service = running.service;
    let written = service.command.as_ref().or(service.entrypoint.as_ref()).map(|command| command.span);
    let span = written.or_else(|| {
        let (_, stage) = running.built(whole)?;
        stage.end.command.as_ref().or(stage.end.entrypoint.as_ref())?.span
    });
    for (port, on) in &said.ports {
        listening.heard.push(Heard {
            port: *port,
            on: *on,
            is_sure,
            by: format!("`{}`", said.program),
            span,
            advice: said.advice,
        });
    }
    let is_last = index + 1 == commands.list.len();
    listening.is_all = (is_sure || is_php) && is_last && !commands.has_background;
    Some(listening)
}

/// Variables of such names change what an image listens on.
fn is_about_listening(name: &str) -> bool {
    ["PORT", "LISTEN", "ADDR", "BIND", "HTTP", "URL", "ARGS", "OPTS", "FLAGS"]
        .iter()
        .any(|part| name.to_uppercase().contains(part))
}

fn of_image(whole: &Whole<'_>, running: &Running<'_>) -> Option<Listening> {
    let container = running.container?;
    let known = container.known?;
    let service = running.service;
    let image = running.pulled()?;
    let is_changed = service.command.is_some()
        || service.entrypoint.is_some()
        || running.has_variable(whole, is_about_listening)
        || !service.env_files.is_empty()
        || service.mounts.iter().any(|mount| is_configuration(&mount.source, mount.target.as_deref()))
        || service.grants.iter().any(|grant| !grant.is_secret);
    let heard = known.ports.iter().map(|port| Heard {
        port: *port,
        on: On::Every,
        is_sure: !is_changed,
        by: format!("the image `{}`", known.name),
        span: Some(image.span),
        advice: "",
    });
    // Other images may listen on more than people care about.
    let is_plain = match known.role {
        Role::Database | Role::Cache => true,
        Role::Queue | Role::Proxy | Role::Base | Role::Other => false,
    };
    Some(Listening { heard: heard.collect(), is_all: is_plain && !is_changed })
}

/// Whether a mount may bring a file of settings.
fn is_configuration(source: &MountSource, target: Option<&str>) -> bool {
    let is_host = match source {
        MountSource::Host { .. } | MountSource::Unknown => true,
        MountSource::Volume(_) | MountSource::Anonymous | MountSource::Tmpfs | MountSource::Image(_) => false,
    };
    let is_data = |path: &str| {
        ["/data", "/var/lib", "initdb.d", "/etc/localtime", "/backup"].iter().any(|part| path.contains(part))
    };
    is_host && !target.is_some_and(is_data)
}

/// Whether a service is on the network of the host, so that what it listens on is taken on the host.
pub(in crate::lint) fn is_on_host(whole: &Whole<'_>, running: &Running<'_>) -> bool {
    super::compose(whole)
        .is_some_and(|compose| names::place(compose, running.service, 0) == names::Place::Host)
}
