//! `static`, `proxy`, `redirect`, `respond`, `spa`, `route`: the locations of a site.

use super::codes;
use super::context::{Context, Fitted};
use super::draft::Draft;
use super::nginx::{ConfDraft, variables};
use super::proxy::{ProxyDraft, SiteDraft};
use super::text::{Reader, Sink};
use crate::diagnostic::{Diagnostic, nearest};
use crate::model::compose::{Mount, MountSource, NamedContext};
use crate::model::nginx::DirId;
use crate::model::path::ContainerPath;
use crate::model::port::Port;
use crate::model::scalar::Size;
use crate::model::stack::{HostRoot, StaticRoot};
use crate::model::values::{Text, Typed};
use crate::schema::Kind;
use crate::source::{At, Origin, Span};
use crate::syntax::stack::tree::Arg;

/// Where the files of a location come from.
struct Files {
    /// What is copied into the proxy's image, and the folder in it.
    copy: (NamedContext, String),
    kinds: Vec<At<crate::model::names::Extension>>,
    host_roots: Vec<HostRoot>,
}

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
            "spa" => self.spa(fit, site, proxy, drafts),
            "proxy-to" => {
                let Some(uri) = self.uri(fit.arg(0)) else { return };
                let Some(location) = self.location(fit, &[&uri], site, proxy) else { return };
                self.pass(fit, (1, 2), location, proxy, drafts);
                self.options(fit, location, site, proxy, drafts, true);
            }
            "redirect" => {
                let Some(uri) = self.uri(fit.arg(0)) else { return };
                let Some(location) = self.location(fit, &exact(&uri), site, proxy) else { return };
                let status = if fit.bound.has("permanent") { "301" } else { "302" };
                if let Some(url) = self.url(fit.arg(1)) {
                    let args = vec![Text::literal(status, fit.origin), url];
                    proxy.conf.put_texts(location, "return", args, fit.origin);
                }
                self.options(fit, location, site, proxy, drafts, false);
            }
            "respond" => {
                let Some(uri) = self.uri(fit.arg(0)) else { return };
                let Some(location) = self.location(fit, &exact(&uri), site, proxy) else { return };
                self.answer(fit, (1, 2), location, proxy);
                self.options(fit, location, site, proxy, drafts, false);
            }
            "route" => self.plain_route(fit, site, proxy, drafts),
            "site-listen" | "allow" | "client_max_body_size" | "add_header" => {}
            other => unreachable!("the row {other} of a site has no lowering"),
        }
    }

    /// A path of a URL.
    fn uri(&mut self, arg: &Arg) -> Option<String> {
        let text = self.plain(arg)?;
        if text.starts_with('/') && !text.contains(char::is_control) && !text.contains(['?', '#']) {
            return Some(text);
        }
        self.wrong_type(arg, "the path of a URL, which begins with `/`", "/static/");
        None
    }

    fn url(&mut self, arg: &Arg) -> Option<Text> {
        let text = self.text(arg, Reader::Nginx, Sink::Text)?;
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

    /// Opens a location; reports a second one that matches the same.
    fn location(
        &mut self,
        fit: &Fitted<'t>,
        words: &[&str],
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
    ) -> Option<DirId> {
        let key = match words {
            ["^~", uri] | [uri] => format!("prefix {uri}"),
            words => words.join(" "),
        };
        if let Some(first) = site.routes.insert(key, fit.span()) {
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
            return None;
        }
        let args = words.iter().map(|word| Text::literal(*word, fit.origin)).collect();
        Some(proxy.conf.open(site.server, "location", args, fit.origin))
    }

    fn static_files(
        &mut self,
        fit: &Fitted<'t>,
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let Some(uri) = self.folder_uri(fit.arg(0)) else { return };
        let Some(files) = self.files(fit.arg(1), drafts) else { return };
        let Some(location) = self.location(fit, &prefix(&uri), site, proxy) else { return };
        copied(&uri, &files, fit.origin, site, proxy);
        proxy.conf.put(location, "root", &[&site.root], fit.origin);
        self.secure_static(location, site, fit, proxy);
        self.options(fit, location, site, proxy, drafts, false);
        self.static_root(location, uri, Some(files), fit.origin, proxy);
    }

    fn static_volume(&mut self, fit: &Fitted<'t>, site: &mut SiteDraft, proxy: &mut ProxyDraft<'t>) {
        let Some(uri) = self.folder_uri(fit.arg(0)) else { return };
        let Some(volume) = self.volume(fit.arg(1)) else { return };
        let Some(path) = self.typed::<ContainerPath>(fit.arg(2), Reader::Fixed) else { return };
        let Some(location) = self.location(fit, &prefix(&uri), site, proxy) else { return };
        let folder = path.known().map_or("/", ContainerPath::trimmed).to_owned();
        let mounted = proxy.draft.service.mounts.iter().any(|mount| {
            matches!(&mount.source, MountSource::Volume(name) if *name == volume)
                && mount.target.known().map(ContainerPath::trimmed) == Some(&folder)
        });
        if !mounted {
            self.claim_target(fit.arg(2), &path, &mut proxy.draft);
            let target = Typed::of(
                ContainerPath::parse(&folder).expect("a path without its last slash is one"),
                fit.origin,
            );
            let source = MountSource::Volume(volume);
            proxy.draft.service.mounts.push(Mount { source, target, read_only: true, origin: fit.origin });
        }
        let folder = format!("{}/", folder.trim_end_matches('/'));
        proxy.conf.put(location, "alias", &[&folder], fit.origin);
        self.secure_static(location, site, fit, proxy);
        self.options(fit, location, site, proxy, &[], false);
        self.static_root(location, uri, None, fit.origin, proxy);
    }

    /// A single-page application: its routes are paths without an extension.
    fn spa(
        &mut self,
        fit: &Fitted<'t>,
        site: &mut SiteDraft,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let Some(uri) = self.folder_uri(fit.arg(0)) else { return };
        let Some(files) = self.files(fit.arg(1), drafts) else { return };
        let Some(location) = self.location(fit, &prefix(&uri), site, proxy) else { return };
        let (conf, origin) = (&mut proxy.conf, fit.origin);
        conf.put(location, "root", &[&site.root], origin);
        let index = format!("{uri}index.html");
        conf.put_texts(
            location,
            "try_files",
            vec![variables("$uri", origin), Text::literal(index.clone(), origin)],
            origin,
        );
        let page = conf.open(
            location,
            "location",
            vec![Text::literal("=", origin), Text::literal(index, origin)],
            origin,
        );
        for (name, value, cause) in site.headers.clone() {
            conf.header(page, name, value, cause);
        }
        conf.header(page, Text::literal("Cache-Control", origin), Text::literal("no-cache", origin), origin);
        let assets = [Text::literal("~", origin), Text::literal(r"\.[^/.]+$", origin)];
        let assets = conf.open(location, "location", assets.to_vec(), origin);
        conf.put_texts(
            assets,
            "try_files",
            vec![variables("$uri", origin), Text::literal("=404", origin)],
            origin,
        );
        copied(&uri, &files, origin, site, proxy);
        self.options(fit, location, site, proxy, drafts, false);
        self.static_root(location, uri, Some(files), fit.origin, proxy);
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
        let Some(text) = text else { return };
        let words: Vec<&str> = words.into_iter().chain([text.as_str()]).collect();
        let Some(location) = self.location(fit, &words, site, proxy) else { return };
        self.options(fit, location, site, proxy, drafts, false);
    }

    /// A prefix with its closing slash: a folder of files is served below it.
    fn folder_uri(&mut self, arg: &Arg) -> Option<String> {
        let uri = self.uri(arg)?;
        Some(if uri.ends_with('/') { uri } else { format!("{uri}/") })
    }

    /// `service.artefact`, or a folder of the host.
    fn files(&mut self, arg: &Arg, drafts: &[Draft<'t>]) -> Option<Files> {
        let word = arg.as_word().unwrap_or_default();
        if let Some((service, name)) = word.split_once('.')
            && let Some(declared) = self.names.services.get(service)
        {
            let decl = declared.refer();
            let artifact = drafts
                .iter()
                .find(|draft| *draft.name() == decl.name)
                .and_then(|draft| draft.program.artifacts.iter().find(|a| a.name.value.as_str() == name));
            let Some(artifact) = artifact else {
                let known: Vec<&str> = decl.artifacts.keys().map(String::as_str).collect();
                let at = decl.statement.line_span();
                let message = format!("`{service}` provides no `{name}`");
                let mut diagnostic =
                    Diagnostic::error(codes::UNKNOWN_PART, message, arg.span).label(at, "declared here");
                if let Some(near) = nearest(name, known.iter().copied()) {
                    diagnostic = diagnostic.here(format!("did you mean `{service}.{near}`?"));
                }
                self.sink.push(
                    diagnostic.help(format!("add `provides {name} at /path/in/the/image` to its build")),
                );
                return None;
            };
            let path = format!("{}/", artifact.path.trimmed().trim_end_matches('/'));
            return Some(Files {
                copy: (NamedContext::Service(decl.name.clone()), path),
                kinds: artifact.kinds.clone(),
                host_roots: artifact.host_roots.clone(),
            });
        }
        if arg.as_word().is_some() && !word.contains('/') && word != "." {
            return self.unknown_files(arg, word);
        }
        let path = self.project_path(arg)?;
        let origin = self.origins.written(arg.span);
        let root = HostRoot { path: path.clone(), stated: true, origin };
        Some(Files {
            copy: (NamedContext::Host(path), "/".to_owned()),
            kinds: Vec::new(),
            host_roots: vec![root],
        })
    }

    fn unknown_files(&mut self, arg: &Arg, word: &str) -> Option<Files> {
        if let Some(declared) = self.names.volumes.get(word) {
            declared.refer();
            self.sink.push(
                Diagnostic::error(
                    codes::WRONG_ARGUMENTS,
                    format!("where the volume `{word}` is mounted is not said"),
                    arg.span,
                )
                .here("a volume")
                .help(format!("write `from {word} at /srv/{word}`")),
            );
            return None;
        }
        let known: Vec<String> = self
            .names
            .services
            .values()
            .flat_map(|d| d.it.artifacts.keys().map(|name| format!("{}.{name}", d.it.name)))
            .chain(self.names.volumes.keys().cloned())
            .collect();
        let near = nearest(word, known.iter().map(String::as_str));
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_NAME,
            format!("there is no artefact or volume `{word}`"),
            arg.span,
        );
        if let Some(near) = near {
            diagnostic = diagnostic
                .here(format!("did you mean `{near}`?"))
                .safe_fix(format!("write `{near}`"), vec![(arg.span, near.to_owned())]);
        }
        let help = format!(
            "files come from `SERVICE.ARTEFACT`, from a volume, or from a folder, which is written `./{word}`"
        );
        self.sink.push(diagnostic.help(help));
        None
    }

    /// Browsers must not guess another type than the one they are told.
    fn secure_static(
        &mut self,
        location: DirId,
        site: &SiteDraft,
        fit: &Fitted<'t>,
        proxy: &mut ProxyDraft<'t>,
    ) {
        if !self.secure() {
            return;
        }
        let origin = self.origins.by_default("secure", Some(fit.origin));
        for (name, value, cause) in site.headers.clone() {
            proxy.conf.header(location, name, value, cause);
        }
        let set = site.headers.iter().any(|(name, ..)| is_nosniff(name));
        if !set {
            let (name, value) =
                (Text::literal("X-Content-Type-Options", origin), Text::literal("nosniff", origin));
            proxy.conf.header(location, name, value, origin);
        }
    }

    fn static_root(
        &mut self,
        location: DirId,
        prefix: String,
        files: Option<Files>,
        origin: Origin,
        proxy: &ProxyDraft<'t>,
    ) {
        let from_artifact =
            files.as_ref().is_some_and(|files| matches!(files.copy.0, NamedContext::Service(_)));
        let (kinds, host_roots) =
            files.map_or((Vec::new(), Vec::new()), |files| (files.kinds, files.host_roots));
        let service = proxy.draft.name().clone();
        let typed = proxy.typed.clone();
        self.stack.static_roots.push(StaticRoot {
            service,
            location,
            prefix,
            kinds,
            host_roots,
            from_artifact,
            typed,
            origin,
        });
    }

    /// `to <service> [port <port>]`, the slots being those of the service and of the port.
    fn pass(
        &mut self,
        fit: &Fitted<'t>,
        slots: (usize, usize),
        location: DirId,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let target = fit.arg(slots.0);
        let Some(service) = self.service_name(target) else { return };
        let port = match fit.bound.get(slots.1) {
            Some(arg) => {
                let Some(port) = self.fixed::<Port>(arg) else { return };
                Some((port, Some(arg.span)))
            }
            None => None,
        };
        let declared = &self.names.services[service.as_str()];
        let at = declared.it.statement.line_span();
        let listens: Vec<Port> = match drafts.iter().find(|draft| *draft.name() == service) {
            Some(draft) => draft.listens(),
            None => declared.it.ports.clone(),
        };
        let Some(port) = self.target_port(service.as_str(), port, &listens, target.span, at) else { return };
        let secure = self.secure();
        proxy.conf.pass_to(location, &service, port, secure, fit.origin);
        if secure
            && !proxy.draft.needs.iter().any(|need| need.service == service)
            && service != *proxy.draft.name()
        {
            let origin = self.origins.by_default("secure", Some(fit.origin));
            proxy.draft.needs.push(super::draft::Need { service, condition: None, span: fit.span(), origin });
        }
    }

    fn target_port(
        &mut self,
        service: &str,
        port: Option<(Port, Option<Span>)>,
        listens: &[Port],
        at: Span,
        declared: Span,
    ) -> Option<Port> {
        let list: Vec<String> = listens.iter().map(Port::to_string).collect();
        match (port, listens) {
            (Some((port, _)), []) => Some(port),
            (Some((port, _)), listens) if listens.contains(&port) => Some(port),
            (None, [port]) => Some(*port),
            (Some((port, span)), _) => {
                self.sink.push(
                    Diagnostic::error(
                        codes::PROXY_TARGET,
                        format!("`{service}` does not listen on {port}"),
                        span.unwrap_or(at),
                    )
                    .here(format!("it listens on {}", list.join(", ")))
                    .label(declared, "declared here")
                    .help("hand the requests to a port it listens on, or correct its `listen`"),
                );
                None
            }
            (None, []) => {
                self.sink.push(
                    Diagnostic::error(
                        codes::PROXY_TARGET,
                        format!("`{service}` does not say on which port it listens"),
                        at,
                    )
                    .here("requests would go nowhere")
                    .label(declared, "declared here")
                    .help(format!("add `listen 8000` to `{service}`, or write `to {service} port 8000`")),
                );
                None
            }
            (None, _) => {
                self.sink.push(
                    Diagnostic::error(
                        codes::PROXY_TARGET,
                        format!("`{service}` listens on several ports"),
                        at,
                    )
                    .here(format!("which one is meant? {}", list.join(", ")))
                    .label(declared, "declared here")
                    .help(format!("write `to {service} port {}`", list[0])),
                );
                None
            }
        }
    }

    /// `<status> [<text>]`
    fn answer(
        &mut self,
        fit: &Fitted<'t>,
        slots: (usize, usize),
        location: DirId,
        proxy: &mut ProxyDraft<'t>,
    ) {
        let Some(status) = self.fixed::<u32>(fit.arg(slots.0)) else { return };
        if !(200..=599).contains(&status) {
            self.wrong_type(fit.arg(slots.0), "a status from 200 to 599", "404");
            return;
        }
        let mut args = vec![Text::literal(status.to_string(), fit.origin)];
        if let Some(arg) = fit.bound.get(slots.1) {
            let Some(text) = self.text(arg, Reader::Nginx, Sink::Text) else { return };
            if !(300..400).contains(&status) {
                proxy.conf.put(location, "default_type", &["text/plain"], fit.origin);
            }
            args.push(text);
        }
        proxy.conf.put_texts(location, "return", args, fit.origin);
    }

    /// The block of a route.
    fn options(
        &mut self,
        fit: &Fitted<'t>,
        location: DirId,
        site: &SiteDraft,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
        proxied: bool,
    ) {
        let fitted = self.block(fit.items(), Kind::Location);
        self.allows_first(&fitted, fit.statement);
        let passes = proxied || fitted.iter().any(|inner| inner.row.id == "location-proxy");
        let is_static = matches!(fit.row.id, "static-artifact" | "static-volume");
        let mut repeated = is_static && self.secure();
        for inner in &fitted {
            match inner.row.id {
                "allow" => {}
                "return" => self.answer(inner, (0, 1), location, proxy),
                "location-proxy" => self.pass(inner, (0, 1), location, proxy, drafts),
                "websocket" if passes => {
                    proxy.conf.forwarded_headers(location, true, inner.origin);
                    for name in ["proxy_read_timeout", "proxy_send_timeout"] {
                        proxy.conf.put(location, name, &["1h"], inner.origin);
                    }
                }
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
                "client_max_body_size" => self.body_size(inner, location, proxy),
                "add_header" => {
                    if !repeated {
                        repeated = true;
                        for (name, value, cause) in site.headers.clone() {
                            proxy.conf.header(location, name, value, cause);
                        }
                    }
                    if let Some((name, value)) = self.header(inner) {
                        proxy.conf.header(location, name, value, inner.origin);
                    }
                }
                other => unreachable!("the row {other} of a route has no lowering"),
            }
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
        let value = self.text(fit.arg(1), Reader::Nginx, Sink::Text)?;
        Some((Text::literal(name, fit.origin), value))
    }
}

/// Copies files into the proxy's image so that `root` finds them under their URI.
fn copied(uri: &str, files: &Files, origin: Origin, site: &SiteDraft, proxy: &mut ProxyDraft<'_>) {
    let target = format!("{}{uri}", site.root);
    proxy.copies.push((files.copy.0.clone(), files.copy.1.clone(), target, origin));
}

fn is_nosniff(name: &Text) -> bool {
    name.as_literal().is_some_and(|name| name.eq_ignore_ascii_case("x-content-type-options"))
}

/// A path that ends in a slash stands for all below it, any other for itself.
fn exact(uri: &str) -> Vec<&str> {
    if uri.ends_with('/') { vec![uri] } else { vec!["=", uri] }
}

/// A prefix that no regular expression takes away; `/` must leave them their chance.
fn prefix(uri: &str) -> Vec<&str> {
    if uri == "/" { vec![uri] } else { vec!["^~", uri] }
}
