//! # The stock table is included inside of `types`
//!
//! nginx's mime.types has a `types` block of its own. Included inside of another one, it makes nginx refuse to start.
//!
//! ```nginx bad
//! http {
//!     types {
//!         include mime.types;
//!         text/javascript mjs;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! http {
//!     include mime.types;
//!     types {
//!         text/javascript mjs;
//!     }
//! }
//! ```

use crate::lint::nginx::{Configuration, tables};
use crate::lint::{Findings, edits};

pub(super) const CODE: &str = "mime-include-in-types";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, types) in configuration.named("types") {
        for entry in types.children.iter().map(|entry| configuration.get(*entry)) {
            let stock = entry.arg(0).is_some_and(|path| path.rsplit('/').next() == Some("mime.types"));
            if !stock || !tables::is_stock(entry) {
                continue;
            }
            let line = format!("{};", configuration.sources.text(entry.line));
            let edits = edits::all([configuration.before(types, &line), configuration.without(entry)]);
            findings.push(
                findings
                    .at(entry.line, "`mime.types` cannot be included inside of `types`")
                    .label(types.head, "the block around it")
                    .note("nginx refuses to start: the file has a `types` block of its own")
                    .help("write the `include` before the block, at the same level: the two add up")
                    .may_safe_fix("include it before the block", edits),
            );
        }
    }
}
