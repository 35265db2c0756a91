//! The tables' examples, which are in the writing of nginx and YAML, as statements of the stack language.

use crate::diagnostic::Sink;
use crate::source::SourceMap;
use crate::syntax::nginx::tree::{Body, Directive as Written, directives};
use crate::syntax::stack::spell::spell;
use crate::syntax::yaml::tree::{NodeId, NodeKind, Style, Tree};
use crate::vocabulary::compose::Key;

/// A directive as a statement.
pub(super) fn nginx(example: &str) -> String {
    let tree =
        crate::syntax::nginx::read(SourceMap::default().add("", example), example, &mut Sink::default());
    let statements: Vec<String> =
        directives(&tree.items).map(|written| directive(written, example)).collect();
    statements.join("; ")
}

fn directive(written: &Written, source: &str) -> String {
    let words: Vec<String> = written.words.iter().map(|word| spell(word.text(source))).collect();
    let words = words.join(" ");
    match &written.body {
        Body::None(_) | Body::Opaque(_) => words,
        Body::Block(_) | Body::Table(_) => {
            let inside: Vec<String> = written.children().map(|child| directive(child, source)).collect();
            format!("{words} {{ {} }}", inside.join("; "))
        }
    }
}

/// A key with its value as a statement.
pub(super) fn compose(key: &Key) -> String {
    let example = key.example;
    let tree =
        crate::syntax::yaml::read(SourceMap::default().add("", example), example, &mut Sink::default());
    let entry = tree.documents.first().and_then(|document| tree.entries(document.root).first().copied());
    let Some(entry) = entry else { return key.name.to_owned() };
    let name = tree.scalar(entry.key).map_or(key.name, |scalar| &scalar.text);
    statement(&tree, name, entry.value)
}

/// `name value`, `name a b` or `name { ... }`; for a list of maps, as often as it is long.
fn statement(tree: &Tree, name: &str, value: NodeId) -> String {
    let spelled = spell(name);
    match &tree.node(value).kind {
        NodeKind::Mapping(_) => format!("{spelled} {}", block(tree, value)),
        NodeKind::Sequence(items) if items.iter().any(|item| !tree.entries(*item).is_empty()) => {
            items.iter().map(|item| statement(tree, name, *item)).collect::<Vec<_>>().join("; ")
        }
        NodeKind::Sequence(items) => {
            let items: Vec<String> = items.iter().map(|item| scalar(tree, *item)).collect();
            format!("{spelled} {}", items.join(" "))
        }
        NodeKind::Scalar(_) | NodeKind::Alias(_) | NodeKind::Error => {
            format!("{spelled} {}", scalar(tree, value))
        }
    }
}

fn block(tree: &Tree, map: NodeId) -> String {
    let entries = tree.entries(map).iter().map(|entry| {
        let name = tree.scalar(entry.key).map_or("", |scalar| &scalar.text);
        statement(tree, name, entry.value)
    });
    format!("{{ {} }}", entries.collect::<Vec<_>>().join("; "))
}

fn scalar(tree: &Tree, node: NodeId) -> String {
    let Some(scalar) = tree.scalar(node) else { return String::new() };
    match (&*scalar.text, scalar.style) {
        ("true", Style::Plain) => "on".to_owned(),
        ("false", Style::Plain) => "off".to_owned(),
        (text, _) => spell(text),
    }
}
