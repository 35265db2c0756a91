//! A configuration as nginx holds it once it has merged every block with those around it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::source::Span;

use super::answer::Undecided;
use super::pattern::Pattern;
use super::semantics::Semantics;
use super::template::Template;

/// A configuration, ready to be asked.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) prefix: Option<String>,
    pub(crate) semantics: Semantics,
    /// In the order in which they are written.
    pub(crate) servers: Vec<Server>,
    /// Every block that has settings: servers, locations, `if`, `limit_except`.
    pub(crate) blocks: Vec<Block>,
    /// What `map`, `geo` and their like define.
    pub(crate) variables: BTreeMap<String, Defined>,
    /// What `set` and regular expressions may fill.
    pub(crate) settable: Vec<String>,
    /// Why nginx does not start.
    pub(crate) refused: Option<Undecided>,
    pub(crate) unknown: Vec<Undecided>,
}

impl Config {
    /// Why nginx does not start with this configuration, as far as that shows here.
    pub fn refused(&self) -> Option<&Undecided> {
        self.refused.as_ref()
    }

    /// What could not be read and may hold further servers: every answer is given as if it held nothing of concern.
    pub fn unknown(&self) -> &[Undecided] {
        &self.unknown
    }

    pub(crate) fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.0]
    }
}

/// A block's place in [`Config::blocks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlockId(pub(crate) usize);

/// A variable that the configuration defines.
#[derive(Clone, Debug)]
pub(crate) enum Defined {
    /// `map`
    Map(Arc<Map>),
    /// `geo` with nothing but a default.
    Constant(String),
    /// Anything that depends on more than the request: the directive, and where it stands.
    Opaque(String, Span),
}

/// `map`
#[derive(Clone, Debug)]
pub(crate) struct Map {
    pub(crate) span: Span,
    pub(crate) source: Template,
    /// Keys in lower case.
    pub(crate) exact: BTreeMap<String, Template>,
    pub(crate) patterns: Vec<(Pattern, Template)>,
    pub(crate) default: Option<Template>,
}

/// `server { }`
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) span: Span,
    pub(crate) names: Vec<Name>,
    pub(crate) listens: Vec<Listen>,
    pub(crate) block: BlockId,
    pub(crate) merge_slashes: bool,
    /// The line that ends every handshake for one of its names, `ssl_reject_handshake`.
    pub(crate) rejects: Option<Span>,
    /// Locations with `@`.
    pub(crate) named: Vec<BlockId>,
}

impl Server {
    /// `$server_name`: the first of its names, without the dot at its beginning.
    pub(crate) fn name(&self) -> String {
        match self.names.first() {
            None => String::new(),
            Some(name) if name.pattern.is_some() => format!("~{}", name.text),
            Some(name) => name.text.strip_prefix('.').unwrap_or(&name.text).to_owned(),
        }
    }
}

/// A `server_name`.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    /// In lower case, without the `~`.
    pub(crate) text: String,
    pub(crate) span: Span,
    pub(crate) pattern: Option<Arc<Pattern>>,
}

/// A `listen`.
#[derive(Clone, Debug)]
pub(crate) struct Listen {
    pub(crate) address: Address,
    pub(crate) port: u16,
    pub(crate) is_default: bool,
    pub(crate) tls: bool,
    pub(crate) span: Option<Span>,
}

/// What a server listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// `*`
    AnyV4,
    /// `[::]`
    AnyV6,
    /// One address.
    One(IpAddr),
    /// A name that has yet to be resolved.
    Named,
}

/// What a block with settings is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Server,
    Exact,
    Prefix,
    /// `^~`
    PrefixAlone,
    Regex(Arc<Pattern>),
    /// `@name`
    Named,
    If,
    LimitExcept,
}

/// A block with its settings.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    /// `/static/`, `@app`; of an `if`, its location's; of a regular expression, its source.
    pub(crate) name: String,
    /// The first line.
    pub(crate) written: String,
    pub(crate) span: Span,
    pub(crate) settings: Arc<Settings>,
    /// Locations inside, exact ones and prefixes.
    pub(crate) statics: Vec<BlockId>,
    /// Locations inside with regular expressions, in order.
    pub(crate) regexes: Vec<BlockId>,
    /// `rewrite`, `return` and their like, in order.
    pub(crate) codes: Vec<Code>,
    /// The methods that `limit_except` leaves alone, and its block.
    pub(crate) limit_except: Option<(Vec<String>, BlockId)>,
    pub(crate) handler: Option<Handler>,
    pub(crate) try_files: Option<TryFiles>,
    pub(crate) internal: Option<Span>,
    /// Whether a request without the last slash is redirected.
    pub(crate) auto_redirect: bool,
}

/// What answers in place of files; not inherited by locations.
#[derive(Clone, Debug)]
pub(crate) enum Handler {
    /// `proxy_pass` and its like: the directive, and its argument.
    Pass { directive: String, to: Template, span: Span },
    /// `empty_gif`
    Pixel(Span),
    /// `stub_status`
    Counters(Span),
}

/// `try_files`
#[derive(Clone, Debug)]
pub(crate) struct TryFiles {
    pub(crate) span: Span,
    /// Each with whether a folder is looked for.
    pub(crate) tries: Vec<(Template, bool)>,
    pub(crate) last: Fallback,
}

