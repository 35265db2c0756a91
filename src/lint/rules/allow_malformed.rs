//! # A comment for stackc that it cannot follow
//!
//! `# stackc: allow(RULE) reason` lets findings of a rule be there: for the next key, item, instruction or directive with
//! all that is in it, or for that on its own line. Without a reason, or with a name that is none, it allows nothing, and
//! whoever wrote it believes that it does.
//!
//! ```yaml bad
//! services:
//!   cache:
//!     image: redis:8.2.1
//!     # stackc: allow(compose-privileged)
//!     read_only: true
//! ```
//!
//! ```dockerfile bad
//! # stackc: allow(docker-unpined-base) this registry has no digests
//! FROM registry.example.org/base
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! # stackc: allow-file(docker-unpinned-base) this registry has no versions
//! FROM registry.example.org/base
//! USER 1000
//! ```

use crate::diagnostic::Diagnostic;
use crate::lint::nginx::Configuration;
use crate::lint::{Findings, Whole};
use crate::source::Span;

pub(super) const CODE: &str = "allow-malformed";

/// Nothing by itself: comments are read before any rule runs.
pub(super) fn check(_: &Configuration<'_>, _: &mut Findings<'_>) {}

/// Nothing by itself, either.
pub(super) fn project(_: &Whole<'_>, _: &mut Findings<'_>) {}

/// The finding about one comment.
pub(in crate::lint) fn finding(message: impl Into<String>, at: Span) -> Diagnostic {
    Diagnostic::warning(CODE, message, at)
}
