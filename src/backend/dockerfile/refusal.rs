//! What a Dockerfile has no way to say.

use super::{delays, instruction, run};
use crate::backend::Refusal;
use crate::backend::escape::Escaped;
use crate::backend::escape::docker::is_cut;
use crate::model::dockerfile::{CopyFlags, CopyFrom, InlineFile, Op, Step};
use crate::model::values::{Part, Text, VarOp};

/// The longest line that `BuildKit` reads, in bytes: that of Go's `bufio.Scanner`.
const LONGEST_LINE: usize = 65_535;

/// Why an instruction cannot be written in a Dockerfile; lowering reports it, because printing it would panic or
/// mean something else.
pub fn refusals(step: &Step) -> Vec<Refusal> {
    let Step { op, origin } = step;
    let mut refusals: Vec<Refusal> = Vec::new();
    if let Some(why) = of_instruction(op) {
        refusals.push(Refusal { origin: *origin, why });
    }
    let (lines, options) = (one_line_texts(op), option_texts(op));
    for text in lines.iter().chain(&options).filter(|text| literals(text).any(has_break)) {
        let why = "a Dockerfile has no way to write a line break here";
        refusals.push(Refusal { origin: text.origin, why });
    }
    for key in label_keys(op).filter(|key| literals(key).any(|text| text.contains('='))) {
        let why = "the name of a label cannot hold `=` in a Dockerfile";
        refusals.push(Refusal { origin: key.origin, why });
    }
    // `extractBuilderFlags` in `frontend/dockerfile/parser/split_command.go` takes each byte for a character.
    for text in options.iter().filter(|text| literals(text).any(|text| !text.is_ascii())) {
        refusals.push(Refusal {
            origin: text.origin,
            why: "BuildKit garbles characters outside ASCII in an option",
        });
    }
    if refusals.is_empty() {
        refusals.extend(long_lines(step));
    }
    refusals
}

fn label_keys(op: &Op) -> impl Iterator<Item = &Text> {
    let instruction = if let Op::OnBuild(inner) = op { inner } else { op };
    let pairs = if let Op::Label(pairs) = instruction { pairs.as_slice() } else { &[] };
    pairs.iter().map(|(key, _)| key)
}

/// The lines of an instruction that can be written, but not read.
fn long_lines(step: &Step) -> Vec<Refusal> {
    let mut lines = Vec::new();
    instruction(&step.op, step.origin, &mut lines);
    let long = lines.iter().filter(|line| line.width() > LONGEST_LINE);
    let last = |words: &[Escaped]| words.last().map_or(step.origin, Escaped::origin);
    long.map(|line| Refusal {
        origin: last(&line.words),
        why: "the builder reads no line of more than 65,535 bytes, and this becomes one",
    })
    .collect()
}

/// What only this instruction cannot hold.
fn of_instruction(op: &Op) -> Option<&'static str> {
    match op {
        Op::Copy(copy) => is_variable(copy.from.as_ref())
            .then_some("`COPY --from` reads no variables: a stage of its own has to name the image"),
        Op::Run(run) => run::sources(run)
            .any(|from| is_variable(Some(from)))
            .then_some("a mount reads no variables in `from`: a stage of its own has to name the image"),
        Op::Health(health) if !health.extra.is_empty() => {
            Some("the health check of an image has only those options that a Dockerfile knows")
        }
        Op::Health(health) => delays(health)
            .any(|(_, delay)| delay.text.variables().next().is_some())
            .then_some("`HEALTHCHECK` reads no variables"),
        Op::File(InlineFile { path, content, .. }) => {
            if literals(path).any(|text| text.contains(char::is_whitespace)) {
                return Some(
                    "the path of a file whose content is given cannot hold white space in a Dockerfile",
                );
            }
            literals(content)
                .any(|text| text.contains(|c: char| c.is_control() && !matches!(c, '\t' | '\n')))
                .then_some("a file in a Dockerfile can hold no control characters")
        }
        Op::Volume(paths) => paths
            .iter()
            .any(|path| literals(path).any(|text| text.trim() != text))
            .then_some("`VOLUME` takes away white space at the ends of a path"),
        Op::Maintainer(name) => name.as_literal().is_none_or(is_cut).then_some(
            "`MAINTAINER` holds one line that begins with no `--`, and ends with no `\\` or white space",
        ),
        Op::OnBuild(op) => of_instruction(op),
        Op::Arg { .. }
        | Op::Env(_)
        | Op::Label(_)
        | Op::Workdir(_)
        | Op::Add(_)
        | Op::User(_)
        | Op::Expose(_)
        | Op::Entrypoint(_)
        | Op::Cmd(_)
        | Op::NoHealth
        | Op::Shell(_)
        | Op::StopSignal(_)
        | Op::Raw(_) => None,
    }
}

