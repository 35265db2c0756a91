//! # A name in a variable, and nobody to look it up
//!
//! Where `proxy_pass` has a variable, nginx looks the name up at every request, and needs a `resolver` for it. Without one
//! every request is answered with 502. In a container Docker's resolver is 127.0.0.11.
//!
//! ```nginx bad
//! server {
//!     location / {
//!         set $app http://app:8000;
//!         proxy_set_header Host $host;
//!         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!         proxy_set_header X-Forwarded-Proto $scheme;
//!         proxy_pass $app;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     resolver 127.0.0.11 valid=10s;
//!     location / {
//!         set $app http://app:8000;
//!         proxy_set_header Host $host;
//!         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!         proxy_set_header X-Forwarded-Proto $scheme;
//!         proxy_pass $app;
//!     }
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::unread::may_say_more;
use crate::lint::nginx::{Configuration, Node, target};

pub(super) const CODE: &str = "nginx-resolver-missing";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (id, node) in configuration.named("proxy_pass") {
        let Some(variable) = whole_variable(node) else { continue };
        let knows = configuration.inherited(node.parent, "resolver").is_some();
        // The file of a server may stand in an `http` that has one.
        let is_seen = configuration.is_whole() || node.parent.is_some();
        if knows || !is_seen || may_say_more(configuration, node.parent) {
            continue;
        }
        let sets = configuration.named("set").filter(|(_, set)| set.arg(0) == Some(variable));
        let mut values: Vec<&Node> = sets.map(|(_, set)| set).collect();
        values.retain(|set| needs_resolver(configuration, set));
        let Some(set) = values.first() else { continue };
        let line = "resolver 127.0.0.11 valid=10s;";
        let edit = match configuration.enclosing(id, "server") {
            Some(server) => configuration.first_in(server, line),
            None => configuration.before(node, line),
        };
        findings.push(
            findings
                .at(node.arg_span(0), format!("nothing looks up the name in `{variable}`"))
                .label(set.arg_span(1), "this name")
                .note("nginx answers every request with 502: no resolver defined")
                .help("add `resolver 127.0.0.11 valid=10s;`, Docker's own, to the server")
                .may_unsafe_fix("ask Docker's resolver", edit.map(|edit| vec![edit])),
        );
    }
}

/// `$app` of `proxy_pass $app;` and of `proxy_pass http://$app:8000/...;`
fn whole_variable(node: &Node) -> Option<&str> {
    let target = target::of(node)?;
    let name = target.host.strip_prefix('$')?;
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_').then_some(target.host)
}

fn needs_resolver(configuration: &Configuration<'_>, set: &Node) -> bool {
    let Some(value) = set.arg(1) else { return false };
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    let host = rest.split(['/', '?', ':']).next().unwrap_or_default();
    let is_address = host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[');
    !host.is_empty() && !host.contains('$') && !is_address && target::upstream(configuration, host).is_none()
}
