//! Where a configuration of nginx passes requests to: the hosts and ports of `proxy_pass` and its like, and of the
//! servers of `upstream` blocks.
//!
//! Source: `ngx_parse_url` in `ngx_inet.c`; `proxy_pass`, `fastcgi_pass`, `upstream` in nginx's documentation.

use crate::lint::edits::Edit;
use crate::lint::nginx::{Configuration, End, Node, NodeId, Word};
use crate::source::{SourceMap, Span};

/// One address that requests are passed to.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Passed {
    /// The host, as written.
    pub(in crate::lint) host: String,
    /// The port, that of the scheme if none is written; `None` where nginx has none to go by.
    pub(in crate::lint) port: Option<u16>,
    /// Where the address is written.
    pub(in crate::lint) span: Span,
    /// The directive that says it: `proxy_pass`, or `server` of an `upstream`.
    pub(in crate::lint) node: NodeId,
    /// Whether nginx looks the host up when it starts, and does not start without it; with a variable in the address it
    /// does so for each request.
    pub(in crate::lint) is_at_start: bool,
}

/// The directives that pass requests on, with the port of those that have a default.
const PASSES: [&str; 6] =
    ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "memcached_pass"];

/// Every address that a configuration passes requests to, each place once.
pub(in crate::lint) fn passed(configuration: &Configuration<'_>) -> Vec<Passed> {
    let mut found = Vec::new();
    let mut groups: Vec<&str> = Vec::new();
    for (id, node) in configuration.named("upstream") {
        groups.extend(node.arg(0));
        for server in configuration.ids_in_block(Some(id), "server") {
            let node = configuration.get(*server);
            if let Some(word) = node.args.first().filter(|_| !node.is_damaged) {
                // `resolve` has nginx look the name up as it goes.
                let is_at_start = !node.args.iter().any(|arg| arg.text == "resolve");
                found.extend(address(&word.text, Some(80), word.span, *server, is_at_start));
            }
        }
    }
    for name in PASSES {
        for (id, node) in configuration.named(name) {
            let [word] = node.args.as_slice() else { continue };
            let Some((text, is_at_start)) = without_variable(configuration, word) else { continue };
            let Some((authority, port)) = authority(&text, name) else { continue };
            if !groups.iter().any(|group| group.eq_ignore_ascii_case(authority)) {
                found.extend(address(authority, port, word.span, id, is_at_start));
            }
        }
    }
    found
}

/// Every directive that passes requests on, with the addresses that it leads to, through its `upstream` if it names one.
pub(in crate::lint) fn passes<'c>(
    configuration: &'c Configuration<'_>,
) -> Vec<(NodeId, &'c Node, Vec<Passed>)> {
    let all = passed(configuration);
    let mut found = Vec::new();
    for (id, node) in PASSES.iter().flat_map(|name| configuration.named(name)) {
        let Some(word) = node.args.first() else { continue };
        let text = without_variable(configuration, word).map_or_else(String::new, |(text, _)| text);
        let group = authority(&text, &node.name).map_or("", |(authority, _)| authority);
        let is_meant = |passed: &&Passed| {
            let around = configuration.get(passed.node).parent.map(|parent| configuration.get(parent));
            let is_of = |block: &Node| {
                block.name == "upstream" && block.arg(0).is_some_and(|name| name.eq_ignore_ascii_case(group))
            };
            passed.node == id || around.is_some_and(is_of)
        };
        found.push((id, node, all.iter().filter(is_meant).cloned().collect()));
    }
    found
}

/// The text of an address and whether no variable stands in it; a variable that is set once to a text is that text.
fn without_variable(configuration: &Configuration<'_>, word: &Word) -> Option<(String, bool)> {
    let text = &word.text;
    let Some(at) = text.find('$') else { return Some((text.clone(), true)) };
    let rest = &text[at + 1..];
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let variable = &text[at..=at + end];
    let mut values = configuration.named("set").filter(|(_, set)| set.arg(0) == Some(variable));
    let (_, set) = values.next()?;
    let value = set.arg(1)?;
    (values.next().is_none() && end > 0 && !value.contains('$'))
        .then(|| (format!("{}{value}{}", &text[..at], &rest[end..]), false))
}

/// The host and port of an address, with the port of its scheme.
fn authority<'t>(text: &'t str, directive: &str) -> Option<(&'t str, Option<u16>)> {
    let (rest, port) = match text.split_once("://") {
        Some(("http" | "grpc", rest)) => (rest, Some(80)),
        Some(("https" | "grpcs", rest)) => (rest, Some(443)),
        Some(_) => return None,
        // In `stream` proxy_pass has no scheme, and a port of its own.
        None => (text, (directive == "grpc_pass").then_some(80)),
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    (!rest.starts_with("unix:")).then(|| (&rest[..end], port))
}

fn address(text: &str, default: Option<u16>, span: Span, node: NodeId, is_at_start: bool) -> Option<Passed> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (text, default),
    };
    // An address of IPv6, a socket, a template: none of them is a name.
    (!host.is_empty() && host.chars().all(is_plain)).then(|| Passed {
        host: host.to_owned(),
        port,
        span,
        node,
        is_at_start,
    })
}

/// Whether a directive is the block of a virtual server.
pub(in crate::lint) fn is_server(node: &Node) -> bool {
    node.name == "server" && node.end == End::Block
}

impl Passed {
    /// Another host in the place of this one.
    pub(in crate::lint) fn with_host(&self, sources: &SourceMap, host: &str) -> Option<Vec<Edit>> {
        let text = sources.text(self.span);
        let start =
            text.find("://").map_or(text.len() - text.trim_start_matches(['"', '\'']).len(), |at| at + 3);
        let rest = text[start..].strip_prefix(self.host.as_str())?;
        let is_whole = !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        let start = self.span.range().start + start;
        is_whole.then(|| vec![(Span::new(self.span.file, start, start + self.host.len()), host.to_owned())])
    }

    /// Another port in the place of the one that is written.
    pub(in crate::lint) fn with_port(&self, sources: &SourceMap, port: u16) -> Option<Vec<Edit>> {
        let text = sources.text(self.span);
        let written = format!("{}:{}", self.host, self.port?);
        let (before, after) = text.split_once(&written)?;
        let end = self.span.range().start + before.len() + written.len();
        let start = end - (written.len() - self.host.len() - 1);
        let is_whole = !after.starts_with(|c: char| c.is_ascii_digit());
        is_whole.then(|| vec![(Span::new(self.span.file, start, end), port.to_string())])
    }
}
