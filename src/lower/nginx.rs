//! The skeleton of an nginx configuration: main, events and http, what `secure` puts there, upstreams.

use std::collections::BTreeMap;

use super::context::Context;
use super::health::{default_health, http_command};
use super::images::HttpProbe;
use super::passing::Passed;
use super::proxy::{ProxyDraft, block};
use super::tls::Tls;
use super::words::nginx::{Said, same_word};
use crate::http::mime::NginxVersion;
use crate::http::variables::argument_expands;
use crate::model::nginx::{Body, Conf, DirId, Directive, Entry};
use crate::model::port::Port;
use crate::model::values::{Part, Scope, Text, Typed, Var, VarOp};
use crate::source::{Origin, Origins};
use crate::vocabulary::nginx::Context as Place;

/// A configuration while it is put together.
pub(crate) struct ConfDraft {
    conf: Conf,
    /// That of a proxy; a file that is described by its path has what it says, and nothing else.
    http: Option<DirId>,
    pub(crate) version: Option<NginxVersion>,
    types: Option<DirId>,
    pub(super) upstreams: BTreeMap<String, DirId>,
    folders: Vec<String>,
    /// Servers come after everything else of `http`; they are collected and put there at the end.
    rejecting: Vec<(Port, Origin, Option<Tls>)>,
    /// What was said in nginx's own words.
    pub(crate) said: Said,
    /// Which of it hands requests to services.
    pub(crate) passed: Vec<Passed>,
}

/// nginx that knows the port of the Host header (`$request_port`, since 1.29.3).
const REQUEST_PORT: NginxVersion = NginxVersion { major: 1, minor: 29, patch: 3 };
/// The loopback port that the health check asks.
const HEALTH_PORT: u16 = 8089;

impl ConfDraft {
    /// The two blocks that nginx asks for, each with its origin.
    pub(crate) fn new(version: Option<NginxVersion>, events: Origin, http: Origin) -> Self {
        let mut conf = Conf::default();
        conf.push(None, "events", Vec::new(), block(), events);
        let http = conf.push(None, "http", Vec::new(), block(), http);
        Self { http: Some(http), ..Self::empty(conf, version) }
    }

    /// A file without a directive.
    pub(crate) fn file() -> Self {
        Self::empty(Conf::default(), None)
    }

    fn empty(conf: Conf, version: Option<NginxVersion>) -> Self {
        Self {
            conf,
            http: None,
            version,
            types: None,
            upstreams: BTreeMap::new(),
            folders: Vec::new(),
            rejecting: Vec::new(),
            said: Said::default(),
            passed: Vec::new(),
        }
    }

    /// Whether it is that of a proxy, which has an `http` block.
    pub(crate) fn is_of_proxy(&self) -> bool {
        self.http.is_some()
    }

    /// The `http` block of a proxy.
    pub(crate) fn http(&self) -> DirId {
        self.http.expect("the configuration of a proxy has an `http` block")
    }

    /// The directives so far.
    pub(crate) fn tree(&self) -> &Conf {
        &self.conf
    }

    /// The same, to change.
    pub(crate) fn tree_mut(&mut self) -> &mut Conf {
        &mut self.conf
    }

    /// Where a directive of `place` goes that stands in `parent`: in a proxy some are of `http` and some of no block.
    pub(crate) fn block_for(&self, place: Place, parent: Option<DirId>) -> Option<DirId> {
        match (place, parent) {
            (Place::Http, None) => self.http,
            (_, parent) => parent,
        }
    }

    /// The block of which there is one in every configuration.
    pub(crate) fn standing_block(&self, place: Place) -> Option<DirId> {
        match place {
            Place::Http => self.http,
            Place::Events if self.is_of_proxy() => self.conf.named(None, "events").next(),
            _ => None,
        }
    }

    /// Appends a directive of plain words.
    pub(crate) fn put(&mut self, parent: DirId, name: &str, words: &[&str], origin: Origin) -> DirId {
        let args = words.iter().map(|word| Text::literal(*word, origin)).collect();
        self.conf.push(Some(parent), name, args, Body::None, origin)
    }

