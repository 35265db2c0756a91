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

use crate::lint::edits::{self, Edit};
use crate::lint::project::running;
use crate::lint::{Findings, Whole};
use crate::project::compose::Service;
use crate::project::images::Role;
use crate::source::Span;

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
            let edits = other.service.health.as_ref().filter(|health| !health.is_disabled);
            let edits = edits.and_then(|_| wait(whole, waiting.service, &name.value));
            findings.push(
                findings
                    .at(
                        name.span,
                        format!("`{}` starts before the database `{}` answers", waiting.name(), name.value),
                    )
                    .label(other.span(), "started, but not ready for some time")
                    .note("this waits for the start of the container, not for the database in it")
                    .help(help)
                    .in_stack(in_stack(&name.value, other.service.health.is_some()))
                    .may_unsafe_fix("wait until it is healthy", edits),
            );
        }
    }
}

fn in_stack(database: &str, is_checked: bool) -> String {
    if is_checked {
        format!("write `needs {database} healthy`")
    } else {
        format!("give `{database}` a `health`, and write `needs {database} healthy`")
    }
}

/// The condition in the long form; a list of names in the short form becomes one.
fn wait(whole: &Whole<'_>, service: &Service, database: &str) -> Option<Vec<Edit>> {
    let node = service.get("depends_on")?;
    if let Some(long) = node.get(database) {
        let condition = long.get("condition")?;
        return Some(vec![edits::word(whole.sources, condition.span, "service_started", "service_healthy")?]);
    }
    let items = node.items().iter().map(|item| {
        let name = item.text()?;
        let line = edits::lines_of(whole.sources, item.span);
        let before = whole.sources.text(Span { end: item.span.start, ..line });
        let indent = before.trim_end().strip_suffix('-').filter(|indent| indent.trim().is_empty())?;
        let condition = if name == database { "service_healthy" } else { "service_started" };
        // A list may stand as far out as its key, and entries may not.
        let key = node.key.map(|key| edits::lines_of(whole.sources, key.at_start()).start..key.start)?;
        let deeper = if indent.len() > key.len() { "" } else { "  " };
        let dash = Span { start: line.start + u32::try_from(indent.len()).ok()?, end: item.span.end, ..line };
        let text = format!("{deeper}{name}:\n{indent}{deeper}  condition: {condition}");
        (whole.sources.text(item.span) == name).then_some(Some((dash, text)))
    });
    edits::all(items.collect::<Option<Vec<_>>>()?)
}
