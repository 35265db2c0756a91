//! The program: hands over to the library and gives the shell its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    stackc::cli::main()
}
