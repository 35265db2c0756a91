//! # Text is served without a charset
//!
//! nginx says nothing about the encoding of text unless `charset` does. A browser then guesses for text/plain and for
//! HTML without a `meta` element, and shows letters that are not ASCII wrongly.
//!
//! ```nginx bad
//! events {
//! }
//! http {
//!     include mime.types;
//!     server {
//!         listen 80;
//!         root /srv/www;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! events {
//! }
//! http {
//!     include mime.types;
//!     charset utf-8;
//!     server {
//!         listen 80;
//!         root /srv/www;
//!     }
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::location::{Location, Match};
use crate::lint::nginx::{Configuration, NodeId, serving};
use crate::vocabulary::nginx::Context;

pub(super) const CODE: &str = "mime-no-charset";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let http = configuration.named("http").find(|(_, node)| node.context == Some(Context::Main));
    let (Some((id, http)), None) = (http, configuration.all().find(|(_, node)| node.name == "charset"))
    else {
        return;
    };
    let mut blocks = serving::static_blocks(configuration).into_iter();
    let Some((_, source)) = blocks.find(|(block, source)| source.is_own && has_pages(configuration, *block))
    else {
        return;
    };
    findings.push(
        findings
            .at(http.head, "text is served without a charset")
            .label(source.line, "files are served from here")
            .note("a browser guesses the encoding of text that does not say it itself")
            .help("write `charset utf-8;` in `http`")
            .in_stack("say `charset utf-8` in the proxy")
            .may_unsafe_fix(
                "write `charset utf-8;`",
                configuration.first_in(id, "charset utf-8;").map(|edit| vec![edit]),
            ),
    );
}

/// Whether the files of a block are those of a site, pages among them, rather than what an application keeps there.
fn has_pages(configuration: &Configuration<'_>, block: NodeId) -> bool {
    let is_site = match Location::of(configuration.get(block)) {
        Some(location) => location.by == Match::Prefix && location.pattern == "/",
        None => true,
    };
    let index = configuration.inherited(Some(block), "index").and_then(|index| index.arg(0));
    is_site && index.is_none_or(serving::is_page)
}
