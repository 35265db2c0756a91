//! # An instruction that a later one replaces
//!
//! A stage has one `CMD`, one `ENTRYPOINT` and one `HEALTHCHECK`: the last of each. One that stands before it does
//! nothing, although it looks as if both were run.
//!
//! ```dockerfile bad
//! FROM debian:13
//! USER 1000
//! CMD ["/srv/migrate"]
//! CMD ["/srv/serve"]
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! USER 1000
//! CMD ["/srv/serve"]
//! ```

use crate::lint::{Findings, Whole, edits};
use crate::syntax::dockerfile::keyword::Keyword;

pub(super) const CODE: &str = "docker-cmd-repeated";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let stages = whole.project.dockerfiles.iter().flat_map(|dockerfile| &dockerfile.stages);
    for stage in stages {
        for keyword in [Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck] {
            let name = keyword.name();
            let of_it =
                stage.steps.iter().filter(|step| step.instruction.keyword == keyword && !step.is_trigger);
            let spans: Vec<_> =
                of_it.map(|step| (step.instruction.span, step.instruction.heredocs.is_empty())).collect();
            for pair in spans.windows(2) {
                let ((span, is_simple), (last, _)) = (pair[0], pair[1]);
                let edit = edits::without_lines(whole.sources, span).filter(|_| is_simple);
                let found = findings
                    .at(span, format!("this `{name}` does nothing"))
                    .label(last, "takes its place")
                    .note(format!("a stage has one `{name}`, the last"))
                    .help("remove it; what must run before a program goes into a script that ends in `exec`")
                    .may_safe_fix("remove it", edit.map(|edit| vec![edit]));
                findings.push(found);
            }
        }
    }
}
