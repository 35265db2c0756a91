//! # A database without a password
//!
//! The images of databases refuse to set one up without a password: the container ends with an error, and starts again and
//! again. What lets it start without one (`POSTGRES_HOST_AUTH_METHOD=trust`, `MYSQL_ALLOW_EMPTY_PASSWORD`) opens it to every
//! container of its network, and to everybody where its port is published.
//!
//! ```yaml bad
//! services:
//!   db:
//!     image: postgres:18
//! ```
//!
//! ```yaml good
//! services:
//!   db:
//!     image: postgres:18
//!     volumes: ["data:/var/lib/postgresql"]
//!     environment:
//!       POSTGRES_PASSWORD_FILE: /run/secrets/db_password
//!     secrets: [db_password]
//! secrets:
//!   db_password:
//!     file: ./secrets/db_password
//! volumes:
//!   data:
//! ```

use crate::diagnostic::Severity;
use crate::lint::secrets::databases;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "secret-no-password";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for database in databases::of_project(whole).iter().filter(|database| database.is_started) {
        let (environment, kind) = (&database.environment, database.kind);
        let name = &database.service.name.value;
        let opened = kind.open.iter().find_map(|(variable, wanted)| {
            let value = environment.value(variable)?;
            (wanted.is_none_or(|wanted| value == wanted) && !value.is_empty())
                .then_some((*variable, environment.span(variable)))
        });
        if let Some((variable, span)) = opened {
            let span = span.unwrap_or(database.service.name.span);
            // Beside a password the method of postgres opens it all the same; the others then do nothing.
            let is_method = kind.name == "postgres";
            if is_method || !has_password(environment, kind) {
                let mut finding = findings
                    .at(span, format!("anybody who reaches `{name}` is let in without a password"))
                    .here(format!("`{variable}` says so"))
                    .help(format!("leave it out, and set `{}`", kind.passwords[1]));
                finding.severity = Severity::Warning;
                findings.push(finding);
            }
            continue;
        }
        let may_be_opened =
            kind.open.iter().any(|(variable, _)| environment.variables.contains_key(*variable));
        if whole.project.is_partial || environment.is_open || may_be_opened || has_password(environment, kind)
        {
            continue;
        }
        let missing = kind.passwords[0];
        findings.push(
            findings
                .at(database.service.name.span, format!("`{name}` has no password and does not start"))
                .here(format!("`{missing}` is not set"))
                .note(format!(
                    "the entrypoint of {} ends with an error where it is to set up a database without it",
                    kind.name
                ))
                .help(format!(
                    "declare a secret for it and set `{}` to its path: /run/secrets/NAME",
                    kind.passwords[1]
                ))
                .in_stack(format!("declare a `secret`, and set `{} secret.NAME.path`", kind.passwords[1])),
        );
    }
}

/// Whether one is set, or may be by whoever runs compose; an empty one is none.
fn has_password(environment: &databases::Environment, kind: &databases::Kind) -> bool {
    let set = kind.passwords.iter().filter_map(|name| environment.variables.get(*name));
    set.into_iter().any(|(value, _)| value.as_deref() != Some(""))
}
