//! Ports, ranges of them, and what compose publishes on the host.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU16;

use super::values::{Part, Text};

/// A TCP or UDP port, 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port(NonZeroU16);

impl Port {
    /// Reads a decimal number in range.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        text.parse().ok().map(Port)
    }

    /// The number.
    pub fn number(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One port or `first-last`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PortRange {
    /// The lowest port.
    pub first: Port,
    /// The highest port; equal to `first` for a single one.
    pub last: Port,
}

impl PortRange {
    /// Reads `80` or `8000-8010`.
    pub fn parse(text: &str) -> Option<Self> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (Port::parse(first)?, Port::parse(last)?);
        (first <= last).then_some(Self { first, last })
    }

    /// How many ports it covers.
    pub fn len(self) -> u32 {
        u32::from(self.last.number() - self.first.number()) + 1
    }

    /// Never: a range holds at least its first port.
    pub fn is_empty(self) -> bool {
        false
    }

    /// Whether `port` lies in it.
    pub fn contains(self, port: Port) -> bool {
        (self.first..=self.last).contains(&port)
    }

    /// The lowest port that both cover.
    pub fn overlap(self, other: Self) -> Option<Port> {
        let first = self.first.max(other.first);
        (first <= self.last.min(other.last)).then_some(first)
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { self.first.fmt(f) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

/// The transport of a published port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// The default.
    #[default]
    Tcp,
    /// `/udp`
    Udp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        })
    }
}

/// `[address:]host:container[/protocol]`, compose's short form of a published port; `any` as the host's lets the engine
/// choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PortMapping {
    /// The host's address that is bound; all of them when absent.
    pub address: Option<IpAddr>,
    /// Ports of the host; any that is free when absent.
    pub host: Option<PortRange>,
    /// Ports of the container, as many as of the host.
    pub container: PortRange,
    /// tcp or udp.
    pub protocol: Protocol,
}

/// Why a text is no port mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MappingError {
    /// One number: which port of the host is meant is not said.
    OneNumber(PortRange),
    /// A part is no port or range.
    NotPorts,
    /// The ranges differ in length.
    Lengths,
    /// The address is no IP address.
    Address,
    /// Something other than tcp or udp after the slash.
    Protocol,
}

/// What an image says that it listens on: ports with their protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExposedPorts(PortRange);

impl ExposedPorts {
    /// Reads `80`, `8000-8010`, `53/udp`. Source: the Dockerfile reference of `BuildKit`, "EXPOSE".
    pub fn parse(text: &str) -> Option<Self> {
        let (ports, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let is_known = ["tcp", "udp", "sctp"].iter().any(|known| protocol.eq_ignore_ascii_case(known));
        PortRange::parse(ports).filter(|_| is_known).map(Self)
    }
}

/// The texts between the colons of a mapping, one at least; those in the brackets of an address part nothing.
pub fn pieces(mapping: &Text) -> Vec<Text> {
    let empty = || Text { parts: Vec::new(), ..mapping.clone() };
    let mut pieces = vec![empty()];
    for part in &mapping.parts {
        let Part::Lit(text) = part else {
            pieces.last_mut().expect("there is one from the start").parts.push(part.clone());
            continue;
        };
        let mut in_brackets = false;
        let is_border = |c: char| {
            in_brackets = (in_brackets || c == '[') && c != ']';
            c == ':' && !in_brackets
        };
        for (index, piece) in text.split(is_border).enumerate() {
            if index > 0 {
                pieces.push(empty());
            }
            if !piece.is_empty() {
                let last = pieces.last_mut().expect("there is one from the start");
                last.parts.push(Part::Lit(piece.to_owned()));
            }
        }
    }
    pieces
}

/// What stands for the host's port where the engine chooses one.
pub const ANY: &str = "any";

impl PortMapping {
    /// Reads the short form. Source: compose specification, 05-services.md, "ports", "Short syntax".
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let (ports, protocol) = match text.split_once('/') {
            None | Some((_, "tcp")) => (text.split('/').next().unwrap_or(text), Protocol::Tcp),
            Some((ports, "udp")) => (ports, Protocol::Udp),
            Some(_) => return Err(MappingError::Protocol),
        };
        let Some((rest, container)) = ports.rsplit_once(':') else {
            return Err(PortRange::parse(ports).map_or(MappingError::NotPorts, MappingError::OneNumber));
        };
        let (address, host) = match rest.rsplit_once(':') {
            Some((address, host)) => (Some(parse_address(address).ok_or(MappingError::Address)?), host),
            None => (None, rest),
        };
        let host = match host {
            ANY => None,
            host => Some(PortRange::parse(host).ok_or(MappingError::NotPorts)?),
        };
        let container = PortRange::parse(container).ok_or(MappingError::NotPorts)?;
        if host.is_some_and(|host| host.len() != container.len()) {
            return Err(MappingError::Lengths);
        }
        Ok(Self { address, host, container, protocol })
    }