#[derive(Clone, Debug)]
pub(crate) enum Fallback {
    Status(u16),
    Uri(Template),
}

/// What runs before anything is looked up.
#[derive(Clone, Debug)]
pub(crate) enum Code {
    Rewrite(Arc<Rewrite>),
    Return {
        status: u16,
        text: Option<Template>,
        span: Span,
    },
    Break(Span),
    Set {
        name: String,
        value: Template,
        span: Span,
    },
    /// The block is that of a location's `if`; a server's has none.
    If {
        condition: Condition,
        codes: Vec<Code>,
        block: Option<BlockId>,
        span: Span,
    },
}

/// `rewrite`
#[derive(Clone, Debug)]
pub(crate) struct Rewrite {
    pub(crate) pattern: Pattern,
    /// Without the `?` at its end.
    pub(crate) replacement: Template,
    /// Whether the query of the request is added.
    pub(crate) add_args: bool,
    /// The status, if it is a redirect.
    pub(crate) redirect: Option<u16>,
    /// `last` and all others that end the block.
    pub(crate) ends: bool,
    /// `break`
    pub(crate) breaks: bool,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Variable(String),
    Equal {
        variable: String,
        value: Template,
        negated: bool,
    },
    Match {
        variable: String,
        pattern: Arc<Pattern>,
        negated: bool,
    },
    /// `-f`, `-d`, `-e`, `-x`
    File {
        what: char,
        path: Template,
        negated: bool,
    },
}

/// A value with the line that gave it.
pub(crate) type Given<T> = (T, Option<Span>);

/// What blocks inherit.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "nginx has as many switches")]
pub(crate) struct Settings {
    pub(crate) root: Root,
    pub(crate) index: Given<Vec<Template>>,
    pub(crate) types: Arc<Types>,
    pub(crate) default_type: Given<String>,
    /// The innermost line because of which an extension has the default type: `default_type` itself, or the table that
    /// lacks it.
    pub(crate) untyped: Option<Span>,
    pub(crate) charset: Given<Charset>,
    pub(crate) source_charset: Given<Charset>,
    pub(crate) charset_types: CharsetTypes,
    pub(crate) error_pages: Arc<Vec<ErrorPage>>,
    pub(crate) recursive_error_pages: bool,
    pub(crate) autoindex: Given<bool>,
    pub(crate) autoindex_format: String,
    pub(crate) absolute_redirect: bool,
    pub(crate) port_in_redirect: bool,
    pub(crate) server_name_in_redirect: bool,
    pub(crate) msie_refresh: bool,
    pub(crate) headers: Arc<Vec<AddedHeader>>,
    pub(crate) satisfy_any: bool,
    pub(crate) access: Arc<Vec<AccessRule>>,
    /// The realm, `off` if there is none.
    pub(crate) auth_basic: Given<String>,
    pub(crate) auth_basic_file: bool,
    /// In bytes; 0 is no bound.
    pub(crate) max_body: u64,
    /// Directives that the model does not follow, by when they come to act.
    pub(crate) unmodelled: Arc<Vec<Unmodelled>>,
}

/// `root` or `alias`
#[derive(Clone, Debug)]
pub(crate) struct Root {
    pub(crate) path: Template,
    pub(crate) alias: Alias,
    pub(crate) span: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alias {
    /// `root`
    No,
    /// `alias` of a prefix of so many bytes.
    Prefix(usize),
    /// `alias` of a regular expression.
    Whole,
}

/// Extensions in lower case, each with its type and the line that gives it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Types {
    pub(crate) table: BTreeMap<String, (String, Option<Span>)>,
    /// A row that could not be read.
    pub(crate) unknown: Option<Undecided>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    Off,
    Name(String),
    Variable,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CharsetTypes {
    All,
    /// In lower case.
    These(Arc<Vec<String>>),
}

/// `error_page`
#[derive(Clone, Debug)]
pub(crate) struct ErrorPage {
    pub(crate) status: u16,
    /// `=200`; `=` alone is 0.
    pub(crate) overwrite: Option<u16>,
    pub(crate) uri: Template,
    pub(crate) span: Span,
}

/// `add_header`
#[derive(Clone, Debug)]
pub(crate) struct AddedHeader {
    pub(crate) name: String,
    pub(crate) value: Template,
    pub(crate) always: bool,
    pub(crate) span: Span,
}

/// `allow` or `deny`
#[derive(Clone, Debug)]
pub(crate) struct AccessRule {
    pub(crate) allows: bool,
    pub(crate) who: Who,
    pub(crate) written: String,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum Who {
    All,
    /// An address and how many of its bits count.
    Net(IpAddr, u8),
    Other,
}

/// A directive that the model does not follow.
#[derive(Clone, Debug)]
pub(crate) struct Unmodelled {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) when: When,
}

/// From when on a directive shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Always.
    Ever,
    /// When access is checked.
    Access,
    /// When something is looked for to answer with.
    Content,
    /// When a file is opened.
    File,
    /// When headers are sent.
    Headers,
    /// In the body alone.
    Body,
    /// With methods other than GET, HEAD and POST.
    OtherMethods,
    /// Where the client's address counts.
    Address,
}
