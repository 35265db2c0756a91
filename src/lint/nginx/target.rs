//! Where a `proxy_pass` and its like lead. Source: `ngx_http_proxy_pass` in `ngx_http_proxy_module.c`.

use super::{Configuration, Node};
use crate::source::Span;

/// What stands behind `proxy_pass`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) struct Target<'c> {
    /// Scheme and host, with the port: `http://app:8000`; variables may stand in it.
    pub(in crate::lint) host: &'c str,
    /// `:8000` without the colon.
    pub(in crate::lint) port: Option<&'c str>,
    /// What follows: a path, a query.
    pub(in crate::lint) rest: &'c str,
    /// The word.
    pub(in crate::lint) span: Span,
}

/// The target of a `proxy_pass`, `fastcgi_pass`, `uwsgi_pass`, `scgi_pass` or `grpc_pass`; `None` for a socket.
pub(in crate::lint) fn of(node: &Node) -> Option<Target<'_>> {
    let word = node.args.first()?;
    let rest = word.text.split_once("://").map_or(word.text.as_str(), |(_, rest)| rest);
    if rest.starts_with("unix:") {
        return None;
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    Some(Target { host, port, rest, span: word.span })
}

impl Target<'_> {
    /// Whether a variable stands in the host.
    pub(in crate::lint) fn is_variable(&self) -> bool {
        self.host.contains('$')
    }

    /// Whether the host is an address rather than a name.
    pub(in crate::lint) fn is_address(&self) -> bool {
        let host = self.host.trim_matches(['[', ']']);
        host.parse::<std::net::IpAddr>().is_ok()
    }

    /// Whether the host is something of the same deployment: a name without a dot, an address, a variable.
    pub(in crate::lint) fn is_within_project(&self) -> bool {
        self.is_variable() || self.is_address() || !self.host.contains('.')
    }
}

/// The servers of an `upstream` block, if that is what a host names.
pub(in crate::lint) fn upstream<'c>(
    configuration: &'c Configuration<'_>,
    host: &str,
) -> Option<Vec<&'c Node>> {
    let (id, _) = configuration.named("upstream").find(|(_, node)| node.arg(0) == Some(host))?;
    Some(configuration.in_block(Some(id), "server").collect())
}
