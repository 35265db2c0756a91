//! # Two services on one port of the host
//!
//! Only one program can listen on a port of an address. The second container does not start, or keeps dying. Ranges
//! and host addresses count: `0.0.0.0` takes the port on every address, `127.0.0.1` and `127.0.0.2` do not meet, nor
//! do tcp and udp. An input counts with its default.
//!
//! ```stack bad
//! service a {
//!   image nginx:1.30
//!   publish 8000-8010:8000-8010
//! }
//! service b {
//!   image nginx:1.30
//!   publish 127.0.0.1:8005:80
//! }
//! ```
//!
//! ```stack good
//! service a {
//!   image nginx:1.30
//!   publish 8000-8010:8000-8010
//! }
//! service b {
//!   image nginx:1.30
//!   publish 127.0.0.1:8011:80
//! }
//! ```

use crate::lint::{Findings, Subject};
use crate::model::port::PortMapping;
use crate::source::Span;

pub(super) const CODE: &str = "port-clash";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut taken: Vec<(&str, PortMapping, Span)> = Vec::new();
    for service in &subject.deployment.compose.services {
        for port in &service.ports {
            let (Some(mapping), Some(span)) = (port.mapping.known(), subject.span(port.mapping.origin()))
            else {
                continue;
            };
            let name = service.name.value.as_str();
            let clash =
                taken.iter().find_map(|(other, taken, at)| Some((*other, mapping.clash(taken)?, *at)));
            if let Some((other, port, at)) = clash {
                let who = if other == name {
                    format!("`{name}` publishes it twice")
                } else {
                    format!("`{other}` and `{name}` both publish it")
                };
                findings.push(
                    findings
                        .at(
                            span,
                            format!("port {port}/{} of the host is taken twice: {who}", mapping.protocol),
                        )
                        .here("taken again here")
                        .label(at, "taken here")
                        .help("publish one of them on another port of the host"),
                );
            }
            taken.push((name, *mapping, span));
        }
    }
}
