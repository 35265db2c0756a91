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
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example.org/app:1
//! secrets:
//!   api_key:
//!     file: ./secrets/api_key
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example.org/app:1
//!     secrets: [api_key]
//! secrets:
//!   api_key:
//!     file: ./secrets/api_key
//! ```

use std::collections::BTreeSet;

use super::secret_not_granted;
use crate::lint::{Findings, Subject, Whole};
use crate::project::compose::Node;

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

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = &whole.project.compose else { return };
    let mut granted: BTreeSet<String> = BTreeSet::new();
    for service in &compose.services {
        granted.extend(
            service.grants.iter().filter(|grant| grant.is_secret).map(|grant| grant.name.value.clone()),
        );
        // Another rule says that these are read and not granted.
        let read = secret_not_granted::reads(service);
        granted.extend(read.into_iter().map(|(path, _)| path[secret_not_granted::FOLDER.len()..].to_owned()));
        let of_build = service.node.at(&["build", "secrets"]).map(Node::items).unwrap_or_default();
        for node in of_build {
            // A name, or `source: NAME`.
            granted.extend(node.text().or_else(|| node.get("source")?.text()));
        }
    }
    for secret in &compose.secrets {
        let name = &secret.name.value;
        // A file without services is a part of another one.
        if granted.contains(name) || name.starts_with("x-") || compose.services.is_empty() {
            continue;
        }
        // A service that reads it has not been granted it, which another rule says where it is read.
        let path = format!("/run/secrets/{name}");
        let variables = compose.services.iter().flat_map(|service| &service.environment);
        let mut values = variables.filter_map(|variable| variable.value.as_ref()?.value.as_deref());
        if values.any(|value| value == path) {
            continue;
        }
        findings.push(
            findings
                .at(secret.name.span, format!("nobody gets the secret `{name}`"))
                .here("declared here, granted to no service and no build")
                .help(format!("grant it, `secrets: [{name}]` in the service that reads /run/secrets/{name}, or remove it")),
        );
    }
}
