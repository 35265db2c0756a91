//! Readers and printers of the languages: trees that keep all of the text and know nothing of the model.

mod control;
pub mod dockerfile;
mod found;
pub mod nginx;
mod quote;
pub mod remark;
pub mod stack;
pub mod yaml;
