//! # Two services on one port of the host
//!
//! Only one program can listen on a port of an address. The second container does not start, or keeps dying. Ranges
//! and host addresses count: `0.0.0.0` takes the port on every address, `127.0.0.1` and `127.0.0.2` do not meet, nor
//! do tcp and udp. An input, or a variable with a default, counts with it. A service with `network_mode: host` takes the
//! ports that it listens on.
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
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     ports:
//!       - "${PORT:-8080}:80"
//!   admin:
//!     image: example/admin:1.0
//!     ports:
//!       - "8080:8000"
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
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     ports:
//!       - "${PORT:-8080}:80"
//!   admin:
//!     image: example/admin:1.0
//!     ports:
//!       - "127.0.0.1:8081:8000"
//! ```

use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::Severity;
use crate::lint::project::{Running, listening, running};
use crate::lint::{Findings, Subject, Whole};
use crate::model::port::{PortMapping, addresses_meet};
use crate::project::compose::Port;
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

/// A port of the host that a service takes.
struct Taken<'a> {
    by: Running<'a>,
    port: u16,
    protocol: &'a str,
    address: &'a str,
    span: Span,
}

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = &whole.project.compose else { return };
    let services = running(whole);
    let runs =
        |running: &&Running<'_>| running.service.replicas.as_ref().is_none_or(|replicas| replicas.value > 0);
    let mut ports: Vec<Taken<'_>> =
        services.iter().filter(runs).flat_map(|running| of_service(whole, running)).collect();
    // What a further file adds is what clashes with the files before it.
    ports.sort_by_key(|port| compose.files.iter().position(|file| *file == port.span.file));
    let mut taken: Vec<Taken<'_>> = Vec::new();
    let mut of_port: HashMap<(u16, &str), Vec<usize>> = HashMap::new();
    // An entry that covers many ports, and meets another in many, is told of once.
    let mut told: BTreeSet<(Span, Span)> = BTreeSet::new();
    for new in ports {
        let others = of_port.entry((new.port, new.protocol)).or_default();
        if let Some(old) = others.iter().map(|at| &taken[*at]).find(|old| meet(old, &new))
            && told.insert((old.span, new.span))
        {
            report(old, &new, findings);
        }
        others.push(taken.len());
        taken.push(new);
    }
    pools(&services, &taken, findings);
}

/// A port that a range holds from which Docker chooses for another service: which of them gets it depends on who starts
/// first. Source: moby, libnetwork/portallocator, `RequestPortsInRange`, which goes on behind the last port it gave.
fn pools(services: &[Running<'_>], taken: &[Taken<'_>], findings: &mut Findings<'_>) {
    for by in services.iter().filter(|running| running.service.network_mode.is_none()) {
        for pool in &by.service.ports {
            let Some((first, last)) = pool.published.filter(|(first, last)| first < last) else { continue };
            let address = pool.host_ip.as_deref().unwrap_or("");
            let is_held = |fixed: &&Taken<'_>| {
                let one =
                    Taken { by: *by, port: fixed.port, protocol: &pool.protocol, address, span: pool.span };
                (first..=last).contains(&fixed.port) && meet(fixed, &one) && !by.is_apart_from(&fixed.by)
            };
            let Some(fixed) = taken.iter().find(is_held) else { continue };
            let message = format!(
                "`{}` may be given port {} of the host, which `{}` needs",
                by.name(),
                fixed.port,
                fixed.by.name()
            );
            let mut found = findings
                .at(pool.span, message)
                .here(format!("any port from {first} to {last}"))
                .label(fixed.span, "this one alone")
                .note("Docker chooses from a range when the container starts; what comes second finds the port taken")
                .help("leave the port out of the range");
            found.severity = Severity::Info;
            findings.push(found);
        }
    }
}

fn of_service<'a>(whole: &Whole<'a>, running: &Running<'a>) -> Vec<Taken<'a>> {
    let by = *running;
    if listening::is_on_host(whole, running) {
        let heard = listening::of(whole, running).heard;
        let sure = heard.into_iter().filter(|heard| heard.is_sure);
        // Several servers of nginx share a port.
        let mut taken: Vec<Taken<'_>> = Vec::new();
        for heard in sure {
            let span = heard.span.unwrap_or(running.span());
            if !taken.iter().any(|taken| taken.port == heard.port) {
                taken.push(Taken { by, port: heard.port, protocol: "tcp", address: "", span });
            }
        }
        return taken;
    }
    if running.service.network_mode.is_some() {
        return Vec::new();
    }
    let fixed = |port: &'a Port| {
        let (first, last) = port.published?;
        let address = port.host_ip.as_deref().unwrap_or("");
        (first == last).then_some(Taken {
            by,
            port: first,
            protocol: &port.protocol,
            address,
            span: port.span,
        })
    };
    running.service.ports.iter().filter_map(fixed).collect()
}

/// Whether both cannot be had at once. An address that is none, such as a variable, meets nothing but itself.
fn meet(old: &Taken<'_>, new: &Taken<'_>) -> bool {
    let address = |text: &str| {
        if text.is_empty() { Some(None) } else { text.trim_matches(['[', ']']).parse().ok().map(Some) }
    };
    let is_one_address = match (address(old.address), address(new.address)) {
        (Some(old), Some(new)) => addresses_meet(old, new),
        _ => old.address == new.address,
    };
    old.port == new.port && old.protocol == new.protocol && is_one_address
}

fn report(old: &Taken<'_>, new: &Taken<'_>, findings: &mut Findings<'_>) {
    let (one, other) = (old.by.name(), new.by.name());
    let who = if one == other {
        format!("`{one}` publishes it twice")
    } else {
        format!("`{one}` and `{other}` both take it")
    };
    let message = format!("port {}/{} of the host is taken twice: {who}", new.port, new.protocol);
    let mut finding = findings.at(new.span, message).here("taken again here");
    if old.span != new.span {
        finding = finding.label(old.span, "taken here");
    }
    finding = finding.help("publish one of them on another port of the host");
    if new.by.is_apart_from(&old.by) {
        finding.severity = Severity::Info;
        finding = finding.note("they have no profile in common: both run only if both profiles are chosen");
    } else {
        finding = finding.note("the second container does not start: `port is already allocated`");
    }
    findings.push(finding);
}
