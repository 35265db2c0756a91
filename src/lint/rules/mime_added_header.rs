//! # `add_header Content-Type` adds a second type
//!
//! nginx sets the content type itself. `add_header Content-Type` does not change it: the answer has two, and which of
//! them counts depends on who reads it. `default_type` sets the type of what `return` says and of files that the table
//! does not know.
//!
//! ```nginx bad
//! location = /health {
//!     add_header Content-Type text/plain;
//!     return 200 "ok";
//! }
//! ```
//!
//! ```nginx good
//! location = /health {
//!     default_type text/plain;
//!     return 200 "ok";
//! }
//! ```

use crate::diagnostic::{Fix, Safety};
use crate::lint::Findings;
use crate::lint::nginx::{Configuration, Node};

pub(super) const CODE: &str = "mime-added-header";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.named("add_header") {
        let is_type = node.arg(0).is_some_and(|name| name.eq_ignore_ascii_case("content-type"));
        if !is_type || is_the_only_one(configuration, node) {
            continue;
        }
        let has_return = configuration.has(node.parent, &["return"]);
        let mut found = findings
            .at(node.line, "this adds a second content type to the one that nginx sets")
            .note("which of the two counts depends on who reads the answer");
        let kind = node.args.get(1).map(|word| configuration.sources.text(word.span));
        if has_return && !configuration.has(node.parent, &["default_type"]) && configuration.is_handwritten {
            found.fix = kind.map(|kind| Fix {
                title: "set the type instead".to_owned(),
                edits: vec![(node.line, format!("default_type {kind}"))],
                safety: Safety::Unsafe,
            });
        }
        let help = match kind.filter(|_| configuration.is_handwritten) {
            Some(kind) if has_return => format!("write `default_type {kind};`"),
            _ => "set it with `default_type`, or in the table of types".to_owned(),
        };
        findings.push(found.help(help));
    }
}

/// Whether nothing else sets a type: an answer without a body has none, and that of a server behind may be hidden.
fn is_the_only_one(configuration: &Configuration<'_>, node: &Node) -> bool {
    let named = |name: &str, value: &str| {
        configuration.levels(node.parent).any(|level| {
            configuration
                .in_block(level, name)
                .any(|node| node.arg(0).is_some_and(|arg| arg.eq_ignore_ascii_case(value)))
        })
    };
    let empty =
        configuration.in_block(node.parent, "return").any(|node| matches!(node.arg(0), Some("204" | "304")));
    empty
        || named("proxy_hide_header", "content-type")
        || configuration.inherited(node.parent, "default_type").is_some_and(|node| node.arg(0) == Some(""))
}
