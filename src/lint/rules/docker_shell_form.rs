//! # A command that a shell stands before
//!
//! `CMD nginx -g "daemon off;"` runs `/bin/sh -c` with the text. With many shells the shell is then the first process: it
//! gets the signal to stop and does not pass it on, so that the container is killed after ten seconds, in the middle of
//! what it does. Written as an array, the program itself is the first process. An `ENTRYPOINT` for a shell also
//! ignores `CMD` and everything that is given to `docker run`. Where `SHELL` names another shell, it is taken to be meant.
//!
//! ```dockerfile bad
//! FROM python:3.14-slim
//! COPY app.py /app.py
//! USER 1000
//! CMD python /app.py
//! ```
//!
//! ```dockerfile good
//! FROM python:3.14-slim
//! COPY app.py /app.py
//! USER 1000
//! CMD ["python", "/app.py"]
//! ```

use crate::diagnostic::Severity;
use crate::lint::dockerfile::commands::of_text;
use crate::lint::dockerfile::finals;
use crate::lint::{Findings, Whole};
use crate::project::dockerfile::Words;
use crate::source::SourceMap;

pub(super) const CODE: &str = "docker-shell-form";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for known in finals(whole) {
        let end = &known.stage().end;
        let command = end.command.as_ref().filter(|command| command.span.is_some());
        let ignored = command.filter(|command| !command.words.is_empty());
        // Who names a shell means it to run, and what it does with signals is not known.
        let is_usual = end.shell.is_empty();
        if let Some(entrypoint) = end.entrypoint.as_ref().filter(|_| is_usual || ignored.is_some()) {
            report("ENTRYPOINT", entrypoint, ignored, whole.sources, findings);
        }
        let is_ignored = end.entrypoint.as_ref().is_some_and(|entrypoint| entrypoint.is_shell);
        if let Some(command) = command.filter(|_| is_usual && !is_ignored) {
            report("CMD", command, None, whole.sources, findings);
        }
    }
}

fn report(
    keyword: &str,
    words: &Words,
    ignored: Option<&Words>,
    sources: &SourceMap,
    findings: &mut Findings<'_>,
) {
    let (true, Some(span), Some(text)) = (words.is_shell, words.span, words.words.last()) else { return };
    if let Some(command) = ignored.and_then(|command| command.span) {
        let mut found = findings
            .at(span, "an `ENTRYPOINT` for a shell ignores `CMD`")
            .label(command, "never used")
            .note("the shell runs the text of the entrypoint, and what follows it is not a part of that")
            .help("write it as an array: `ENTRYPOINT [\"program\", \"argument\"]`")
            .in_stack("write its words: `entrypoint program argument`");
        found.severity = Severity::Warning;
        findings.push(found);
        return;
    }
    let commands = of_text(text, span);
    let is_replaced =
        text.trim_start().starts_with("exec ") || text.contains("&& exec ") || text.contains("; exec ");
    if is_replaced || commands.is_empty() {
        return;
    }
    let is_plain = commands.len() == 1
        && commands[0].env.is_empty()
        && commands[0].args.iter().all(|word| !word.is_open)
        && !text.contains(['>', '<', '*', '$']);
    let array = is_plain.then(|| {
        // Folders before the program stay.
        let program = text.split_whitespace().next().unwrap_or(&commands[0].program);
        let args = commands[0].args.iter().map(|word| word.text.as_str());
        let words: Vec<String> = std::iter::once(program)
            .chain(args)
            .map(|word| format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")))
            .collect();
        format!("[{}]", words.join(", "))
    });
    let help = match &array {
        Some(array) => format!("write it as an array: `{keyword} {array}`"),
        None => "put `exec` before the last command, so that it takes the place of the shell".to_owned(),
    };
    // What a shell would take for more than words stays with it.
    let is_of_words = text.chars().all(|c| c.is_alphanumeric() || " /._-:=,@+".contains(c));
    let written = sources.text(span);
    let rest =
        written.split_once(char::is_whitespace).filter(|(_, rest)| is_of_words && rest.trim() == text.trim());
    let edits = rest.zip(array).map(|((head, _), array)| vec![(span, format!("{head} {array}"))]);
    let found = findings
        .at(span, format!("`{keyword}` is run by a shell, which is told to stop in place of the program"))
        .note("many shells do not pass the signal on: the container is killed after ten seconds")
        .help(help);
    findings.push(found.may_unsafe_fix("write it as an array", edits));
}
