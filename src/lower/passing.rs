//! `proxy`, `fastcgi` and `uwsgi to SERVICE`: which service and port is meant, and the directive of nginx that hands requests
//! there.

use std::collections::BTreeSet;

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::fitting::{Doubt, Fitted};
use super::nginx::ConfDraft;
use super::proxy::ProxyDraft;
use super::upstream::PassOrigins;
use crate::diagnostic::Diagnostic;
use crate::model::names::ServiceName;
use crate::model::nginx::{Body, DirId};
use crate::model::port::Port;
use crate::model::values::Text;
use crate::schema::Row;
use crate::source::Span;
use crate::syntax::stack::tree::Arg;

/// How nginx speaks to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    FastCgi,
    Uwsgi,
}

impl Protocol {
    /// That of a sentence.
    pub(crate) fn of(row: &Row) -> Self {
        match row.head() {
            "fastcgi" => Self::FastCgi,
            "uwsgi" => Self::Uwsgi,
            _ => Self::Http,
        }
    }

    /// Whether a sentence of a location hands its requests to a service.
    pub(crate) fn is_said_by(row: &Row) -> bool {
        matches!(row.id, "location-proxy" | "location-fastcgi" | "location-uwsgi")
    }

    /// The directive of nginx.
    pub(crate) fn directive(self) -> &'static str {
        match self {
            Self::Http => "proxy_pass",
            Self::FastCgi => "fastcgi_pass",
            Self::Uwsgi => "uwsgi_pass",
        }
    }

    /// What stands before an address.
    pub(crate) fn scheme(self) -> &'static str {
        match self {
            Self::Http => "http://",
            Self::FastCgi | Self::Uwsgi => "",
        }
    }
}

/// What a sentence says of where requests are handed: `to <service> [port <port>] [as <uri>]`.
pub(crate) struct Handed<'a> {
    pub(crate) protocol: Protocol,
    /// The slots of the service and of the port.
    pub(crate) slots: (usize, usize),
    /// The path that takes the place of the location's own.
    pub(crate) path: Option<&'a Arg>,
}

/// Where requests are handed.
#[derive(Clone, Debug)]
pub(crate) struct Pass {
    pub(crate) protocol: Protocol,
    pub(crate) service: ServiceName,
    pub(crate) port: Port,
    /// The path that takes the place of the location's own.
    pub(crate) path: Option<String>,
}

impl Pass {
    /// What the directive says, with an address or the name of an upstream.
    pub(crate) fn said(&self, address: &str) -> String {
        format!("{}{address}{}", self.protocol.scheme(), self.path.as_deref().unwrap_or_default())
    }

    /// The address as short as it may be: HTTP has a port of its own.
    fn address(&self) -> String {
        match (self.protocol, self.port.number()) {
            (Protocol::Http, HTTP_PORT) => self.service.to_string(),
            _ => format!("{}:{}", self.service, self.port),
        }
    }

    /// Whether a `server` of an upstream is the service, which has the port of HTTP if it says none.
    fn is_server(&self, address: &str) -> bool {
        address == format!("{}:{}", self.service, self.port)
            || self.port.number() == HTTP_PORT && address == self.service.as_str()
    }
}

const HTTP_PORT: u16 = 80;

/// A directive that hands requests to a service, among nginx's own words.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    directive: DirId,
    pass: Pass,
    span: Span,
}

