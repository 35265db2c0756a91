//! Whom requests are handed to: an upstream of its own where nginx can follow a server when it comes, goes and moves, a
//! variable where it is too old for that, and a plain address under `defaults plain`.

use super::nginx::ConfDraft;
use super::passing::Pass;
use crate::http::mime::NginxVersion;
use crate::model::nginx::DirId;
use crate::model::values::{Part, Scope, Text, Var, VarOp};
use crate::source::Origin;

/// nginx that resolves the servers of an upstream while it runs (open source since 1.27.3).
const RESOLVE: NginxVersion = NginxVersion { major: 1, minor: 27, patch: 3 };

/// A server, a service or one that is elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server<'a> {
    /// Its name, which its upstream has too, unless that is taken.
    pub(crate) host: &'a str,
    pub(crate) port: u16,
}

/// Why requests are handed to a server, and why in that way.
#[derive(Clone, Copy)]
pub(crate) struct PassOrigins {
    /// The statement.
    pub(crate) pass: Origin,
    /// What nginx needs to follow the server.
    pub(crate) following: Origin,
    /// The `listen` of the service, if there is one.
    pub(crate) address: Origin,
}

impl ConfDraft {
    /// The directive to hand requests to a service.
    pub(crate) fn pass_to(&mut self, location: DirId, pass: &Pass, secure: bool, origins: PassOrigins) {
        let server = Server { host: pass.service.as_str(), port: pass.port.number() };
        let url = (pass.protocol.scheme(), pass.path.as_deref().unwrap_or_default());
        self.hand_to(location, pass.protocol.directive(), server, url, secure, origins);
    }

    /// The directive to hand requests to a server, with what stands before and behind the server in it.
    pub(crate) fn hand_to(
        &mut self,
        location: DirId,
        directive: &str,
        server: Server<'_>,
        (scheme, path): (&str, &str),
        secure: bool,
        origins: PassOrigins,
    ) {
        let followed = if !secure {
            Part::Lit(format!("{}:{}", server.host, server.port))
        } else if self.resolves_by_variable() {
            self.variable_of(location, server, origins)
        } else {
            Part::Lit(self.upstream_of(server, origins))
        };
        let around = [Part::Lit(scheme.to_owned()), followed, Part::Lit(path.to_owned())];
        let parts = around.into_iter().filter(|part| *part != Part::Lit(String::new()));
        self.put_texts(location, directive, vec![Text::from_parts(parts, origins.pass)], origins.pass);
    }

    /// Whether a server is followed by a variable: the servers of an upstream are not resolved again.
    pub(crate) fn resolves_by_variable(&self) -> bool {
        self.version.is_some_and(|version| version < RESOLVE)
    }

    fn variable_of(&mut self, location: DirId, server: Server<'_>, origins: PassOrigins) -> Part {
        let name = format!("upstream_{}", server.host.replace(['-', '.'], "_"));
        let variable = Part::Var(Var { scope: Scope::Nginx, name, op: VarOp::None, bare: true });
        let dollar = Text::from_parts([variable.clone()], origins.following);
        let address = Text::literal(format!("{}:{}", server.host, server.port), origins.address);
        let set = self.put_texts(location, "set", vec![dollar, address], origins.following);
        let why = "a variable, so that the name is resolved per request and not once at the start";
        self.tree_mut().comment(set, why);
        variable
    }

    /// The name of the server's upstream, which is made for the first that asks.
    fn upstream_of(&mut self, server: Server<'_>, origins: PassOrigins) -> String {
        let address = format!("{}:{}", server.host, server.port);
        let name_of = |conf: &Self, id: DirId| conf.tree().get(id).args[0].as_literal().map(str::to_owned);
        if let Some(known) = self.upstreams.get(&address) {
            return name_of(self, *known).unwrap_or_default();
        }
        let is_taken = self.upstreams.values().any(|id| name_of(self, *id).as_deref() == Some(server.host));
        let name = if is_taken { format!("{}-{}", server.host, server.port) } else { server.host.to_owned() };
        let following = origins.following;
        let words = vec![Text::literal(name.clone(), following)];
        let upstream = self.open(self.http(), "upstream", words, following);
        self.put(upstream, "zone", &[&name, "64k"], following);
        let words =
            vec![Text::literal(address.clone(), origins.address), Text::literal("resolve", following)];
        self.put_texts(upstream, "server", words, following);
        self.put(upstream, "keepalive", &["16"], following);
        self.upstreams.insert(address, upstream);
        name
    }
}
