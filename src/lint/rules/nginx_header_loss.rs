//! # Headers that are lost in an inner block
//!
//! A block that has an `add_header` of its own inherits none of those around it, and the same holds for
//! `proxy_set_header`. The headers of the server, often those that protect it, are then missing from what the location
//! answers, or from what it passes on. From nginx 1.29.3 on, `add_header_inherit merge` adds them up.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     add_header X-Frame-Options DENY always;
//!     location /reports/ {
//!         add_header Cache-Control no-store;
//!         proxy_pass http://reports:8000;
//!     }
//! }
//! ```
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     proxy_set_header Host $host;
//!     proxy_set_header X-Forwarded-Proto $scheme;
//!     location /live/ {
//!         proxy_set_header Upgrade $http_upgrade;
//!         proxy_pass http://app:8000;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     add_header X-Frame-Options DENY always;
//!     location /reports/ {
//!         add_header X-Frame-Options DENY always;
//!         add_header Cache-Control no-store;
//!         proxy_pass http://reports:8000;
//!     }
//! }
//! ```

use std::collections::{BTreeSet, HashSet};

use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::lint::Findings;
use crate::lint::nginx::headers::{in_force, passes_none};
use crate::lint::nginx::{Configuration, Node, NodeId, words};

pub(super) const CODE: &str = "nginx-header-loss";

/// So many lost headers are pointed at.
const MOST_LABELS: usize = 8;

/// A directive of which a block with one of its own inherits none.
struct Kind {
    name: &'static str,
    /// What makes an inner block add to the outer ones.
    inherit: Option<&'static str>,
    /// The directive without which it does nothing.
    needs: Option<&'static str>,
}

const KINDS: &[Kind] = &[
    Kind { name: "add_header", inherit: Some("add_header_inherit"), needs: None },
    Kind { name: "proxy_set_header", inherit: None, needs: Some("proxy_pass") },
    Kind { name: "grpc_set_header", inherit: None, needs: Some("grpc_pass") },
];

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for kind in KINDS {
        let nodes = configuration.named(kind.name).map(|(_, node)| node);
        let blocks: BTreeSet<NodeId> =
            nodes.filter(|node| node.directive().is_some()).filter_map(|node| node.parent).collect();
        for block in blocks {
            check_block(configuration, block, kind, findings);
        }
    }
}

fn check_block(configuration: &Configuration<'_>, block: NodeId, kind: &Kind, findings: &mut Findings<'_>) {
    let merges = kind.inherit.and_then(|name| configuration.inherited(Some(block), name));
    if merges.is_some_and(|merges| merges.arg(0) == Some("merge")) {
        return;
    }
    if kind.needs.is_some_and(|needs| !reaches(configuration, block, needs)) {
        return;
    }
    if kind.name == "proxy_set_header" && passes_none(configuration, block) {
        return;
    }
    let own: Vec<&Node> = configuration.in_block(Some(block), kind.name).collect();
    let outer = in_force(configuration, configuration.get(block).parent, kind.name);
    let names: HashSet<String> = own.iter().filter_map(|own| name_of(own)).collect();
    let lost = outer.into_iter().filter(|outer| outer.is_own);
    let lost: Vec<&Node> = lost
        .filter(|outer| name_of(outer).is_some_and(|name| !names.contains(&name)))
        .filter(|outer| !is_replaced(configuration, block, outer, &names))
        .collect();
    let Some(first) = own.iter().find(|own| own.is_own) else { return };
    if lost.is_empty() {
        return;
    }
    let names: Vec<String> = lost.iter().map(|node| node.arg(0).unwrap_or_default().to_owned()).collect();
    let is = if names.len() == 1 { "is" } else { "are" };
    let mut found = findings
        .at(first.line, format!("{} {is} lost in this block", words::list(&names)))
        .here(format!("its own `{}` replaces all of those around it", kind.name))
        .note(format!("nginx inherits `{}` only into blocks that have none", kind.name));
    found = found.help("repeat in this block what shall hold in it");
    for lost in lost.iter().take(MOST_LABELS) {
        found = found.label(lost.line, "lost");
    }
    findings.push(repeated(configuration, first, &lost, found));
}

/// The name of a header as names are compared.
fn name_of(header: &Node) -> Option<String> {
    header.arg(0).map(str::to_ascii_lowercase)
}

/// Whether a header has nothing to say in a block, because the block says the same in another way.
fn is_replaced(
    configuration: &Configuration<'_>,
    block: NodeId,
    header: &Node,
    own: &HashSet<String>,
) -> bool {
    match name_of(header).unwrap_or_default().as_str() {
        // `expires` sets both, and a rule for caches outside is not meant for a block that has its own.
        "cache-control" | "expires" | "pragma" => {
            configuration.has(Some(block), &["expires"]) || own.contains("cache-control")
        }
        _ => false,
    }
}

/// Whether a block or one inside of it has the directive.
fn reaches(configuration: &Configuration<'_>, block: NodeId, name: &str) -> bool {
    configuration.children(Some(block)).any(|(id, node)| {
        node.name == name || (!node.children.is_empty() && reaches(configuration, id, name))
    })
}

/// The finding with a fix that repeats the lost headers.
fn repeated(
    configuration: &Configuration<'_>,
    first: &Node,
    lost: &[&Node],
    mut found: Diagnostic,
) -> Diagnostic {
    if !configuration.is_handwritten {
        return found;
    }
    let file = configuration.sources.file(first.line.file);
    let line = file.line_range(file.line_index(first.line.start));
    let indent = &file.text[line.start..first.line.range().start];
    if !indent.trim().is_empty() {
        return found;
    }
    let lines = lost.iter().flat_map(|lost| {
        [
            configuration.sources.text(lost.line),
            ";
",
            indent,
        ]
    });
    let text: String = lines.collect();
    found.fix = Some(Fix {
        title: "repeat the lost headers".to_owned(),
        edits: vec![(first.line.at_start(), text)],
        safety: Safety::Unsafe,
    });
    found
}
