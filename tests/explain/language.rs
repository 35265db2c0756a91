//! `docs/language.md`: every statement of the language, made from the schema, with what its example emits, which is what the
//! compiler made of it. `STACKC_BLESS=1 cargo test --test main slow::language` rewrites it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use stackc::backend::{Artifact, Layout};
use stackc::compile::Compilation;
use stackc::schema::slots::{SLOTS, slots_of};
use stackc::schema::{BlockRule, Count, Kind, Row, all_own_rows};
use stackc::source::Origin;

use super::rows::{DECLARED, around};
use super::{NAME, compile_example};

/// So many lines of one emitted file are shown.
const MOST_LINES: usize = 14;

/// What cannot be read off the schema.
const HEAD: &str = include_str!("language.md");

/// The heading of the statements of a kind of block.
fn heading(kind: Kind) -> String {
    match kind {
        Kind::File => "At the top level".to_owned(),
        other => {
            let described = other.describe();
            format!("I{}", &described[1..])
        }
    }
}

/// The rows that are told of in the section of a kind: those that do not stand in an earlier one.
fn rows_of(kind: Kind) -> (Vec<&'static Row>, Vec<&'static Row>) {
    let is_first = |row: &&Row| Kind::ALL.into_iter().find(|kind| row.stands_in(*kind)) == Some(kind);
    all_own_rows().filter(|row| row.stands_in(kind)).partition(is_first)
}

/// What is emitted of a text.
fn artifacts(compilation: &Compilation) -> Vec<Artifact> {
    let folder = PathBuf::from("/project");
    let layout = Layout { stack_dir: folder.clone(), out_dir: folder, stack_file: NAME.to_owned() };
    compilation.emit(&layout).unwrap_or_default()
}

/// The emitted files, and for each which of its lines the example made: those that it is the origin of or, as for a flag
/// in the line of a step, those that would be others without it.
fn emitted(text: &str, example: &str) -> Vec<(Artifact, Vec<usize>)> {
    let at = text.find(example).unwrap();
    let within = at..at + example.len();
    let compilation = compile_example(text);
    let is_of_it = |origin: &Origin| {
        let mut spans = compilation.origins.chain(*origin).filter_map(|cause| cause.at);
        spans.any(|span| within.contains(&(span.start as usize)) && span.end as usize <= within.end)
    };
    let made = artifacts(&compilation);
    let by_origin = |made: &Artifact| {
        let lines = made.lines.iter().enumerate().filter(|(_, origins)| origins.iter().any(is_of_it));
        lines.map(|(index, _)| index).collect::<Vec<_>>()
    };
    let found: Vec<Vec<usize>> = made.iter().map(by_origin).collect();
    if found.iter().any(|lines| !lines.is_empty()) {
        return made.into_iter().zip(found).collect();
    }
    let others = artifacts(&compile_example(&format!("{}{}", &text[..at], &text[within.end..])));
    let by_difference = |made: &Artifact| {
        let other = others.iter().find(|other| other.path == made.path).map_or("", |other| &other.text);
        let known: BTreeSet<&str> = other.lines().collect();
        let lines = made.text.lines().enumerate().filter(|(_, line)| !known.contains(line));
        lines.map(|(index, _)| index).collect::<Vec<_>>()
    };
    let found: Vec<Vec<usize>> =
        if others.is_empty() { Vec::new() } else { made.iter().map(by_difference).collect() };
    made.into_iter().zip(found).collect()
}

/// The lines that a statement made, under the keys and blocks that they stand in.
fn fragment(made: &Artifact, lines: &[usize]) -> String {
    let all: Vec<&str> = made.text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut shown: BTreeSet<usize> = BTreeSet::new();
    for index in lines.iter().copied().filter(|index| !all[*index].trim().is_empty()).take(MOST_LINES) {
        let mut outer = indent(all[index]);
        shown.insert(index);
        for above in (0..index).rev().filter(|above| !all[*above].trim().is_empty()) {
            if indent(all[above]) < outer && !all[above].trim_start().starts_with('#') {
                outer = indent(all[above]);
                shown.insert(above);
            }
        }
    }
    let mut out = String::new();
    let mut last = None;
    for index in shown {
        if last.is_some_and(|last| index > last + 1) && indent(all[index]) == 0 && !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", all[index]);
        last = Some(index);
    }
    if lines.len() > MOST_LINES {
        out.push_str("...\n");
    }
    out
}

