//! What a `RUN` does: the commands of its text or its heredocs, each with its place in the file.

pub(crate) use super::shell::Link;
use super::shell::{Token, split};
use crate::project::dockerfile::Step;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::{Args, Command as Form, Heredoc, Instruction, Word as Text};

/// `sh -c "sh -c ..."` is looked into so often.
const MAX_DEPTH: usize = 3;

/// A word of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Without quotes; variables and substitutions as they are written.
    pub(crate) text: String,
    /// Where.
    pub(crate) span: Span,
    /// Whether something in it depends on variables or commands.
    pub(crate) is_open: bool,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    /// What stands before it.
    pub(crate) link: Link,
    /// `NAME=value` before the program.
    pub(crate) env: Vec<(String, String)>,
    /// Where `sudo` stands before the program.
    pub(crate) sudo: Option<Span>,
    /// The program, without its folders.
    pub(crate) program: String,
    /// What follows the program.
    pub(crate) args: Vec<Word>,
    /// From the program to the last word.
    pub(crate) span: Span,
}

impl Command {
    /// Whether it has one of these words.
    pub(crate) fn has(&self, words: &[&str]) -> bool {
        self.args.iter().any(|word| words.contains(&word.text.as_str()))
    }

    /// The words that are no options.
    pub(crate) fn operands(&self) -> impl Iterator<Item = &Word> {
        self.args.iter().filter(|word| !word.text.starts_with('-'))
    }

    /// Whether a word comes from a variable, so that it may be any option.
    pub(crate) fn is_open(&self) -> bool {
        self.args.iter().any(|word| word.is_open && word.text.starts_with('$'))
    }
}

/// The commands of a step; none of anything but `RUN`, and none for a shell that is not of Bourne's family.
pub(crate) fn commands(step: &Step, sources: &SourceMap) -> Vec<Command> {
    let shell = step.before.shell.first().map_or("sh", |shell| base_name(shell));
    if step.instruction.keyword != Keyword::Run || !is_shell(shell) {
        return Vec::new();
    }
    of_instruction(&step.instruction, sources)
}

/// The commands of one instruction that runs something in the usual shell.
pub(crate) fn of_instruction(instruction: &Instruction, sources: &SourceMap) -> Vec<Command> {
    let mut found = Vec::new();
    match &instruction.args {
        Args::Command(Form::Shell(text)) => {
            let openers = |text: &str| text.split_whitespace().all(|word| word.contains("<<"));
            let is_script = openers(&text.text);
            if !is_script {
                let segments = segments(instruction, text);
                let place = |start: usize, end: usize| place(&segments, text.span.file, start, end);
                add(&text.text, &place, 0, &mut found);
            }
            let is_for_shell = is_script || found.len() == 1 && is_shell(&found[0].program);
            for heredoc in instruction.heredocs.iter().filter(|_| is_for_shell) {
                if is_for_bourne(heredoc, sources) {
                    let body = heredoc.body;
                    let place = |start: usize, end: usize| {
                        Span::new(body.file, body.start as usize + start, body.start as usize + end)
                    };
                    add(sources.text(body), &place, 0, &mut found);
                }
            }
        }
        Args::Command(Form::Exec(words)) => {
            let words =
                words.iter().map(|word| Word { text: word.text.clone(), span: word.span, is_open: false });
            add_words(Link::Next, words.collect(), 0, &mut found);
        }
        _ => {}
    }
    found
}

/// The commands of a text that stands at one place, such as the shell form of CMD.
pub(crate) fn of_text(text: &str, span: Span) -> Vec<Command> {
    let mut found = Vec::new();
    add(text, &|_, _| span, 0, &mut found);
    found
}

/// One command that is given as its words.
pub(crate) fn of_words(words: &[String], span: Span) -> Vec<Command> {
    let word = |text: &String| Word { text: text.clone(), span, is_open: text.contains('$') };
    let mut found = Vec::new();
    add_words(Link::Next, words.iter().map(word).collect(), 0, &mut found);
    found
}

fn is_for_bourne(heredoc: &Heredoc, sources: &SourceMap) -> bool {
    heredoc.interpreter.is_none_or(|interpreter| {
        let words = sources.text(interpreter).split_whitespace();
        words.map(base_name).any(is_shell)
    })
}

fn add(text: &str, place: &dyn Fn(usize, usize) -> Span, depth: usize, found: &mut Vec<Command>) {
    for simple in split(text) {
        let word = |token: Token| Word {
            text: token.text,
            span: place(token.start, token.end),
            is_open: token.is_open,
        };
        add_words(simple.link, simple.words.into_iter().map(word).collect(), depth, found);
    }
}

