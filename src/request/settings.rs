//! Settings of a block: its own directives over those of the block around it. Source: the functions `merge_loc_conf`
//! of nginx's modules.

use std::net::IpAddr;
use std::sync::Arc;

use crate::http::mime::nginx_table;
use crate::source::Span;
use crate::vocabulary::nginx::{Context, directive};

use super::answer::Undecided;
use super::config::{
    AccessRule, AddedHeader, Alias, Charset, CharsetTypes, ErrorPage, Given, Root, Settings, Types,
    Unmodelled, When, Who,
};
use super::load::{Node, Options, STOCK_TYPES, UNKNOWN_INCLUDE};
use super::semantics::{Fact, Semantics};
use super::template::Template;

/// `ngx_http_charset_default_types`
const CHARSET_TYPES: &[&str] = &[
    "text/html",
    "text/xml",
    "text/plain",
    "text/vnd.wap.wml",
    "application/javascript",
    "application/rss+xml",
];

/// What `root` and `alias` of a block mean, which its location says.
#[derive(Clone, Copy)]
pub(crate) enum Within {
    /// A prefix or an exact match of so many bytes; 0 outside of locations.
    Prefix(usize),
    Regex,
}

/// What a block stands in.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) outer: &'a Settings,
    /// What the block is to directives inside.
    pub(crate) context: Context,
    pub(crate) within: Within,
    /// The `internal` that it inherits.
    pub(crate) internal: Option<Span>,
}

/// The settings of an nginx without a configuration.
pub(crate) fn defaults(options: &Options) -> Settings {
    let semantics = options.semantics;
    let types = if semantics.has(Fact::BuiltInTypes) {
        vec![("html", "text/html"), ("gif", "image/gif"), ("jpg", "image/jpeg")]
    } else {
        nginx_table(options.version).into_iter().collect()
    };
    let table = types.into_iter().map(|(ext, mime)| (ext.to_owned(), (mime.to_owned(), None))).collect();
    let default_type =
        if semantics.has(Fact::DefaultType) { "text/plain" } else { "application/octet-stream" };
    let charset_types = if semantics.has(Fact::CharsetTypes) {
        CharsetTypes::These(Arc::new(CHARSET_TYPES.iter().map(|mime| (*mime).to_owned()).collect()))
    } else {
        CharsetTypes::All
    };
    Settings {
        root: Root { path: text("html"), alias: Alias::No, span: None },
        index: (vec![text("index.html")], None),
        types: Arc::new(Types { table, unknown: None }),
        default_type: (default_type.to_owned(), None),
        untyped: None,
        charset: (Charset::Off, None),
        source_charset: (Charset::Off, None),
        charset_types,
        error_pages: Arc::default(),
        recursive_error_pages: false,
        autoindex: (false, None),
        autoindex_format: "html".to_owned(),
        absolute_redirect: true,
        port_in_redirect: true,
        server_name_in_redirect: false,
        msie_refresh: false,
        headers: Arc::default(),
        satisfy_any: false,
        access: Arc::default(),
        auth_basic: ("off".to_owned(), None),
        auth_basic_file: false,
        max_body: 1 << 20,
        unmodelled: Arc::default(),
    }
}

fn text(text: &str) -> Template {
    Template::read(text).expect("a text without variables is a value")
}

