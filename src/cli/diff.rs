//! `stackc diff`

mod side;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::console::Console;
use super::{DONE, FINDINGS, NOT_UNDERSTOOD};
use crate::difference::{Side, differences};
use crate::driver::Result;
use crate::render::difference::Document;
use crate::render::{terminal, visible};

/// What may be typed behind `diff`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What was: a stack file, a compose file, or a folder with a compose file
    #[arg(value_name = "A")]
    before: PathBuf,
    /// What is; where it is left out, what lies in the folder of the stack file A
    #[arg(value_name = "B")]
    after: Option<PathBuf>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How differences are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person
    Text,
    /// For a program; docs/diff.md describes it
    Json,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    let read = side::both(&arguments.before, arguments.after.as_deref(), console)?;
    let Some((before, after)) = read else { return Ok(NOT_UNDERSTOOD) };
    let are_understood = [&before, &after].map(|side| tell(side, console));
    if are_understood.contains(&false) {
        console.err("nothing was compared\n");
        return Ok(NOT_UNDERSTOOD);
    }
    let found = differences(&before, &after);
    let document = Document::new(&before, &after, &found);
    match arguments.format {
        Format::Json => console.out(&document.json()),
        Format::Text => {
            let look = console.out_look();
            console.out(&document.text(&look));
        }
    }
    let is_whole = before.opened.not_analysed.is_empty() && after.opened.not_analysed.is_empty();
    Ok(match (is_whole, document.is_same()) {
        (false, _) => NOT_UNDERSTOOD,
        (true, true) => DONE,
        (true, false) => FINDINGS,
    })
}

/// Says what keeps a side from being understood, and what of it was not read.
fn tell(side: &Side, console: &mut Console) -> bool {
    let mut sink = side.opened.sink.clone();
    sink.diagnostics.retain(|found| found.severity == crate::diagnostic::Severity::Error);
    let look = console.err_look();
    console.err(&terminal::findings(&sink, side.opened.sources(), &look));
    for file in &side.opened.not_analysed {
        console.err(&format!("{}\n", visible::line(&format!("`{}` {}", file.path, file.why))));
    }
    if !side.opened.is_understood {
        console.err(&format!("{}\n", visible::line(&format!("`{}` cannot be understood", side.name))));
    }
    side.opened.is_understood
}
