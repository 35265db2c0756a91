//! # The port of a database is open to the world
//!
//! A port is published on every address of the host unless one is named, and the engine's rules come before those of a
//! firewall such as ufw. A database there is found within hours. Services of the project reach it without a published
//! port.
//!
//! ```yaml bad
//! services:
//!   db:
//!     image: postgres:18
//!     ports:
//!       - "5432:5432"
//! ```
//!
//! ```yaml good
//! services:
//!   db:
//!     image: postgres:18
//!     ports:
//!       - "127.0.0.1:5432:5432"
//! ```

use crate::lint::project::programs::{On, address};
use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::images::Role;

pub(super) const CODE: &str = "port-database-open";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let Some(known) = running.container.and_then(|container| container.known) else { continue };
        let what = match known.role {
            Role::Database => "database",
            Role::Cache => "cache",
            Role::Queue | Role::Proxy | Role::Base | Role::Other => continue,
        };
        let mut told = Vec::new();
        for port in &running.service.ports {
            // An address from a variable is somebody's choice.
            let host = port.host_ip.as_deref().unwrap_or("");
            if address(host) != On::Every || !known.ports.contains(&port.target) || told.contains(&port.span)
            {
                continue;
            }
            told.push(port.span);
            let published = match port.published {
                Some((first, last)) if first == last => format!("127.0.0.1:{first}:{}", port.target),
                Some((first, last)) => format!("127.0.0.1:{first}-{last}:{}", port.target),
                None => format!("127.0.0.1::{}", port.target),
            };
            findings.push(
                findings
                    .at(port.span, format!("the {what} `{}` is open to every network of the host", running.name()))
                    .note("services of the project reach it without a published port; the engine's rules come before those of a firewall")
                    .help(format!("remove it, or bind it to the host itself: `\"{published}\"`")),
            );
        }
    }
}
