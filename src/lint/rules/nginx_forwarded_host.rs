//! # X-Forwarded-Host says a name of the configuration
//!
//! The header tells the application under which name the client asked. `$server_name` is the first name of the server
//! block, whatever the client asked for; with a second name, or one with `*`, links and checks of the host go wrong.
//!
//! ```nginx bad
//! server {
//!     server_name shop.example www.shop.example;
//!     location / {
//!         proxy_set_header X-Forwarded-Host $server_name;
//!         proxy_pass http://app:8000;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! location / {
//!     proxy_set_header Host $host;
//!     proxy_set_header X-Forwarded-Host $host;
//!     proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
//!     proxy_set_header X-Forwarded-Proto $scheme;
//!     proxy_pass http://app:8000;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-forwarded-host";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.named("proxy_set_header") {
        let [name, value] = node.args.as_slice() else { continue };
        // Without a name the variable is empty, and nginx sends no such header.
        let names = configuration.inherited(node.parent, "server_name").and_then(|names| names.arg(0));
        if value.text == "$server_name" && matches!(names, None | Some("" | "_")) {
            continue;
        }
        let is_constant =
            value.text == "$server_name" || !(value.text.contains('$') || value.text.is_empty());
        if !name.text.eq_ignore_ascii_case("x-forwarded-host") || !is_constant {
            continue;
        }
        let found = findings
            .at(value.span, "the application is told the same host whatever the client asked for")
            .note("`X-Forwarded-Host` stands for the `Host` of the request; `$server_name` is the first name of the server block")
            .help("write `$host`");
        findings
            .push(found.safe_fix("pass on the host of the request", vec![(value.span, "$host".to_owned())]));
    }
}
