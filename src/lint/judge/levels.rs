//! What people say of a rule: that it is off, or how grave its findings are.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Severity;
use crate::lint::rules;

/// What becomes of the findings of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// They are not told.
    Off,
    /// They are, and are so grave, whatever the rule says.
    At(Severity),
}

impl Level {
    /// Every level, by the word that people write.
    pub const ALL: [(&str, Self); 4] = [
        ("off", Self::Off),
        ("info", Self::At(Severity::Info)),
        ("warning", Self::At(Severity::Warning)),
        ("error", Self::At(Severity::Error)),
    ];

    /// The level of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, level)| *level)
    }
}

/// The levels of rules; one that has none is as grave as it says itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    of_rules: BTreeMap<&'static str, Level>,
}

impl Levels {
    /// The level of a rule, if somebody gave it one.
    pub fn of(&self, rule: &str) -> Option<Level> {
        self.of_rules.get(rule).copied()
    }

    /// Whether a rule is turned off.
    pub fn is_off(&self, rule: &str) -> bool {
        self.of(rule) == Some(Level::Off)
    }

    /// Gives a rule a level, in the place of the one that it had.
    pub fn set(&mut self, rule: &'static str, level: Level) {
        self.of_rules.insert(rule, level);
    }
}

/// The rules that a name stands for: a rule's own, or a group, which is the first word of the names of its rules. None
/// for a name of neither.
pub fn named(name: &str) -> Vec<&'static str> {
    let rules = rules::ALL.iter().map(|rule| rule.code);
    rules.filter(|code| *code == name || group_of(code) == name).collect()
}

/// Every name that stands for rules: those of the rules, and behind them those of the groups.
pub fn names() -> Vec<&'static str> {
    let rules = rules::ALL.iter().map(|rule| rule.code);
    let groups: BTreeSet<&'static str> = rules.clone().map(group_of).collect();
    rules.chain(groups).collect()
}

/// The group of a rule.
pub fn group_of(code: &str) -> &str {
    code.split('-').next().unwrap_or(code)
}
