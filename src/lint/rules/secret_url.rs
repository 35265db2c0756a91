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

use crate::lint::{Findings, Subject};
use crate::model::dockerfile::Op;

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
