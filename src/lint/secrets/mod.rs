//! What the rules on secrets look at: what has the shape of one, where names and values stand in a project, and which
//! files are keys.

pub(crate) mod assignments;
pub(crate) mod baked;
pub(crate) mod databases;
pub(crate) mod granted;
pub(crate) mod keys;
pub(crate) mod literals;
pub(crate) mod mask;
pub(crate) mod pairs;
pub(crate) mod places;
pub(crate) mod shapes;
pub(crate) mod shown;
pub(crate) mod texts;
pub(crate) mod touched;
pub(crate) mod values;
