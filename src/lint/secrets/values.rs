//! What a value under a secret's name is: a secret, a default that everybody knows, or none.

use std::collections::HashMap;

use super::pairs::{Pair, Slot};
use crate::lint::rules::secret_literal::names_a_secret;

/// Whether a value that stands under a secret's name is one: it is not empty, no switch, and no place to find it at.
pub(crate) fn is_secret(value: &str) -> bool {
    let value = value.trim();
    let is_switch = ["true", "false", "yes", "no", "on", "off", "none", "null"]
        .iter()
        .any(|word| value.eq_ignore_ascii_case(word));
    let is_place = value.starts_with("/run/") || value.starts_with("/etc/") || value.starts_with("file:");
    !value.is_empty() && !is_switch && !is_place
}

/// A pair that holds a secret as plain text.
pub(crate) fn is_literal_secret(pair: &Pair) -> bool {
    names_a_secret(&pair.name) && pair.literal.as_deref().is_some_and(is_secret)
}

/// The names and values that stand beside each other in a project.
pub(crate) struct Beside<'a> {
    literals: HashMap<(&'a Slot, String), &'a str>,
}

impl<'a> Beside<'a> {
    /// Those of all pairs.
    pub(crate) fn of(all: &'a [Pair]) -> Self {
        let each = all
            .iter()
            .filter_map(|pair| Some(((&pair.slot, pair.name.to_uppercase()), pair.literal.as_deref()?)));
        Self { literals: each.collect() }
    }

    /// Why a pair's value is a default that everybody tries first; `None` if it is none.
    pub(crate) fn default_of(&self, pair: &'a Pair) -> Option<&'static str> {
        let value = pair.literal.as_deref().filter(|_| is_literal_secret(pair) && is_password(&pair.name))?;
        if KNOWN.contains(&value.to_ascii_lowercase().as_str()) {
            return Some("one of the first passwords that anybody tries");
        }
        let mut users = users_of(&pair.name).into_iter();
        users
            .any(|user| self.literals.get(&(&pair.slot, user)) == Some(&value))
            .then_some("the same as the name of the user")
    }
}

/// Whether the name is that of a password, rather than of a key or a token, which nobody guesses.
fn is_password(name: &str) -> bool {
    let upper = name.to_uppercase();
    upper.split(['_', '-', '.']).any(|word| matches!(word, "PASSWORD" | "PASSWD" | "PASS" | "PWD"))
        || upper.ends_with("SECRET_KEY") && upper.starts_with("MINIO")
}

/// The names under which the user of a password stands.
fn users_of(name: &str) -> Vec<String> {
    let upper = name.to_uppercase();
    let mut users = Vec::new();
    for word in ["PASSWORD", "PASSWD", "PASS", "PWD"] {
        let Some(before) = upper.strip_suffix(word) else { continue };
        users.extend(["USER", "USERNAME", "USR"].map(|user| format!("{before}{user}")));
        break;
    }
    users
}

/// Passwords that images and manuals begin with.
const KNOWN: &[&str] = &[
    "admin",
    "administrator",
    "changeme",
    "default",
    "elastic",
    "example",
    "guest",
    "mariadb",
    "minio",
    "minio123",
    "minioadmin",
    "mongo",
    "mongodb",
    "mysql",
    "pass",
    "passw0rd",
    "password",
    "password123",
    "postgres",
    "postgresql",
    "qwerty",
    "rabbitmq",
    "redis",
    "root",
    "rootpassword",
    "secret",
    "test",
    "toor",
    "user",
    "12345",
    "123456",
    "12345678",
    "1234",
    "123",
];
