//! The values of variables, where the request and the configuration decide them. Source: nginx's
//! `src/http/ngx_http_variables.c`.

use std::sync::Arc;

use super::answer::Undecided;
use super::config::{Alias, Defined, Map};
use super::run::{Known, Run};
use super::template::{Piece, Template};
use super::uri;
use crate::source::Span;

/// Values longer than this are not built: a `set` that doubles itself would fill the memory.
const MAX_BYTES: usize = 64 * 1024;

impl Run<'_> {
    /// A value with its variables replaced.
    pub(crate) fn text(&mut self, template: &Template) -> Known<Vec<u8>> {
        self.script(&template.pieces, false, None)
    }

    /// The same within `rewrite` and its like, which escape what they captured if `quotes`.
    pub(crate) fn script(&mut self, pieces: &[Piece], quotes: bool, span: Option<Span>) -> Known<Vec<u8>> {
        let mut value = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => value.extend(text.bytes()),
                Piece::Variable(name) => value.extend(self.variable(name, span)?),
                Piece::Capture(number) => {
                    let captured = self.captures.groups.get(*number).cloned().unwrap_or_default();
                    if quotes && (self.quoted || self.plus) {
                        value.extend(uri::escape_args(&captured));
                    } else {
                        value.extend(captured);
                    }
                }
            }
            if value.len() > MAX_BYTES {
                return Err(Undecided::new("the value grows too long", span));
            }
        }
        Ok(value)
    }

    /// The value of a variable, empty if it has none.
    pub(crate) fn variable(&mut self, name: &str, span: Option<Span>) -> Known<Vec<u8>> {
        if let Some(value) = self.variables.get(name) {
            return Ok(value.clone());
        }
        match self.config.variables.get(name) {
            Some(Defined::Constant(text)) => return Ok(text.clone().into_bytes()),
            Some(Defined::Map(map)) => return self.mapped(name, &Arc::clone(map)),
            Some(Defined::Opaque(what, at)) => {
                let why = format!("the variable ${name} depends on more than the request: `{what}`");
                return Err(Undecided::new(why, Some(*at)));
            }
            None => {}
        }
        if let Some(value) = self.of_request(name, span)? {
            return Ok(value);
        }
        if self.config.settable.iter().any(|settable| settable == name) {
            return Ok(Vec::new());
        }
        Err(Undecided::new(format!("the value of ${name} is not known"), span))
    }

    fn mapped(&mut self, name: &str, map: &Map) -> Known<Vec<u8>> {
        if self.evaluating.iter().any(|other| other == name) {
            return Err(Undecided::new(format!("the variable ${name} depends on itself"), Some(map.span)));
        }
        self.evaluating.push(name.to_owned());
        let value = self.mapped_value(map);
        self.evaluating.pop();
        let value = value?;
        // nginx evaluates a map once a request.
        self.variables.insert(name.to_owned(), value.clone());
        Ok(value)
    }

    fn mapped_value(&mut self, map: &Map) -> Known<Vec<u8>> {
        let source = self.script(&map.source.pieces, false, Some(map.span))?;
        let lower = source.to_ascii_lowercase();
        let exact = map.exact.iter().find(|(key, _)| key.as_bytes() == lower);
        if let Some((_, value)) = exact {
            return self.script(&value.pieces, false, Some(map.span));
        }
        for (pattern, value) in &map.patterns {
            if !source.is_empty() && self.matches(pattern, &source, map.span)? {
                return self.script(&value.pieces, false, Some(map.span));
            }
            if source.is_empty() && pattern.find(b"").is_ok_and(|found| found.is_some()) {
                return Err(Undecided::new("an empty value meets a regular expression", Some(map.span)));
            }
        }
        match &map.default {
            Some(value) => self.script(&value.pieces, false, Some(map.span)),
            None => Ok(Vec::new()),
        }
    }

    /// The variables of a request; `None` if there is none of the name, or it is not known.
    fn of_request(&mut self, name: &str, span: Option<Span>) -> Known<Option<Vec<u8>>> {
        let request = self.request;
        let text = |text: &str| Some(text.as_bytes().to_vec());
        let known = match name {
            "uri" | "document_uri" => Some(self.uri.clone()),
            "args" | "query_string" => Some(self.args.clone()),
            "is_args" => text(if self.args.is_empty() { "" } else { "?" }),
            "request_uri" => text(&request.target),
            "request_method" => text(&self.method.clone()),
            "scheme" => text(if request.tls { "https" } else { "http" }),
            "https" => text(if request.tls { "on" } else { "" }),
            "server_protocol" => text("HTTP/1.1"),
            "server_port" => text(&request.port.to_string()),
            "server_name" => text(&self.server.name()),
            "host" if self.host.is_empty() => text(&self.server.name()),
            "host" => text(&self.host.clone()),
            "http_host" => text(request.host.as_deref().unwrap_or_default()),
            "content_type" => text(request.header("content-type").unwrap_or_default()),
            "content_length" => text(request.header("content-length").unwrap_or_default()),
            "document_root" | "request_filename" => self.of_path(name, span)?,
            "server_addr" => self.request.address.map(|address| address.to_string().into_bytes()),
            "remote_addr" => self.request.client.map(|address| address.to_string().into_bytes()),
            _ => None,
        };
        if known.is_some() {
            return Ok(known);
        }
        if let Some(header) = name.strip_prefix("http_") {
            return self.header_value(header, span).map(Some);
        }
        if let Some(argument) = name.strip_prefix("arg_") {
            return Ok(Some(self.argument(argument)));
        }
        Ok(None)
    }

    /// The variables that `root` and `alias` decide, in which they may stand again.
    fn of_path(&mut self, name: &str, span: Option<Span>) -> Known<Option<Vec<u8>>> {
        if self.evaluating.iter().any(|other| other == name) {
            return Err(Undecided::new(format!("the variable ${name} depends on itself"), span));
        }
        self.evaluating.push(name.to_owned());
        let value = match (name, self.settings().root.alias) {
            ("document_root", Alias::No) => self.root().map(Some),
            ("document_root", _) => Err(Undecided::new("$document_root with `alias` is not modelled", span)),
            _ => self.path().map(|path| path.map(|(path, _)| path)),
        };
        self.evaluating.pop();
        value
    }

    fn header_value(&self, header: &str, span: Option<Span>) -> Known<Vec<u8>> {
        let same = |name: &str| {
            name.len() == header.len()
                && name.bytes().zip(header.bytes()).all(|(byte, own)| match byte {
                    b'-' => own == b'_',
                    byte => byte.eq_ignore_ascii_case(&own),
                })
        };
        let mut found = self.request.headers.iter().filter(|(name, _)| same(name));
        let first = found.next();
        if found.next().is_some() || first.is_some_and(|(name, _)| name.contains('_')) {
            return Err(Undecided::new(
                format!("what nginx makes of the header {header} is not known"),
                span,
            ));
        }
        Ok(first.map(|(_, value)| value.as_bytes().to_vec()).unwrap_or_default())
    }

    /// `$arg_name`: `ngx_http_arg`.
    fn argument(&self, name: &str) -> Vec<u8> {
        for pair in self.args.split(|byte| *byte == b'&') {
            let Some(equals) = pair.iter().position(|byte| *byte == b'=') else { continue };
            if pair[..equals].eq_ignore_ascii_case(name.as_bytes()) {
                return pair[equals + 1..].to_vec();
            }
        }
        Vec::new()
    }
}
