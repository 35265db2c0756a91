//! What is asked of a server and what it answers, as plain data.

use std::net::IpAddr;

use crate::source::Span;

/// A request, as it comes in over a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`; upper case.
    pub method: String,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// The address that the client connected to, if it is known: only servers that listen on addresses need it.
    pub address: Option<IpAddr>,
    /// The port that the client connected to.
    pub port: u16,
    /// The client's own address, if it is known: `allow` and `deny` need it.
    pub client: Option<IpAddr>,
    /// The header `Host` as it is sent, `example.org:8080`; `None` where there is none.
    pub host: Option<String>,
    /// The path with the query string as it is sent, `/a%20b?c`.
    pub target: String,
    /// The other headers, in order.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// `GET` of a URL, `http://example.org:8080/path?query`. `None` if it is no URL of HTTP.
    pub fn get(url: &str) -> Option<Self> {
        let (tls, rest) = match url.split_once("://") {
            Some(("http", rest)) => (false, rest),
            Some(("https", rest)) => (true, rest),
            _ => return None,
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(end);
        let path = path.split('#').next().unwrap_or_default();
        let standard = if tls { 443 } else { 80 };
        let port = match host.rsplit_once(':') {
            Some((_, port)) if !port.contains(']') => port.parse().ok()?,
            _ => standard,
        };
        if host.is_empty() {
            return None;
        }
        let target = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let (method, host) = ("GET".to_owned(), Some(host.to_owned()));
        Some(Self { method, tls, address: None, port, client: None, host, target, headers: Vec::new() })
    }

    /// The value of a header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A file that nginx can read.
    File,
    /// A folder that nginx can look into.
    Folder,
    /// Nothing.
    Missing,
    /// A file or folder that is there and cannot be read.
    Unreadable,
    /// What stands there cannot be told, because a folder on the way cannot be searched.
    Closed,
    /// A socket, a device, a pipe.
    Special,
    /// Nobody knows.
    Unknown,
}

/// The file system that nginx sees: a container's, or this machine's.
pub trait Files {
    /// What stands at an absolute path. It has neither `.`, `..` nor `//` in it, and ends with `/` only if it is `/`.
    fn entry(&self, path: &str) -> Entry;

    /// Whether a folder is a symbolic link: `..` behind one leads elsewhere.
    fn is_link(&self, path: &str) -> bool {
        let _ = path;
        false
    }
}

/// What nginx does, and how it comes to that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What the client gets.
    pub outcome: Outcome,
    /// The server that answers; `None` where that is not known.
    pub server: Option<Place>,
    /// The location that answers, the last one if there were several; `None` if none fits and the server itself does.
    pub route: Option<Place>,
    /// The decisions, in their order.
    pub chain: Vec<Step>,
}

/// A block of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its first line, `location ^~ /static/`; of a server, its first name.
    pub name: String,
    /// Where that stands.
    pub span: Span,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is about.
    pub about: About,
    /// What was decided and why, in a sentence without a full stop.
    pub said: String,
    /// The line that decides; `None` where nothing was written, so that nginx's default holds.
    pub span: Option<Span>,
    /// What could have been and is not.
    pub lost: Vec<Lost>,
}

/// What a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The path, without its escapes and detours.
    Path,
    /// Which server answers.
    Server,
    /// Which location answers.
    Location,
    /// `rewrite`, `return`, `if`, `set`, `break`.
    Rewrite,
    /// `allow`, `deny`, `auth_basic`.
    Access,
    /// Which file.
    File,
    /// Another round with another path: `try_files`, `index`, `error_page`.
    Redirect,
    /// An error and its page.
    Error,
    /// The content type.
    Type,
    /// Somebody else answers.
    Upstream,
}

/// A candidate that is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// What: a line of the configuration, or a path.
    pub what: String,
    /// Where it stands, if it is written.
    pub span: Option<Span>,
    /// Why not.
    pub why: String,
}

/// What the client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// nginx answers itself.
    Decided(Response),
    /// The connection is closed without an answer: `return 444`, `ssl_reject_handshake`.
    Closed,
    /// Another server answers: `proxy_pass` and its like.
    Passed(Passed),
    /// It cannot be told.
    Undecided(Undecided),
}

/// An answer of nginx itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// `200`
    pub status: u16,
    /// The header `Content-Type` as nginx sends it, the charset included; `None` if it sends none.
    pub content_type: Option<String>,
    /// The line that the type comes from: that of the extension, or the one because of which it has the default type.
    /// `None` where nothing was written.
    pub type_span: Option<Span>,
    /// The header `Location`.
    pub location: Option<String>,
    /// What `add_header` adds, in order.
    pub headers: Vec<(String, String)>,
    /// What follows the headers; also of an answer to `HEAD`, which sends the headers alone.
    pub body: Body,
    /// Directives that change the body on its way, such as `sub_filter`.
    pub altered_by: Vec<Place>,
}

impl Response {
    /// The file that is sent, if it is one.
    pub fn file(&self) -> Option<&str> {
        match &self.body {
            Body::File(path) => Some(path),
            Body::Text(_) | Body::Page(_) | Body::Listing(_) | Body::Pixel | Body::Counters | Body::Empty => {
                None
            }
        }
    }
}

/// Where a body comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// The file at this path.
    File(String),
    /// The text of a `return`.
    Text(Vec<u8>),
    /// nginx's own page for a status.
    Page(u16),
    /// The list of this folder's files: `autoindex`.
    Listing(String),
    /// `empty_gif`
    Pixel,
    /// `stub_status`
    Counters,
    /// Nothing.
    Empty,
}

/// An answer that somebody else gives: its status, type and body are not nginx's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The directive, `proxy_pass`.
    pub by: String,
    /// Where it stands.
    pub span: Span,
    /// To whom, with variables replaced: `http://app:8000`. `None` where a variable is not known.
    pub to: Option<String>,
    /// The path and query that the other server sees, where the protocol has them and they are known.
    pub target: Option<String>,
    /// The status that the client gets whatever the other server says: that of the error which led there.
    pub status: Option<u16>,
    /// The content type, if it does not come from the other server. It always does.
    pub content_type: Option<String>,
}

/// Why something cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// In a sentence without a full stop.
    pub reason: String,
    /// The line that is the reason.
    pub span: Option<Span>,
}

impl Undecided {
    pub(crate) fn new(reason: impl Into<String>, span: Option<Span>) -> Self {
        Self { reason: reason.into(), span }
    }
}
