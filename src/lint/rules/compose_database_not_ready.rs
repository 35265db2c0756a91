//! # A service starts before its database answers
//!
//! `depends_on` alone waits until the container of the database is started, not until it takes connections: that is
//! seconds later, and at the first start, when the database is made, much later. An application that does not try
//! again fails now and then.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//!     depends_on:
//!       - db
//!   db:
//!     image: postgres:18
//!     healthcheck:
//!       test: ["CMD-SHELL", "pg_isready -U postgres"]
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

use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::images::Role;

pub(super) const CODE: &str = "compose-database-not-ready";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let services = running(whole);
    for waiting in &services {
        let depends = waiting
            .service
            .depends_on
            .iter()
            .map(|depends| (&depends.name, depends.condition.value.as_str()));
        let links = waiting.service.links.iter().map(|(name, _)| (name, "service_started"));
        let is_said = |name: &str| waiting.service.depends_on.iter().any(|said| said.name.value == name);
        let links = links.filter(|(name, _)| !is_said(&name.value));
        for (name, condition) in depends.chain(links) {
            let other = services.iter().find(|other| other.name() == name.value);
            let Some(other) = other.filter(|other| other.role() == Some(Role::Database)) else { continue };
            if condition != "service_started" {
                continue;
            }
            let help = if other.service.health.is_some() {
                format!("write `{}: {{condition: service_healthy}}` below `depends_on`", name.value)
            } else {
                format!(
                    "give `{}` a `healthcheck`, and wait for it with `condition: service_healthy`",
                    name.value
                )
            };
            findings.push(
                findings
                    .at(
                        name.span,
                        format!("`{}` starts before the database `{}` answers", waiting.name(), name.value),
                    )
                    .label(other.span(), "started, but not ready for some time")
                    .note("this waits for the start of the container, not for the database in it")
                    .help(help),
            );
        }
    }
}
