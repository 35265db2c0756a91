//! # A password inside a URL
//!
//! The credentials of the address stand in the file, in what is emitted and in `docker inspect`. A secret can be put
//! into the URL when the program starts; it is percent-encoded there.
//!
//! ```stack bad
//! service app {
//!   image example.org/app:1
//!   env { DATABASE_URL postgres://blog:changeme@db/blog }
//! }
//! ```
//!
//! ```stack good
//! secret db_password { file ./secrets/db_password }
//! service app {
//!   image example.org/app:1
//!   command app serve
//!   env { DATABASE_URL "postgres://blog:${secret.db_password}@db/blog" exported }
//! }
//! ```
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example.org/app:1
//!     environment:
//!       DATABASE_URL: postgres://blog:a-password@db/blog
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example.org/app:1
//!     environment:
//!       DATABASE_URL: postgres://blog:${DB_PASSWORD:?}@db/blog
//! ```

use crate::lint::secrets::pairs::{self, Slot};
use crate::lint::secrets::places::Places;
use crate::lint::secrets::texts;
use crate::lint::{Findings, Subject, Whole};
use crate::model::dockerfile::Op;
use crate::source::Span;

pub(super) const CODE: &str = "secret-url";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for literal in &subject.deployment.stack.literals {
        let text = subject.sources.text(literal.value);
        if !holds_credentials(text) {
            continue;
        }
        findings.mask(literal.value);
        findings.push(
            findings
                .at(literal.value, format!("the URL in `{}` holds a password", literal.name))
                .here("user and password stand in the address")
                .help("declare a `secret`, put `${secret.NAME}` in its place, and add `exported`"),
        );
    }
    fetched(subject, findings);
}

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    const HELP: &str = "write the password as a variable, `scheme://user:${PASSWORD:?}@host`, and keep its value in an env file that git ignores; or let the program put the address together from a file in /run/secrets";
    let mut told = Vec::new();
    for pair in pairs::of_project(whole) {
        let in_default = pair.defaults.iter().any(|(_, text)| holds_credentials(text));
        if !(in_default || holds_credentials(&pair.outline)) {
            continue;
        }
        findings.mask(pair.span);
        // Another rule tells of whole files, and only of those that are committed.
        if matches!(pair.slot, Slot::EnvFile(..)) {
            continue;
        }
        told.push(pair.span);
        findings.push(
            findings
                .at(pair.span, format!("the URL in `{}` holds a password", pair.name))
                .here(if in_default {
                    "in the text that is taken if the variable is not set"
                } else {
                    "user and password stand in the address"
                })
                .help(HELP),
        );
    }
    let told = Places::new(told);
    for text in texts::of_project(whole) {
        for span in urls(&text, whole).into_iter().filter(|span| !told.touch(*span)) {
            findings.mask(span);
            findings.push(
                findings
                    .at(span, "this URL holds a password")
                    .here(text.place.says())
                    .help(match text.place {
                        texts::Place::Run => "give the step the password by `RUN --mount=type=secret,id=NAME`, and read it from /run/secrets/NAME there; a value that was ever committed is to be replaced",
                        texts::Place::Start | texts::Place::Compose => HELP,
                    }),
            );
        }
    }
}

/// An address is at most so long, in bytes.
const MOST_OF_A_URL: usize = 1024;

/// The addresses with a password in a text, each from its scheme to its end.
fn urls(text: &texts::Written, whole: &Whole<'_>) -> Vec<Span> {
    let written = whole.sources.text(text.span);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = written[from..].find("://").map(|at| from + at) {
        let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let start = written[..at].trim_end_matches(is_of_scheme).len();
        let most = (at + MOST_OF_A_URL).min(written.len());
        let most = (most..written.len()).find(|at| written.is_char_boundary(*at)).unwrap_or(written.len());
        let rest = &written[at..most];
        let end = at
            + rest
                .find([' ', '\t', '\n', '\r', '"', '\'', '\\', ',', ')', '>', '|', ';'])
                .unwrap_or(rest.len());
        let url = pairs::outline_of(&written[start..end]);
        from = at + 3;
        if holds_credentials(&url) && !url.contains(['<', '*', '[']) {
            let offset = text.span.range().start;
            found.push(Span::new(text.span.file, offset + start, offset + end));
            from = end.max(from);
        }
    }
    found
}

/// What `add` fetches: the address is in the history of the image.
fn fetched(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let stages = subject.deployment.builds.iter().flat_map(|build| &build.dockerfile.stages);
    for step in stages.flat_map(|stage| &stage.steps) {
        let Op::Add(add) = step.op.effective() else { continue };
        for source in &add.sources {
            let Some(span) = subject.span(source.origin) else { continue };
            if !source.as_literal().is_some_and(holds_credentials) {
                continue;
            }
            findings.mask(span);
            findings.push(
                findings
                    .at(span, "the URL in `add` holds a password")
                    .here("user and password stand in the address, and so in the history of the image")
                    .help("fetch it in a step that is given the secret: `run \"curl ...\" { secret NAME }`"),
            );
        }
    }
}

/// `scheme://user:password@host`, with a password that is there and no variable.
pub(in crate::lint) fn holds_credentials(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or(rest);
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    user.split_once(':')
        .is_some_and(|(_, password)| !password.is_empty() && !password.starts_with(['$', '{', '<']))
}

#[cfg(test)]
mod tests {
    use super::holds_credentials;

    #[test]
    fn a_password_is_between_the_colon_and_the_at() {
        assert!(holds_credentials("postgres://blog:x@db/blog"));
        for text in ["postgres://blog@db/blog", "http://db:80/a@b", "redis://:$PW@db", "a:b@c", "smtp://u:@h"]
        {
            assert!(!holds_credentials(text), "{text}");
        }
    }
}
