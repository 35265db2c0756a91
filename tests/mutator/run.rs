//! Chooses mistakes that do not hide each other, makes them, and compares what is reported with what was done.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::edit::{Edit, Mutated};
use crate::property::mutation::Numbers;

/// In which company a mistake can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Any.
    Ordinary,
    /// It takes a brace away or puts one in: only one of them stands in a file.
    Brace,
    /// It is found by a rule, and rules look only at what compiles: only others of this class stand in its file.
    Rule,
}

/// What an entry of a catalogue is called, and its class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// What was done wrong.
    pub(crate) name: &'static str,
    pub(crate) class: Class,
}

/// A good file and the mistakes that can be made in it.
pub(crate) struct Base {
    pub(crate) name: String,
    pub(crate) text: String,
    /// By entry of the catalogue.
    pub(crate) candidates: Vec<Vec<Edit>>,
}

impl Base {
    /// A good file with every mistake that each entry has for it.
    pub(crate) fn new(
        name: impl Into<String>,
        text: &str,
        candidates: impl Iterator<Item = Vec<Edit>>,
    ) -> Self {
        let candidates = candidates
            .enumerate()
            .map(|(entry, edits)| edits.into_iter().map(|edit| edit.of_entry(entry, text)).collect())
            .collect();
        Self { name: name.into(), text: text.to_owned(), candidates }
    }
}

/// What was reported, and where.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) line_number: usize,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// A language whose files are broken.
pub(crate) trait Subject {
    /// What is reported for a text.
    fn findings(&self, text: &str) -> Vec<Finding>;

    /// The same as a person sees it.
    fn shown(&self, text: &str) -> String;

    /// What else must hold: says what does not.
    fn other(&self, _base: &Base, _edits: &[&Edit], _mutated: &Mutated) -> Option<String> {
        None
    }
}

/// The classes and the greatest number of mistakes of a run.
pub(crate) struct Plan {
    pub(crate) files: usize,
    pub(crate) seed: u64,
    pub(crate) most: usize,
    /// Every so many files there is one for the rules; 0 for none.
    pub(crate) rules_every: usize,
    /// Whether to go on after the first file that fails, and tell of each way to fail once.
    pub(crate) all: bool,
}

impl Plan {
    /// So many files unless the environment asks for more or for others.
    pub(crate) fn of(files: usize, most: usize) -> Self {
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
        Self {
            files: number("STACKC_MUTATOR_FILES").map_or(files, |files: u64| usize::try_from(files).unwrap()),
            seed: number("STACKC_MUTATOR_SEED").unwrap_or(1),
            most,
            rules_every: 0,
            all: std::env::var_os("STACKC_MUTATOR_ALL").is_some(),
        }
    }
}

#[allow(clippy::print_stdout, reason = "how often each entry was used is worth seeing")]
/// Breaks `plan.files` files and checks each; says how often each entry was used.
pub(crate) fn check(plan: &Plan, entries: &[Entry], bases: &[Base], subject: &dyn Subject) {
    let mut numbers = Numbers(0x0005_eed0_5eed_u64.wrapping_mul(plan.seed.wrapping_mul(2) + 1));
    let mut used = vec![0_usize; entries.len()];
    let classes: Vec<Class> = entries.iter().map(|entry| entry.class).collect();
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for round in 0..plan.files {
        let count = round % plan.most + 1;
        let rules = plan.rules_every > 0 && round % plan.rules_every == plan.rules_every - 1;
        let (base, edits) = choose(bases, &classes, rules, count, &used, &mut numbers);
        for edit in &edits {
            used[edit.entry] += 1;
        }
        if problem(base, &edits, subject).is_some() {
            let least = shrink(base, edits, subject);
            let (key, shown) = report(base, &least, entries, subject);
            assert!(plan.all, "{shown}\n{round} files were right before this one");
            failures.entry(key).or_default().push(shown);
        }
    }
    let mut histogram = String::new();
    for (entry, used) in entries.iter().zip(&used) {
        writeln!(histogram, "{used:6} {}", entry.name).unwrap();
    }
    println!("{histogram}");
    for shown in failures.values().map(|shown| &shown[0]) {
        println!("{shown}");
    }
    for (key, shown) in &failures {
        println!("{:5} {key}", shown.len());
    }
    assert!(failures.is_empty(), "see above");
    let least = (plan.files / 25).min(100);
    for (entry, used) in entries.iter().zip(&used) {
        assert!(*used >= least, "`{}` was tried {used} times only\n{histogram}", entry.name);
    }
}

