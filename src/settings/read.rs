//! Reads `stackc.toml`. Whatever is wrong in it is told of at its place; the rest is read all the same.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Settings, Threshold};
use crate::diagnostic::{Diagnostic, Sink, nearest};
use crate::lint::judge::{Exclusion, Level, Paths, named, names};
use crate::source::{FileId, Span};

/// What may stand in the file.
pub(super) const KEYS: [&str; 4] = ["fail-on", "baseline", "rules", "exclude"];

/// What may stand in `[[exclude]]`.
pub(super) const EXCLUDE_KEYS: [&str; 4] = ["paths", "services", "rules", "reason"];

/// What a text says; `file` is its number, for the places of what is wrong in it.
pub fn read(file: FileId, text: &str, sink: &mut Sink) -> Settings {
    let mut reader = Reader { file, text, sink };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().unwrap_or(0..0);
        reader.refuse("settings-syntax", at, format!("this is no TOML: {}", error.message()), |it| {
            it.help("https://toml.io describes the form")
        });
    }
    let mut settings = Settings::default();
    // What is read of a broken file may be anything.
    if errors.is_empty() {
        reader.settings(table.get_ref(), &mut settings);
    }
    settings
}

type Key<'k> = (&'k str, Range<usize>);

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    sink: &'a mut Sink,
}