impl<'t> Context<'_, 't> {
    /// Hands the requests of a location of a site to a service.
    pub(crate) fn pass(
        &mut self,
        fit: &Fitted<'t>,
        handed: &Handed<'t>,
        location: DirId,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let Some(pass) = self.handed_to(fit, handed, drafts) else { return };
        let secure = self.secure();
        let following = self.origins.lowered("upstream", fit.origin);
        let listening = drafts.iter().find(|draft| *draft.name() == pass.service);
        let listening =
            listening.and_then(|draft| draft.program.listens.iter().find(|at| at.value == pass.port));
        let origins =
            PassOrigins { pass: fit.origin, following, address: listening.map_or(following, |at| at.origin) };
        if let Some(path) = handed.path.filter(|_| secure && proxy.conf.resolves_by_variable()) {
            self.sink.push(
                Diagnostic::error(
                    codes::TOO_NEW,
                    "the image's nginx cannot follow a service there",
                    path.span,
                )
                .here("another path than the route's")
                .note(
                    "before nginx 1.27.3 the address has to be a variable, with which nginx replaces no path",
                )
                .help("take a newer image, or leave `as` out"),
            );
            return;
        }
        proxy.conf.pass_to(location, &pass, secure, origins);
        let service = pass.service;
        if secure
            && !proxy.draft.needs.iter().any(|need| need.service == service)
            && service != *proxy.draft.name()
        {
            let origin = self.origins.by_default("proxy-needs", Some(fit.origin));
            proxy.draft.needs.push(super::draft::Need {
                service,
                condition: None,
                extra: Vec::new(),
                span: fit.span(),
                origin,
            });
        }
    }

    /// Hands the requests of a location among nginx's own words to a service, with that directive alone.
    pub(crate) fn pass_plainly(
        &mut self,
        fit: &Fitted<'t>,
        handed: &Handed<'t>,
        location: Option<DirId>,
        conf: &mut ConfDraft,
        drafts: &[Draft<'t>],
    ) {
        let Some(pass) = self.handed_to(fit, handed, drafts) else { return };
        let args = vec![Text::literal(pass.said(&pass.address()), fit.origin)];
        let name = pass.protocol.directive();
        let directive = conf.tree_mut().push(location, name, args, Body::None, fit.origin);
        conf.said.0.insert(directive);
        conf.passed.push(Passed { directive, pass, span: fit.span() });
    }

    /// Has nginx's own words hand requests through the upstream that is there for the service alone; reports a location
    /// that hands its requests to two.
    pub(crate) fn settle_passes(&mut self, conf: &mut ConfDraft) {
        let mut reported: BTreeSet<Option<DirId>> = BTreeSet::new();
        for Passed { directive, pass, span } in std::mem::take(&mut conf.passed) {
            let tree = conf.tree();
            let location = tree.get(directive).parent;
            let is_other = |id: &DirId| *id != directive && is_pass(&tree.get(*id).name);
            if tree.children_of(location).iter().any(is_other) {
                if reported.insert(location) {
                    self.sink.push(
                        Diagnostic::error(codes::CONFLICT, "a location hands its requests to one", span)
                            .here("something else in it does so, too")
                            .help("remove one of the two"),
                    );
                }
                continue;
            }
            match through(conf, &pass) {
                Through::Address => {}
                Through::Upstream(name) => {
                    let origin = conf.tree().get(directive).origin;
                    let args = vec![Text::literal(pass.said(&name), origin)];
                    conf.tree_mut().replace(directive, args, origin);
                }
                Through::Others => {
                    let Pass { service, .. } = &pass;
                    self.sink.push(
                        Diagnostic::error(
                            codes::CONFLICT,
                            format!("`{service}` is an upstream of this file as well"),
                            span,
                        )
                        .note("nginx would hand the requests to the servers of the upstream")
                        .help(format!(
                            "write nginx's own `{}`, or rename the upstream",
                            pass.protocol.directive()
                        )),
                    );
                }
            }
        }
    }

    /// The service and the port that a sentence means.
    fn handed_to(&mut self, fit: &Fitted<'t>, handed: &Handed<'t>, drafts: &[Draft<'t>]) -> Option<Pass> {
        let target = fit.arg(handed.slots.0);
        let path = handed.path.map(|path| self.uri(path));
        let service = self.service_name(target)?;
        let port = match fit.bound.get(handed.slots.1) {
            Some(arg) => Some((self.fixed::<Port>(arg)?, Some(arg.span))),
            None => None,
        };
        let declared = &self.names.services[service.as_str()];
        let at = declared.it.statement.line_span();
        let mut meant: Vec<(Vec<Port>, &Doubt)> = drafts
            .iter()
            .filter(|draft| *draft.name() == service)
            .map(|draft| (draft.listens(), &draft.doubt))
            .collect();
        if meant.is_empty() {
            meant.push((declared.it.ports.clone(), &declared.it.doubt));
        }
        let in_doubt = meant.iter().any(|(listens, doubt)| {
            doubt.covers(&["listen"]) || listens.is_empty() && doubt.covers(&["image", "build", "base"])
        });
        // Which of two services of one name is meant is not known.
        let in_doubt = in_doubt || declared.twice && meant.iter().any(|(listens, _)| !listens.is_empty());
        let listens = meant.swap_remove(0).0;
        let given = port.map(|(port, _)| port).or(listens.first().copied());
        let port = if in_doubt {
            given
        } else {
            self.target_port(service.as_str(), port, &listens, target.span, at)
        };
        let path = match path {
            Some(path) => Some(path?),
            None => None,
        };
        Some(Pass { protocol: handed.protocol, service, port: port?, path })
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
}

/// Where a name leads in a configuration.
enum Through {
    /// To the service.
    Address,
    /// To the upstream of this name, whose only server it is.
    Upstream(String),
    /// To other servers.
    Others,
}

fn through(conf: &ConfDraft, pass: &Pass) -> Through {
    let mut found = Through::Address;
    let tree = conf.tree();
    for (id, upstream) in tree.all().filter(|(_, directive)| directive.name == "upstream") {
        let Some(name) = upstream.args.first().and_then(Text::as_literal) else { continue };
        let servers: Vec<&str> = tree
            .named(Some(id), "server")
            .filter_map(|server| tree.get(server).args.first().and_then(Text::as_literal))
            .collect();
        match servers.as_slice() {
            [server] if pass.is_server(server) => return Through::Upstream(name.to_owned()),
            _ if name == pass.service.as_str() => found = Through::Others,
            _ => {}
        }
    }
    found
}

/// Whether a directive of nginx hands the requests of its location to somebody.
pub(crate) fn is_pass(directive: &str) -> bool {
    matches!(
        directive,
        "proxy_pass" | "fastcgi_pass" | "uwsgi_pass" | "scgi_pass" | "grpc_pass" | "memcached_pass"
    )
}
