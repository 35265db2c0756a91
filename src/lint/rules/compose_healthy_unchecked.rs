//! # Waiting for the health of a service that is never checked
//!
//! `condition: service_healthy` waits until the health check of the other service succeeds. A service without one,
//! neither in compose nor in its image, never becomes healthy: `docker compose up` ends with
//! `container ... has no healthcheck configured`.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//!     depends_on:
//!       db:
//!         condition: service_healthy
//!   db:
//!     image: postgres:18
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//!     depends_on:
//!       db:
//!         condition: service_healthy
//!   db:
//!     image: postgres:18
//!     environment:
//!       POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}
//!     volumes: ["data:/var/lib/postgresql"]
//!     healthcheck:
//!       test: ["CMD-SHELL", "pg_isready -U postgres"]
//! volumes:
//!   data:
//! ```

use crate::lint::project::{Running, running};
use crate::lint::{Findings, Whole, edits};
use crate::project::Image;

pub(super) const CODE: &str = "compose-healthy-unchecked";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let services = running(whole);
    for waiting in &services {
        for depends in &waiting.service.depends_on {
            if depends.condition.value != "service_healthy" {
                continue;
            }
            let name = &depends.name.value;
            let Some(other) = services.iter().find(|other| other.name() == name) else { continue };
            if !has_no_health(whole, other) {
                continue;
            }
            let is_disabled = other.service.health.as_ref().filter(|health| health.is_disabled);
            let (at, why) = match is_disabled {
                Some(health) => (health.span, "its health check is disabled"),
                None => (other.span(), "no health check, and none in its image"),
            };
            let edit =
                edits::word(whole.sources, depends.condition.span, "service_healthy", "service_started");
            findings.push(
                findings
                    .at(
                        depends.condition.span,
                        format!("`{}` waits until `{name}` is healthy, which nothing checks", waiting.name()),
                    )
                    .label(at, why)
                    .note("compose ends with an error when a service that is waited for has no health check")
                    .help(format!("give `{name}` a `healthcheck`, or wait for `service_started`"))
                    .may_unsafe_fix("wait for the start alone", edit.map(|edit| vec![edit])),
            );
        }
    }
}

/// Whether a service surely has no health check.
fn has_no_health(whole: &Whole<'_>, running: &Running<'_>) -> bool {
    if let Some(health) = &running.service.health {
        return health.is_disabled;
    }
    let Some(container) = running.container else { return false };
    match &container.image {
        Image::Built { .. } => {
            running.built(whole).is_some_and(|(_, stage)| stage.end.has_health == Some(false))
        }
        Image::Pulled(_) => container.known.is_some_and(|known| !known.has_health),
        Image::Unknown => false,
    }
}
