//! # A door for ssh
//!
//! `EXPOSE 22` says that a server of ssh runs in the container. It needs keys and users of its own, and lets people change
//! by hand what the Dockerfile says. `docker exec` gives a shell without any of that.
//!
//! ```dockerfile bad
//! FROM debian:13
//! EXPOSE 22
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! EXPOSE 8000
//! USER 1000
//! ```

use crate::lint::dockerfile::steps;
use crate::lint::{Findings, Whole, edits};
use crate::syntax::dockerfile::keyword::Keyword;

pub(super) const CODE: &str = "docker-expose-ssh";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in steps(whole).filter(|place| place.step.instruction.keyword == Keyword::Expose) {
        for word in &place.step.words {
            if matches!(word.value.as_deref(), Some("22" | "22/tcp")) {
                let found = findings
                    .at(word.span, "the image offers ssh")
                    .note("a server of ssh in a container needs keys and users of its own, and holes in it are open to all")
                    .help("remove it; `docker exec -it CONTAINER sh` gives a shell");
                let edit = edits::without_lines(whole.sources, place.step.instruction.span);
                let edit = edit.filter(|_| place.step.words.len() == 1).map(|edit| vec![edit]);
                findings.push(found.may_unsafe_fix("remove it", edit));
            }
        }
    }
}
