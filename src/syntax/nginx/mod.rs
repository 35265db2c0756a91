//! nginx configurations as people write them: tree, reader, printer.

mod build;
mod found;
mod frames;
mod lexer;
mod lua;
pub mod mistakes;
mod names;
pub mod printer;
pub mod reader;
pub mod remarks;
mod tokens;
pub mod tree;
mod words;

pub use printer::print;
pub use reader::read;
