//! What `apt-get` and its like are asked to do.

use super::commands::{Command, Word};
use crate::source::{SourceMap, Span};

/// A command of apt.
#[derive(Clone, Debug)]
pub(crate) struct Apt<'a> {
    /// `update`, `install`, ...
    pub(crate) action: &'a str,
    /// The word that says so.
    verb: &'a Word,
    /// The packages, as they are written.
    pub(crate) packages: Vec<&'a Word>,
    /// The values of `-o`.
    settings: Vec<&'a str>,
    command: &'a Command,
}

impl<'a> Apt<'a> {
    /// What a command asks of apt, if it does.
    pub(crate) fn of(command: &'a Command) -> Option<Self> {
        if !matches!(command.program.as_str(), "apt-get" | "apt" | "aptitude") {
            return None;
        }
        let (mut words, mut settings) = (Vec::new(), Vec::new());
        let mut args = command.args.iter();
        while let Some(word) = args.next() {
            match word.text.as_str() {
                "-o" | "--option" => settings.extend(args.next().map(|word| word.text.as_str())),
                "-t" | "-c" | "--target-release" | "--default-release" => drop(args.next()),
                text if text.starts_with("-o") => settings.push(&text[2..]),
                text if text.starts_with('-') => {}
                _ => words.push(word),
            }
        }
        let (action, packages) = words.split_first()?;
        Some(Self { action: &action.text, verb: action, packages: packages.to_vec(), settings, command })
    }

    /// Writes something behind the action.
    pub(crate) fn behind_action(&self, sources: &SourceMap, text: &str) -> Option<(Span, String)> {
        (sources.text(self.verb.span) == self.action).then(|| (self.verb.span.at_end(), text.to_owned()))
    }

    /// Writes something before the first package.
    pub(crate) fn before_packages(&self, sources: &SourceMap, text: &str) -> Option<(Span, String)> {
        let first = self.packages.first()?;
        let is_plain = sources.text(first.span).trim_matches(['"', '\'']) == first.text;
        (is_plain && sources.text(self.verb.span) == self.action)
            .then(|| (first.span.at_start(), text.to_owned()))
    }

    /// Whether packages are put in or taken out, which apt asks about.
    pub(crate) fn asks(&self) -> bool {
        matches!(
            self.action,
            "install"
                | "upgrade"
                | "dist-upgrade"
                | "full-upgrade"
                | "remove"
                | "purge"
                | "autoremove"
                | "build-dep"
        )
    }

    /// Whether packages are put in.
    pub(crate) fn installs(&self) -> bool {
        matches!(
            self.action,
            "install" | "upgrade" | "dist-upgrade" | "full-upgrade" | "build-dep" | "satisfy"
        )
    }

    /// Whether every question is answered with yes.
    pub(crate) fn is_sure(&self) -> bool {
        let quiet = |text: &str| text.bytes().skip(1).filter(|byte| *byte == b'q').count();
        let is_yes = |word: &Word| {
            let text = word.text.as_str();
            let letters = text.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
            matches!(
                text,
                "--yes"
                    | "--assume-yes"
                    | "--force-yes"
                    | "--simulate"
                    | "--dry-run"
                    | "--download-only"
                    | "-d"
                    | "-s"
            ) || letters.is_some_and(|rest| rest.contains('y') && rest.len() <= 4)
                || (letters.is_some() && quiet(text) >= 2)
        };
        let is_quiet_twice = self.command.args.iter().filter(|word| word.text == "-q").count() >= 2
            || self.command.has(&["--quiet=2", "-q=2"]);
        is_quiet_twice
            || self.command.args.iter().any(is_yes)
            || self.settings.iter().any(|setting| setting.contains("Assume-Yes"))
    }

    /// Whether recommended packages are left out.
    pub(crate) fn is_frugal(&self) -> bool {
        self.command.has(&["--no-install-recommends", "--without-recommends", "-R"])
            || self.settings.iter().any(|setting| setting.contains("Install-Recommends"))
    }
}
