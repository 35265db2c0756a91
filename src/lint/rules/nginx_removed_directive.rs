//! # A directive that newer releases of nginx refuse
//!
//! nginx had this directive once and has it no more. An older image still starts with it; a newer one, which a floating
//! tag brings sooner or later, does not.
//!
//! ```nginx bad
//! server {
//!     listen 443;
//!     ssl on;
//!     ssl_certificate /etc/ssl/site.crt;
//!     ssl_certificate_key /etc/ssl/site.key;
//!     return 204;
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 443 ssl;
//!     ssl_certificate /etc/ssl/site.crt;
//!     ssl_certificate_key /etc/ssl/site.key;
//!     return 204;
//! }
//! ```

use crate::http::mime::NginxVersion;
use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-removed-directive";

/// A directive of earlier releases.
pub(super) struct Removed {
    name: &'static str,
    /// The first release without it.
    since: (u16, u16, u16),
    /// What to write.
    help: &'static str,
}

/// Where nothing has taken its place.
const LEAVE_OUT: &str = "leave it out";

/// Source: nginx's change log.
const REMOVED: &[Removed] = &[
    Removed { name: "limit_zone", since: (1, 7, 6), help: "write `limit_conn_zone`" },
    Removed { name: "spdy_chunk_size", since: (1, 9, 5), help: LEAVE_OUT },
    Removed { name: "spdy_headers_comp", since: (1, 9, 5), help: LEAVE_OUT },
    Removed { name: "ssl", since: (1, 25, 1), help: "write `listen ... ssl`" },
];

/// The directive of that name, if nginx had it and has it no more.
pub(super) fn removed(name: &str) -> Option<&'static Removed> {
    REMOVED.iter().find(|removed| removed.name == name)
}

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.all().filter(|(_, node)| node.is_own && !node.is_damaged) {
        let Some(removed) = removed(&node.name).filter(|_| node.context.is_some()) else { continue };
        let (major, minor, patch) = removed.since;
        let since = NginxVersion { major, minor, patch };
        if configuration.version.is_some_and(|version| version < since) {
            continue;
        }
        let edit = configuration.without(node).filter(|_| removed.help == LEAVE_OUT);
        findings.push(
            findings
                .at(node.line, format!("nginx has no directive `{}` since {since}", removed.name))
                .note("that release and every later one refuse to start with it")
                .help(removed.help)
                .may_safe_fix("remove it", edit.map(|edit| vec![edit])),
        );
    }
}