/// The settings of a block; an error where nginx refuses one of them.
pub(crate) fn derive(
    outer: &Settings,
    nodes: &[Node],
    context: Context,
    within: Within,
    semantics: Semantics,
) -> Result<Settings, Undecided> {
    let mut own = outer.clone();
    let mut lists = Lists::default();
    for node in nodes {
        let value = |at: usize| {
            Template::read(node.arg(at))
                .ok_or_else(|| Undecided::new("nginx refuses a variable without a name", Some(node.span)))
        };
        let span = Some(node.span);
        match node.name.as_str() {
            "root" => {
                let path = node.arg(0);
                let path = Template::read(path.strip_suffix('/').unwrap_or(path));
                let path = path.map_or_else(|| value(0), Ok)?;
                own.root = Root { path, alias: Alias::No, span };
            }
            "alias" => {
                let alias = match within {
                    Within::Prefix(length) => Alias::Prefix(length),
                    Within::Regex => Alias::Whole,
                };
                own.root = Root { path: value(0)?, alias, span };
            }
            "index" => {
                for at in 0..node.args.len() {
                    lists.index.get_or_insert_with(|| (Vec::new(), span)).0.push(value(at)?);
                }
            }
            "default_type" => {
                own.default_type = (node.arg(0).to_owned(), span);
                lists.default_type = span;
            }
            "charset" => own.charset = (charset(node.arg(0)), span),
            "source_charset" => own.source_charset = (charset(node.arg(0)), span),
            "charset_types" => lists.charset_types.get_or_insert_default().extend(node.args.iter().cloned()),
            "error_page" => error_page(node, lists.error_pages.get_or_insert_default())?,
            "recursive_error_pages" => own.recursive_error_pages = node.is_on(),
            "autoindex" => own.autoindex = (node.is_on(), span),
            "autoindex_format" => node.arg(0).clone_into(&mut own.autoindex_format),
            "absolute_redirect" => own.absolute_redirect = node.is_on(),
            "port_in_redirect" => own.port_in_redirect = node.is_on(),
            "server_name_in_redirect" => own.server_name_in_redirect = node.is_on(),
            "msie_refresh" => own.msie_refresh = node.is_on(),
            "add_header" => lists.headers.get_or_insert_default().push(AddedHeader {
                name: node.arg(0).to_owned(),
                value: value(1)?,
                always: node.arg(2) == "always",
                span: node.span,
            }),
            "satisfy" => own.satisfy_any = node.arg(0) == "any",
            "allow" | "deny" => lists.access.get_or_insert_default().push(AccessRule {
                allows: node.name == "allow",
                who: who(node.arg(0)),
                written: node.written(),
                span: node.span,
            }),
            "auth_basic" => own.auth_basic = (node.arg(0).to_owned(), span),
            "auth_basic_user_file" => own.auth_basic_file = true,
            "client_max_body_size" => {
                own.max_body =
                    size(node.arg(0)).ok_or_else(|| Undecided::new("nginx refuses this size", span))?;
            }
            "types" | STOCK_TYPES => {
                lists.types_span = lists.types_span.or(span);
                types(node, &mut lists, outer, semantics);
            }
            _ => {
                if let Some(when) = unmodelled(node, context) {
                    let name = node.written();
                    lists.unmodelled.push(Unmodelled { name, span: node.span, when });
                }
            }
        }
    }
    Ok(lists.settle(own, outer, semantics))
}

/// Lists of which an inner one replaces the outer one as a whole.
#[derive(Default)]
struct Lists {
    index: Option<Given<Vec<Template>>>,
    types: Option<Types>,
    types_span: Option<Span>,
    default_type: Option<Span>,
    charset_types: Option<Vec<String>>,
    error_pages: Option<Vec<ErrorPage>>,
    headers: Option<Vec<AddedHeader>>,
    access: Option<Vec<AccessRule>>,
    unmodelled: Vec<Unmodelled>,
}

impl Lists {
    fn settle(self, mut own: Settings, outer: &Settings, semantics: Semantics) -> Settings {
        own.index = self.index.unwrap_or(own.index);
        own.untyped = self.default_type.or(self.types_span).or(own.untyped);
        let types = self.types.filter(|types| semantics.has(Fact::EmptyTable) || !types.table.is_empty());
        if let Some(types) = types {
            own.types = Arc::new(types);
        }
        if let Some(mut types) = self.charset_types {
            own.charset_types = if types.iter().any(|mime| mime == "*") {
                CharsetTypes::All
            } else {
                for mime in &mut types {
                    mime.make_ascii_lowercase();
                }
                types.push("text/html".to_owned());
                CharsetTypes::These(Arc::new(types))
            };
        }
        if let Some(pages) = self.error_pages {
            own.error_pages = Arc::new(pages);
        }
        if let Some(headers) = self.headers {
            let inherited = if semantics.has(Fact::HeadersReplace) { &[][..] } else { &outer.headers[..] };
            own.headers = Arc::new([inherited, &headers].concat());
        }
        if let Some(access) = self.access {
            own.access = Arc::new(access);
        }
        if !self.unmodelled.is_empty() {
            let mut all = (*own.unmodelled).clone();
            let first_word = |name: &str| name.split(' ').next().unwrap_or_default().to_owned();
            // `sub_filter off` further in takes back what was on further out.
            all.retain(|outer| {
                !self.unmodelled.iter().any(|own| first_word(&own.name) == first_word(&outer.name))
            });
            all.extend(self.unmodelled);
            own.unmodelled = Arc::new(all);
        }
        own
    }
}

