//! # The address of the application is looked up once
//!
//! nginx looks up a name in `proxy_pass` or `upstream` when it starts, and never again. A container that is made anew may
//! get another address: nginx then answers 502 until it is reloaded. If the name is not there yet, nginx does not start.
//!
//! ```nginx bad
//! location / {
//!     proxy_set_header Host $host;
//!     proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!     proxy_set_header X-Forwarded-Proto $scheme;
//!     proxy_pass http://app:8000;
//! }
//! ```
//!
//! ```nginx good
//! resolver 127.0.0.11 valid=10s;
//! upstream app {
//!     zone app 64k;
//!     server app:8000 resolve;
//! }
//! server {
//!     location / {
//!         proxy_set_header Host $host;
//!         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!         proxy_set_header X-Forwarded-Proto $scheme;
//!         proxy_pass http://app;
//!     }
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::{Configuration, Node, target};

pub(super) const CODE: &str = "nginx-upstream-fixed";

/// So many further places are named.
const MOST_LABELS: usize = 3;

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    if !configuration.is_handwritten {
        return;
    }
    let passes = ["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass"];
    let passes = passes.iter().flat_map(|name| configuration.named(name));
    let mut places: Vec<&Node> =
        passes.map(|(_, node)| node).filter(|node| is_fixed(configuration, node)).collect();
    let servers =
        configuration.named("upstream").flat_map(|(id, _)| configuration.in_block(Some(id), "server"));
    places.extend(servers.filter(|server| server.is_own && is_name_once(server)));
    places.sort_by_key(|node| node.line);
    let Some((first, others)) = places.split_first() else { return };
    let mut found = findings
        .at(first.arg_span(0), "the name is looked up once, when nginx starts")
        .note("a container that is made anew may have another address, and nginx answers 502 until it is reloaded; if the name is unknown, nginx does not start")
        .help("add `resolve` to the server of an `upstream` with a `zone` and a `resolver 127.0.0.11`, or put the name into a variable").in_stack("`defaults secure` has it looked up again");
    for other in others.iter().take(MOST_LABELS) {
        found = found.label(other.arg_span(0), "looked up once, too");
    }
    findings.push(found);
}

fn is_fixed(configuration: &Configuration<'_>, node: &Node) -> bool {
    target::of(node).is_some_and(|target| {
        !target.is_variable()
            && !target.is_address()
            && target.is_within_project()
            && !matches!(target.host, "" | "localhost")
            && target::upstream(configuration, target.host).is_none()
    })
}

/// Whether a `server` of an `upstream` is a name of the deployment that is not resolved again.
fn is_name_once(server: &Node) -> bool {
    let is_name = target::of(server).is_some_and(|target| {
        !target.is_address() && target.is_within_project() && !matches!(target.host, "" | "localhost")
    });
    is_name && !server.args.iter().any(|word| word.text == "resolve")
}
