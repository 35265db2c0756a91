//! `tls`: sites that are served over TLS, what their certificates are, and what becomes of requests without it.

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::fitting::{Contents, Fitted};
use super::nginx::{ConfDraft, variables};
use super::proxy::{ProxyDraft, SiteDraft};
use super::text::{Raw, Reader};
use crate::diagnostic::Diagnostic;
use crate::http::mime::NginxVersion;
use crate::model::nginx::DirId;
use crate::model::path::ContainerPath;
use crate::model::port::{Port, PortMapping, Protocol};
use crate::model::stack::TlsFile;
use crate::model::values::Text;
use crate::schema::Kind;
use crate::source::Origin;
use crate::syntax::stack::tree::Arg;

/// nginx that has HTTP/2 as a directive rather than a word of `listen`.
const HTTP2: NginxVersion = NginxVersion { major: 1, minor: 25, patch: 1 };
/// nginx that can end a handshake without a certificate (`ssl_reject_handshake`).
const REJECT_HANDSHAKE: NginxVersion = NginxVersion { major: 1, minor: 19, patch: 4 };

/// What every proxy with TLS gets under `secure`, beside what nginx does by itself. Source: Mozilla's guidelines for
/// TLS on servers, the intermediate configuration ("Server Side TLS" in its wiki): TLS 1.2 with forward
/// secrecy and authenticated encryption, and 1.3, the client choosing among them. Its curves are left to OpenSSL, whose
/// own list has the hybrids that resist quantum computers since 3.5; its suites with DHE are left out, which no browser
/// needs that knows TLS 1.2.
const PROTOCOLS: &[(&str, &[&str])] = &[
    ("ssl_protocols", &["TLSv1.2", "TLSv1.3"]),
    (
        "ssl_ciphers",
        &["ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
           ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"],
    ),
    ("ssl_prefer_server_ciphers", &["off"]),
];

/// The same for sessions.
const SESSIONS: &[(&str, &[&str])] = &[
    ("ssl_session_cache", &["shared:tls:10m"]),
    ("ssl_session_timeout", &["1d"]),
    ("ssl_session_tickets", &["off"]),
];

/// A `tls` block.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    /// Its paths, unless they have mistakes.
    certificate: Option<Text>,
    key: Option<Text>,
    /// The value of the header that keeps browsers to TLS.
    hsts: Option<(String, Origin)>,
    /// Whether requests without TLS are sent to it.
    redirect: Option<Origin>,
    origin: Origin,
}

/// The ports of a proxy that sites listen on unless they say otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    /// For requests without TLS.
    pub(crate) plain: Port,
    /// For those with it.
    pub(crate) tls: Port,
    /// The port of the host behind which the latter is reached, if it is known.
    public: Option<Port>,
}

impl Ports {
    /// What the proxy publishes: TLS is the container's port 443, or what is the host's; any other one is without.
    pub(crate) fn of(draft: &Draft<'_>, any_tls: bool) -> Self {
        let mappings = draft.service.ports.iter().filter_map(|mapping| mapping.mapping.known());
        let published: Vec<&PortMapping> =
            mappings.filter(|mapping| mapping.protocol == Protocol::Tcp).collect();
        let standard = [443, 8443].into_iter().find_map(|number| {
            let is_it = |mapping: &&&PortMapping| {
                [Some(mapping.container), mapping.host]
                    .iter()
                    .flatten()
                    .any(|ports| ports.first.number() == number)
            };
            published.iter().find(is_it).copied()
        });
        let only = published.first().copied().filter(|_| published.len() == 1);
        let secured = standard.or(only).filter(|_| any_tls);
        let plain = published.iter().copied().find(|mapping| Some(*mapping) != secured);
        Self {
            plain: plain.map_or_else(|| port("80"), |mapping| mapping.container.first),
            tls: secured.map_or_else(|| port("443"), |mapping| mapping.container.first),
            public: secured.and_then(|mapping| mapping.host).map(|host| host.first),
        }
    }
}

fn port(number: &str) -> Port {
    Port::parse(number).expect("it is a port")
}