fn language_of(path: &str) -> &'static str {
    match path.rsplit(['/', '.']).next().unwrap_or_default() {
        "yml" => "yaml",
        "conf" => "nginx",
        "dockerignore" | "example" => "text",
        _ => "dockerfile",
    }
}

/// How often a statement stands, and with which block.
fn rules(row: &Row) -> String {
    let mut out = String::new();
    if row.count == Count::Once {
        out.push_str("- once in a block\n");
    }
    match row.block {
        BlockRule::None => {}
        BlockRule::May(kind) => {
            let _ = writeln!(out, "- may have a block: what stands {}", shown(kind));
        }
        BlockRule::Must(kind) => {
            let _ = writeln!(out, "- has a block: what stands {}", shown(kind));
        }
    }
    for slot in slots_of(row) {
        let _ = writeln!(out, "- [`<{}>`](#what-slots-take): {}", slot.name, slot.takes);
    }
    if !row.default.is_empty() {
        let _ = writeln!(out, "- without it: {}", row.default);
    }
    out
}

/// A kind of block, with a link if it has a section here.
fn shown(kind: Kind) -> String {
    if Kind::ALL.contains(&kind) {
        format!("[{}](#{})", kind.describe(), heading(kind).to_lowercase().replace(' ', "-"))
    } else {
        kind.describe().to_owned()
    }
}

fn entry(kind: Kind, row: &Row) -> String {
    let mut out = format!("\n### `{}`\n\n{}\n\n", row.shown(), row.doc);
    let rules = rules(row);
    if !rules.is_empty() {
        let _ = writeln!(out, "{rules}");
    }
    let _ = write!(out, "```stack\n{}\n```\n", row.example());
    let text = around(kind, row);
    let made = emitted(&text, &row.example());
    let mut is_said = false;
    for (artifact, lines) in made.iter().filter(|(_, lines)| !lines.is_empty()) {
        let fragment = fragment(artifact, lines);
        let _ = write!(out, "\n`{}`\n\n```{}\n{fragment}```\n", artifact.path, language_of(&artifact.path));
        is_said = true;
    }
    if !is_said {
        out.push_str("\nOf itself it emits nothing.\n");
    }
    out
}

/// The whole page.
pub(crate) fn document() -> String {
    let mut out = HEAD.replace("DECLARED\n", DECLARED);
    out.push_str("\n## What slots take\n\n| slot | takes | such as |\n| --- | --- | --- |\n");
    for slot in SLOTS {
        let _ =
            writeln!(out, "| `<{}>` | {} | `{}` |", slot.name, slot.takes.replace('|', "\\|"), slot.example);
    }
    for kind in Kind::ALL {
        let (here, elsewhere) = rows_of(kind);
        let _ = write!(out, "\n## {}\n", heading(kind));
        let mut more = Vec::new();
        if !elsewhere.is_empty() {
            let shown: Vec<String> = elsewhere.iter().map(|row| format!("`{}`", row.shown())).collect();
            more.push(format!("As told above: {}.", shown.join(", ")));
        }
        if let Some(group) = kind.compose_group() {
            more.push(format!(
                "Besides, every key of compose that stands in `{group}` and has no sentence here, in its own words: \
                 `stackc explain KEY` tells of it."
            ));
        }
        if let [first, rest @ ..] = kind.nginx_contexts() {
            let contexts: Vec<&str> =
                std::iter::once(first).chain(rest).map(|context| context.describe()).collect();
            more.push(format!(
                "Besides, every directive of nginx that stands {}, in its own words: `stackc explain DIRECTIVE` tells of it.",
                contexts.join(" or ")
            ));
        }
        if kind.is_pairs() {
            more.push("Holds pairs, one a statement: a name and its value.".to_owned());
        }
        if !more.is_empty() {
            let _ = write!(out, "\n{}\n", more.join("\n\n"));
        }
        for row in here {
            out.push_str(&entry(kind, row));
        }
    }
    out
}
