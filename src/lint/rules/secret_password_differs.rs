//! # A client with another password than its database
//!
//! The database is set up with one password, and its client comes with another: every connection is refused. Values are
//! compared once variables are resolved; what is not known is not compared.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example.org/app:1
//!     environment:
//!       DATABASE_URL: postgres://blog:one-word@db/blog
//!   db:
//!     image: postgres:18
//!     environment:
//!       POSTGRES_USER: blog
//!       POSTGRES_PASSWORD: another-word
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example.org/app:1
//!     environment:
//!       DATABASE_URL: postgres://blog:${DB_PASSWORD:?}@db/blog
//!   db:
//!     image: postgres:18
//!     volumes: ["data:/var/lib/postgresql"]
//!     environment:
//!       POSTGRES_USER: blog
//!       POSTGRES_PASSWORD: ${DB_PASSWORD:?}
//! volumes:
//!   data:
//! ```

use std::collections::BTreeSet;

use crate::lint::secrets::databases::{self, Database, Environment};
use crate::lint::{Findings, Whole};
use crate::source::Span;

pub(super) const CODE: &str = "secret-password-differs";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = &whole.project.compose else { return };
    let each = compose.services.iter().enumerate();
    let clients: Vec<_> = each
        .map(|(index, service)| (index, service, Environment::of(whole.project, index, service)))
        .collect();
    let databases = databases::of_project(whole);
    for database in databases.iter().filter(|database| database.is_started).take(MOST_DATABASES) {
        let names = databases::names(compose, database.service);
        for (_, client, environment) in clients.iter().filter(|(index, ..)| *index != database.index) {
            let urls = environment
                .variables
                .iter()
                .filter_map(|(_, (value, span))| of_url(value.as_deref()?, (*span)?, &names));
            let pairs = of_variables(environment, &names);
            for login in urls.chain(pairs) {
                let Some((expected, at)) = expected(database, login.user.as_deref()) else { continue };
                if expected == login.password {
                    continue;
                }
                findings.mask(login.span);
                findings.mask(at);
                findings.push(
                    findings
                        .at(
                            login.span,
                            format!("the password of `{}` is not that of `{}`", client.name.value, database.service.name.value),
                        )
                        .here("the client comes with this one")
                        .label(at, "the database is set up with this one")
                        .help("let both take it from one place: one variable, or one secret that is granted to both"),
                );
            }
        }
    }
}

/// Of so many databases the clients are looked for.
const MOST_DATABASES: usize = 50;

/// What a client comes with.
struct Login {
    user: Option<String>,
    password: String,
    span: Span,
}

/// `scheme://user:password@host:port/name`, if the host is one of the names.
fn of_url(text: &str, span: Span, names: &BTreeSet<String>) -> Option<Login> {
    let (_, rest) = text.split_once("://")?;
    let (login, host) = rest.split(['/', '?']).next()?.rsplit_once('@')?;
    let host = host.split(':').next()?;
    let (user, password) = login.split_once(':')?;
    // What is percent-encoded is compared by whoever decodes it.
    (names.contains(host) && !login.contains('%') && !password.is_empty()).then(|| Login {
        user: Some(user.to_owned()),
        password: password.to_owned(),
        span,
    })
}

/// `X_HOST`, `X_USER` and `X_PASSWORD`, if the host is one of the names.
fn of_variables(environment: &Environment, names: &BTreeSet<String>) -> Vec<Login> {
    let mut found = Vec::new();
    for (name, (value, _)) in &environment.variables {
        let Some(prefix) =
            ["HOST", "HOSTNAME", "SERVER", "SERVICE"].iter().find_map(|word| name.strip_suffix(word))
        else {
            continue;
        };
        let host = value.as_deref().map(|value| value.split(':').next().unwrap_or(value));
        if prefix.is_empty() || !host.is_some_and(|host| names.contains(host)) {
            continue;
        }
        let user = ["USER", "USERNAME"].iter().find_map(|word| environment.value(&format!("{prefix}{word}")));
        let passwords = ["PASSWORD", "PASS", "PASSWD"].iter().map(|word| format!("{prefix}{word}"));
        let Some(password) = passwords.into_iter().find(|name| environment.variables.contains_key(name))
        else {
            continue;
        };
        if let (Some(user), Some(value), Some(span)) =
            (user, environment.value(&password), environment.span(&password))
        {
            found.push(Login { user: Some(user.to_owned()), password: value.to_owned(), span });
        }
    }
    found
}

/// The password of a user of a database, if it is known, and where it is said.
fn expected(database: &Database<'_>, user: Option<&str>) -> Option<(String, Span)> {
    let environment = &database.environment;
    let user = user?;
    database.kind.users.iter().find_map(|known| {
        let name = match known.variable.map(|variable| environment.variables.get(variable)) {
            Some(Some((value, _))) => value.as_deref(),
            Some(None) | None => known.name,
        };
        if name != Some(user) {
            return None;
        }
        let variable =
            known.passwords.iter().find(|variable| environment.variables.contains_key(**variable))?;
        Some((environment.value(variable)?.to_owned(), environment.span(variable)?))
    })
}
