//! What compose files mean: all of them merged by compose's own rules, with the place of every value.

mod model;

pub use model::*;
