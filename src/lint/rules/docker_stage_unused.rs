//! # A stage that nothing needs
//!
//! The builder makes the stage that was asked for and those that it needs: what it builds on, copies from or mounts. A
//! stage without a name that none of them needs can never be built. Often the last `COPY --from` of it was removed, or
//! the number of a stage has moved.
//!
//! ```dockerfile bad
//! FROM debian:13
//! RUN touch /app
//! FROM debian:13
//! COPY app /app
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13 AS build
//! RUN touch /app
//! FROM debian:13
//! COPY --from=build /app /app
//! USER 1000
//! ```

use std::collections::BTreeSet;

use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "docker-stage-unused";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        let Some(last) = dockerfile.target(None) else { continue };
        // Anybody can ask for a stage by its name, and for the last one without.
        let named = (0..last).filter(|index| dockerfile.stages[*index].name.is_some());
        let wanted: BTreeSet<usize> = dockerfile.needed_by(named.chain([last])).into_iter().collect();
        for (index, stage) in
            dockerfile.stages.iter().enumerate().filter(|(index, _)| !wanted.contains(index))
        {
            let found = findings
                .at(stage.span, format!("nothing needs this stage, number {index}"))
                .note("it has no name to ask for, and no other stage builds on it or copies from it")
                .help("remove it, or give it a name and copy from it");
            findings.push(found);
        }
    }
}
