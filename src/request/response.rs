//! What nginx puts into the headers of its own answers. Source: `ngx_http_set_content_type` in nginx's
//! `src/http/ngx_http_core_module.c`, `ngx_http_header_filter_module.c`, `modules/ngx_http_charset_filter_module.c`
//! and `modules/ngx_http_headers_filter_module.c`.

use super::answer::{About, Body, Place, Response, Undecided};
use super::config::{Charset, CharsetTypes, When};
use super::run::{Known, Next, Run};
use super::semantics::Fact;
use super::uri::shown;
use crate::source::Span;

/// A content type and the line that it comes from.
#[derive(Clone, Debug)]
pub(crate) struct Type {
    mime: String,
    span: Option<Span>,
}

impl Type {
    /// One that nginx gives by itself.
    pub(crate) fn own(mime: &str) -> Self {
        Self { mime: mime.to_owned(), span: None }
    }
}

impl Run<'_> {
    /// The type of the URI's extension.
    pub(crate) fn type_of_uri(&mut self) -> Known<Type> {
        let extension = self.extension.clone();
        self.type_of(&extension)
    }

    pub(crate) fn type_of(&mut self, extension: &[u8]) -> Known<Type> {
        let settings = self.settings();
        let key =
            if self.has(Fact::CaseOfExtension) { extension.to_ascii_lowercase() } else { extension.to_vec() };
        let key = String::from_utf8(key).unwrap_or_default();
        if let Some(unknown) = &settings.types.unknown
            && !key.is_empty()
        {
            return Err(unknown.clone());
        }
        if let Some((mime, span)) = settings.types.table.get(&key).filter(|_| !key.is_empty()) {
            self.step(About::Type, format!("`.{key}` is {mime}"), *span);
            return Ok(Type { mime: mime.clone(), span: *span });
        }
        let (mime, span) = (&settings.default_type.0, &settings.untyped);
        let said = if key.is_empty() {
            format!("a path without an extension is {mime}, the default type")
        } else {
            format!("`.{key}` is not in the table, so that the default type holds: {mime}")
        };
        self.step(About::Type, said, *span);
        Ok(Type { mime: mime.clone(), span: *span })
    }

    /// Answers: `ngx_http_send_header` and the filters of headers.
    pub(crate) fn respond(&mut self, status: u16, kind: Option<Type>, body: Body) -> Known<Next> {
        let settings = self.settings();
        let status = self.err_status.unwrap_or(status);
        let span = kind.as_ref().and_then(|kind| kind.span).or(settings.root.span);
        if status < 200 || status == 206 || status > 599 {
            return Err(Undecided::new(format!("an answer with the status {status} is not modelled"), span));
        }
        if status == 200 && matches!(body, Body::File(_)) {
            let conditional = [
                "if-match",
                "if-none-match",
                "if-modified-since",
                "if-unmodified-since",
                "range",
                "if-range",
            ];
            if let Some(name) = conditional.into_iter().find(|name| self.request.header(name).is_some()) {
                let why = format!("what the header {name} makes of it depends on the file");
                return Err(Undecided::new(why, None));
            }
        }
        self.check(When::Headers)?;
        let type_span = kind.as_ref().and_then(|kind| kind.span);
        let content_type = match kind {
            Some(kind) if status != 204 && !kind.mime.is_empty() => {
                Some(self.with_charset(kind.mime, status)?)
            }
            Some(_) | None => None,
        };
        let headers = self.added_headers(status)?;
        let location = match self.location.clone() {
            Some(location) => Some(self.absolute(location)?),
            None => None,
        };
        let body = if status == 204 { Body::Empty } else { body };
        let altered = settings.unmodelled.iter().filter(|directive| directive.when == When::Body);
        let altered = altered.map(|directive| Place { name: directive.name.clone(), span: directive.span });
        let altered_by = altered.collect();
        Ok(Response { status, content_type, type_span, location, headers, body, altered_by }.into())
    }

    fn with_charset(&mut self, mime: String, status: u16) -> Known<String> {
        let settings = self.settings();
        let has_charset = match &settings.charset_types {
            CharsetTypes::All => true,
            CharsetTypes::These(types) => types.iter().any(|own| *own == mime.to_ascii_lowercase()),
        };
        let (charset, span) = &settings.charset;
        let name = match charset {
            Charset::Off => return Ok(mime),
            _ if !has_charset => return Ok(mime),
            // Netscape took the charset of a redirect for that of the page behind it.
            _ if matches!(status, 301 | 302) => return Ok(mime),
            Charset::Variable => return Err(Undecided::new("the charset is a variable", *span)),
            Charset::Name(name) => name,
        };
        match &settings.source_charset {
            (Charset::Off, _) => {}
            (Charset::Name(source), _) if source == name => {}
            (_, span) => return Err(Undecided::new("changing the charset is not modelled", *span)),
        }
        self.step(About::Type, format!("the charset {name} is added to {mime}"), *span);
        Ok(format!("{mime}; charset={name}"))
    }

    fn added_headers(&mut self, status: u16) -> Known<Vec<(String, String)>> {
        let is_safe = matches!(status, 200 | 201 | 204 | 206 | 301 | 302 | 303 | 304 | 307 | 308);
        let mut headers = Vec::new();
        let added = self.settings().headers.clone();
        for header in added.iter().filter(|header| header.always || is_safe) {
            let value = self.script(&header.value.pieces, false, Some(header.span))?;
            if !value.is_empty() {
                headers.push((header.name.clone(), shown(&value)));
            }
        }
        Ok(headers)
    }

    fn absolute(&mut self, location: Vec<u8>) -> Known<String> {
        if location.iter().any(|byte| *byte < 0x20) {
            return Err(Undecided::new("a control character gets into the header Location", None));
        }
        let location = String::from_utf8(location)
            .map_err(|_| Undecided::new("the header Location is not UTF-8", None))?;
        let settings = self.settings();
        if !location.starts_with('/') || !settings.absolute_redirect {
            return Ok(location);
        }
        let host = if settings.server_name_in_redirect { self.server.name() } else { self.host.clone() };
        if host.is_empty() {
            return Err(Undecided::new("which name a redirect takes is not known without a Host", None));
        }
        let (scheme, standard) = if self.request.tls { ("https", 443) } else { ("http", 80) };
        let port = match self.request.port {
            port if settings.port_in_redirect && port != standard => format!(":{port}"),
            _ => String::new(),
        };
        Ok(format!("{scheme}://{host}{port}{location}"))
    }
}
