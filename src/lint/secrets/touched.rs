//! What the commands of RUN do to files that an earlier step copied.

use super::baked::Baked;
use crate::lint::Whole;
use crate::project::dockerfile::{Base, Step};
use crate::project::host::join;
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;

/// A command that touches a key.
#[derive(Clone, Debug)]
pub(crate) struct Touch {
    /// What it does.
    pub(crate) does: Does,
    /// The program.
    pub(crate) program: String,
    /// The path that it is given, as it is written.
    pub(crate) path: String,
    /// Where that is.
    pub(crate) span: Span,
    /// Whether it is in another stage than the step that copies.
    pub(crate) is_later_stage: bool,
}

/// What a command does to a file of an earlier layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    /// Writes it into another layer.
    Copies,
    /// Hides it in another layer.
    Deletes,
}

/// The commands of later steps that touch a key, one a step and kind.
pub(crate) fn touches(whole: &Whole<'_>, baked: &Baked) -> Vec<Touch> {
    let mut found = Vec::new();
    let Some(at) = &baked.at else { return found };
    let stages = &whole.project.dockerfiles[baked.dockerfile].stages;
    for (index, stage) in stages.iter().enumerate() {
        let first = if index == baked.stage { baked.step + 1 } else { 0 };
        if index != baked.stage && !builds_on(stages, index, baked.stage) {
            continue;
        }
        for step in stage.steps.iter().skip(first) {
            for does in [Does::Copies, Does::Deletes] {
                let touch = commands(whole, step).into_iter().find(|command| command.touches(step, at, does));
                found.extend(touch.map(|command| Touch {
                    does,
                    program: command.program,
                    path: command.path,
                    span: command.span,
                    is_later_stage: index != baked.stage,
                }));
            }
        }
    }
    found
}

fn builds_on(stages: &[crate::project::dockerfile::Stage], stage: usize, base: usize) -> bool {
    let mut at = stage;
    // A stage builds on earlier ones alone.
    while let Some(Base::Stage(below)) = stages.get(at).map(|stage| &stage.base) {
        if *below == base {
            return true;
        }
        if *below >= at {
            return false;
        }
        at = *below;
    }
    false
}

/// A program with one of the paths that it is given.
struct Command {
    program: String,
    is_recursive: bool,
    path: String,
    span: Span,
}

/// The programs of a RUN with each of their paths.
fn commands(whole: &Whole<'_>, step: &Step) -> Vec<Command> {
    let mut found = Vec::new();
    if step.instruction.keyword != Keyword::Run || step.is_trigger {
        return found;
    }
    let bodies = step.instruction.heredocs.iter().map(|heredoc| heredoc.body);
    for part in [step.instruction.args_span].into_iter().chain(bodies) {
        let text = whole.sources.text(part);
        let mut words: Vec<(usize, &str)> = Vec::new();
        let offset = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        for line in text.split_inclusive(['\n', ';', '&', '|']) {
            let goes_on = line.ends_with('\n') && line.trim_end().ends_with('\\');
            let plain = line.trim_end().trim_end_matches(['\\', ';', '&', '|']);
            words.extend(plain.split_whitespace().map(|word| (offset(word), word)));
            if !goes_on {
                program(&std::mem::take(&mut words), part, &mut found);
            }
        }
        program(&words, part, &mut found);
    }
    found
}

fn program(words: &[(usize, &str)], part: Span, found: &mut Vec<Command>) {
    let words: Vec<(usize, &str)> = words
        .iter()
        .map(|(at, word)| {
            let plain = word.trim_start_matches(['"', '\'', '[', '(', '{']);
            (at + word.len() - plain.len(), plain.trim_end_matches(['"', '\'', ']', ')', '}', ',']))
        })
        .filter(|(_, word)| !word.is_empty() && *word != "sudo")
        .collect();
    let Some(((_, first), rest)) = words.split_first() else { return };
    let program = first.rsplit('/').next().unwrap_or(first);
    let is_recursive = rest.iter().any(|(_, word)| {
        *word == "--recursive"
            || word.starts_with('-') && !word.starts_with("--") && word.contains(['r', 'R'])
    });
    let paths = rest.iter().filter(|(_, word)| !word.starts_with('-'));
    for (at, path) in paths {
        let start = part.range().start + at;
        found.push(Command {
            program: program.to_owned(),
            is_recursive,
            path: (*path).to_owned(),
            span: Span::new(part.file, start, start + path.len()),
        });
    }
}

impl Command {
    fn touches(&self, step: &Step, at: &str, does: Does) -> bool {
        let is_program = match does {
            Does::Copies => matches!(self.program.as_str(), "chmod" | "chown" | "chgrp" | "mv" | "cp"),
            Does::Deletes => matches!(self.program.as_str(), "rm" | "shred" | "unlink"),
        };
        if !is_program {
            return false;
        }
        let home = match step.before.env.get("HOME") {
            Some(Some(home)) => home.as_str(),
            Some(None) | None => "/root",
        };
        let mut path = self.path.clone();
        for word in ["~", "${HOME}", "$HOME"] {
            if let Some(rest) =
                path.strip_prefix(word).filter(|rest| rest.is_empty() || rest.starts_with('/'))
            {
                path = format!("{home}{rest}");
                break;
            }
        }
        let folder = step.before.working_dir.as_ref().map_or("/", |folder| folder.value.as_str());
        if path.contains('$') || !path.contains(['/', '.']) && !at.ends_with(&path) {
            return false;
        }
        let path = join(folder, &path);
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        // `/root/.ssh/*` is everything in it.
        let (path, name) =
            if name.contains('*') { (folder, name.trim_matches('*')) } else { (path.as_str(), name) };
        let is_public = name.rsplit_once('.').is_some_and(|(_, extension)| extension == "pub")
            || matches!(name, "known_hosts" | "config" | "authorized_keys");
        let is_above =
            |above: &str, below: &str| below.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
        let is_inside = path == at || is_above(at, path) && !is_public;
        let is_around = !path.is_empty() && is_above(path, at) && self.is_recursive && does == Does::Deletes;
        let is_of_all = path == at.rsplit_once('/').map_or("", |(folder, _)| folder)
            && self.path.contains('*')
            && at.contains(name);
        is_inside && !(is_public && path != at) || is_around || is_of_all
    }
}
