//! # `if` in a location does more than it says
//!
//! Inside of a location, `if` is a location of its own: directives around it may hold or not, the last of several that
//! fit wins, and some combinations crash. Only `return` and `rewrite` do what they seem to.
//!
//! ```nginx bad
//! location / {
//!     root /srv/www;
//!     if ($request_method = POST) {
//!         add_header X-Method post;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! location / {
//!     root /srv/www;
//!     if ($request_method = POST) {
//!         return 405;
//!     }
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;
use crate::vocabulary::nginx::Context;

pub(super) const CODE: &str = "nginx-if-location";

/// What is safe in it.
const SAFE: &[&str] = &["return", "rewrite", "set", "break"];

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (id, node) in configuration.named("if").filter(|(_, node)| node.context == Some(Context::Location)) {
        let unsafe_one =
            configuration.children(Some(id)).find(|(_, inner)| !SAFE.contains(&inner.name.as_str()));
        if let Some((_, inner)) = unsafe_one {
            findings.push(
                findings
                    .at(inner.line, format!("`{}` in an `if` of a location may not do what it says", inner.name))
                    .label(node.head, "is a location of its own")
                    .note("of several `if` that fit the last one wins, and what stands around them may not hold inside")
                    .help("decide with a `map` outside, or use only `return` and `rewrite` in it"),
            );
        }
    }
}
