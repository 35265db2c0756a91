//! `fastcgi` and `uwsgi`: programs that are not spoken to in HTTP, and what they are told of a request.

use super::context::Context;
use super::draft::Draft;
use super::fitting::Fitted;
use super::nginx::variables;
use super::passing::{Handed, Protocol};
use super::proxy::ProxyDraft;
use super::text::Reader;
use crate::model::nginx::DirId;
use crate::model::path::ContainerPath;
use crate::model::values::Text;
use crate::source::Origin;

/// What any gateway is told of a request. Source: RFC 3875, section 4.1, and the `fastcgi_params` and `uwsgi_params` of
/// nginx; `Proxy` is a header that some programs take for a setting (httpoxy.org), and of the others nobody should
/// believe what a client says.
const REQUEST: &[(&str, &str)] = &[
    ("QUERY_STRING", "$query_string"),
    ("REQUEST_METHOD", "$request_method"),
    ("CONTENT_TYPE", "$content_type"),
    ("CONTENT_LENGTH", "$content_length"),
    ("REQUEST_URI", "$request_uri"),
    ("REQUEST_SCHEME", "$scheme"),
    ("SERVER_PROTOCOL", "$server_protocol"),
    ("SERVER_NAME", "$host"),
    ("SERVER_PORT", "$server_port"),
    ("REMOTE_ADDR", "$remote_addr"),
    ("REMOTE_PORT", "$remote_port"),
    ("HTTP_X_FORWARDED_FOR", "$proxy_add_x_forwarded_for"),
    ("HTTP_X_FORWARDED_PROTO", "$scheme"),
    ("HTTP_PROXY", ""),
];

impl<'t> Context<'_, 't> {
    /// `uwsgi <uri> to <service> [port <port>]`
    pub(crate) fn uwsgi(
        &mut self,
        fit: &Fitted<'t>,
        location: DirId,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let origin = self.origins.lowered("gateway", fit.origin);
        let own = [("PATH_INFO", "$document_uri")];
        parameters("uwsgi_param", REQUEST.iter().chain(&own), location, proxy, origin);
        https("uwsgi_param", location, proxy, origin);
        let handed = Handed { protocol: Protocol::Uwsgi, slots: (1, 2), path: None };
        self.pass(fit, &handed, location, proxy, drafts);
    }

    /// `fastcgi <uri> to <service> [port <port>] at <container-path>`: a path with an extension is a script, which
    /// answers everything; any other is the folder in which the path of the request names one.
    pub(crate) fn fastcgi(
        &mut self,
        fit: &Fitted<'t>,
        location: DirId,
        proxy: &mut ProxyDraft<'t>,
        drafts: &[Draft<'t>],
    ) {
        let path = self.typed::<ContainerPath>(fit.arg(3), Reader::Fixed);
        let path = path.as_ref().and_then(|path| path.known()).map_or("/", ContainerPath::trimmed).to_owned();
        let (folder, last) = path.rsplit_once('/').unwrap_or(("", &path));
        let script = last.contains('.').then(|| format!("/{last}"));
        let root = if script.is_some() { folder } else { path.trim_end_matches('/') };
        let name = script.clone().unwrap_or_else(|| "$fastcgi_script_name".to_owned());
        let filename = format!("{root}{name}");
        let own = [
            ("GATEWAY_INTERFACE", "CGI/1.1"),
            // PHP refuses to run without it where it is built to.
            ("REDIRECT_STATUS", "200"),
            ("DOCUMENT_ROOT", if root.is_empty() { "/" } else { root }),
            ("SCRIPT_NAME", name.as_str()),
            ("SCRIPT_FILENAME", filename.as_str()),
        ];
        let origin = self.origins.lowered("gateway", fit.origin);
        if script.is_none() {
            proxy.conf.put(location, "fastcgi_index", &["index.php"], origin);
        }
        parameters("fastcgi_param", REQUEST.iter().chain(&own), location, proxy, origin);
        https("fastcgi_param", location, proxy, origin);
        let handed = Handed { protocol: Protocol::FastCgi, slots: (1, 2), path: None };
        self.pass(fit, &handed, location, proxy, drafts);
    }
}

fn parameters<'p>(
    directive: &str,
    all: impl Iterator<Item = &'p (&'p str, &'p str)>,
    location: DirId,
    proxy: &mut ProxyDraft<'_>,
    origin: Origin,
) {
    for (name, value) in all {
        let words = vec![Text::literal(*name, origin), variables(value, origin)];
        proxy.conf.put_texts(location, directive, words, origin);
    }
}

/// Programs ask whether there is such a parameter, whatever it says.
fn https(directive: &str, location: DirId, proxy: &mut ProxyDraft<'_>, origin: Origin) {
    let words = vec![
        Text::literal("HTTPS", origin),
        variables("$https", origin),
        Text::literal("if_not_empty", origin),
    ];
    proxy.conf.put_texts(location, directive, words, origin);
}
