//! # nginx tells its version
//!
//! By default every answer carries the version of nginx in the `Server` header and on pages of errors, so that whoever
//! looks for servers with a known hole finds this one.
//!
//! ```nginx bad
//! events { }
//! http {
//!     include mime.types;
//!     charset utf-8;
//!     server {
//!         return 204;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! events { }
//! http {
//!     include mime.types;
//!     charset utf-8;
//!     server_tokens off;
//!     server {
//!         return 204;
//!     }
//! }
//! ```

use crate::lint::nginx::unread::may_say_more;
use crate::lint::nginx::{Configuration, Node};
use crate::lint::{Findings, edits};

pub(super) const CODE: &str = "nginx-server-tokens";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let on = configuration.named("server_tokens").map(|(_, node)| node).filter(|node| is_on(node));
    let on: Vec<&Node> = on.collect();
    if let Some(node) = on.first() {
        let edits = edits::all(on.iter().map(|node| configuration.with_args(node, "off")));
        findings.push(
            findings
                .at(node.line, "nginx tells its version in every answer")
                .help("write `server_tokens off;`")
                .in_stack("say `server_tokens off` in the proxy")
                .may_unsafe_fix("say `off`", edits),
        );
        return;
    }
    if !configuration.is_whole() || !configuration.is_handwritten {
        return;
    }
    let servers = configuration.named("server").filter(|(_, node)| !node.children.is_empty());
    let silent = servers.filter(|(id, _)| {
        configuration.inherited(Some(*id), "server_tokens").is_none()
            && !may_say_more(configuration, Some(*id))
    });
    let silent: Vec<_> = silent.collect();
    if let Some((first, server)) = silent.first() {
        let outer = configuration.enclosing(*first, "http");
        let http = outer.filter(|http| configuration.get(*http).head.file == server.head.file);
        let blocks: Vec<_> =
            http.map_or_else(|| silent.iter().map(|(id, _)| *id).collect(), |http| vec![http]);
        let edits = edits::all(blocks.into_iter().map(|id| configuration.first_in(id, "server_tokens off;")));
        findings.push(
            findings
                .at(server.head, "nginx tells its version in every answer")
                .note("`server_tokens` is `on` where nothing is said")
                .help("write `server_tokens off;` in the `http` block, or here")
                .in_stack("say `server_tokens off` in the proxy")
                .may_unsafe_fix("write `server_tokens off;`", edits),
        );
    }
}

fn is_on(node: &Node) -> bool {
    node.arg(0) == Some("on")
}
