//! The words of other languages as rows: nginx's directives and compose's keys, from their generated tables.

mod example;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use super::{BlockRule, Count, Kind, Kinds, Row, Word, own_rows};
use crate::vocabulary::compose::{self, Declared, Form, Key, Scalar};
use crate::vocabulary::nginx::{self, Context, Directive, Ends, Slot};

/// What the table says of a key that compose takes and reads nothing from.
const NOTHING: &str = "nothing";

/// Directives for which a kind of block has a better sentence; they can be written in the pure blocks of nginx, such
/// as `http { }`.
const BETTER: &[(Kind, &[&str])] =
    &[(Kind::Proxy, &["server"]), (Kind::Site, &["listen", "server_name", "location"])];

/// The rows of words that were asked for, by the kind of block and the word, or all of a kind.
type Known = Mutex<BTreeMap<(Kind, Option<&'static str>), &'static [Row]>>;

/// The words that may stand in a kind of block, in order of name.
pub(super) fn rows_of(kind: Kind) -> impl Iterator<Item = &'static Row> {
    words_of(kind, None).iter()
}

/// A key with the value of its example, as a statement.
pub(super) fn statement_of(key: &Key) -> String {
    example::compose(key)
}

/// An example in the language that it comes from, as a statement.
pub(super) fn example_of(word: Word, example: &'static str) -> Cow<'static, str> {
    match word {
        Word::Own => Cow::Borrowed(example),
        Word::Nginx(directive, _) => Cow::Owned(example::nginx(directive.example)),
        Word::Compose(key) => Cow::Owned(example::compose(key)),
    }
}

/// The forms of one word in a kind of block.
pub(super) fn rows_named(kind: Kind, head: &str) -> impl Iterator<Item = &'static Row> {
    let head = if kind.compose_group().is_some() && head.starts_with("x-") { "x-*" } else { head };
    words_of(kind, Some(head)).iter()
}

/// The rows of one word, or of all, are put together when they are first asked for: most runs ask for few.
fn words_of(kind: Kind, head: Option<&str>) -> &'static [Row] {
    static KNOWN: LazyLock<Known> = LazyLock::new(Mutex::default);
    if kind.compose_group().is_none() && kind.nginx_contexts().is_empty() {
        return &[];
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(rows) = known.get(&(kind, head)) {
        return rows;
    }
    let rows = rows(kind, head);
    // What no table knows is not kept: there is no end of it.
    let Some(first) = rows.first() else { return &[] };
    let name = head.map(|_| first.head());
    let rows: &'static [Row] = Vec::leak(rows);
    known.insert((kind, name), rows);
    rows
}

fn rows(kind: Kind, head: Option<&str>) -> Vec<Row> {
    let own: Vec<&str> = own_rows(kind).map(Row::head).collect();
    let group = kind.compose_group();
    let mut keys: Vec<&'static Key> = match (group, head) {
        (None, _) => Vec::new(),
        (Some(group), None) => compose::keys_of(group).to_vec(),
        (Some(group), Some(head)) => compose::forms(group, head).collect(),
    };
    keys.sort_by_key(|key| key.name);
    keys.retain(|key| {
        (key.by.is_empty() || key.by == NOTHING) && !own.contains(&key.name) && !is_taken_with_another(key)
    });
    let directives: Vec<&'static Directive> = match head {
        None => nginx::all().iter().collect(),
        Some(head) => nginx::named(head).to_vec(),
    };
    let better = BETTER.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, names)| names);
    // What a container is comes before what its nginx is told: `user` is the container's.
    let is_taken =
        |name: &str| group.is_some() && (own.contains(&name) || keys.iter().any(|key| key.name == name));
    let of_nginx = directives
        .into_iter()
        .filter(|directive| !better.contains(&directive.name) && !is_taken(directive.name));
    let mut seen = BTreeSet::new();
    let of_nginx = of_nginx.filter_map(|directive| {
        let context = kind.nginx_contexts().iter().find(|context| directive.contexts.contains(context))?;
        // Of two that have one name in several of its contexts a container has the first.
        let is_new = seen.insert(directive.name) || group.is_none();
        is_new.then(|| nginx_row(directive, *context))
    });
    keys.iter().map(|key| compose_row(key)).chain(of_nginx).collect()
}

/// Whether the row of another form of a key takes this form, too: what is said tells which of the two is meant.
fn is_taken_with_another(key: &Key) -> bool {
    let other = match key.form {
        Form::Pairs => Form::Named,
        Form::Value => Form::Flag,
        Form::Flag | Form::Words | Form::Block | Form::Blocks | Form::Named | Form::Any => return false,
    };
    compose::forms(key.group, key.name).any(|form| form.form == other)
}

