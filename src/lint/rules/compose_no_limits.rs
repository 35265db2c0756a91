//! # A service may take all memory of the host
//!
//! Without a limit one container that leaks, or that is asked for too much, takes the memory of all others: the kernel
//! then ends whatever it likes, such as the database.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     mem_limit: 256m
//!     cpus: 1
//!     pids_limit: 200
//! ```

use crate::lint::project::{Running, advice, running};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "compose-no-limits";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut services = running(whole);
    services.retain(|running: &Running<'_>| {
        running.is_started()
            && running.service.get("mem_limit").is_none()
            && running.service.node.at(&["deploy", "resources", "limits", "memory"]).is_none()
    });
    let found = advice::of_all(whole, services, findings, "no limit", |_| "may take all memory of the host");
    let Some(found) = found else { return };
    findings.push(
        found.note("when the memory of the host runs out, the kernel ends programs of any service").help(
            "set `mem_limit`, and `cpus` and `pids_limit` with it, above what each service is seen to use",
        ).in_stack("say `mem_limit 512m`, and `cpus` and `pids_limit` with it, above what each service is seen to use"),
    );
}
