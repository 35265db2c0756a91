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
//!     environment:
//!       POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
//!     volumes: ["data:/var/lib/postgresql"]
//!     ports:
//!       - "127.0.0.1:5432:5432"
//! volumes:
//!   data:
//! ```

use crate::lint::project::programs::{On, address};
use crate::lint::project::running;
use crate::lint::{Findings, Whole, edits};
use crate::project::compose::Port;
use crate::project::images::Role;
use crate::source::Span;

pub(super) const CODE: &str = "port-database-open";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let Some(known) = running.container.and_then(|container| container.known) else { continue };
        let what = match known.role {
            Role::Database => "database",
            Role::Cache => "cache",
            Role::Queue | Role::Proxy | Role::Base | Role::Other => continue,
        };
        // Object storage is made to be talked to by anybody with a key.
        if known.name == "minio/minio" {
            continue;
        }
        let is_open = |port: &&Port| {
            let written = whole.sources.text(port.span);
            let host = match &port.host_ip {
                Some(host) => host.as_str(),
                None if !port.is_known && has_address(written) => return false,
                None => "",
            };
            // An address from a variable is somebody's choice.
            address(host) == On::Every && known.ports.contains(&port.target)
        };
        let mut open: Vec<&Port> = running.service.ports.iter().filter(is_open).collect();
        open.dedup_by_key(|port| port.span);
        let Some((port, others)) = open.split_first() else { continue };
        let published = match port.published {
            Some((first, last)) if first == last => format!("127.0.0.1:{first}:{}", port.target),
            Some((first, last)) => format!("127.0.0.1:{first}-{last}:{}", port.target),
            None => format!("127.0.0.1::{}", port.target),
        };
        let mut finding = findings
            .at(port.span, format!("the {what} `{}` is open to every network of the host", running.name()))
            .note("services of the project reach it without a published port; the engine's rules come before those of a firewall")
            .help(format!("remove it, or bind it to the host itself: `\"{published}\"`"));
        for other in others {
            finding = finding.label(other.span, "and here");
        }
        let edits = open.iter().map(|port| {
            let text = whole.sources.text(port.span);
            let bare = text.trim_start_matches(['"', '\'']);
            let is_short = bare.trim_end_matches(['"', '\'']).bytes().all(|byte| {
                byte.is_ascii_digit() || matches!(byte, b':' | b'-' | b'/') || byte.is_ascii_lowercase()
            });
            let at = Span { start: port.span.end - u32::try_from(bare.len()).ok()?, ..port.span };
            let host = if text.contains(':') { "127.0.0.1:" } else { "127.0.0.1::" };
            (is_short && port.host_ip.is_none()).then(|| (at.at_start(), host.to_owned()))
        });
        findings.push(finding.may_unsafe_fix("bind it to the host itself", edits::all(edits)));
    }
}

/// Whether an address stands before the ports of an entry, in either form.
fn has_address(written: &str) -> bool {
    let mut depth = 0_usize;
    let mut colons = 0;
    for c in written.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => colons += 1,
            _ => {}
        }
    }
    colons > 1 || written.contains("host_ip")
}
