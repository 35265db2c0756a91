//! A compose file as statements: services, networks, volumes and secrets by their sentences, the rest by compose's own
//! words, and what neither says as raw.

mod anchors;
mod arguments;
mod builds;
mod fields;
mod mounts;
mod ports;
mod raw;
mod remarks;
mod service;
mod words;

use std::collections::BTreeSet;
use std::ops::Deref;

use self::arguments::{Operator, Speller};
use super::statement::{Language, Line, Statement};
use crate::model::names::{NetworkName, ProjectName, SecretName, ServiceName, VolumeName};
use crate::project::compose::{Node, Value, place, says_nothing, scalar_text};

pub(super) use anchors::{Anchor, Stands, anchors};
pub(super) use remarks::remark;

/// The file while it becomes statements.
pub(in crate::import) struct Writer<'n> {
    speller: Speller,
    root: &'n Node,
    services: BTreeSet<&'n str>,
}

impl Deref for Writer<'_> {
    type Target = Speller;

    fn deref(&self) -> &Speller {
        &self.speller
    }
}

/// The inputs that a word names: `${input.A}`, and `B` of `${input.A:-$B}`.
fn referenced(word: &str) -> impl Iterator<Item = &str> {
    const REFERENCE: &str = "input.";
    let name = |at: usize| {
        let behind = &word[at..];
        let end = behind.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(behind.len());
        &behind[..end]
    };
    let named = word.match_indices(REFERENCE).map(move |(at, found)| name(at + found.len()));
    let holds_inputs = word.contains("${input.");
    let inner =
        word.match_indices('$').filter(move |_| holds_inputs).map(move |(at, found)| name(at + found.len()));
    named.chain(inner)
}

impl<'n> Writer<'n> {
    /// For a file whose folder is `folder` from that of the stack file.
    pub(super) fn new(root: &'n Node, folder: &str) -> Self {
        let names = root.get("services").map_or(&[][..], Node::entries).iter();
        let services: BTreeSet<&str> = names.map(|(name, _)| name.as_str()).collect();
        let mut speller = Speller {
            services: services.iter().map(|name| (*name).to_owned()).collect(),
            folder: folder.to_owned(),
            ..Speller::default()
        };
        speller.note_all(root);
        Self { speller, root, services }
    }

    /// What the file says, in its order.
    pub(super) fn file(&self) -> Vec<Statement> {
        self.root.entries().iter().flat_map(|(name, node)| self.section(name, node)).collect()
    }

    /// `input NAME` for every variable that statements use.
    pub(super) fn inputs(&self, statements: &[Statement]) -> Vec<Statement> {
        let mut all = Vec::new();
        for statement in statements {
            statement.all(&mut all);
        }
        let words = all.iter().filter(|of| of.words[0] != "raw").flat_map(|of| &of.words);
        let said: BTreeSet<&str> = words.flat_map(|word| referenced(word)).collect();
        let used = self.speller.inputs.iter().filter(|(name, _)| said.contains(name.as_str()));
        used.map(|(name, operator)| {
            let head = Statement::of("input").spelled(name.clone());
            match operator {
                Operator::Default(default) => {
                    head.block(vec![Statement::of("default").spelled(self.speller.literal(default))])
                }
                Operator::None | Operator::Other(_) => head,
            }
        })
        .collect()
    }

    fn section(&self, name: &str, node: &Node) -> Vec<Statement> {
        if says_nothing("file", name, node) {
            return Vec::new();
        }
        let entries = match &node.value {
            Value::Map(entries) => entries.as_slice(),
            _ => &[],
        };
        let each = |one: &dyn Fn(&str, &Node) -> Option<Statement>| {
            let made = entries.iter().map(|(entry, node)| {
                let text = raw::nested(&[name, entry], node);
                let statement = match one(entry, node) {
                    Some(statement) => statement.or_raw(Language::Compose, text),
                    None => Statement::raw(Language::Compose, &text),
                };
                statement.at(place(node))
            });
            made.collect::<Vec<_>>()
        };
        let apart = |mut statements: Vec<Statement>| {
            statements.first_mut().into_iter().for_each(|first| first.above.push(Line::Blank));
            statements
        };
        match name {
            "name" => {
                let fits = |text: &String| text.contains('$') || ProjectName::parse(text).is_ok();
                let project = scalar_text(node).filter(fits).and_then(|text| self.text(&text));
                let said = project.map(|name| vec![Statement::of("project").spelled(name)]);
                Self::or_raw(name, node, said)
            }
            _ if entries.is_empty() => self.word("file", name, node),
            "services" => each(&|name, node| self.declared_service_of(name, node)),
            "networks" => apart(each(&|name, node| {
                NetworkName::parse(name).ok()?;
                self.declaration("network", name, node, &["external", "internal"])
            })),
            "volumes" => apart(each(&|name, node| {
                VolumeName::parse(name).ok()?;
                self.declaration("volume", name, node, &["external"])
            })),
            "secrets" => apart(each(&|name, node| self.secret(name, node))),
            _ => self.word("file", name, node),
        }
    }

