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
use crate::lint::nginx::{Configuration, target};

pub(super) const CODE: &str = "nginx-ssrf";

/// Variables whose text a client chooses freely.
const CHOSEN: &[&str] = &["$http_", "$arg_", "$cookie_", "$args", "$query_string", "$is_args"];

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.named("proxy_pass") {
        let Some(target) = target::of(node) else { continue };
        let captured =
            target.host.as_bytes().windows(2).any(|pair| pair[0] == b'$' && pair[1].is_ascii_digit());
        let chosen = captured || CHOSEN.iter().any(|name| target.host.contains(name));
        if !chosen || configuration.has(node.parent, &["internal"]) {
            continue;
        }
        findings.push(
            findings
                .at(target.span, "the client chooses which server nginx asks")
                .here(format!("`{}` comes from the request", target.host))
                .help("name the server, or choose one among known ones by a `map`"),
        );
    }
}
