//! A tree of YAML whose lines know where they came from. The text is serde's; the tree only says which lines there
//! will be.

use std::collections::HashSet;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_yaml::{DoubleQuoted, FlowSeq, LitStr};

use crate::source::Origin;

/// The widest list that is written on one line, in characters of its words.
const WIDEST_LIST: usize = 88;

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    /// A string, quoted if any reader of YAML 1.1 or 1.2 could take it for something else.
    Text(String),
    /// A string that is always quoted, because people are used to see it so.
    Quoted(String),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// Any other number.
    Real(f64),
    /// Nothing after the key.
    Empty,
    /// Words, on one line if they are short.
    Words(Vec<String>),
    /// A list, an item a line.
    List(Vec<Item>),
    /// Keys with their values.
    Map(Vec<(String, Item)>),
}

/// A value with its causes.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The value.
    pub(crate) node: Node,
    /// Why its first line is there.
    pub(super) origins: Vec<Origin>,
    /// Why the lines of one of its words are there, if they have causes of their own: the index of the word, and for
    /// each line its cause or `None` for those of the item.
    pub(super) block: Option<(usize, Vec<Option<Origin>>)>,
    /// Whether a blank line parts it from the one before.
    pub(super) spaced: bool,
}

impl Item {
    /// A value that one thing caused.
    pub(super) fn new(node: Node, origin: Origin) -> Self {
        Self::caused(node, vec![origin])
    }

    /// A value that several things caused.
    pub(super) fn caused(node: Node, origins: Vec<Origin>) -> Self {
        Self { node, origins, block: None, spaced: false }
    }

    /// A list or map whose first line is there because of what is in it.
    pub(super) fn of_children(node: Node) -> Self {
        let mut origins: Vec<Origin> = Vec::new();
        let mut seen: HashSet<Origin> = HashSet::new();
        let children: Vec<&Item> = match &node {
            Node::List(items) => items.iter().collect(),
            Node::Map(entries) => entries.iter().map(|(_, item)| item).collect(),
            Node::Text(_)
            | Node::Quoted(_)
            | Node::Bool(_)
            | Node::Number(_)
            | Node::Real(_)
            | Node::Empty
            | Node::Words(_) => Vec::new(),
        };
        for origin in children.iter().flat_map(|item| &item.origins) {
            if seen.insert(*origin) {
                origins.push(*origin);
            }
        }
        Self::caused(node, origins)
    }

    /// The same with a blank line before it.
    pub(super) fn spaced(mut self) -> Self {
        self.spaced = true;
        self
    }
}

/// The lines of a map, each with its origins.
pub(super) fn render(root: &Node) -> Vec<(String, Vec<Origin>)> {
    let options = serde_yaml::ser_options! { compact_list_indent: false, prefer_block_scalars: false };
    let yaml = serde_yaml::to_string_with_options(root, options).expect("a tree of strings is serialisable");
    let mut rows = Vec::new();
    rows_of(root, &mut rows);
    assert_eq!(rows.len(), yaml.lines().count(), "serde writes the lines that the tree foresees");
    let mut lines = Vec::new();
    for (line, row) in yaml.lines().zip(rows) {
        if row.spaced && !lines.is_empty() {
            lines.push((String::new(), Vec::new()));
        }
        // `NAME:` rather than `NAME: null`: people write it so, and it reads the same.
        let line = if row.empty { line.strip_suffix(" null").unwrap_or(line) } else { line };
        lines.push((line.to_owned(), row.origins));
    }
    lines
}

/// A line to come.
#[derive(Default)]
struct Row {
    origins: Vec<Origin>,
    spaced: bool,
    empty: bool,
}

impl Row {
    /// A line with at most one cause of its own.
    fn caused(cause: Option<Origin>) -> Self {
        Self { origins: cause.into_iter().collect(), ..Self::default() }
    }
}

