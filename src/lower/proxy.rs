//! `proxy` and `site`: a container that runs nginx, its configuration and its image.

use std::collections::BTreeMap;

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::fitting::{Contents, Fitted};
use super::nginx::ConfDraft;
use super::tls::{Ports, Tls};
use crate::diagnostic::Diagnostic;
use crate::http::mime::NginxVersion;
use crate::model::compose::{Build, Context as BuildContext, DockerfileRef, NamedContext};
use crate::model::dockerfile::{BuildFile, Copy, CopyFrom, Dockerfile, Op, Stage, Step};
use crate::model::image::ImageRef;
use crate::model::names::{Domain, Extension, MimeType, StageName};
use crate::model::nginx::{Body, ConfFile, DirId, Entry};
use crate::model::port::Port;
use crate::model::values::{Text, Typed};
use crate::schema::Kind;
use crate::source::{At, Origin, Span};
use crate::syntax::stack::tree::Statement;

/// A proxy while it is put together.
pub(crate) struct ProxyDraft<'t> {
    pub(crate) draft: Draft<'t>,
    pub(crate) conf: ConfDraft,
    /// Extensions that `type` statements give a type.
    pub(crate) typed: Vec<Extension>,
    /// What is copied into its image: where from, what, where to.
    pub(crate) copies: Vec<(NamedContext, String, String, Origin)>,
    /// The ports that sites listen on unless they say otherwise.
    pub(crate) ports: Ports,
    /// What its sites are served with unless they say otherwise.
    pub(crate) tls: Option<Tls>,
}

/// Where a site is served, and how.
struct Served {
    port: At<Port>,
    tls: Option<Tls>,
    /// Whether that is the proxy's.
    is_shared: bool,
}

/// One `site` while its routes are lowered.
pub(crate) struct SiteDraft {
    pub(crate) server: DirId,
    /// Below this folder of the image lie the files that are copied for it.
    pub(crate) root: String,
    /// Locations by what they match, to find two that match the same.
    pub(crate) routes: BTreeMap<String, Span>,
    /// Headers that every location that adds its own must repeat.
    pub(crate) headers: Vec<(Text, Text, Origin)>,
}

