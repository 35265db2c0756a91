//! `stackc secret init`

use std::path::Path;

use super::console::Console;
use super::load::{Stream, load};
use super::{DONE, FINDINGS, NOT_UNDERSTOOD};
use crate::driver::secrets::{self, Outcome, Report, SecretFile};
use crate::driver::{Result, place};
use crate::model::compose::SecretSource;
use crate::model::stack::SecretDecl;
use crate::render::terminal;

pub(super) fn init(file: Option<&Path>, console: &mut Console) -> Result<u8> {
    let loaded = load(file, "secret init")?;
    let Some(deployment) = &loaded.compilation.deployment else {
        loaded.report(console, Stream::Err, "; no secret was made");
        return Ok(NOT_UNDERSTOOD);
    };
    let declared = &deployment.stack.secrets;
    if declared.is_empty() {
        console.say(&format!("{} declares no secrets", loaded.stack.name()));
        return Ok(DONE);
    }
    let files = secret_files(declared);
    let report = secrets::init(&files, &loaded.stack.folder)?;
    for line in describe(&files, &report).into_iter().chain(exports(declared)) {
        console.say(&line);
    }
    let look = console.err_look();
    for (folder, mode) in &report.open_folders {
        let text =
            format!("others on this machine can look into `{folder}` (mode {mode}), which holds secrets");
        let mut warning = terminal::headline(crate::diagnostic::Severity::Warning, None, &text, &look);
        let help = match folder.as_str() {
            "." => "keep secrets in a folder of their own".to_owned(),
            folder => format!("`chmod 700 {}`", place::quoted(folder)),
        };
        warning.push_str(&terminal::remark("help", &help, &look));
        console.err(&warning);
    }
    let is_left = report.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Left(_)));
    Ok(if is_left { FINDINGS } else { DONE })
}

/// The declared secrets that are kept in files.
pub(super) fn secret_files(declared: &[SecretDecl]) -> Vec<SecretFile<'_>> {
    declared
        .iter()
        .filter_map(|secret| {
            let path = secret.source.file()?;
            Some(SecretFile {
                path,
                at_run_time: secret.at_run_time,
                value: None,
                is_key: secret.is_key,
                tls: secret.tls,
            })
        })
        .collect()
}

fn describe(files: &[SecretFile<'_>], report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    for (file, outcome) in files.iter().zip(&report.outcomes) {
        let path = file.path;
        lines.push(match outcome {
            Outcome::Made => format!("made     {path}"),
            Outcome::Present => format!("present  {path}"),
            Outcome::Left(why) => format!("left     {path}: {why}"),
        });
    }
    if let Some((file, ignored)) = &report.ignored {
        lines.extend(ignored.iter().map(|line| format!("ignored  {line} in {file}")));
    }
    lines
}

fn exports(declared: &[SecretDecl]) -> Vec<String> {
    declared
        .iter()
        .filter_map(|secret| match &secret.source {
            SecretSource::Environment(name) | SecretSource::SshAgent(Some(name)) => Some(name),
            SecretSource::File(_)
            | SecretSource::External
            | SecretSource::SshAgent(None)
            | SecretSource::SshKey(_) => None,
        })
        .map(|name| format!("to set   export {name}=..."))
        .collect()
}
