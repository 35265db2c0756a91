//! # Capital letters here and there
//!
//! The builder takes instructions, `AS` and the names of stages in any case. Written in one case they are found by a
//! search, and read at a glance: it warns of the instructions that differ from the others, of an `as` that differs from its
//! `FROM`, and of names of stages with capital letters, which `FROM` does not find.
//!
//! ```dockerfile bad
//! FROM debian:13 as build
//! RUN touch /app
//! FROM debian:13
//! COPY --from=build /app /app
//! user 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13 AS build
//! RUN touch /app
//! FROM debian:13
//! COPY --from=build /app /app
//! USER 1000
//! ```

use crate::lint::{Findings, Whole, edits};
use crate::project::dockerfile::Dockerfile;
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::{Args, Instruction};

pub(super) const CODE: &str = "docker-casing";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        let instructions: Vec<&Instruction> =
            dockerfile.tree.instructions().filter(|item| item.keyword != Keyword::Unknown).collect();
        report(
            "ConsistentInstructionCasing",
            "an instruction that is not written like the others",
            uneven(&instructions),
            findings,
        );
        let stages = instructions.iter().filter_map(|item| as_word(item, whole)).collect();
        report("FromAsCasing", "an `AS` that is not written like its `FROM`", stages, findings);
        let names = capitals(dockerfile, whole);
        report("StageNameCasing", "the name of a stage has capital letters", names, findings);
    }
}

/// One finding for all that differ in the same way, which the builder has a check for.
fn report(check: &str, what: &str, mut places: Vec<(Span, Option<String>)>, findings: &mut Findings<'_>) {
    places.retain(|(span, _)| !findings.is_turned_off(check, *span));
    let Some(((first, _), others)) = places.split_first() else { return };
    let mut found = findings.at(*first, what).help("write all of a kind in the same case");
    for (other, _) in others {
        found = found.label(*other, "here, too");
    }
    let edits = edits::all(places.into_iter().map(|(span, word)| Some((span, word?))));
    findings.push(found.may_safe_fix("write it like the others", edits));
}

/// The instructions that are not in the case of the majority. Source: `BuildKit`,
/// frontend/dockerfile/dockerfile2llb/validations.go, `validateCommandCasing`.
fn uneven(instructions: &[&Instruction]) -> Vec<(Span, Option<String>)> {
    let is_lower = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_upper = |word: &str| word.bytes().all(|byte| byte.is_ascii_uppercase());
    let count = |is: &dyn Fn(&str) -> bool| instructions.iter().filter(|item| is(&item.name.text)).count();
    let is_majority_lower = count(&is_lower) > count(&is_upper);
    let fits = |word: &str| if is_majority_lower { is_lower(word) } else { is_upper(word) };
    let mended = |word: &str| {
        if is_majority_lower { word.to_ascii_lowercase() } else { word.to_ascii_uppercase() }
    };
    let uneven = instructions.iter().filter(|item| !fits(&item.name.text));
    uneven.map(|item| (item.name.span, Some(mended(&item.name.text)))).collect()
}

/// Where `AS` is written in another case than its `FROM`, and as it should be.
fn as_word(instruction: &Instruction, whole: &Whole<'_>) -> Option<(Span, Option<String>)> {
    let Args::From { image, name: Some(name) } = &instruction.args else { return None };
    let between = Span { start: image.span.end, end: name.span.start, ..image.span };
    let text = whole.sources.text(between);
    let word = text.trim();
    if word.len() != 2 {
        return None;
    }
    let from = &instruction.name.text;
    let is_lower = from.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_upper = from.bytes().all(|byte| byte.is_ascii_uppercase());
    let differs = (is_lower && word != "as") || (is_upper && word != "AS");
    let start = between.start as usize + text.find(word).unwrap_or(0);
    let mended = if is_lower { "as" } else { "AS" };
    differs.then(|| (Span::new(between.file, start, start + word.len()), Some(mended.to_owned())))
}

/// The names with capital letters. What speaks of a stage would have to change with it.
fn capitals(dockerfile: &Dockerfile, whole: &Whole<'_>) -> Vec<(Span, Option<String>)> {
    let names = dockerfile.stages.iter().filter_map(|stage| stage.name.as_ref());
    names
        .map(|name| name.span)
        .filter(|span| whole.sources.text(*span).bytes().any(|byte| byte.is_ascii_uppercase()))
        .map(|span| (span, None))
        .collect()
}
