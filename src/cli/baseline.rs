//! `lint --baseline`: leaves out the findings that a file holds, and writes that file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::NOT_UNDERSTOOD;
use super::console::Console;
use super::outcome::{Outcome, parts};
use super::selection::Settled;
use crate::diagnostic::{Diagnostic, Severity};
use crate::driver::disk::shown;
use crate::driver::looked::Looked;
use crate::driver::place::{path_from, project_root, quoted};
use crate::driver::settings::here;
use crate::driver::write::{make_text, replace_text};
use crate::driver::{Disk, Error, Files as _, Result};
use crate::explain;
use crate::lint::judge::Levels;
use crate::render::baseline::{Baseline, Entry, Key, Unusable, entries};
use crate::render::report::{Format, Report};
use crate::settings::Threshold;

/// Where a baseline is written if nobody says where.
const DEFAULT: &str = "stackc-baseline.json";

/// The largest baseline that is read, in bytes: some fifty thousand findings.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// What may be typed about a baseline.
#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Leave out the findings that FILE holds
    ///
    /// Without it, those that the baseline of stackc.toml holds. They are known by their rule, their file and what their line says, not by the number of the line.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what is found to the baseline, so that only what is new is told from now on
    ///
    /// Without `--baseline`, that is the one that stackc.toml names, or else stackc-baseline.json in the current folder.
    #[arg(long, conflicts_with_all = ["fix", "diff", "watch", "stdin_filename"])]
    write_baseline: bool,
    /// Tell what is in the baseline of stackc.toml as well
    #[arg(long, conflicts_with_all = ["baseline", "write_baseline"])]
    no_baseline: bool,
}

/// A baseline that is used in this run.
#[derive(Debug)]
pub(super) struct Chosen {
    path: PathBuf,
    /// Its folder, absolute and without links.
    folder: PathBuf,
    /// What it holds; `None` if it is still to be made.
    held: Option<Baseline>,
    /// A rule that is off finds nothing.
    levels: Levels,
    is_written: bool,
    /// Whether all that the baseline is for is linted, so that what is not found is gone.
    is_whole: bool,
    /// What it did at last, for a person.
    effect: Vec<String>,
}

impl Arguments {
    /// Whether what is found becomes the baseline.
    pub(super) fn is_to_be_written(&self) -> bool {
        self.write_baseline
    }

    /// The baseline that was asked for, read before anything is linted below some paths.
    pub(super) fn choose(
        &self,
        settled: &Settled,
        paths: &[PathBuf],
        looked: &mut Looked,
    ) -> Result<Option<Chosen>> {
        let path = match (&self.baseline, &settled.baseline) {
            (Some(path), _) => path.clone(),
            (None, _) if self.no_baseline => return Ok(None),
            (None, Some(path)) => of_settings(path)?,
            (None, None) if self.write_baseline => PathBuf::from(DEFAULT),
            (None, None) => return Ok(None),
        };
        looked.file(&path);
        let levels = settled.policy.levels.clone();
        let mut chosen = Chosen::read(path, levels, self.write_baseline)?;
        chosen.is_whole = is_whole(paths, &chosen.folder);
        Ok(Some(chosen))
    }
}

