//! # A published port that nginx does not listen on
//!
//! No `server` of the configuration that the container runs has a `listen` on the port of the container that is
//! published. Connections are refused.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     ports:
//!       - "80:8080"
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//! ```
//!
//! ```nginx bad
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         return 204;
//!     }
//! }
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     ports:
//!       - "80:80"
//!     volumes:
//!       - ./nginx.conf:/etc/nginx/nginx.conf:ro
//! ```
//!
//! ```nginx good
//! events { }
//! http {
//!     server {
//!         listen 80;
//!         return 204;
//!     }
//! }
//! ```

use super::port_unheard::with_target;
use crate::lint::nginx::words::list;
use crate::lint::project::listening;
use crate::lint::project::programs::On;
use crate::lint::project::running;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "port-nginx-listen";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        if running.nginx.is_none() || running.service.network_mode.is_some() {
            continue;
        }
        let listening = listening::of(whole, &running);
        let mut told = Vec::new();
        for port in running.service.ports.iter().filter(|port| port.protocol == "tcp") {
            let is_inward = listening.only_loopback(port.target).is_some();
            if told.contains(&port.span) || !(listening.lacks(port.target) || is_inward) {
                continue;
            }
            told.push(port.span);
            let ports: Vec<String> = listening
                .heard
                .iter()
                .filter(|heard| heard.on != On::Loopback)
                .map(|heard| heard.port.to_string())
                .collect();
            let target = port.target;
            let mut finding = findings
                .at(port.span, format!("nginx in `{}` does not listen on port {target}", running.name()))
                .note("connections to the published port are refused")
                .help(format!(
                    "write `listen {target};` in a `server`, or publish one that it listens on: {}",
                    list(&ports)
                ))
                .in_stack(format!(
                    "write `listen {target}` in a site, or publish one that it listens on: {}",
                    list(&ports)
                ));
            for heard in listening.heard.iter().take(4) {
                if let Some(span) = heard.span {
                    finding = finding.label(span, format!("it listens on {}", heard.port));
                }
            }
            let edit = match ports.as_slice() {
                [only] => with_target(whole, port, only),
                _ => None,
            };
            findings.push(finding.may_unsafe_fix("publish what it listens on", edit.map(|edit| vec![edit])));
        }
    }
}
