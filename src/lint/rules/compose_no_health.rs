//! # Nothing checks whether a service works
//!
//! Without a health check a container counts as running as long as its program has not ended, whether it answers or
//! not: nothing can wait until it is ready, and nobody is told when it hangs.
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
//!     healthcheck:
//!       test: ["CMD", "curl", "-fsS", "http://127.0.0.1/"]
//! ```

use crate::lint::project::{Running, advice, jobs, running};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "compose-no-health";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut services = running(whole);
    // What a job has to do is done when it has ended.
    let jobs = jobs(&services);
    services.retain(|running| {
        running.is_started() && is_unchecked(whole, running) && !jobs.contains(running.name())
    });
    let found = advice::of_all(whole, services, findings, "no health check", |is_many| {
        if is_many { "have no health check" } else { "has no health check" }
    });
    let Some(found) = found else { return };
    findings.push(
        found
            .note("a container counts as running as long as its program has not ended, whether it answers or not")
            .help("add a `healthcheck` that asks the program itself, such as `pg_isready` or a request over HTTP").in_stack("say `health` in the service, which asks the program itself: `health http /healthz`, `health exec PROGRAM` or `health shell \"...\"`"),
    );
}

fn is_unchecked(whole: &Whole<'_>, running: &Running<'_>) -> bool {
    let Some(container) = running.container.filter(|_| running.service.health.is_none()) else {
        return false;
    };
    let of_image = match running.built(whole) {
        Some((_, stage)) => stage.end.has_health,
        // Few images have one: those that do are mostly known.
        None => container.known.map(|known| known.has_health),
    };
    of_image != Some(true)
}
