//! # A name and a value without an equals sign
//!
//! `ENV NAME value` takes everything up to the end of the line as the value, so that a second pair on the line becomes a
//! part of the first. The form is kept for old files only, and the builder warns of it.
//!
//! ```dockerfile bad
//! FROM debian:13
//! ENV APP_HOME /srv/app
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! ENV APP_HOME=/srv/app
//! USER 1000
//! ```

use crate::lint::dockerfile::steps_of;
use crate::lint::edits::Edit;
use crate::lint::{Findings, Whole};
use crate::source::{SourceMap, Span};
use crate::syntax::dockerfile::tree::{Args, Instruction, Pair};

pub(super) const CODE: &str = "docker-legacy-env";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        let legacy: Vec<(&Instruction, &Pair)> = steps_of(dockerfile)
            .filter_map(|place| match &place.step.instruction.args {
                Args::Pairs { pairs, legacy: true } => Some((&place.step.instruction, pairs.first()?)),
                _ => None,
            })
            .collect();
        let Some(((first, pair), others)) = legacy.split_first() else { continue };
        let place = |(instruction, pair): &(&Instruction, &Pair)| instruction.name.span.to(pair.name.span);
        let (keyword, name) = (first.keyword.name(), &pair.name.text);
        let mut found = findings
            .at(place(&legacy[0]), format!("`{keyword} {name}` is written without `=`"))
            .note("the old form takes the whole line as one value; the builder warns of it")
            .help(format!("write `{keyword} {name}=...`, with quotes around a value that has spaces"));
        for other in others {
            found = found.label(place(other), "here, too");
        }
        let edits: Option<Vec<_>> = legacy.iter().map(|(_, pair)| with_sign(whole.sources, pair)).collect();
        found = found.may_safe_fix("write an equals sign", edits.map(|edits| edits.concat()));
        findings.push(found);
    }
}

/// The equals sign in the place of the spaces, and quotes around a value that has some. The value itself stays.
fn with_sign(sources: &SourceMap, pair: &Pair) -> Option<Vec<Edit>> {
    let value = pair.value.span;
    let gap = Span { start: pair.name.span.end, end: value.start, ..value };
    let text = sources.text(value);
    let is_gap = gap.start < gap.end && sources.text(gap).trim_matches([' ', '\t']).is_empty();
    if !is_gap || text.is_empty() || text.contains(['"', '\'', '\\', '\n', '`']) || text != text.trim() {
        return None;
    }
    Some(if text.contains([' ', '\t']) {
        vec![(gap, "=\"".to_owned()), (value.at_end(), "\"".to_owned())]
    } else {
        vec![(gap, "=".to_owned())]
    })
}
