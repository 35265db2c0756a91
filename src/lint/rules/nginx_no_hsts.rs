//! # The first request may still go without TLS
//!
//! Without `Strict-Transport-Security` a browser follows an `http://` link without TLS every time, and whoever is in the
//! way answers in the place of the server. It is a promise: say it once TLS is there to stay.
//!
//! ```nginx bad
//! server {
//!     listen 443 ssl;
//!     ssl_certificate /etc/tls/site.pem;
//!     ssl_certificate_key /etc/tls/site.key;
//!     location / {
//!         return 204;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 443 ssl;
//!     ssl_certificate /etc/tls/site.pem;
//!     ssl_certificate_key /etc/tls/site.key;
//!     add_header Strict-Transport-Security "max-age=31536000" always;
//!     location / {
//!         return 204;
//!     }
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;
use crate::lint::nginx::unread::may_say_more;

pub(super) const CODE: &str = "nginx-no-hsts";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let is_hsts = |name: &str| name.eq_ignore_ascii_case("strict-transport-security");
    let says = configuration.named("add_header").any(|(_, node)| node.arg(0).is_some_and(is_hsts));
    if says || !configuration.is_handwritten {
        return;
    }
    let is_tls = |(_, node): &(_, &crate::lint::nginx::Node)| node.args.iter().any(|word| word.text == "ssl");
    let listens = configuration
        .named("listen")
        .find(is_tls)
        .filter(|(_, node)| !may_say_more(configuration, node.parent));
    if let Some((_, listen)) = listens {
        findings.push(
            findings
                .at(listen.line, "browsers are not told to keep to TLS")
                .help("once TLS is there to stay, write `add_header Strict-Transport-Security \"max-age=31536000\" always;`, in every block with headers of its own"),
        );
    }
}
