//! Mistakes in Dockerfiles.

use stackc::syntax::dockerfile::keyword::Keyword;
use stackc::syntax::dockerfile::read;
use stackc::syntax::dockerfile::tree::{Args, Command, Health, Instruction, Tree, Word};

use super::{Good, Reader, ReaderEntry, entry, good};
use crate::mutator::edit::{Edit, misspelt};
use crate::mutator::run::{Class, Plan};
use crate::property::mutation::Numbers;

const ENTRIES: &[ReaderEntry<Tree>] = &[
    entry("an instruction misspelt", Class::Ordinary, instruction),
    entry("a flag that there is not", Class::Ordinary, unknown_flag),
    entry("a flag without its value", Class::Ordinary, bare_flag),
    entry("an instruction without its arguments", Class::Ordinary, no_arguments),
    entry("the end of a heredoc is left out", Class::Brace, heredoc),
    entry("a list that is no JSON", Class::Ordinary, json),
    entry("a base with more after it", Class::Ordinary, from),
    entry("a word without `=` among variables", Class::Ordinary, pair),
    entry("a health check without `CMD`", Class::Ordinary, health),
    entry("a trigger that there cannot be", Class::Ordinary, trigger),
    entry("a parser directive twice", Class::Ordinary, directive),
];

fn words(word: &Instruction) -> usize {
    word.span.start as usize
}

/// What is wrong in an instruction, and reported somewhere on its lines.
fn wrong(
    good: &Good<'_, Tree>,
    of: &Instruction,
    codes: &[&'static str],
    at: std::ops::Range<usize>,
    text: &str,
) -> Edit {
    let mut edit = Edit::new(codes).replace(at.clone(), text).takes(of.lines.range());
    let mut line = words(of);
    while line < of.span.end as usize {
        edit = edit.at(line);
        line = good.next_line(line);
    }
    edit
}

fn instruction(good: &Good<'_, Tree>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    // Of the lines of a heredoc nobody knows then whose they are.
    for instruction in good.tree.instructions().filter(|instruction| instruction.heredocs.is_empty()) {
        let wrong = misspelt(&instruction.name.text, numbers);
        if !wrong.eq_ignore_ascii_case(&instruction.name.text) && Keyword::of(&wrong) == Keyword::Unknown {
            let edit =
                Edit::new(&["docker-unknown-instruction"]).replace(instruction.name.span.range(), wrong);
            edits.push(edit.at(words(instruction)).takes(instruction.lines.range()));
        }
    }
    edits
}

/// Those that have flags at all.
fn with_flags<'g>(good: &'g Good<'_, Tree>) -> impl Iterator<Item = &'g Instruction> {
    good.tree.instructions().filter(|instruction| {
        matches!(
            instruction.keyword,
            Keyword::Copy | Keyword::Add | Keyword::Run | Keyword::From | Keyword::Healthcheck
        )
    })
}

fn unknown_flag(good: &Good<'_, Tree>, numbers: &mut Numbers) -> Vec<Edit> {
    with_flags(good)
        .map(|instruction| {
            let at = instruction.name.span.end as usize;
            let flag = *numbers.pick(&[
                " --form=assets",
                " --chwon=1:1",
                " --mout=type=cache,target=/a",
                " --plat=a",
            ]);
            wrong(good, instruction, &["docker-bad-flag"], at..at, flag)
        })
        .collect()
}

fn bare_flag(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for instruction in with_flags(good) {
        for flag in &instruction.flags {
            let may_be_bare =
                matches!(flag.name.text.as_str(), "keep-git-dir" | "link" | "parents" | "unpack");
            if let (Some(value), false) = (&flag.value, may_be_bare) {
                let gone = value.span.start as usize - 1..value.span.end as usize;
                edits.push(wrong(good, instruction, &["docker-bad-flag"], gone, ""));
            }
        }
    }
    edits
}

fn no_arguments(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for instruction in good.tree.instructions() {
        let may_be_bare =
            matches!(instruction.keyword, Keyword::Entrypoint | Keyword::Cmd | Keyword::Run | Keyword::Shell);
        if !may_be_bare && instruction.heredocs.is_empty() {
            let gone = instruction.name.span.end as usize..instruction.span.end as usize;
            let codes = [
                "docker-missing-arguments",
                "docker-from-form",
                "docker-healthcheck-form",
                "docker-onbuild-trigger",
            ];
            let edit = Edit::new(&codes).replace(gone, "").at(words(instruction));
            edits.push(edit.takes(instruction.lines.range()));
        }
    }
    edits
}

/// What follows it is all taken for its body.
fn heredoc(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for instruction in good.tree.instructions() {
        if let Some(close) = instruction.heredocs.last().and_then(|heredoc| heredoc.close) {
            // Another line may end it.
            let (ending, rest) = good.text[close.start as usize..].split_once('\n').unwrap();
            if rest.lines().any(|line| line.trim() == ending.trim()) {
                continue;
            }
            let line = good.line_start(close.start as usize)..good.next_line(close.start as usize);
            let edit = Edit::new(&["docker-unclosed-heredoc"]).replace(line, "");
            let at = instruction.heredocs[instruction.heredocs.len() - 1].name.span.start as usize;
            edits.push(edit.at(at).takes(instruction.lines.start as usize..good.text.len()));
        }
    }
    edits
}

fn arrays<'g>(good: &'g Good<'_, Tree>) -> impl Iterator<Item = (&'g Instruction, &'g [Word])> {
    good.tree.instructions().filter_map(|instruction| match &instruction.args {
        Args::Command(Command::Exec(words))
        | Args::Health(Health::Command(Command::Exec(words)))
        | Args::Words { words, json: true } => Some((instruction, words.as_slice())),
        _ => None,
    })
}

