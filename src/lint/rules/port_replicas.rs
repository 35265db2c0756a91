//! # Several containers on one port of the host
//!
//! Each container of a service publishes its ports. The second one finds a fixed port of the host taken, and does not
//! start. A range with a port for each, or no port of the host at all, leaves the choice to the engine; mostly a proxy
//! should publish, and reach all containers by the name of the service.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//!     ports:
//!       - "8000:8000"
//!     deploy:
//!       replicas: 2
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//!     ports:
//!       - "8000-8001:8000"
//!     deploy:
//!       replicas: 2
//! ```

use crate::lint::project::running;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "port-replicas";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let service = running.service;
        let Some(replicas) = service.replicas.as_ref().filter(|replicas| replicas.value > 1) else {
            continue;
        };
        // In swarm mode, which these keys are of, a port of the ingress network is shared by all containers.
        let is_swarm = service.node.at(&["deploy", "placement"]).is_some()
            || service.node.at(&["deploy", "update_config"]).is_some()
            || service.node.at(&["deploy", "endpoint_mode"]).is_some();
        if is_swarm {
            continue;
        }
        let mut told = None;
        for port in &service.ports {
            let Some((first, last)) = port.published else { continue };
            if u64::from(last - first) + 1 >= replicas.value || told == Some(port.span) {
                continue;
            }
            told = Some(port.span);
            findings.push(
                findings
                    .at(
                        port.span,
                        format!("{} containers of `{}` cannot share port {first} of the host", replicas.value, running.name()),
                    )
                    .label(replicas.span, "so many are started")
                    .note("the second container does not start: the port is taken by the first")
                    .help("let a proxy publish the port and pass requests on to the service; or give a range of the host's ports, one for each"),
            );
        }
    }
}
