//! Prints a Dockerfile: stages apart, one instruction after the other, options of `RUN` and pairs of `ENV` one a line.

mod run;

use super::escape::docker::{
    assignment, flag, json, json_expanded, json_shell, label, needs_json, plain_flag, shell_text, value,
    variable_name, word,
};
use super::escape::{Context, Escaped};
use super::template::{Ending, Line, render};
use super::{Artifact, Layout};
use crate::model::compose::{Command, Health};
use crate::model::dockerfile::{BuildFile, Copy, CopyFrom, Op, Stage, Step};
use crate::model::scalar::Delay;
use crate::model::values::{Part, Text, Typed, VarOp};
use crate::source::Origin;

/// The Dockerfile of a build.
pub fn emit(build: &BuildFile, layout: &Layout) -> Artifact {
    let mut lines = Vec::new();
    for step in &build.dockerfile.globals {
        instruction(step, &mut lines);
    }
    for stage in &build.dockerfile.stages {
        if !lines.is_empty() {
            lines.push(Line::blank());
        }
        lines.push(from(stage));
        for step in &stage.steps {
            instruction(step, &mut lines);
        }
    }
    render(&build.path, Context::Dockerfile, &layout.stack_file, lines)
}

/// Why an instruction cannot be written in a Dockerfile; lowering reports it, because printing it would panic or
/// mean something else.
pub fn refusal(op: &Op) -> Option<&'static str> {
    if let Op::Label(pairs) = op
        && pairs.iter().any(|(key, _)| literals(key).any(|text| text.contains('=')))
    {
        return Some("the name of a label cannot hold `=` in a Dockerfile");
    }
    if let Op::Copy(Copy { from: Some(CopyFrom::Image(image)), .. }) = op
        && image.variables().next().is_some()
    {
        return Some("`COPY --from` reads no variables: a stage of its own has to name the image");
    }
    if let Op::Health(health) = op
        && delays(health).any(|(_, delay)| delay.text.variables().next().is_some())
    {
        return Some("`HEALTHCHECK` reads no variables");
    }
    let (lines, options) = (one_line_texts(op), option_texts(op));
    if lines.iter().chain(&options).any(|text| literals(text).any(has_break)) {
        return Some("a Dockerfile has no way to write a line break here");
    }
    // `extractBuilderFlags` in `frontend/dockerfile/parser/split_command.go` takes each byte for a character.
    if options.iter().any(|text| literals(text).any(|text| !text.is_ascii())) {
        return Some("BuildKit garbles characters outside ASCII in an option");
    }
    None
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
            VarOp::Default(text) | VarOp::Required(text) => Some(text),
        },
    })
}

/// The texts of an instruction that must stand on one line, cannot be written as JSON and are no options.
fn one_line_texts(op: &Op) -> Vec<&Text> {
    match op {
        Op::Arg { default, .. } => default.iter().collect(),
        Op::Env(pairs) => pairs.iter().map(|(_, text)| text).collect(),
        Op::Label(pairs) => pairs.iter().flat_map(|(key, text)| [key, text]).collect(),
        Op::Workdir(text) | Op::User(text) => vec![text],
        Op::Expose(ports) => ports.iter().collect(),
        Op::Copy(_) | Op::Run(_) | Op::Entrypoint(_) | Op::Cmd(_) | Op::Health(_) => Vec::new(),
    }
}

/// The texts that stand in options.
fn option_texts(op: &Op) -> Vec<&Text> {
    match op {
        Op::Copy(copy) => {
            let image = match &copy.from {
                Some(CopyFrom::Image(image)) => Some(image),
                Some(CopyFrom::Stage(_) | CopyFrom::Context(_)) | None => None,
            };
            copy.chown.iter().chain(image).collect()
        }
        Op::Run(run) => run::mount_texts(run),
        Op::Arg { .. }
        | Op::Env(_)
        | Op::Label(_)
        | Op::Workdir(_)
        | Op::User(_)
        | Op::Expose(_)
        | Op::Entrypoint(_)
        | Op::Cmd(_)
        | Op::Health(_) => Vec::new(),
    }
}

fn keyword(text: &'static str, origin: Origin) -> Escaped {
    Escaped::keyword(text, Context::Dockerfile, origin)
}

fn from(stage: &Stage) -> Line {
    let mut words = vec![keyword("FROM", stage.base.origin), word(&without_messages(&stage.base))];
    if let Some(name) = &stage.name {
        words.extend([keyword("AS", name.origin), word(&Text::literal(name.value.as_str(), name.origin))]);
    }
    Line { depth: 0, words, ending: Ending::Bare }
}