impl<'t> Context<'_, 't> {
    /// The `tls` among the statements of a proxy or site.
    pub(crate) fn tls_of(&mut self, contents: &Contents<'t>, draft: &mut Draft<'t>) -> Option<Tls> {
        let fit = contents.iter().find(|fit| fit.row.id == "tls")?;
        let inner = self.block_of(fit.statement, Kind::Tls);
        let mut tls = Tls { certificate: None, key: None, hsts: None, redirect: None, origin: fit.origin };
        for row in inner.iter() {
            match row.row.id {
                "tls-certificate" => tls.certificate = self.tls_file(row.arg(0), TlsFile::Certificate, draft),
                "tls-key" => tls.key = self.tls_file(row.arg(0), TlsFile::Key, draft),
                "tls-hsts" => tls.hsts = self.hsts(row),
                "tls-redirect" => tls.redirect = Some(row.origin),
                other => unreachable!("the row {other} of tls has no lowering"),
            }
        }
        for (head, id) in [("certificate", "tls-certificate"), ("key", "tls-key")] {
            if !inner.iter().any(|row| row.row.id == id) {
                let message = format!("this has no {head}");
                let help = format!("add `{head} secret.NAME`, and declare the secret with its file");
                self.missing_in(&inner, &[head], fit.span(), message, &help);
            }
        }
        Some(tls)
    }

    /// A secret that is mounted, or a path where something else puts the file.
    fn tls_file(&mut self, arg: &Arg, file: TlsFile, draft: &mut Draft<'t>) -> Option<Text> {
        let raw = self.raw(arg)?;
        let origin = self.origins.written(arg.span);
        if let [Raw::Secret(name, _) | Raw::SecretPath(name)] = raw.as_slice() {
            if let Some(declared) = self.names.secrets.get(name.as_str()) {
                declared.it.at_run_time.set(true);
                declared.it.tls.set(Some(file));
            }
            draft.grant(name, origin);
            return Some(Text::literal(format!("/run/secrets/{name}"), origin));
        }
        let path = self.typed::<ContainerPath>(arg, Reader::Fixed)?;
        Some(Text::literal(path.known()?.as_str(), origin))
    }

    /// `hsts <time> { include_subdomains; preload }`
    fn hsts(&mut self, fit: &Fitted<'t>) -> Option<(String, Origin)> {
        const YEAR: u64 = 365 * 86_400;
        let text = self.plain(fit.arg(0))?;
        let Some(seconds) = whole_seconds(&text) else {
            self.wrong_type(fit.arg(0), "a time of nginx in one unit", "1y");
            return None;
        };
        let inner = self.block(fit.items(), Kind::Hsts);
        let has = |id: &str| inner.iter().any(|row| row.row.id == id);
        let (subdomains, preload) = (has("hsts-subdomains"), has("hsts-preload"));
        if preload && !inner.doubt.covers(&["include_subdomains"]) && (!subdomains || seconds < YEAR) {
            self.sink.push(
                Diagnostic::error(
                    codes::CONFLICT,
                    "browsers would not take this site into their lists",
                    fit.span(),
                )
                .here("`preload` asks for `include_subdomains` and for a year or more")
                .note("hstspreload.org lists what a site must say to be in the lists that browsers ship")
                .help("write `hsts 1y { include_subdomains; preload }`, or leave `preload` out"),
            );
        }
        let mut value = format!("max-age={seconds}");
        value.push_str(if subdomains { "; includeSubDomains" } else { "" });
        value.push_str(if preload { "; preload" } else { "" });
        Some((value, fit.origin))
    }

    /// What all sites with TLS share, before anything is said in nginx's own words.
    pub(crate) fn tls_settings(&mut self, proxy: &mut ProxyDraft<'t>) {
        let http = proxy.conf.http();
        let shared = proxy.tls.clone();
        if self.secure() {
            let cause = Some(shared.as_ref().map_or(proxy.draft.service.origin, |tls| tls.origin));
            let protocols = self.origins.by_default("tls-protocols", cause);
            let sessions = self.origins.by_default("tls-sessions", cause);
            for (settings, origin) in [(PROTOCOLS, protocols), (SESSIONS, sessions)] {
                for (name, words) in settings {
                    proxy.conf.put(http, name, words, origin);
                }
            }
        }
        if let Some(tls) = shared {
            proxy.conf.certificate(http, &tls);
        }
    }

    /// What a site with TLS has of its own; `shared` says that its certificate is the proxy's.
    pub(crate) fn tls_site(
        &mut self,
        tls: &Tls,
        is_shared: bool,
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
    ) {
        if self.secure() && proxy.conf.knows(HTTP2) {
            let origin = self.origins.by_default("http2", Some(tls.origin));
            proxy.conf.put(site.server, "http2", &["on"], origin);
        }
        if !is_shared {
            proxy.conf.certificate(site.server, tls);
        }
        if let Some((value, origin)) = &tls.hsts {
            let texts = |origin| {
                [Text::literal("Strict-Transport-Security", origin), Text::literal(value.clone(), origin)]
            };
            let [name, value] = texts(*origin);
            proxy.conf.header(site.server, name, value, *origin);
            let again = self.origins.lowered("repeated-header", *origin);
            let [name, value] = texts(again);
            site.headers.push((name, value, again));
        }
    }
}