    /// The same for words that were made.
    pub(crate) fn put_all(&mut self, parent: DirId, name: &str, words: &[String], origin: Origin) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.put(parent, name, &words, origin);
    }

    /// Appends a directive whose words may hold variables.
    pub(crate) fn put_texts(&mut self, parent: DirId, name: &str, args: Vec<Text>, origin: Origin) -> DirId {
        self.conf.push(Some(parent), name, args, Body::None, origin)
    }

    /// Appends a block.
    pub(crate) fn open(&mut self, parent: DirId, name: &str, args: Vec<Text>, origin: Origin) -> DirId {
        self.conf.push(Some(parent), name, args, block(), origin)
    }

    /// `server { }`
    pub(crate) fn server(&mut self, origin: Origin) -> DirId {
        self.open(self.http(), "server", Vec::new(), origin)
    }

    /// `add_header NAME VALUE always`
    pub(crate) fn header(&mut self, parent: DirId, name: Text, value: Text, origin: Origin) {
        let always = Text::literal("always", origin);
        self.put_texts(parent, "add_header", vec![name, value, always], origin);
    }

    /// The folder of the image for the files of a site; no two sites share one.
    pub(crate) fn site_folder(&mut self, name: &str) -> String {
        let mut folder = format!("/srv/{name}");
        let twins = self.folders.iter().filter(|known| **known == folder).count();
        self.folders.push(folder.clone());
        if twins > 0 {
            folder = format!("{folder}-{}", twins + 1);
        }
        folder
    }

    /// Adds a line to the `types` of `http`.
    pub(crate) fn add_type(&mut self, entry: Entry) {
        let http = self.http();
        let conf = &mut self.conf;
        let origin = entry.origin;
        let types = *self.types.get_or_insert_with(|| {
            conf.push(Some(http), "types", Vec::new(), Body::Table(Vec::new()), origin)
        });
        if let Some(entries) = conf.table_mut(types) {
            entries.push(entry);
        }
    }

    /// A server that turns away requests for hosts that no site names.
    pub(crate) fn reject_unknown_hosts(&mut self, port: Port, tls: Option<Tls>, origin: Origin) {
        self.rejecting.push((port, origin, tls));
    }

    /// Whether nginx knows the port of the Host header.
    fn knows_request_port(&self) -> bool {
        self.version.is_none_or(|version| version >= REQUEST_PORT)
    }

    /// The headers that tell a service who asks; `upgrade` lets the connection be upgraded.
    pub(crate) fn forwarded_headers(&mut self, parent: DirId, upgrade: bool, origin: Origin) {
        let host = if self.knows_request_port() { "$host$is_request_port$request_port" } else { "$host" };
        let connection = if upgrade { "$connection_upgrade" } else { "" };
        let headers = [
            ("Host", host),
            ("X-Real-IP", "$remote_addr"),
            ("X-Forwarded-For", "$proxy_add_x_forwarded_for"),
            ("X-Forwarded-Host", host),
            ("X-Forwarded-Proto", "$scheme"),
            ("Connection", connection),
        ];
        for (name, value) in headers {
            self.put_texts(
                parent,
                "proxy_set_header",
                vec![Text::literal(name, origin), variables(value, origin)],
                origin,
            );
        }
        if upgrade {
            let upgrade = vec![Text::literal("Upgrade", origin), variables("$http_upgrade", origin)];
            self.put_texts(parent, "proxy_set_header", upgrade, origin);
        }
    }

    /// Says again in a block what its outer blocks say in nginx's own words, and what nginx forgets as the block says
    /// more of the kind.
    pub(crate) fn repeat_said(&mut self, block: DirId, name: &str) {
        let said = |id: &DirId| self.said.0.contains(id);
        let outer: Vec<DirId> = self
            .conf
            .ancestors(block)
            .map(|outer| self.conf.named(Some(outer), name).filter(said).collect::<Vec<_>>())
            .find(|said| !said.is_empty())
            .unwrap_or_default();
        for id in outer {
            let (args, origin) = (self.conf.get(id).args.clone(), self.conf.get(id).origin);
            let has =
                self.conf.named(Some(block), name).any(|own| same_word(&self.conf.get(own).args, &args));
            if !has {
                self.conf.push(Some(block), name, args, Body::None, origin);
            }
        }
    }

    /// The configuration, with what belongs at the end of `http`, in the order in which a person reads it.
    pub(crate) fn finish(mut self, origins: &mut Origins) -> Conf {
        for (port, origin, tls) in std::mem::take(&mut self.rejecting) {
            let server = self.server(origin);
            self.conf.comment(server, "any other host");
            let mut listen = self.listen(port, tls.is_some(), true);
            listen.push("default_server".to_owned());
            self.put_all(server, "listen", &listen, origin);
            self.put(server, "server_name", &["_"], origin);
            match &tls {
                Some(tls) => self.reject_handshake(server, tls, origin),
                None => {
                    self.put(server, "return", &["421"], origin);
                }
            }
        }
        let http = self.http();
        self.dollar(Some(http), origins);
        self.conf.sort_children(self.http(), http_order);
        self.conf.sort_root(main_order);
        self.conf
    }

    /// The directives of a file of `place`, as they were written, and where a `$` stands for itself that nginx cannot
    /// say there.
    pub(crate) fn finish_file(mut self, place: Place, origins: &mut Origins) -> (Conf, Option<Origin>) {
        let http = self.conf.named(None, "http").next().filter(|_| place == Place::Main);
        let has_http = http.is_some() || place == Place::Http;
        let cause = self.literal_dollar().filter(|_| !has_http);
        if has_http {
            self.dollar(http, origins);
        }
        (self.conf, cause)
    }

    /// Where a `$` stands for itself among words that nginx expands.
    fn literal_dollar(&self) -> Option<Origin> {
        let literal =
            |text: &Text| text.parts.iter().any(|part| matches!(part, Part::Lit(text) if text.contains('$')));
        self.conf.all().find_map(|(_, directive)| {
            let mut args = directive.args.iter().enumerate();
            args.find(|(index, text)| argument_expands(directive, *index) && literal(text))
                .map(|(_, text)| text.origin)
        })
    }

    /// nginx has no escape for `$`: where one stands for itself, a variable that holds it is needed, in `http`.
    fn dollar(&mut self, http: Option<DirId>, origins: &mut Origins) {
        let Some(cause) = self.literal_dollar() else { return };
        let origin = origins.lowered("nginx-dollar", cause);
        let name = Var { scope: Scope::Nginx, name: "stackc_dollar".to_owned(), op: VarOp::None, bare: true };
        let entry =
            Entry { key: Text::literal("default", origin), values: vec![Text::literal("$", origin)], origin };
        let args = vec![Text::variable(name, origin)];
        let geo = self.conf.push(http, "geo", args, Body::Table(vec![entry]), origin);
        self.conf.comment(geo, "nginx cannot escape a dollar sign; this variable holds one");
    }
}

