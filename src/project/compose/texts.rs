//! What views make of texts: scalars as texts, `NAME=value`, and texts of which only a part is known.

use super::model::{Node, Otherwise, Part, Text, Value, Variables};
use super::scalar;
use crate::project::Spanned;
use crate::source::{SourceMap, Span};

/// So many letters of a name are shown.
const MAX_SHOWN: usize = 80;

/// Stands for a variable without a value in a text of which the rest is known. No YAML text can hold it unescaped.
pub(super) const UNKNOWN: char = '\u{1}';

/// A name as it can be shown: short, and without control characters.
pub(super) fn shown(name: &str) -> String {
    let is_long = name.chars().nth(MAX_SHOWN).is_some();
    let letters = name.chars().take(MAX_SHOWN).map(|c| if c.is_control() { '\u{fffd}' } else { c });
    letters.chain(is_long.then_some('…')).collect()
}

/// A scalar as a text.
pub(super) fn text(node: &Node) -> Option<Text> {
    let made = |raw: &str, value: String| Text {
        raw: raw.to_owned(),
        parts: vec![Part::Literal(value.clone())],
        value: Some(value),
        span: node.span,
    };
    match &node.value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => {
            Some(made(number, scalar::canonical(number).unwrap_or_else(|| number.clone())))
        }
        Value::Flag(flag) => Some(made(&flag.to_string(), flag.to_string())),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// A text in which [`UNKNOWN`] stands for what is not known.
pub(super) fn marked(text: &Text) -> String {
    text.value.clone().unwrap_or_else(|| {
        let mut marked = String::new();
        mark(&text.parts, &mut marked);
        marked
    })
}

fn mark(parts: &[Part], marked: &mut String) {
    for part in parts {
        match part {
            Part::Literal(literal) => marked.push_str(literal),
            Part::Variable(variable) => {
                let known = variable.from_env_file.as_ref().map(|known| known.value.as_str());
                match &variable.otherwise {
                    Otherwise::Default(inner, is_empty_absent) => match known {
                        Some(value) if !(value.is_empty() && *is_empty_absent) => marked.push_str(value),
                        Some(_) | None => mark(inner, marked),
                    },
                    Otherwise::Nothing | Otherwise::Refused(..) => match known {
                        Some(value) => marked.push_str(value),
                        None => marked.push(UNKNOWN),
                    },
                    Otherwise::Replaced(..) => marked.push(UNKNOWN),
                }
            }
        }
    }
}

/// What a part of a marked text comes to.
pub(super) fn known(marked: &str) -> Option<String> {
    (!marked.contains(UNKNOWN)).then(|| marked.to_owned())
}

/// `NAME=value` as two texts; the value is absent without `=`. `None` if the name is not known.
pub(super) fn pair(text: &Text, sources: &SourceMap) -> Option<(Spanned<String>, Option<Text>)> {
    let span = text.span;
    let (name, value_raw, mut parts) = match text.parts.first() {
        Some(Part::Literal(literal)) if literal.contains('=') => {
            let (name, rest) = literal.split_once('=')?;
            let raw = text.raw.split_once('=').map_or("", |(_, raw)| raw);
            let first = (!rest.is_empty()).then(|| Part::Literal(rest.to_owned()));
            (
                name.to_owned(),
                raw.to_owned(),
                first.into_iter().chain(text.parts[1..].iter().cloned()).collect(),
            )
        }
        Some(_) | None => match text.value.as_deref()?.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned(), Vec::new()),
            None => return Some((Spanned::new(text.value.clone()?, span), None)),
        },
    };
    let value = match &text.value {
        Some(value) => value.split_once('=').map(|(_, value)| value.to_owned()),
        None => None,
    };
    if parts.is_empty() {
        parts.extend(value.clone().filter(|value| !value.is_empty()).map(Part::Literal));
    }
    // What stands there without escapes is pointed at more narrowly.
    let found = sources.text(span).find(&text.raw).filter(|_| text.raw.starts_with(&name));
    let (name_span, value_span) = match found {
        Some(offset) => {
            let start = span.start as usize + offset;
            let middle = start + name.len();
            let end = start + text.raw.len();
            (Span::new(span.file, start, middle), Span::new(span.file, middle + 1, end))
        }
        None => (span, span),
    };
    Some((Spanned::new(name, name_span), Some(Text { raw: value_raw, parts, value, span: value_span })))
}

/// `environment`, `args`, `labels`: a map, or a list of `NAME=value`.
pub(super) fn variables(node: Option<&Node>, sources: &SourceMap) -> Vec<Variables> {
    let Some(node) = node else { return Vec::new() };
    let entries = node.entries().iter().map(|(name, node)| {
        let key = node.place();
        let span = key.to(node.span);
        Variables { name: Spanned::new(name.clone(), key), value: text(node), span }
    });
    let items = node.items().iter().filter_map(|item| {
        let whole = text(item)?;
        let (mut name, mut value) = pair(&whole, sources)?;
        // An entry of a map that was merged with a list.
        if let Some(key) = item.key {
            name.span = key;
            if let Some(value) = &mut value {
                value.span = item.span;
            }
        }
        let span = name.span.to(item.span);
        Some(Variables { name, value, span })
    });
    entries.chain(items).collect()
}
