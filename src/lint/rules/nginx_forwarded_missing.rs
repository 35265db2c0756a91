//! # The application does not learn who asked, and how
//!
//! Behind a proxy an application sees the proxy: its address, its `http`, and as `Host` the name of the upstream. It then
//! builds links with the wrong scheme and host, redirects in circles, and logs one address for everybody. A block that
//! sets one header of its own inherits none from outside.
//!
//! ```nginx bad
//! server {
//!     location / {
//!         proxy_pass http://app:8000;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     location / {
//!         proxy_set_header Host $host;
//!         proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!         proxy_set_header X-Forwarded-Proto $scheme;
//!         proxy_pass http://app:8000;
//!     }
//! }
//! ```

use std::collections::BTreeMap;

use crate::lint::Findings;
use crate::lint::edits::{self, Edit};
use crate::lint::nginx::headers::{in_force, passes_none};
use crate::lint::nginx::unread::may_say_more;
use crate::lint::nginx::{Configuration, NodeId, target, words};
use crate::source::Span;

pub(super) const CODE: &str = "nginx-forwarded-missing";

/// What an application asks for, as it is compared and as it is written.
const NEEDED: &[(&str, &str)] = &[
    ("host", "Host $host"),
    ("x-forwarded-for", "X-Forwarded-For $proxy_add_x_forwarded_for"),
    ("x-forwarded-proto", "X-Forwarded-Proto $scheme"),
];

/// So many further places are named.
const MOST_LABELS: usize = 3;

/// A place, and the lines that it lacks.
type Lacking = (Span, Option<Edit>);

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    // One finding for all places of a server that lack the same.
    let mut lacking: BTreeMap<(Option<NodeId>, Vec<&str>), Vec<Lacking>> = BTreeMap::new();
    for (id, node) in configuration.named("proxy_pass") {
        let Some(block) = node.parent else { continue };
        let is_own = target::of(node).is_some_and(|target| target.is_within_project());
        if !is_own
            || configuration.has(Some(block), &["internal"])
            || passes_none(configuration, block)
            || may_say_more(configuration, Some(block))
        {
            continue;
        }
        let set = in_force(configuration, Some(block), "proxy_set_header");
        let names: Vec<String> =
            set.iter().filter_map(|header| header.arg(0)).map(str::to_ascii_lowercase).collect();
        let has = |name: &str| names.iter().any(|set| set == name);
        if has("forwarded") {
            continue;
        }
        let missing: Vec<&str> =
            NEEDED.iter().filter(|(name, _)| !has(name)).map(|(_, written)| *written).collect();
        if !missing.is_empty() {
            let server = configuration.enclosing(id, "server");
            let lines = missing.iter().map(|written| format!("proxy_set_header {written};"));
            let lines = lines.collect::<Vec<_>>().join("\n");
            // Beside those that hold here: one of its own would keep them out of the block.
            let edit = match set.last() {
                Some(last) => configuration.behind(last, &lines),
                None => configuration.behind(node, &lines),
            };
            lacking.entry((server, missing)).or_default().push((node.line, edit));
        }
    }
    for ((_, missing), places) in lacking {
        let names: Vec<String> =
            missing.iter().map(|written| written.split(' ').next().unwrap_or(written).to_owned()).collect();
        let lines: Vec<String> =
            missing.iter().map(|written| format!("`proxy_set_header {written};`")).collect();
        let mut found = findings
            .at(
                places[0].0,
                format!(
                    "{} {} not passed on",
                    words::list(&names),
                    if names.len() == 1 { "is" } else { "are" }
                ),
            )
            .here("the application sees the proxy in the place of the client")
            .note("nginx inherits `proxy_set_header` only into blocks that have none")
            .help(format!("add {}", lines.join(" ")));
        for (place, _) in places.iter().skip(1).take(MOST_LABELS) {
            found = found.label(*place, "here, too");
        }
        let edits = edits::all(places.into_iter().map(|(_, edit)| edit));
        findings.push(found.may_unsafe_fix("pass them on", edits));
    }
}
