//! # A check of the referrer that everybody passes
//!
//! `valid_referers none` lets requests without a `Referer` pass, and a page of an attacker can have the browser send none.
//! As a guard against requests from other sites the check then guards nothing.
//!
//! ```nginx bad
//! location / {
//!     valid_referers none server_names;
//!     root /srv/www;
//! }
//! ```
//!
//! ```nginx good
//! location / {
//!     valid_referers server_names;
//!     root /srv/www;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-referers-none";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.named("valid_referers") {
        if let Some(word) = node.args.iter().find(|word| word.text == "none") {
            let others: Vec<&str> = node
                .args
                .iter()
                .filter(|word| word.text != "none")
                .map(|word| configuration.sources.text(word.span))
                .collect();
            let edit = configuration.with_args(node, &others.join(" ")).filter(|_| !others.is_empty());
            findings.push(
                findings
                    .at(word.span, "whoever sends no `Referer` passes the check")
                    .note("`Referrer-Policy: no-referrer` on a page has the browser send none")
                    .help("take `none` out where the check guards something; against hotlinks alone it does no harm")
                    .may_unsafe_fix("take `none` out", edit.map(|edit| vec![edit])),
            );
        }
    }
}