    fn declared_service_of(&self, name: &str, node: &Node) -> Option<Statement> {
        ServiceName::parse(name).ok()?;
        let Value::Map(entries) = &node.value else { return None };
        let mut statement =
            Statement::of("service").spelled(self.speller.literal(name)).block(self.service(entries));
        statement.above.push(Line::Blank);
        Some(statement)
    }

    /// A network or a volume; some of its flags are sentences.
    fn declaration(&self, head: &'static str, name: &str, node: &Node, flags: &[&str]) -> Option<Statement> {
        let statement = Statement::of(head).spelled(self.speller.literal(name));
        let entries = match &node.value {
            Value::Null => return Some(statement),
            Value::Map(entries) if entries.is_empty() => return Some(statement),
            Value::Map(entries) => entries,
            Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => return None,
        };
        let mut inner = Vec::new();
        for (key, node) in entries {
            if says_nothing(head, key, node) {
                continue;
            }
            if let Some(outer) = outer_name(key, node) {
                inner.extend(Self::or_raw(key, node, Some(vec![Statement::of(key)])));
                inner.extend(self.word(head, "name", outer));
                continue;
            }
            if flags.contains(&key.as_str()) {
                let said = (node.value == Value::Flag(true)).then(|| vec![Statement::of(key)]);
                inner.extend(Self::or_raw(key, node, said));
            } else {
                inner.extend(self.word(head, key, node));
            }
        }
        Some(statement.block_if_any(inner))
    }

    fn secret(&self, name: &str, node: &Node) -> Option<Statement> {
        SecretName::parse(name).ok()?;
        let Value::Map(entries) = &node.value else { return None };
        let mut inner = Vec::new();
        for (key, node) in entries {
            let said = match (key.as_str(), &node.value) {
                ("file", Value::Text(text)) if !text.raw.contains('$') => {
                    self.path(&text.raw).map(|path| Statement::of("file").spelled(path))
                }
                ("environment", Value::Text(text)) if !text.raw.contains('$') => {
                    Some(Statement::of("env").spelled(self.literal(&text.raw)))
                }
                ("file" | "environment", _) => return None,
                _ if outer_name(key, node).is_some() => {
                    let on = Statement::of(key).keyword("on");
                    inner.extend(Self::or_raw(key, node, Some(vec![on])));
                    inner.extend(
                        outer_name(key, node)
                            .map(|name| self.word("secret", "name", name))
                            .into_iter()
                            .flatten(),
                    );
                    continue;
                }
                _ => {
                    inner.extend(self.word("secret", key, node));
                    continue;
                }
            };
            inner.extend(Self::or_raw(key, node, said.map(|said| vec![said])));
        }
        (!inner.is_empty()).then(|| Statement::of("secret").spelled(self.speller.literal(name)).block(inner))
    }

    /// Whether a service of this name is declared by its sentence.
    pub(super) fn has_service(&self, name: &str) -> bool {
        self.services.contains(name)
    }

    /// Whether a volume of this name is declared.
    pub(super) fn has_volume(&self, name: &str) -> bool {
        self.root.at(&["volumes", name]).is_some()
    }
}

/// The name that something has outside, in the form of old: `external: {name: ...}`.
fn outer_name<'n>(key: &str, node: &'n Node) -> Option<&'n Node> {
    match &node.value {
        Value::Map(entries) if key == "external" && entries.len() == 1 => node.get("name"),
        _ => None,
    }
}
