//! # nginx passes requests to a port that nothing listens on
//!
//! The service that is passed to listens on another port, by the words of its program, its configuration or its image.
//! nginx answers 502. The port is that of the container: the one that is published on the host means nothing between
//! services.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//!   app:
//!     image: python:3.14-slim
//!     command: gunicorn -b 0.0.0.0:8000 app:app
//! ```
//!
//! ```nginx bad
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         location / {
//!             proxy_pass http://app:5000;
//!         }
//!     }
//! }
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//!   app:
//!     image: python:3.14-slim
//!     command: gunicorn -b 0.0.0.0:8000 app:app
//! ```
//!
//! ```nginx good
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         location / {
//!             proxy_pass http://app:8000;
//!         }
//!     }
//! }
//! ```

use crate::lint::nginx::words::list;
use crate::lint::project::names::{Reached, reach};
use crate::lint::project::upstreams::{Passed, passed};
use crate::lint::project::{Running, listening, running};
use crate::lint::{Findings, Whole};
use crate::project::Image;
use crate::project::compose::Variables;
use crate::source::Span;

pub(super) const CODE: &str = "cross-proxy-port";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let services = running(whole);
    for proxy in &services {
        let Some(configuration) = proxy.nginx else { continue };
        for passed in passed(configuration) {
            let Reached::Service(index) = reach(whole, proxy, &passed.host) else { continue };
            if let Some(target) = services.get(index) {
                check(whole, target, &passed, findings);
            }
        }
    }
}

fn check(whole: &Whole<'_>, target: &Running<'_>, passed: &Passed, findings: &mut Findings<'_>) {
    let Some(port) = passed.port else { return };
    let listening = listening::of(whole, target);
    let mut labels = Vec::new();
    let ports: Vec<String> = if listening.lacks(port) {
        let heard = listening.heard.iter().filter_map(|heard| Some((heard.span?, heard.by.as_str())));
        labels.extend(heard.take(2).map(|(span, by)| (span, format!("{by} listens"))));
        listening.ports().iter().map(u16::to_string).collect()
    } else if listening.heard.is_empty() && !is_mentioned(whole, target, port) {
        // Nothing is known but what is declared. It is not the port, and nothing else speaks of it; an image of
        // somebody else's may listen on more than is published.
        let is_of_host = target.service.ports.iter().any(|said| said.published == Some((port, port)));
        let exposes = target
            .built(whole)
            .is_some_and(|(_, stage)| stage.end.ports.iter().any(|said| said.span.is_some()));
        if !is_of_host && !exposes {
            return;
        }
        let declared = declared(whole, target);
        labels.extend(
            declared.iter().filter_map(|(_, span)| Some(((*span)?, "declared here".to_owned()))).take(2),
        );
        if declared.is_empty() || declared.iter().any(|(text, _)| covers(text, port)) {
            return;
        }
        declared.into_iter().map(|(text, _)| text).collect()
    } else {
        return;
    };
    let name = target.name();
    let mut finding = findings
        .at(
            passed.span,
            format!("nothing listens on port {port} of `{name}`, which nginx passes requests to"),
        )
        .note("nginx answers 502: the port must be one of the container, not of the host");
    for (span, text) in labels {
        finding = finding.label(span, text);
    }
    let edits = match ports.as_slice() {
        [only] => only.parse().ok().and_then(|only| passed.with_port(whole.sources, only)),
        _ => None,
    };
    findings.push(
        finding
            .help(format!("pass on to a port that it listens on: {}", list(&ports)))
            .may_unsafe_fix("pass on to the port that it listens on", edits),
    );
}

/// The ports of the container that a service or its image declares, and where.
fn declared(whole: &Whole<'_>, target: &Running<'_>) -> Vec<(String, Option<Span>)> {
    let service = target.service;
    let published = service.ports.iter().map(|port| (port.target.to_string(), Some(port.span)));
    let exposed = service.expose.iter().map(|port| (port.value.clone(), Some(port.span)));
    let built = target.built(whole).into_iter().flat_map(|(_, stage)| &stage.end.ports);
    let built = built.map(|port| (port.value.clone(), port.span));
    let known = target.container.and_then(|container| container.known).filter(|_| target.pulled().is_some());
    let known = known.into_iter().flat_map(|known| &known.ports).map(|port| (port.to_string(), None));
    let mut all: Vec<(String, Option<Span>)> = published.chain(exposed).chain(built).chain(known).collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all.dedup_by(|(a, _), (b, _)| a == b);
    all
}

/// Whether anything that a service says could make it listen on a port: a variable, a word of its command, a line of
/// its Dockerfile. What is not known may.
fn is_mentioned(whole: &Whole<'_>, target: &Running<'_>, port: u16) -> bool {
    let service = target.service;
    let number = port.to_string();
    let says = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|word| word == number);
    let value = |variable: &Variables| variable.value.as_ref().is_none_or(|text| says(&text.raw));
    let in_files = service
        .env_files
        .iter()
        .any(|file| file.variables.as_ref().is_none_or(|variables| variables.iter().any(value)));
    let in_command = [&service.command, &service.entrypoint]
        .into_iter()
        .flatten()
        .any(|command| command.words.as_ref().is_none_or(|words| words.iter().any(|word| says(word))));
    let in_dockerfile = target.built(whole).is_some_and(|(dockerfile, _)| {
        let text = &whole.sources.file(dockerfile.file).text;
        says(text) || text.contains("EXPOSE $")
    });
    let is_unknown = service.has_unknown_ports
        || service.network_mode.is_some()
        || target.container.is_none_or(|container| container.image == Image::Unknown)
        || service
            .mounts
            .iter()
            .any(|mount| mount.target.as_deref().is_none_or(|path| path.contains(".conf")));
    service.environment.iter().any(value) || in_files || in_command || in_dockerfile || is_unknown
}

/// Whether `8000`, `8000/tcp` or `8000-8010` covers a port.
fn covers(text: &str, port: u16) -> bool {
    let range = text.split('/').next().unwrap_or(text);
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    match (first.parse::<u16>(), last.parse::<u16>()) {
        (Ok(first), Ok(last)) => (first..=last).contains(&port),
        // A variable may be any port.
        _ => true,
    }
}
