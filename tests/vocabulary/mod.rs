//! The words of the targets, as the tables have them, in stack files.

pub(crate) mod compose;
mod raw;
pub(crate) mod said;
