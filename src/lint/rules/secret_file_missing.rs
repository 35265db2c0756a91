//! # The file of a secret is not there
//!
//! Compose starts nothing while it is missing. `stackc secret init` makes every missing file with random content;
//! a value that somebody gave you (a key of another service, a certificate) you put there yourself.
//!
//! ```stack bad
//! secret db_password { file ./secrets/db_password }
//! service db {
//!   image postgres:18
//!   env { POSTGRES_PASSWORD_FILE secret.db_password.path }
//! }
//! ```
//!
//! ```stack good
//! # files: secrets/db_password
//! secret db_password { file ./secrets/db_password }
//! service db {
//!   image postgres:18
//!   env { POSTGRES_PASSWORD_FILE secret.db_password.path }
//! }
//! ```

use crate::lint::{Findings, Subject};
use crate::model::stack::TlsFile;

pub(super) const CODE: &str = "secret-file-missing";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for secret in &subject.deployment.stack.secrets {
        let Some(path) = secret.source.file() else { continue };
        if subject.facts.files.get(path) != Some(&false) {
            continue;
        }
        let Some(span) = subject.span(secret.name.origin) else { continue };
        let help = match secret.tls {
            None if secret.is_key => format!("`ssh-keygen -t ed25519 -N '' -f {path}` makes one; the host of the repository is then given {path}.pub"),
            None => "`stackc secret init` makes it with random content".to_owned(),
            Some(TlsFile::Certificate) => {
                "put the certificate there, with those between it and its root behind it; `stackc doctor` shows how to make one to try things out".to_owned()
            }
            Some(TlsFile::Key) => {
                "put the private key of the certificate there, readable by everyone in a folder that is closed to others".to_owned()
            }
        };
        findings.push(
            findings
                .at(span, format!("the file of the secret `{}` is not there yet: {path}", secret.name.value))
                .note(if secret.is_key {
                    "nothing that needs it is built while it is missing"
                } else {
                    "compose starts nothing while it is missing"
                })
                .help(help),
        );
    }
}
