//! The one integration binary. `./test.sh` runs it; `./test.sh --no-engine` leaves `engine::` and `slow::` out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod architecture;
mod cli;
mod compose;
mod corpus;
mod difference;
mod engine;
mod explain;
mod formats;
mod golden;
mod hostile;
mod import;
mod lint;
mod mutator;
mod property;
mod reread;
mod reuse;
mod slow;
mod snapshot;
mod syntax;
mod vocabulary;
