//! # `nosniff` together with a wrong content type
//!
//! `X-Content-Type-Options: nosniff` has browsers refuse scripts and stylesheets whose type is not that of a script or
//! a stylesheet. Where the table of types is missing or replaced, that is every one of them.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     root /srv/www;
//!     add_header X-Content-Type-Options nosniff;
//!     location /app/ {
//!         types {
//!             text/javascript mjs;
//!         }
//!     }
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     root /srv/www;
//!     add_header X-Content-Type-Options nosniff;
//!     location /app/ {
//!         include mime.types;
//!         types {
//!             text/javascript mjs;
//!         }
//!     }
//! }
//! ```

use super::{mime_no_table, mime_table_replaced};
use crate::lint::Findings;
use crate::lint::edits::Edit;
use crate::lint::nginx::headers::in_force;
use crate::lint::nginx::{Configuration, NodeId};
use crate::source::Span;

pub(super) const CODE: &str = "mime-nosniff";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let mut wrong: Vec<(NodeId, Span, &str, Option<Edit>)> = Vec::new();
    if let Some((http, block)) = mime_no_table::untabled(configuration) {
        let edit = configuration.first_in(http, mime_no_table::INCLUDE);
        wrong.push((block, configuration.get(http).head, "has no table of types", edit));
    }
    for replaced in mime_table_replaced::replaced(configuration) {
        // With a type for both there is nothing that a browser would refuse.
        if replaced.lost.iter().any(|kind| matches!(kind.as_str(), ".css" | ".js")) {
            wrong.push((
                replaced.block,
                configuration.get(replaced.types).head,
                "replaces the table of types",
                configuration.before(configuration.get(replaced.types), mime_no_table::INCLUDE),
            ));
        }
    }
    for (block, cause, what, edit) in wrong {
        let headers = in_force(configuration, Some(block), "add_header");
        let Some(header) = headers.into_iter().find(|header| {
            header.is_own
                && header.arg(0).is_some_and(|name| name.eq_ignore_ascii_case("x-content-type-options"))
        }) else {
            continue;
        };
        findings.push(
            findings
                .at(header.line, "`nosniff` has browsers refuse what is sent with a wrong type")
                .label(cause, what)
                .note("scripts and stylesheets are sent as `default_type` there")
                .help("give them their types: `include mime.types;`")
                .may_unsafe_fix("include the table", edit.map(|edit| vec![edit])),
        );
    }
}
