//! Compose's own words, driven by the table of its keys: whatever no sentence says.

use std::rc::Rc;

use super::Writer;
use super::raw;
use crate::import::statement::{Language, Otherwise, Statement};
use crate::project::compose::{Node, PairValue, Value, hosts, pairs, place, scalar_text};
use crate::syntax::stack::spell::spell;
use crate::vocabulary::compose::{self, Form, Key, Scalar};

impl Writer<'_> {
    /// A key of a group by compose's own word, or else raw.
    pub(super) fn word(&self, group: &'static str, name: &str, node: &Node) -> Vec<Statement> {
        let mut forms = compose::forms(group, name);
        let statements = forms.find_map(|key| self.form(key, name, node));
        Self::or_raw(name, node, statements.or_else(|| self.mixed(group, name, node)))
    }

    /// Statements that say a key, which is raw if there are none, and may become raw later.
    pub(super) fn or_raw(name: &str, node: &Node, statements: Option<Vec<Statement>>) -> Vec<Statement> {
        let place = place(node);
        let text = raw::entry(name, node);
        let Some(statements) = statements else {
            return vec![Statement::raw(Language::Compose, &text).at(place)];
        };
        let otherwise = Rc::new(Otherwise { language: Language::Compose, text });
        let all = statements.into_iter().map(|statement| {
            let own = statement.place.unwrap_or(place);
            statement.or(&otherwise).at(own)
        });
        all.collect()
    }

    /// The keys of a map by compose's own words.
    pub(super) fn words(&self, group: &'static str, entries: &[(String, Node)]) -> Vec<Statement> {
        entries.iter().flat_map(|(name, node)| self.word(group, name, node)).collect()
    }

    /// A list whose items are of several forms; one of compose's files may stand for its path alone.
    fn mixed(&self, group: &'static str, name: &str, node: &Node) -> Option<Vec<Statement>> {
        let Value::List(items) = &node.value else { return None };
        let one = |item: &Node| {
            let value = match (&item.value, group, name) {
                (Value::Text(_), "file", "include") => Value::Map(vec![("path".to_owned(), item.clone())]),
                _ => item.value.clone(),
            };
            let item = Node { value, ..item.clone() };
            let list = Node { value: Value::List(vec![item.clone()]), key: None, ..item };
            compose::forms(group, name).find_map(|key| self.form(key, name, &list))
        };
        let all: Option<Vec<Vec<Statement>>> = items.iter().map(one).collect();
        all.map(|all| all.concat()).filter(|all| !all.is_empty())
    }

    /// `extra_hosts { name address }`
    pub(super) fn hosts(&self, name: &str, node: &Node) -> Option<Vec<Statement>> {
        let hosts: Option<Vec<Statement>> = hosts(node)?
            .into_iter()
            .map(|(host, address, place)| {
                Some(Statement::of(&self.literal(&host)).spelled(self.text(&address)?).at(place))
            })
            .collect();
        let hosts = hosts.filter(|hosts| !hosts.is_empty())?;
        Some(vec![Statement::named(name).at(place(node)).block(hosts)])
    }

    fn form(&self, key: &'static Key, name: &str, node: &Node) -> Option<Vec<Statement>> {
        if !matches!(key.by, "" | "nothing") {
            return None;
        }
        let head = || Statement::named(name).at(place(node));
        match key.form {
            Form::Flag => Some(vec![head().spelled(self.flag(node)?)]),
            Form::Value => Some(vec![head().spelled(self.value(key, node)?)]),
            Form::Words => {
                let items = match &node.value {
                    Value::List(items) if !items.is_empty() => items.iter().collect(),
                    Value::Text(_) | Value::Number(_) => vec![node],
                    Value::List(_) | Value::Map(_) | Value::Null | Value::Flag(_) => return None,
                };
                let mut statement = head();
                for item in items {
                    statement = statement.spelled(self.value(key, item)?);
                }
                Some(vec![statement])
            }
            Form::Pairs => {
                let pairs = pairs(node)?.into_iter();
                let pairs: Option<Vec<Statement>> = pairs
                    .map(|pair| {
                        let statement = Statement::of(&self.literal(&pair.name)).at(pair.place);
                        match pair.value {
                            PairValue::Nothing if key.alone => Some(statement),
                            PairValue::Nothing => None,
                            PairValue::Text(text) => {
                                Some(statement.spelled(self.typed(key, &text, PairKind::Text)?))
                            }
                            PairValue::Node(node) => Some(statement.spelled(self.value(key, node)?)),
                        }
                    })
                    .collect();
                Some(vec![head().block(pairs.filter(|pairs| !pairs.is_empty())?)])
            }
            Form::Block => {
                let Value::Map(entries) = &node.value else { return None };
                let group = key.opens().filter(|_| !entries.is_empty())?;
                Some(vec![head().block(self.words(group, entries))])
            }
            Form::Blocks => {
                let Value::List(items) = &node.value else { return None };
                let group = key.opens().filter(|_| !items.is_empty())?;
                let block = |item: &Node| match &item.value {
                    Value::Map(entries) if !entries.is_empty() => {
                        Some(Statement::named(name).at(item.span).block(self.words(group, entries)))
                    }
                    _ => None,
                };
                items.iter().map(block).collect()
            }
            Form::Named => {
                let Value::Map(entries) = &node.value else { return None };
                let entries: Option<Vec<Statement>> =
                    entries.iter().map(|(entry, node)| self.named(key, entry, node)).collect();
                Some(vec![head().block(entries.filter(|entries| !entries.is_empty())?)])
            }
            Form::Any => Some(vec![self.anything(name, node)?]),
        }
    }

    fn named(&self, key: &'static Key, entry: &str, node: &Node) -> Option<Statement> {
        let head = Statement::of(&self.literal(entry)).at(place(node));
        match &node.value {
            Value::Map(entries) if !entries.is_empty() => Some(head.block(self.words(key.opens()?, entries))),
            Value::Null if key.alone => Some(head),
            Value::Map(_) | Value::List(_) | Value::Null => None,
            Value::Flag(_) | Value::Number(_) | Value::Text(_) => {
                let pairs = compose::forms(key.group, key.name).find(|key| key.form == Form::Pairs)?;
                Some(head.spelled(self.value(pairs, node)?))
            }
        }
    }

    /// `on` or `off`, or a text with variables that compose reads.
    pub(super) fn flag(&self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Flag(flag) => Some(if *flag { "on" } else { "off" }.to_owned()),
            Value::Text(text) if text.raw.contains('$') => self.text(&text.raw),
            Value::Null | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// One value of a key.
    fn value(&self, key: &'static Key, node: &Node) -> Option<String> {
        match &node.value {
            Value::Number(number) => self.typed(key, number, PairKind::Number),
            Value::Text(_) => self.typed(key, &scalar_text(node)?, PairKind::Text),
            Value::Flag(flag) if wants_text(key) => Some(flag.to_string()),
            Value::Flag(_) | Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// A text or number as the type of a key.
    fn typed(&self, key: &'static Key, text: &str, kind: PairKind) -> Option<String> {
        let types = &key.scalars;
        if types.contains(&Scalar::HostPath) && kind == PairKind::Text && !text.contains("://") {
            return self.path(text);
        }
        let is_mode = types.iter().any(|scalar| matches!(scalar, Scalar::Mode { .. }));
        match kind {
            PairKind::Text => self.text(text),
            // The digits are what compose reads.
            PairKind::Number if is_mode => is_octal(text).then(|| spell(text)),
            PairKind::Number => Some(spell(&crate::project::compose::canonical(text)?)),
        }
    }
}

/// `0440`, which YAML reads as octal digits.
fn is_octal(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| (b'0'..=b'7').contains(&byte))
}

fn wants_text(key: &Key) -> bool {
    key.scalars.is_empty() || key.scalars.contains(&Scalar::Text)
}

/// How a value of a pair was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PairKind {
    Text,
    Number,
}
