//! # A literal value under a secret's name
//!
//! What stands in the file is in version control, in the emitted files, and in `docker inspect` or a layer of the
//! image, for everybody who can read one of them. The rule goes by the name, whatever the value looks like: a
//! placeholder that works is a default password. Names that only speak of secrets (`..._FILE`, `..._VERSION`,
//! `PUBLIC_KEY`) do not count.
//!
//! ```stack bad
//! service app {
//!   image example.org/app:1
//!   env { DB_PASSWORD changeme }
//! }
//! ```
//!
//! ```stack good
//! secret db_password { file ./secrets/db_password }
//! service app {
//!   image example.org/app:1
//!   env { DB_PASSWORD_FILE secret.db_password.path }
//! }
//! ```
//!
//! In hand-written files it is reported in `environment`, `labels` and `build.args` of a service, and in ENV, ARG and LABEL
//! of a Dockerfile.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example.org/app:1
//!     environment:
//!       API_TOKEN: a-value-that-stays
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example.org/app:1
//!     environment:
//!       API_TOKEN_FILE: /run/secrets/api_token
//!     secrets: [api_token]
//! secrets:
//!   api_token:
//!     file: ./secrets/api_token
//! ```

use crate::lint::secrets::pairs::{self, Slot};
use crate::lint::secrets::{assignments, texts, values};
use crate::lint::{Findings, Subject, Whole};
use crate::model::stack::LiteralSlot;
use crate::source::Span;

pub(super) const CODE: &str = "secret-literal";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for literal in &subject.deployment.stack.literals {
        let name = literal.name.as_str();
        if literal.empty || !names_a_secret(name) {
            continue;
        }
        findings.mask(literal.value);
        let place = match literal.slot {
            LiteralSlot::Environment => "the environment of the container",
            LiteralSlot::ImageEnv => "a layer of the image",
            LiteralSlot::BuildArg => "the history of the image",
            LiteralSlot::InputDefault => "docker-compose.yml",
            LiteralSlot::Label => "the labels",
        };
        let help = match literal.slot {
            LiteralSlot::Environment | LiteralSlot::Label | LiteralSlot::ImageEnv => format!(
                "declare a `secret`, and write `{name}_FILE secret.NAME.path` or `{name} secret.NAME exported` in the `env` of the service"
            ),
            LiteralSlot::BuildArg => {
                "declare a `secret`, and give it to the step: `run \"...\" { secret NAME }`".to_owned()
            }
            LiteralSlot::InputDefault => {
                "declare a `secret` instead, or make the input `required`".to_owned()
            }
        };
        findings.push(
            findings
                .at(literal.value, format!("`{name}` holds a secret as plain text"))
                .here(format!("would stand in {place}"))
                .note("it is also in this file, and so in version control")
                .help(help),
        );
    }
}

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    in_commands(whole, findings);
    let all = pairs::of_project(whole);
    let beside = values::Beside::of(&all);
    for pair in all.iter().filter(|pair| values::is_literal_secret(pair)) {
        // Other rules say these.
        if matches!(pair.slot, Slot::EnvFile(..)) || beside.default_of(pair).is_some() {
            continue;
        }
        findings.mask(pair.span);
        let name = &pair.name;
        let place = match pair.slot {
            Slot::Environment(_) | Slot::EnvFile(..) => "shown by `docker inspect`",
            Slot::Label(_) | Slot::ImageLabel(_) => "a label, which everybody can read",
            Slot::BuildArg(_) | Slot::ImageArg(_) => "stays in the history of the image",
            Slot::ImageEnv(_) => "stays in a layer of the image",
        };
        let help = match pair.slot {
            Slot::Environment(_) | Slot::EnvFile(..) | Slot::Label(_) => format!(
                "declare it under `secrets:`, grant it to the service and let it read /run/secrets/..., as by `{name}_FILE`; or write `${{{name}}}` and keep the value in an env file that git ignores; a value that was ever committed is to be replaced"
            ),
            Slot::ImageEnv(_) | Slot::ImageLabel(_) => format!(
                "leave it out of the image and give it to the container when it starts: `secrets:` of compose, or `{name}` in its environment; a value that was ever pushed is to be replaced"
            ),
            Slot::BuildArg(_) | Slot::ImageArg(_) => format!(
                "give it to the step that needs it: `RUN --mount=type=secret,id={}`; a value that was ever committed is to be replaced",
                name.to_lowercase()
            ),
        };
        findings.push(
            findings
                .at(pair.span, format!("`{name}` holds a secret as plain text"))
                .here(place)
                .note("it is also in this file, and so in version control")
                .help(help),
        );
    }
}

