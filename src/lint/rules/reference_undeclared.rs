//! # A text that looks like a reference
//!
//! `db.host` is the name of the service `db` where there is such a service, and text where there is none: the variable
//! would hold the letters `db.host`. Most often the service has another name by now. If the text is meant, put it in
//! quotes.
//!
//! ```stack bad
//! service postgres {
//!   image postgres:18
//! }
//! service app {
//!   build { base python:3.14-slim; copy . to /app }
//!   env { DB_HOST db.host }
//! }
//! ```
//!
//! ```stack good
//! service postgres {
//!   image postgres:18
//! }
//! service app {
//!   build { base python:3.14-slim; copy . to /app }
//!   env { DB_HOST postgres.host }
//! }
//! ```

use crate::lint::{Findings, Subject};
use crate::model::names::ServiceName;

pub(super) const CODE: &str = "reference-undeclared";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let services = &subject.deployment.compose.services;
    for literal in &subject.deployment.stack.literals {
        let Some((service, part)) = subject.sources.text(literal.value).split_once('.') else { continue };
        let declared: Vec<&str> = services.iter().map(|service| service.name.value.as_str()).collect();
        let is_name = ServiceName::parse(service).is_ok() && !declared.contains(&service);
        if !matches!(part, "host" | "port") || !is_name {
            continue;
        }
        findings.push(
            findings
                .at(literal.value, format!("`{service}.{part}` is text: there is no service `{service}`"))
                .here("not replaced by anything")
                .note(format!("the {part} of a service is meant only where the service is declared"))
                .help(format!(
                    "name a service (declared: {}), or put the text in quotes",
                    declared.join(", ")
                )),
        );
    }
}
