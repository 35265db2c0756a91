//! `listen`: on which addresses and ports a server listens. Source: `ngx_http_core_listen` in nginx's
//! `src/http/ngx_http_core_module.c` and `ngx_parse_url` in `src/core/ngx_inet.c`.

use super::build::{Built, refuse};
use super::config::{Address, Listen};
use super::load::Node;

/// The addresses of a server, port 80 of all if it names none. Sockets of the file system take no requests of a URL.
pub(crate) fn of(nodes: &[Node]) -> Built<Vec<Listen>> {
    let mut listens = Vec::new();
    let mut any = false;
    for node in nodes.iter().filter(|node| node.name == "listen") {
        any = true;
        let text = node.arg(0);
        if text.starts_with("unix:") {
            continue;
        }
        let Some((address, port)) = parse(text) else {
            return refuse("nginx refuses this address", node.span);
        };
        let has = |word: &str| node.args.iter().skip(1).any(|arg| arg == word);
        if has("quic") {
            continue;
        }
        let is_default = has("default_server") || has("default");
        listens.push(Listen { address, port, is_default, tls: has("ssl"), span: Some(node.span) });
    }
    if !any {
        listens.push(Listen { address: Address::AnyV4, port: 80, is_default: false, tls: false, span: None });
    }
    Ok(listens)
}

fn parse(text: &str) -> Option<(Address, u16)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        let port = match rest.strip_prefix(':') {
            Some(port) => port.parse().ok()?,
            None if rest.is_empty() => 80,
            None => return None,
        };
        let address: std::net::Ipv6Addr = address.parse().ok()?;
        let address = if address.is_unspecified() { Address::AnyV6 } else { Address::One(address.into()) };
        return Some((address, port));
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((Address::AnyV4, text.parse().ok().filter(|port| *port > 0)?));
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0)?),
        None => (text, 80),
    };
    let address = match host.parse::<std::net::Ipv4Addr>() {
        Ok(address) if address.is_unspecified() => Address::AnyV4,
        Ok(address) => Address::One(address.into()),
        Err(_) if host == "*" => Address::AnyV4,
        Err(_) if host.is_empty() => return None,
        Err(_) => Address::Named,
    };
    Some((address, port))
}

#[cfg(test)]
mod tests {
    use super::{Address, parse};

    #[test]
    fn addresses_are_read_in_every_form() {
        for (text, expected) in [
            ("80", Some((Address::AnyV4, 80))),
            ("*:8080", Some((Address::AnyV4, 8080))),
            ("0.0.0.0:81", Some((Address::AnyV4, 81))),
            ("127.0.0.1", Some((Address::One([127, 0, 0, 1].into()), 80))),
            ("[::]:80", Some((Address::AnyV6, 80))),
            ("localhost:8000", Some((Address::Named, 8000))),
            ("a:b", None),
            ("[::1", None),
            ("0", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