impl Chosen {
    fn read(path: PathBuf, levels: Levels, is_written: bool) -> Result<Self> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = parent.unwrap_or(Path::new("."));
        let folder = folder.canonicalize().map_err(|_| Error::Source {
            path: shown(&path),
            why: "does not exist, nor does its folder".to_owned(),
            help: Some("make the folder first".to_owned()),
        })?;
        let is_there = path.symlink_metadata().is_ok();
        let held = if is_there || !is_written { Some(read(&path)?) } else { None };
        Ok(Self { path, folder, held, levels, is_written, is_whole: false, effect: Vec::new() })
    }

    /// Leaves out what the baseline holds, and writes it if that was asked for.
    fn apply(&mut self, outcomes: &mut [Outcome]) -> Result<()> {
        let found = {
            let path_of = |name: &str| path_from(&self.folder, Path::new(name));
            let report = Report { parts: parts(outcomes), ..Report::default() };
            entries(&report, &path_of, &may_be_held)
        };
        let gone = self.gone(&found, outcomes);
        let mut effect = Vec::new();
        if self.is_written {
            effect.push(self.write(&found, &gone, outcomes)?);
        }
        let holds = |key: &Key| self.held.as_ref().is_some_and(|held| held.holds(key));
        let is_held = |entry: &Option<Entry>| entry.as_ref().is_some_and(|entry| holds(&entry.key));
        let sinks = outcomes.iter_mut().filter_map(Outcome::sink_mut);
        let mut count = 0;
        for (sink, entries) in sinks.zip(&found) {
            count += sink.accept(|index| is_held(&entries[index]));
        }
        if !self.is_written {
            effect.extend(left_out(&self.path, count));
            effect.extend(no_longer_found(&self.path, gone.len()));
        }
        self.effect = effect;
        Ok(())
    }

    /// The entries that are no longer found, of files that this run would find them in, and of files that are gone.
    fn gone(&self, found: &[Vec<Option<Entry>>], outcomes: &[Outcome]) -> BTreeSet<Key> {
        let Some(held) = &self.held else { return BTreeSet::new() };
        let keys: BTreeSet<Key> = found.iter().flatten().flatten().map(|entry| entry.key.clone()).collect();
        let judged = outcomes.iter().filter(|outcome| outcome.code(Threshold::default()) != NOT_UNDERSTOOD);
        let judged = judged.filter(|outcome| self.is_whole || matches!(outcome, Outcome::Stack(..)));
        let files: BTreeSet<String> =
            judged.flat_map(Outcome::names).map(|name| path_from(&self.folder, Path::new(name))).collect();
        let is_missing = |path: &str| {
            let found = self.folder.join(path).symlink_metadata();
            found.is_err_and(|cause| cause.kind() == std::io::ErrorKind::NotFound)
        };
        held.gone(&keys, |key| {
            // What is written in another file lives and goes with it.
            let path = key.path.split(", dockerfile_inline of ").next().unwrap_or(&key.path);
            !self.levels.is_off(&key.rule) && files.contains(path) || is_missing(path)
        })
    }

    /// Writes what was found, with what stands for files that were not judged now, and says so.
    fn write(
        &mut self,
        found: &[Vec<Option<Entry>>],
        gone: &BTreeSet<Key>,
        outcomes: &[Outcome],
    ) -> Result<String> {
        if outcomes.iter().all(|outcome| outcome.names().is_empty()) {
            return Ok(format!("`{}` was not written: nothing was analysed", shown(&self.path)));
        }
        let is_new = self.held.is_none();
        let mut written = self.held.clone().unwrap_or_default();
        written.remove(gone);
        for entry in found.iter().flatten().flatten() {
            written.add(entry.clone());
        }
        let text = written.text();
        if is_new {
            make_text(&self.path, &text)?;
        } else if self.held.as_ref() != Some(&written) {
            replace_text(&self.path, &text)?;
        }
        let name = shown(&self.path);
        let (count, removed) = (written.len(), gone.len());
        self.held = Some(written);
        let mut said = format!("`{name}` holds {}", counted(count, "finding", "findings"));
        if removed > 0 {
            let removed = counted(removed, "that is no longer found was", "that are no longer found were");
            said.push_str(&format!("; {removed} taken out"));
        }
        let more: usize = outcomes.iter().map(Outcome::only_counted).sum();
        if more > 0 {
            said.push_str(&format!(
                "; {} not in it",
                counted(more, "more was only counted and is", "more were only counted and are")
            ));
        }
        Ok(format!("{said}. `stackc lint --baseline {}` tells what is new", quoted(&name)))
    }
}

