//! # A regular expression takes files from a static location
//!
//! A location with a regular expression wins over a prefix, however long the prefix is. A location for `\.(css|js)$`
//! thus answers `/static/site.css` in the place of `location /static/`, and looks for the file in its own root, where it
//! is not. `^~` keeps regular expressions away from a prefix.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     root /srv/www;
//!     charset utf-8;
//!     location /static/ {
//!         alias /srv/app/static/;
//!     }
//!     location ~* \.(css|js|png)$ {
//!         expires 30d;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     root /srv/www;
//!     charset utf-8;
//!     location ^~ /static/ {
//!         alias /srv/app/static/;
//!     }
//!     location ~* \.(css|js|png)$ {
//!         expires 30d;
//!     }
//! }
//! ```

use crate::diagnostic::{Fix, Safety};
use crate::lint::Findings;
use crate::lint::nginx::location::{Location, Match};
use crate::lint::nginx::{Configuration, Node, NodeId, regex, serving};

pub(super) const CODE: &str = "nginx-regex-shadow";

/// So many expressions of a server are looked at; hardly one has more.
const MOST: usize = 100;

/// Kinds of files that static folders hold.
const STATIC: &[&str] = &[
    "css", "js", "mjs", "png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "avif", "woff", "woff2", "ttf",
    "eot", "otf", "map", "json", "mp4", "webm", "pdf",
];

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (server, _) in configuration.named("server") {
        let ids = configuration.ids_in_block(Some(server), "location").iter().copied();
        let locations = ids.filter_map(|id| {
            let node = configuration.get(id);
            Some((id, node, Location::of(node)?))
        });
        let locations: Vec<(NodeId, &Node, Location<'_>)> = locations.collect();
        let takes_files = |node: &Node, location: &Location<'_>| {
            node.is_own
                && location.by == Match::Regex
                && regex::extensions(location.pattern).is_some_and(|kinds| is_static(&kinds))
        };
        let expressions: Vec<&(NodeId, &Node, Location<'_>)> =
            locations.iter().filter(|(_, node, location)| takes_files(node, location)).take(MOST).collect();
        for (prefix_id, node, prefix) in &locations {
            if prefix.by != Match::Prefix || !node.is_own || prefix.pattern == "/" {
                continue;
            }
            // A prefix with expressions of its own asks those first.
            if configuration.has(Some(*prefix_id), &["location"]) {
                continue;
            }
            let Some(place) = own_place(configuration, *prefix_id) else { continue };
            let taken = expressions.iter().find(|(id, ..)| looks_elsewhere(configuration, *id, place));
            let Some((_, other, regex)) = taken else { continue };
            let found = findings
                .at(prefix.span, format!("files of `{}` are looked for elsewhere", prefix.pattern))
                .here("a prefix, which gives way to regular expressions")
                .label(regex.span, "takes them")
                .note(format!(
                    "nginx prefers a regular expression to a prefix: `{}` finds `{}` files in another place",
                    other.args.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "),
                    regex::extensions(regex.pattern).unwrap_or_default().first().map_or("", String::as_str),
                ))
                .help(format!("write `location ^~ {}`", prefix.pattern));
            let mut found = found;
            if configuration.is_handwritten && node.args.len() == 1 {
                found.fix = Some(Fix {
                    title: "keep regular expressions away".to_owned(),
                    edits: vec![(prefix.span.at_start(), "^~ ".to_owned())],
                    // What else the expression's location says no longer holds for these files.
                    safety: Safety::Unsafe,
                });
            }
            findings.push(found);
        }
    }
}

/// Where a location that answers with files has them, by its own words.
fn own_place<'c>(configuration: &'c Configuration<'_>, location: NodeId) -> Option<&'c Node> {
    let own = configuration.last(Some(location), "alias").or(configuration.last(Some(location), "root"))?;
    (!serving::is_answered(configuration, Some(location))).then_some(own)
}

/// Whether a location does not find the files of a place: it has them from elsewhere, or asks somebody else.
fn looks_elsewhere(configuration: &Configuration<'_>, location: NodeId, place: &Node) -> bool {
    if serving::is_answered(configuration, Some(location)) {
        return true;
    }
    match serving::source(configuration, location) {
        Some(other) => place.name == "alias" || other.name == "alias" || other.arg(0) != place.arg(0),
        None => true,
    }
}

fn is_static(kinds: &[String]) -> bool {
    kinds.iter().any(|kind| STATIC.contains(&kind.as_str()))
}
