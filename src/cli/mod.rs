//! The command line: what may be typed, which command answers, and the exit code.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | done; for `build` also with warnings |
//! | 1 | findings from a warning up, a difference, or files that are not overwritten |
//! | 2 | a source that cannot be understood or was not read |
//! | 3 | a command line that cannot be followed |
//! | 4 | the system failed, or this program did |

mod baseline;
mod build;
mod completions;
mod console;
mod diff;
mod doctor;
mod drift;
mod explain;
mod explain_line;
mod fixing;
mod fmt;
mod import;
mod interrupt;
mod lint;
mod load;
mod made;
mod man;
mod mime;
mod outcome;
mod panic;
mod progress;
mod repeat;
mod secret;
mod selection;
mod standard_input;
mod stats;
mod target;
mod trace;
mod watch;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::driver::cache::Slot;
use console::Console;

/// Everything went well.
const DONE: u8 = 0;
/// There is something to look at.
const FINDINGS: u8 = 1;
/// A source could not be understood.
const NOT_UNDERSTOOD: u8 = 2;
/// The command line could not be followed.
const USAGE: u8 = 3;
/// The system or this program failed.
const FAILED: u8 = 4;

/// What the exit codes mean, for a person.
const EXIT_CODES: [(u8, &str); 5] = [
    (DONE, "done"),
    (FINDINGS, "findings, differences, or files that are not overwritten"),
    (NOT_UNDERSTOOD, "a file that cannot be understood or was not read"),
    (USAGE, "a wrong command line"),
    (FAILED, "the system failed"),
];

fn exit_codes() -> String {
    let rows = EXIT_CODES.map(|(code, meaning)| format!("\n  {code}  {meaning}"));
    format!("Exit codes:{}", rows.concat())
}

/// Compiles one small stack file into docker-compose.yml, Dockerfiles and nginx.conf, and says beforehand, at the
/// line, what would go wrong.
#[derive(Debug, Parser)]
#[command(name = "stackc", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = exit_codes())]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write docker-compose.yml, Dockerfiles and nginx.conf
    Build(build::Arguments),
    /// Say what would go wrong with stack files, compose files, Dockerfiles and configurations of nginx
    Lint(lint::Arguments),
    /// Lay out stack files in the one format
    Fmt(fmt::Arguments),
    /// Make a stack file of a compose file, its Dockerfiles and its configurations of nginx
    Import(import::Arguments),
    /// Say what two stack files, compose files or folders mean differently
    Diff(diff::Arguments),
    /// Say what a finding means, or which statements and defaults made a line of an emitted file
    Explain(explain::Arguments),
    /// Say what nginx answers to a request, and why: which server, location and file, and which content type
    Trace(Box<trace::Arguments>),
    /// Say which content types files need, and which of them nginx lacks
    Mime(mime::Arguments),
    /// Make the secrets that a stack file declares
    #[command(subcommand)]
    Secret(SecretCommand),
    /// Say whether this machine is ready: the engine, host ports, secrets, images, and files
    Doctor(doctor::Arguments),
    /// Print a script that lets a shell complete commands, options and files
    Completions(completions::Arguments),
    /// Print the manual page, or write those of all commands
    Man(man::Arguments),
}

#[derive(Debug, Subcommand)]
enum SecretCommand {
    /// Make every secret file that is missing, with a random value, and have git ignore it
    ///
    /// Existing files are never touched, and no value is ever shown. A secret that comes from the environment is
    /// named with the variable to set.
    Init(FileArgument),
}

/// The stack file of most commands.
#[derive(Debug, Args)]
struct FileArgument {
    /// The stack file [default: the only *.stack in the current folder]
    file: Option<PathBuf>,
}

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    panic::install_hook();
    let code = catch_unwind(AssertUnwindSafe(|| {
        let mut console = Console::new();
        let code = repeat::recalled(&mut console).unwrap_or_else(|slot| run(slot.as_ref(), &mut console));
        code.max(console.finish())
    }));
    ExitCode::from(code.unwrap_or(FAILED))
}

fn run(slot: Option<&Slot>, console: &mut Console) -> u8 {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return explain_usage(&error, console),
    };
    let result = match arguments.command {
        Command::Build(arguments) => build::run(&arguments, slot, console),
        Command::Lint(arguments) => lint::run(&arguments, console),
        Command::Fmt(arguments) => fmt::run(&arguments, console),
        Command::Import(arguments) => import::run(&arguments, console),
        Command::Diff(arguments) => diff::run(&arguments, console),
        Command::Explain(arguments) => explain::run(&arguments, console),
        Command::Trace(arguments) => trace::run(&arguments, console),
        Command::Mime(arguments) => mime::run(&arguments, console),
        Command::Secret(SecretCommand::Init(FileArgument { file })) => secret::init(file.as_deref(), console),
        Command::Doctor(arguments) => doctor::run(&arguments, console),
        Command::Completions(arguments) => Ok(completions::run(&arguments, Arguments::command(), console)),
        Command::Man(arguments) => man::run(&arguments, Arguments::command(), console),
    };
    result.unwrap_or_else(|error| console.fail(&error))
}

fn explain_usage(error: &clap::Error, console: &mut Console) -> u8 {
    let text = error.render();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let colour = console.out_look().colour;
            console.out(&if colour { text.ansi().to_string() } else { text.to_string() });
            DONE
        }
        _ => {
            let colour = console.err_look().colour;
            console.err(&if colour { text.ansi().to_string() } else { text.to_string() });
            USAGE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        super::Arguments::command().debug_assert();
    }
}
