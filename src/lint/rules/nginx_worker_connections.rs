//! # More connections than files may be open
//!
//! Every connection is an open file, and one that is passed on is two. With `worker_connections` above the limit of open
//! files nginx refuses clients with "too many open files" long before it has as many as it says.
//!
//! ```nginx bad
//! worker_rlimit_nofile 1024;
//! events {
//!     worker_connections 4096;
//! }
//! ```
//!
//! ```nginx good
//! worker_rlimit_nofile 8192;
//! events {
//!     worker_connections 4096;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::{Configuration, Node};

pub(super) const CODE: &str = "nginx-worker-connections";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let (Some((connections, at)), Some((files, limit))) =
        (number(configuration, "worker_connections"), number(configuration, "worker_rlimit_nofile"))
    else {
        return;
    };
    if files < connections {
        let edit = configuration.with_args(limit, &(2 * connections).to_string());
        findings.push(
            findings
                .at(at.line, format!("{connections} connections cannot be open with {files} files"))
                .label(limit.line, "the limit of open files")
                .help(format!("write `worker_rlimit_nofile {};`", 2 * connections))
                .may_unsafe_fix("raise the limit", edit.map(|edit| vec![edit])),
        );
    }
}

fn number<'c>(configuration: &'c Configuration<'_>, name: &'c str) -> Option<(u64, &'c Node)> {
    let (_, node) = configuration.named(name).last()?;
    Some((node.arg(0)?.parse().ok()?, node))
}
