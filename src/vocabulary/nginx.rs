//! The directives of nginx: where each may stand, what it takes, what a value in an outer block means further in.
//! Source: `data/nginx/directives.tsv`, which is generated from nginx's own command tables.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::records;

/// A block that directives stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// The file itself.
    Main,
    /// `events { }`
    Events,
    /// `http { }`
    Http,
    /// `server { }` of `http`.
    Server,
    /// `location { }`
    Location,
    /// `upstream { }` of `http`.
    Upstream,
    /// `if { }` in a server.
    ServerIf,
    /// `if { }` in a location.
    LocationIf,
    /// `limit_except { }`
    LimitExcept,
    /// `mail { }`
    Mail,
    /// `server { }` of `mail`.
    MailServer,
    /// `stream { }`
    Stream,
    /// `server { }` of `stream`.
    StreamServer,
    /// `upstream { }` of `stream`.
    StreamUpstream,
}

impl Context {
    /// Every context.
    pub const ALL: [Self; 14] = [
        Self::Main,
        Self::Events,
        Self::Http,
        Self::Server,
        Self::Location,
        Self::Upstream,
        Self::ServerIf,
        Self::LocationIf,
        Self::LimitExcept,
        Self::Mail,
        Self::MailServer,
        Self::Stream,
        Self::StreamServer,
        Self::StreamUpstream,
    ];

    /// As the table spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Events => "events",
            Self::Http => "http",
            Self::Server => "server",
            Self::Location => "location",
            Self::Upstream => "upstream",
            Self::ServerIf => "server_if",
            Self::LocationIf => "location_if",
            Self::LimitExcept => "limit_except",
            Self::Mail => "mail",
            Self::MailServer => "mail_server",
            Self::Stream => "stream",
            Self::StreamServer => "stream_server",
            Self::StreamUpstream => "stream_upstream",
        }
    }

    /// A list of this context alone.
    pub fn alone(self) -> &'static [Self] {
        let index =
            Self::ALL.iter().position(|context| *context == self).expect("every context is in the list");
        &Self::ALL[index..=index]
    }

    /// How a message names it.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Main => "at the top of nginx.conf",
            Self::Events => "in `events`",
            Self::Http => "in `http`",
            Self::Server => "in an nginx `server`",
            Self::Location => "in an nginx `location`",
            Self::Upstream => "in an `upstream`",
            Self::ServerIf => "in an `if` of a server",
            Self::LocationIf => "in an `if` of a location",
            Self::LimitExcept => "in `limit_except`",
            Self::Mail => "in `mail`",
            Self::MailServer => "in a `server` of `mail`",
            Self::Stream => "in `stream`",
            Self::StreamServer => "in a `server` of `stream`",
            Self::StreamUpstream => "in an `upstream` of `stream`",
        }
    }

    /// The context that the block of a directive opens here; `None` if it opens none.
    pub fn inside(self, directive: &str) -> Option<Self> {
        Some(match (self, directive) {
            (Self::Main, "events") => Self::Events,
            (Self::Main, "http") => Self::Http,
            (Self::Main, "mail") => Self::Mail,
            (Self::Main, "stream") => Self::Stream,
            (Self::Http, "server") => Self::Server,
            (Self::Http, "upstream") => Self::Upstream,
            (Self::Server | Self::Location, "location") => Self::Location,
            (Self::Server, "if") => Self::ServerIf,
            (Self::Location, "if") => Self::LocationIf,
            (Self::Location, "limit_except") => Self::LimitExcept,
            (Self::Mail, "server") => Self::MailServer,
            (Self::Stream, "server") => Self::StreamServer,
            (Self::Stream, "upstream") => Self::StreamUpstream,
            _ => return None,
        })
    }

    fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|context| context.name() == name).expect("the table names known contexts")
    }
}

/// What ends a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// `;`
    Semicolon,
    /// `{ directives }`
    Block,
    /// `{ key value...; }`
    Table,
}

/// What an argument is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `on` or `off`.
    Flag,
    /// A time, `30s`; a bare number is seconds.
    Duration,
    /// A time of whole seconds.
    Seconds,
    /// A number of bytes, `8k`, `1m`.
    Size,
    /// A number of bytes up to `1g`.
    Offset,
    /// A whole number.
    Number,
    /// One of these words.
    Enum(Vec<&'static str>),
    /// Some of these words.
    Bitmask(Vec<&'static str>),
    /// Anything.
    Word,
}

/// How a value of an outer block reaches an inner one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// The inner value replaces it.
    Value,
    /// All of an outer block's values hold, unless the inner block has one of its own: then none does.
    List,
    /// It does not.
    None,
    /// There is but one block that it may stand in.
    Here,
    /// In a way of its own.
    Special,
}

/// A version of nginx.
pub type Version = (u16, u16, u16);

/// One directive of one family of modules.
#[derive(Clone, Debug)]
pub struct Directive {
    /// `proxy_pass`
    pub name: &'static str,
    /// The module that brings it: `http_proxy`.
    pub module: &'static str,
    /// Where it may stand.
    pub contexts: Vec<Context>,
    /// How many arguments it takes, as inclusive ranges; no upper end where there is none.
    pub arity: Vec<(usize, Option<usize>)>,
    /// What ends it.
    pub ends: Ends,
    /// What its arguments are; further ones are like the last.
    pub slots: Vec<Slot>,
    /// Whether nginx refuses a second one in the same block.
    pub once: bool,
    /// How it is inherited.
    pub merge: Merge,
    /// The version that brought it, if that is known.
    pub since: Option<Version>,
    /// What holds without it; empty if nothing does.
    pub default: &'static str,
    /// Its forms as nginx documents them.
    pub syntax: &'static str,
    /// One sentence on what it does.
    pub doc: &'static str,
    /// One directive in nginx's own writing.
    pub example: &'static str,
}

