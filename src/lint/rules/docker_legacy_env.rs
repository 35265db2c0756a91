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
use crate::lint::{Findings, Whole};
use crate::source::Span;
use crate::syntax::dockerfile::tree::Args;

pub(super) const CODE: &str = "docker-legacy-env";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        let legacy: Vec<(&str, &str, Span)> = steps_of(dockerfile)
            .filter_map(|place| match &place.step.instruction.args {
                Args::Pairs { pairs, legacy: true } => {
                    let pair = pairs.first()?;
                    let keyword = place.step.instruction.keyword.name();
                    Some((
                        keyword,
                        pair.name.text.as_str(),
                        place.step.instruction.name.span.to(pair.name.span),
                    ))
                }
                _ => None,
            })
            .collect();
        let Some(((keyword, name, span), others)) = legacy.split_first() else { continue };
        let mut found = findings
            .at(*span, format!("`{keyword} {name}` is written without `=`"))
            .note("the old form takes the whole line as one value; the builder warns of it")
            .help(format!("write `{keyword} {name}=...`, with quotes around a value that has spaces"));
        for (_, _, other) in others {
            found = found.label(*other, "here, too");
        }
        findings.push(found);
    }
}
