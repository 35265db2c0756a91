//! The keys of a map, and how what is said in compose's own words joins them.

use std::collections::HashMap;

use super::interpolate;
use super::paths::Folder;
use super::yaml::{Item, Node};
use crate::model::compose::extra::{Extra, Value};

/// The keys of a map, of which absent ones are left out.
#[derive(Default)]
pub(super) struct Keys(pub(super) Vec<(String, Item)>);

impl Keys {
    pub(super) fn put(&mut self, key: &str, item: Option<Item>) {
        self.0.extend(item.map(|item| (key.to_owned(), item)));
    }

    pub(super) fn list(&mut self, key: &str, items: impl IntoIterator<Item = Item>) {
        let items: Vec<Item> = items.into_iter().collect();
        self.put(key, (!items.is_empty()).then(|| Item::of_children(Node::List(items))));
    }

    pub(super) fn map(&mut self, key: &str, entries: Vec<(String, Item)>) {
        self.put(key, (!entries.is_empty()).then(|| Item::of_children(Node::Map(entries))));
    }

    /// Adds what is said in compose's own words. Lowering lets only lists and maps be said twice, which are joined.
    pub(super) fn extend(&mut self, extras: &[Extra], folder: &Folder<'_>) {
        join(&mut self.0, extras.iter().map(|extra| (extra.key.clone(), item(extra, folder))));
    }
}

/// So many keys are looked for one by one; for more an index pays.
const FEW: usize = 16;

fn join(entries: &mut Vec<(String, Item)>, more: impl ExactSizeIterator<Item = (String, Item)>) {
    let mut index: Option<HashMap<String, usize>> = (more.len() > FEW)
        .then(|| entries.iter().enumerate().map(|(at, (key, _))| (key.clone(), at)).collect());
    for (key, new) in more {
        let known = match &mut index {
            Some(index) => index.get(&key).copied(),
            None => entries.iter().position(|(known, _)| *known == key),
        };
        if let Some(at) = known {
            join_item(&mut entries[at].1, new);
            continue;
        }
        if let Some(index) = &mut index {
            index.insert(key.clone(), entries.len());
        }
        entries.push((key, new));
    }
}

fn join_item(known: &mut Item, new: Item) {
    match (&mut known.node, new.node) {
        (Node::List(items), Node::List(more)) => items.extend(more),
        (Node::Map(entries), Node::Map(more)) => join(entries, more.into_iter()),
        (_, node) => known.node = node,
    }
    known.origins.extend(new.origins);
}

fn item(extra: &Extra, folder: &Folder<'_>) -> Item {
    Item::new(node(&extra.value, folder), extra.origin)
}

fn node(value: &Value, folder: &Folder<'_>) -> Node {
    match value {
        Value::Text(text) => Node::Text(interpolate::text(text)),
        Value::Raw(text) => Node::Text(text.clone()),
        Value::Path(path) => Node::Text(folder.rebased_text(&path.text)),
        Value::Flag(on) => Node::Bool(*on),
        Value::Integer(number) => Node::Number(*number),
        Value::Real(number) => Node::Real(*number),
        Value::Null => Node::Empty,
        Value::List(items) if items.is_empty() => Node::Words(Vec::new()),
        Value::List(items) => {
            Node::List(items.iter().map(|item| Item::new(node(&item.value, folder), item.origin)).collect())
        }
        Value::Map(extras) => {
            let mut keys = Keys::default();
            keys.extend(extras, folder);
            Node::Map(keys.0)
        }
    }
}
