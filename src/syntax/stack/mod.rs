//! The stack language: tree, reader, printer.

mod braces;
mod build;
mod columns;
mod cursor;
pub mod embedded;
mod fences;
mod found;
mod lines;
pub mod mistakes;
pub mod printer;
pub mod reader;
pub mod spell;
mod tokens;
pub mod tree;

pub use printer::print;
pub use reader::read;
