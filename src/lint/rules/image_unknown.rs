//! # An image that stackc knows nothing of
//!
//! Under `defaults secure` a container loses its capabilities and the right to write its own file system, but only
//! where it is known that the program works without them: in images that the stack builds, and in a few official
//! ones. This image is none of those, so nothing was taken from it. Say `read_only on`, `user 1000:1000` and the like
//! if the image allows it.
//!
//! ```stack bad
//! service cache {
//!   image redis:8.2
//! }
//! ```
//!
//! ```stack good
//! service postgres {
//!   image postgres:18
//! }
//! ```

use crate::lint::{Findings, Subject};
use crate::model::stack::Policy;

pub(super) const CODE: &str = "image-unknown";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.deployment.stack.policy == Policy::Plain {
        return;
    }
    for service in &subject.deployment.compose.services {
        let Some(image) = &service.image else { continue };
        if !service.cap_drop.is_empty() || service.read_only.is_some() {
            continue;
        }
        let (Some(span), Some(known)) = (subject.span(image.origin()), image.known()) else { continue };
        findings.push(
            findings
                .at(span, format!("`{known}` runs as it comes: stackc does not know what it needs"))
                .note("it keeps its capabilities, its user and a writable file system")
                .help("if the image allows it, add `read_only on`, `tmpfs /tmp` and `user UID:GID`"),
        );
    }
}
