//! The language of Dockerfiles, as `BuildKit` reads it: tree, reader, printer.

mod args;
mod cursor;
mod directives;
mod heredocs;
pub mod keyword;
mod lines;
pub mod mistakes;
pub mod printer;
pub mod quotes;
pub mod reader;
pub mod remarks;
#[cfg(test)]
mod rendered;
mod shell;
pub mod tree;

pub use printer::print;
pub use reader::read;