/// Leaves out what the baseline of this run holds; see [`Chosen::apply`].
pub(super) fn apply(baseline: Option<&mut Chosen>, outcomes: &mut [Outcome]) -> Result<()> {
    baseline.map_or(Ok(()), |baseline| baseline.apply(outcomes))
}

/// Whether some paths are all that a baseline is for, or a whole repository: what files beside them show of one is not known
/// otherwise. No path stands for the current folder.
fn is_whole(paths: &[PathBuf], folder: &Path) -> bool {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    let is_around = |path: &PathBuf| {
        let path = path.canonicalize();
        path.is_ok_and(|path| folder.starts_with(&path) || path.join(".git").symlink_metadata().is_ok())
    };
    paths.iter().all(|path| path.is_dir()) && paths.iter().any(is_around)
}

/// Says what a baseline did: to a person behind the findings, beside a document on standard error.
pub(super) fn tell(baseline: Option<&Chosen>, format: Format, console: &mut Console) {
    for line in baseline.iter().flat_map(|baseline| &baseline.effect) {
        console.beside(format, line);
    }
}

/// Whether a baseline may hold a finding: not what keeps a file from being understood.
fn may_be_held(finding: &Diagnostic) -> bool {
    explain::page(finding.code).is_none_or(|page| page.is_rule || page.severity != Severity::Error)
}

/// The baseline that stackc.toml names, as it is seen from here. Whoever made the project wrote that, so that it may lead
/// to no file outside of it.
fn of_settings(path: &Path) -> Result<PathBuf> {
    let named = PathBuf::from(path_from(&here()?, path));
    let parent = path.parent().unwrap_or(path);
    let real = path.canonicalize().or_else(|_| parent.canonicalize());
    if real.is_ok_and(|real| !real.starts_with(project_root(parent))) {
        let why = "is the baseline of stackc.toml, and a link that leads out of the project".to_owned();
        let help = Some("put the file itself there, or name it with `--baseline`".to_owned());
        return Err(Error::Source { path: shown(&named), why, help });
    }
    Ok(named)
}

fn read(path: &Path) -> Result<Baseline> {
    let text = Disk.read_text(path, MAX_BYTES).map_err(|error| {
        if path.is_dir() {
            let (why, help) = ("is a folder".to_owned(), "name the file in it".to_owned());
            return Error::Source { path: shown(path), why, help: Some(help) };
        }
        if path.exists() {
            return error;
        }
        let name = quoted(&shown(path));
        Error::Source {
            path: shown(path),
            why: "does not exist".to_owned(),
            help: Some(format!("`stackc lint --write-baseline --baseline {name}` makes it")),
        }
    })?;
    Baseline::read(&text).map_err(|unusable| {
        let help = match unusable {
            Unusable::Foreign => {
                "name the file that `--write-baseline` wrote; no other is overwritten".to_owned()
            }
            Unusable::Damaged { is_merge: true, .. } => {
                "take the lines of both sides, remove the marks, and see that all but the last end in a comma"
                    .to_owned()
            }
            Unusable::Damaged { is_merge: false, .. } => {
                "take it back from git; or delete it, and `--write-baseline` makes it anew".to_owned()
            }
            Unusable::Newer(_) => "run the program that wrote it, or a later one".to_owned(),
        };
        Error::Source { path: shown(path), why: unusable.to_string(), help: Some(help) }
    })
}

fn left_out(path: &Path, count: usize) -> Option<String> {
    let are = counted(count, "finding is", "findings are");
    (count > 0).then(|| format!("{are} in the baseline `{}` and left out", shown(path)))
}

fn no_longer_found(path: &Path, count: usize) -> Option<String> {
    let are = counted(count, "entry", "entries");
    let (is, it) = if count == 1 { ("is", "it") } else { ("are", "them") };
    let name = shown(path);
    (count > 0).then(|| format!("{are} of `{name}` {is} no longer found: `--write-baseline` removes {it}"))
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