impl<'t> Context<'_, 't> {
    /// Lowers a `proxy`; `drafts` are the services that it may hand requests to.
    pub(crate) fn proxy(&mut self, key: &str, drafts: &[Draft<'t>]) -> Draft<'t> {
        let mut draft = self.open(key);
        let statement = draft.statement;
        let mut fitted = self.block_of(statement, Kind::Proxy);
        self.doubt_taken_over(&mut fitted, statement);
        self.allows_first(&fitted, statement);
        draft.doubt.add_all(&fitted.doubt);
        draft.service.extra = self.compose_words(&fitted);
        self.word_grants(&mut draft);
        for fit in
            fitted.iter().filter(|fit| !matches!(fit.row.id, "health-exec" | "health-shell" | "health-http"))
        {
            let before = self.finding_count();
            let own = self.container_row(fit, &mut draft);
            if self.finding_count() > before {
                draft.doubt.add(fit.row.head());
            }
            debug_assert!(
                own || matches!(fit.row.id, "site" | "type" | "tls" | "word" | "raw-nginx"),
                "a row of a proxy has a lowering"
            );
        }
        let version = self.nginx_image(&draft, &fitted);
        let tls = self.tls_of(&fitted, &mut draft);
        let any_tls = tls.is_some() || has_site_with_tls(statement);
        let ports = Ports::of(&draft, any_tls);
        let events = self.origins.lowered("nginx-events", draft.service.origin);
        let http = self.origins.lowered("nginx-http", draft.service.origin);
        let conf = ConfDraft::new(version, events, http);
        let mut proxy = ProxyDraft { draft, conf, typed: Vec::new(), copies: Vec::new(), ports, tls };
        self.main_context(&mut proxy);
        if any_tls {
            self.tls_settings(&mut proxy);
        }
        for fit in fitted.iter().filter(|fit| fit.row.id == "type") {
            self.content_type(fit, &mut proxy);
        }
        let sites: Vec<&Fitted<'t>> = fitted.iter().filter(|fit| fit.row.id == "site").collect();
        self.nginx_words(&fitted, None, &mut proxy.conf, drafts);
        let serves = fitted.iter().any(|fit| {
            fit.row.id == "raw-nginx" || matches!(fit.row.head(), "http" | "stream" | "mail" | "include")
        });
        if sites.is_empty() && !serves {
            let message = format!("the proxy `{}` has no site", proxy.draft.name());
            let help = "add `site example.org { ... }`";
            self.missing_in(
                &fitted,
                &["site", "raw", "http", "stream", "mail", "include"],
                statement.line_span(),
                message,
                help,
            );
        }
        self.site_servers(&sites, &mut proxy, drafts);
        self.settle_passes(&mut proxy.conf);
        for fit in
            fitted.iter().filter(|fit| matches!(fit.row.id, "health-exec" | "health-shell" | "health-http"))
        {
            self.container_health(fit, &mut proxy.draft);
        }
        self.grant_named(&mut proxy.draft);
        self.finish_proxy(proxy)
    }

    fn nginx_image(&mut self, draft: &Draft<'t>, fitted: &Contents<'t>) -> Option<NginxVersion> {
        let Some(fit) = fitted.iter().find(|fit| fit.row.id == "image") else {
            let message = format!("the proxy `{}` has no image", draft.name());
            let span = draft.statement.line_span();
            self.missing_in(fitted, &["image"], span, message, "add `image nginx:1.30`");
            return None;
        };
        let image = draft.service.image.as_ref().and_then(Typed::known)?;
        let is_nginx = image.repository.rsplit('/').next().is_some_and(|name| name.contains("nginx"));
        if !is_nginx {
            self.wrong_type(fit.arg(0), "an image of nginx", "nginx:1.30");
            return None;
        }
        image.tag.as_deref().and_then(NginxVersion::parse)
    }

    fn content_type(&mut self, fit: &Fitted<'t>, proxy: &mut ProxyDraft<'t>) {
        let Some(mime) = self.fixed::<MimeType>(fit.arg(0)) else { return };
        let mut extensions = Vec::new();
        for arg in fit.bound.rest(1) {
            let Some(extension) = self.fixed::<Extension>(arg) else { continue };
            let origin = self.origins.written(arg.span);
            extensions.push(Text::literal(extension.to_string(), origin));
            proxy.typed.push(extension);
        }
        let entry = Entry {
            key: Text::literal(mime.to_string(), fit.origin),
            values: extensions,
            origin: fit.origin,
        };
        proxy.conf.add_type(entry);
    }

    fn site_servers(&mut self, sites: &[&Fitted<'t>], proxy: &mut ProxyDraft<'t>, drafts: &[Draft<'t>]) {
        let mut taken: BTreeMap<(String, Port), Span> = BTreeMap::new();
        let mut named: BTreeMap<Port, (Option<Tls>, Origin)> = BTreeMap::new();
        let mut open: Vec<Port> = Vec::new();
        for site in sites {
            let inner = self.block_of(site.statement, Kind::Site);
            self.allows_first(&inner, site.statement);
            let (served, known) = self.served(site, &inner, proxy);
            let redirect = served.tls.as_ref().filter(|tls| tls.redirect().is_some());
            let ports = [Some(served.port.value), redirect.map(|_| proxy.ports.plain)];
            let ports: Vec<Port> = ports.into_iter().flatten().collect();
            let domains = self.domains(site, if known { &ports } else { &[] }, &mut taken);
            let is_open = domains.iter().any(|domain| domain.as_str() == "_");
            for (index, port) in ports.iter().enumerate() {
                let tls = served.tls.clone().filter(|_| index == 0);
                if is_open {
                    open.push(*port);
                }
                let first = named.entry(*port).or_insert_with(|| (tls.clone(), site.origin));
                if first.0.is_some() != tls.is_some() && known {
                    let first = self.origins.span(first.1);
                    self.report_mixed(*port, site, first);
                }
                proxy.draft.program.listens.push(At::new(*port, site.origin));
            }
            self.site(site, &inner, &domains, &served, proxy, drafts);
        }
        if self.secure() {
            named.retain(|port, _| !open.contains(port));
            for (port, (tls, origin)) in named {
                let origin = self.origins.by_default("unknown-hosts", Some(origin));
                proxy.conf.reject_unknown_hosts(port, tls, origin);
            }
        }
    }

    /// Where a site is served, and whether that is certain.
    fn served(
        &mut self,
        site: &Fitted<'t>,
        inner: &Contents<'t>,
        proxy: &mut ProxyDraft<'t>,
    ) -> (Served, bool) {
        let own = self.tls_of(inner, &mut proxy.draft);
        let is_off = inner.iter().any(|fit| fit.row.id == "tls-off");
        let is_shared = own.is_none() && !is_off;
        let tls = own.or_else(|| proxy.tls.clone().filter(|_| is_shared));
        let usual = if tls.is_some() { proxy.ports.tls } else { proxy.ports.plain };
        let (said, cause) = match inner.iter().find(|fit| fit.row.id == "site-listen") {
            Some(listen) => (self.fixed::<Port>(listen.arg(0)), listen.origin),
            None => (Some(usual), self.origins.lowered("site-port", site.origin)),
        };
        let known = said.is_some() && !inner.doubt.covers(&["listen", "tls"]);
        (Served { port: At::new(said.unwrap_or(usual), cause), tls, is_shared }, known)
    }

    fn report_mixed(&mut self, port: Port, site: &Fitted<'t>, first: Option<Span>) {
        let message = format!("port {port} is with TLS for one site and without for another");
        let diagnostic = Diagnostic::error(codes::CONFLICT, message, site.span())
            .here("this one")
            .note("nginx takes every connection to a port in the same way")
            .help("say `listen` in one of them, with another port");
        self.sink.push(match first {
            Some(first) => diagnostic.label(first, "the other one"),
            None => diagnostic,
        });
    }

    fn domains(
        &mut self,
        site: &Fitted<'t>,
        ports: &[Port],
        taken: &mut BTreeMap<(String, Port), Span>,
    ) -> Vec<Domain> {
        let mut domains = Vec::new();
        for arg in site.bound.rest(0) {
            let Some(domain) = self.fixed::<Domain>(arg) else { continue };
            let first = ports.iter().filter_map(|port| {
                let first = taken.insert((domain.to_string(), *port), arg.span)?;
                Some((first, *port))
            });
            // All of them, so that each is taken; one finding is enough.
            if let Some((first, port)) = first.collect::<Vec<_>>().first() {
                self.sink.push(
                    Diagnostic::error(
                        codes::DUPLICATE_NAME,
                        format!("two sites answer for `{domain}` on port {port}"),
                        arg.span,
                    )
                    .here("nginx ignores this one")
                    .label(*first, "the first")
                    .help("put the routes into one site"),
                );
            }
            domains.push(domain);
        }
        domains
    }

    fn site(
        &mut self,
        fit: &Fitted<'t>,
        inner: &Contents<'t>,
        domains: &[Domain],
        served: &Served,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let server = proxy.conf.server(fit.origin);
        let is_default = domains.iter().any(|domain| domain.as_str() == "_");
        let mut listen = proxy.conf.listen(served.port.value, served.tls.is_some(), self.secure());
        listen.extend(is_default.then(|| "default_server".to_owned()));
        proxy.conf.put_all(server, "listen", &listen, served.port.origin);
        let names: Vec<&str> = domains.iter().map(Domain::as_str).collect();
        proxy.conf.put(server, "server_name", &names, fit.origin);
        let first = domains.first().map_or("_", Domain::as_str);
        let folder = if first == "_" { "default".to_owned() } else { first.replace('*', "any") };
        let root = proxy.conf.site_folder(&folder);
        let mut site = SiteDraft { server, root, routes: BTreeMap::new(), headers: Vec::new() };
        if let Some(tls) = &served.tls {
            self.tls_site(tls, served.is_shared, &mut site, proxy);
        }
        for row in inner.iter() {
            match row.row.id {
                "client_max_body_size" => self.body_size(row, server, proxy),
                "add_header" => {
                    if let Some((name, value)) = self.header(row) {
                        proxy.conf.header(server, name.clone(), value.clone(), row.origin);
                        let again = self.origins.lowered("repeated-header", row.origin);
                        let text = |text: Text| Text { origin: again, ..text };
                        site.headers.push((text(name), text(value), again));
                    }
                }
                _ => {}
            }
        }
        if !site.headers.is_empty() {
            proxy.conf.repeat_said(server, "add_header");
        }
        self.nginx_words(inner, Some(server), &mut proxy.conf, drafts);
        for row in inner.iter() {
            self.route(row, &mut site, proxy, drafts);
        }
        if let Some(tls) = &served.tls {
            tls.redirect_to_it(&names, served.port.value, proxy);
        }
    }

    fn finish_proxy(&mut self, proxy: ProxyDraft<'t>) -> Draft<'t> {
        let ProxyDraft { mut draft, conf, copies, .. } = proxy;
        let folder = format!("docker/{}", draft.name());
        let origin = draft.service.origin;
        let copied = self.origins.lowered("proxy-image", origin);
        let mut steps = vec![Step::new(
            Op::Copy(Copy::new(
                None,
                vec![Text::literal("nginx.conf", copied)],
                Text::literal("/etc/nginx/nginx.conf", copied),
            )),
            copied,
        )];
        let mut named_contexts: Vec<(StageName, At<NamedContext>)> = Vec::new();
        for (context, source, target, origin) in copies {
            let name =
                if let Some((name, _)) = named_contexts.iter().find(|(_, known)| known.value == context) {
                    name.clone()
                } else {
                    let name = context_name(&context, named_contexts.len());
                    named_contexts.push((name.clone(), At::new(context, origin)));
                    name
                };
            let copy = Copy::new(
                Some(CopyFrom::Context(name)),
                vec![Text::literal(source, origin)],
                Text::literal(target, origin),
            );
            steps.push(Step::new(Op::Copy(copy), origin));
        }
        if let Some(image) = draft.service.image.take() {
            let context = BuildContext::Emitted(folder.clone());
            draft.service.build = Some(Build {
                context: At::new(context.clone(), copied),
                dockerfile: At::new(DockerfileRef::Emitted(format!("{folder}/Dockerfile")), copied),
                spelled: None,
                named_contexts,
                args: image_args(&image),
                secrets: Vec::new(),
                extra: Vec::new(),
                origin: copied,
            });
            let globals = image_globals(&image);
            let stages =
                vec![Stage { base: build_scope(image.text), platform: None, name: None, steps, origin }];
            let ignore = ["*", "!nginx.conf"].map(|line| At::new(line.to_owned(), copied)).to_vec();
            draft.build = Some(BuildFile {
                path: format!("{folder}/Dockerfile"),
                service: Some(draft.name().clone()),
                context,
                dockerfile: Dockerfile { directives: Vec::new(), globals, stages },
                ignore,
            });
        }
        draft.conf = Some(ConfFile {
            path: format!("{folder}/nginx.conf"),
            service: draft.name().clone(),
            version: conf.version,
            conf: conf.finish(self.origins),
        });
        draft
    }
}

/// Whether a site of a proxy says `tls`.
fn has_site_with_tls(proxy: &Statement) -> bool {
    let sites = proxy.children().filter(|child| child.head() == Some("site"));
    let says = |child: &Statement| child.head() == Some("tls") && child.block.is_some();
    sites.flat_map(Statement::children).any(says)
}

fn context_name(context: &NamedContext, index: usize) -> StageName {
    let wanted = match context {
        NamedContext::Service(name) => name.to_string(),
        NamedContext::Host(path) => path.as_str().rsplit('/').next().unwrap_or_default().to_lowercase(),
    };
    StageName::parse(&wanted)
        .or_else(|_| StageName::parse(&format!("files-{index}")))
        .expect("letters, a dash and a number are the name of a stage")
}

/// The inputs of an image reference, as arguments of its build.
fn image_args(image: &Typed<ImageRef>) -> Vec<(crate::model::names::EnvName, Text)> {
    let origin = image.origin();
    image
        .text
        .variables()
        .filter_map(|var| {
            let name = crate::model::names::EnvName::parse(&var.name).ok()?;
            Some((name, Text::variable(var.clone(), origin)))
        })
        .collect()
}

/// The same as ARGs before `FROM`.
fn image_globals(image: &Typed<ImageRef>) -> Vec<Step> {
    let origin = image.origin();
    image
        .text
        .variables()
        .filter_map(|var| {
            let name = crate::model::names::EnvName::parse(&var.name).ok()?;
            let default = match &var.op {
                crate::model::values::VarOp::Default(text) => Some(Text::literal(text.clone(), origin)),
                crate::model::values::VarOp::None
                | crate::model::values::VarOp::Required(_)
                | crate::model::values::VarOp::Other(_) => None,
            };
            Some(Step::new(Op::Arg { name, default }, origin))
        })
        .collect()
}

/// A text of compose as the Dockerfile reads it: its variables are ARGs.
fn build_scope(mut text: Text) -> Text {
    for part in &mut text.parts {
        if let crate::model::values::Part::Var(var) = part {
            var.scope = crate::model::values::Scope::Build;
            var.op = crate::model::values::VarOp::None;
        }
    }
    text
}

/// A block directive's body.
pub(crate) fn block() -> Body {
    Body::Block(Vec::new())
}
