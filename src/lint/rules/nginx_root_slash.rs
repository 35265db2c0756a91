//! # Everything on the machine is served
//!
//! A `root` or `alias` of `/` serves whatever nginx may read: `/etc/passwd`, the configuration, keys.
//!
//! ```nginx bad
//! server {
//!     root /;
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     root /srv/www;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-root-slash";

/// Folders in which no site stands.
const SYSTEM: &[&str] = &["/", "/etc", "/etc/nginx", "/root", "/home", "/proc", "/sys"];

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in ["root", "alias"].iter().flat_map(|name| configuration.named(name)) {
        let [path] = node.args.as_slice() else { continue };
        let trimmed = match path.text.trim_end_matches('/') {
            "" => "/",
            trimmed => trimmed,
        };
        // `location /srv/ { root /; }` serves /srv.
        let is_narrow = node.parent.map(|parent| configuration.get(parent)).is_some_and(|parent| {
            node.name == "root"
                && parent.name == "location"
                && parent.args.last().is_some_and(|word| word.text.len() > 1)
        });
        if SYSTEM.contains(&trimmed) && path.text.starts_with('/') && !is_narrow {
            findings.push(
                findings
                    .at(path.span, format!("everything below `{trimmed}` is served"))
                    .help("name the folder that the site stands in"),
            );
        }
    }
}
