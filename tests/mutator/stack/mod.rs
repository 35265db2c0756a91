//! Mistakes in stack files: the good files, the catalogue, and the run.

mod good;
mod index;
mod meaning;
mod names;
mod rules;
mod schema;
mod syntax;
mod types;

use stackc::compile::{Compilation, compile};
use stackc::diagnostic::{Severity, Sink};
use stackc::facts::Facts;
use stackc::render::{Look, terminal};
use stackc::source::SourceMap;
use stackc::syntax::stack;

use super::edit::Edit;
use super::run::{Base, Class, Entry, Finding, Plan, Subject, check};
use crate::property::mutation::Numbers;
use index::Good;

/// An entry for stack files: the statements of a good one are known by their rows.
pub(super) struct StackEntry {
    name: &'static str,
    class: Class,
    make: fn(&Good<'_>, &mut Numbers) -> Vec<Edit>,
}

const fn entry(
    name: &'static str,
    class: Class,
    make: fn(&Good<'_>, &mut Numbers) -> Vec<Edit>,
) -> StackEntry {
    StackEntry { name, class, make }
}

fn compiled(text: &str) -> Compilation {
    compile("good.stack", text, &mut |_| Facts::default())
}

struct Stack;

impl Subject for Stack {
    fn findings(&self, text: &str) -> Vec<Finding> {
        let compilation = compiled(text);
        let found = compilation.sink.diagnostics.iter();
        found
            .map(|found| Finding {
                line_number: compilation.sources.position(found.primary.span).line_number,
                code: found.code,
                message: found.message.clone(),
            })
            .collect()
    }

    fn shown(&self, text: &str) -> String {
        let compilation = compiled(text);
        terminal::findings(&compilation.sink, &compilation.sources, &Look::PLAIN)
    }
}

/// The whole catalogue.
fn catalogue() -> Vec<&'static StackEntry> {
    [syntax::ENTRIES, schema::ENTRIES, types::ENTRIES, names::ENTRIES, meaning::ENTRIES, rules::ENTRIES]
        .into_iter()
        .flatten()
        .collect()
}

/// The golden cases, the example and generated files, each with its name.
fn good_files(generated: u64) -> Vec<(String, String)> {
    let cases = crate::golden::cases().into_iter();
    let mut files: Vec<(String, String)> = cases
        .filter(|(name, _)| !name.ends_with("mistakes") && name != "shop")
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect();
    files.extend((0..generated).map(|seed| (format!("generated {seed}"), good::file(seed))));
    files
}

/// A good file with the mistakes that can be made in it.
fn base(name: &str, text: &str, catalogue: &[&StackEntry], numbers: &mut Numbers) -> Base {
    let compilation = compiled(text);
    let shown = terminal::findings(&compilation.sink, &compilation.sources, &Look::PLAIN);
    assert!(compilation.sink.worst() < Some(Severity::Warning), "{name} is not good:\n{text}\n{shown}");
    let file = SourceMap::default().add(name, text);
    let tree = stack::read(file, text, &mut Sink::default());
    let good = Good::new(text, &tree);
    let noisy = compilation.sink.worst().is_some();
    Base::new(
        name,
        text,
        catalogue.iter().map(|entry| {
            if noisy && entry.class == Class::Rule { Vec::new() } else { (entry.make)(&good, numbers) }
        }),
    )
}

/// Breaks so many files, with up to twelve mistakes each.
pub(crate) fn check_files(files: usize) {
    let plan = Plan { rules_every: 6, ..Plan::of(files, 12) };
    let catalogue = catalogue();
    let entries: Vec<Entry> =
        catalogue.iter().map(|entry| Entry { name: entry.name, class: entry.class }).collect();
    let mut numbers = Numbers(0x57ac_0001 + plan.seed);
    let bases: Vec<Base> =
        good_files(40).iter().map(|(name, text)| base(name, text, &catalogue, &mut numbers)).collect();
    check(&plan, &entries, &bases, &Stack);
}

/// `slow::mutator` has a thousand.
#[test]
fn every_mistake_is_reported_where_it_was_made_and_nothing_else_is() {
    check_files(60);
}