/// Takes what stands before the program away, and looks into `sh -c`.
fn add_words(link: Link, words: Vec<Word>, depth: usize, found: &mut Vec<Command>) {
    let mut words = words.into_iter().peekable();
    let (mut env, mut sudo) = (Vec::new(), None);
    let program = loop {
        let Some(word) = words.next() else { return };
        match base_name(&word.text) {
            "if" | "then" | "else" | "elif" | "do" | "while" | "until" | "!" | "{" | "time" | "exec"
            | "command" | "nohup" | "env" | "tini" | "dumb-init" | "--" => {}
            "sudo" => {
                sudo = Some(word.span);
                while let Some(option) = words.next_if(|word| word.text.starts_with('-')) {
                    if matches!(option.text.as_str(), "-u" | "-g" | "--user" | "--group") {
                        words.next();
                    }
                }
            }
            "for" | "case" | "fi" | "done" | "esac" | "}" => return,
            _ => match assignment(&word) {
                Some(pair) => env.push(pair),
                None => break word,
            },
        }
    };
    let args: Vec<Word> = words.collect();
    let span = args.last().map_or(program.span, |last| program.span.to(last.span));
    let name = base_name(&program.text).to_owned();
    if is_shell(&name)
        && depth < MAX_DEPTH
        && let Some(at) = args.iter().position(|word| is_command_flag(&word.text))
        && let Some(script) = args.get(at + 1)
    {
        let whole = script.span;
        add(&script.text, &|_, _| whole, depth + 1, found);
        return;
    }
    found.push(Command { link, env, sudo, program: name, args, span });
}

/// `-c`, `-ec`, `-exc`
fn is_command_flag(text: &str) -> bool {
    text.starts_with('-') && !text.starts_with("--") && text.ends_with('c') && text.len() < 8
}

fn assignment(word: &Word) -> Option<(String, String)> {
    let (name, value) = word.text.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then(|| (name.to_owned(), value.to_owned()))
}

fn is_shell(program: &str) -> bool {
    matches!(program, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh")
}

/// The last part of a path.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// From which byte of a word whose lines were joined on what stands where in the file, both in bytes.
fn segments(instruction: &Instruction, word: &Text) -> Vec<(usize, usize)> {
    let (mut said, mut source) = (0, word.span.start as usize);
    let mut segments = vec![(said, source)];
    for joint in &instruction.joints {
        let range = joint.span.range();
        if range.start >= source {
            said += range.start - source;
            source = range.end;
            segments.push((said, source));
        }
    }
    segments
}

/// Where the bytes `start..end` of such a word stand.
fn place(segments: &[(usize, usize)], file: FileId, start: usize, end: usize) -> Span {
    let source = |at: usize| {
        let after = segments.partition_point(|(said, _)| *said <= at);
        let (said, source) = segments[after.saturating_sub(1)];
        source + (at - said)
    };
    let from = source(start);
    Span::new(file, from, if end > start { source(end - 1) + 1 } else { from })
}

#[cfg(test)]
mod tests {
    use super::commands;
    use crate::diagnostic::Sink;
    use crate::project::dockerfile::read;
    use crate::source::SourceMap;

    /// The commands of the last step, each as its program, its words and the text at its place.
    #[track_caller]
    fn check(text: &str, expected: &[(&str, &[&str], &str)]) {
        let mut map = SourceMap::default();
        let file = map.add("Dockerfile", text);
        let dockerfile = read(file, text, None, None, &[], &mut Sink::default());
        let step = dockerfile.stages[0].steps.last().unwrap();
        let found = commands(step, &map);
        let found: Vec<(&str, Vec<&str>, &str)> = found
            .iter()
            .map(|command| {
                let args = command.args.iter().map(|word| word.text.as_str()).collect();
                (command.program.as_str(), args, map.text(command.span))
            })
            .collect();
        let expected: Vec<(&str, Vec<&str>, &str)> =
            expected.iter().map(|(program, args, text)| (*program, args.to_vec(), *text)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn places_are_right_across_joined_lines_and_comments() {
        check(
            "FROM a\nRUN set -ex; \\\n  # why\n  apt-get update \\\n && /usr/bin/apt-get \"install\" -y b\n",
            &[
                ("set", &["-ex"], "set -ex"),
                ("apt-get", &["update"], "apt-get update"),
                ("apt-get", &["install", "-y", "b"], "/usr/bin/apt-get \"install\" -y b"),
            ],
        );
    }

    #[test]
    fn what_stands_before_a_program_is_not_the_program() {
        check(
            "FROM a\nRUN if ! A=1 sudo -u b make; then exec x; fi\n",
            &[("make", &[], "make"), ("x", &[], "x")],
        );
    }

    #[test]
    fn heredocs_of_a_shell_are_scripts_and_others_are_not() {
        check("FROM a\nRUN <<EOF\nmake\n  b c\nEOF\n", &[("make", &[], "make"), ("b", &["c"], "b c")]);
        check(
            "FROM a\nRUN bash -e <<EOF\nmake\nEOF\n",
            &[("bash", &["-e"], "bash -e"), ("make", &[], "make")],
        );
        check("FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nmake\nEOF\n", &[]);
        check("FROM a\nRUN cat <<EOF >x\nmake\nEOF\n", &[("cat", &[], "cat")]);
    }

    #[test]
    fn the_script_of_an_inner_shell_is_looked_into() {
        check(
            "FROM a\nRUN [\"/bin/bash\", \"-ec\", \"make && b\"]\n",
            &[("make", &[], "\"make && b\""), ("b", &[], "\"make && b\"")],
        );
        check("FROM a\nSHELL [\"powershell\"]\nRUN a\n", &[]);
    }
}
