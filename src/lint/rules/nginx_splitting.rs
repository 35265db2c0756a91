//! # A header is built from the decoded path
//!
//! `$uri` and `$document_uri` are the path with `%0d%0a` already turned into the end of a line. In a redirect or a header
//! a client can so add headers of its own to the answer, or to the request that is passed on. What a location captures
//! by `[^/]+`, `\W` or `\s` is a part of that path, and can hold the end of a line as well; `.` does not match one.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     return 301 https://$host$uri;
//! }
//! ```
//!
//! ```nginx bad
//! location ~ ^/files/([^/]+)/$ {
//!     proxy_pass http://storage:9000/$1;
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
use crate::lint::edits::{self, Edit};
use crate::lint::nginx::line_ends::capture;
use crate::lint::nginx::{Configuration, Node, Word};

pub(super) const CODE: &str = "nginx-splitting";

/// The directives whose text ends up in the head of an answer or a request.
const INTO_HEADERS: &[&str] = &["return", "rewrite", "add_header", "proxy_set_header", "proxy_pass"];

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for name in INTO_HEADERS {
        for (_, node) in configuration.named(name) {
            let words = sent(node);
            let what = "a client can put the end of a line, and headers of its own, behind it";
            if let Some(word) = words.iter().find(|word| holds_path(word)) {
                let holding = words.iter().filter(|word| holds_path(word));
                let edits = edits::all(holding.map(|word| as_sent(configuration, word)));
                findings.push(
                    findings
                        .at(word.span, what)
                        .note("`$uri` and `$document_uri` are decoded: `%0d%0a` in the path is a line end in them")
                        .help("write `$request_uri`, which is as the client sent it")
                        .may_unsafe_fix("write `$request_uri`", edits),
                );
                continue;
            }
            // What a `rewrite` captures itself is escaped for a redirect. Source: `ngx_http_script_regex_start_code`.
            let captures = words.iter().filter(|_| *name != "rewrite");
            let mut captures =
                captures.filter_map(|word| Some((word, capture(configuration, node.parent, &word.text)?)));
            let Some((word, capture)) = captures.next() else { continue };
            findings.push(
                findings
                    .at(word.span, what)
                    .label(capture.location.span, format!("`{}` can hold one", capture.name))
                    .note("the path is decoded before a location is looked for: `%0a` in it is a line end")
                    .help("let the group match none: `[^/\\s]` in place of `[^/]`, or `.`"),
            );
        }
    }
}

/// The words of a directive that are sent.
fn sent(node: &Node) -> &[Word] {
    match node.name.as_str() {
        // The text of other answers is their body.
        "return" if node.args.len() > 1 && !node.arg(0).is_some_and(|code| code.starts_with('3')) => &[],
        "rewrite" => {
            let is_redirect = matches!(node.arg(2), Some("redirect" | "permanent"))
                || node.arg(1).is_some_and(|to| {
                    ["http://", "https://", "$scheme"].iter().any(|start| to.starts_with(start))
                });
            if is_redirect { &node.args[1..2] } else { &[] }
        }
        _ => &node.args,
    }
}

/// The word with the path as the client sent it, which has the arguments behind it.
fn as_sent(configuration: &Configuration<'_>, word: &Word) -> Option<Edit> {
    let mut text = configuration.sources.text(word.span).to_owned();
    for path in ["${document_uri}", "$document_uri", "${uri}", "$uri"] {
        for arguments in ["$is_args$args", "$is_args$query_string", "?$args", "?$query_string", ""] {
            text = text.replace(&format!("{path}{arguments}"), "$request_uri");
        }
    }
    // `$uri_of_mine` is another variable.
    let is_other = text
        .split("$request_uri")
        .skip(1)
        .any(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
    let has_more = text.contains("args") || text.contains("query_string");
    (configuration.is_handwritten && !is_other && !has_more).then_some((word.span, text))
}

fn holds_path(word: &Word) -> bool {
    ["$uri", "${uri}", "$document_uri", "${document_uri}"].iter().any(|name| {
        word.text.match_indices(name).any(|(at, _)| {
            let next = word.text[at + name.len()..].chars().next();
            name.ends_with('}') || !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    })
}
