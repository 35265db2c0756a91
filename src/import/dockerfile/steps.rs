//! Instructions as steps.

use super::File;
use super::words::{exact, lines, script, written};
use crate::import::spelling::bare_or_quoted;
use crate::import::statement::Statement;
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::{
    Args, Command, Declaration, Flag, Health, Instruction, JointKind, Pair, Word,
};

impl File<'_> {
    /// The step that says what an instruction says, if there is one.
    pub(super) fn native(&self, of: &Instruction) -> Option<Statement> {
        match (of.keyword, &of.args) {
            (Keyword::Run, Args::Command(command)) => self.run(of, command),
            (Keyword::Cmd, Args::Command(command)) => self.command(Statement::of("command"), of, command),
            (Keyword::Entrypoint, Args::Command(command)) => {
                self.command(Statement::of("entrypoint"), of, command)
            }
            (Keyword::Shell, Args::Command(Command::Exec(words))) => Some(
                words.iter().fold(Statement::of("shell"), |shell, word| shell.spelled(exact(&word.text))),
            ),
            (Keyword::Copy | Keyword::Add, Args::Words { words, json }) if of.heredocs.is_empty() => {
                self.copy(of, words, *json)
            }
            (Keyword::Volume, Args::Words { words, json }) if !words.is_empty() => {
                let spelled = words.iter().map(|word| spelled_as(&word.text, *json));
                Some(spelled.fold(Statement::of("volume"), Statement::spelled))
            }
            (Keyword::Expose, Args::Ports(ports)) => Some(
                ports
                    .iter()
                    .fold(Statement::of("expose"), |expose, port| expose.spelled(bare_or_quoted(&port.text))),
            ),
            (Keyword::Workdir, Args::Text(text)) => one("workdir", text),
            (Keyword::User, Args::Text(text)) => one("user", text),
            (Keyword::Stopsignal, Args::Text(text)) => one("stopsignal", text),
            (Keyword::Maintainer, Args::Text(text)) => Some(Statement::of("maintainer").quoted(&text.text)),
            (Keyword::Env, Args::Pairs { pairs, .. }) => pairs_of("env", pairs),
            (Keyword::Label, Args::Pairs { pairs, legacy: false }) => pairs_of("labels", pairs),
            (Keyword::Arg, Args::Declarations(declarations)) => match declarations.as_slice() {
                [only] => declaration(only),
                _ => None,
            },
            (Keyword::Healthcheck, Args::Health(health)) => self.health(of, health),
            (Keyword::Onbuild, Args::Trigger(trigger)) if of.heredocs.is_empty() => {
                Some(Statement::of("onbuild").block(vec![self.native(trigger)?]))
            }
            _ => None,
        }
    }

    /// `FROM`
    pub(super) fn base(of: &Instruction) -> Option<Statement> {
        let Args::From { image, .. } = &of.args else { return None };
        let options = of.flags.iter().map(|flag| option(flag, "platform", "platform"));
        let options: Option<Vec<Statement>> = options.collect();
        let image = written(&image.text)?;
        Some(Statement::of("base").spelled(image).block_if_any(options?).at(of.span))
    }

    /// `head word...` or `head shell TEXT`
    fn command(&self, head: Statement, of: &Instruction, command: &Command) -> Option<Statement> {
        match command {
            Command::Shell(word) => Some(head.keyword("shell").spelled(script(&self.shell_text(of, word)))),
            Command::Exec(words) => {
                let (first, rest) = words.split_first()?;
                let is_keyword = matches!(first.text.as_str(), "shell" | "exec" | "none");
                let head =
                    if is_keyword { head.quoted(&first.text) } else { head.spelled(exact(&first.text)) };
                Some(rest.iter().fold(head, |head, word| head.spelled(exact(&word.text))))
            }
        }
    }

    /// A text for a shell with the lines that it was written in. White space stands before every line but the first as it stood.
    pub(super) fn shell_text(&self, of: &Instruction, word: &Word) -> String {
        let is_joined = of.joints.iter().any(|joint| {
            joint.kind == JointKind::Escape
                && word.span.start <= joint.span.start
                && joint.span.end <= word.span.end
        });
        if is_joined { lines(&self.text[word.span.range()]) } else { word.text.clone() }
    }

    /// `COPY` and `ADD`
    fn copy(&self, of: &Instruction, words: &[Word], json: bool) -> Option<Statement> {
        let (target, sources) = words.split_last().filter(|(_, sources)| !sources.is_empty())?;
        let head = if of.keyword == Keyword::Copy { "copy" } else { "add" };
        let spelled = |statement: Statement, word: &Word| statement.spelled(spelled_as(&word.text, json));
        let mut statement = sources.iter().fold(Statement::of(head), spelled);
        statement = spelled(statement.keyword("to"), target);
        let mut options = Vec::new();
        for flag in &of.flags {
            match (flag.name.text.as_str(), &flag.value) {
                ("from", Some(from)) => statement = self.copy_from(statement, &from.text),
                ("link" | "parents" | "keep-git-dir" | "unpack", value) => {
                    options.push(switch(&flag.name.text, value.as_ref().map(|value| value.text.as_str()))?);
                }
                ("exclude", Some(pattern)) => {
                    options.push(Statement::of("exclude").spelled(exact(&pattern.text)));
                }
                ("chown" | "chmod" | "checksum", Some(value)) => {
                    options.push(Statement::of(&flag.name.text).spelled(bare_or_quoted(&value.text)));
                }
                _ => return None,
            }
        }
        Some(statement.block_if_any(options))
    }

    fn copy_from(&self, statement: Statement, from: &str) -> Statement {
        let is_stage = self.stages.iter().flatten().any(|name| name == from)
            || from.parse::<usize>().is_ok_and(|number| number + 1 < self.stages.len());
        let statement = statement.keyword("from");
        let statement = if is_stage { statement } else { statement.keyword("image") };
        statement.spelled(bare_or_quoted(from))
    }

    fn health(&self, of: &Instruction, health: &Health) -> Option<Statement> {
        let Health::Command(command) = health else {
            return Some(Statement::of("health").keyword("none"));
        };
        let head = Statement::of("health");
        let statement = match command {
            Command::Shell(_) => self.command(head, of, command)?,
            Command::Exec(words) => {
                words.iter().fold(head.keyword("exec"), |head, word| head.spelled(exact(&word.text)))
            }
        };
        let options = of.flags.iter().map(|flag| {
            let word = match flag.name.text.as_str() {
                "interval" => "every",
                "timeout" => "timeout",
                "start-period" => "start",
                "start-interval" => "start_interval",
                "retries" => "retries",
                _ => return None,
            };
            Some(Statement::of(word).spelled(bare_or_quoted(&flag.value.as_ref()?.text)))
        });
        Some(statement.block_if_any(options.collect::<Option<Vec<_>>>()?))
    }
}

