//! How long browsers may keep the files that nginx serves itself, and the headers that go with them.

use super::codes;
use super::context::Context;
use super::fitting::Fitted;
use super::nginx::{ConfDraft, variables};
use super::proxy::{ProxyDraft, SiteDraft};
use crate::diagnostic::Diagnostic;
use crate::model::nginx::{Body, DirId, Entry};
use crate::model::values::{Part, Text};
use crate::source::Origin;

/// What holds the answer of the table below.
const BY_NAME: &str = "static_cache";

/// Asked for again before every use: a file that did not change costs an answer without a body.
const ASK_AGAIN: &str = "no-cache";

/// Kept for a year, and not asked for again even when the page is loaded anew. Source: RFC 8246.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// Names that change with the content, as tools that bundle make them: a run of hexadecimal digits with a letter and a
/// digit among them (webpack, Django's `ManifestStaticFilesStorage`), and eight characters of base 32 (esbuild, and
/// Angular by it). Whatever else could be somebody's word or date is none.
const HASHED_NAMES: &[&str] = &[
    r"~[.-](?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{8,}\.[^/]+$",
    r"~-(?=[2-7]*[A-Z])(?=[A-Z]*[2-7])[A-Z2-7]{8}\.(css|m?js|woff2?)(\.map)?$",
];

impl<'t> Context<'_, 't> {
    /// Browsers must not guess another type than the one they are told. Comes before the options of the route, whose
    /// words take the place of defaults.
    pub(crate) fn secure_static(
        &mut self,
        location: DirId,
        site: &SiteDraft,
        fit: &Fitted<'t>,
        proxy: &mut ProxyDraft<'t>,
    ) {
        if !self.secure() {
            return;
        }
        proxy.conf.repeat_headers(location, site);
        if !has_header(&proxy.conf, location, "x-content-type-options") {
            let origin = self.origins.by_default("nosniff", Some(fit.origin));
            let [name, value] = ["X-Content-Type-Options", "nosniff"].map(|word| Text::literal(word, origin));
            proxy.conf.header(location, name, value, origin);
        }
    }

    /// Says how long files may be kept, unless the route, its site or its proxy does. Comes after the options.
    pub(crate) fn cache_static(&mut self, location: DirId, fit: &Fitted<'t>, proxy: &mut ProxyDraft<'t>) {
        let conf = &mut proxy.conf;
        if !self.secure() || says_expires(conf, location) || has_header(conf, location, "cache-control") {
            return;
        }
        let table = self.origins.by_default("static-cache-table", Some(proxy.draft.service.origin));
        conf.cache_by_name(table);
        let origin = self.origins.by_default("static-cache", Some(fit.origin));
        // Without `always`: that a file is missing must not be kept.
        let words = vec![Text::literal("Cache-Control", origin), variables(&format!("${BY_NAME}"), origin)];
        conf.put_texts(location, "add_header", words, origin);
    }

    /// `immutable <uri>...`: folders of a location whose files are named after their content.
    pub(crate) fn immutable(
        &mut self,
        inner: &Fitted<'t>,
        location: DirId,
        site: &SiteDraft,
        proxy: &mut ProxyDraft<'t>,
    ) {
        let outer = proxy.conf.tree().get(location).args.last().and_then(Text::as_literal);
        let outer = outer.unwrap_or_default().to_owned();
        let origin = inner.origin;
        for arg in inner.bound.rest(0) {
            let Some(uri) = self.uri(arg) else { continue };
            if !uri.starts_with(&outer) || uri == outer || !uri.ends_with('/') {
                self.wrong_type(arg, &format!("a folder below `{outer}`"), &format!("{outer}assets/"));
                continue;
            }
            let words = ["^~", &uri].map(|word| Text::literal(word, origin)).to_vec();
            let folder = proxy.conf.open(location, "location", words, origin);
            let words = vec![variables("$uri", origin), Text::literal("=404", origin)];
            proxy.conf.put_texts(folder, "try_files", words, origin);
            self.cache_apart((folder, location), FOR_GOOD, origin, site, proxy);
        }
    }

    /// The page of a single-page application names the files of the last deployment: it is asked for again, whatever
    /// holds for them.
    pub(crate) fn cache_page(
        &mut self,
        location: DirId,
        index: &str,
        origin: Origin,
        site: &SiteDraft,
        proxy: &mut ProxyDraft<'t>,
    ) {
        if is_cached_by_name(&proxy.conf, location) {
            return;
        }
        let words = ["=", index].map(|word| Text::literal(word, origin)).to_vec();
        let page = proxy.conf.open(location, "location", words, origin);
        self.cache_apart((page, location), ASK_AGAIN, origin, site, proxy);
    }

    /// Says how long the answers of a location may be kept, with the headers of the one around it.
    fn cache_apart(
        &mut self,
        (inner, outer): (DirId, DirId),
        value: &str,
        origin: Origin,
        site: &SiteDraft,
        proxy: &mut ProxyDraft<'t>,
    ) {
        if proxy.conf.tree().named(Some(outer), "add_header").next().is_none() {
            proxy.conf.repeat_headers(inner, site);
        }
        let conf = &mut proxy.conf;
        let again = self.origins.lowered("repeated-header", origin);
        let headers: Vec<Vec<Text>> = (conf.tree().named(Some(outer), "add_header"))
            .map(|id| conf.tree().get(id).args.clone())
            .filter(|args| !is_header(args, "cache-control"))
            .collect();
        if says_expires(conf, outer) {
            conf.put(inner, "expires", &["off"], origin);
        }
        for args in headers {
            conf.put_texts(inner, "add_header", args, again);
        }
        conf.put(inner, "add_header", &["Cache-Control", value], origin);
    }

    /// `immutable` in a route that serves no files.
    pub(crate) fn report_immutable(&mut self, inner: &Fitted<'t>) {
        self.sink.push(
            Diagnostic::error(codes::CONFLICT, "this route serves no files", inner.span())
                .here("there is nothing to keep")
                .help("put it into a `static` or `spa`"),
        );
    }
}

