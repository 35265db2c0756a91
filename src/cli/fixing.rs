//! `stackc lint --fix`, `--fix --unsafe` and `--diff`: rounds of fixes in memory, then one look at what came of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::console::Console;
use super::outcome::Outcome;
use super::{DONE, FINDINGS};
use crate::driver::mend::{self, Owner, Owners};
use crate::driver::texts::Texts;
use crate::driver::{Error, Result, disk};
use crate::fix::{self, Part};
use crate::render::diff::{self, Side};
use crate::render::redact::Masks;
use crate::render::report::Format;
use crate::render::{Look, visible};
use crate::settings::Threshold;
use crate::syntax::{dockerfile, nginx, stack, yaml};

/// What may be typed.
#[derive(Debug, Args)]
pub(super) struct Fixing {
    /// Mend what can be mended without changing what it means, and tell what remains
    #[arg(long)]
    fix: bool,
    /// With `--fix` or `--diff`: also what a person should look at afterwards
    #[arg(long = "unsafe")]
    with_unsafe: bool,
    /// Write nothing and show what `--fix` would change; exit with 1 if there is something
    #[arg(long, conflicts_with = "format")]
    diff: bool,
}

impl Fixing {
    /// Whether anything is to be mended.
    pub(super) fn is_asked_for(&self) -> Result<bool> {
        if self.with_unsafe && !self.fix && !self.diff {
            return Err(Error::Usage {
                what: "`--unsafe` says which fixes are meant, and none is asked for".to_owned(),
                help: "`--diff --unsafe` shows what they would change, `--fix --unsafe` makes them"
                    .to_owned(),
            });
        }
        Ok(self.fix || self.diff)
    }

    /// Whether nothing is to be written.
    pub(super) fn is_shown_only(&self) -> bool {
        self.diff
    }
}

/// Looks at everything again, where some files have other texts.
type Again<'a> = dyn FnMut(&Texts) -> Result<Vec<Outcome>> + 'a;

/// What came of the fixes; nothing of it is written yet.
pub(super) struct Mended {
    /// What was found before.
    before: Vec<Outcome>,
    /// What would be found afterwards; `None` if nothing was mended.
    after: Option<Vec<Outcome>>,
    texts: Texts,
    counts: BTreeMap<String, usize>,
    notes: Vec<String>,
}

/// Mends what can be, in rounds, each of which looks at what the one before it made. With `is_given`, the text of the
/// only path did not come from the disk, where there may be none.
pub(super) fn mend(
    fixing: &Fixing,
    paths: &[PathBuf],
    is_given: bool,
    before: Vec<Outcome>,
    again: &mut Again<'_>,
) -> Result<Mended> {
    let here = [PathBuf::from(".")];
    let owners = Owners::around(if paths.is_empty() { &here } else { paths }.iter().map(PathBuf::as_path));
    let mut mended =
        Mended { before, after: None, texts: Texts::default(), counts: BTreeMap::new(), notes: Vec::new() };
    let mut stopped: BTreeSet<String> = BTreeSet::new();
    for round in 0..fix::MOST_ROUNDS {
        let outcomes = mended.after.as_ref().unwrap_or(&mended.before);
        let is_the_given = |name: &str| is_given && paths.iter().any(|path| disk::shown(path) == name);
        let may_edit =
            |name: &str| !stopped.contains(name) && (is_the_given(name) || owners.of(name) == Owner::Person);
        let chosen = fix::choose(&parts(outcomes), fixing.with_unsafe, &may_edit);
        if round == 0 {
            mended
                .notes
                .extend(chosen.refused.iter().filter_map(|(name, count)| left_out(name, *count, &owners)));
        }
        if chosen.files.is_empty() {
            break;
        }
        let mut texts = mended.texts.clone();
        for (name, changes) in &chosen.files {
            if let Some(text) = text_of(outcomes, name) {
                texts.set(name, changes.apply(&text));
            }
        }
        let mut after = again(&texts)?;
        let broken = broken(outcomes, &after, chosen.files.keys());
        for name in &broken {
            match mended.texts.get(name) {
                Some(text) => texts.set(name, Arc::clone(text)),
                None => texts.forget(name),
            }
            mended.notes.push(format!(
                "`{name}`: the fixes of a round were taken back, because what they make of it cannot be read"
            ));
        }
        if !broken.is_empty() {
            after = again(&texts)?;
        }
        for (name, changes) in chosen.files.iter().filter(|(name, _)| !broken.contains(*name)) {
            *mended.counts.entry(name.clone()).or_default() += changes.mended;
        }
        stopped.extend(broken);
        (mended.texts, mended.after) = (texts, Some(after));
    }
    Ok(mended)
}

/// Says why fixes of a file were not made, where that is not plain to see.
fn left_out(name: &str, count: usize, owners: &Owners) -> Option<String> {
    let Owner::Made(stack) = owners.of(name) else { return None };
    let (fixes, were) = if count == 1 { ("fix", "was") } else { ("fixes", "were") };
    Some(format!(
        "`{name}`: {count} {fixes} {were} left out, because stackc makes it from `{stack}`: edit that file, and run \
         `stackc build`"
    ))
}

