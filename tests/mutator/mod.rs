//! The mutator: k mistakes from a catalogue in a good file. Each is reported on a line where it may be, and nothing
//! is reported that none of them explains.
//!
//! `STACKC_MUTATOR_FILES=20000` and `STACKC_MUTATOR_SEED=7` make more files and others.

mod edit;
mod readers;
mod run;
pub(crate) mod stack;
