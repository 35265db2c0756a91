//! # A port below 1024 on the network of the host, without being root
//!
//! On a network of its own a container may listen on every port, whoever it runs as. On the network of the host the
//! kernel keeps the ports below 1024 for root: the program ends with `Permission denied`.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: python:3.14-slim
//!     command: python -m http.server 80
//!     user: "1000"
//!     network_mode: host
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: python:3.14-slim
//!     command: python -m http.server 8000
//!     user: "1000"
//!     ports:
//!       - "80:8000"
//! ```

use crate::lint::project::{listening, running};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "port-privileged";

/// The first port that every user may listen on (`net.ipv4.ip_unprivileged_port_start`).
const FIRST: u16 = 1024;

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let Some(user) = running.container.and_then(|container| container.user.as_deref()) else { continue };
        let name = user.split(':').next().unwrap_or(user);
        let is_root = matches!(name, "" | "0" | "root");
        if is_root || !listening::is_on_host(whole, &running) || running.service.get("cap_add").is_some() {
            continue;
        }
        let listening = listening::of(whole, &running);
        let Some(heard) = listening.heard.iter().find(|heard| heard.is_sure && heard.port < FIRST) else {
            continue;
        };
        let mut finding = findings
            .at(
                heard.span.unwrap_or(running.span()),
                format!("`{}` listens on port {} of the host as the user `{user}`", running.name(), heard.port),
            )
            .note("on the host's network the kernel keeps the ports below 1024 for root: it ends with `Permission denied`")
            .help("listen on a higher port, or give the service a network of its own and publish the port");
        if let Some(mode) = &running.service.network_mode {
            finding = finding.label(mode.span, "the network of the host");
        }
        findings.push(finding);
    }
}
