//! The words of the targets, as the tables have them, in stack files.

pub(crate) mod compose;
pub(crate) mod said;
