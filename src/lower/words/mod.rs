//! The words of other languages, lowered as their tables describe them.

mod agree;
mod anything;
pub(crate) mod compose;
mod grants;
mod needed;
pub(crate) mod nginx;
mod scalar;
mod settle;
