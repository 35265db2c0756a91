//! The shapes of known secrets, and what has such a shape and is none. Source: `data/secrets/`, which is generated from
//! the rules of gitleaks.

use std::sync::LazyLock;

use super::records;

/// A kind of secret that is known by its letters.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// `aws-access-token`; unique.
    pub name: &'static str,
    /// The group of the expression that is the secret; 0 for the first one that took part, or the whole.
    pub group: usize,
    /// The secret must have more bits of entropy a letter.
    pub entropy: f64,
    /// Whether it may run over several lines.
    pub is_long: bool,
    /// Words in lower case, one of which is in every text that the expression matches.
    pub keywords: &'static str,
    /// The expression.
    pub expression: &'static str,
}

/// What an exception is matched with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The secret, by an expression.
    Secret,
    /// The secret in lower case, by a word that is in it.
    Word,
}

/// Something that has the shape of a secret and is none.
#[derive(Clone, Copy, Debug)]
pub struct Exception {
    /// The shape that it has; `None` for all.
    pub shape: Option<&'static str>,
    /// What is matched.
    pub target: Target,
    /// The expression, or the word.
    pub expression: &'static str,
}

/// Every shape, in order of name.
pub static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let rows = records(include_str!("../../data/secrets/shapes.tsv"));
    rows.map(|[name, group, entropy, reach, keywords, expression]| Shape {
        name,
        group: group.parse().expect("a group of our own table is a number"),
        entropy: entropy.parse().expect("an entropy of our own table is a number"),
        is_long: reach == "text",
        keywords,
        expression,
    })
    .collect()
});

/// Every exception.
pub static EXCEPTIONS: LazyLock<Vec<Exception>> = LazyLock::new(|| {
    let rows = records(include_str!("../../data/secrets/allowed.tsv"));
    rows.map(|[shape, target, expression]| Exception {
        shape: (shape != "*").then_some(shape),
        target: if target == "word" { Target::Word } else { Target::Secret },
        expression,
    })
    .collect()
});
