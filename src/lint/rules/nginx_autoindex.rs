//! # The names of all files are listed
//!
//! With `autoindex on` nginx answers a folder without an index with the list of its files: backups, sources and what was
//! left there by mistake are found by everybody.
//!
//! ```nginx bad
//! location /files/ {
//!     root /srv;
//!     autoindex on;
//! }
//! ```
//!
//! ```nginx good
//! location /files/ {
//!     root /srv;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-autoindex";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.named("autoindex").filter(|(_, node)| node.arg(0) == Some("on")) {
        // Who may see it is restricted.
        let guarded = ["auth_basic", "auth_request", "deny", "internal"];
        if configuration.levels(node.parent).any(|level| configuration.has(level, &guarded)) {
            continue;
        }
        findings.push(
            findings
                .at(node.line, "everybody sees the names of all files here")
                .help("take it out, or restrict who may see it with `auth_basic` or `deny`")
                .may_unsafe_fix("say `off`", configuration.with_args(node, "off").map(|edit| vec![edit])),
        );
    }
}
