//! A Dockerfile as statements of `dockerfile PATH { ... }`.

use super::statement::{Language, Statement};
use crate::syntax::dockerfile::tree::Tree;

/// What a Dockerfile says, in order; `text` is what the tree was read from.
pub(crate) fn statements(tree: &Tree, text: &str) -> Vec<Statement> {
    let _ = tree;
    vec![Statement::raw(Language::Dockerfile, text.trim_end())]
}
