//! # Errors are written to a file called `off`
//!
//! `access_log` can be turned off, `error_log` cannot: nginx takes `off` for the name of a file.
//!
//! ```nginx bad
//! error_log off;
//! ```
//!
//! ```nginx good
//! error_log /dev/null crit;
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-error-log-off";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.named("error_log").filter(|(_, node)| node.arg(0) == Some("off")) {
        findings.push(
            findings
                .at(node.line, "errors are written to a file called `off`")
                .help("write `error_log /dev/null crit;` to have none, or take the line out")
                .may_unsafe_fix(
                    "write `/dev/null`",
                    configuration.with_args(node, "/dev/null crit").map(|edit| vec![edit]),
                ),
        );
    }
}
