//! YAML as compose writes it: tree, reader, printer.

mod attach;
mod build;
mod check;
mod lines;
pub mod mistakes;
pub mod printer;
pub mod reader;
pub mod remarks;
mod repair;
pub mod tree;

pub use printer::print;
pub use reader::read;
