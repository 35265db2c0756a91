//! Which table of content types holds in a block. Source: `ngx_http_core_merge_loc_conf`: a table at an inner level
//! replaces the outer one.

use super::{Configuration, End, Node, NodeId};

/// What a level says about its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) enum Table {
    /// It has one.
    Own,
    /// It includes files that are not there to be read, one of which may hold one.
    Unknown,
    /// It inherits.
    Inherited,
}

/// What a block (the outermost level for `None`) says about its table.
pub(in crate::lint) fn at(configuration: &Configuration<'_>, level: Option<NodeId>) -> Table {
    let is_unknown = |node: &Node| !node.is_resolved && !holds_servers(node);
    let includes = || configuration.in_block(level, "include");
    let has_types = configuration.in_block(level, "types").any(|node| node.end == End::Table);
    if has_types || includes().any(is_stock) {
        Table::Own
    } else if includes().any(is_unknown) {
        Table::Unknown
    } else {
        Table::Inherited
    }
}

/// Whether a directive takes in a table that nginx or a distribution ships.
pub(in crate::lint) fn is_stock(node: &Node) -> bool {
    let name = node.arg(0).and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    node.name == "include" && name.contains("mime")
}

/// Whether an `include` is one for servers, which no table stands among.
fn holds_servers(include: &Node) -> bool {
    include
        .arg(0)
        .is_some_and(|path| ["conf.d/", "sites", "servers/", "vhosts"].iter().any(|part| path.contains(part)))
}
