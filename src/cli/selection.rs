//! What is told of, how grave it is, and what fails a lint: `stackc.toml`, and what is typed over it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueEnum};

use super::outcome::Outcome;
use crate::diagnostic::{Severity, Sink, nearest};
use crate::driver::looked::Looked;
use crate::driver::settings::{Found, find, here, named as file_named};
use crate::driver::{Error, Result};
use crate::explain;
use crate::lint::judge::{Level, Policy, named, names};
use crate::render::{Look, terminal};
use crate::settings::{self, Settings, Threshold};
use crate::source::SourceMap;

/// Where settings come from.
#[derive(Debug, Args)]
pub(super) struct ConfigFile {
    /// The settings [default: the nearest stackc.toml of the folder or above, inside of the repository]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read no stackc.toml
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
}

/// What may be typed about rules.
#[derive(Debug, Args)]
pub(super) struct Selection {
    #[command(flatten)]
    file: ConfigFile,
    #[command(flatten)]
    levels: Typed,
    /// From which findings on the exit code is 1 [default: warning]
    #[arg(long, value_name = "LEVEL", value_enum)]
    fail_on: Option<Threshold>,
}

/// Levels of rules, in the order in which they were typed.
#[derive(Debug, Default)]
struct Typed {
    levels: Vec<(Level, String)>,
}

/// The options that give a rule a level, and what they are for.
const OPTIONS: [(&str, Level, &str); 3] = [
    (
        "deny",
        Level::At(Severity::Error),
        "Take the findings of a rule, or of a group such as `docker`, for errors",
    ),
    ("warn", Level::At(Severity::Warning), "Take them for warnings"),
    ("allow", Level::Off, "Do not tell of them; of several options for a rule the last one counts"),
];

impl Args for Typed {
    fn augment_args(command: Command) -> Command {
        OPTIONS.iter().fold(command, |command, (name, _, help)| {
            command.arg(Arg::new(*name).long(*name).value_name("RULE").action(ArgAction::Append).help(*help))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Typed {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let mut typed: Vec<(usize, Level, String)> = Vec::new();
        for (name, level, _) in OPTIONS {
            let places = matches.indices_of(name).into_iter().flatten();
            let rules = matches.get_many::<String>(name).into_iter().flatten();
            typed.extend(places.zip(rules).map(|(place, rule)| (place, level, rule.clone())));
        }
        typed.sort_by_key(|(place, ..)| *place);
        Ok(Self { levels: typed.into_iter().map(|(_, level, rule)| (level, rule)).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl ValueEnum for Threshold {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Error, Self::Warning, Self::Info, Self::Never]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (word, _) = Self::ALL.iter().find(|(_, threshold)| threshold == self)?;
        Some(PossibleValue::new(*word))
    }
}

/// What holds for a run.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// What was decided about rules.
    pub(super) policy: Policy,
    /// From which findings on a lint fails.
    pub(super) fail_on: Threshold,
    /// The baseline that stackc.toml names, as it is to be opened.
    pub(super) baseline: Option<PathBuf>,
    /// Whether stackc.toml was looked for, because nobody said which one holds.
    is_searched: bool,
    /// The folder in which it was.
    folder: Option<PathBuf>,
}

impl Settled {
    /// The files of settings in some folders that do not hold for this run although nobody said which does.
    pub(super) fn passed_over<'a>(&self, folders: impl Iterator<Item = &'a Path>) -> Vec<PathBuf> {
        if !self.is_searched {
            return Vec::new();
        }
        let settings = folders.map(|folder| folder.join(settings::NAME));
        let is_used = |path: &PathBuf| self.folder.is_some() && path.parent().and_then(real) == self.folder;
        let settings = settings.filter(|path| path.symlink_metadata().is_ok() && !is_used(path));
        settings.collect::<BTreeSet<PathBuf>>().into_iter().collect()
    }
}

fn real(folder: &Path) -> Option<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.canonicalize().ok()
}

/// Settings that cannot be understood, with what is wrong.
#[derive(Debug)]
pub(super) struct Misread {
    /// The file.
    pub(super) name: String,
    /// Its text.
    pub(super) sources: SourceMap,
    /// What is wrong in it.
    pub(super) sink: Sink,
}

impl Misread {
    /// What a person is shown of it.
    pub(super) fn shown(&self, look: &Look) -> String {
        let findings = terminal::findings(&self.sink, &self.sources, look);
        let summary = terminal::summary(&self.sink).unwrap_or_default();
        format!("{findings}{summary}; nothing else was looked at\n")
    }
}

impl ConfigFile {
    /// What the file for some paths says.
    pub(super) fn settle(
        &self,
        paths: &[PathBuf],
        looked: &mut Looked,
    ) -> Result<std::result::Result<Settled, Box<Misread>>> {
        let (found, is_searched) = match &self.config {
            Some(path) => (Some(file_named(path, looked)?), false),
            None if self.no_config => (None, false),
            None => (find(settings::NAME, paths, looked)?, true),
        };
        let folder = found.as_ref().map(|found| found.folder.clone());
        let settled = found.map_or_else(|| Ok(Ok(Settled::default())), understood)?;
        Ok(settled.map(|settled| Settled { is_searched, folder, ..settled }))
    }
}

impl Selection {
    /// What holds for some paths. What cannot be understood is an outcome like any other.
    pub(super) fn settle(
        &self,
        paths: &[PathBuf],
        looked: &mut Looked,
    ) -> Result<std::result::Result<Settled, Outcome>> {
        let typed = self.levels.rules()?;
        let mut settled = match self.file.settle(paths, looked)? {
            Ok(settled) => settled,
            Err(misread) => return Ok(Err(Outcome::Misread(misread))),
        };
        for (rule, level) in typed {
            settled.policy.levels.set(rule, level);
        }
        settled.fail_on = self.fail_on.unwrap_or(settled.fail_on);
        Ok(Ok(settled))
    }
}

impl Typed {
    /// The rules that are meant, in order.
    fn rules(&self) -> Result<Vec<(&'static str, Level)>> {
        let mut rules = Vec::new();
        for (level, name) in &self.levels {
            let meant = named(name);
            if meant.is_empty() && explain::page(name).is_some() {
                return Err(Error::Usage {
                    what: format!("`{name}` is no rule"),
                    help: "only rules have levels; what keeps a file from being understood is always told"
                        .to_owned(),
                });
            }
            if meant.is_empty() {
                let near = nearest(name, names()).map(|near| format!("did you mean `{near}`? "));
                return Err(Error::Usage {
                    what: format!("there is no rule or group `{name}`"),
                    help: format!("{}`stackc explain --list` lists the rules", near.unwrap_or_default()),
                });
            }
            rules.extend(meant.into_iter().map(|rule| (rule, *level)));
        }
        Ok(rules)
    }
}

fn understood(found: Found) -> Result<std::result::Result<Settled, Box<Misread>>> {
    let Found { name, text, folder } = found;
    let (mut sources, mut sink) = (SourceMap::default(), Sink::default());
    let file = sources.add(name.clone(), text.as_str());
    let Settings { mut policy, fail_on, baseline } = settings::read(file, &text, &mut sink);
    if sink.has_errors() {
        sink.finish();
        return Ok(Err(Box::new(Misread { name, sources, sink })));
    }
    policy.exclusions.folder = folder.to_string_lossy().into_owned();
    policy.exclusions.here = here()?.to_string_lossy().into_owned();
    let baseline = baseline.map(|path| folder.join(path));
    Ok(Ok(Settled { policy, fail_on: fail_on.unwrap_or_default(), baseline, ..Settled::default() }))
}