/// `${NAME:?}` in place of `${NAME:?message}`: FROM and EXPOSE are cut at the white space of a message.
fn without_messages(text: &Text) -> Text {
    let short = |part: &Part| match part {
        Part::Var(var) if matches!(var.op, VarOp::Required(_)) => {
            let mut var = var.clone();
            var.op = VarOp::Required(String::new());
            Part::Var(var)
        }
        part => part.clone(),
    };
    Text::from_parts(text.parts.iter().map(short), text.origin)
}

fn instruction(step: &Step, lines: &mut Vec<Line>) {
    let origin = step.origin;
    match &step.op {
        Op::Arg { name, default } => {
            let variable = match default {
                Some(default) => assignment(name.as_str(), default),
                None => variable_name(name.as_str(), origin),
            };
            lines.push(line(vec![keyword("ARG", origin), variable]));
        }
        Op::Env(pairs) => {
            let pairs = pairs.iter().map(|(name, text)| assignment(name.as_str(), text)).collect();
            continued(&keyword("ENV", origin), pairs, lines);
        }
        Op::Label(pairs) => {
            let pairs = pairs.iter().map(|(key, text)| label(key, text)).collect();
            continued(&keyword("LABEL", origin), pairs, lines);
        }
        Op::Workdir(text) => lines.push(line(vec![keyword("WORKDIR", origin), value(text)])),
        Op::User(text) => lines.push(line(vec![keyword("USER", origin), value(text)])),
        Op::Expose(ports) => {
            let ports = ports.iter().map(|port| word(&without_messages(port)));
            lines.push(line([keyword("EXPOSE", origin)].into_iter().chain(ports).collect()));
        }
        Op::Copy(copy) => lines.push(line(copy_words(copy, origin))),
        Op::Run(run) => run::emit(run, origin, lines),
        Op::Entrypoint(command) => {
            lines.push(line(vec![keyword("ENTRYPOINT", origin), exact(command, origin)]));
        }
        Op::Cmd(command) => lines.push(line(vec![keyword("CMD", origin), exact(command, origin)])),
        Op::Health(health) => lines.push(line(health_words(health))),
    }
}

fn line(words: Vec<Escaped>) -> Line {
    Line { depth: 0, words, ending: Ending::Bare }
}

/// An instruction whose parts stand one a line, the first beside the keyword.
fn continued(head: &Escaped, parts: Vec<Escaped>, lines: &mut Vec<Line>) {
    let last = parts.len().saturating_sub(1);
    for (index, part) in parts.into_iter().enumerate() {
        let ending = if index == last { Ending::Bare } else { Ending::Continued };
        if index == 0 {
            lines.push(Line { depth: 0, words: vec![head.clone(), part], ending });
        } else {
            lines.push(Line { depth: 1, words: vec![part], ending });
        }
    }
}

/// A command as a JSON list. The shell form is one too, so that it does not depend on `SHELL`.
fn exact(command: &Command, origin: Origin) -> Escaped {
    match command {
        Command::Exec(words) => json(words, origin),
        Command::Shell(text) => json_shell(text),
    }
}

fn copy_words(copy: &Copy, origin: Origin) -> Vec<Escaped> {
    let mut words = vec![keyword("COPY", origin)];
    words.extend(copy.from.as_ref().map(|from| match from {
        CopyFrom::Stage(name) | CopyFrom::Context(name) => plain_flag("from", name.as_str(), origin),
        CopyFrom::Image(image) => flag("from", image),
    }));
    words.extend(copy.chown.as_ref().map(|owner| flag("chown", owner)));
    let paths: Vec<&Text> = copy.sources.iter().chain([&copy.target]).collect();
    if needs_json(&paths) {
        words.push(json_expanded(&paths, origin));
    } else {
        words.extend(paths.into_iter().map(word));
    }
    words
}

/// The options of a health check that are lengths of time.
fn delays(health: &Health) -> impl Iterator<Item = (&'static str, &Typed<Delay>)> {
    [("interval", &health.interval), ("timeout", &health.timeout), ("start-period", &health.start_period)]
        .into_iter()
        .filter_map(|(name, delay)| Some((name, delay.as_ref()?)))
}

fn health_words(health: &Health) -> Vec<Escaped> {
    let mut words = vec![keyword("HEALTHCHECK", health.origin)];
    words.extend(delays(health).map(|(name, delay)| flag(name, &delay.text)));
    words.extend(
        health.retries.as_ref().map(|count| plain_flag("retries", &count.value.to_string(), count.origin)),
    );
    words.push(keyword("CMD", health.origin));
    words.push(match &health.test {
        Command::Exec(words) => json(words, health.origin),
        Command::Shell(text) => shell_text(text).unwrap_or_else(|| json_shell(text)),
    });
    words
}

#[cfg(test)]
mod tests;
