//! Values as they reach an artefact: text made of literals and variables, and what can be known of it.

use crate::source::Origin;

/// Text with where it came from. No part can hold a secret.
#[derive(Clone, Debug)]
pub struct Text {
    /// The parts in order; adjacent literals are joined.
    pub parts: Vec<Part>,
    /// How it was quoted, for languages that quote alike.
    pub quotes: Quotes,
    /// Why the text is there.
    pub origin: Origin,
}

/// How a person quoted a text. It means the same in any way; what is printed from it keeps to the person's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quotes {
    /// Not at all, or nobody wrote it.
    #[default]
    None,
    /// `"text"`
    Double,
    /// `'text'`
    Single,
}

/// A part of a [`Text`]. References are resolved before a text is made, so that only these two remain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Stands for itself in every language; a back end escapes it for its own.
    Lit(String),
    /// Read by the language of its scope.
    Var(Var),
}

/// A variable of one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Var {
    /// Who expands it.
    pub scope: Scope,
    /// Its name, without `$`.
    pub name: String,
    /// What happens when it is unset.
    pub op: VarOp,
    /// Whether it is written as `$NAME` where it ends by itself.
    pub bare: bool,
}

/// The language that expands a variable. `$x` never crosses from one to another unescaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Compose's interpolation from the environment and `.env`.
    Compose,
    /// The Dockerfile's own expansion of ARG and ENV.
    Build,
    /// An nginx variable, per request.
    Nginx,
}

/// What an unset variable means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VarOp {
    /// `${NAME}`
    None,
    /// `${NAME:-default}`
    Default(String),
    /// `${NAME:?message}`
    Required(String),
    /// Any other operator, with what follows it, in the language that reads it: `+on`, `-${OTHER}`, `#prefix`.
    Other(String),
}

/// A value that is known, or why it is not. Rules stay silent on what is not known.
pub type Known<T> = Result<T, Unresolved>;

/// Why a value cannot be known before the deployment runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// It comes from this variable, which has no default.
    Variable(String),
    /// It was reported as wrong already.
    Invalid,
}

/// A value of a typed slot: the text as it is emitted and what the text means.
#[derive(Clone, Debug)]
pub struct Typed<T> {
    /// What is emitted.
    pub text: Text,
    /// What it means with every variable at its default.
    pub value: Known<T>,
}

impl<T> Typed<T> {
    /// Where it came from.
    pub fn origin(&self) -> Origin {
        self.text.origin
    }

    /// The meaning, if it is known.
    pub fn known(&self) -> Option<&T> {
        self.value.as_ref().ok()
    }
}

impl<T: std::fmt::Display> Typed<T> {
    /// A value that is emitted in its canonical spelling.
    pub fn of(value: T, origin: Origin) -> Self {
        Self { text: Text::literal(value.to_string(), origin), value: Ok(value) }
    }
}

impl Text {
    /// Text that stands for itself.
    pub fn literal(text: impl Into<String>, origin: Origin) -> Self {
        Self { parts: vec![Part::Lit(text.into())], quotes: Quotes::None, origin }
    }

    /// A single variable.
    pub fn variable(var: Var, origin: Origin) -> Self {
        Self { parts: vec![Part::Var(var)], quotes: Quotes::None, origin }
    }

    /// Joins adjacent literals of `parts`.
    pub fn from_parts(parts: impl IntoIterator<Item = Part>, origin: Origin) -> Self {
        let mut joined: Vec<Part> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (Some(Part::Lit(before)), Part::Lit(text)) => before.push_str(&text),
                (_, part) => joined.push(part),
            }
        }
        Self { parts: joined, quotes: Quotes::None, origin }
    }

    /// The text if it holds no variable.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Lit(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with every variable at its default; which variable has none, otherwise.
    pub fn with_defaults(&self) -> Known<String> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Lit(text) | Part::Var(Var { op: VarOp::Default(text), .. }) => out.push_str(text),
                Part::Var(var) => return Err(Unresolved::Variable(var.name.clone())),
            }
        }
        Ok(out)
    }

    /// The variables in order.
    pub fn variables(&self) -> impl Iterator<Item = &Var> {
        self.parts.iter().filter_map(|part| match part {
            Part::Lit(_) => None,
            Part::Var(var) => Some(var),
        })
    }
}

/// Equality looks at what is emitted, not at where it came from.
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Text {}
