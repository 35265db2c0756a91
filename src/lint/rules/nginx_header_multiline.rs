//! # A header over several lines
//!
//! nginx sends the value of a header as it is written, with the line ends in it. HTTP/2 and HTTP/3 allow none, so that
//! browsers refuse the whole answer; over HTTP/1.1 each reader makes something else of it.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     add_header Content-Security-Policy "
//!         default-src 'none';
//!         img-src 'self'";
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     add_header Content-Security-Policy "default-src 'none'; img-src 'self'";
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::{Configuration, Node, Word};

pub(super) const CODE: &str = "nginx-header-multiline";

/// What puts its words into the head of an answer or of a request.
const HEADERS: &[&str] =
    &["add_header", "add_trailer", "proxy_set_header", "grpc_set_header", "more_set_headers"];

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.all().filter(|(_, node)| HEADERS.contains(&node.name.as_str())) {
        if !node.is_own || node.is_damaged {
            continue;
        }
        for word in values(node).filter(|word| word.text.contains(['\n', '\r'])) {
            let text = configuration.sources.text(word.span);
            let edits = configuration.is_handwritten.then(|| vec![(word.span, in_one_line(text))]);
            findings.push(
                findings
                    .at(word.span, "the value of this header goes over several lines")
                    .note("HTTP/2 allows no line end in a header, and HTTP/1.1 no longer does: who reads it may refuse all of it")
                    .help("write it in one line; a `set` for each part keeps long ones readable")
                    .may_safe_fix("write it in one line", edits),
            );
        }
    }
}

/// The words that are sent. Source: the headers-more module, `ngx_http_headers_more_parse_directive`: `-s` and `-t`
/// take a word that is a list of codes or types.
fn values(node: &Node) -> impl Iterator<Item = &Word> {
    let mut is_list = false;
    node.args.iter().filter(move |word| {
        let was_list = std::mem::replace(&mut is_list, matches!(word.text.as_str(), "-s" | "-t"));
        node.name != "more_set_headers" || !was_list
    })
}

/// A word with a space in the place of each line end and what is blank around it, but none at its quotes.
fn in_one_line(text: &str) -> String {
    let lines: Vec<&str> = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_quote = |line: &&str| matches!(*line, "\"" | "'");
    let inner: Vec<&str> = lines.iter().copied().filter(|line| !is_quote(line)).collect();
    let first = lines.first().copied().filter(|line| is_quote(line)).unwrap_or_default();
    let last = lines.last().copied().filter(|line| is_quote(line)).unwrap_or_default();
    format!("{first}{}{last}", inner.join(" "))
}
