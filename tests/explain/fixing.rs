//! Every fix mends what it is offered for: over all bad examples, all fixes are made until there is none left.
//!
//! `docs/fixable.tsv` says of every code whether its examples are mended: `safe`, `unsafe`, or both where it depends.
//! `STACKC_BLESS=1 cargo test --test main explain` rewrites it.

use std::collections::{BTreeMap, BTreeSet};

use stackc::diagnostic::{Safety, Severity, Sink};
use stackc::explain::{Example, Language, Page, all};
use stackc::fix::{self, Part};
use stackc::handwritten::check_memory;
use stackc::project::host::Memory;
use stackc::render::terminal;
use stackc::source::SourceMap;
use stackc::syntax::{dockerfile, nginx, stack, yaml};

use super::{LOOK, NAME, Reading, examples, project_files, projects};
use crate::snapshot::repository;

/// Looks at files, given by their names.
type Look<'a> = dyn Fn(&BTreeMap<String, String>) -> (Sink, SourceMap) + 'a;

/// Files that are looked at together, and how.
pub(crate) struct Bench<'a> {
    /// By their names.
    pub(crate) texts: BTreeMap<String, String>,
    /// What is found in them.
    pub(crate) look: Box<Look<'a>>,
}

/// What came of all fixes.
pub(crate) struct Fixed {
    pub(crate) before: (Sink, SourceMap),
    pub(crate) after: (Sink, SourceMap),
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) mended: usize,
}

/// The codes of the readers.
pub(crate) fn readers() -> Vec<&'static str> {
    [stack::mistakes::CODES, yaml::mistakes::CODES, dockerfile::mistakes::CODES, nginx::mistakes::CODES]
        .concat()
}

impl Bench<'_> {
    /// Makes all fixes, in three rounds at most: what is wrong with that, if something is.
    pub(crate) fn fix(mut self) -> Result<Fixed, String> {
        let before = (self.look)(&self.texts);
        let mut now = before.clone();
        let mut mended = 0;
        for _ in 0..fix::MOST_ROUNDS {
            let part = Part { sources: &now.1, sink: &now.0 };
            let round = fix::choose(&[part], true, &|name| self.texts.contains_key(name));
            if round.files.is_empty() {
                break;
            }
            for (name, changes) in &round.files {
                let text = changes.apply(&self.texts[name]);
                self.texts.insert(name.clone(), text);
                mended += changes.mended;
            }
            let new = (self.look)(&self.texts);
            let names = round.files.keys().map(String::as_str);
            let (old, made) =
                (Part { sources: &now.1, sink: &now.0 }, Part { sources: &new.1, sink: &new.0 });
            if !fix::broken(&[old], &[made], names, &readers()).is_empty() {
                return Err(format!("does not read any more:\n{}", self.shown(&new)));
            }
            now = new;
        }
        let part = Part { sources: &now.1, sink: &now.0 };
        if !fix::choose(&[part], true, &|name| self.texts.contains_key(name)).files.is_empty() {
            let left = now.0.diagnostics.iter().filter(|found| found.fix.is_some());
            let left: Vec<String> = left
                .map(|found| format!("{} {:?}", found.code, found.fix.as_ref().map(|fix| &fix.edits)))
                .collect();
            return Err(format!("does not converge: {}\n{}", left.join("\n"), self.shown(&now)));
        }
        Ok(Fixed { before, after: now, texts: self.texts, mended })
    }

    fn shown(&self, (sink, sources): &(Sink, SourceMap)) -> String {
        let texts: Vec<String> = self.texts.iter().map(|(name, text)| format!("== {name}\n{text}")).collect();
        format!("{}\n{}", texts.concat(), terminal::findings(sink, sources, &LOOK))
    }
}