fn rows_of(node: &Node, rows: &mut Vec<Row>) {
    match node {
        Node::Map(entries) => {
            for (_, item) in entries {
                rows.push(first_row(item));
                following_rows(item, rows);
            }
        }
        Node::List(items) => {
            for item in items {
                match &item.node {
                    // The first line of a map or list in a list stands beside the dash.
                    Node::Map(_) | Node::List(_) => rows_of(&item.node, rows),
                    _ => {
                        rows.push(first_row(item));
                        following_rows(item, rows);
                    }
                }
            }
        }
        Node::Words(words) if !is_flow(words) => rows.extend(words.iter().map(|_| Row::default())),
        Node::Text(_)
        | Node::Quoted(_)
        | Node::Bool(_)
        | Node::Number(_)
        | Node::Real(_)
        | Node::Empty
        | Node::Words(_) => {}
    }
}

fn first_row(item: &Item) -> Row {
    Row { origins: item.origins.clone(), spaced: item.spaced, empty: matches!(item.node, Node::Empty) }
}

fn following_rows(item: &Item, rows: &mut Vec<Row>) {
    let start = rows.len();
    match &item.node {
        Node::Text(text) if is_block(text) => {
            rows.extend(text.trim_end_matches('\n').split('\n').map(|_| Row::default()));
        }
        Node::Words(words) if !is_flow(words) => {
            for (index, word) in words.iter().enumerate() {
                rows.push(Row::default());
                if is_block(word) {
                    let causes = item.block.as_ref().filter(|(at, _)| *at == index);
                    let cause = |line| causes.and_then(|(_, lines)| *lines.get(line)?);
                    let lines = word.trim_end_matches('\n').split('\n').enumerate();
                    rows.extend(lines.map(|(line, _)| Row::caused(cause(line))));
                }
            }
        }
        node => rows_of(node, rows),
    }
    for row in &mut rows[start..] {
        if row.origins.is_empty() {
            row.origins.clone_from(&item.origins);
        }
    }
}

/// Whether a text is written as a literal block: several lines that look the same in the block as they are.
fn is_block(text: &str) -> bool {
    let lines = text.strip_suffix('\n').unwrap_or(text);
    lines.contains('\n')
        && !lines.ends_with('\n')
        && !lines.starts_with(['\n', ' '])
        && lines.chars().all(|c| {
            c == '\n' || !(c.is_control() || c == '\u{feff}' || ('\u{2028}'..='\u{2029}').contains(&c))
        })
}

fn is_flow(words: &[String]) -> bool {
    words.iter().map(|word| word.chars().count() + 4).sum::<usize>() <= WIDEST_LIST
        && !words.iter().any(|word| is_block(word))
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => string(text, serializer),
            Self::Quoted(text) => DoubleQuoted(text).serialize(serializer),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_i64(*value),
            Self::Real(value) => serializer.serialize_f64(*value),
            Self::Empty => serializer.serialize_none(),
            Self::Words(words) if is_flow(words) => {
                FlowSeq(words.iter().map(DoubleQuoted).collect::<Vec<_>>()).serialize(serializer)
            }
            Self::Words(words) => {
                let mut list = serializer.serialize_seq(Some(words.len()))?;
                for word in words {
                    list.serialize_element(&Self::Text(word.clone()))?;
                }
                list.end()
            }
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&item.node)?;
                }
                list.end()
            }
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, item) in entries {
                    map.serialize_entry(key, &item.node)?;
                }
                map.end()
            }
        }
    }
}

fn string<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if is_block(text) {
        LitStr(text).serialize(serializer)
    } else if is_plain(text) {
        serializer.serialize_str(text)
    } else {
        DoubleQuoted(text).serialize(serializer)
    }
}

/// Whether a text may stand without quotes, if serde agrees: it begins with a letter, a digit, `/`, `.`, `_` or `$` and holds
/// nothing that a person could take for a sign of YAML.
fn is_plain(text: &str) -> bool {
    let sign = |c: char| c.is_control() || "'\"&*!|>%@`[]\\".contains(c);
    text.starts_with(|c: char| c.is_alphanumeric() || "/.$_".contains(c))
        && !text.ends_with(':')
        && !text.contains(": ")
        && !text.contains(sign)
        && !is_like_a_date(text)
}

/// `2020-01-01`, with a time or without, which YAML 1.1 takes for a point in time. Source: yaml.org, "Timestamp
/// Language-Independent Type".
fn is_like_a_date(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits == 4 && text[digits..].starts_with('-')
}
