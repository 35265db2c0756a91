//! # `allow` without `deny` keeps nobody out
//!
//! `allow` lets some addresses in, and nginx lets in who is named by neither. Without a `deny all` behind it the list
//! does nothing. And `return` answers before the list is asked.
//!
//! ```nginx bad
//! location /admin/ {
//!     allow 10.0.0.0/8;
//!     root /srv/www;
//! }
//! ```
//!
//! ```nginx good
//! location /admin/ {
//!     allow 10.0.0.0/8;
//!     deny all;
//!     root /srv/www;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::{Configuration, Node};

pub(super) const CODE: &str = "nginx-open-access";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let mut told = Vec::new();
    for (_, node) in configuration.named("allow").filter(|(_, node)| node.arg(0) != Some("all")) {
        if told.contains(&node.parent) {
            continue;
        }
        // Access lists are inherited as a whole, into blocks that have none.
        if !configuration.has(node.parent, &["deny", "include"]) {
            told.push(node.parent);
            let last = configuration.last(node.parent, "allow");
            let edit = last.and_then(|last| configuration.behind(last, "deny all;"));
            findings.push(
                findings
                    .at(node.line, "everybody is let in, whoever is allowed")
                    .note("nginx lets in those that neither `allow` nor `deny` names")
                    .help("write `deny all;` behind it")
                    .may_unsafe_fix("deny everybody else", edit.map(|edit| vec![edit])),
            );
        }
    }
    for (_, node) in configuration.named("deny").filter(|(_, node)| node.arg(0) == Some("all")) {
        let answers = configuration.in_block(node.parent, "return").find(|answer| lets_in(answer));
        if let Some(answer) = answers {
            findings.push(
                findings
                    .at(answer.line, "everybody gets this answer, whoever is denied")
                    .label(node.line, "is asked later")
                    .note("`return` answers in the rewrite phase, before access is checked")
                    .help("serve what shall be guarded with `try_files`, or move the `return` into a location of its own"),
            );
        }
    }
}

/// Whether an answer gives anything away.
fn lets_in(answer: &Node) -> bool {
    !answer.arg(0).is_some_and(|code| code.starts_with('4'))
}
