//! What is passed to another server. Source: `ngx_http_proxy_create_request` in nginx's
//! `src/http/modules/ngx_http_proxy_module.c`.

use super::answer::{About, Passed, Undecided};
use super::config::{BlockId, Kind};
use super::run::{Known, Next, Run};
use super::semantics::Fact;
use super::template::Template;
use super::uri::{self, shown};
use crate::source::Span;

impl Run<'_> {
    /// Passes the request on; `handler` is the block of the directive.
    pub(crate) fn pass(
        &mut self,
        handler: BlockId,
        directive: &str,
        to: &Template,
        span: Span,
    ) -> Known<Next> {
        let said = format!("`{directive}` passes it on, and status, type and body come from there");
        self.step(About::Upstream, said, Some(span));
        let content_type = if self.has(Fact::UpstreamTypes) {
            None
        } else {
            Some(self.type_of_uri()?).map(|kind| format!("{kind:?}"))
        };
        let address = self.script(&to.pieces, false, Some(span));
        let target = match (directive, &address) {
            ("proxy_pass", Ok(address)) => Some(self.target(handler, to, address, span)?),
            ("grpc_pass", _) => Some(self.as_sent()),
            _ => None,
        };
        let to = address.ok().map(|address| shown(&address));
        let by = directive.to_owned();
        let status = self.err_status;
        Ok(Passed { by, span, to, target: target.map(|target| shown(&target)), status, content_type }.into())
    }

    /// The path as the client sent it, or as it is now.
    fn as_sent(&self) -> Vec<u8> {
        if self.unparsed {
            return self.request.target.as_bytes().to_vec();
        }
        let mut target = uri::escape(&self.uri);
        self.append_args(&mut target);
        target
    }

    fn target(&mut self, handler: BlockId, to: &Template, address: &[u8], span: Span) -> Known<Vec<u8>> {
        let behind =
            [&b"http://"[..], b"https://"].into_iter().find_map(|scheme| address.strip_prefix(scheme));
        let Some(behind) = behind else {
            return Err(Undecided::new("the address does not begin with http:// or https://", Some(span)));
        };
        let start = match behind.strip_prefix(b"unix:") {
            // unix:/path/to/socket:/uri
            Some(socket) => socket.iter().position(|byte| *byte == b':').map(|at| at + 6),
            None => behind.iter().position(|byte| matches!(byte, b'/' | b'?')),
        };
        let Some(own) = start.map(|at| &behind[at..]).filter(|own| !own.is_empty()) else {
            return Ok(self.as_sent());
        };
        if to.literal().is_none() && self.has(Fact::VariableCollapses) {
            let slash = if own.first() == Some(&b'?') { &b"/"[..] } else { b"" };
            return Ok([slash, own].concat());
        }
        let block = self.config.block(handler);
        let matched = match block.kind {
            Kind::Exact | Kind::Prefix | Kind::PrefixAlone => block.name.len(),
            // A literal address with a path is refused there, with this exception of what may stand in an `if`.
            Kind::Regex(_) | Kind::Named | Kind::If | Kind::LimitExcept | Kind::Server
                if to.literal().is_some() =>
            {
                return Err(Undecided::new("nginx refuses a path in `proxy_pass` here", Some(span)));
            }
            Kind::Regex(_) | Kind::Named | Kind::If | Kind::LimitExcept | Kind::Server => 0,
        };
        if !self.valid_location {
            return Ok(self.as_sent());
        }
        let Some(rest) = self.uri.get(matched..) else {
            return Err(Undecided::new("the path is shorter than what `proxy_pass` replaces", Some(span)));
        };
        let rest = if self.quoted || self.internal || rest.contains(&b' ') {
            uri::escape(rest)
        } else {
            rest.to_vec()
        };
        let mut target = [own, &rest].concat();
        self.append_args(&mut target);
        Ok(target)
    }
}
