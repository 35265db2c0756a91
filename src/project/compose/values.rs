//! Values of compose files as they are written, with their variables: what has several forms as one.

use super::model::{Node, Value};
use super::scalar;
use crate::source::Span;

/// A scalar as the text that compose makes of it, with its variables.
pub fn scalar_text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Flag(flag) => Some(flag.to_string()),
        Value::Number(number) => scalar::canonical(number),
        Value::Text(text) => Some(match &text.value {
            // A date.
            Some(value) if !text.raw.contains('$') => value.clone(),
            _ => text.raw.clone(),
        }),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// A name with its value, from a map or from a list of `NAME=value`.
pub struct Pair<'n> {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub value: PairValue<'n>,
    /// Where both are written.
    pub place: Span,
}

/// What a name stands for.
pub enum PairValue<'n> {
    /// There is the name alone.
    Nothing,
    /// What follows the `=`.
    Text(String),
    /// The value of an entry.
    Node(&'n Node),
}

/// The pairs of a map, or of a list of `NAME=value`; `None` if it is neither.
pub fn pairs(node: &Node) -> Option<Vec<Pair<'_>>> {
    match &node.value {
        Value::Map(entries) => entries
            .iter()
            .map(|(name, node)| {
                let value = match &node.value {
                    Value::Null => PairValue::Nothing,
                    Value::Flag(_) | Value::Number(_) | Value::Text(_) => PairValue::Node(node),
                    Value::List(_) | Value::Map(_) => return None,
                };
                Some(Pair { name: name.clone(), value, place: place(node) })
            })
            .collect(),
        Value::List(items) => items
            .iter()
            .map(|item| {
                let Value::Text(text) = &item.value else { return None };
                let (name, value) = match text.raw.split_once('=') {
                    Some((name, value)) => (name, PairValue::Text(value.to_owned())),
                    None => (text.raw.as_str(), PairValue::Nothing),
                };
                // Compose interpolates items of lists as a whole, names as well.
                (!name.contains('$')).then(|| Pair { name: name.to_owned(), value, place: item.span })
            })
            .collect(),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => None,
    }
}

/// From the key of an entry to the end of its value.
pub fn place(node: &Node) -> Span {
    node.key.map_or(node.span, |key| if key.start <= node.span.start { key.to(node.span) } else { key })
}

/// The parts of a short form, which colons part but for those in variables.
pub fn parts(raw: &str) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, c) in raw.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.checked_sub(1)?,
            ':' if depth == 0 => {
                parts.push(&raw[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&raw[start..]);
    parts.iter().all(|part| !part.is_empty()).then_some(parts)
}
