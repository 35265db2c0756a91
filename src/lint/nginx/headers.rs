//! Which headers hold in a block: those of the nearest level that has any of the kind.

use super::{Configuration, Node, NodeId};

/// The directives of `kind` (`add_header`, `proxy_set_header`) that hold in a block.
pub(in crate::lint) fn in_force<'c>(
    configuration: &'c Configuration<'_>,
    block: Option<NodeId>,
    kind: &str,
) -> Vec<&'c Node> {
    configuration
        .levels(block)
        .map(|level| configuration.in_block(level, kind).collect::<Vec<_>>())
        .find(|headers| !headers.is_empty())
        .unwrap_or_default()
}

/// Whether a block passes on nothing of what a request says of itself: then nobody is to learn who asks.
pub(in crate::lint) fn passes_none(configuration: &Configuration<'_>, block: NodeId) -> bool {
    configuration
        .inherited(Some(block), "proxy_pass_request_headers")
        .is_some_and(|node| node.arg(0) == Some("off"))
}
