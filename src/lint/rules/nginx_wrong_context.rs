//! # A directive where nginx does not take it
//!
//! Every directive has the blocks that it may stand in, and nginx refuses to start if it stands elsewhere. What a file
//! of its own (one in `conf.d`, or one that is included) stands in is taken from where it is included, or told from
//! what is in it; where it cannot be told, this rule is silent.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     root /srv/www;
//!     worker_connections 1024;
//! }
//! ```
//!
//! ```nginx good
//! events {
//!     worker_connections 1024;
//! }
//! http {
//!     include mime.types;
//!     server {
//!         listen 80;
//!         root /srv/www;
//!         charset utf-8;
//!     }
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::{Configuration, words};
use crate::vocabulary::nginx::{self as table, Context};

pub(super) const CODE: &str = "nginx-wrong-context";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.all().filter(|(_, node)| node.is_own && !node.is_damaged) {
        let Some(context) = node.context else { continue };
        if table::directive(&node.name, context).is_some() {
            continue;
        }
        let mut places: Vec<Context> = Vec::new();
        for known in table::all().iter().filter(|known| known.name == node.name) {
            places.extend(&known.contexts);
        }
        places.retain(|place| *place != context);
        if places.is_empty() {
            continue;
        }
        let found = findings
            .at(node.head, format!("`{}` cannot stand {}", node.name, context.describe()))
            .note("nginx refuses to start with a directive where it does not take it")
            .help(format!("it may stand {}", words::places(&places)));
        let found = match node.parent.map(|parent| configuration.get(parent)).filter(|parent| parent.is_own) {
            Some(parent) => found.label(parent.head, "the block that it stands in"),
            None => found,
        };
        findings.push(found);
    }
}
