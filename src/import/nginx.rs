//! A configuration of nginx as statements of `nginx PATH in CONTEXT { ... }`.

use super::statement::{Language, Statement};
use crate::syntax::nginx::tree::Tree;

/// What a configuration says, in order; `text` is what the tree was read from.
pub(crate) fn statements(tree: &Tree, text: &str) -> Vec<Statement> {
    let _ = tree;
    vec![Statement::raw(Language::Nginx, text.trim_end())]
}
