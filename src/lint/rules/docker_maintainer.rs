//! # MAINTAINER
//!
//! `MAINTAINER` is deprecated. Tools that list images look for labels, and the one for this has a name that all of them
//! know.
//!
//! ```dockerfile bad
//! FROM debian:13
//! MAINTAINER team@example.org
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! LABEL org.opencontainers.image.authors="team@example.org"
//! USER 1000
//! ```

use crate::lint::dockerfile::steps;
use crate::lint::{Findings, Whole};
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::Args;

pub(super) const CODE: &str = "docker-maintainer";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in steps(whole).filter(|place| place.step.instruction.keyword == Keyword::Maintainer) {
        let instruction = &place.step.instruction;
        let found = findings
            .at(instruction.span, "`MAINTAINER` is deprecated")
            .help("write `LABEL org.opencontainers.image.authors=\"...\"`");
        findings.push(match &instruction.args {
            Args::Text(word) if !word.text.contains(['"', '\\', '$', '\n', '\'']) => {
                let label = format!("LABEL org.opencontainers.image.authors=\"{}\"", word.text);
                found.safe_fix("write a label", vec![(instruction.span, label)])
            }
            _ => found,
        });
    }
}
