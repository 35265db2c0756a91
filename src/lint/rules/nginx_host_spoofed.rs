//! # The application is told any host that a client makes up
//!
//! `$http_host` is the header as the client sent it, even where the request line names another host, and empty where the
//! client sent none. `$host` is the host that nginx chose the server by.
//!
//! ```nginx bad
//! location / {
//!     proxy_set_header Host $http_host;
//!     proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!     proxy_set_header X-Forwarded-Proto $scheme;
//!     proxy_pass http://127.0.0.1:8000;
//! }
//! ```
//!
//! ```nginx good
//! location / {
//!     proxy_set_header Host $host;
//!     proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!     proxy_set_header X-Forwarded-Proto $scheme;
//!     proxy_pass http://127.0.0.1:8000;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-host-spoofed";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.named("proxy_set_header") {
        let [name, value] = node.args.as_slice() else { continue };
        if name.text.eq_ignore_ascii_case("host") && matches!(value.text.as_str(), "$http_host" | "$arg_host")
        {
            findings.push(
                findings
                    .at(value.span, "the application is told any host that a client makes up")
                    .note(
                        "`$http_host` is the header as it was sent, whichever server the request line names",
                    )
                    .help("write `$host`, or `$host:$server_port` where the port matters")
                    .may_unsafe_fix(
                        "write `$host`",
                        configuration.word(value.span, &value.text, "$host").map(|edit| vec![edit]),
                    ),
            );
        }
    }
}
