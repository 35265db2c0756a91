//! # Missing assets are answered with the page
//!
//! `try_files $uri /index.html` answers every path that is no file with the page of the application, scripts and
//! stylesheets that are no longer there among them. After a deployment, a browser that still has the old page asks for
//! the old script, gets HTML with status 200, and shows an empty page instead of asking again. Answer assets with 404
//! in a location of their own.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     root /srv/www;
//!     charset utf-8;
//!     location / {
//!         try_files $uri $uri/ /index.html;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     root /srv/www;
//!     charset utf-8;
//!     location / {
//!         try_files $uri $uri/ /index.html;
//!     }
//!     location /assets/ {
//!         try_files $uri =404;
//!     }
//! }
//! ```

use std::collections::HashMap;

use crate::lint::Findings;
use crate::lint::nginx::location::{Location, Match};
use crate::lint::nginx::{Configuration, Node, NodeId, Word, regex, serving};

pub(super) const CODE: &str = "nginx-spa-fallback";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    let mut of_servers: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
    for (_, node) in configuration.named("try_files") {
        let Some(parent) = node.parent else { continue };
        let block = configuration.get(parent);
        let server = match block.name.as_str() {
            "server" => parent,
            "location" => match configuration.enclosing(parent, "server") {
                Some(server) => server,
                None => continue,
            },
            _ => continue,
        };
        let all = match Location::of(block) {
            Some(location) => location.by == Match::Prefix && location.pattern == "/",
            None => true,
        };
        let Some(page) = fallback(node).filter(|_| all && !serving::is_answered(configuration, Some(parent)))
        else {
            continue;
        };
        let of_server = of_servers.entry(server).or_insert_with(|| apart(configuration, server));
        // Those inside of the location at hand inherit no `try_files`.
        let is_apart = of_server.iter().any(|id| *id != parent)
            || parent != server && !apart(configuration, parent).is_empty();
        if configuration.get(server).is_damaged || is_apart {
            continue;
        }
        findings.push(
            findings
                .at(page.span, "scripts and stylesheets that are not there are answered with this page")
                .note("a browser that asks for a file of an earlier deployment gets HTML with status 200")
                .help("give the assets a location of their own with `try_files $uri =404;`"),
        );
    }
}

/// The page that answers for every path that is not there: the last resort, or a file that is there before it.
fn fallback(try_files: &Node) -> Option<&Word> {
    let uri = try_files.args.iter().position(|word| word.text == "$uri")?;
    try_files.args[uri..].iter().find(|word| {
        let path = word.text.split('?').next().unwrap_or_default();
        path.starts_with('/') && !path.contains('$') && serving::is_page(path)
    })
}

/// The first two locations of a level that take the assets, or may: those for their kinds, or for a folder of files.
/// One of them is another than any location at hand.
fn apart(configuration: &Configuration<'_>, level: NodeId) -> Vec<NodeId> {
    let ids = configuration.ids_in_block(Some(level), "location").iter().copied();
    ids.filter(|id| takes_assets(configuration, *id)).take(2).collect()
}

fn takes_assets(configuration: &Configuration<'_>, id: NodeId) -> bool {
    let Some(location) = Location::of(configuration.get(id)) else { return false };
    match location.by {
        Match::Regex if regex::any_extension(location.pattern) => true,
        Match::Regex => regex::ending(location.pattern)
            .is_some_and(|kinds| kinds.iter().any(|kind| matches!(kind.as_str(), "js" | "css" | "mjs"))),
        Match::Prefix | Match::PrefixFirst => {
            location.pattern != "/" && !serving::is_answered(configuration, Some(id))
        }
        Match::Exact | Match::Named => false,
    }
}
