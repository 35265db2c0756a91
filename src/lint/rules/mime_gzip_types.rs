//! # Compression leaves out types of files that are served
//!
//! nginx compresses text/html and what `gzip_types` names, by the content type that is sent. A list that was written
//! for another table of types, or none at all, leaves scripts, stylesheets or pictures as large as they are. The rule
//! looks at the files that are below the static root, so it is silent about a configuration alone.
//!
//! ```stack bad
//! # files: public/site.css public/logo.svg
//! proxy web {
//!   image nginx:1.30
//!   publish 80:80
//!   site example.org {
//!     gzip_types text/css
//!     static / from ./public
//!   }
//! }
//! ```
//!
//! ```yaml bad
//! # files: public/logo.svg
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
//!     charset utf-8;
//!     gzip on;
//!     gzip_types text/css;
//!     server {
//!         listen 80;
//!         root /srv/www;
//!     }
//! }
//! ```
//!
//! ```stack good
//! # files: public/site.css public/logo.svg
//! proxy web {
//!   image nginx:1.30
//!   publish 80:80
//!   site example.org {
//!     gzip_types text/css image/svg+xml
//!     static / from ./public
//!   }
//! }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::http::mime::is_compressible;
use crate::http::types;
use crate::lint::nginx::words;
use crate::lint::project::{running, served};
use crate::lint::{Findings, Subject, Whole, edits};
use crate::model::nginx::{Conf, DirId, Directive};
use crate::resolve::served_kinds;
use crate::source::{SourceMap, Span};

pub(super) const CODE: &str = "mime-gzip-types";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let mut missing: BTreeMap<Span, BTreeSet<String>> = BTreeMap::new();
    for root in &subject.deployment.stack.static_roots {
        let Some(file) = subject.deployment.confs.iter().find(|file| file.service == root.service) else {
            continue;
        };
        let Some(gzip) = nearest(&file.conf, root.location, "gzip").filter(|gzip| is_on(gzip)) else {
            continue;
        };
        let list = nearest(&file.conf, root.location, "gzip_types");
        let Some(span) = subject.span(list.unwrap_or(gzip).origin) else { continue };
        let compressed: Vec<&str> =
            list.into_iter().flat_map(|list| &list.args).filter_map(|arg| arg.as_literal()).collect();
        if compressed.contains(&"*") || list.is_some_and(|list| compressed.len() < list.args.len()) {
            continue;
        }
        let table = types::table(&file.conf, root.location, file.version);
        for served in served_kinds(root, subject.facts) {
            let Some(kind) = table.get(&served.extension).filter(|kind| is_compressible(kind)) else {
                continue;
            };
            if !compressed.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
                missing.entry(span).or_default().insert(kind.clone());
            }
        }
    }
    report(missing, None, findings);
}

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut missing: BTreeMap<Span, BTreeSet<String>> = BTreeMap::new();
    let mut ends = Ends::new();
    for proxy in running(whole) {
        let Some(configuration) = proxy.nginx else { continue };
        for served in served::kinds(whole, &proxy, configuration) {
            let block = Some(served.block);
            let is_on = |gzip: &&crate::lint::nginx::Node| gzip.arg(0) == Some("on");
            let Some(gzip) = configuration.inherited(block, "gzip").filter(is_on) else { continue };
            let list = configuration.inherited(block, "gzip_types");
            let is_listed = |kind: &str| {
                let mut words = list.into_iter().flat_map(|list| &list.args);
                words.any(|word| word.text == "*" || word.text.eq_ignore_ascii_case(kind))
            };
            let Some(kind) = served.listed.filter(|kind| is_compressible(kind) && !is_listed(kind)) else {
                continue;
            };
            let place = list.unwrap_or(gzip);
            if place.is_own {
                if configuration.is_handwritten && !place.is_damaged {
                    ends.insert(place.line, (place.whole, list.is_some()));
                }
                missing.entry(place.line).or_default().insert(kind);
            }
        }
    }
    report(missing, Some((whole.sources, &ends)), findings);
}

/// Of what a person wrote, by its line, the whole directive, and whether it is the list.
type Ends = BTreeMap<Span, (Span, bool)>;

fn report(
    missing: BTreeMap<Span, BTreeSet<String>>,
    ends: Option<(&SourceMap, &Ends)>,
    findings: &mut Findings<'_>,
) {
    for (span, kinds) in missing {
        let kinds: Vec<String> = kinds.into_iter().collect();
        let edit = ends.and_then(|(sources, ends)| match ends.get(&span)? {
            (_, true) => Some((span.at_end(), format!(" {}", kinds.join(" ")))),
            (gzip, false) => edits::line_behind(sources, *gzip, &format!("gzip_types {};", kinds.join(" "))),
        });
        findings.push(
            findings
                .at(span, format!("files of {} are served and not compressed", words::list(&kinds)))
                .note("nginx compresses text/html and what `gzip_types` names")
                .help(format!("add `{}` to `gzip_types`", kinds.join(" ")))
                .may_unsafe_fix("compress them, too", edit.map(|edit| vec![edit])),
        );
    }
}

/// The last directive of a name in the nearest block that has one.
fn nearest<'c>(conf: &'c Conf, block: DirId, name: &str) -> Option<&'c Directive> {
    let blocks = std::iter::once(block).chain(conf.ancestors(block));
    let mut last = blocks.map(|block| conf.named(Some(block), name).last());
    last.find_map(|found| found).map(|id| conf.get(id))
}

fn is_on(gzip: &Directive) -> bool {
    gzip.args.first().and_then(|arg| arg.as_literal()).is_some_and(|arg| arg.eq_ignore_ascii_case("on"))
}
