//! # Static files without caching, compression or a guard against sniffing
//!
//! Without `expires` or `Cache-Control` a browser asks for every stylesheet again; without `gzip` text is sent at four
//! times its size; without `X-Content-Type-Options` a browser may run what it takes for a script.
//!
//! ```nginx bad
//! events { }
//! http {
//!     include mime.types;
//!     charset utf-8;
//!     server_tokens off;
//!     server {
//!         root /srv/www;
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
//!     gzip on;
//!     gzip_types text/css application/javascript image/svg+xml;
//!     server {
//!         root /srv/www;
//!         expires 1h;
//!         add_header X-Content-Type-Options nosniff always;
//!     }
//! }
//! ```

use crate::lint::Findings;
use crate::lint::edits::{self, Edit};
use crate::lint::nginx::headers::in_force;
use crate::lint::nginx::serving::static_blocks;
use crate::lint::nginx::unread::may_say_more;
use crate::lint::nginx::{Configuration, Node, NodeId};

pub(super) const CODE: &str = "nginx-static-plain";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    if !configuration.is_whole() || !configuration.is_handwritten {
        return;
    }
    let plain = static_blocks(configuration).into_iter().filter_map(|(id, source)| {
        if !source.is_own || may_say_more(configuration, Some(id)) {
            return None;
        }
        let missing = missing(configuration, id);
        // Whoever thought of most of it left the rest out on purpose.
        (missing.len() >= 2).then_some((id, source, missing))
    });
    let plain: Vec<_> = plain.collect();
    let Some((_, first, missing)) = plain.first() else { return };
    let edits = plain.iter().map(|(id, source, missing)| lines(configuration, *id, source, missing));
    findings.push(
        findings
            .at(first.line, format!("files are served without {}", missing.join(", ")))
            .help("say in the server: `gzip on;` with `gzip_types`, `expires` or a `Cache-Control`, and `add_header X-Content-Type-Options nosniff always;`").in_stack("say in the site: `expires`, `gzip on` with `gzip_types`, and `add_header X-Content-Type-Options nosniff`")
            .may_unsafe_fix("add them", edits::all(edits)),
    );
}

/// The directives that say what a block lacks, beside what serves files.
fn lines(configuration: &Configuration<'_>, block: NodeId, source: &Node, missing: &[&str]) -> Option<Edit> {
    let headers = in_force(configuration, Some(block), "add_header");
    // A header of its own would keep those that are inherited out of the block.
    let may_add = headers.is_empty() || configuration.has(Some(block), &["add_header"]);
    let lines = missing.iter().flat_map(|what| match *what {
        "caching" => vec!["expires 1h;"],
        "compression" => vec!["gzip on;", COMPRESSED],
        _ if may_add => vec!["add_header X-Content-Type-Options nosniff always;"],
        _ => Vec::new(),
    });
    let lines: Vec<&str> = lines.collect();
    configuration.behind(source, &lines.join("\n"))
}

/// What becomes much smaller.
const COMPRESSED: &str = "gzip_types text/css text/javascript text/plain text/xml application/javascript application/json application/xml image/svg+xml;";

/// What a block lacks, if it lacks most of it.
fn missing(configuration: &Configuration<'_>, block: NodeId) -> Vec<&'static str> {
    let headers = in_force(configuration, Some(block), "add_header");
    let has =
        |name: &str| headers.iter().any(|node| node.arg(0).is_some_and(|set| set.eq_ignore_ascii_case(name)));
    let is_on = |name: &str| {
        configuration.inherited(Some(block), name).is_some_and(|node| node.arg(0) != Some("off"))
    };
    let mut missing = Vec::new();
    if !is_on("expires") && !has("cache-control") {
        missing.push("caching");
    }
    if !is_on("gzip") && !is_on("gzip_static") && !is_on("brotli") {
        missing.push("compression");
    }
    if !has("x-content-type-options") {
        missing.push("`X-Content-Type-Options`");
    }
    missing
}
