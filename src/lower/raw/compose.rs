//! `raw compose`: YAML becomes keys of compose.

use crate::diagnostic::{Diagnostic, Sink};
use crate::lower::codes;
use crate::lower::context::Context;
use crate::lower::fitting::Fitted;
use crate::model::compose::extra::{Extra, Item, Value};
use crate::source::Span;
use crate::syntax::stack::embedded::Embedded;
use crate::syntax::yaml::tree::{NodeId, NodeKind, Style, Tree};

/// How many values the aliases of one text may come to: a few of them can stand for billions.
const MOST_VALUES: usize = 100_000;

/// How deep the values may stand in each other: aliases can pile up more than is written.
const DEEPEST: usize = 64;

/// One text while it becomes keys.
struct Reading<'a> {
    tree: &'a Tree,
    embedded: &'a Embedded,
    /// How many values may yet be made.
    budget: usize,
    /// How deep the value at hand stands.
    depth: usize,
    /// What cannot be said: where, and why.
    refused: Option<(Span, &'static str)>,
}

impl<'t> Context<'_, 't> {
    /// The keys of a `raw compose`.
    pub(crate) fn raw_compose(&mut self, fit: &Fitted<'t>) -> Vec<Extra> {
        let Some(embedded) = self.embedded(fit) else { return Vec::new() };
        let mut found = Sink::default();
        let tree = crate::syntax::yaml::read(fit.statement.span.file, &embedded.text, &mut found);
        if !self.report_raw(found, &embedded) {
            return Vec::new();
        }
        let root = match tree.documents.as_slice() {
            [] => return Vec::new(),
            [document] => document.root,
            [_, second, ..] => {
                let at = embedded.outer(tree.node(second.root).span);
                self.sink.push(
                    Diagnostic::error(codes::WRONG_TYPE, "raw compose is one document", at)
                        .help("remove the `---` and what follows it"),
                );
                return Vec::new();
            }
        };
        if !matches!(tree.node(root).kind, NodeKind::Mapping(_)) {
            let at = embedded.outer(tree.node(root).span);
            self.sink.push(
                Diagnostic::error(codes::WRONG_TYPE, "raw compose is made of keys with their values", at)
                    .help("for example `raw compose \"x-note: by hand\"`"),
            );
            return Vec::new();
        }
        let mut reading =
            Reading { tree: &tree, embedded: &embedded, budget: MOST_VALUES, depth: 0, refused: None };
        let extras = self.raw_map(root, &mut reading);
        if let Some((at, why)) = reading.refused {
            self.sink.push(
                Diagnostic::error(codes::INEXPRESSIBLE, "this cannot be written in what is emitted", at)
                    .here(why)
                    .help("say it in another way"),
            );
        }
        extras
    }

    /// The entries of a mapping; those of merge keys come in as if they were written here, unless they are.
    fn raw_map(&mut self, map: NodeId, reading: &mut Reading<'_>) -> Vec<Extra> {
        let tree = reading.tree;
        let mut extras: Vec<Extra> = Vec::new();
        let mut merged: Vec<NodeId> = Vec::new();
        for entry in tree.entries(map) {
            if entry.merge {
                let Some(target) = tree.resolve(entry.value) else { continue };
                match &tree.node(target).kind {
                    NodeKind::Sequence(items) => {
                        merged.extend(items.iter().filter_map(|item| tree.resolve(*item)));
                    }
                    NodeKind::Mapping(_) | NodeKind::Scalar(_) | NodeKind::Alias(_) | NodeKind::Error => {
                        merged.push(target);
                    }
                }
                continue;
            }
            let key = tree.resolve(entry.key).and_then(|key| tree.scalar(key));
            let Some(key) = key else {
                reading.refuse(tree.node(entry.key).span, "a key of compose is a plain text");
                continue;
            };
            // With its value, if that is a single one, so that a secret in it is known to be in the line.
            let (key_span, value_span) = (tree.node(entry.key).span, tree.node(entry.value).span);
            let is_scalar = matches!(tree.node(entry.value).kind, NodeKind::Scalar(_));
            let span = if is_scalar { key_span.to(value_span) } else { key_span };
            let origin = self.raw_origin(span, reading.embedded);
            let key = key.text.to_string();
            let value = self.raw_value(entry.value, reading);
            extras.push(Extra { key, value, origin });
        }
        for map in merged {
            if !reading.enter(map) {
                break;
            }
            for extra in self.raw_map(map, reading) {
                if !extras.iter().any(|known| known.key == extra.key) {
                    extras.push(extra);
                }
            }
            reading.depth -= 1;
        }
        extras
    }

    fn raw_value(&mut self, node: NodeId, reading: &mut Reading<'_>) -> Value {
        if !reading.enter(node) {
            return Value::Null;
        }
        let value = self.raw_value_in(node, reading);
        reading.depth -= 1;
        value
    }

    fn raw_value_in(&mut self, node: NodeId, reading: &mut Reading<'_>) -> Value {
        let tree = reading.tree;
        if let Some(tag) = tree.tag(node)
            && !matches!(&*tag.text, "!!str" | "!!int" | "!!float" | "!!bool" | "!!null" | "!!map" | "!!seq")
        {
            reading.refuse(tag.span, "tags belong into files that are merged with others");
        }
        let Some(target) = tree.resolve(node) else { return Value::Null };
        match &tree.node(target).kind {
            NodeKind::Mapping(_) => Value::Map(self.raw_map(target, reading)),
            NodeKind::Sequence(items) => Value::List(
                items
                    .iter()
                    .map(|item| {
                        let origin = self.raw_origin(tree.node(*item).span, reading.embedded);
                        Item { value: self.raw_value(*item, reading), origin }
                    })
                    .collect(),
            ),
            NodeKind::Scalar(scalar) => {
                let is_text = tree.tag(target).is_some_and(|tag| &*tag.text == "!!str");
                if scalar.style == Style::Plain && !is_text {
                    plain(&scalar.text)
                } else {
                    Value::Raw(scalar.text.to_string())
                }
            }
            NodeKind::Alias(_) | NodeKind::Error => Value::Null,
        }
    }
}

