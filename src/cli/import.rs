//! `stackc import`

mod lifting;

use std::path::{Path, PathBuf};

use clap::Args;

use super::console::Console;
use super::{DONE, NOT_UNDERSTOOD, stats};
use crate::driver::around::Surroundings;
use crate::driver::disk::shown;
use crate::driver::place::quoted;
use crate::driver::plan::{Refusal, Why};
use crate::driver::write::{make_text, replace_text};
use crate::driver::{Error, Result};
use crate::import::{Imported, Wanted, import, import_lifting, parts};
use crate::project::compose::default_files;
use crate::project::host::join;
use crate::render::{terminal, visible};

/// What may be typed behind `import`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The compose file [default: that of the current folder, as compose looks for it]
    compose: Option<PathBuf>,
    /// The stack file to write; `-` is standard output
    #[arg(short, long = "output", value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Overwrite the stack file if it is there already
    #[arg(long)]
    force: bool,
    /// Keep secrets that stand in environments in files: with `-o`, `./secrets/NAME` beside the stack file
    #[arg(long)]
    lift_secrets: bool,
    /// Also count what became statements of its own and what became raw
    #[arg(long)]
    stats: bool,
}

/// The name of a stack file that is printed, which stands beside the compose file then.
const UNNAMED: &str = "imported.stack";

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    let compose = compose_file(arguments)?;
    let output = (arguments.output != Path::new("-")).then_some(arguments.output.as_path());
    if let Some(output) = output {
        refuse_to_overwrite(output, arguments.force)?;
    }
    let stack = match output {
        Some(output) => join(".", &shown(output)),
        None => match compose.rsplit_once('/') {
            Some((folder, _)) => format!("{folder}/{UNNAMED}"),
            None => UNNAMED.to_owned(),
        },
    };
    let around = Surroundings::of([Path::new(&compose)]);
    let wanted = Wanted { compose, stack };
    let imported =
        if arguments.lift_secrets { import_lifting(&wanted, &around) } else { import(&wanted, &around) };
    tell(&imported, console);
    lifting::tell(&imported, console);
    if let Some(output) = output {
        refuse_an_original(output, &imported)?;
    }
    let Some(text) = &imported.text else {
        console.err("nothing was imported\n");
        return Ok(NOT_UNDERSTOOD);
    };
    match output {
        None => {
            console.out(text);
            lifting::tell_of_files(&imported, console);
            for line in counted(arguments, &wanted, &imported) {
                console.err(&format!("{line}\n"));
            }
        }
        Some(output) => {
            lifting::refuse_taken(&imported, output)?;
            lifting::write(&imported, output, &around, console)?;
            if arguments.force && output.symlink_metadata().is_ok() {
                replace_text(output, text)?;
            } else {
                make_text(output, text)?;
            }
            let name = shown(output);
            console.say(&format!("wrote {name}"));
            for line in counted(arguments, &wanted, &imported) {
                console.say(&line);
            }
            console.say(&format!("next: stackc build --diff {}", quoted(&name)));
        }
    }
    Ok(DONE)
}

/// `--stats`, which stands beside the stack file if that is printed.
fn counted(arguments: &Arguments, wanted: &Wanted, imported: &Imported) -> Vec<String> {
    if !arguments.stats {
        return Vec::new();
    }
    let lines = stats::of_import(&parts(wanted, imported));
    lines.iter().map(|line| visible::line(line).into_owned()).collect()
}

/// The file that was named, or the one that compose would read in the current folder.
fn compose_file(arguments: &Arguments) -> Result<String> {
    if let Some(path) = &arguments.compose {
        return Ok(join(".", &shown(path)));
    }
    let found = default_files(".", &Surroundings::of([Path::new(".")]));
    found.into_iter().next().ok_or_else(|| Error::Usage {
        what: "there is no compose file here".to_owned(),
        help: "name one: `stackc import path/to/docker-compose.yml`".to_owned(),
    })
}

fn refuse_to_overwrite(output: &Path, force: bool) -> Result<()> {
    if force || output.symlink_metadata().is_err() {
        return Ok(());
    }
    let path = shown(output);
    Err(Error::Refused(vec![Refusal { path, why: Why::Foreign }]))
}

/// What was read is not overwritten: it would be lost before anything was built.
fn refuse_an_original(output: &Path, imported: &Imported) -> Result<()> {
    let Ok(place) = output.canonicalize() else { return Ok(()) };
    let mut read = imported.sources.files().map(|file| file.name.as_str());
    let original = read.find(|name| Path::new(name).canonicalize().is_ok_and(|path| path == place));
    original.map_or(Ok(()), |name| {
        Err(Error::Usage {
            what: format!("`{name}` is what is imported, and would be overwritten"),
            help: "name another file, such as `-o app.stack`".to_owned(),
        })
    })
}

/// Findings, what was not read and what could not be said, on standard error.
fn tell(imported: &Imported, console: &mut Console) {
    let look = console.err_look();
    console.err(&terminal::findings(&imported.sink, &imported.sources, &look));
    for file in &imported.not_analysed {
        console.err(&format!("{}\n", visible::line(&format!("`{}` {}", file.path, file.why))));
    }
    for place in &imported.differing {
        let name = &imported.sources.file(place.file).name;
        let line = imported.sources.position(*place).line_number;
        let told = format!("`{name}`, line {line}: what is built from the stack file will not say the same");
        console.err(&format!("{}\n", visible::line(&told)));
    }
}
