//! `stackc explain FILE:LINE`: the statements and defaults that made a line of an emitted file.

use std::path::Path;

use super::console::Console;
use super::load::{Loaded, Stream, load};
use super::target::Target;
use super::{DONE, FINDINGS, NOT_UNDERSTOOD};
use crate::backend::{Artifact, Layout};
use crate::diagnostic::Severity;
use crate::driver::emitted::{self, Difference, OnDisk};
use crate::driver::{Error, Result, disk};
use crate::render::redact::Masks;
use crate::render::{Look, emitted as shown, origin, terminal, visible};

pub(super) fn run(target: &Target, stack: Option<&Path>, console: &mut Console) -> Result<u8> {
    let found = emitted::find(&target.file)?;
    let known = if stack.is_none() { Some(emitted::origin(&target.file, &found)?) } else { None };
    let stack = stack.or(known.as_ref().map(|known| known.stack.as_path()));
    let loaded = load(stack, "explain")?;
    let Some(made) = emit(&loaded, &loaded.stack.folder) else {
        loaded.report(console, Stream::Err, "; nothing was explained");
        return Ok(NOT_UNDERSTOOD);
    };
    let (path, folder) = match &known {
        Some(known) => (known.path.clone(), known.folder.as_path()),
        None => place(target, &loaded, &made, &found)?,
    };
    let artifact = emit(&loaded, folder).into_iter().flatten().find(|made| made.path == path);
    let Some(artifact) = artifact else {
        complain(
            console,
            target,
            &format!("is no longer made from `{}`", loaded.stack.name()),
            "`stackc build` removes it",
        );
        return Ok(FINDINGS);
    };
    let count = artifact.lines.len();
    if target.last > count {
        return Err(beyond(target, count));
    }
    let disk = emitted::compare(folder, &artifact.path, &artifact.text)?;
    let code = difference(&disk, target, &loaded, console);
    let look = console.out_look();
    console.out(&explanation(target, &artifact, &loaded, &look));
    Ok(code)
}

/// What a stack file makes for that output folder.
fn emit(loaded: &Loaded, folder: &Path) -> Option<Vec<Artifact>> {
    loaded.compilation.emit(&Layout {
        stack_dir: loaded.stack.folder.clone(),
        out_dir: folder.to_owned(),
        stack_file: loaded.stack.seen_from(folder),
    })
}

/// The artefact that a file is by its place, and the output folder that follows.
fn place<'a>(
    target: &Target,
    loaded: &Loaded,
    artifacts: &[Artifact],
    found: &'a Path,
) -> Result<(String, &'a Path)> {
    let fitting = artifacts
        .iter()
        .filter_map(|made| Some((made.path.clone(), emitted::output_folder(found, &made.path)?)));
    fitting.max_by_key(|(path, _)| path.len()).ok_or_else(|| {
        let made: Vec<String> = artifacts.iter().map(|made| format!("`{}`", made.path)).collect();
        Error::Source {
            path: disk::shown(&target.file),
            why: format!("is not made from `{}`", loaded.stack.name()),
            help: Some(format!("it makes {}", made.join(", "))),
        }
    })
}

fn beyond(target: &Target, count: usize) -> Error {
    let file = disk::shown(&target.file);
    Error::Usage {
        what: format!("`{}` has {count} lines", visible::line(&file)),
        help: format!("write a line from 1 to {count}, for example `{}:{count}`", visible::line(&file)),
    }
}

/// Says that the file is not what is explained; the exit code.
fn difference(disk: &OnDisk, target: &Target, loaded: &Loaded, console: &mut Console) -> u8 {
    let OnDisk::Differs { first, why } = disk else { return DONE };
    let stack = loaded.stack.name();
    let (what, help) = match why {
        Difference::Edited => (
            "was edited since stackc wrote it".to_owned(),
            "`stackc build --diff` shows the edits; make them in the stack file, or give them up with `--force`",
        ),
        Difference::OutOfDate => (format!("is not what `{stack}` makes now"), "run `stackc build`"),
        Difference::Unknown => {
            (format!("is not what `{stack}` makes"), "`stackc build --diff` shows the difference")
        }
    };
    let what = format!("{what}, from line {first} on; explained is the line that `{stack}` makes now");
    complain(console, target, &what, help);
    FINDINGS
}

fn complain(console: &mut Console, target: &Target, what: &str, help: &str) {
    let look = console.err_look();
    let message = format!("`{}` {what}", disk::shown(&target.file));
    let text =
        terminal::headline(Severity::Warning, None, &message, &look) + &terminal::remark("help", help, &look);
    console.err(&text);
}

/// The lines with their reasons; neighbours that have the same ones share them.
fn explanation(target: &Target, artifact: &Artifact, loaded: &Loaded, look: &Look) -> String {
    let compilation = &loaded.compilation;
    let masks = Masks::new(&compilation.sink.masked, &compilation.sources);
    let secret = shown::secret_lines(&artifact.lines, &compilation.origins, &masks, &compilation.sources);
    let lines = shown::lines(&artifact.text, &secret, &masks.values(&compilation.sources));
    let wanted = &artifact.lines[target.first - 1..target.last];
    let mut start = target.first;
    let mut parts = Vec::new();
    for alike in wanted.chunk_by(|a, b| a == b) {
        let end = start + alike.len();
        let head = heading(target, start, end - 1);
        let text = numbered(&lines[start - 1..end - 1], start, look);
        let why = origin::reasons(&alike[0], &compilation.origins, &compilation.sources, &masks, look);
        parts.push(format!("{head}{text}\n{why}"));
        start = end;
    }
    parts.join("\n")
}

fn heading(target: &Target, first: usize, last: usize) -> String {
    let file = disk::shown(&target.file);
    let lines = if first == last { first.to_string() } else { format!("{first}-{last}") };
    format!("{}:{lines}\n", visible::line(&file))
}

/// Lines with their numbers, as source lines are shown.
fn numbered(lines: &[String], first: usize, look: &Look) -> String {
    let width = (first + lines.len() - 1).to_string().len();
    let bar = if look.unicode { '│' } else { '|' };
    let row = |(index, line): (usize, &String)| {
        let text = visible::line(line);
        let cut: String = text.chars().take(look.line).collect();
        let rest = match (cut.len() < text.len(), look.unicode) {
            (false, _) => "",
            (true, true) => "…",
            (true, false) => "...",
        };
        format!(" {:>width$} {bar} {cut}{rest}", first + index).trim_end().to_owned() + "\n"
    };
    lines.iter().enumerate().map(row).collect()
}
