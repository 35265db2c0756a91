//! The names by which one container reaches another, and the networks on which it does.
//!
//! Source: moby, `daemon/container_operations.go`, `buildEndpointDNSNames`; compose specification, "networks",
//! `aliases`, `links`, `extra_hosts`, `network_mode`.

use super::{Running, compose};
use crate::lint::Whole;
use crate::project::compose::{Compose, Service};

/// What a name stands for in a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) enum Reached {
    /// A service, by its place.
    Service(usize),
    /// The container itself.
    Itself,
    /// Something that is no service of the project.
    Elsewhere,
    /// Nothing has this name.
    Nothing,
}

/// Names that the engine, or the container's own table of hosts, always knows.
const ALWAYS: [&str; 4] =
    ["host.docker.internal", "gateway.docker.internal", "kubernetes.docker.internal", "host-gateway"];

/// What a container of service `from` reaches by a name, on whatever network: [`meet`] says whether they share one.
pub(in crate::lint) fn reach(whole: &Whole<'_>, from: &Running<'_>, host: &str) -> Reached {
    let Some(compose) = compose(whole) else { return Reached::Elsewhere };
    if host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()) {
        return Reached::Itself;
    }
    // A link says by which name this very service reaches the other.
    for (service, alias) in &from.service.links {
        if alias == host || service.value == host {
            return compose.place(&service.value).map_or(Reached::Elsewhere, Reached::Service);
        }
    }
    if let Some(index) = compose.called(host) {
        return Reached::Service(index);
    }
    let is_other = ALWAYS.contains(&host)
        || host.contains('.')
        || host.contains(':')
        || host.parse::<std::net::IpAddr>().is_ok()
        || mentions(from.service, "extra_hosts", host)
        || mentions(from.service, "external_links", host)
        || is_numbered(compose, host);
    if is_other || knows_others(compose, from.service) { Reached::Elsewhere } else { Reached::Nothing }
}

/// Every name by which services of a project are reached, for suggestions.
pub(in crate::lint) fn all(compose: &Compose) -> impl Iterator<Item = &str> {
    compose.services.iter().map(|service| service.name.value.as_str())
}

/// Whether two services share a network; `None` if nobody knows.
pub(in crate::lint) fn meet(compose: &Compose, a: &Service, b: &Service) -> Option<bool> {
    // Version 1 has no networks: all containers are on the bridge, and links give them names.
    if compose.is_v1 {
        return None;
    }
    match (place(compose, a, 0), place(compose, b, 0)) {
        (Place::On(a), Place::On(b)) => Some(a.iter().any(|network| b.contains(network))),
        (Place::Host, Place::Host) => Some(true),
        (Place::Unknown, _) | (_, Place::Unknown) => None,
        (Place::Host | Place::On(_) | Place::Nowhere, Place::Host | Place::On(_) | Place::Nowhere) => {
            Some(false)
        }
    }
}

/// Where a container is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lint) enum Place {
    /// On networks, by the names that the engine knows them by.
    On(Vec<String>),
    /// On the network of the host.
    Host,
    /// On none.
    Nowhere,
    /// Nobody knows.
    Unknown,
}

/// Where the containers of a service are.
pub(in crate::lint) fn place(compose: &Compose, service: &Service, depth: usize) -> Place {
    let Some(mode) = &service.network_mode else {
        return Place::On(
            service.networks.iter().map(|network| engine_name(compose, &network.name.value)).collect(),
        );
    };
    match mode.value.as_deref() {
        Some("host") => Place::Host,
        Some("none") => Place::Nowhere,
        Some(mode) => {
            let other = mode.strip_prefix("service:").and_then(|name| compose.service(name));
            match other {
                // A cycle of them is refused by compose.
                Some(other) if depth < 8 => place(compose, other, depth + 1),
                _ => Place::Unknown,
            }
        }
        None => Place::Unknown,
    }
}

/// Two keys of the top level can name one network.
fn engine_name(compose: &Compose, key: &str) -> String {
    let declared = compose.networks.iter().find(|network| network.name.value == key);
    let named = declared.and_then(|network| network.node.get("name")?.text());
    // A name of the engine's and a key could be alike by chance: keys get the project's name before them.
    named.unwrap_or_else(|| format!("\u{0}{key}"))
}

/// `project-app-1` and `project_app_1` are the first container of `app`.
fn is_numbered(compose: &Compose, host: &str) -> bool {
    let number = host.trim_end_matches(|c: char| c.is_ascii_digit());
    let Some(rest) = number.strip_suffix(['-', '_']) else { return false };
    let starts = rest.match_indices(['-', '_']).map(|(at, _)| at + 1).chain([0]);
    starts.into_iter().any(|start| compose.place(&rest[start..]).is_some())
}

/// Whether a key of the service, a list or a map, speaks of a name.
fn mentions(service: &Service, key: &str, host: &str) -> bool {
    let Some(node) = service.get(key) else { return false };
    let is_said = |text: &str| text.split([':', '=']).any(|part| part.trim() == host);
    node.entries().iter().any(|(name, _)| name == host)
        || node.items().iter().any(|item| item.text().is_none_or(|text| is_said(&text)))
}

/// Whether a service could know names that no file of the project says: those on networks that others are on, too, or
/// that a resolver of its own answers.
fn knows_others(compose: &Compose, service: &Service) -> bool {
    // A network with a name of its own is there for other projects to join.
    let is_open = |key: &str| {
        let mut of_key = compose.networks.iter().filter(|network| network.name.value == key);
        of_key.any(|network| network.is_external || network.node.get("name").is_some())
    };
    compose.has_unknown_name()
        || service.get("dns").is_some()
        || service.networks.iter().any(|network| is_open(&network.name.value))
        || match place(compose, service, 0) {
            Place::On(_) => false,
            Place::Host | Place::Nowhere | Place::Unknown => true,
        }
}
