//! What the rules on secrets look at: what has the shape of one, where names and values stand in a project, and which
//! files are keys.

pub mod shapes;