fn json(good: &Good<'_, Tree>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (instruction, words) in arrays(good).filter(|(_, words)| !words.is_empty()) {
        let word = numbers.pick(words).span.range();
        let text = &good.text[word.clone()];
        let (at, new) = match numbers.below(3) {
            0 => (word.clone(), text.replace('"', "'")),
            1 => (
                word.end..word.end,
                ",".to_owned() + if word.end == words[words.len() - 1].span.range().end { "" } else { "," },
            ),
            _ => (word.clone(), text.trim_matches('"').to_owned()),
        };
        edits.push(wrong(good, instruction, &["docker-bad-json"], at, &new));
    }
    edits
}

fn from(good: &Good<'_, Tree>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for instruction in good.tree.instructions() {
        if let Args::From { .. } = &instruction.args {
            let end = instruction.span.end as usize;
            let more = *numbers.pick(&[" latest", " AS", " AS 1b", " IS x"]);
            if !good.text[instruction.span.range()].to_lowercase().contains(" as ") || more == " latest" {
                edits.push(wrong(good, instruction, &["docker-from-form"], end..end, more));
            }
        }
    }
    edits
}

fn pair(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for instruction in good.tree.instructions() {
        if let Args::Pairs { legacy: false, .. } = &instruction.args {
            let end = instruction.span.end as usize;
            edits.push(wrong(good, instruction, &["docker-env-form"], end..end, " OTHER"));
        }
    }
    edits
}

fn health(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for instruction in good.tree.instructions() {
        if let Args::Health(Health::Command(_)) = &instruction.args {
            let start = instruction.args_span.start as usize;
            edits.push(wrong(good, instruction, &["docker-healthcheck-form"], start..start + 4, ""));
        }
    }
    // And one that is put in.
    for instruction in good.tree.instructions().filter(|instruction| instruction.keyword == Keyword::From) {
        let at = instruction.span.start as usize;
        edits.push(
            good.added_after(at, &["docker-healthcheck-form"], "HEALTHCHECK curl -f http://localhost/")
                .needs(instruction.lines.range()),
        );
    }
    edits
}

fn trigger(good: &Good<'_, Tree>, numbers: &mut Numbers) -> Vec<Edit> {
    let bases = good.tree.instructions().filter(|instruction| instruction.keyword == Keyword::From);
    bases
        .map(|instruction| {
            let line =
                *numbers.pick(&["ONBUILD FROM scratch", "ONBUILD ONBUILD RUN a", "ONBUILD MAINTAINER me"]);
            good.added_after(words(instruction), &["docker-onbuild-trigger"], line)
                .needs(instruction.lines.range())
        })
        .collect()
}

fn directive(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let kinds = good.tree.directives();
    kinds
        .map(|directive| {
            let line = format!("# {}=x", directive.kind.name());
            let at = good.next_line(directive.lines.start as usize);
            let edit = Edit::new(&["docker-duplicate-directive"]).insert(at, format!("{line}\n"));
            edit.at_new(0).needs(directive.lines.range())
        })
        .collect()
}

#[test]
fn every_mistake_in_a_dockerfile_is_reported_where_it_was_made() {
    let good = good::files("Dockerfile", good::DOCKERFILE);
    Reader { file: "Dockerfile", read }.check(&Plan::of(300, 4), &good, ENTRIES);
}
