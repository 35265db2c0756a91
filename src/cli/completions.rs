//! `stackc completions`

use clap::Args;
use clap_complete::Shell;

use super::DONE;
use super::console::Console;

/// What may be typed behind `completions`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The shell that shall complete what is typed
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, mut command: clap::Command, console: &mut Console) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "stackc", &mut script);
    console.out(&String::from_utf8_lossy(&script));
    DONE
}
