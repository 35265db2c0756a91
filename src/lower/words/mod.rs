//! The words of other languages, lowered as their tables describe them.

pub(crate) mod compose;
pub(crate) mod nginx;
mod settle;
