//! `RUN`: its mounts, one a line when there are several, and what it runs.

use super::keyword;
use crate::backend::escape::Escaped;
use crate::backend::escape::docker::{heredoc, json, json_shell, mount, shell_text};
use crate::backend::template::{Ending, Line};
use crate::model::compose::Command;
use crate::model::dockerfile::{Run, RunMount};
use crate::model::values::Text;
use crate::source::Origin;

/// The widest line on which one mount and its command stand together.
const WIDEST_LINE: usize = 100;

/// Appends the lines of the instruction.
pub(super) fn emit(run: &Run, origin: Origin, lines: &mut Vec<Line>) {
    let (command, body) = match &run.command {
        Command::Exec(words) => (json(words, origin), Vec::new()),
        Command::Shell(text) => match (shell_text(text), heredoc(text)) {
            (Some(line), _) => (line, Vec::new()),
            (None, Some(heredoc)) => heredoc,
            (None, None) => (json_shell(text), Vec::new()),
        },
    };
    let mounts: Vec<Escaped> = run.mounts.iter().map(|wanted| mount_flag(wanted, origin)).collect();
    let head = keyword("RUN", origin);
    let fits = mounts.iter().chain([&command]).map(|word| word.as_str().chars().count()).sum::<usize>();
    if mounts.len() > 1 || (mounts.len() == 1 && fits > WIDEST_LINE) {
        super::continued(&head, mounts.into_iter().chain([command]).collect(), lines);
    } else {
        let words = [head].into_iter().chain(mounts).chain([command]).collect();
        lines.push(Line { depth: 0, words, ending: Ending::Bare });
    }
    lines.extend(body.into_iter().map(|line| Line { depth: 0, words: vec![line], ending: Ending::Bare }));
}

/// The texts that stand in the options of the mounts.
pub(super) fn mount_texts(run: &Run) -> Vec<&Text> {
    let texts = |mount| match mount {
        &RunMount::Cache { .. } => [None, None],
        RunMount::Bind { source, target } => [Some(source), Some(target)],
        RunMount::Secret { target, .. } => [target.as_ref(), None],
    };
    run.mounts.iter().flat_map(texts).flatten().collect()
}

fn mount_flag(wanted: &RunMount, origin: Origin) -> Escaped {
    let text = |literal: &str| Text::literal(literal, origin);
    match wanted {
        RunMount::Cache { target, locked } => {
            let (kind, target, sharing) = (text("cache"), text(target), text("locked"));
            let mut fields = vec![("type", &kind), ("target", &target)];
            if *locked {
                fields.push(("sharing", &sharing));
            }
            mount(&fields, origin)
        }
        RunMount::Bind { source, target } => {
            mount(&[("type", &text("bind")), ("source", source), ("target", target)], origin)
        }
        RunMount::Secret { name, target, uid } => {
            let (kind, id, required) = (text("secret"), text(name.as_str()), text("true"));
            let uid = uid.as_deref().map(text);
            let mut fields = vec![("type", &kind), ("id", &id)];
            fields.extend(target.as_ref().map(|target| ("target", target)));
            fields.extend(uid.as_ref().map(|uid| ("uid", uid)));
            fields.push(("required", &required));
            mount(&fields, origin)
        }
    }
}
