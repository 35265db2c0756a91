//! `stackc lint`

use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::console::Console;
use super::fixing::{self, Fixing};
use super::load::load_linted;
use super::made::Makers;
use super::outcome::{Outcome, tell};
use super::progress::Progress;
use super::selection::{Selection, Settled};
use super::standard_input::{Given, StandardInput};
use super::watch::{self, Watching};
use super::{DONE, baseline};
use crate::driver::around::Surroundings;
use crate::driver::looked::Looked;
use crate::driver::place::stack_files;
use crate::driver::sources::{self, Sources};
use crate::driver::texts::Texts;
use crate::driver::{Error, Files as _, Result};
use crate::handwritten::{self, Files, Source};
use crate::project::NotAnalysed;
use crate::render::report::Format;
use crate::settings::Threshold;
use crate::source::MAX_FILE_BYTES;

/// What may be typed behind `lint`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How findings are written: for a person, or as one document for a program
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "terminal")]
    format: Format,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    baseline: baseline::Arguments,
    #[command(flatten)]
    fixing: Fixing,
    /// Files and folders [default: the only *.stack in the current folder, else the folder]
    ///
    /// Stack files, compose files, Dockerfiles, configurations of nginx. What belongs together is understood together: a
    /// compose file with what it builds, mounts and includes. What git ignores in a folder is left out. `-` is a text
    /// from standard input; a file of that name is `./-`.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The paths are files that changed: lint every deployment of the current folder that one of them belongs to
    ///
    /// What is no source of a deployment is passed over, as it is in a folder. For hooks.
    #[arg(long, requires = "paths")]
    changed: bool,
    #[command(flatten)]
    standard_input: StandardInput,
    #[command(flatten)]
    watching: Watching,
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
    let given = arguments.standard_input.take(&arguments.paths, console)?;
    let fixes = arguments.fixing.is_asked_for()?;
    if given.is_some() && fixes && !arguments.fixing.is_shown_only() {
        return Err(Given::cannot_be_mended());
    }
    if given.is_some() && (arguments.changed || arguments.baseline.is_to_be_written()) {
        return Err(Given::is_no_file());
    }
    if arguments.watching.watch {
        let is_told_by_line = matches!(arguments.format, Format::Terminal | Format::Short);
        if given.is_some() || fixes || !is_told_by_line {
            return Err(watch::usage());
        }
        return watch::again(console, |looked, console| {
            let settled = match arguments.selection.settle(&arguments.paths, looked)? {
                Ok(settled) => settled,
                Err(misread) => return Ok(tell(&[misread], arguments.format, Threshold::default(), console)),
            };
            let mut baseline = arguments.baseline.choose(&settled, &arguments.paths, looked)?;
            let mut outcomes = collect(arguments, &settled, None, &Texts::default(), looked)?;
            baseline::apply(baseline.as_mut(), &mut outcomes)?;
            let code = tell(&outcomes, arguments.format, settled.fail_on, console);
            baseline::tell(baseline.as_ref(), arguments.format, console);
            Ok(code)
        });
    }
    let paths = given.as_ref().map_or(arguments.paths.as_slice(), |given| std::slice::from_ref(&given.path));
    let settled = match arguments.selection.settle(paths, &mut Looked::new())? {
        Ok(settled) => settled,
        Err(misread) => return Ok(tell(&[misread], arguments.format, Threshold::default(), console)),
    };
    let mut baseline = arguments.baseline.choose(&settled, paths, &mut Looked::new())?;
    let mut again = |texts: &Texts| {
        let mut outcomes = collect(arguments, &settled, given.as_ref(), texts, &mut Looked::new())?;
        baseline::apply(baseline.as_mut(), &mut outcomes)?;
        Ok(outcomes)
    };
    let outcomes = again(&Texts::default())?;
    if !fixes {
        let code = tell(&outcomes, arguments.format, settled.fail_on, console);
        baseline::tell(baseline.as_ref(), arguments.format, console);
        return Ok(code);
    }
    let mut mended = fixing::mend(&arguments.fixing, paths, given.is_some(), outcomes, &mut again)?;
    if arguments.fixing.is_shown_only() {
        return Ok(mended.show(console));
    }
    let (outcomes, failed) = mended.write(&mut again, console)?;
    let told = tell(&outcomes, arguments.format, settled.fail_on, console);
    baseline::tell(baseline.as_ref(), arguments.format, console);
    mended.tell(arguments.format, console);
    Ok(told.max(failed))
}