    /// Whether both cannot be bound on one host, and the first port where they meet.
    /// 0.0.0.0 and `::` (Docker binds it for both families) meet every address of theirs; 127.0.0.1 and 127.0.0.2 do not meet.
    pub fn clash(&self, other: &Self) -> Option<Port> {
        if self.protocol != other.protocol || !addresses_meet(self.address, other.address) {
            return None;
        }
        self.host?.overlap(other.host?)
    }
}

impl fmt::Display for PortMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(IpAddr::V4(address)) => write!(f, "{address}:")?,
            Some(IpAddr::V6(address)) => write!(f, "[{address}]:")?,
            None => {}
        }
        match self.host {
            Some(host) => write!(f, "{host}:")?,
            None => write!(f, "{ANY}:")?,
        }
        self.container.fmt(f)?;
        if self.protocol == Protocol::Udp { f.write_str("/udp") } else { Ok(()) }
    }
}

fn parse_address(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(v6) => v6.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

/// Whether two addresses of the host, or all for `None`, cannot both be bound with one port.
pub fn addresses_meet(a: Option<IpAddr>, b: Option<IpAddr>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return true };
    a == b || (a.is_ipv4() == b.is_ipv4() && (a.is_unspecified() || b.is_unspecified()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(text: &str) -> PortMapping {
        PortMapping::parse(text).unwrap()
    }

    #[test]
    fn short_forms_read_and_print_back() {
        for text in [
            "80:80",
            "any:80",
            "127.0.0.1:any:80",
            "127.0.0.1:8080:80",
            "[::1]:8080:80",
            "53:53/udp",
            "8000-8010:9000-9010",
        ] {
            assert_eq!(mapping(text).to_string(), text);
        }
        assert_eq!(mapping("80:80/tcp").to_string(), "80:80");
    }

    #[test]
    fn exposed_ports_may_have_a_protocol() {
        for (text, is_right) in
            [("80", true), ("8000-8010/tcp", true), ("53/UDP", true), ("53/quic", false), ("a/tcp", false)]
        {
            assert_eq!(ExposedPorts::parse(text).is_some(), is_right, "{text}");
        }
    }

    #[test]
    fn what_is_no_mapping_says_why() {
        let why = |text| PortMapping::parse(text).unwrap_err();
        assert!(matches!(why("80"), MappingError::OneNumber(_)));
        assert_eq!(why("80:"), MappingError::NotPorts);
        assert_eq!(why("0:80"), MappingError::NotPorts);
        assert_eq!(why("70000:80"), MappingError::NotPorts);
        assert_eq!(why("8000-8001:80"), MappingError::Lengths);
        assert_eq!(why("localhost:80:80"), MappingError::Address);
        assert_eq!(why("80:80/sctp"), MappingError::Protocol);
    }

    #[test]
    fn clashes_look_at_address_range_and_protocol() {
        let clash = |a, b| mapping(a).clash(&mapping(b)).map(Port::number);
        assert_eq!(clash("80:80", "80:8080"), Some(80));
        assert_eq!(clash("8000-8010:1-11", "8005:80"), Some(8005));
        assert_eq!(clash("53:53", "53:53/udp"), None);
        assert_eq!(clash("127.0.0.1:80:80", "127.0.0.2:80:80"), None);
        assert_eq!(clash("127.0.0.1:80:80", "0.0.0.0:80:80"), Some(80));
        assert_eq!(clash("127.0.0.1:80:80", "80:80"), Some(80));
        assert_eq!(clash("127.0.0.1:80:80", "[::1]:80:80"), None);
    }
}
