//! # The proxy can reach the database
//!
//! The proxy is what the world talks to. On one network with the database it is one step away from the data. With two
//! networks, only the application is on both.
//!
//! ```yaml bad
//! services:
//!   proxy:
//!     image: nginx:1.30
//!     ports: ["80:80"]
//!   db:
//!     image: postgres:18
//! ```
//!
//! ```yaml good
//! services:
//!   proxy:
//!     image: nginx:1.30
//!     ports: ["80:80"]
//!     networks: [front]
//!   db:
//!     image: postgres:18
//!     environment:
//!       POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
//!     volumes: ["data:/var/lib/postgresql"]
//!     networks: [back]
//! networks:
//!   front:
//!   back:
//!     internal: true
//! volumes:
//!   data:
//! ```

use crate::lint::nginx::words::list;
use crate::lint::project::{Running, compose, names, running};
use crate::lint::{Findings, Whole};
use crate::project::images::Role;

pub(super) const CODE: &str = "compose-flat-network";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = compose(whole) else { return };
    let services = running(whole);
    let is_proxy =
        |running: &&Running<'_>| running.role() == Some(Role::Proxy) && !running.service.ports.is_empty();
    for proxy in services.iter().filter(is_proxy) {
        let is_reached = |other: &&Running<'_>| {
            let shares = names::meet(compose, proxy.service, other.service);
            // What measures all services is on their networks by its nature.
            let is_monitor = other
                .container
                .and_then(|container| container.known)
                .is_some_and(|known| known.name.starts_with("prom/"));
            other.role() == Some(Role::Database) && !is_monitor && (compose.is_v1 || shares == Some(true))
        };
        let databases: Vec<&Running<'_>> = services.iter().filter(is_reached).collect();
        let Some(first) = databases.first() else { continue };
        let named: Vec<String> = databases.iter().map(|other| other.name().to_owned()).collect();
        findings.push(
            findings
                .at(proxy.span(), format!("the proxy `{}` can reach the database {}", proxy.name(), list(&named)))
                .label(first.span(), "on the same network")
                .note("who breaks into the proxy talks to the database at once")
                .help("put the database on a network of its own with `internal: true`, which the application joins and the proxy does not").in_stack("declare `network data { internal }`, and have the database and the application join it by `network data`, but not the proxy"),
        );
    }
}