fn is_variable(from: Option<&CopyFrom>) -> bool {
    match from {
        Some(CopyFrom::Image(image)) => image.variables().next().is_some(),
        Some(CopyFrom::Stage(_) | CopyFrom::Numbered(_) | CopyFrom::Context(_)) | None => false,
    }
}

fn has_break(text: &str) -> bool {
    text.contains(['\n', '\r'])
}

/// The literal texts in a text, defaults and messages of its variables among them.
fn literals(text: &Text) -> impl Iterator<Item = &str> {
    text.parts.iter().filter_map(|part| match part {
        Part::Lit(text) => Some(text.as_str()),
        Part::Var(var) => match &var.op {
            VarOp::None => None,
            VarOp::Default(text) | VarOp::Required(text) | VarOp::Other(text) => Some(text),
        },
    })
}

/// The texts of an instruction that must stand on one line, cannot be written as JSON and are no options.
pub(super) fn one_line_texts(op: &Op) -> Vec<&Text> {
    match op {
        Op::Arg { default, .. } => default.iter().collect(),
        Op::Env(pairs) => pairs.iter().map(|(_, text)| text).collect(),
        Op::Label(pairs) => pairs.iter().flat_map(|(key, text)| [key, text]).collect(),
        Op::Workdir(text) | Op::User(text) | Op::StopSignal(text) => vec![text],
        Op::Expose(ports) => ports.iter().collect(),
        Op::File(file) => vec![&file.path],
        Op::Copy(_)
        | Op::Add(_)
        | Op::Run(_)
        | Op::Entrypoint(_)
        | Op::Cmd(_)
        | Op::Health(_)
        | Op::NoHealth
        | Op::Shell(_)
        | Op::Volume(_)
        | Op::Maintainer(_)
        | Op::Raw(_) => Vec::new(),
        Op::OnBuild(op) => one_line_texts(op),
    }
}

/// The texts that stand in options.
pub(super) fn option_texts(op: &Op) -> Vec<&Text> {
    match op {
        Op::Copy(copy) => {
            let image = match &copy.from {
                Some(CopyFrom::Image(image)) => Some(image),
                Some(CopyFrom::Stage(_) | CopyFrom::Numbered(_) | CopyFrom::Context(_)) | None => None,
            };
            flag_texts(&copy.flags).chain(image).collect()
        }
        Op::Add(add) => flag_texts(&add.flags).chain(&add.checksum).collect(),
        Op::File(file) => flag_texts(&file.flags).collect(),
        Op::Run(run) => run::option_texts(run),
        Op::Arg { .. }
        | Op::Env(_)
        | Op::Label(_)
        | Op::Workdir(_)
        | Op::User(_)
        | Op::Expose(_)
        | Op::Entrypoint(_)
        | Op::Cmd(_)
        | Op::Health(_)
        | Op::NoHealth
        | Op::Shell(_)
        | Op::StopSignal(_)
        | Op::Volume(_)
        | Op::Maintainer(_)
        | Op::Raw(_) => Vec::new(),
        Op::OnBuild(op) => option_texts(op),
    }
}

fn flag_texts(flags: &CopyFlags) -> impl Iterator<Item = &Text> {
    flags.chown.iter().chain(&flags.chmod).chain(&flags.exclude)
}
