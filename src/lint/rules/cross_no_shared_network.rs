//! # nginx shares no network with the service that it passes requests to
//!
//! Names of services are known, and their addresses reached, on the networks that both are on. Without one nginx ends
//! with `host not found in upstream`. On the network of the host (`network_mode: host`) no name of a service is known.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//!     networks: [front]
//!   app:
//!     image: example/app:1.0
//!     networks: [back]
//! networks:
//!   front:
//!   back:
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
//!     networks: [front]
//!   app:
//!     image: example/app:1.0
//!     networks: [front, back]
//! networks:
//!   front:
//!   back:
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

use crate::lint::project::names::{Place, Reached, meet, place, reach};
use crate::lint::project::upstreams::{Passed, passed};
use crate::lint::project::{Running, compose, running};
use crate::lint::{Findings, Whole};
use crate::project::compose::Compose;

pub(super) const CODE: &str = "cross-no-shared-network";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = compose(whole) else { return };
    let services = running(whole);
    for proxy in &services {
        let Some(configuration) = proxy.nginx else { continue };
        let mut told = Vec::new();
        for passed in passed(configuration) {
            let Reached::Service(index) = reach(whole, proxy, &passed.host) else { continue };
            let Some(target) = services.get(index) else { continue };
            let is_apart = meet(compose, proxy.service, target.service) == Some(false);
            if is_apart && index != proxy.index && !told.contains(&index) {
                told.push(index);
                report(compose, proxy, target, &passed, findings);
            }
        }
    }
}

fn report(
    compose: &Compose,
    proxy: &Running<'_>,
    target: &Running<'_>,
    passed: &Passed,
    findings: &mut Findings<'_>,
) {
    let (name, other) = (proxy.name(), target.name());
    let (message, help) = match (place(compose, proxy.service, 0), place(compose, target.service, 0)) {
        (Place::Host, _) => (
            format!(
                "nginx in `{name}` is on the network of the host, where nobody knows the name `{}`",
                passed.host
            ),
            format!(
                "remove `network_mode: host` from `{name}`, or publish the port of `{other}` on 127.0.0.1 and pass on to that"
            ),
        ),
        (_, Place::Host) => (
            format!("`{other}` is on the network of the host, where `{name}` does not find it by name"),
            format!(
                "remove `network_mode: host` from `{other}`, or pass on to `host.docker.internal` with `extra_hosts: [\"host.docker.internal:host-gateway\"]`"
            ),
        ),
        (Place::On(_) | Place::Nowhere | Place::Unknown, Place::On(_) | Place::Nowhere | Place::Unknown) => (
            format!("nginx in `{name}` cannot reach `{other}`: they share no network"),
            "put both on one network".to_owned(),
        ),
    };
    let networks = |running: &Running<'_>| {
        let names: Vec<&str> =
            running.service.networks.iter().map(|network| network.name.value.as_str()).collect();
        match &running.service.network_mode {
            Some(mode) => format!("on the network `{}`", mode.raw),
            None => format!("on {}", names.join(", ")),
        }
    };
    let at = |running: &Running<'_>| {
        let mode = running.service.network_mode.as_ref().map(|mode| mode.span);
        mode.or_else(|| running.service.networks.first().map(|network| network.name.span))
            .unwrap_or(running.span())
    };
    findings.push(
        findings
            .at(passed.span, message)
            .label(at(proxy), networks(proxy))
            .label(at(target), networks(target))
            .note(if passed.is_at_start {
                "nginx does not start: `host not found in upstream`"
            } else {
                "nginx looks the name up for each request, and answers 502"
            })
            .help(help),
    );
}