/// Lints all that was asked for, where some files have other texts than those on the disk, and tells what was looked at.
fn collect(
    arguments: &Arguments,
    settled: &Settled,
    given: Option<&Given>,
    texts: &Texts,
    looked: &mut Looked,
) -> Result<Vec<Outcome>> {
    let _progress = Progress::of("linting");
    let here = [PathBuf::from(".")];
    let mut outcomes = Vec::new();
    if let Some(given) = given {
        let texts = given.among(texts);
        let around = Surroundings::of([given.path.as_path()]).with(&texts).with_file(&given.path);
        all(given.sources()?, &given.path, settled, &texts, &around, &mut outcomes);
    } else if arguments.paths.is_empty() && !stack_files(Path::new("."))?.is_empty() {
        looked.searched(&here[0]);
        outcomes.push(match stack(None, settled, texts) {
            Err(error @ Error::Source { .. }) => Outcome::Failed(shown(&here[0]), error),
            other => other?,
        });
    } else if arguments.paths.is_empty() {
        below(&here, settled, texts, looked, &mut outcomes);
    } else if arguments.changed {
        changed(&arguments.paths, settled, texts, looked, &mut outcomes);
    } else {
        below(&arguments.paths, settled, texts, looked, &mut outcomes);
    }
    for outcome in &outcomes {
        outcome.tell(looked);
    }
    Ok(outcomes)
}

/// Lints everything among some paths.
fn below(
    paths: &[PathBuf],
    settled: &Settled,
    texts: &Texts,
    looked: &mut Looked,
    outcomes: &mut Vec<Outcome>,
) {
    let around = Surroundings::of(paths.iter().map(PathBuf::as_path)).with(texts);
    let found = sources::find(paths);
    found.tell(looked);
    for path in paths {
        looked.file(path);
    }
    let parents = paths.iter().filter(|path| !path.is_dir()).filter_map(|path| path.parent());
    let passed_over = settled.passed_over(found.folders.iter().map(PathBuf::as_path).chain(parents));
    all(found, &paths[0], settled, texts, &around, outcomes);
    if !passed_over.is_empty() {
        outcomes.push(Outcome::PassedOver(passed_over));
    }
    around.tell(looked);
}

/// Lints some files that changed, with every deployment of this folder that one of them belongs to.
fn changed(
    paths: &[PathBuf],
    settled: &Settled,
    texts: &Texts,
    looked: &mut Looked,
    outcomes: &mut Vec<Outcome>,
) {
    let here = PathBuf::from(".");
    let paths: Vec<PathBuf> = paths.iter().map(|path| sources::seen_from_here(path)).collect();
    let around = Surroundings::of([here.as_path()].into_iter().chain(paths.iter().map(PathBuf::as_path)));
    let around = around.with(texts);
    let mut found = sources::changed(&paths);
    let there = sources::find(&[here]);
    there.tell(looked);
    let related = handwritten::related(&names(&there.composes), &names(&paths), &around);
    found.composes.extend(related.into_iter().map(PathBuf::from));
    found.composes.sort();
    found.composes.dedup();
    lint(found, settled, texts, &around, outcomes);
    around.tell(looked);
}

/// Lints everything that was found.
fn all(
    found: Sources,
    first: &Path,
    settled: &Settled,
    texts: &Texts,
    around: &Surroundings,
    outcomes: &mut Vec<Outcome>,
) {
    let is_any = lint(found, settled, texts, around, outcomes);
    if !is_any && outcomes.iter().all(|outcome| outcome.code(Threshold::Info) == DONE) {
        outcomes.push(Outcome::Failed(shown(first), nothing_here(first)));
    }
}

/// Lints everything that was found: whether there was anything of it.
fn lint(
    found: Sources,
    settled: &Settled,
    texts: &Texts,
    around: &Surroundings,
    outcomes: &mut Vec<Outcome>,
) -> bool {
    let path_of = |error: &Error| match error {
        Error::Source { path, .. } => path.clone(),
        Error::Usage { .. } | Error::Refused(_) | Error::Manifest { .. } | Error::System { .. } => {
            ".".to_owned()
        }
    };
    let refused = found.refused.into_iter().map(|error| Outcome::Failed(path_of(&error), error));
    outcomes.extend(refused);
    for path in &found.stacks {
        let outcome = stack(Some(path), settled, texts);
        outcomes.push(outcome.unwrap_or_else(|error| Outcome::Failed(shown(path), error)));
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
    handwritten(files, settled, around, outcomes) || !found.stacks.is_empty()
}

/// Lints a stack file.
fn stack(file: Option<&Path>, settled: &Settled, texts: &Texts) -> Result<Outcome> {
    let loaded = load_linted(file, "lint", &settled.policy, texts)?;
    let name = loaded.stack.name();
    Ok(Outcome::Stack(Box::new(loaded), name))
}

/// Lints what people wrote, together what belongs together: whether there is anything of it.
fn handwritten(files: Files, settled: &Settled, around: &Surroundings, outcomes: &mut Vec<Outcome>) -> bool {
    let mut checked = handwritten::check_under(&settled.policy, files, around);
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
    Makers::of(outcomes).leave_out_theirs(&mut checked);
    outcomes.push(Outcome::Handwritten(Box::new(checked)));
    is_any
}

impl handwritten::Around for Surroundings {
    fn included(&self, first: &str, pattern: &str) -> Vec<String> {
        self.note_listed(sources::folder_of_pattern(Path::new(first), pattern));
        names(&sources::included(Path::new(first), pattern, self.given()))
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
