//! # Secrets in an env file that git does not ignore
//!
//! An env file keeps secrets out of the compose file only if it stays out of the repository itself. Whoever can read the
//! repository, now or at any time later, reads them in its history.
//!
//! In a folder that git does not know nothing is said.
//!
//! ```yaml bad
//! # files: .git/HEAD
//! services:
//!   app:
//!     image: example.org/app:1
//!     env_file: app.env
//! ```
//!
//! ```env bad
//! API_TOKEN=a-value-that-stays
//! ```
//!
//! ```yaml good
//! # files: .git/HEAD
//! services:
//!   app:
//!     image: example.org/app:1
//!     env_file: app.env
//! ```
//!
//! ```env good
//! LOG_LEVEL=info
//! ```

use std::collections::BTreeMap;

use super::secret_literal::names_a_secret;
use super::secret_url::holds_credentials;
use crate::lint::secrets::pairs::{self, Pair, Slot};
use crate::lint::secrets::values;
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "secret-in-env-file";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut by_file: BTreeMap<String, Vec<Pair>> = BTreeMap::new();
    for pair in pairs::of_project(whole) {
        let Slot::EnvFile(_, Some(path)) = &pair.slot else { continue };
        let is_url = holds_credentials(&pair.outline);
        if !(is_url || values::is_literal_secret(&pair)) {
            continue;
        }
        findings.mask(pair.span);
        let held = by_file.entry(path.clone()).or_default();
        if !held.iter().any(|other| other.span == pair.span) {
            held.push(pair);
        }
    }
    for (path, held) in by_file {
        let Some(first) = held.first().filter(|_| whole.host.is_committed(&path) == Some(true)) else {
            continue;
        };
        let mut names: Vec<String> = held.iter().map(|pair| format!("`{}`", pair.name)).collect();
        names.truncate(3);
        let more = match held.len().saturating_sub(names.len()) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let is_secret = names_a_secret(&first.name);
        findings.push(
            findings
                .at(first.span, format!("{path} is not ignored by git, and holds {}{more}", names.join(", ")))
                .here(if is_secret { "a secret as plain text" } else { "a password in a URL" })
                .note("git keeps it in the history of the repository, also once it is deleted")
                .help(format!(
                    "add {path} to .gitignore, `git rm --cached {path}`, commit an example without values in its place, and replace the secrets"
                )),
        );
    }
}