impl ConfDraft {
    /// Says the site's headers again in a location that will have some of its own, which would lose them.
    pub(crate) fn repeat_headers(&mut self, location: DirId, site: &SiteDraft) {
        for (name, value, cause) in site.headers.clone() {
            self.header(location, name, value, cause);
        }
        self.repeat_said(location, "add_header");
    }

    /// The table that knows by the name of a file how long it may be kept; one for all sites.
    fn cache_by_name(&mut self, origin: Origin) {
        let http = self.http();
        let is_ours = |id| self.tree().get(id).args.get(1).is_some_and(|name| is_variable(name, BY_NAME));
        let is_there = self.tree().named(Some(http), "map").any(is_ours);
        if is_there {
            return;
        }
        let entry = |key: &str, value: &str| Entry {
            key: Text::literal(key, origin),
            values: vec![Text::literal(value, origin)],
            origin,
        };
        let hashed = HASHED_NAMES.iter().map(|name| entry(name, FOR_GOOD));
        let entries = std::iter::once(entry("default", ASK_AGAIN)).chain(hashed).collect();
        let words = vec![variables("$uri", origin), variables(&format!("${BY_NAME}"), origin)];
        let map = self.tree_mut().push(Some(http), "map", words, Body::Table(entries), origin);
        let why = "a name with a hash of its content stays right; any other file may change";
        self.tree_mut().comment(map, why);
    }
}

/// Whether a location, or a block around it, has `expires`.
fn says_expires(conf: &ConfDraft, location: DirId) -> bool {
    let mut blocks = std::iter::once(location).chain(conf.tree().ancestors(location));
    blocks.any(|block| conf.tree().named(Some(block), "expires").next().is_some())
}

fn has_header(conf: &ConfDraft, block: DirId, name: &str) -> bool {
    conf.tree().named(Some(block), "add_header").any(|id| is_header(&conf.tree().get(id).args, name))
}

fn is_header(args: &[Text], name: &str) -> bool {
    args.first().and_then(Text::as_literal).is_some_and(|own| own.eq_ignore_ascii_case(name))
}

fn is_variable(text: &Text, name: &str) -> bool {
    matches!(text.parts.as_slice(), [Part::Var(var)] if var.name == name)
}

fn is_cached_by_name(conf: &ConfDraft, location: DirId) -> bool {
    conf.tree().named(Some(location), "add_header").any(|id| {
        let args = &conf.tree().get(id).args;
        is_header(args, "cache-control") && args.get(1).is_some_and(|value| is_variable(value, BY_NAME))
    })
}