fn parts(outcomes: &[Outcome]) -> Vec<Part<'_>> {
    let parts = outcomes.iter().filter_map(Outcome::part);
    parts.map(|part| Part { sources: part.sources, sink: part.sink }).collect()
}

/// The text of a file as it was looked at.
fn text_of(outcomes: &[Outcome], name: &str) -> Option<Arc<str>> {
    let mut files = parts(outcomes).into_iter().flat_map(|part| part.sources.files());
    files.find(|file| file.name == name).map(|file| Arc::clone(&file.text))
}

/// The files that are worse to read than before.
fn broken<'a>(
    before: &[Outcome],
    after: &[Outcome],
    changed: impl Iterator<Item = &'a String> + Clone,
) -> BTreeSet<String> {
    let codes =
        [stack::mistakes::CODES, yaml::mistakes::CODES, dockerfile::mistakes::CODES, nginx::mistakes::CODES];
    let mut broken =
        fix::broken(&parts(before), &parts(after), changed.clone().map(String::as_str), &codes.concat());
    let fails = |outcomes: &[Outcome], name: &str| {
        outcomes.iter().any(|outcome| matches!(outcome, Outcome::Failed(other, _) if other == name))
    };
    broken.extend(changed.filter(|name| fails(after, name) && !fails(before, name)).cloned());
    broken
}

impl Mended {
    /// Every file that would change: its name, its text, and what it would be.
    fn changes(&self) -> Vec<(&str, Arc<str>, &Arc<str>)> {
        let changes =
            self.texts.iter().filter_map(|(name, new)| Some((name, text_of(&self.before, name)?, new)));
        changes.filter(|(_, old, new)| old != *new).collect()
    }

    /// Shows what would change: the exit code.
    pub(super) fn show(&self, console: &mut Console) -> u8 {
        let look = console.out_look();
        let mut code = DONE;
        for (name, old, new) in self.changes() {
            console.out(&self.difference(name, &old, new, &look));
            code = FINDINGS;
        }
        // What cannot be read even then was not looked at, whatever there is to change elsewhere.
        let remaining = self.after.as_ref().unwrap_or(&self.before);
        for outcome in remaining {
            if let Outcome::Failed(_, error) = outcome {
                code = code.max(console.fail(error));
            }
        }
        self.notes(console);
        remaining
            .iter()
            .map(|outcome| outcome.code(Threshold::default()))
            .filter(|code| *code > FINDINGS)
            .fold(code, u8::max)
    }

    fn difference(&self, name: &str, old: &str, new: &str, look: &Look) -> String {
        let after = self.after.as_ref().unwrap_or(&self.before);
        let all = [parts(&self.before), parts(after)].concat();
        let masked: Vec<Masks> = all.iter().map(|part| Masks::new(&part.sink.masked, part.sources)).collect();
        let hidden: Vec<&str> =
            masked.iter().zip(&all).flat_map(|(masks, part)| masks.values(part.sources)).collect();
        let (old_masks, new_masks) = (masks_of(&self.before, name), masks_of(after, name));
        let old = Side { text: old, masked: &old_masks };
        diff::edited(name, &old, &Side { text: new, masked: &new_masks }, &hidden, look)
    }

    /// Writes every changed file: what is found now, and the exit code of what could not be written.
    pub(super) fn write(
        &mut self,
        again: &mut Again<'_>,
        console: &mut Console,
    ) -> Result<(Vec<Outcome>, u8)> {
        let mut code = DONE;
        let mut left = Vec::new();
        for (name, old, new) in self.changes() {
            if let Err(error) = mend::replace(Path::new(name), &old, new) {
                code = code.max(console.fail(&error));
                left.push(name.to_owned());
            }
        }
        for name in left {
            self.texts.forget(&name);
            self.counts.remove(&name);
        }
        Ok((again(&self.texts)?, code))
    }

    /// Says how much was mended; `format` has standard output to itself unless it is for a person.
    pub(super) fn tell(&self, format: Format, console: &mut Console) {
        self.notes(console);
        let files = self.changes().len();
        let count: usize = self.counts.values().sum();
        let line = match (count, files) {
            (_, 0) | (0, _) => "nothing could be mended".to_owned(),
            (1, _) => "mended 1 finding".to_owned(),
            (count, 1) => format!("mended {count} findings"),
            (count, files) => format!("mended {count} findings in {files} files"),
        };
        console.beside(format, &line);
    }

    fn notes(&self, console: &mut Console) {
        for note in &self.notes {
            console.err(&format!("{}\n", visible::line(note)));
        }
    }
}

/// The places of secrets in a file, by whichever reading of it.
fn masks_of(outcomes: &[Outcome], name: &str) -> Vec<std::ops::Range<usize>> {
    let of_part = |part: &Part<'_>| -> Vec<std::ops::Range<usize>> {
        let masked = part.sink.masked.iter();
        masked.filter(|span| part.sources.file(span.file).name == name).map(|span| span.range()).collect()
    };
    parts(outcomes).iter().flat_map(of_part).collect()
}
