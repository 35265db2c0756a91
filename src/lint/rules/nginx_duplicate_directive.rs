//! # A directive that may stand once stands twice
//!
//! Of most directives nginx takes one in a block and refuses to start with a second one, also if one of the two comes
//! from a file that is included.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     root /srv/www;
//!     charset utf-8;
//!     index index.html;
//!     root /srv/old;
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     root /srv/www;
//!     charset utf-8;
//!     index index.html;
//! }
//! ```

use std::collections::HashMap;

use crate::lint::Findings;
use crate::lint::nginx::{Configuration, Node, NodeId};

pub(super) const CODE: &str = "nginx-duplicate-directive";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let mut first: HashMap<(Option<NodeId>, &str), NodeId> = HashMap::new();
    for (id, node) in configuration.all().filter(|(_, node)| !node.is_damaged) {
        let Some(known) = node.directive().filter(|known| known.once) else { continue };
        let Some(before) = first.get(&(node.parent, known.name)).map(|id| configuration.get(*id)) else {
            first.insert((node.parent, known.name), id);
            continue;
        };
        // The same line, included twice, is one line.
        if !node.is_own {
            continue;
        }
        let place = node.context.map_or("here", |context| context.describe());
        let found = findings
            .at(node.line, format!("there is a second `{}` {place}", known.name))
            .note("nginx refuses to start: it is duplicate")
            .help("leave one of them out");
        let found = if before.is_own && before.line != node.line {
            found.label(before.line, "the first one")
        } else {
            found
        };
        let words = |node: &Node| node.args.iter().map(|word| word.text.clone()).collect::<Vec<_>>();
        let is_same = words(node) == words(before) && node.children.is_empty();
        let edit = configuration.without(node).filter(|_| is_same);
        findings.push(found.may_safe_fix("remove it", edit.map(|edit| vec![edit])));
    }
}
