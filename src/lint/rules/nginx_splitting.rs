//! # A header is built from the decoded path
//!
//! `$uri` and `$document_uri` are the path with `%0d%0a` already turned into the end of a line. In a redirect or a header
//! a client can so add headers of its own to the answer, or to the request that is passed on.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     return 301 https://$host$uri;
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     return 301 https://$host$request_uri;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::{Configuration, Word};

pub(super) const CODE: &str = "nginx-splitting";

/// The directives whose text ends up in the head of an answer or a request.
const INTO_HEADERS: &[&str] = &["return", "add_header", "proxy_set_header", "proxy_pass"];

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for name in INTO_HEADERS {
        for (_, node) in configuration.named(name) {
            // The text of other answers is their body.
            let is_redirect = node.args.len() == 1 || node.arg(0).is_some_and(|code| code.starts_with('3'));
            if *name == "return" && !is_redirect {
                continue;
            }
            let Some(word) = node.args.iter().find(|word| holds_path(word)) else { continue };
            findings.push(
                findings
                    .at(word.span, "a client can put the end of a line, and headers of its own, behind it")
                    .note(
                        "`$uri` and `$document_uri` are decoded: `%0d%0a` in the path is a line end in them",
                    )
                    .help("write `$request_uri`, which is as the client sent it"),
            );
        }
    }
}

fn holds_path(word: &Word) -> bool {
    ["$uri", "${uri}", "$document_uri", "${document_uri}"].iter().any(|name| {
        word.text.match_indices(name).any(|(at, _)| {
            let next = word.text[at + name.len()..].chars().next();
            name.ends_with('}') || !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    })
}
