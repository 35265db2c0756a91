//! # A container shares a namespace with the host
//!
//! With `pid: host` it sees every process of the host and can look into those of its user, with `ipc: host` it reads
//! shared memory, with `userns_mode: host` its root is the host's. `network_mode: host` lets it reach everything that
//! listens on the host's loopback interface.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//!     pid: host
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//! ```

use crate::lint::project::running;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "compose-host-namespace";

/// The keys, with what a container can do.
const KEYS: [(&str, &str); 6] = [
    (
        "network_mode",
        "it reaches what listens on the host's loopback interface, and its ports are the host's",
    ),
    ("pid", "it sees every process of the host, and their environments if it runs as root"),
    ("ipc", "it reads and writes the shared memory of the host's programs"),
    ("userns_mode", "its root is the root of the host, even where the engine maps users"),
    ("uts", "it can change the name of the host"),
    ("cgroup", "it sees the control groups of the host"),
];

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        for (key, what) in KEYS {
            let node = running.service.get(key);
            let Some(node) = node.filter(|node| node.text().as_deref() == Some("host")) else { continue };
            let help = if key == "network_mode" {
                "put it on a network of the project, and publish its ports".to_owned()
            } else {
                format!("remove `{key}: host`, unless it watches the host and nothing else does")
            };
            findings.push(
                findings
                    .at(node.place(), format!("`{}` shares `{key}` with the host", running.name()))
                    .note(what)
                    .help(help),
            );
        }
    }
}