impl Directive {
    /// What the argument with that number (from 0) is.
    pub fn slot(&self, index: usize) -> &Slot {
        self.slots.get(index).or(self.slots.last()).unwrap_or(&Slot::Word)
    }

    /// Whether it takes so many arguments.
    pub fn takes(&self, count: usize) -> bool {
        self.arity.iter().any(|(least, most)| count >= *least && most.is_none_or(|most| count <= most))
    }
}

/// Every directive, in order of name.
pub fn all() -> &'static [Directive] {
    &DIRECTIVES
}

/// The directives of that name, of which several contexts may have one each.
pub fn named(name: &str) -> &'static [&'static Directive] {
    BY_NAME.get(name).map_or(&[], Vec::as_slice)
}

/// Whether any context has a directive of that name.
pub fn is_directive(name: &str) -> bool {
    BY_NAME.contains_key(name)
}

/// Whether nginx refuses a second directive of that name in the same block, wherever that is.
pub fn is_single(name: &str) -> bool {
    BY_NAME.get(name).is_some_and(|all| all.iter().all(|directive| directive.once))
}

/// The directive of that name in a context.
pub fn directive(name: &str, context: Context) -> Option<&'static Directive> {
    BY_NAME.get(name)?.iter().copied().find(|directive| directive.contexts.contains(&context))
}

static DIRECTIVES: LazyLock<Vec<Directive>> =
    LazyLock::new(|| records::<13>(include_str!("../../data/nginx/directives.tsv")).map(read).collect());

static BY_NAME: LazyLock<HashMap<&'static str, Vec<&'static Directive>>> = LazyLock::new(|| {
    let mut map: HashMap<&'static str, Vec<&'static Directive>> = HashMap::new();
    for directive in all() {
        map.entry(directive.name).or_default().push(directive);
    }
    map
});

fn read(record: [&'static str; 13]) -> Directive {
    let [name, module, contexts, arity, ends, slots, repeat, merge, since, default, syntax, doc, example] =
        record;
    Directive {
        name,
        module,
        contexts: contexts.split(',').map(Context::parse).collect(),
        arity: arity.split(',').map(count).collect(),
        ends: match ends {
            ";" => Ends::Semicolon,
            "block" => Ends::Block,
            "table" => Ends::Table,
            other => unreachable!("the table of directives knows no end `{other}`"),
        },
        slots: slots.split(' ').filter(|slot| !matches!(*slot, "" | "-")).flat_map(slots_of).collect(),
        once: repeat == "once",
        merge: match merge {
            "value" => Merge::Value,
            "list" => Merge::List,
            "none" => Merge::None,
            "here" => Merge::Here,
            _ => Merge::Special,
        },
        since: version(since),
        default: if default == "-" { "" } else { default },
        syntax,
        doc,
        example,
    }
}

fn count(text: &str) -> (usize, Option<usize>) {
    let number = |text: &str| text.parse().expect("the table counts arguments in digits");
    match text.strip_suffix('+') {
        Some(least) => (number(least), None),
        None => (number(text), Some(number(text))),
    }
}

/// The slots of a type, of which two make one in the table. A `$` marks one in which nginx reads variables, which may
/// then be anything; `...` one of which there may be any number.
fn slots_of(text: &'static str) -> Vec<Slot> {
    let text = text.trim_end_matches("...");
    match text {
        "buffers" => vec![Slot::Number, Slot::Size],
        "keyval" => vec![Slot::Word, Slot::Word],
        text if text.ends_with('$') => vec![Slot::Word],
        text => vec![slot(text)],
    }
}

fn slot(text: &'static str) -> Slot {
    match text.split_once(':') {
        Some(("enum", words)) => Slot::Enum(words.split('|').collect()),
        Some(("bitmask", words)) => Slot::Bitmask(words.split('|').collect()),
        _ => match text {
            "flag" => Slot::Flag,
            "duration" => Slot::Duration,
            "seconds" => Slot::Seconds,
            "size" => Slot::Size,
            "offset" => Slot::Offset,
            "number" => Slot::Number,
            _ => Slot::Word,
        },
    }
}

fn version(text: &str) -> Option<Version> {
    let mut numbers = text.split('.').map(str::parse);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch))) => Some((major, minor, patch)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directive_knows_its_place_and_its_arguments() {
        let timeout = directive("proxy_read_timeout", Context::Location).unwrap();
        assert_eq!(timeout.contexts, [Context::Http, Context::Server, Context::Location]);
        assert_eq!(timeout.slot(0), &Slot::Duration);
        assert!(timeout.takes(1) && !timeout.takes(0) && !timeout.takes(2));
        assert!(timeout.once);
        assert!(directive("proxy_read_timeout", Context::Upstream).is_none());
        assert_eq!(directive("proxy_set_header", Context::Http).unwrap().merge, Merge::List);
    }

    #[test]
    fn every_block_has_a_context_of_its_own() {
        for directive in all().iter().filter(|directive| directive.ends == Ends::Block) {
            let opens = directive.contexts.iter().any(|context| context.inside(directive.name).is_some());
            assert!(opens, "{}", directive.name);
        }
    }
}
