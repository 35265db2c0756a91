//! Readers and printers of the languages: trees that keep all of the text and know nothing of the model.

pub mod stack;
