//! # A secret that nobody gets
//!
//! It is declared, but no service and no build step refers to it. Either the statement that was to use it has another
//! name in it, or the secret can go.
//!
//! ```stack bad
//! secret api_key { env API_KEY }
//! service app {
//!   image example.org/app:1
//! }
//! ```
//!
//! ```stack good
//! secret api_key { env API_KEY }
//! service app {
//!   image example.org/app:1
//!   env { API_KEY_FILE secret.api_key.path }
//! }
//! ```

use crate::lint::{Findings, Subject};

pub(super) const CODE: &str = "secret-unused";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for unused in subject.deployment.stack.unused.iter().filter(|unused| unused.kind == "secret") {
        let name = &unused.name;
        findings.push(
            findings
                .at(unused.at, format!("nobody gets the secret `{name}`"))
                .here("declared here, used nowhere")
                .help(format!(
                    "use it, for example `{}_FILE secret.{name}.path`, or remove it",
                    name.to_uppercase()
                )),
        );
    }
}