/// Secrets among the options of what is run: whoever lists the processes reads them, too.
fn in_commands(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for text in texts::commands(whole) {
        for flag in assignments::flags(whole.sources.text(text.span)) {
            let start = text.span.range().start;
            let span = Span::new(text.span.file, start + flag.value.start, start + flag.value.end);
            findings.mask(span);
            findings.push(
                findings
                    .at(span, format!("`{}` is given a secret as plain text", flag.name))
                    .here(text.place.says())
                    .note("the list of processes shows it while the program runs")
                    .help(
                        "declare it under `secrets:`, and let the program read it from a file or a variable",
                    )
                    .in_stack("declare a `secret`, and let the program read it from a file or a variable"),
            );
        }
    }
}

/// Whether a variable of that name holds a secret, going by its words.
pub(in crate::lint) fn names_a_secret(name: &str) -> bool {
    let upper = name.to_uppercase().replace(['-', '.'], "_");
    let words: Vec<&str> = upper.split('_').collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let speaks_of_one = ABOUT.contains(last)
        || SWITCHES.contains(first)
        || words.iter().any(|word| matches!(*word, "ALLOW" | "RANDOM" | "EMPTY"));
    let public = words.windows(2).any(|pair| {
        matches!(
            pair,
            ["PUBLIC", "KEY"] | ["KEY", "ALIAS"] | ["UWSGI" | "PROXY" | "FASTCGI" | "SCGI" | "GRPC", "PASS"]
        )
    });
    let single = words.iter().any(|word| SECRETS.contains(word));
    let pair = words.windows(2).any(|pair| {
        matches!(pair, ["API" | "PRIVATE" | "ACCESS" | "ENCRYPTION" | "SIGNING" | "MASTER", "KEY"])
    });
    (single || pair) && !speaks_of_one && !public
}

/// Words that name a secret by themselves.
const SECRETS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASS",
    "PASSPHRASE",
    "PWD",
    "REQUIREPASS",
    "MASTERAUTH",
    "SECRET",
    "SECRETS",
    "TOKEN",
    "APIKEY",
    "CREDENTIAL",
    "CREDENTIALS",
];

/// Last words that make the variable speak of a secret rather than hold it.
const ABOUT: &[&str] = &[
    "FILE",
    "PATH",
    "DIR",
    "VERSION",
    "NAME",
    "ID",
    "ALIAS",
    "TTL",
    "EXPIRY",
    "EXPIRES",
    "EXPIRE",
    "EXPIRATION",
    "SECONDS",
    "MINUTES",
    "HOURS",
    "DAYS",
    "AGE",
    "TIMEOUT",
    "COUNT",
    "LIMIT",
    "FORMAT",
    "FIELD",
    "MODE",
    "PROVIDER",
    "REGEX",
    "LIFETIME",
    "LENGTH",
    "MIN",
    "MAX",
    "SIZE",
    "ALGORITHM",
    "TYPE",
    "URL",
    "URI",
    "ENDPOINT",
    "HOST",
    "PORT",
    "HEADER",
    "COOKIE",
    "ISSUER",
    "AUDIENCE",
    "ENABLED",
    "REQUIRED",
    "POLICY",
    "ROUNDS",
    "HASHERS",
    "BACKEND",
    "PREFIX",
];

/// First words of a switch.
const SWITCHES: &[&str] = &["ALLOW", "ENABLE", "DISABLE", "REQUIRE", "USE", "NO", "IS", "HAS"];

#[cfg(test)]
mod tests {
    use super::names_a_secret;

    #[test]
    fn names_are_judged_by_their_words() {
        for name in [
            "DB_PASS",
            "POSTGRES_PASSWORD",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY",
            "api-key",
            "GITHUB_TOKEN",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in [
            "DB_PASSWORD_FILE",
            "KEY_ALIAS",
            "JWT_PUBLIC_KEY",
            "SECRET_VERSION",
            "ALLOW_EMPTY_PASSWORD",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "MYSQL_RANDOM_ROOT_PASSWORD",
            "APP_UWSGI_PASS",
            "TOKEN_EXPIRE_MINUTES",
            "COMPASS",
            "TOKEN_URL",
            "PASSWORD_MIN",
            "AWS_ACCESS_KEY_ID",
            "MONKEY",
            "TZ",
        ] {
            assert!(!names_a_secret(name), "{name}");
        }
    }
}
