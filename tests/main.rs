//! The one integration binary. `./test.sh` runs it; `./test.sh --no-engine` leaves `engine::` out.

mod architecture;
mod cli;
mod golden;
mod property;
mod snapshot;
