//! What nginx answers: content types today, the whole request later. Pure.

pub mod mime;
pub mod types;
pub mod variables;
pub mod wrong;
