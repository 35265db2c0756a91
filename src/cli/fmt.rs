//! `stackc fmt`

use std::path::{Path, PathBuf};

use clap::Args;

use super::console::Console;
use super::standard_input::{Given, StandardInput};
use super::{DONE, FINDINGS, NOT_UNDERSTOOD};
use crate::diagnostic::Sink;
use crate::driver::place::{no_stack_file, stack_files};
use crate::driver::write::replace_text;
use crate::driver::{Disk, Files, Result, disk};
use crate::lint::mask_secrets;
use crate::render::{terminal, visible};
use crate::source::{MAX_STACK_BYTES, SourceMap};
use crate::syntax::stack;

/// What may be typed behind `fmt`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The stack files [default: every *.stack in the current folder]
    ///
    /// `-` is a text from standard input, which is printed in the format; a file of that name is `./-`.
    files: Vec<PathBuf>,
    /// Change nothing; exit with 1 if a file is not in the format
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    standard_input: StandardInput,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    if let Some(given) = arguments.standard_input.take(&arguments.files, console)? {
        return given_text(&given, arguments.check, console);
    }
    let here = if arguments.files.is_empty() { stack_files(Path::new("."))? } else { Vec::new() };
    let files = if arguments.files.is_empty() { &here } else { &arguments.files };
    if files.is_empty() {
        return Err(no_stack_file());
    }
    let mut code = DONE;
    for path in files {
        code =
            code.max(format_one(path, arguments.check, console).unwrap_or_else(|error| console.fail(&error)));
    }
    Ok(code)
}

fn format_one(path: &Path, check: bool, console: &mut Console) -> Result<u8> {
    let text = Disk.read_text(path, MAX_STACK_BYTES)?;
    let name = disk::shown(path);
    let Some(formatted) = formatted(&name, &text, console) else {
        console.err(&format!(": `{}` was not touched\n", visible::line(&name)));
        return Ok(NOT_UNDERSTOOD);
    };
    if formatted == text {
        return Ok(DONE);
    }
    if check {
        console.say(&format!("{name} is not in the format: run `stackc fmt`"));
        return Ok(FINDINGS);
    }
    replace_text(path, &formatted)?;
    console.say(&format!("formatted {name}"));
    Ok(DONE)
}

/// Prints a text from standard input in the format.
fn given_text(given: &Given, check: bool, console: &mut Console) -> Result<u8> {
    given.check_size()?;
    let name = disk::shown(&given.path);
    let Some(formatted) = formatted(&name, &given.text, console) else {
        console.err(": nothing was printed\n");
        return Ok(NOT_UNDERSTOOD);
    };
    if !check {
        console.out(&formatted);
    } else if formatted != given.text {
        console.say(&format!("{name} is not in the format"));
        return Ok(FINDINGS);
    }
    Ok(DONE)
}

/// The text in the format; where it has mistakes they are told, up to how many there are.
fn formatted(name: &str, text: &str, console: &mut Console) -> Option<String> {
    match format(name, text) {
        Ok(formatted) => Some(formatted),
        Err(refused) => {
            let (sink, sources) = *refused;
            let look = console.err_look();
            console.err(&terminal::findings(&sink, &sources, &look));
            console.err(&terminal::summary(&sink).unwrap_or_default());
            None
        }
    }
}

/// The text in the one format, with the line endings and the byte order mark that it had.
fn format(name: &str, text: &str) -> std::result::Result<String, Box<(Sink, SourceMap)>> {
    let mut sources = SourceMap::default();
    let mut sink = Sink::default();
    let file = sources.add(name, text);
    let tree = stack::read(file, text, &mut sink);
    sink.finish();
    if sink.has_errors() {
        mask_secrets(&tree, &sources, &mut sink);
        return Err(Box::new((sink, sources)));
    }
    let printed = stack::print(&tree, text);
    let mut formatted = printed.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    if text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r')) {
        formatted = formatted.replace('\n', "\r\n");
    }
    if text.starts_with('\u{feff}') {
        formatted.insert(0, '\u{feff}');
    }
    Ok(formatted)
}