/// The order in which a person reads an `http` block: settings, tables, upstreams, servers.
pub(crate) fn http_order(directive: &str) -> u32 {
    match directive {
        // A format is known only to what follows it.
        "log_format" => 0,
        "types" => 2,
        "map" | "geo" | "split_clients" => 3,
        "upstream" => 4,
        "server" => 5,
        _ => 1,
    }
}

/// The order of the main context: modules are loaded before anything else, blocks come last.
fn main_order(directive: &Directive) -> u32 {
    match (directive.name.as_str(), &directive.body) {
        ("load_module", _) => 0,
        ("events", _) => 2,
        ("http", _) => 3,
        (_, Body::Block(_) | Body::Table(_) | Body::Foreign(_)) => 4,
        (_, Body::None) => 1,
    }
}

/// A text of nginx variables and literals.
pub(crate) fn variables(text: &str, origin: Origin) -> Text {
    let mut parts = Vec::new();
    super::text::push_literal(&mut parts, text.to_owned(), super::text::Reader::Nginx);
    if parts.is_empty() {
        parts.push(Part::Lit(String::new()));
    }
    Text::from_parts(parts, origin)
}

/// What a text/* answer is compressed for besides text/html.
const GZIP_TYPES: &[&str] = &[
    "text/css",
    "text/plain",
    "text/javascript",
    "text/xml",
    "application/javascript",
    "application/json",
    "application/manifest+json",
    "application/xml",
    "image/svg+xml",
];

