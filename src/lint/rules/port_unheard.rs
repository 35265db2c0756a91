//! # A published port that nothing listens on
//!
//! The port of the container in `HOST:CONTAINER` is not one that its program listens on, or the program listens on
//! `127.0.0.1` of the container, where nothing from outside arrives. Connections are refused. Rules know this of nginx
//! with its configuration, of programs whose words name a port, and of databases as their images run them.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: python:3.14-slim
//!     command: python -m http.server 8000
//!     ports:
//!       - "8080:8080"
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: python:3.14-slim
//!     command: python -m http.server 8000
//!     ports:
//!       - "8080:8000"
//! ```

use crate::lint::edits::Edit;
use crate::lint::nginx::words::list;
use crate::lint::project::listening::{self, Listening};
use crate::lint::project::{Running, running};
use crate::lint::{Findings, Whole};
use crate::project::compose::Port;
use crate::source::Span;

pub(super) const CODE: &str = "port-unheard";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        // What nginx listens on has a rule of its own; without a network of its own `ports` say nothing.
        if running.nginx.is_some() || running.service.network_mode.is_some() || is_shared(whole, &running) {
            continue;
        }
        let listening = listening::of(whole, &running);
        let mut told = Vec::new();
        for port in running.service.ports.iter().filter(|port| port.protocol == "tcp") {
            if !told.contains(&port.span) && report(whole, &running, &listening, port, findings) {
                told.push(port.span);
            }
        }
    }
}

fn report(
    whole: &Whole<'_>,
    running: &Running<'_>,
    listening: &Listening,
    port: &Port,
    findings: &mut Findings<'_>,
) -> bool {
    let (name, target) = (running.name(), port.target);
    if let Some(heard) = listening.only_loopback(target) {
        let mut finding = findings
            .at(port.span, format!("nothing can reach port {target} of `{name}`: it listens on 127.0.0.1"))
            .note("127.0.0.1 is the container's own: what is published arrives on another address, and is refused")
            .help(format!("have it listen on every address: `{}{target}`", heard.advice));
        if let Some(span) = heard.span {
            finding = finding.label(span, format!("{} listens on 127.0.0.1 alone", heard.by));
        }
        findings.push(finding);
        return true;
    }
    if !listening.lacks(target) {
        return false;
    }
    let ports: Vec<String> = listening.ports().iter().map(u16::to_string).collect();
    let mut finding = findings
        .at(port.span, format!("nothing listens on port {target} of `{name}`"))
        .note("connections to the published port are refused");
    if let Some(heard) = listening.heard.first()
        && let Some(span) = heard.span
    {
        finding = finding.label(span, format!("{} listens on {}", heard.by, list(&ports)));
    }
    if let ([heard], Some((first, last))) = (ports.as_slice(), port.published)
        && first == last
    {
        finding =
            finding.help(format!("publish the port that it listens on: `{first}:{heard}`")).may_unsafe_fix(
                format!("publish {heard}"),
                with_target(whole, port, heard).map(|edit| vec![edit]),
            );
    } else {
        finding = finding.help(format!("publish a port that it listens on: {}", list(&ports)));
    }
    findings.push(finding);
    true
}

/// Whether other containers are on its network, and listen there, too.
fn is_shared(whole: &Whole<'_>, running: &Running<'_>) -> bool {
    let owner = format!("service:{}", running.name());
    let services = whole.project.compose.iter().flat_map(|compose| &compose.services);
    services
        .filter_map(|service| service.network_mode.as_ref())
        .any(|mode| mode.value.as_deref().is_none_or(|mode| mode == owner || mode.starts_with("container:")))
}

/// Another port of the container, in the short form of an entry.
pub(super) fn with_target(whole: &Whole<'_>, port: &Port, target: &str) -> Option<Edit> {
    let text = whole.sources.text(port.span);
    let bare = text.trim_end_matches(['"', '\'']);
    let (host, old) = bare.rsplit_once(':')?;
    let is_short =
        !bare.contains(['{', '$', '\n', ' ']) && old == port.target.to_string() && !host.is_empty();
    let end = port.span.range().start + bare.len();
    is_short.then(|| (Span::new(port.span.file, end - old.len(), end), target.to_owned()))
}