impl Reader<'_> {
    fn settings(&mut self, table: &DeTable<'_>, settings: &mut Settings) {
        for (key, value) in table {
            let key = (key.get_ref().as_ref(), key.span());
            match key.0 {
                "fail-on" => settings.fail_on = self.word(&key, value, &Threshold::ALL),
                "baseline" => settings.baseline = self.path(&key, value),
                "rules" => self.rules(&key, value, settings),
                "exclude" => self.exclusions(&key, value, settings),
                _ => self.unknown_key(&key, &KEYS),
            }
        }
    }

    /// `[rules]`: what a rule is told by its own name counts more than what its group is told.
    fn rules(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>, settings: &mut Settings) {
        let Some(table) = value.get_ref().as_table() else {
            return self.wrong_type(key, value, "a table of rules with their levels");
        };
        let mut levels = Vec::new();
        for (name, value) in table {
            let name = (name.get_ref().as_ref(), name.span());
            let rules = self.rules_of(name.0, &name.1);
            if let Some(level) = self.word(&name, value, &Level::ALL) {
                let is_group = rules.iter().all(|rule| *rule != name.0);
                levels.push((!is_group, rules, level));
            }
        }
        levels.sort_by_key(|(is_own, ..)| *is_own);
        for (_, rules, level) in levels {
            for rule in rules {
                settings.policy.levels.set(rule, level);
            }
        }
    }

    fn exclusions(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>, settings: &mut Settings) {
        let Some(list) = value.get_ref().as_array() else {
            return self.wrong_type(key, value, "a list of tables: `[[exclude]]`");
        };
        for entry in list {
            let Some(table) = entry.get_ref().as_table() else {
                self.wrong_type(key, entry, "a list of tables: `[[exclude]]`");
                continue;
            };
            let exclusion = self.exclusion(entry.span(), table);
            settings.policy.exclusions.list.extend(exclusion);
        }
    }

    /// One exclusion; `None` if anything in it is wrong, so that it leaves out nothing that was not meant.
    fn exclusion(&mut self, at: Range<usize>, table: &DeTable<'_>) -> Option<Exclusion> {
        let before = self.sink.diagnostics.len();
        let mut exclusion = Exclusion::default();
        let (mut has_reason, mut has_place) = (false, false);
        for (key, value) in table {
            let key = (key.get_ref().as_ref(), key.span());
            match key.0 {
                "paths" => {
                    has_place = true;
                    for (pattern, at) in self.list(&key, value) {
                        match Paths::parse(&pattern) {
                            Ok(paths) => exclusion.paths.push(paths),
                            Err(why) => self.wrong_value(at, &format!("`{pattern}` {why}"), |it| {
                                it.help("patterns are like `legacy/**` and begin in the folder of this file")
                            }),
                        }
                    }
                }
                "services" => {
                    has_place = true;
                    let names = self.list(&key, value);
                    exclusion.services.extend(names.into_iter().map(|(name, _)| name));
                }
                "rules" => {
                    for (name, at) in self.list(&key, value) {
                        exclusion.rules.extend(self.rules_of(&name, &at));
                    }
                }
                "reason" => {
                    has_reason = true;
                    let reason = self.text(&key, value).unwrap_or_default();
                    reason.trim().clone_into(&mut exclusion.reason);
                }
                _ => self.unknown_key(&key, &EXCLUDE_KEYS),
            }
        }
        if !has_place {
            self.refuse("settings-missing", at.clone(), "nothing says what is left out".to_owned(), |it| {
                it.note("a rule that nobody is to hear of is turned off: `[rules]`, `RULE = \"off\"`")
                    .help("write `paths = [\"legacy/**\"]`, or `services = [\"db\"]`")
            });
        }
        if !has_reason {
            self.refuse("settings-missing", at, "nothing says why this is left out".to_owned(), |it| {
                it.help("write `reason = \"...\"`: whoever reads this next year will ask")
            });
        }
        (self.sink.diagnostics.len() == before).then_some(exclusion)
    }

    /// The rules that a name stands for; of one that stands for none is told.
    fn rules_of(&mut self, name: &str, at: &Range<usize>) -> BTreeSet<&'static str> {
        let rules = named(name);
        if rules.is_empty() {
            let near = nearest(name, names());
            self.refuse(
                "settings-unknown-rule",
                at.clone(),
                format!("there is no rule or group `{name}`"),
                |it| it.did_you_mean(near).help("`stackc explain --list` lists the rules"),
            );
        }
        rules.into_iter().collect()
    }

    /// One of some words.
    fn word<T: Copy>(
        &mut self,
        key: &Key<'_>,
        value: &Spanned<DeValue<'_>>,
        words: &[(&str, T)],
    ) -> Option<T> {
        let all = words.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let Some(word) = value.get_ref().as_str() else {
            self.wrong_type(key, value, &format!("one of {all}, in quotes"));
            return None;
        };
        let found = words.iter().find(|(name, _)| *name == word).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let near = nearest(word, words.iter().map(|(word, _)| *word)).map(|near| format!("\"{near}\""));
            let message = format!("`{}` cannot be `{word}`", key.0);
            self.wrong_value(value.span(), &message, |it| {
                it.did_you_mean(near.as_deref()).help(format!("it is one of {all}"))
            });
        }
        found
    }

    fn text(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, value, "a text in quotes");
            return None;
        };
        if text.trim().is_empty() {
            self.wrong_value(value.span(), &format!("`{}` is empty", key.0), |it| it.help("say something"));
            return None;
        }
        Some(text.to_owned())
    }

    fn path(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = self.text(key, value)?;
        if text.starts_with('/') || text.split('/').any(|part| part == "..") {
            let message = format!("`{}` leads out of the folder of this file", key.0);
            self.wrong_value(value.span(), &message, |it| it.help("write a path that stays in it"));
            return None;
        }
        Some(text)
    }

    /// The texts of a list, each with its place.
    fn list(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>) -> Vec<(String, Range<usize>)> {
        const LIST: &str = "a list of texts: `[\"a\", \"b\"]`";
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(key, value, LIST);
            return Vec::new();
        };
        if list.is_empty() {
            self.wrong_value(value.span(), &format!("`{}` is empty", key.0), |it| {
                it.help("name something, or leave it out")
            });
        }
        let mut texts = Vec::new();
        for item in list {
            match item.get_ref().as_str() {
                Some(text) => texts.push((text.to_owned(), item.span())),
                None => self.wrong_type(key, item, LIST),
            }
        }
        texts
    }

    fn unknown_key(&mut self, key: &Key<'_>, known: &[&str]) {
        let near = nearest(key.0, known.iter().copied());
        let all = known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let message = format!("`{}` is no setting", key.0);
        self.refuse("settings-unknown-key", key.1.clone(), message, |it| {
            it.did_you_mean(near).help(format!("here may stand {all}"))
        });
    }

    fn wrong_type(&mut self, key: &Key<'_>, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let message = format!("`{}` is not {wanted}", key.0);
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.wrong_value(value.span(), &message, |it| it.here(format!("this is {found}")));
    }

    fn wrong_value(&mut self, at: Range<usize>, message: &str, more: impl FnOnce(Diagnostic) -> Diagnostic) {
        self.refuse("settings-value", at, message.to_owned(), more);
    }

    fn refuse(
        &mut self,
        code: &'static str,
        at: Range<usize>,
        message: String,
        more: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let boundary = |at: usize| (0..=at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        let start = boundary(at.start.min(self.text.len()));
        let end = boundary(at.end.clamp(start, self.text.len()));
        let finding = Diagnostic::error(code, message, Span::new(self.file, start, end));
        self.sink.push(more(finding));
    }
}
