//! # A container that commands the engine
//!
//! Who can write to the engine's socket can start a container with the disk of the host in it, and is root on the
//! host. `:ro` does not help: it protects the file, not what is said through it.
//!
//! ```yaml bad
//! services:
//!   monitor:
//!     image: example/monitor:1.0
//!     volumes:
//!       - /var/run/docker.sock:/var/run/docker.sock:ro
//! ```
//!
//! ```yaml good
//! services:
//!   monitor:
//!     image: example/monitor:1.0
//!     environment:
//!       DOCKER_HOST: tcp://socket-proxy:2375
//! ```

use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::compose::MountSource;

pub(super) const CODE: &str = "compose-docker-socket";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for running in running(whole) {
        for mount in &running.service.mounts {
            let MountSource::Host { written, .. } = &mount.source else { continue };
            if !written.ends_with("/docker.sock") {
                continue;
            }
            let mut note = "it can start a container with the host's disk in it".to_owned();
            if mount.is_read_only {
                note += "; `ro` protects the file, not what is said through it";
            }
            findings.push(
                findings
                    .at(mount.span, format!("`{}` commands the engine, and so is root on the host", running.name()))
                    .note(note)
                    .help("put a proxy between them that lets through only the requests that it needs, such as reading the list of containers"),
            );
        }
    }
}
