//! # A privileged container is root on the host
//!
//! `privileged: true` gives a container every capability and every device of the host, and takes all walls down: its
//! root can mount the disk of the host.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//!     privileged: true
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//!     cap_add: [NET_ADMIN]
//!     devices:
//!       - /dev/net/tun
//! ```

use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::compose::Node;

pub(super) const CODE: &str = "compose-privileged";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        let Some(node) = running.service.get("privileged").filter(|node| is_on(node)) else { continue };
        findings.push(
            findings
                .at(node.place(), format!("`{}` is privileged: its root is root on the host", running.name()))
                .note("it has every capability and every device, and no profile confines it")
                .help("name what it needs: `cap_add`, `devices`, or a `sysctls` entry"),
        );
    }
}

/// Compose reads YAML 1.1's words where a flag is expected, with a warning.
fn is_on(node: &Node) -> bool {
    node.is_true()
        || node.text().is_some_and(|text| matches!(text.to_lowercase().as_str(), "yes" | "on" | "y" | "true"))
}
