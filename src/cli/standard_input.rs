//! `-`: a text that comes from standard input, in the place of a file's.

use std::path::{Path, PathBuf};

use clap::Args;

use super::console::Console;
use crate::driver::sources::{Said, Sources, said_by_name, tidy};
use crate::driver::texts::Texts;
use crate::driver::{Error, Result, disk, standard_input};
use crate::handwritten::content::{Content, content_of};
use crate::source::{MAX_FILE_BYTES, MAX_STACK_BYTES};

/// What may be typed with `-`.
#[derive(Debug, Args)]
pub(super) struct StandardInput {
    /// With `-`: the file whose text comes from standard input
    ///
    /// It need not exist. The files around it are read as they are, and findings name it.
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
}

/// A text that was given in the place of a file's.
#[derive(Debug)]
pub(super) struct Given {
    /// The file; `-` if none was named.
    pub(super) path: PathBuf,
    /// What would stand in it.
    pub(super) text: String,
}

impl StandardInput {
    /// Reads standard input if one of the paths is `-`.
    pub(super) fn take(&self, paths: &[PathBuf], console: &mut Console) -> Result<Option<Given>> {
        match paths {
            [only] if only == Path::new("-") => {}
            several if several.iter().any(|path| path == Path::new("-")) => {
                return Err(usage(
                    "`-` cannot stand with other paths",
                    "name it alone, or a file of that name as `./-`",
                ));
            }
            _ if self.stdin_filename.is_some() => {
                return Err(usage("`--stdin-filename` is for a text from standard input", "add `-`"));
            }
            _ => return Ok(None),
        }
        let path = tidy(self.stdin_filename.as_deref().unwrap_or(Path::new("-")));
        check_place(&path)?;
        if standard_input::is_typed() {
            console.err("reading from the terminal; Ctrl-D on a line of its own ends the text\n");
        }
        let is_stack = said_by_name(&path) == Some(Said::Stack);
        let most = if is_stack { MAX_STACK_BYTES } else { MAX_FILE_BYTES };
        let text = standard_input::read(&disk::shown(&path), most)?;
        Ok(Some(Given { path, text }))
    }
}

/// Whether a file could be at that path.
fn check_place(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = disk::shown(path);
    if path.is_dir() {
        Err(usage(&format!("`{shown}` is a folder"), "name the file that the text is for"))
    } else if !folder.is_dir() {
        let what = format!("the folder of `{shown}` does not exist");
        Err(usage(&what, "name a file in a folder that is there: those around it count"))
    } else {
        Ok(())
    }
}

impl Given {
    /// What is to be linted, by the name or else by the text.
    pub(super) fn sources(&self) -> Result<Sources> {
        let by_content = || {
            content_of(&self.text).map(|content| match content {
                Content::Stack => Said::Stack,
                Content::Compose => Said::Compose,
                Content::Dockerfile => Said::Dockerfile,
                Content::Nginx => Said::Nginx,
            })
        };
        let said = said_by_name(&self.path).or_else(by_content).ok_or_else(|| {
            let what = "what the text from standard input is cannot be told";
            usage(what, "say which file it is for, for example `--stdin-filename docker-compose.yml`")
        })?;
        if said == Said::Stack {
            self.check_size()?;
        }
        Ok(Sources::of_one(self.path.clone(), said))
    }

    /// The text among those that other files would have.
    pub(super) fn among(&self, texts: &Texts) -> Texts {
        let mut all = texts.clone();
        let name = disk::shown(&self.path);
        if all.get(&name).is_none() {
            all.set(&name, self.text.as_str());
        }
        all
    }

    /// Whether it may be a stack file.
    pub(super) fn check_size(&self) -> Result<()> {
        if self.text.len() as u64 > MAX_STACK_BYTES {
            let why = format!("is larger than {} MiB and was not read", MAX_STACK_BYTES / 1024 / 1024);
            return Err(Error::Source { path: disk::shown(&self.path), why, help: None });
        }
        Ok(())
    }

    /// That what was asked for is about files.
    pub(super) fn is_no_file() -> Error {
        usage(
            "`--changed` and `--write-baseline` are for files, not for a text from standard input",
            "name the files",
        )
    }

    /// That there is no file to be changed.
    pub(super) fn cannot_be_mended() -> Error {
        usage(
            "`--fix` changes files, and the text comes from standard input",
            "`--diff` shows what would change",
        )
    }
}

fn usage(what: &str, help: &str) -> Error {
    Error::Usage { what: what.to_owned(), help: help.to_owned() }
}