/// A base and so many mistakes in it, those first that were tried least.
fn choose<'b>(
    bases: &'b [Base],
    classes: &[Class],
    rules: bool,
    count: usize,
    used: &[usize],
    numbers: &mut Numbers,
) -> (&'b Base, Vec<&'b Edit>) {
    for _ in 0..1000 {
        let base = numbers.pick(bases);
        let mut order: Vec<(usize, usize)> = used
            .iter()
            .enumerate()
            .filter(|(entry, _)| (classes[*entry] == Class::Rule) == rules)
            .map(|(entry, used)| (used * 4 + numbers.below(40), entry))
            .collect();
        order.sort_unstable();
        let mut chosen: Vec<&Edit> = Vec::new();
        // The second time round, entries are used again in the same file.
        for (_, entry) in order.iter().chain(&order).chain(&order) {
            if chosen.len() == count {
                break;
            }
            let brace = |edit: &&Edit| classes[edit.entry] == Class::Brace;
            if classes[*entry] == Class::Brace && chosen.iter().any(brace) {
                continue;
            }
            let candidates = &base.candidates[*entry];
            for _ in 0..4_usize.min(candidates.len()) {
                let edit = numbers.pick(candidates);
                if !chosen.iter().any(|other| other.is_in_the_way_of(edit)) {
                    chosen.push(edit);
                    break;
                }
            }
        }
        if chosen.len() == count {
            return (base, chosen);
        }
    }
    panic!("no good file has room for {count} mistakes");
}

/// What is wrong with what is reported; `None` if all is right.
fn problem(base: &Base, edits: &[&Edit], subject: &dyn Subject) -> Option<String> {
    let mutated = Mutated::new(&base.text, edits);
    let findings = subject.findings(&mutated.text);
    let explains = |number: usize, finding: &Finding| {
        edits[number].explains(finding.code) && mutated.lines[number].contains(&finding.line_number)
    };
    for finding in &findings {
        if !(0..edits.len()).any(|number| explains(number, finding)) {
            let Finding { line_number, code, message } = finding;
            return Some(format!("no mistake explains line {line_number}: {code}: {message}"));
        }
    }
    for (number, edit) in edits.iter().enumerate() {
        let own: Vec<&Finding> = findings.iter().filter(|finding| explains(number, finding)).collect();
        if own.is_empty() {
            return Some(format!("nothing is reported on the lines {:?}", mutated.lines[number]));
        }
        let most = if edit.many { edit.place_count() } else { 1 };
        if own.len() > most {
            return Some(format!("reported {} times on the lines {:?}", own.len(), mutated.lines[number]));
        }
    }
    subject.other(base, edits, &mutated)
}

/// Leaves out what is not needed for it to fail.
fn shrink<'b>(base: &Base, mut edits: Vec<&'b Edit>, subject: &dyn Subject) -> Vec<&'b Edit> {
    let mut at = 0;
    while at < edits.len() && edits.len() > 1 {
        let mut fewer = edits.clone();
        fewer.remove(at);
        if problem(base, &fewer, subject).is_some() {
            edits = fewer;
        } else {
            at += 1;
        }
    }
    edits
}

/// What failed in short, and in full: the mistakes, the lines around them, and what is reported.
fn report(base: &Base, edits: &[&Edit], entries: &[Entry], subject: &dyn Subject) -> (String, String) {
    let mutated = Mutated::new(&base.text, edits);
    let problem = problem(base, edits, subject).expect("what was left out was not needed for it to fail");
    let names: Vec<&str> = edits.iter().map(|edit| entries[edit.entry].name).collect();
    let key = format!("{}: {}", names.join(" + "), problem.split('`').next().unwrap_or_default());
    let key: String = key.chars().filter(|c| !c.is_ascii_digit()).collect();
    let mut out = format!("\n=== {}: {problem}\n", base.name);
    for (number, edit) in edits.iter().enumerate() {
        let lines = &mutated.lines[number];
        writeln!(out, "  {}: may be reported on the lines {lines:?} as {:?}", names[number], edit.codes())
            .unwrap();
    }
    let found: Vec<usize> =
        subject.findings(&mutated.text).iter().map(|finding| finding.line_number).collect();
    let places: Vec<usize> = mutated.lines.iter().flatten().copied().chain(found).collect();
    for (index, line) in mutated.text.lines().enumerate() {
        let sign = if places.contains(&(index + 1)) { '>' } else { ' ' };
        writeln!(out, "{sign} {:4} {line}", index + 1).unwrap();
    }
    (key, out + &subject.shown(&mutated.text))
}
