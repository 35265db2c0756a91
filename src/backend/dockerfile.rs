//! Prints a Dockerfile: stages apart, one instruction after the other, options of `RUN` and pairs of `ENV` one a line.

mod copy;
mod features;
mod refusal;
mod run;

pub(super) use features::{features, features_of_text};
pub use refusal::refusals;

use super::escape::docker::{
    as_written, assignment, directive, flag, json, json_expanded, json_shell, label, needs_json, plain_flag,
    quoted_word, rest_of_line, shell_lines, value, variable_name, word,
};
use super::escape::{Context, Escaped};
use super::template::{Ending, Line, render};
use super::{Artifact, Layout};
use crate::model::compose::{Command, Health};
use crate::model::dockerfile::{BuildFile, DirectiveKind, Op, Stage};
use crate::model::scalar::Delay;
use crate::model::values::{Part, Text, Typed, VarOp};
use crate::source::Origin;

/// The Dockerfile of a build.
pub fn emit(build: &BuildFile, layout: &Layout) -> Artifact {
    let mut lines = Vec::new();
    // `InvalidDefinitionDescription` takes the comments above an ARG or a stage for its description, across empty
    // lines; an empty comment ends them.
    if let Some(tried) = build.dockerfile.directives.iter().find(|wanted| wanted.tries_checks()) {
        lines.push(line(vec![keyword("#", tried.origin)]));
    }
    for step in &build.dockerfile.globals {
        instruction(&step.op, step.origin, &mut lines);
    }
    for stage in &build.dockerfile.stages {
        if lines.last().is_some_and(|line| !line.is_blank()) {
            lines.push(Line::blank());
        }
        lines.push(from(stage));
        for step in &stage.steps {
            instruction(&step.op, step.origin, &mut lines);
        }
    }
    if lines.last().is_some_and(Line::is_blank) {
        lines.pop();
    }
    let directives = build.dockerfile.directives.iter().map(|wanted| {
        let name = match wanted.kind {
            DirectiveKind::Syntax => "syntax",
            DirectiveKind::Check => "check",
        };
        line(vec![directive(name, &wanted.value, wanted.origin)])
    });
    render(&build.path, Context::Dockerfile, &layout.stack_file, directives.collect(), lines)
}

fn keyword(text: &'static str, origin: Origin) -> Escaped {
    Escaped::keyword(text, Context::Dockerfile, origin)
}

fn from(stage: &Stage) -> Line {
    let mut words = vec![keyword("FROM", stage.base.origin)];
    words.extend(stage.platform.as_ref().map(|platform| flag("platform", platform)));
    words.push(quoted_word(&without_messages(&stage.base)));
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
    Text { quotes: text.quotes, ..Text::from_parts(text.parts.iter().map(short), text.origin) }
}

fn instruction(op: &Op, origin: Origin, lines: &mut Vec<Line>) {
    match op {
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
        Op::Copy(copy) => lines.push(line(copy::copy(copy, origin))),
        Op::Add(add) => lines.push(line(copy::add(add, origin))),
        Op::File(file) => copy::file(file, origin, lines),
        Op::Run(run) => run::emit(run, origin, lines),
        Op::Entrypoint(command) => {
            with_command(vec![keyword("ENTRYPOINT", origin)], command, origin, lines);
        }
        Op::Cmd(command) => with_command(vec![keyword("CMD", origin)], command, origin, lines),
        Op::Health(health) => with_command(health_words(health), &health.test, health.origin, lines),
        Op::NoHealth => lines.push(line(vec![keyword("HEALTHCHECK", origin), keyword("NONE", origin)])),
        Op::Shell(words) => lines.push(line(vec![keyword("SHELL", origin), json(words, origin)])),
        Op::StopSignal(signal) => lines.push(line(vec![keyword("STOPSIGNAL", origin), value(signal)])),
        Op::Volume(paths) => {
            let paths = path_words(&paths.iter().collect::<Vec<_>>(), origin);
            lines.push(line([keyword("VOLUME", origin)].into_iter().chain(paths).collect()));
        }
        Op::Maintainer(name) => lines.push(line(vec![keyword("MAINTAINER", origin), rest_of_line(name)])),
        Op::Raw(raw) => {
            lines.extend(raw.lines.iter().map(|text| line(vec![as_written(&text.value, text.origin)])));
            if raw.lines.iter().any(|text| text.value.contains("<<")) {
                after_heredoc(lines);
            }
        }
        Op::OnBuild(op) => {
            let first = lines.len();
            instruction(op, origin, lines);
            lines[first].words.insert(0, keyword("ONBUILD", origin));
        }
    }
}

/// An empty line, without which hadolint (2.15) takes what follows a heredoc for a mistake.
fn after_heredoc(lines: &mut Vec<Line>) {
    lines.push(Line::blank());
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

/// An instruction that ends in a command: a JSON list, or a text for the shell that `SHELL` says, if it can stand there.
fn with_command(mut words: Vec<Escaped>, command: &Command, origin: Origin, lines: &mut Vec<Line>) {
    let (first, rest) = match command {
        Command::Exec(words) => (json(words, origin), Vec::new()),
        Command::Shell(text) => shell_lines(text).unwrap_or_else(|| (json_shell(&[], text), Vec::new())),
    };
    words.push(first);
    lines.push(line(words));
    lines.extend(rest.into_iter().map(|written| line(vec![written])));
}

/// Paths as words, or as a list if they could be misread.
fn path_words(paths: &[&Text], origin: Origin) -> Vec<Escaped> {
    if needs_json(paths) {
        vec![json_expanded(paths, origin)]
    } else {
        paths.iter().map(|path| word(path)).collect()
    }
}

/// The options of a health check that are lengths of time.
fn delays(health: &Health) -> impl Iterator<Item = (&'static str, &Typed<Delay>)> {
    [
        ("interval", &health.interval),
        ("timeout", &health.timeout),
        ("start-period", &health.start_period),
        ("start-interval", &health.start_interval),
    ]
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
    words
}

#[cfg(test)]
mod tests;
