//! # A request chooses which server is asked
//!
//! Where the host of `proxy_pass` comes from the request, a client has nginx ask any server that nginx reaches: the
//! metadata service of a cloud, a database, the other containers.
//!
//! ```nginx bad
//! location ~ ^/fetch/([^/]+)/(.*)$ {
//!     proxy_pass http://$1/$2;
//! }
//! ```
//!
//! ```nginx good
//! location /fetch/ {
//!     proxy_set_header Host $host;
//!     proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!     proxy_set_header X-Forwarded-Proto $scheme;
//!     proxy_pass http://127.0.0.1:9000/;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::{Configuration, chosen};

pub(super) const CODE: &str = "nginx-ssrf";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.named("proxy_pass") {
        let Some(word) = node.args.first() else { continue };
        let origin = origin(&word.text);
        // `http://app$request_uri` and `http://app$uri` follow a name with a path.
        let origin = ["$request_uri", "$uri", "$document_uri"].iter().fold(origin, |origin, path| {
            if origin == *path { origin } else { origin.trim_end_matches(path) }
        });
        let Some(name) = chosen::variable(configuration, node.parent, origin) else { continue };
        if configuration.has(node.parent, &["internal"]) {
            continue;
        }
        findings.push(
            findings
                .at(word.span, "the client chooses which server nginx asks")
                .here(format!("`${name}` comes from the request"))
                .help("name the server, or choose one among known ones by a `map`"),
        );
    }
}

/// Scheme, host and port: what stands before the path.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    url[start..].find('/').map_or(url, |at| &url[..start + at])
}
