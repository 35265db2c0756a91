//! `stackc lint`

use std::path::{Path, PathBuf};

use clap::Args;

use super::console::Console;
use super::load::{Stream, load};
use super::{DONE, FINDINGS, NOT_UNDERSTOOD};
use crate::diagnostic::{Severity, Sink};
use crate::driver::around::Surroundings;
use crate::driver::place::stack_files;
use crate::driver::{Disk, Error, Files as _, Result, sources};
use crate::explain;
use crate::handwritten::{self, Checked, Files, Source};
use crate::project::NotAnalysed;
use crate::render::terminal;
use crate::source::MAX_FILE_BYTES;

/// What may be typed behind `lint`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files and folders [default: the only *.stack in the current folder, else the folder]
    ///
    /// Stack files, compose files, Dockerfiles, configurations of nginx. What belongs together is understood together: a
    /// compose file with what it builds, mounts and includes. What git ignores in a folder is left out.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() {
        if !stack_files(Path::new("."))?.is_empty() {
            return stack(None, console);
        }
        here.as_slice()
    } else {
        arguments.paths.as_slice()
    };
    let found = sources::find(paths);
    let mut code = DONE;
    for error in &found.refused {
        code = code.max(console.fail(error));
    }
    for path in &found.stacks {
        code = code.max(stack(Some(path), console).unwrap_or_else(|error| console.fail(&error)));
    }
    let mut files = Files {
        composes: names(&found.composes),
        dockerfiles: names(&found.dockerfiles),
        ..Files::default()
    };
    for (path, is_named) in &found.configurations {
        match source(path, *is_named) {
            Ok(source) => files.configurations.push(source),
            Err(error) => code = code.max(console.fail(&error)),
        }
    }
    let around = Surroundings::of(paths.iter().map(PathBuf::as_path));
    let (is_any, other) = handwritten(files, &around, console);
    code = code.max(other);
    if found.stacks.is_empty() && !is_any && code == DONE {
        return Err(nothing_here(&paths[0]));
    }
    Ok(code)
}

/// Lints a stack file.
fn stack(file: Option<&Path>, console: &mut Console) -> Result<u8> {
    let loaded = load(file, "lint")?;
    loaded.report(console, Stream::Out, "");
    let sink = &loaded.compilation.sink;
    if sink.diagnostics.is_empty() {
        console.say(&format!("{}: nothing found", loaded.stack.name()));
    }
    Ok(match &loaded.compilation.deployment {
        None => NOT_UNDERSTOOD,
        Some(_) => gravity(sink),
    })
}

/// Lints what people wrote, together what belongs together: whether there is anything of it, and the exit code.
fn handwritten(files: Files, around: &Surroundings, console: &mut Console) -> (bool, u8) {
    let checked = handwritten::check(files, around);
    let Checked { sources, sink, names, is_understood, unrecognised, not_analysed } = checked;
    let mut code = if is_understood { gravity(&sink) } else { NOT_UNDERSTOOD };
    for NotAnalysed { path, why, .. } in not_analysed {
        code = code.max(console.fail(&Error::Source { path, why, help: None }));
    }
    for name in unrecognised {
        let why = "is nothing that stackc knows (a stack file, a compose file, a Dockerfile or a configuration of nginx), and was not analysed";
        code = code.max(console.fail(&Error::Source { path: name, why: why.to_owned(), help: None }));
    }
    let look = console.out_look();
    console.out(&terminal::findings(&sink, &sources, &look));
    match (terminal::summary(&sink), names.as_slice()) {
        (Some(summary), _) => {
            console.say(&summary);
            let gravest = sink.diagnostics.iter().rev().max_by_key(|diagnostic| diagnostic.severity);
            let code = gravest.map(|diagnostic| diagnostic.code).filter(|code| explain::page(code).is_some());
            if let Some(code) = code {
                console.say(&format!("`stackc explain {code}` says more"));
            }
        }
        (None, []) => {}
        (None, [only]) => console.say(&format!("{only}: nothing found")),
        (None, names) => console.say(&format!("{} files: nothing found", names.len())),
    }
    (!names.is_empty(), code)
}

impl handwritten::Around for Surroundings {
    fn included(&self, first: &str, pattern: &str) -> Vec<String> {
        names(&sources::included(Path::new(first), pattern))
    }
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
}

fn source(path: &Path, is_named: bool) -> Result<Source> {
    let text = Disk.read_text(path, MAX_FILE_BYTES)?;
    Ok(Source { name: path.to_string_lossy().into_owned(), text, is_named })
}

fn gravity(sink: &Sink) -> u8 {
    match sink.worst() {
        Some(Severity::Error | Severity::Warning) => FINDINGS,
        Some(Severity::Info) | None => DONE,
    }
}

fn nothing_here(path: &Path) -> Error {
    Error::Source {
        path: path.to_string_lossy().into_owned(),
        why: "holds no stack file, compose file, Dockerfile or configuration of nginx".to_owned(),
        help: Some("name a file, or a folder with one".to_owned()),
    }
}
