//! `stackc lint`

use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::DONE;
use super::console::Console;
use super::fixing::{self, Fixing};
use super::load::load_with;
use super::outcome::{Outcome, tell};
use crate::driver::around::Surroundings;
use crate::driver::place::stack_files;
use crate::driver::texts::Texts;
use crate::driver::{Error, Files as _, Result, sources};
use crate::handwritten::{self, Files, Source};
use crate::project::NotAnalysed;
use crate::render::report::Format;
use crate::source::MAX_FILE_BYTES;

/// What may be typed behind `lint`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How findings are written: for a person, or as one document for a program
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "terminal")]
    format: Format,
    #[command(flatten)]
    fixing: Fixing,
    /// Files and folders [default: the only *.stack in the current folder, else the folder]
    ///
    /// Stack files, compose files, Dockerfiles, configurations of nginx. What belongs together is understood together: a
    /// compose file with what it builds, mounts and includes. What git ignores in a folder is left out.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.purpose()))
    }
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    let outcomes = collect(arguments, &Texts::default())?;
    if !arguments.fixing.is_asked_for()? {
        return Ok(tell(&outcomes, arguments.format, console));
    }
    let mut again = |texts: &Texts| collect(arguments, texts);
    let mended = fixing::mend(&arguments.fixing, &arguments.paths, outcomes, &mut again)?;
    if arguments.fixing.is_shown_only() {
        return Ok(mended.show(console));
    }
    let (outcomes, failed) = mended.write(&mut again, console)?;
    let told = tell(&outcomes, arguments.format, console);
    mended.tell(arguments.format, console);
    Ok(told.max(failed))
}

/// Lints all that was asked for, where some files have other texts than those on the disk.
fn collect(arguments: &Arguments, texts: &Texts) -> Result<Vec<Outcome>> {
    let here = [PathBuf::from(".")];
    let mut outcomes = Vec::new();
    if arguments.paths.is_empty() && !stack_files(Path::new("."))?.is_empty() {
        outcomes.push(match stack(None, texts) {
            Err(error @ Error::Source { .. }) => Outcome::Failed(shown(&here[0]), error),
            other => other?,
        });
    } else if arguments.paths.is_empty() {
        all(&here, texts, &mut outcomes);
    } else {
        all(&arguments.paths, texts, &mut outcomes);
    }
    Ok(outcomes)
}

/// Lints everything among some paths.
fn all(paths: &[PathBuf], texts: &Texts, outcomes: &mut Vec<Outcome>) {
    let found = sources::find(paths);
    let path_of = |error: &Error| match error {
        Error::Source { path, .. } => path.clone(),
        Error::Usage { .. } | Error::Refused(_) | Error::Manifest { .. } | Error::System { .. } => {
            shown(&paths[0])
        }
    };
    let refused = found.refused.into_iter().map(|error| Outcome::Failed(path_of(&error), error));
    outcomes.extend(refused);
    for path in &found.stacks {
        outcomes.push(stack(Some(path), texts).unwrap_or_else(|error| Outcome::Failed(shown(path), error)));
    }
    let mut files = Files {
        composes: names(&found.composes),
        dockerfiles: names(&found.dockerfiles),
        ..Files::default()
    };
    for (path, is_named) in &found.configurations {
        match source(path, *is_named, texts) {
            Ok(source) => files.configurations.push(source),
            Err(error) => outcomes.push(Outcome::Failed(shown(path), error)),
        }
    }
    let around = Surroundings::of(paths.iter().map(PathBuf::as_path)).with(texts);
    let is_any = handwritten(files, &around, outcomes);
    if found.stacks.is_empty() && !is_any && outcomes.iter().all(|outcome| outcome.code() == DONE) {
        outcomes.push(Outcome::Failed(shown(&paths[0]), nothing_here(&paths[0])));
    }
}

/// Lints a stack file.
fn stack(file: Option<&Path>, texts: &Texts) -> Result<Outcome> {
    let loaded = load_with(file, "lint", texts)?;
    let name = loaded.stack.name();
    Ok(Outcome::Stack(Box::new(loaded), name))
}

/// Lints what people wrote, together what belongs together: whether there is anything of it.
fn handwritten(files: Files, around: &Surroundings, outcomes: &mut Vec<Outcome>) -> bool {
    let mut checked = handwritten::check(files, around);
    for NotAnalysed { path, why, .. } in std::mem::take(&mut checked.not_analysed) {
        let is_known = |outcome: &Outcome| matches!(outcome, Outcome::Failed(other, _) if *other == path);
        if outcomes.iter().any(is_known) {
            continue;
        }
        outcomes.push(Outcome::Failed(path.clone(), Error::Source { path, why, help: None }));
    }
    for path in std::mem::take(&mut checked.unrecognised) {
        let why = "is nothing that stackc knows (a stack file, a compose file, a Dockerfile or a configuration of nginx), and was not analysed";
        let error = Error::Source { path: path.clone(), why: why.to_owned(), help: None };
        outcomes.push(Outcome::Failed(path, error));
    }
    let is_any = !checked.names.is_empty();
    outcomes.push(Outcome::Handwritten(Box::new(checked)));
    is_any
}

impl handwritten::Around for Surroundings {
    fn included(&self, first: &str, pattern: &str) -> Vec<String> {
        names(&sources::included(Path::new(first), pattern))
    }
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| shown(path)).collect()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn source(path: &Path, is_named: bool, texts: &Texts) -> Result<Source> {
    let text = texts.read_text(path, MAX_FILE_BYTES)?;
    Ok(Source { name: shown(path), text, is_named })
}

fn nothing_here(path: &Path) -> Error {
    Error::Source {
        path: shown(path),
        why: "holds no stack file, compose file, Dockerfile or configuration of nginx".to_owned(),
        help: Some("name a file, or a folder with one".to_owned()),
    }
}
