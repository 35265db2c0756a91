//! # An `allow` that allows nothing
//!
//! The rule that it names finds nothing in its block, so it can go. Left behind, it would hide the next finding,
//! whose reason is another one. The same holds for `# stackc: allow(RULE) reason` in a compose file, a Dockerfile or a
//! configuration of nginx; where a rule is turned off, or not everything that it looks at could be read, nothing is said.
//!
//! ```stack bad
//! service cache {
//!   image redis:8.2
//!   allow port-clash "the other stack is stopped first"
//!   publish 127.0.0.1:6379:6379
//! }
//! ```
//!
//! ```yaml bad
//! services:
//!   cache:
//!     image: redis:8.2.1
//!     # stackc: allow(compose-privileged) it needs the devices of the host
//!     read_only: true
//! ```
//!
//! ```stack good
//! service cache {
//!   image redis:8.2
//!   publish 127.0.0.1:6379:6379
//! }
//! ```

use crate::diagnostic::Diagnostic;
use crate::lint::judge::{Form, Suppression};
use crate::lint::{Findings, Subject, Whole, edits};
use crate::source::SourceMap;

pub(in crate::lint) const CODE: &str = "allow-unused";

/// Nothing by itself: what is unused is only known when every other rule has run.
pub(super) fn check(_: &Subject<'_>, _: &mut Findings<'_>) {}

/// Nothing by itself, either.
pub(super) fn project(_: &Whole<'_>, _: &mut Findings<'_>) {}

/// The finding about one suppression that was of no use.
pub(in crate::lint) fn finding(unused: &Suppression, sources: &SourceMap) -> Diagnostic {
    let rule = &unused.rule;
    let message = match unused.form {
        Form::Statement => format!("`allow {rule}` allows nothing"),
        Form::Comment { .. } => format!("`allow({rule})` allows nothing"),
    };
    let edit = match unused.form {
        Form::Statement => edits::without_lines(sources, unused.at),
        Form::Comment { removal } if sources.text(removal).starts_with('#') => {
            edits::without_comment(sources, removal)
        }
        Form::Comment { removal } => Some((removal, String::new())),
    };
    Diagnostic::warning(CODE, message, unused.at)
        .here("no finding of that rule is covered by it")
        .help("remove it")
        .may_safe_fix("remove it", edit.map(|edit| vec![edit]))
}
