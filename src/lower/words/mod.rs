//! The words of other languages, lowered as their tables describe them.

pub(crate) mod compose;
mod grants;
pub(crate) mod nginx;
mod scalar;
mod settle;
