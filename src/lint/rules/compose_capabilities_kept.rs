//! # Services keep capabilities that they do not need
//!
//! The engine gives every container fourteen capabilities of root, such as to change owners of files, to take on other
//! users and to write raw packets. Few programs need any. What they do not have, an intruder does not have either.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//!     cap_drop: [ALL]
//! ```

use crate::lint::project::{Running, advice, running};
use crate::lint::{Findings, Whole};
use crate::project::compose::Node;

pub(super) const CODE: &str = "compose-capabilities-kept";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut services = running(whole);
    services.retain(|running: &Running<'_>| {
        let service = running.service;
        service.get("cap_drop").is_none() && !service.get("privileged").is_some_and(Node::is_true)
    });
    let found = advice::of_all(whole, services, findings, "no `cap_drop`", |is_many| {
        if is_many { "keep capabilities of root" } else { "keeps capabilities of root" }
    });
    let Some(found) = found else { return };
    findings.push(
        found.note("the engine gives fourteen of them to every container, and few programs need any").help(
            "write `cap_drop: [ALL]`, and add back with `cap_add` what a start of the service then misses",
        ).in_stack("say `cap_drop ALL`, and add back with `cap_add` what a start of the service then misses"),
    );
}
