//! `ports`: the short and the long form, each range spread out.
//!
//! Source: go-connections, `nat/nat.go`, which compose-go's `types.ParsePortConfig` uses.

use std::collections::HashMap;

use super::budget::Budget;
use super::model::{Node, Port, Value};
use super::texts::{UNKNOWN, known, marked, text};
use crate::diagnostic::{Diagnostic, Sink};
use crate::source::{SourceMap, Span};

/// The ports of a service.
#[derive(Debug, Default)]
pub(super) struct Ports {
    pub(super) ports: Vec<Port>,
    /// Whether there are others, which are not known.
    pub(super) has_unknown: bool,
}

/// What tells two ports apart: address, ports of the host and of the container, protocol.
type Key = (String, Option<(u16, u16)>, u16, String);

/// Reads `ports`. Of two that are alike the last counts.
pub(super) fn ports(node: Option<&Node>, budget: &mut Budget, sources: &SourceMap, sink: &mut Sink) -> Ports {
    let mut ports = Ports::default();
    let mut places: HashMap<Key, usize> = HashMap::new();
    for item in node.map_or(&[][..], Node::items) {
        let read = match &item.value {
            Value::Map(_) => long(item),
            Value::Text(_) | Value::Number(_) => short(item, sources, budget.ports()),
            // The schema has told of it.
            Value::Null | Value::Flag(_) | Value::List(_) => continue,
        };
        match read {
            Ok(spread) => {
                if !budget.take_ports(spread.len(), item.span, sink) {
                    ports.has_unknown = true;
                    continue;
                }
                for port in spread {
                    let address = port.host_ip.clone().unwrap_or_else(|| "0.0.0.0".to_owned());
                    let key = (address, port.published, port.target, port.protocol.clone());
                    if !port.is_known {
                        ports.ports.push(port);
                    } else if let Some(place) = places.get(&key) {
                        ports.ports[*place] = port;
                    } else {
                        places.insert(key, ports.ports.len());
                        ports.ports.push(port);
                    }
                }
            }
            Err(Why::Unknown) => ports.has_unknown = true,
            Err(Why::TooMany) => {
                ports.has_unknown = true;
                budget.take_ports(usize::MAX, item.span, sink);
            }
            Err(Why::Bad(why)) => {
                ports.has_unknown = true;
                sink.push(
                    Diagnostic::error("compose-bad-port", "compose cannot read this port", item.span)
                        .here(why)
                        .note("an entry is `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`; HOST and CONTAINER are ports or ranges of one length")
                        .help("write for example `\"8080:80\"`, or `\"127.0.0.1:8080:80\"`"),
                );
            }
        }
    }
    ports
}

/// Why an entry is no port.
enum Why {
    /// It depends on what is not known.
    Unknown,
    /// It stands for more than is looked at.
    TooMany,
    /// Compose refuses it.
    Bad(&'static str),
}

fn short(item: &Node, sources: &SourceMap, most: usize) -> Result<Vec<Port>, Why> {
    let written = text(item).ok_or(Why::Unknown)?;
    let is_plain = !sources.text(item.span).starts_with(['"', '\'']);
    spread(&marked(&written), item.span, is_plain, most)
}

fn spread(marked: &str, span: Span, is_plain: bool, most: usize) -> Result<Vec<Port>, Why> {
    let (rest, container) = marked.rsplit_once(':').unwrap_or(("", marked));
    let (address, host) = rest.rsplit_once(':').unwrap_or(("", rest));
    let (container, protocol) = match container.split_once('/') {
        None => (container, "tcp"),
        Some((container, protocol)) => {
            let protocol = protocol.split('/').next().unwrap_or("");
            (container, if protocol.is_empty() { "tcp" } else { protocol })
        }
    };
    if protocol.contains(UNKNOWN) || container.contains(UNKNOWN) {
        return Err(Why::Unknown);
    }
    let protocol = protocol.to_lowercase();
    if !matches!(protocol.as_str(), "tcp" | "udp" | "sctp") {
        return Err(Why::Bad("the protocol is none of tcp, udp and sctp"));
    }
    let is_known = known(host).is_some() && known(address).is_some();
    let address = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address);
    if is_known && !address.is_empty() && address.parse::<std::net::IpAddr>().is_err() {
        return Err(Why::Bad("what stands before the ports is no IP address"));
    }
    let host_ip = (!address.is_empty()).then(|| known(address)).flatten();
    let (first, last) = range(container).ok_or(Why::Bad("the port of the container is no port"))?;
    let host = if host.is_empty() || !is_known {
        None
    } else {
        Some(range(host).ok_or(Why::Bad("the port of the host is no port"))?)
    };
    let is_pool = match host {
        Some((from, to)) if to - from != last - first => {
            if first != last {
                return Err(Why::Bad("the two ranges differ in length"));
            }
            true
        }
        Some(_) | None => false,
    };
    if usize::from(last - first) >= most {
        return Err(Why::TooMany);
    }
    Ok((first..=last)
        .map(|target| {
            let published = host.map(|(from, to)| {
                if is_pool { (from, to) } else { (from + (target - first), from + (target - first)) }
            });
            Port {
                target,
                // The port 0 stands for any.
                published: published.filter(|published| *published != (0, 0)),
                host_ip: host_ip.clone(),
                protocol: protocol.clone(),
                span,
                is_plain,
                is_known,
            }
        })
        .collect())
}

/// `80` or `8000-8010`.
fn range(written: &str) -> Option<(u16, u16)> {
    let port = |digits: &str| {
        let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
        is_number.then(|| digits.parse().ok()).flatten()
    };
    let (first, last) = written.split_once('-').unwrap_or((written, written));
    let (first, last) = (port(first)?, port(last)?);
    (first <= last).then_some((first, last))
}

fn long(item: &Node) -> Result<Vec<Port>, Why> {
    let value = |key: &str| item.get(key).and_then(text).map(|text| marked(&text));
    // The schema has told of a missing target.
    let target = value("target").ok_or(Why::Unknown)?;
    let target = known(&target).ok_or(Why::Unknown)?;
    let target: u16 = target.parse().map_err(|_| Why::Bad("`target` is no port"))?;
    let published = value("published").filter(|published| !published.is_empty());
    let host_ip = value("host_ip").filter(|host_ip| !host_ip.is_empty());
    let is_known = !published.as_deref().is_some_and(|text| text.contains(UNKNOWN))
        && !host_ip.as_deref().is_some_and(|text| text.contains(UNKNOWN));
    let published = match published {
        Some(published) if is_known => {
            Some(range(&published).ok_or(Why::Bad("`published` is neither a port nor a range"))?)
        }
        Some(_) | None => None,
    };
    let protocol = value("protocol").unwrap_or_else(|| "tcp".to_owned());
    Ok(vec![Port {
        target,
        published: published.filter(|published| *published != (0, 0)),
        host_ip: host_ip.and_then(|address| known(&address)),
        protocol,
        span: item.span,
        is_plain: false,
        is_known,
    }])
}
