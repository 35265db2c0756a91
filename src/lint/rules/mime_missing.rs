//! # Files that nginx would serve with no useful content type
//!
//! The table that holds for this route has no type for the extension, and nothing adds one: nginx sends its default
//! type, and a browser does not use the file as what it is. A stylesheet that arrives as text/plain is ignored without
//! a word on the page. The rule looks at the files that are below the static root, and at the `kinds` that an artefact
//! is said to hold.
//!
//! ```stack bad
//! # files: public/model.zzscene
//! proxy web {
//!   image nginx:1.30
//!   publish 80:80
//!   site example.org {
//!     static / from ./public
//!   }
//! }
//! ```
//!
//! ```yaml bad
//! # files: public/site.ttf
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro", "./public:/srv/www:ro"]
//! ```
//!
//! ```nginx bad
//! events { }
//! http {
//!     include mime.types;
//!     default_type application/octet-stream;
//!     server {
//!         listen 80;
//!         root /srv/www;
//!     }
//! }
//! ```
//!
//! ```stack good
//! # files: public/model.zzscene
//! proxy web {
//!   image nginx:1.30
//!   publish 80:80
//!   type model/x-scene zzscene
//!   site example.org {
//!     static / from ./public
//!   }
//! }
//! ```
//!
//! ```yaml good
//! # files: public/site.css
//! services:
//!   web:
//!     image: nginx:1.30
//!     volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro", "./public:/srv/www:ro"]
//! ```
//!
//! ```nginx good
//! events { }
//! http {
//!     include mime.types;
//!     default_type application/octet-stream;
//!     charset utf-8;
//!     server {
//!         listen 80;
//!         root /srv/www;
//!     }
//! }
//! ```

use std::collections::BTreeSet;

use crate::http::wrong::should_be;
use crate::http::{mime, types};
use crate::lint::nginx::{NodeId, tables};
use crate::lint::project::{running, served};
use crate::lint::{Findings, Subject, Whole};
use crate::model::nginx::ConfFile;
use crate::model::stack::{Policy, StaticRoot};
use crate::resolve::{Served, served_kinds};
use crate::source::Span;

pub(super) const CODE: &str = "mime-missing";

/// An extension below a static root that nginx's own table has no type for.
pub(super) struct Untyped {
    pub(super) served: Served,
    /// The statement that brings the files.
    pub(super) span: Span,
    /// The type that it is served with all the same, because the stack or the compiler adds it.
    pub(super) now: Option<String>,
    /// The type that it falls back to.
    pub(super) fallback: String,
}

impl Untyped {
    /// The files concerned, for a label.
    pub(super) fn what(&self) -> String {
        let Served { extension, example, count, .. } = &self.served;
        match (example, count) {
            (Some(example), 0 | 1) => example.clone(),
            (Some(example), 2) => format!("{example} and another `.{extension}` file"),
            (Some(example), count) => format!("{example} and {} other `.{extension}` files", count - 1),
            (None, _) => format!("said to hold `.{extension}` files"),
        }
    }
}

/// Every extension of every static root that the image's nginx does not know and that no `type` statement names.
pub(super) fn untyped(subject: &Subject<'_>) -> Vec<Untyped> {
    let mut found = Vec::new();
    for root in &subject.deployment.stack.static_roots {
        let Some(file) = subject.deployment.confs.iter().find(|file| file.service == root.service) else {
            continue;
        };
        found.extend(untyped_of(subject, root, file));
    }
    found
}

fn untyped_of(subject: &Subject<'_>, root: &StaticRoot, file: &ConfFile) -> Vec<Untyped> {
    // Another rule says that there is no table at all.
    if !types::has_table(&file.conf, root.location) {
        return Vec::new();
    }
    let table = types::table(&file.conf, root.location, file.version);
    let fallback = types::default_type(&file.conf, root.location);
    let plain = subject.deployment.stack.policy == Policy::Plain;
    let mut found = Vec::new();
    for served in served_kinds(root, subject.facts) {
        let stated = root.typed.iter().any(|extension| extension.as_str() == served.extension);
        let now = table.get(&served.extension).cloned();
        let stock = !plain && mime::nginx(file.version, &served.extension).is_some();
        let right = now.as_deref().is_some_and(|_| stock || stated || plain);
        let Some(span) = subject.span(served.origin) else { continue };
        if !right {
            found.push(Untyped { served, span, now, fallback: fallback.clone() });
        }
    }
    found
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for finding in untyped(subject) {
        if finding.now.is_some() {
            continue;
        }
        let extension = &finding.served.extension;
        let help = match mime::expected(extension) {
            Some(expected) => format!("add `type {expected} {extension}` to the proxy"),
            None => format!(
                "add `type TYPE/SUBTYPE {extension}` to the proxy, with the type that its readers expect"
            ),
        };
        findings.push(
            findings
                .at(finding.span, format!("`.{extension}` files would be served as `{}`", finding.fallback))
                .here(finding.what())
                .note("a browser does not use a file as what it is when the type says something else")
                .help(help),
        );
    }
}

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut told = BTreeSet::new();
    for proxy in running(whole) {
        let Some(configuration) = proxy.nginx else { continue };
        for kind in served::kinds(whole, &proxy, configuration) {
            let fallback =
                configuration.inherited(Some(kind.block), "default_type").and_then(|node| node.arg(0));
            let fallback = fallback.unwrap_or("text/plain");
            // The maps of scripts are for tools, which do not ask for a type.
            if kind.listed.is_some() || kind.extension == "map" {
                continue;
            }
            let Some(expected) = should_be(&kind.extension, fallback) else { continue };
            if !told.insert((kind.source.line, kind.extension.clone())) {
                continue;
            }
            // Tables of different levels do not add up: beside that of the nearest.
            let has_table = |level: &Option<NodeId>| {
                configuration.children(*level).any(|(_, node)| node.name == "types" || tables::is_stock(node))
            };
            let level = configuration.levels(Some(kind.block)).find(has_table);
            let table = level.and_then(|level| {
                configuration.children(level).map(|(_, node)| node).find(|node| tables::is_stock(node))
            });
            let line = format!("types {{ {expected} {}; }}", kind.extension);
            let edit = table.and_then(|table| configuration.behind(table, &line));
            findings.push(
                findings
                    .at(kind.source.line, format!("`.{}` files are served as `{fallback}`", kind.extension))
                    .here(kind.example)
                    .note("nginx's own table does not have them; a browser does not use a file as what it is when the type says something else")
                    .help(format!("add `types {{ {expected} {}; }}` beside `include mime.types;`", kind.extension)).in_stack(format!("add `type {expected} {}` to the proxy", kind.extension))
                    .may_unsafe_fix("give them their type", edit.map(|edit| vec![edit])),
            );
        }
    }
}
