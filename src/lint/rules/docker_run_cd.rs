//! # A change of folder that is lost
//!
//! Every `RUN` starts anew in the folder that `WORKDIR` set. A `cd` that ends a `RUN` changes nothing for what follows:
//! the next instruction works in another folder than it seems to.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN mkdir /srv/app && cd /srv/app
//! COPY app.sh .
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! WORKDIR /srv/app
//! COPY app.sh .
//! USER 1000
//! ```

use crate::lint::dockerfile::commands::{Command, commands};
use crate::lint::dockerfile::steps;
use crate::lint::edits::Edit;
use crate::lint::{Findings, Whole};
use crate::source::{SourceMap, Span};
use crate::syntax::dockerfile::tree::Instruction;

pub(super) const CODE: &str = "docker-run-cd";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in steps(whole) {
        let commands = commands(place.step, whole.sources);
        let Some(last) = commands.last().filter(|last| last.program == "cd") else { continue };
        // In brackets it is lost on purpose, and after `||` it is a way out.
        let text = whole.sources.text(place.step.instruction.lines);
        if text.contains('(') || !place.step.instruction.heredocs.is_empty() {
            continue;
        }
        let folder = last.args.first().map_or("/", |word| word.text.as_str());
        let found = findings
            .at(last.span, "this `cd` changes nothing for what follows")
            .note("every `RUN` starts anew in the folder that `WORKDIR` set")
            .help(format!("write `WORKDIR {folder}` after it"))
            .in_stack(format!("write `workdir {folder}` after it"));
        let edit = workdir(whole.sources, &place.step.instruction, &commands);
        findings.push(found.may_unsafe_fix("write `WORKDIR`", edit.map(|edit| vec![edit])));
    }
}

/// `WORKDIR` in the place of a `cd` that stands alone, or behind the other commands.
fn workdir(sources: &SourceMap, instruction: &Instruction, commands: &[Command]) -> Option<Edit> {
    let (last, others) = commands.split_last()?;
    let [word] = last.args.as_slice() else { return None };
    let is_path = word.text.starts_with('/') && !word.text.contains(char::is_whitespace);
    let whole = instruction.span;
    if word.is_open || !is_path || last.span.end != whole.end || !instruction.flags.is_empty() {
        return None;
    }
    let line = format!("WORKDIR {}", word.text);
    let Some(before) = others.last() else { return Some((whole, line)) };
    let gap = Span { start: before.span.end, end: last.span.start.max(before.span.end), ..whole };
    let is_joined = matches!(sources.text(gap).replace(['\\', '\n', '\r'], " ").trim(), "&&" | ";");
    is_joined.then(|| (gap.to(last.span), format!("\n{line}")))
}
