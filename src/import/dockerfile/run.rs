//! `RUN` with what it is given.

use super::File;
use super::steps::switch;
use super::words::{exact, script};
use crate::import::spelling::bare_or_quoted;
use crate::import::statement::Statement;
use crate::syntax::dockerfile::tree::{Command, Flag, Heredoc, Instruction};

impl File<'_> {
    /// `run TEXT` or `run exec WORD...`, with its options and the bodies of its heredocs.
    pub(super) fn run(&self, of: &Instruction, command: &Command) -> Option<Statement> {
        let mut options = Vec::new();
        for flag in &of.flags {
            options.push(run_option(flag)?);
        }
        let head = Statement::of("run");
        let statement = match (command, of.heredocs.as_slice()) {
            (Command::Exec(words), _) => {
                words.iter().fold(head.keyword("exec"), |run, word| run.spelled(exact(&word.text)))
            }
            (Command::Shell(word), []) => head.spelled(script(&self.shell_text(of, word))),
            (Command::Shell(word), [only]) if word.text == "<<EOF" && only.name.text == "EOF" => {
                head.spelled(script(&self.body(only)?))
            }
            (Command::Shell(word), heredocs) => {
                for heredoc in heredocs {
                    let option = Statement::of("heredoc").spelled(exact(&heredoc.name.text));
                    options.push(option.spelled(script(&self.body(heredoc)?)));
                }
                head.spelled(script(&self.shell_text(of, word)))
            }
        };
        Some(statement.block_if_any(options))
    }

    /// The lines of a heredoc without the last line ending; `None` if they cannot be said, or it has no end.
    fn body(&self, heredoc: &Heredoc) -> Option<String> {
        heredoc.close?;
        let body = self.text[heredoc.body.range()].replace("\r\n", "\n");
        match body.strip_suffix('\n') {
            // One empty line and none are written alike.
            Some("") => None,
            Some(lines) => Some(lines.to_owned()),
            None => body.is_empty().then_some(body),
        }
    }
}

fn run_option(flag: &Flag) -> Option<Statement> {
    let value = flag.value.as_ref()?;
    match flag.name.text.as_str() {
        "mount" => mount(&value.text),
        "network" | "security" => Some(Statement::of(&flag.name.text).spelled(exact(&value.text))),
        "device" => {
            let (name, rest) = value.text.split_once(',').unwrap_or((&value.text, ""));
            let device = Statement::of("device").spelled(bare_or_quoted(name));
            match rest {
                "" => Some(device),
                "required" => Some(device.keyword("required")),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `--mount=type=...`. A secret and an agent are what the stack has to know of: they stay as they are.
fn mount(text: &str) -> Option<Statement> {
    if text.contains('"') {
        return None;
    }
    let fields: Vec<(&str, Option<&str>)> = text
        .split(',')
        .map(|field| field.split_once('=').map_or((field, None), |(name, value)| (name, Some(value))))
        .collect();
    let find =
        |names: &[&str]| fields.iter().find(|(name, _)| names.contains(name)).and_then(|(_, value)| *value);
    let kind = find(&["type"]).unwrap_or("bind");
    let target = find(&["target", "dst", "destination"])?;
    let mut statement = match (kind, find(&["source", "src"])) {
        ("bind", Some(source)) => Statement::of("bind").spelled(bare_or_quoted(source)).keyword("at"),
        ("bind", None) => Statement::of("bind").keyword("at"),
        ("cache" | "tmpfs", _) => Statement::of(kind),
        _ => return None,
    };
    statement = statement.spelled(bare_or_quoted(target));
    let mut options = Vec::new();
    for (name, value) in &fields {
        let text = |word: &str| Some(Statement::of(word).spelled(bare_or_quoted((*value)?)));
        let on = |word: &str| switch(word, *value);
        options.push(match (*name, kind) {
            ("type" | "target" | "dst" | "destination", _) | ("source" | "src", "bind") => continue,
            ("from", "bind" | "cache") => text("from")?,
            ("source" | "src", "cache") => text("source")?,
            ("id" | "sharing" | "mode" | "uid" | "gid", "cache") => text(name)?,
            ("readonly" | "ro", "cache") => on("readonly")?,
            ("readwrite" | "rw", "bind") => on("readwrite")?,
            ("size", "tmpfs") => text("size")?,
            _ => return None,
        });
    }
    Some(statement.block_if_any(options))
}
