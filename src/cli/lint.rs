//! `stackc lint`

use std::path::{Path, PathBuf};

use clap::Args;

use super::console::Console;
use super::load::{Stream, load};
use super::{DONE, FINDINGS, NOT_UNDERSTOOD};
use crate::diagnostic::{Severity, Sink};
use crate::driver::{Disk, Error, Files, Result, sources};
use crate::explain;
use crate::handwritten::{self, Checked, Project, Source};
use crate::render::terminal;
use crate::source::MAX_FILE_BYTES;

/// What may be typed behind `lint`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Stack files, configurations of nginx, and folders with either [default: the only *.stack in the current folder]
    ///
    /// What git ignores in a folder is left out. A configuration is linted with the files that it includes.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<u8> {
    if arguments.paths.is_empty() {
        return stack(None, console);
    }
    let found = sources::find(&arguments.paths);
    let mut code = DONE;
    for error in &found.refused {
        code = code.max(console.fail(error));
    }
    for path in &found.stacks {
        code = code.max(stack(Some(path), console).unwrap_or_else(|error| console.fail(&error)));
    }
    let mut texts = Vec::new();
    for (path, is_named) in &found.configurations {
        match source(path, *is_named) {
            Ok(source) => texts.push(source),
            Err(error) => code = code.max(console.fail(&error)),
        }
    }
    let (is_any, nginx_code) = nginx(texts, console);
    code = code.max(nginx_code);
    if found.stacks.is_empty() && !is_any && code == DONE {
        return Err(nothing_here(&arguments.paths[0]));
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

/// Lints configurations of nginx, those together that include each other: whether there is one among the texts, and
/// the exit code.
fn nginx(texts: Vec<Source>, console: &mut Console) -> (bool, u8) {
    let mut disk = Included::default();
    let checked = handwritten::check(texts, &mut disk);
    let Checked { sources, sink, names, is_understood, unrecognised } = checked;
    let mut code = if is_understood { gravity(&sink) } else { NOT_UNDERSTOOD };
    for error in &disk.unread {
        code = code.max(console.fail(error));
    }
    for name in unrecognised {
        let why = "is no stack file and does not look like a configuration of nginx, and was not analysed";
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
        (None, names) => console.say(&format!("{} configurations of nginx: nothing found", names.len())),
    }
    (!names.is_empty(), code)
}

/// The files that configurations include.
#[derive(Debug, Default)]
struct Included {
    unread: Vec<Error>,
}

impl Project for Included {
    fn included(&mut self, first: &str, pattern: &str) -> Vec<String> {
        let files = sources::included(Path::new(first), pattern);
        files.iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }

    fn read(&mut self, name: &str) -> Option<String> {
        match Disk.read_text(Path::new(name), MAX_FILE_BYTES) {
            Ok(text) => Some(text),
            Err(error) => {
                self.unread.push(error);
                None
            }
        }
    }
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
        why: "holds no stack file and no configuration of nginx".to_owned(),
        help: Some("name a file, or a folder with one".to_owned()),
    }
}
