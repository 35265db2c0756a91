//! # nginx passes requests to a service that listens to itself alone
//!
//! `127.0.0.1` is each container's own. A program that listens there is reached by nobody else, and many do so if
//! nothing else is said: gunicorn, uvicorn, flask, Django's `runserver`. Nor does nginx reach another container by
//! `proxy_pass http://localhost:8000`: that is its own.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//!   app:
//!     image: python:3.14-slim
//!     command: gunicorn -b 127.0.0.1:8000 app:app
//! ```
//!
//! ```nginx bad
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

pub(super) const CODE: &str = "cross-upstream-loopback";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let services = running(whole);
    for proxy in &services {
        let Some(configuration) = proxy.nginx else { continue };
        for passed in passed(configuration) {
            match reach(whole, proxy, &passed.host) {
                Reached::Service(index) if index != proxy.index => {
                    if let Some(target) = services.get(index) {
                        other(whole, target, &passed, findings);
                    }
                }
                Reached::Itself => itself(whole, &services, proxy, &passed, findings),
                Reached::Service(_) | Reached::Elsewhere | Reached::Nothing => {}
            }
        }
    }
}

fn other(whole: &Whole<'_>, target: &Running<'_>, passed: &Passed, findings: &mut Findings<'_>) {
    let listening = listening::of(whole, target);
    let Some(port) = passed.port else { return };
    let Some(heard) = listening.only_loopback(port) else { return };
    // Containers on one network share its loopback interface.
    if target.service.network_mode.is_some() {
        return;
    }
    let name = target.name();
    let mut finding = findings
        .at(passed.span, format!("nginx cannot reach port {port} of `{name}`: it listens on 127.0.0.1"))
        .note("127.0.0.1 is the container's own; connections from others are refused, and nginx answers 502")
        .help(format!("have it listen on every address: `{}{port}`", heard.advice));
    if let Some(span) = heard.span {
        finding = finding.label(span, format!("{} listens on 127.0.0.1 alone", heard.by));
    }
    findings.push(finding);
}

/// Passing on to the own container, in which nothing but nginx runs.
fn itself(
    whole: &Whole<'_>,
    services: &[Running<'_>],
    proxy: &Running<'_>,
    passed: &Passed,
    findings: &mut Findings<'_>,
) {
    let listening = listening::of(whole, proxy);
    let own = format!("service:{}", proxy.name());
    let is_shared = services.iter().any(|other| {
        let mode = other.service.network_mode.as_ref();
        mode.is_some_and(|mode| mode.value.as_deref().is_none_or(|mode| mode == own))
    });
    let Some(port) = passed.port.filter(|port| listening.lacks(*port)) else { return };
    if proxy.service.network_mode.is_some() || is_shared || !is_nginx_alone(proxy) {
        return;
    }
    let candidates: Vec<String> = services
        .iter()
        .filter(|other| other.index != proxy.index)
        .filter(|other| {
            let published = other.service.ports.iter();
            published.clone().any(|said| said.target == port || said.published == Some((port, port)))
                || listening::of(whole, other).port(port).next().is_some()
        })
        .map(|other| other.name().to_owned())
        .collect();
    let edits = match candidates.as_slice() {
        [only] => passed.with_host(whole.sources, only),
        _ => None,
    };
    let help = match candidates.as_slice() {
        [] => "name the service that is meant instead of this host".to_owned(),
        names => format!("name the service instead: {}", list(names)),
    };
    findings.push(
        findings
            .at(
                passed.span,
                format!(
                    "`{}` is the container of nginx itself, where nothing listens on port {port}",
                    passed.host
                ),
            )
            .label(proxy.span(), "nothing but nginx runs in it")
            .note("nginx answers 502: each container has a loopback interface of its own")
            .help(help)
            .may_unsafe_fix("name the service", edits),
    );
}

/// Whether a container surely runs nginx and nothing else: the image as it is, or words that start nginx.
fn is_nginx_alone(proxy: &Running<'_>) -> bool {
    let Some(container) = proxy.container else { return false };
    let is_image = proxy.pulled().is_some() && container.known.is_some_and(|known| known.name == "nginx");
    let words = container.process.as_deref().unwrap_or_default();
    let program = words.iter().find(|word| !word.ends_with("/docker-entrypoint.sh"));
    let is_nginx = program.is_some_and(|word| word.rsplit('/').next() == Some("nginx"));
    (is_image && words.is_empty()) || is_nginx
}
