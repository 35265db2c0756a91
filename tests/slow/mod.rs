//! What takes longer than the inner loop may: every system call of a build interrupted or refused, disks of every
//! size, races, and hostile inputs with their time and memory. `./test.sh --no-engine` leaves `slow::` out.

#![expect(clippy::print_stdout, reason = "how much was tried is worth knowing")]

mod bounds;
mod cache;
mod ci;
mod difference;
mod failing;
mod formats;
mod handwritten;
mod hooks;
mod import;
mod killed;
mod language;
mod mutator;
mod progress;
mod project;
mod property;
mod races;
mod reuse;
mod small_disks;
mod tools;
mod trace;
mod watch;
