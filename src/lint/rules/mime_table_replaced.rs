//! # An inner table of content types replaces the outer one
//!
//! A `types` block in a server or a location does not add to the table around it: it replaces it. Every kind of file
//! that it does not name is sent as `default_type`. Add the type at the level that has the table, behind
//! `include mime.types`, or include the table again.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     root /srv/www;
//!     types {
//!         text/javascript mjs;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     root /srv/www;
//!     include mime.types;
//!     types {
//!         text/javascript mjs;
//!     }
//! }
//! ```

use super::mime_no_table::INCLUDE;
use crate::lint::Findings;
use crate::lint::nginx::location::{Location, Match};
use crate::lint::nginx::tables;
use crate::lint::nginx::{Configuration, NodeId, regex, serving, words};

pub(super) const CODE: &str = "mime-table-replaced";

/// The kinds of files that a page is made of.
const PAGE: &[&str] = &["html", "css", "js", "json", "png", "jpg", "svg", "woff2"];

/// A table that replaces another.
pub(super) struct Replaced {
    /// The `types` directive.
    pub(super) types: NodeId,
    /// The block that it stands in.
    pub(super) block: NodeId,
    /// Kinds of files that it lacks.
    pub(super) lost: Vec<String>,
}

/// Every table that replaces another, and lacks what a page is made of.
pub(super) fn replaced(configuration: &Configuration<'_>) -> Vec<Replaced> {
    let mut found: Vec<Replaced> = Vec::new();
    for (types, node) in configuration.named("types") {
        let Some(block) = node.parent else { continue };
        if found.iter().any(|earlier| earlier.block == block) || !is_inner(configuration, block) {
            continue;
        }
        let level = Some(block);
        let kinds: Vec<String> = configuration
            .in_block(level, "types")
            .flat_map(|types| &types.children)
            .flat_map(|entry| &configuration.get(*entry).args)
            .map(|word| word.text.to_ascii_lowercase())
            .collect();
        let includes = configuration.children(level).any(|(_, node)| tables::is_stock(node))
            || node.children.iter().any(|entry| configuration.get(*entry).name == "include");
        // An empty table with a default type forces that type, and says so.
        if kinds.is_empty() || includes || serving::is_answered(configuration, level) {
            continue;
        }
        if is_for_these_kinds(configuration, block, &kinds) {
            continue;
        }
        let lost: Vec<String> = PAGE
            .iter()
            .filter(|kind| !kinds.iter().any(|known| known == *kind))
            .map(|kind| format!(".{kind}"))
            .collect();
        // A table with the most of them is one of its own.
        if 2 * lost.len() > PAGE.len() {
            found.push(Replaced { types, block, lost });
        }
    }
    found
}

/// Whether a table around the block is replaced by one in it; nginx's built-in one, at least.
fn is_inner(configuration: &Configuration<'_>, block: NodeId) -> bool {
    matches!(configuration.get(block).name.as_str(), "server" | "location")
}

/// Whether a location is for files of these kinds alone.
fn is_for_these_kinds(configuration: &Configuration<'_>, block: NodeId, kinds: &[String]) -> bool {
    let known = |kind: &str| kinds.iter().any(|known| known == kind);
    let Some(location) = Location::of(configuration.get(block)) else { return false };
    match location.by {
        Match::Regex => {
            regex::ending(location.pattern).is_some_and(|ending| ending.iter().all(|kind| known(kind)))
        }
        Match::Exact | Match::Prefix | Match::PrefixFirst => {
            let name = location.pattern.rsplit('/').next().unwrap_or_default();
            name.rsplit_once('.').is_some_and(|(_, kind)| known(&kind.to_ascii_lowercase()))
        }
        Match::Named => false,
    }
}

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for Replaced { types, block, lost } in replaced(configuration) {
        let edit = configuration.before(configuration.get(types), INCLUDE);
        let block = configuration.get(block);
        findings.push(
            findings
                .at(configuration.get(types).head, "this table replaces the one that was inherited")
                .here(format!("has no type for {}", words::list(&lost)))
                .label(block.head, "in this block")
                .note("nginx does not add up tables of different levels: what this one lacks is sent as `default_type`")
                .help("write `include mime.types;` beside it, or move it to the level that has the table")
                .may_unsafe_fix("include the table, too", edit.map(|edit| vec![edit])),
        );
    }
}