impl Reading<'_> {
    /// Begins with a value, if there may be so many and such deep ones.
    fn enter(&mut self, node: NodeId) -> bool {
        let Some(remaining) = self.budget.checked_sub(1) else {
            self.refuse(self.tree.node(node).span, "the aliases come to more than 100,000 values");
            return false;
        };
        if self.depth >= DEEPEST {
            self.refuse(self.tree.node(node).span, "this is more than 64 values deep");
            return false;
        }
        self.budget = remaining;
        self.depth += 1;
        true
    }

    fn refuse(&mut self, inner: Span, why: &'static str) {
        if self.refused.is_none() {
            self.refused = Some((self.embedded.outer(inner), why));
        }
    }
}

/// What compose's reader makes of a plain scalar. Source: go-yaml v3, `resolve.go`: null, the booleans of YAML 1.2,
/// integers with their prefixes (`0644` is octal), floats; anything else is text.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Flag(true),
        "false" | "False" | "FALSE" => return Value::Flag(false),
        _ => {}
    }
    if let Some(number) = integer(text) {
        return Value::Integer(number);
    }
    let float = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'))
        && text.contains(|c: char| c.is_ascii_digit());
    match text.parse::<f64>() {
        Ok(number) if float && number.is_finite() => Value::Real(number),
        _ => Value::Raw(text.to_owned()),
    }
}

fn integer(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let plain = digits.replace('_', "");
    let lower = plain.to_ascii_lowercase();
    let number = match (lower.get(..2), plain.as_bytes()) {
        (Some("0x"), _) => i64::from_str_radix(&lower[2..], 16),
        (Some("0o"), _) => i64::from_str_radix(&lower[2..], 8),
        (Some("0b"), _) => i64::from_str_radix(&lower[2..], 2),
        (_, [b'0', _, ..]) => i64::from_str_radix(&plain, 8),
        (_, [b'0'..=b'9', ..]) if !digits.ends_with('_') => plain.parse(),
        _ => return None,
    };
    number.ok().map(|number| if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::plain;
    use crate::model::compose::extra::Value;

    #[test]
    fn plain_scalars_are_what_compose_reads() {
        let shown = |text| match plain(text) {
            Value::Null => "null".to_owned(),
            Value::Flag(on) => on.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => format!("{number:?}"),
            Value::Raw(text) => format!("'{text}'"),
            Value::Text(_) | Value::Path(_) | Value::List(_) | Value::Map(_) => "?".to_owned(),
        };
        for (text, meant) in [
            ("", "null"),
            ("~", "null"),
            ("true", "true"),
            ("yes", "'yes'"),
            ("12", "12"),
            ("-3", "-3"),
            ("0644", "420"),
            ("0o17", "15"),
            ("0x1F", "31"),
            ("1_000", "1000"),
            ("0.5", "0.5"),
            ("1e3", "1000.0"),
            ("1.2.3", "'1.2.3'"),
            ("22:22", "'22:22'"),
            ("08", "8.0"),
            ("a", "'a'"),
        ] {
            assert_eq!(shown(text), meant, "{text}");
        }
    }
}
