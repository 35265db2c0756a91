//! # `default_type` labels unknown files as code or style
//!
//! `default_type` is the type of every file whose extension the table does not know. As a type of scripts or
//! stylesheets it labels pictures, fonts and text files as code, which a browser then runs or refuses. Give the type to
//! the extension instead.
//!
//! ```nginx bad
//! location /stylesheets/ {
//!     root /srv/www;
//!     default_type text/css;
//! }
//! ```
//!
//! ```nginx good
//! location /stylesheets/ {
//!     root /srv/www;
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::location::{Location, Match};
use crate::lint::nginx::{Configuration, Node, regex, serving};

pub(super) const CODE: &str = "mime-default-type";

/// Every `default_type` that is one of scripts or stylesheets, and holds for more than such files.
pub(super) fn mislabelling<'c>(configuration: &'c Configuration<'_>) -> Vec<&'c Node> {
    let found = configuration.named("default_type").map(|(_, node)| node);
    found.filter(|node| is_code(node) && !is_meant(configuration, node)).collect()
}

fn is_code(node: &Node) -> bool {
    let essence = node.arg(0).unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let kinds = ["text/css", "text/javascript", "application/javascript", "application/x-javascript"];
    kinds.iter().any(|kind| essence.eq_ignore_ascii_case(kind))
}

/// Whether nothing but files of that type is answered where it stands.
fn is_meant(configuration: &Configuration<'_>, node: &Node) -> bool {
    if serving::is_answered(configuration, node.parent) {
        return true;
    }
    let Some(location) = node.parent.and_then(|parent| Location::of(configuration.get(parent))) else {
        return false;
    };
    let kinds = ["css", "js", "mjs", "cjs"];
    match location.by {
        Match::Exact | Match::Named => true,
        Match::Regex => regex::ending(location.pattern)
            .is_some_and(|ending| ending.iter().all(|kind| kinds.contains(&kind.as_str()))),
        Match::Prefix | Match::PrefixFirst => {
            location.pattern.rsplit_once('.').is_some_and(|(_, kind)| kinds.contains(&kind))
        }
    }
}

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for node in mislabelling(configuration) {
        let kind = node.arg(0).unwrap_or_default();
        findings.push(
            findings
                .at(node.line, format!("every file of an unknown kind is sent as `{kind}`"))
                .note("a browser runs or refuses pictures, fonts and texts that are labelled as code")
                .help("leave it out, and give the extension its type in `types` at the level that has the table")
                .may_unsafe_fix("leave it out", configuration.without(node).map(|edit| vec![edit])),
        );
    }
}
