//! # Nothing starts a service again
//!
//! Without `restart` a container stays down when its program ends, and when the host starts again.
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
//!     restart: unless-stopped
//! ```

use std::collections::HashSet;

use crate::lint::project::{Running, advice, jobs, layout, running};
use crate::lint::{Findings, Whole, edits};

pub(super) const CODE: &str = "compose-no-restart";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let all = running(whole);
    // A job that others wait for is meant to end, as is one that is only started by hand.
    let jobs = jobs(&all);
    let services: Vec<Running<'_>> =
        all.iter().copied().filter(|running| is_left_down(&jobs, running)).collect();
    let found = advice::with_services(whole, services, findings, "stays down when it ends", |is_many| {
        if is_many { "have no restart policy" } else { "has no restart policy" }
    });
    let Some((found, services)) = found else { return };
    let edits = services.iter().map(|running| layout::add(whole, running.service, "restart: unless-stopped"));
    findings.push(
        found
            .note("a container that ends is not started again, nor after the host was restarted")
            .help("write `restart: unless-stopped`, and `restart: \"no\"` where a program is meant to end")
            .in_stack("say `restart unless-stopped`, and `restart no` where a program is meant to end")
            .may_unsafe_fix("have them started again", edits::all(edits)),
    );
}

fn is_left_down(jobs: &HashSet<&str>, running: &Running<'_>) -> bool {
    let service = running.service;
    let is_said =
        service.get("restart").is_some() || service.node.at(&["deploy", "restart_policy"]).is_some();
    !is_said && !jobs.contains(running.name()) && service.profiles.is_empty()
}
