//! `static`, `proxy`, `redirect`, `respond`, `spa`, `route`: the locations of a site.

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::fitting::{Contents, Fitted};
use super::nginx::ConfDraft;
use super::passing::{Handed, Protocol, is_pass};
use super::proxy::{ProxyDraft, SiteDraft};
use super::text::{Exposure, Reader};
use crate::diagnostic::Diagnostic;
use crate::model::nginx::DirId;
use crate::model::scalar::Size;
use crate::model::values::Text;
use crate::schema::{Kind, Word, rows_named};
use crate::source::Span;
use crate::syntax::stack::tree::Arg;

impl<'t> Context<'_, 't> {
    /// Lowers one statement of a site that is a route.
    pub(crate) fn route(
        &mut self,
        fit: &Fitted<'t>,
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        match fit.row.id {
            "static-artifact" => self.static_files(fit, site, proxy, drafts),
            "static-volume" => self.static_volume(fit, site, proxy),
            "static-bucket" => self.static_bucket(fit, site, proxy, drafts),
            "spa" => self.spa(fit, site, proxy, drafts),
            "proxy-to" => {
                let uri = self.uri(fit.arg(0));
                let location = self.location(fit, uri.as_deref().map(|uri| vec![uri]), site, proxy);
                let handed = Handed { protocol: Protocol::Http, slots: (1, 2), path: fit.bound.get(3) };
                self.pass(fit, &handed, location, proxy, drafts);
                self.options(fit, location, site, proxy, drafts, true);
            }
            "uwsgi-to" => {
                let uri = self.uri(fit.arg(0));
                let location = self.location(fit, uri.as_deref().map(|uri| vec![uri]), site, proxy);
                self.uwsgi(fit, location, proxy, drafts);
                self.options(fit, location, site, proxy, drafts, false);
            }
            "fastcgi-to" => {
                let uri = self.uri(fit.arg(0));
                let location = self.location(fit, uri.as_deref().map(|uri| vec![uri]), site, proxy);
                self.fastcgi(fit, location, proxy, drafts);
                self.options(fit, location, site, proxy, drafts, false);
            }
            "redirect" => {
                let uri = self.uri(fit.arg(0));
                let location = self.location(fit, uri.as_deref().map(exact), site, proxy);
                let status = if fit.bound.has("permanent") { "301" } else { "302" };
                if let Some(url) = self.url(fit.arg(1)) {
                    let args = vec![Text::literal(status, fit.origin), url];
                    proxy.conf.put_texts(location, "return", args, fit.origin);
                }
                self.options(fit, location, site, proxy, drafts, false);
            }
            "respond" => {
                let uri = self.uri(fit.arg(0));
                let location = self.location(fit, uri.as_deref().map(exact), site, proxy);
                self.answer(fit, (1, 2), location, proxy);
                self.options(fit, location, site, proxy, drafts, false);
            }
            "route" => self.plain_route(fit, site, proxy, drafts),
            "site-listen"
            | "tls"
            | "tls-off"
            | "allow"
            | "client_max_body_size"
            | "add_header"
            | "word"
            | "raw-nginx" => {}
            other => unreachable!("the row {other} of a site has no lowering"),
        }
    }

    /// A path of a URL.
    pub(crate) fn uri(&mut self, arg: &Arg) -> Option<String> {
        let text = self.plain(arg)?;
        if text.starts_with('/') && !text.contains(char::is_control) && !text.contains(['?', '#']) {
            return Some(text);
        }
        self.wrong_type(arg, "the path of a URL, which begins with `/`", "/static/");
        None
    }

    pub(crate) fn url(&mut self, arg: &Arg) -> Option<Text> {
        let text = self.text(arg, Reader::Nginx, Exposure::Text)?;
        let starts = match text.parts.first() {
            Some(crate::model::values::Part::Lit(text)) => {
                text.starts_with(['/']) || text.starts_with("http://") || text.starts_with("https://")
            }
            Some(crate::model::values::Part::Var(_)) => true,
            None => false,
        };
        if starts {
            return Some(text);
        }
        self.wrong_type(arg, "a path or an address with its scheme", "https://example.org/new");
        None
    }

    /// Opens a location; reports a second one that matches the same. One without words, which were reported, is
    /// there for what stands in it.
    pub(crate) fn location(
        &mut self,
        fit: &Fitted<'t>,
        words: Option<Vec<&str>>,
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
    ) -> DirId {
        let words = words.unwrap_or_default();
        let key = match words.as_slice() {
            ["^~", uri] | [uri] => format!("prefix {uri}"),
            words => words.join(" "),
        };
        if fit.certain
            && !words.is_empty()
            && let Some(first) = site.routes.insert(key, fit.span())
        {
            self.sink.push(
                Diagnostic::error(
                    codes::DUPLICATE_ROUTE,
                    format!("two routes match `{}`", words[words.len() - 1]),
                    fit.span(),
                )
                .here("the second")
                .label(first, "the first")
                .note("nginx does not start with two locations that match the same")
                .help("give one of them another path"),
            );
        }
        let args = words.iter().map(|word| Text::literal(*word, fit.origin)).collect();
        proxy.conf.open(site.server, "location", args, fit.origin)
    }

    fn plain_route(
        &mut self,
        fit: &Fitted<'t>,
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let pattern = fit.arg(0);
        let words = fit.bound.words().to_vec();
        let text = match words.first() {
            Some(&("~" | "~*")) => self.plain(pattern),
            _ => self.uri(pattern),
        };
        let words = text.as_deref().map(|text| words.into_iter().chain([text]).collect());
        let location = self.location(fit, words, site, proxy);
        self.options(fit, location, site, proxy, drafts, false);
    }

    /// `<status> [<text>]`
    fn answer(
        &mut self,
        fit: &Fitted<'t>,
        slots: (usize, usize),
        location: DirId,
        proxy: &mut ProxyDraft<'t>,
    ) {
        let Some(status) = self.status(fit.arg(slots.0)) else { return };
        let mut args = vec![Text::literal(status.to_string(), fit.origin)];
        if let Some(arg) = fit.bound.get(slots.1) {
            let Some(text) = self.text(arg, Reader::Nginx, Exposure::Text) else { return };
            if !(300..400).contains(&status) {
                let origin = self.origins.lowered("answer-type", fit.origin);
                proxy.conf.put(location, "default_type", &["text/plain"], origin);
            }
            args.push(text);
        }
        proxy.conf.put_texts(location, "return", args, fit.origin);
    }

    /// A status of an answer.
    pub(crate) fn status(&mut self, arg: &Arg) -> Option<u32> {
        let status = self.fixed::<u32>(arg)?;
        if (200..=599).contains(&status) {
            return Some(status);
        }
        self.wrong_type(arg, "a status from 200 to 599", "404");
        None
    }

    /// The block of a route.
    pub(crate) fn options(
        &mut self,
        fit: &Fitted<'t>,
        location: DirId,
        site: &SiteDraft,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
        proxied: bool,
    ) {
        let fitted = self.block_of(fit.statement, Kind::Location);
        self.allows_first(&fitted, fit.statement);
        self.check_answers(fit, &fitted);
        let passes = proxied || fitted.iter().any(|inner| inner.row.id == "location-proxy");
        let is_static = matches!(fit.row.id, "static-artifact" | "static-volume" | "spa");
        let mut repeated = (is_static || fit.row.id == "static-bucket") && self.secure();
        // What a sentence stands for gives way to nginx's own words, and is therefore there before them.
        let (websockets, others): (Vec<_>, Vec<_>) =
            fitted.iter().partition(|inner| inner.row.id == "websocket");
        for inner in websockets.into_iter().chain(others) {
            match inner.row.id {
                "allow" => {}
                // In order: `if`, `set`, `rewrite` and `return` act one after the other.
                "word" | "raw-nginx" => {
                    self.nginx_words(std::slice::from_ref(inner), Some(location), &mut proxy.conf, drafts);
                }
                "return" => self.answer(inner, (0, 1), location, proxy),
                "location-proxy" | "location-fastcgi" | "location-uwsgi" => {
                    let handed = Handed { protocol: Protocol::of(inner.row), slots: (0, 1), path: None };
                    self.pass(inner, &handed, location, proxy, drafts);
                }
                "websocket" if passes => {
                    let origin = self.origins.lowered("websocket", inner.origin);
                    proxy.conf.forwarded_headers(location, true, origin);
                    proxy.conf.repeat_said(location, "proxy_set_header");
                    for name in ["proxy_read_timeout", "proxy_send_timeout"] {
                        proxy.conf.put(location, name, &["1h"], origin);
                    }
                }
                "websocket" if fitted.doubt.covers(&["proxy"]) => {}
                "websocket" => {
                    self.sink.push(
                        Diagnostic::error(
                            codes::CONFLICT,
                            "this route hands requests to no service",
                            inner.span(),
                        )
                        .here("there is no connection to upgrade")
                        .help("remove `websocket`, or add `proxy to SERVICE`"),
                    );
                }
                "expires" => self.expires(inner, location, &mut proxy.conf),
                "immutable" if is_static => {}
                "immutable" => self.report_immutable(inner),
                "client_max_body_size" => self.body_size(inner, location, proxy),
                "add_header" => {
                    if !repeated {
                        repeated = true;
                        proxy.conf.repeat_headers(location, site);
                    }
                    if let Some((name, value)) = self.header(inner) {
                        proxy.conf.header(location, name, value, inner.origin);
                    }
                }
                other => unreachable!("the row {other} of a route has no lowering"),
            }
        }
        if is_static {
            self.cache_static(location, fit, proxy);
            for inner in fitted.iter().filter(|inner| inner.row.id == "immutable") {
                self.immutable(inner, location, site, proxy);
            }
            // What holds for all of it before what is inside.
            proxy.conf.tree_mut().sort_children(location, |name| u32::from(name == "location"));
        }
    }

    /// A route answers in one way.
    fn check_answers(&mut self, fit: &Fitted<'t>, inside: &Contents<'t>) {
        let mut ways: Vec<(Span, &str)> = Vec::new();
        if fit.row.id != "route" {
            ways.push((fit.span(), fit.row.head()));
        }
        let answers =
            inside.iter().filter(|inner| inner.row.id == "return" || Protocol::is_said_by(inner.row));
        ways.extend(answers.map(|inner| (inner.span(), inner.row.head())));
        let own_words =
            |inner: &&Fitted<'t>| matches!(inner.row.word, Word::Nginx(..)) || inner.row.id == "raw-nginx";
        let passes = inside.iter().filter(own_words).filter(|inner| is_answer(inner.row.head()));
        ways.extend(passes.map(|inner| (inner.span(), inner.row.head())));
        ways.sort_by_key(|(span, _)| *span);
        let is_word = |head: &str| {
            head == "raw"
                || rows_named(Kind::Location, head).iter().any(|row| matches!(row.word, Word::Nginx(..)))
        };
        match ways.as_slice() {
            [] if inside.iter().any(|inner| own_words(&inner)) || inside.doubt.covers_any(is_word) => {}
            [] => {
                let message = "this route answers nothing".to_owned();
                let help = "add `return STATUS` or `proxy to SERVICE`";
                self.missing_in(inside, &["return", "proxy", "fastcgi", "uwsgi"], fit.span(), message, help);
            }
            [_] => {}
            [..] if inside.doubt.covers(&["return", "proxy", "fastcgi", "uwsgi"]) => {}
            [(first, way), (second, other), ..] => self.sink.push(
                Diagnostic::error(codes::CONFLICT, "a route answers in one way", *second)
                    .here(format!("`{other}` as well"))
                    .label(*first, format!("`{way}` here"))
                    .help("remove one of the two, or make a route of its own of it"),
            ),
        }
    }

    fn expires(&mut self, fit: &Fitted<'t>, location: DirId, conf: &mut ConfDraft) {
        let Some(text) = self.plain(fit.arg(0)) else { return };
        let number = text.trim_start_matches('-').trim_end_matches(|c: char| "smhdwMy".contains(c));
        let valid = matches!(text.as_str(), "epoch" | "max" | "off")
            || !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
        if !valid {
            self.wrong_type(fit.arg(0), "a time of nginx, `epoch`, `max` or `off`", "30d");
            return;
        }
        conf.put(location, "expires", &[&text], fit.origin);
    }

    /// `client_max_body_size`
    pub(crate) fn body_size(&mut self, fit: &Fitted<'t>, parent: DirId, proxy: &mut ProxyDraft<'t>) {
        if let Some(size) = self.fixed::<Size>(fit.arg(0)) {
            proxy.conf.put(parent, "client_max_body_size", &[&size.to_string()], fit.origin);
        }
    }

    /// `add_header`
    pub(crate) fn header(&mut self, fit: &Fitted<'t>) -> Option<(Text, Text)> {
        let name = self.plain(fit.arg(0))?;
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
            self.wrong_type(fit.arg(0), "the name of a header", "X-Frame-Options");
            return None;
        }
        let value = self.text(fit.arg(1), Reader::Nginx, Exposure::Text)?;
        Some((Text::literal(name, fit.origin), value))
    }
}

/// Whether a directive of nginx answers every request of its location, or hands it to somebody.
fn is_answer(directive: &str) -> bool {
    directive == "return" || is_pass(directive)
}

/// A path that ends in a slash stands for all below it, any other for itself.
pub(crate) fn exact(uri: &str) -> Vec<&str> {
    if uri.ends_with('/') { vec![uri] } else { vec!["=", uri] }
}
