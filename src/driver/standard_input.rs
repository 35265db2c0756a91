//! A text that comes from standard input, as that of a file would.

use std::io::{self, IsTerminal};

use super::disk::text_of;
use super::error::Result;

/// The text, of at most `most` bytes; `shown` is how it is called.
pub fn read(shown: &str, most: u64) -> Result<String> {
    text_of(io::stdin().lock(), shown, most)
}

/// Whether a person would have to type it.
pub fn is_typed() -> bool {
    io::stdin().is_terminal()
}
