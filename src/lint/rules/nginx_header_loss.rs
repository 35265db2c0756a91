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

use crate::diagnostic::{Diagnostic, Fix, Safety};
use crate::lint::Findings;
use crate::lint::nginx::headers::{in_force, same_header};
use crate::lint::nginx::{Configuration, Node, NodeId, words};

pub(super) const CODE: &str = "nginx-header-loss";

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
        let mut blocks: Vec<NodeId> = configuration
            .named(kind.name)
            .filter(|(_, node)| node.directive().is_some())
            .filter_map(|(_, node)| node.parent)
            .collect();
        blocks.dedup();
        for (index, block) in blocks.iter().enumerate() {
            if !blocks[..index].contains(block) {
                check_block(configuration, *block, kind, findings);
            }
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
    let own: Vec<&Node> = configuration.in_block(Some(block), kind.name).collect();
    let outer = in_force(configuration, configuration.get(block).parent, kind.name);
    let lost: Vec<&Node> = outer
        .into_iter()
        .filter(|outer| outer.is_own && !own.iter().any(|own| same_header(own, outer)))
        .filter(|outer| !is_replaced(configuration, block, outer))
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
    for lost in &lost {
        found = found.label(lost.line, "lost");
    }
    findings.push(repeated(configuration, first, &lost, found));
}

/// Whether a header has nothing to say in a block, because the block says the same in another way.
fn is_replaced(configuration: &Configuration<'_>, block: NodeId, header: &Node) -> bool {
    let name = header.arg(0).unwrap_or_default().to_ascii_lowercase();
    match name.as_str() {
        // `expires` sets both, and a rule for caches outside is not meant for a block that has its own.
        "cache-control" | "expires" | "pragma" => {
            configuration.has(Some(block), &["expires"])
                || configuration
                    .in_block(Some(block), "add_header")
                    .any(|own| own.arg(0).is_some_and(|own| own.eq_ignore_ascii_case("cache-control")))
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