impl<'t> Context<'_, 't> {
    /// Everything outside of the servers.
    pub(crate) fn main_context(&mut self, proxy: &mut ProxyDraft<'t>) {
        if !self.secure() {
            return;
        }
        let cause = Some(proxy.draft.service.origin);
        let conf = &mut proxy.conf;
        let workers = self.origins.by_default("nginx-workers", cause);
        let temporary = self.origins.by_default("nginx-temporary-files", cause);
        let logs = self.origins.by_default("nginx-logs", cause);
        conf.conf.insert_first(&[
            ("worker_processes", &["auto"], workers),
            ("pid", &["/tmp/nginx.pid"], temporary),
            ("error_log", &["/dev/stderr", "warn"], logs),
        ]);
        let http = conf.http();
        for (reason, line) in SETTINGS {
            let (name, words) = line.split_first().expect("a directive has a name");
            conf.put(http, name, words, self.origins.by_default(reason, cause));
        }
        let origin = self.origins.by_default("nginx-gzip", cause);
        conf.put(http, "gzip_types", GZIP_TYPES, origin);
        for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
            conf.put(http, &format!("{kind}_temp_path"), &[&format!("/tmp/{kind}")], temporary);
        }
        let origin = self.origins.by_default("nginx-upstream-http", cause);
        conf.put(http, "proxy_http_version", &["1.1"], origin);
        let origin = self.origins.by_default("nginx-connect-timeout", cause);
        conf.put(http, "proxy_connect_timeout", &["5s"], origin);
        let origin = self.origins.by_default("nginx-forwarded-headers", cause);
        conf.forwarded_headers(http, false, origin);
        let origin = self.origins.by_default("nginx-upgrade", cause);
        let map = conf.conf.push(
            Some(http),
            "map",
            vec![variables("$http_upgrade", origin), variables("$connection_upgrade", origin)],
            Body::Table(Vec::new()),
            origin,
        );
        let entry = |key: &str, value: &str| Entry {
            key: Text::literal(key, origin),
            values: vec![Text::literal(value, origin)],
            origin,
        };
        if let Some(entries) = conf.conf.table_mut(map) {
            entries.extend([entry("default", "upgrade"), entry("", "")]);
        }
        let origin = self.origins.by_default("proxy-health", cause);
        let server = conf.server(origin);
        conf.conf.comment(server, "for the health check alone");
        conf.put(server, "listen", &[&format!("127.0.0.1:{HEALTH_PORT}")], origin);
        conf.put(server, "access_log", &["off"], origin);
        conf.put(server, "return", &["204"], origin);
        if let Some(probe) = proxy.draft.known.and_then(|known| known.http_probe) {
            let image = proxy.draft.service.image.as_ref().and_then(Typed::known);
            let is_slim =
                image.and_then(|image| image.tag.as_deref()).is_some_and(|tag| tag.ends_with("-slim"));
            // The slim variants of the image are without curl.
            let probe = if is_slim { HttpProbe::Wget } else { probe };
            let test = http_command(probe, HEALTH_PORT, "/", origin);
            proxy.draft.service.health = Some(default_health(test, "5s", origin));
        }
    }
}

/// What every `http` block gets under `secure`: the name of the default and the directive.
const SETTINGS: &[(&str, &[&str])] = &[
    ("nginx-types", &["include", "/etc/nginx/mime.types"]),
    ("nginx-types", &["default_type", "application/octet-stream"]),
    ("nginx-charset", &["charset", "utf-8"]),
    ("nginx-logs", &["access_log", "/dev/stdout"]),
    ("nginx-version-hidden", &["server_tokens", "off"]),
    ("nginx-sendfile", &["sendfile", "on"]),
    ("nginx-relative-redirects", &["absolute_redirect", "off"]),
    ("nginx-resolver", &["resolver", "127.0.0.11", "valid=1s"]),
    ("nginx-resolver-timeout", &["resolver_timeout", "2s"]),
    ("nginx-gzip", &["gzip", "on"]),
    ("nginx-gzip", &["gzip_vary", "on"]),
    ("nginx-gzip", &["gzip_proxied", "any"]),
];
