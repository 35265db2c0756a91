//! `proxy`, `fastcgi` and `uwsgi to SERVICE`: requests that are handed to a service of the compose file, by its name or
//! through an upstream that has it alone.

use super::{At, Names, Short, argument, with};
use crate::import::statement::Statement;
use crate::syntax::nginx::tree::Directive;

/// `proxy URI to SERVICE port PORT [as URI]`
pub(super) fn location<'t>(at: &At<'t>, names: &Names<'_>) -> Option<Short<'t>> {
    let said = at.only("proxy_pass").filter(|_| at.is_prefix())?;
    let address = argument(said, at.text)?.strip_prefix(HTTP)?;
    let (address, path) = match address.find('/') {
        Some(slash) => address.split_at(slash),
        None => (address, ""),
    };
    let (service, port) = names.service(address, Some(HTTP_PORT))?;
    let mut head = to(with(Statement::of("proxy"), at.uri), &service, port);
    if !path.is_empty() {
        head = with(head.keyword("as"), path);
    }
    (!path.contains(['$', '?', '#'])).then_some(Short { head, said })
}

/// `proxy to SERVICE port PORT`, and the same of other protocols, inside a location.
pub(in crate::import) fn pass(directive: &Directive, text: &str, names: &Names<'_>) -> Option<Statement> {
    let [arg] = directive.args() else { return None };
    let address = arg.text(text);
    let (head, (service, port)) = match directive.name(text) {
        "proxy_pass" => ("proxy", names.service(address.strip_prefix(HTTP)?, Some(HTTP_PORT))?),
        "fastcgi_pass" => ("fastcgi", names.service(address, None)?),
        "uwsgi_pass" => ("uwsgi", names.service(address, None)?),
        _ => return None,
    };
    Some(to(Statement::of(head), &service, port))
}

const HTTP: &str = "http://";
const HTTP_PORT: u16 = 80;

fn to(head: Statement, service: &str, port: u16) -> Statement {
    with(head.keyword("to"), service).keyword("port").keyword(&port.to_string())
}

impl Names<'_> {
    /// The service behind an address, and its port. An address without a port has that of its protocol.
    fn service(&self, address: &str, default: Option<u16>) -> Option<(String, u16)> {
        if let Some(server) = self.upstreams.get(address) {
            // A server of an upstream has the port of HTTP, whatever asks it.
            return self.listener(server.as_ref()?, Some(HTTP_PORT));
        }
        let is_upstream = |address: &str| self.around.upstreams.contains(address);
        let has_port_of_its_own = default.is_some_and(|port| address.ends_with(&format!(":{port}")));
        let found = self.listener(address, default).filter(|(name, _)| !is_upstream(name))?;
        let mut servers = self.upstreams.values().flatten();
        let is_server = servers.any(|server| self.listener(server, Some(HTTP_PORT)).as_ref() == Some(&found));
        (!is_server && !has_port_of_its_own).then_some(found)
    }

    fn listener(&self, address: &str, default: Option<u16>) -> Option<(String, u16)> {
        let (name, port) = match address.split_once(':') {
            Some((name, port)) => {
                (name, port.parse().ok().filter(|number: &u16| number.to_string() == port)?)
            }
            None => (address, default?),
        };
        self.around.services.contains(name).then(|| (name.to_owned(), port))
    }
}
