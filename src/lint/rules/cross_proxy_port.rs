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

pub(super) const CODE: &str = "cross-proxy-port";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let services = running(whole);
    for proxy in &services {
        let Some(configuration) = proxy.nginx else { continue };
        for passed in passed(configuration) {
            let Reached::Service(index) = reach(whole, proxy, &passed.host) else { continue };
            if let Some(target) = services.iter().find(|target| target.index == index) {
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
    } else if listening.heard.is_empty() && is_published_elsewhere(whole, target, port) {
        // Nothing is known but what is published: the port of the host taken for that of the container.
        let published = target.service.ports.iter();
        labels.extend(
            published
                .clone()
                .take(2)
                .map(|port| (port.span, format!("port {} of the container", port.target))),
        );
        published.map(|port| port.target.to_string()).collect()
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
    findings.push(finding.help(format!("pass on to a port that it listens on: {}", list(&ports))));
}

/// Whether a port is published on the host under which the container has another one, which alone it declares.
fn is_published_elsewhere(whole: &Whole<'_>, target: &Running<'_>, port: u16) -> bool {
    let service = target.service;
    let is_target = service.ports.iter().any(|published| published.target == port);
    let is_host = service.ports.iter().any(|published| published.published == Some((port, port)));
    let declares = |text: &str| declared(text, port);
    let built = target.built(whole);
    let is_declared = service.expose.iter().any(|exposed| declares(&exposed.value))
        || built.is_some_and(|(_, stage)| stage.end.ports.iter().any(|exposed| declares(&exposed.value)))
        || target
            .container
            .and_then(|container| container.known)
            .is_some_and(|known| known.ports.contains(&port));
    is_host && !is_target && !is_declared
}

/// Whether `8000`, `8000/tcp` or `8000-8010` covers a port.
fn declared(text: &str, port: u16) -> bool {
    let range = text.split('/').next().unwrap_or(text);
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    match (first.parse::<u16>(), last.parse::<u16>()) {
        (Ok(first), Ok(last)) => (first..=last).contains(&port),
        // A variable may be any port.
        _ => true,
    }
}
