//! What one side says, in a form in which what means the same is the same.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::source::Span;

/// Whether the place among its neighbours belongs to what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// It may stand anywhere.
    Free,
    /// What stands before and after it matters.
    Fixed,
}

/// Something that is said, with everything in it.
#[derive(Clone, Debug)]
pub struct Said {
    /// The sort of thing: `image`, `environment`, `port`, `location`, `RUN`.
    pub kind: String,
    /// Its name among those of its kind; empty where there is but one, or where what is said is all there is.
    pub name: String,
    /// What is said of it; `None` for a mere mention, and for a block.
    pub value: Option<String>,
    /// Where it is said.
    pub place: Span,
    /// Whether its place among its neighbours counts.
    pub order: Order,
    /// What stands in it.
    pub inside: Vec<Said>,
    /// Whether the name is a word of the value's own text, which may be a secret.
    pub is_named_by_text: bool,
    /// All that is said, without places: equal for what means the same.
    digest: u64,
}

impl Said {
    /// A thing without a name.
    pub(super) fn of(kind: impl Into<String>, value: Option<String>, place: Span) -> Self {
        let said = Self {
            kind: kind.into(),
            name: String::new(),
            value,
            place,
            order: Order::Free,
            inside: Vec::new(),
            is_named_by_text: false,
            digest: 0,
        };
        said.digested()
    }

    /// A thing in which others stand.
    pub(super) fn block(kind: impl Into<String>, inside: Vec<Said>, place: Span) -> Self {
        Self { inside, ..Self::of(kind, None, place) }.digested()
    }

    /// The same with a name.
    pub(super) fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }.digested()
    }

    /// The same with a name that is a part of what is said.
    pub(super) fn named_by_text(self, name: impl Into<String>) -> Self {
        Self { is_named_by_text: true, ..self.named(name) }
    }

    /// The same in an order that counts.
    pub(super) fn fixed(self, is_fixed: bool) -> Self {
        Self { order: if is_fixed { Order::Fixed } else { Order::Free }, ..self }
    }

    fn digested(mut self) -> Self {
        self.digest = self.content(true);
        self
    }

    /// Whether all that is said is the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.digest == other.digest
    }

    /// What stands for all that is said.
    pub(super) fn digest(&self) -> u64 {
        self.digest
    }

    /// Whether all but the name is the same.
    pub(super) fn is_renamed(&self, other: &Self) -> bool {
        self.content(false) == other.content(false)
    }

    fn content(&self, with_name: bool) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.kind.hash(&mut hasher);
        if with_name {
            self.name.hash(&mut hasher);
        }
        self.value.hash(&mut hasher);
        let mut free: Vec<u64> = Vec::new();
        for said in &self.inside {
            match said.order {
                Order::Free => free.push(said.digest),
                Order::Fixed => said.digest.hash(&mut hasher),
            }
        }
        free.sort_unstable();
        free.hash(&mut hasher);
        hasher.finish()
    }
}
