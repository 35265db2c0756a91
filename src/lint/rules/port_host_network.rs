//! # Published ports of a service without a network of its own
//!
//! With `network_mode: host` what a container listens on is on the host already: the engine ignores `ports`, so that
//! `8080:80` does not come to port 8080. On the network of another service or container, the engine refuses them.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     network_mode: host
//!     ports:
//!       - "8080:80"
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     ports:
//!       - "8080:80"
//! ```

use crate::diagnostic::Severity;
use crate::lint::project::{layout, running};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "port-host-network";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let (Some(mode), Some(port)) = (running.network_mode(), running.service.ports.first()) else {
            continue;
        };
        let span = running.service.network_mode.as_ref().map_or(running.span(), |mode| mode.span);
        let name = running.name();
        let owner = mode.strip_prefix("service:").or_else(|| mode.strip_prefix("container:"));
        if mode == "host" {
            let edit = running.service.get("ports").and_then(|ports| layout::remove_all(whole, ports));
            findings.push(
                findings
                    .at(port.span, format!("`ports` of `{name}` are ignored: it is on the network of the host"))
                    .label(span, "what it listens on is on the host already")
                    .note("the engine warns `Published ports are discarded when using host network mode`")
                    .help("remove `network_mode: host` to choose ports, or `ports`, and have the program listen on the port itself")
                    .in_stack("remove `network_mode host` to choose ports, or `publish`, and have the program listen on the port itself")
                    .may_unsafe_fix("remove `ports`", edit.map(|edit| vec![edit])),
            );
        } else if let Some(owner) = owner {
            let mut finding = findings
                .at(port.span, format!("`{name}` cannot publish ports: it is on the network of `{owner}`"))
                .label(span, "said here")
                .note("the engine refuses it: `conflicting options: port publishing and the container type network mode`")
                .help(format!("publish them on `{owner}`, whose network it is"));
            finding.severity = Severity::Error;
            findings.push(finding);
        }
    }
}
