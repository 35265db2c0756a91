//! Which files compose takes in a folder if nobody names one.
//!
//! Source: compose-go, `cli/options.go`: `COMPOSE_FILE` of the `.env` beside them, else the first of four names and the
//! first of four names for what overrides it.

use super::dotenv;
use super::environment::Environment;
use crate::diagnostic::Sink;
use crate::project::host::{Host, Kind, join};
use crate::source::SourceMap;

/// The names of a base, in order of preference.
const BASES: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// The names of what overrides it, in order of preference.
const OVERRIDES: &[&str] = &[
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
];

/// The files that compose merges in a folder by itself, in their order; none if there are none.
pub fn default_files(folder: &str, host: &dyn Host) -> Vec<String> {
    let named = named(folder, host);
    if !named.is_empty() {
        return named;
    }
    let first = |names: &[&str]| {
        let mut paths = names.iter().map(|name| join(folder, name));
        paths.find(|path| host.kind(path) == Kind::File)
    };
    let Some(base) = first(BASES) else { return Vec::new() };
    std::iter::once(base).chain(first(OVERRIDES)).collect()
}

/// What `COMPOSE_FILE` names.
fn named(folder: &str, host: &dyn Host) -> Vec<String> {
    let path = join(folder, ".env");
    let Ok(text) = host.read(&path) else { return Vec::new() };
    let file = SourceMap::default().add(path, text.clone());
    let entries = dotenv::read(file, &text, &mut Sink::default(), &Environment::default());
    let value = |name: &str| {
        let entry = entries.iter().find(|entry| entry.name.value == name)?;
        entry.value.clone().filter(|value| !value.is_empty())
    };
    let separator = value("COMPOSE_PATH_SEPARATOR").unwrap_or_else(|| ":".to_owned());
    let names = value("COMPOSE_FILE").unwrap_or_default();
    names.split(&separator).filter(|name| !name.is_empty()).map(|name| join(folder, name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::host::Memory;

    #[test]
    fn compose_takes_the_first_name_and_one_override() {
        let host = Memory::new([
            ("a/docker-compose.yml", ""),
            ("a/compose.yaml", ""),
            ("a/docker-compose.override.yml", ""),
            ("b/docker-compose.yml", ""),
            ("c/base.yml", ""),
            ("c/.env", "COMPOSE_FILE=base.yml,more/prod.yml\nCOMPOSE_PATH_SEPARATOR=,\n"),
        ]);
        assert_eq!(default_files("a", &host), ["a/compose.yaml", "a/docker-compose.override.yml"]);
        assert_eq!(default_files("b", &host), ["b/docker-compose.yml"]);
        assert_eq!(default_files("c", &host), ["c/base.yml", "c/more/prod.yml"]);
        assert!(default_files(".", &host).is_empty());
    }
}
