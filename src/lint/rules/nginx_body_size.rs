//! # Uploads of more than 1 MB are refused
//!
//! nginx answers a request with a larger body with 413 before the application sees it. Where files are uploaded the bound
//! belongs into the configuration, so that it is the application's.
//!
//! ```nginx bad
//! events { }
//! http {
//!     include mime.types;
//!     charset utf-8;
//!     server_tokens off;
//!     server {
//!         location / {
//!             proxy_set_header Host $host;
//!             proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!             proxy_set_header X-Forwarded-Proto $scheme;
//!             proxy_pass http://127.0.0.1:8000;
//!         }
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
//!     client_max_body_size 20m;
//!     server {
//!         location / {
//!             proxy_set_header Host $host;
//!             proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!             proxy_set_header X-Forwarded-Proto $scheme;
//!             proxy_pass http://127.0.0.1:8000;
//!         }
//!     }
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;
use crate::lint::nginx::unread::may_say_more;

pub(super) const CODE: &str = "nginx-body-size";

/// What hands a request with its body to an application.
const PASSES: &[&str] = &["proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass"];

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let says = configuration.named("client_max_body_size").next().is_some();
    if says || !configuration.is_whole() || !configuration.is_handwritten {
        return;
    }
    let passes = configuration.all().filter(|(_, node)| PASSES.contains(&node.name.as_str()) && node.is_own);
    let mut passes =
        passes.filter(|(_, node)| node.context.is_some() && !may_say_more(configuration, node.parent));
    if let Some((_, first)) = passes.next() {
        findings.push(
            findings
                .at(first.line, "requests with a body of more than 1 MB are refused")
                .here("the application never sees them")
                .note("`client_max_body_size` is `1m` where nothing is said")
                .help("write `client_max_body_size` with what the application takes, in the server or the location").in_stack("say `client_max_body_size` with what the application takes, in the site or for the path"),
        );
    }
}