/// How a message names a block of compose's keys: by the word or sentence that opens it.
pub(super) fn describe(group: &'static str) -> &'static str {
    static KNOWN: LazyLock<Mutex<BTreeMap<&'static str, &'static str>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(group).or_insert_with(|| {
        let name = |path: &'static str| path.rsplit('.').next().unwrap_or(path).trim_end_matches("[]");
        if let Some((_, sentence)) = SENTENCES.iter().find(|(of, _)| *of == group) {
            return leaked(format!("in `{sentence}`"));
        }
        let entry = ENTRIES.iter().find(|(of, _)| *of == group).map(|(_, map)| *map);
        match entry.or(group.strip_suffix(".*")) {
            Some(map) => leaked(format!("in an entry of `{}`", name(map))),
            None => leaked(format!("in `{}`", name(group))),
        }
    })
}

/// Sentences in whose blocks compose's keys stand.
const SENTENCES: &[(&str, &str)] = &[
    ("service.volumes[]", "mount"),
    ("service.volumes[].tmpfs", "tmpfs"),
    ("service.ports[]", "publish"),
    ("service.env_file[]", "env from"),
    ("service.depends_on.*", "needs"),
    ("service.networks.*", "network"),
];

/// Groups that are entries of a map of the file.
const ENTRIES: &[(&str, &str)] = &[("config", "configs"), ("model", "models")];

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn row(sentence: String, count: Count, block: BlockRule, doc: &'static str, word: Word) -> Row {
    Row {
        id: "word",
        kinds: Kinds::These(&[]),
        sentence: leaked(sentence),
        count,
        block,
        doc,
        example: "",
        default: match word {
            Word::Own | Word::Compose(_) => "",
            Word::Nginx(directive, _) => directive.default,
        },
        word,
    }
}

fn nginx_row(directive: &'static Directive, context: Context) -> Row {
    let block = match directive.ends {
        Ends::Semicolon => BlockRule::None,
        Ends::Block => {
            let inside = context.inside(directive.name).expect("a directive with a block opens a context");
            BlockRule::Must(Kind::Nginx(inside))
        }
        Ends::Table => BlockRule::Must(Kind::Table),
    };
    let count = if directive.once { Count::Once } else { Count::Many };
    row(nginx_sentence(directive), count, block, directive.doc, Word::Nginx(directive, context))
}

/// The arguments as a sentence: those that must be there, then the others in brackets.
fn nginx_sentence(directive: &Directive) -> String {
    let least = directive.arity.iter().map(|(least, _)| *least).min().unwrap_or_default();
    let most = directive.arity.iter().map(|(_, most)| *most).max_by_key(|most| most.unwrap_or(usize::MAX));
    let most = most.flatten().filter(|_| directive.arity.iter().all(|(_, most)| most.is_some()));
    let mut sentence = directive.name.to_owned();
    let written = |index: usize| match directive.slot(index) {
        Slot::Flag => "on|off".to_owned(),
        Slot::Enum(words) if least == 1 && most == Some(1) && words.len() > 1 => words.join("|"),
        Slot::Duration | Slot::Seconds => "<duration>".to_owned(),
        Slot::Size | Slot::Offset => "<size>".to_owned(),
        Slot::Number => "<number>".to_owned(),
        Slot::Enum(_) | Slot::Bitmask(_) | Slot::Word => "<word>".to_owned(),
    };
    if let Some(most) = most {
        for index in 0..most {
            let opening = if index < least { "" } else { "[" };
            sentence += &format!(" {opening}{}", written(index));
        }
        sentence += &"]".repeat(most.saturating_sub(least));
    } else {
        for index in 0..least.saturating_sub(1) {
            sentence += &format!(" {}", written(index));
        }
        sentence += if least == 0 { " [<word>...]" } else { " <word>..." };
    }
    sentence
}

fn compose_row(key: &'static Key) -> Row {
    let types: Vec<&str> = key.scalars.iter().map(scalar_name).collect();
    let slot = if types.is_empty() { "text".to_owned() } else { types.join("|") };
    let name = key.name;
    let inside = key.opens();
    let (sentence, block) = match key.form {
        Form::Flag => {
            let other = compose::forms(key.group, name).find(|form| form.form == Form::Value);
            (format!("{name} <on|off{}>", if other.is_some() { "|text" } else { "" }), BlockRule::None)
        }
        Form::Value => (format!("{name} <{slot}>"), BlockRule::None),
        Form::Words => (format!("{name} <{slot}>..."), BlockRule::None),
        Form::Pairs => (name.to_owned(), BlockRule::Must(Kind::Pairs)),
        Form::Block | Form::Blocks => {
            (name.to_owned(), BlockRule::Must(inside.map_or(Kind::Any, Kind::Compose)))
        }
        Form::Named => (name.to_owned(), BlockRule::Must(inside.map_or(Kind::Any, Kind::Named))),
        Form::Any => (format!("{name} [<text>...]"), BlockRule::May(Kind::Any)),
    };
    let count = if key.many { Count::Many } else { Count::Once };
    row(sentence, count, block, key.doc, Word::Compose(key))
}

/// What a slot of the type is called.
fn scalar_name(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Text => "text",
        Scalar::Integer => "whole-number",
        Scalar::Number => "number",
        Scalar::Duration => "duration",
        Scalar::Size => "size",
        Scalar::Port => "port",
        Scalar::HostPath => "host-path",
        Scalar::Url => "url",
        Scalar::ContainerPath => "container-path",
        Scalar::Image => "image",
        Scalar::EnvName => "env-name",
        Scalar::Ip => "address",
        Scalar::Subnet => "range-of-addresses",
        Scalar::Mac => "mac-address",
        Scalar::Mode { .. } => "mode",
        Scalar::Name(Declared::Service) => "service",
        Scalar::Name(Declared::Network) => "network",
        Scalar::Name(Declared::Volume) => "volume",
        Scalar::Name(Declared::Secret) => "secret",
        Scalar::Name(Declared::Config) => "config",
        Scalar::Name(Declared::Model) => "model",
        Scalar::Enum(_) => "word",
    }
}
