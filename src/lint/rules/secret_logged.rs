//! # A build step that would print a secret
//!
//! The step is given a secret and its shell prints what it does, or prints the file: the value ends up in the build's
//! log, in CI for everybody to read.
//!
//! ```stack bad
//! secret npm_token { env NPM_TOKEN }
//! service app {
//!   build {
//!     base python:3.14-slim
//!     run "cat /run/secrets/npm_token && npm ci" { secret npm_token }
//!   }
//! }
//! ```
//!
//! ```stack good
//! secret npm_token { env NPM_TOKEN }
//! service app {
//!   build {
//!     base python:3.14-slim
//!     run "NPM_TOKEN=$(cat /run/secrets/npm_token) npm ci" { secret npm_token }
//!   }
//! }
//! ```

use crate::lint::{Findings, Subject};
use crate::model::compose::Command;
use crate::model::dockerfile::{Op, Run, RunMount, SecretMount};
use crate::model::values::{Part, Text};

pub(super) const CODE: &str = "secret-logged";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for step in subject
        .deployment
        .builds
        .iter()
        .flat_map(|build| &build.dockerfile.stages)
        .flat_map(|stage| &stage.steps)
    {
        let Op::Run(run) = step.op.effective() else { continue };
        let Some(span) = subject.span(step.origin) else { continue };
        let script = script(&run.command);
        for secret in secrets(run) {
            let name = &secret.name;
            let by_file = secret.path().and_then(|path| Some((prints(&script, &path)?, path)));
            let by_variable =
                secret.variable.as_ref().and_then(|variable| prints_variable(&script, variable.as_str()));
            let (how, help) = match (by_file, by_variable) {
                (Some((how, path)), _) => (
                    how,
                    format!(
                        "read it where it is used: `$(cat {path})` in an assignment, or a file option of the program"
                    ),
                ),
                (None, Some(how)) => (how, "let the program read the variable by itself".to_owned()),
                (None, None) => continue,
            };
            findings.push(
                findings
                    .at(span, format!("this step would print the secret `{name}` into the build's log"))
                    .here(how)
                    .help(help),
            );
        }
    }
}

fn secrets(run: &Run) -> impl Iterator<Item = &SecretMount> {
    run.mounts.iter().filter_map(|mount| match mount {
        RunMount::Secret(secret) => Some(secret),
        RunMount::Cache(_) | RunMount::Bind { .. } | RunMount::Tmpfs { .. } | RunMount::Ssh { .. } => None,
    })
}

/// What is run, as a shell would read it.
fn script(command: &Command) -> String {
    match command {
        Command::Shell(text) => literal(text),
        Command::Exec(words) => words.iter().map(literal).collect::<Vec<_>>().join(" "),
    }
}

fn literal(text: &Text) -> String {
    let parts = text.parts.iter().filter_map(|part| match part {
        Part::Lit(text) => Some(text.as_str()),
        Part::Var(_) => None,
    });
    parts.collect()
}

/// How a shell text prints a variable, if it plainly does.
fn prints_variable(script: &str, name: &str) -> Option<&'static str> {
    let used = [format!("${name}"), format!("${{{name}}}")];
    let uses = |text: &str| used.iter().any(|used| text.contains(used));
    for command in script.split(['\n', ';', '&', '|']) {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            ["set", flags, ..] if flags.starts_with('-') && flags.contains('x') && uses(script) => {
                return Some("`set -x` prints every command with its values");
            }
            ["env" | "printenv" | "export"] => return Some("prints the whole environment"),
            ["printenv", first, ..] if *first == name => return Some("prints the variable"),
            ["echo" | "printf", rest @ ..]
                if rest.iter().any(|word| uses(word))
                    && !rest.iter().any(|word| word.starts_with('>'))
                    && !script.contains(&format!("{} |", command.trim())) =>
            {
                return Some("prints the variable");
            }
            _ => {}
        }
    }
    None
}

/// How a shell text prints the file at `path`, if it plainly does.
fn prints(script: &str, path: &str) -> Option<&'static str> {
    for command in script.split(['\n', ';', '&', '|']) {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            ["set", flags, ..] if flags.starts_with('-') && flags.contains('x') && script.contains(path) => {
                return Some("`set -x` prints every command with its values");
            }
            ["env" | "printenv" | "export"] if script.contains(path) => {
                return Some("prints the whole environment");
            }
            ["cat" | "head" | "tail" | "base64" | "xxd" | "od", rest @ ..]
                if rest.contains(&path)
                    && !rest.iter().any(|word| word.starts_with('>'))
                    && !script.contains(&format!("{} |", command.trim())) =>
            {
                return Some("prints the file");
            }
            ["echo" | "printf", rest @ ..]
                if rest.iter().any(|word| word.contains(path))
                    && rest.iter().any(|word| word.contains("cat"))
                    && !rest.iter().any(|word| word.starts_with('>')) =>
            {
                return Some("prints the file");
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{prints, prints_variable};

    #[test]
    fn what_prints_a_file_and_what_only_reads_it() {
        let path = "/run/secrets/t";
        for script in [
            "cat /run/secrets/t",
            "set -ex\nnpm ci --token $(cat /run/secrets/t)",
            "echo $(cat /run/secrets/t)",
            "export T=$(cat /run/secrets/t) && printenv",
        ] {
            assert!(prints(script, path).is_some(), "{script}");
        }
        for script in [
            "T=$(cat /run/secrets/t) npm ci",
            "cat /run/secrets/t > /root/.netrc",
            "set -e\nnpm ci",
            "set -ex; npm ci",
            "env",
            "cat /run/secrets/t | login --stdin",
        ] {
            assert!(prints(script, path).is_none(), "{script}");
        }
    }

    #[test]
    fn what_prints_a_variable_and_what_only_uses_it() {
        for script in
            ["echo $T", "printf '%s' \"${T}\"", "set -ex\nnpm ci --token $T", "make; env", "printenv T"]
        {
            assert!(prints_variable(script, "T").is_some(), "{script}");
        }
        for script in [
            "npm ci",
            "npm ci --token $T",
            "echo $T > /root/.netrc",
            "echo $T | login --stdin",
            "env -i make",
        ] {
            assert!(prints_variable(script, "T").is_none(), "{script}");
        }
    }
}
