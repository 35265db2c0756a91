//! One compose file by itself: aliases and merge keys resolved, nothing read besides, no variable known.

use super::budget::Budget;
use super::environment::Environment;
use super::model::Node;
use super::{read, scalar, v1, words};
use crate::diagnostic::Sink;
use crate::syntax::yaml::tree::{NodeId, Tree};

/// What the first document of a file says, with `services` above them where the file has the form of version 1; `None` if
/// not all of it is understood, of which is told.
pub fn alone(tree: &Tree, sink: &mut Sink) -> Option<Node> {
    let document = tree.documents.first()?;
    let mut budget = Budget::default();
    let read = read_in_no_place(tree, document.root, &mut budget, &mut Sink::default());
    if budget.is_spent() {
        // It is told of with its place.
        read_in_no_place(tree, document.root, &mut Budget::default(), sink);
        return None;
    }
    let root = read.root;
    Some(if v1::is_v1(&root) {
        v1::tell(&root, sink);
        v1::services(root)
    } else {
        root
    })
}

/// A document by itself: variables stay what they are, and paths are from the file's own folder.
fn read_in_no_place(tree: &Tree, root: NodeId, budget: &mut Budget, sink: &mut Sink) -> read::Document {
    read::document(tree, root, &Environment::default(), &".".into(), budget, sink)
}

/// What the only document of a file says; `None` if something in it is not understood, or says more than its values do: a file of
/// version 1, or one with `!reset`.
pub fn exactly(tree: &Tree) -> Option<Node> {
    let [document] = tree.documents.as_slice() else { return None };
    let mut budget = Budget::default();
    let read = read_in_no_place(tree, document.root, &mut budget, &mut Sink::default());
    let is_plain = read.is_understood && read.resets.is_none() && !budget.is_spent();
    (is_plain && !v1::is_v1(&read.root)).then_some(read.root)
}

/// How compose writes a number where a text is wanted; `None` if it is none.
pub fn canonical(number: &str) -> Option<String> {
    scalar::canonical(number)
}

/// Whether a text without quotes would be something else than a text: a number, a flag, a date, or nothing.
pub fn is_plain_value(text: &str) -> bool {
    scalar::plain(text).is_some() || scalar::date(text).is_some()
}

/// Takes a command apart into words; `None` if compose refuses it.
pub fn split(line: &str) -> Option<Vec<String>> {
    words::split(line)
}
