//! # A container may change its own programs
//!
//! With `read_only` the file system of the image cannot be written to: an intruder can neither change the program nor
//! leave one behind, and data that nobody keeps is noticed at once. What must be written goes to a volume or a `tmpfs`.
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
//!     read_only: true
//!     tmpfs:
//!       - /tmp
//! ```

use crate::lint::project::{Running, advice, running};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "compose-root-writable";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut services = running(whole);
    services.retain(|running: &Running<'_>| running.service.get("read_only").is_none());
    let found = advice::of_all(whole, services, findings, "no `read_only`", |is_many| {
        if is_many {
            "can write to the file systems of their images"
        } else {
            "can write to the file system of its image"
        }
    });
    let Some(found) = found else { return };
    findings.push(
        found
            .note("an intruder can change the program; what is written there is lost with the container")
            .help("write `read_only: true`, with a `tmpfs` for `/tmp` and whatever else a start of the service then misses").in_stack("say `read_only on`, with `tmpfs /tmp` and whatever else a start of the service then misses"),
    );
}