impl Fixed {
    /// The codes that are found oftener than before.
    pub(crate) fn new_codes(&self) -> BTreeSet<&'static str> {
        let count = |sink: &Sink| {
            let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
            for found in &sink.diagnostics {
                *counts.entry(found.code).or_default() += 1;
            }
            counts
        };
        let before = count(&self.before.0);
        let after = count(&self.after.0);
        after
            .into_iter()
            .filter(|(code, count)| before.get(code).is_none_or(|old| old < count))
            .map(|(code, _)| code)
            .collect()
    }

    /// What is found of codes that are found oftener than before, a line each.
    pub(crate) fn new_findings(&self) -> Vec<String> {
        let codes = self.new_codes();
        let told = |(sink, sources): &(Sink, SourceMap)| -> Vec<String> {
            let new = sink.diagnostics.iter().filter(|found| codes.contains(found.code));
            let line = |found: &stackc::diagnostic::Diagnostic| {
                let file = sources.file(found.primary.span.file);
                let text = &file.text[file.line_range(file.line_index(found.primary.span.start))];
                format!("  {} {}: {} | {}", found.code, file.name, found.message, text.trim())
            };
            new.map(line).collect()
        };
        let before = told(&self.before);
        told(&self.after).into_iter().filter(|line| !before.contains(line)).collect()
    }

    fn says(&self, code: &str) -> bool {
        self.after.0.diagnostics.iter().any(|found| found.code == code)
    }

    fn shown(&self) -> String {
        let texts: Vec<String> = self.texts.iter().map(|(name, text)| format!("== {name}\n{text}")).collect();
        format!("{}\n{}", texts.concat(), terminal::findings(&self.after.0, &self.after.1, &LOOK))
    }
}

/// The bad examples of a page, each ready to be mended.
fn benches(page: &Page) -> Vec<Bench<'static>> {
    let mut benches = Vec::new();
    for example in examples(page, true) {
        let name = match example.language {
            Language::Stack => NAME,
            Language::Yaml => "docker-compose.yml",
            Language::Dockerfile => "Dockerfile",
            Language::Nginx | Language::Env => "nginx.conf",
            Language::Toml => "stackc.toml",
        };
        let texts = BTreeMap::from([(name.to_owned(), example.text.clone())]);
        let look = move |texts: &BTreeMap<String, String>| {
            let reading = Reading::of(&Example { text: texts[name].clone(), ..example.clone() });
            (reading.sink, reading.sources)
        };
        benches.push(Bench { texts, look: Box::new(look) });
    }
    for project in projects(page).into_iter().filter(|project| project[0].bad) {
        let (files, modes) = project_files(&project);
        let look = move |texts: &BTreeMap<String, String>| {
            let mut memory = Memory::new(texts.clone());
            for (name, mode) in &modes {
                memory = memory.with_mode(name, u32::from_str_radix(mode, 8).unwrap(), 0);
            }
            let checked = check_memory(&memory);
            (checked.sink, checked.sources)
        };
        benches.push(Bench { texts: files.into_iter().collect(), look: Box::new(look) });
    }
    benches
}

#[test]
fn every_fix_mends_its_bad_examples_and_nothing_else_appears() {
    let mut wrong = Vec::new();
    for page in all() {
        for bench in benches(&page) {
            let fixed = match bench.fix() {
                Ok(fixed) => fixed,
                Err(why) => {
                    wrong.push(format!("##### {}: {why}", page.code));
                    continue;
                }
            };
            let own = fixed.before.0.diagnostics.iter().filter(|found| found.code == page.code);
            let is_mended = own.clone().count() > 0 && own.clone().all(|found| found.fix.is_some());
            if is_mended && fixed.says(page.code) {
                wrong.push(format!("##### {} is still found\n{}", page.code, fixed.shown()));
            }
            // What could not be understood before may hold anything.
            let was_understood = fixed.before.0.worst() != Some(Severity::Error);
            let new = fixed.new_codes();
            if was_understood && !new.is_empty() {
                wrong.push(format!("##### {}: {new:?} appear\n{}", page.code, fixed.shown()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{} are wrong", wrong.join("\n"), wrong.len());
}

#[test]
fn the_list_of_what_is_mended_is_as_the_examples_show() {
    let mut lines = vec!["# Which codes come with a fix, as their bad examples show. tests/explain/fixing.rs makes this list.\n".to_owned()];
    for page in all() {
        let mut kinds: BTreeSet<&str> = BTreeSet::new();
        for bench in benches(&page) {
            let (sink, _) = (bench.look)(&bench.texts);
            let own = sink.diagnostics.iter().filter(|found| found.code == page.code);
            kinds.extend(own.filter_map(|found| found.fix.as_ref()).map(|fix| match fix.safety {
                Safety::Safe => "safe",
                Safety::Unsafe => "unsafe",
            }));
        }
        if !kinds.is_empty() {
            let kinds: Vec<&str> = kinds.into_iter().collect();
            lines.push(format!("{}\t{}\n", page.code, kinds.join(" ")));
        }
    }
    let path = repository().join("docs/fixable.tsv");
    if std::env::var_os("STACKC_BLESS").is_some() {
        std::fs::write(&path, lines.concat()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), lines.concat());
}
