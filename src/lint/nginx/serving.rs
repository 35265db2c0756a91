//! Which blocks serve files, and from where.

use super::location::{Location, Match};
use super::{Configuration, Node, NodeId};
use crate::vocabulary::nginx::Context;

/// What answers a request in the place of a file.
const HANDLERS: &[&str] = &[
    "proxy_pass",
    "fastcgi_pass",
    "uwsgi_pass",
    "scgi_pass",
    "grpc_pass",
    "memcached_pass",
    "tunnel_pass",
    "return",
    "stub_status",
    "empty_gif",
    "js_content",
    "perl",
    "echo",
    "rewrite_by_lua_block",
    "content_by_lua",
    "content_by_lua_block",
    "content_by_lua_file",
];

/// Whether something in the block itself answers every request of it, so that no file is looked for.
pub(in crate::lint) fn is_answered(configuration: &Configuration<'_>, block: Option<NodeId>) -> bool {
    configuration.has(block, HANDLERS)
}

/// Where the files of a block come from: the nearest `root` or `alias`.
pub(in crate::lint) fn source<'c>(configuration: &'c Configuration<'_>, block: NodeId) -> Option<&'c Node> {
    // nginx takes no second one in a block.
    configuration
        .levels(Some(block))
        .find_map(|level| configuration.last(level, "alias").or(configuration.last(level, "root")))
}

/// The blocks of `http` that serve files from a place that somebody named, each with what names it: locations, and
/// servers that have no location for everything.
pub(in crate::lint) fn static_blocks<'c>(configuration: &'c Configuration<'_>) -> Vec<(NodeId, &'c Node)> {
    let is_block = |node: &Node| {
        matches!(
            (node.name.as_str(), node.context),
            ("location", Some(Context::Server | Context::Location)) | ("server", Some(Context::Http))
        )
    };
    let mut found = Vec::new();
    for (id, node) in configuration.all().filter(|(_, node)| is_block(node) && !node.is_damaged) {
        let answered = match Location::of(node) {
            Some(location) if location.by == Match::Named || is_for_certificates(&location) => true,
            Some(_) => {
                let server = configuration.enclosing(id, "server");
                is_answered(configuration, Some(id))
                    || server.is_some_and(|server| returns(configuration, server))
            }
            None => returns(configuration, id) || has_location_for_all(configuration, id),
        };
        if let Some(source) = source(configuration, id).filter(|_| !answered) {
            found.push((id, source));
        }
    }
    found
}

/// Whether a location is for the tokens by which a certificate authority sees who owns a site.
fn is_for_certificates(location: &Location<'_>) -> bool {
    location.pattern.contains("well-known")
}

/// Whether a server answers everything before a location is chosen.
fn returns(configuration: &Configuration<'_>, server: NodeId) -> bool {
    configuration.has(Some(server), &["return"])
}

fn has_location_for_all(configuration: &Configuration<'_>, server: NodeId) -> bool {
    let mut locations = configuration.in_block(Some(server), "location").filter_map(Location::of);
    locations.any(|location| location.is_prefix() && location.pattern == "/")
}

/// Whether a path is that of a page.
pub(in crate::lint) fn is_page(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| matches!(extension, "html" | "htm"))
}
