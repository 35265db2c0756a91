//! # A location that no request reaches
//!
//! Regular expressions are asked in the order of the file, and the first that matches takes the request: one that
//! stands a second time, or behind one that matches every path, is never asked. Of a prefix or an exact path there may
//! be only one: nginx refuses to start with a second. It also refuses a location inside of another whose paths it does
//! not match.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     location /api/ {
//!         proxy_pass http://one:8000;
//!     }
//!     location /api/ {
//!         proxy_pass http://two:8000;
//!     }
//! }
//! ```
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     location ~ /.* {
//!         proxy_pass http://app:8000;
//!     }
//!     location ~ \.php$ {
//!         fastcgi_pass php:9000;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     location / {
//!         proxy_pass http://app:8000;
//!     }
//!     location ~ \.php$ {
//!         fastcgi_pass php:9000;
//!     }
//! }
//! ```

use std::collections::HashMap;

use crate::lint::Findings;
use crate::lint::nginx::location::{Location, Match};
use crate::lint::nginx::{Configuration, Node, NodeId, regex};

pub(super) const CODE: &str = "nginx-unreachable-location";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    check_level(configuration, None, findings);
    for (id, node) in configuration.all() {
        if matches!(node.name.as_str(), "server" | "location") && !node.children.is_empty() {
            check_level(configuration, Some(id), findings);
        }
    }
}

/// The locations of a level so far, to find the one that leaves nothing to a later one.
#[derive(Default)]
struct Before<'c> {
    same: HashMap<(u8, &'c str), &'c Node>,
    all: Option<(&'c Node, &'c str)>,
}

impl<'c> Before<'c> {
    /// Adds a location, or gives the one before that takes its requests, and its pattern.
    fn add(&mut self, node: &'c Node, location: &Location<'c>) -> Option<(&'c Node, &'c str)> {
        // nginx tells a prefix with `^~` from one without by no more than that.
        let way = match location.by {
            Match::Prefix | Match::PrefixFirst => 0,
            Match::Exact => 1,
            Match::Named => 2,
            Match::Regex => 3 + u8::from(location.ignores_case),
        };
        let key = (way, location.pattern);
        if let Some(first) = self.same.get(&key) {
            return Some((first, location.pattern));
        }
        self.same.insert(key, node);
        if location.by != Match::Regex {
            return None;
        }
        if self.all.is_none() && regex::matches_all(location.pattern) {
            self.all = Some((node, location.pattern));
            return None;
        }
        self.all
    }
}

fn check_level(configuration: &Configuration<'_>, level: Option<NodeId>, findings: &mut Findings<'_>) {
    let mut before = Before::default();
    let around = level.and_then(|id| Location::of(configuration.get(id)));
    for node in configuration.in_block(level, "location") {
        let Some(location) = Location::of(node) else { continue };
        if let Some(around) = around.filter(|_| node.is_own) {
            outside(node, &location, &around, findings);
        }
        if let Some((first, pattern)) = before.add(node, &location).filter(|_| node.is_own) {
            taken(node, &location, first, pattern, findings);
        }
    }
}

/// Reports a location that an earlier one of its level leaves nothing to.
fn taken(node: &Node, location: &Location<'_>, first: &Node, pattern: &str, findings: &mut Findings<'_>) {
    // One line that is included twice.
    if first.line == node.line {
        return;
    }
    let found = findings.at(node.line, format!("no request reaches `{}`", location.pattern));
    let found = if first.is_own { found.label(first.line, "takes all of them") } else { found };
    findings.push(match (pattern == location.pattern, location.by) {
        (true, Match::Prefix | Match::PrefixFirst | Match::Exact) => found
            .note("nginx refuses to start: it is a duplicate location")
            .help("put both into one block, or leave one out"),
        (true, Match::Named) => found
            .note("of locations with one name the first takes the request")
            .help("put both into one block, or leave one out"),
        (true, Match::Regex) => found
            .note("of regular expressions the first that matches takes the request")
            .help("put both into one block, or leave one out"),
        (false, _) => found
            .note("of regular expressions the first that matches takes the request")
            .help(format!("write `location /` in the place of `~ {pattern}`, or put this one before it")),
    });
}

/// Reports a location inside of one whose paths it does not match. Source: `ngx_http_core_location`.
fn outside(node: &Node, location: &Location<'_>, around: &Location<'_>, findings: &mut Findings<'_>) {
    let plain = |by| matches!(by, Match::Prefix | Match::PrefixFirst | Match::Exact);
    let why = match (around.by, location.by) {
        (Match::Exact, _) => "nothing may stand inside of an exact location",
        (Match::Named, _) => "nothing may stand inside of a named location",
        (_, Match::Named) => "a named location may stand only in a server",
        // Of a regular expression nginx compares the text.
        (_, by) if plain(by) && !location.pattern.starts_with(around.pattern) => {
            "its paths do not begin as those of the location around it"
        }
        (Match::Prefix | Match::PrefixFirst | Match::Regex, _) => return,
    };
    findings.push(
        findings
            .at(node.line, format!("no request reaches `{}`", location.pattern))
            .label(around.span, "the location around it")
            .note(format!("nginx refuses to start: {why}"))
            .help("move it out of that location"),
    );
}