fn types(node: &Node, lists: &mut Lists, outer: &Settings, semantics: Semantics) {
    let types = lists.types.get_or_insert_with(|| {
        if semantics.has(Fact::TypesReplace) { Types::default() } else { (*outer.types).clone() }
    });
    for row in &node.children {
        if row.name == UNKNOWN_INCLUDE {
            let why = format!("what `{}` brings is not known", row.written());
            types.unknown = Some(Undecided::new(why, Some(row.span)));
            continue;
        }
        for extension in &row.args {
            let key = if semantics.has(Fact::CaseOfExtension) {
                extension.to_ascii_lowercase()
            } else {
                extension.clone()
            };
            let given = (row.name.clone(), Some(row.span));
            if semantics.has(Fact::TypesMerge) {
                types.table.insert(key, given);
            } else {
                types.table.entry(key).or_insert(given);
            }
        }
    }
}

fn charset(name: &str) -> Charset {
    match name {
        "off" => Charset::Off,
        name if name.starts_with('$') => Charset::Variable,
        name => Charset::Name(name.to_owned()),
    }
}

fn error_page(node: &Node, pages: &mut Vec<ErrorPage>) -> Result<(), Undecided> {
    let refuse = || Undecided::new("nginx refuses this `error_page`", Some(node.span));
    let [statuses @ .., uri] = node.args.as_slice() else { return Err(refuse()) };
    let (statuses, overwrite) = match statuses {
        [statuses @ .., last] if last.starts_with('=') => {
            let status = &last[1..];
            let status = if status.is_empty() { 0 } else { status.parse().map_err(|_| refuse())? };
            (statuses, Some(status))
        }
        statuses => (statuses, None),
    };
    let uri = Template::read(uri).ok_or_else(refuse)?;
    for status in statuses {
        let status: u16 = status.parse().map_err(|_| refuse())?;
        if !(300..=599).contains(&status) || status == 499 {
            return Err(refuse());
        }
        let overwrite = overwrite.or((494..=497).contains(&status).then_some(400));
        pages.push(ErrorPage { status, overwrite, uri: uri.clone(), span: node.span });
    }
    Ok(())
}

/// `all`, `10.0.0.1`, `10.0.0.0/8`
fn who(text: &str) -> Who {
    if text == "all" {
        return Who::All;
    }
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let Ok(address) = address.parse::<IpAddr>() else { return Who::Other };
    let most = if address.is_ipv4() { 32 } else { 128 };
    match bits.map_or(Some(most), |bits| bits.parse().ok()) {
        Some(bits) if bits <= most => Who::Net(address, bits),
        _ => Who::Other,
    }
}

/// `8k`, `1m`, `1G`
fn size(text: &str) -> Option<u64> {
    let (digits, unit) = match text.bytes().last()? {
        b'k' | b'K' => (&text[..text.len() - 1], 1 << 10),
        b'm' | b'M' => (&text[..text.len() - 1], 1 << 20),
        b'g' | b'G' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

/// From when on a directive shows that the model does not follow; `None` if it does not show in an answer, or only
/// in headers that the model does not tell.
fn unmodelled(node: &Node, context: Context) -> Option<When> {
    if directive(&node.name, context).is_none() {
        return Some(When::Ever);
    }
    let is_off = matches!(node.arg(0), "off" | "");
    match node.name.as_str() {
        "auth_request" | "ssl_verify_client" if !is_off => Some(When::Access),
        "dav_methods" if !is_off => Some(When::OtherMethods),
        "random_index" if !is_off => Some(When::Content),
        "mp4" | "flv" | "tunnel_pass" | "degrade" => Some(When::Content),
        "gzip_static" | "disable_symlinks" if !is_off => Some(When::File),
        "image_filter" | "add_header_inherit" if !is_off => Some(When::Headers),
        "xslt_stylesheet" => Some(When::Headers),
        "ssi" if !is_off => Some(When::Body),
        "sub_filter" | "add_before_body" | "add_after_body" => Some(When::Body),
        "set_real_ip_from" => Some(When::Address),
        _ => None,
    }
}