impl Tls {
    /// A server that sends requests without TLS to the same address with it.
    pub(crate) fn redirect_to_it(&self, names: &[&str], secured: Port, proxy: &mut ProxyDraft<'_>) {
        let Some(origin) = self.redirect else { return };
        let server = proxy.conf.server(origin);
        proxy.conf.tree_mut().comment(server, "the same without TLS");
        let number = proxy.ports.plain.to_string();
        let words: &[&str] = if names.contains(&"_") { &[&number, "default_server"] } else { &[&number] };
        proxy.conf.put(server, "listen", words, origin);
        proxy.conf.put(server, "server_name", names, origin);
        let public = proxy.ports.public.filter(|_| secured == proxy.ports.tls);
        let url = match public.map_or(443, Port::number) {
            443 => "https://$host$request_uri".to_owned(),
            other => format!("https://$host:{other}$request_uri"),
        };
        let words = vec![Text::literal("301", origin), variables(&url, origin)];
        proxy.conf.put_texts(server, "return", words, origin);
    }

    /// Whether requests without TLS are sent to it.
    pub(crate) fn redirect(&self) -> Option<Origin> {
        self.redirect
    }
}

impl ConfDraft {
    /// The words of a `listen`.
    pub(crate) fn listen(&self, port: Port, tls: bool, secure: bool) -> Vec<String> {
        let http2 = tls && secure && !self.knows(HTTP2);
        let words =
            [Some(port.to_string()), tls.then(|| "ssl".to_owned()), http2.then(|| "http2".to_owned())];
        words.into_iter().flatten().collect()
    }

    /// Whether the image's nginx is that new; of one that nobody knows it is taken to be.
    fn knows(&self, since: NginxVersion) -> bool {
        self.version.is_none_or(|version| version >= since)
    }

    fn certificate(&mut self, block: DirId, tls: &Tls) {
        for (name, path) in [("ssl_certificate", &tls.certificate), ("ssl_certificate_key", &tls.key)] {
            if let Some(path) = path {
                self.put_texts(block, name, vec![path.clone()], path.origin);
            }
        }
    }

    /// What ends a handshake for a host that no site names: before the certificate of any is shown, where nginx can.
    pub(crate) fn reject_handshake(&mut self, server: DirId, tls: &Tls, origin: Origin) {
        if self.knows(REJECT_HANDSHAKE) {
            self.put(server, "ssl_reject_handshake", &["on"], origin);
            return;
        }
        self.certificate(server, tls);
        self.put(server, "return", &["421"], origin);
    }
}

/// `1y`, `180d`, `3600`: the seconds of a time of nginx in one unit. Source: `ngx_parse_time`.
fn whole_seconds(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let unit = match &text[digits..] {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        "M" => 30 * 86_400,
        "y" => 365 * 86_400,
        _ => return None,
    };
    number.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::whole_seconds;

    #[test]
    fn times_are_told_in_seconds() {
        assert_eq!(whole_seconds("1y"), Some(31_536_000));
        assert_eq!(whole_seconds("180d"), Some(15_552_000));
        assert_eq!(whole_seconds("300"), Some(300));
        for wrong in ["", "y", "1 y", "1.5y", "99999999999999999999s", "1h30m"] {
            assert_eq!(whole_seconds(wrong), None, "{wrong}");
        }
    }
}