/// A string of a list in quotes, a word without them if it can be.
fn spelled_as(text: &str, json: bool) -> String {
    if json { crate::syntax::stack::spell::quoted(text) } else { bare_or_quoted(text) }
}

fn one(head: &str, text: &Word) -> Option<Statement> {
    Some(Statement::of(head).spelled(written(&text.text)?))
}

fn pairs_of(head: &str, pairs: &[Pair]) -> Option<Statement> {
    let pairs: Option<Vec<Statement>> = pairs
        .iter()
        .map(|pair| {
            let statement = Statement { words: vec![written(&pair.name.text)?], ..Statement::default() };
            Some(statement.spelled(value(&pair.value.text)?))
        })
        .collect();
    Some(Statement::of(head).block(pairs?))
}

fn declaration(of: &Declaration) -> Option<Statement> {
    let statement = Statement::of("arg").spelled(written(&of.name.text)?);
    match &of.default {
        Some(default) => Some(statement.spelled(value(&default.text)?)),
        None => Some(statement),
    }
}

/// A value, which may be nothing at all.
fn value(text: &str) -> Option<String> {
    if text.is_empty() { Some("\"\"".to_owned()) } else { written(text) }
}

/// `name` or `name off`
pub(super) fn switch(name: &str, value: Option<&str>) -> Option<Statement> {
    let statement = Statement::of(name);
    match value {
        None => Some(statement),
        Some(value) if value.eq_ignore_ascii_case("true") => Some(statement),
        Some(value) if value.eq_ignore_ascii_case("false") => Some(statement.keyword("off")),
        Some(_) => None,
    }
}

fn option(flag: &Flag, name: &str, word: &str) -> Option<Statement> {
    let value = flag.value.as_ref().filter(|_| flag.name.text == name)?;
    Some(Statement::of(word).spelled(bare_or_quoted(&value.text)))
}
