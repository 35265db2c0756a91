//! # Code that is fetched from a branch
//!
//! A branch moves with every push: the same stack file then builds other code tomorrow, on another machine, or once the
//! cache of the builder was cleared, and until then an older one than people expect, because the builder repeats a step only
//! when its text changes. Name a tag, and beside it the `commit` that the tag stood for when it was reviewed.
//!
//! ```stack bad
//! service app {
//!   build {
//!     source git https://example.org/team/app.git { ref main }
//!     base python:3.14-slim
//!     copy . to /app
//!   }
//! }
//! ```
//!
//! ```stack good
//! service app {
//!   build {
//!     source git https://example.org/team/app.git { ref v1.4.0; commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904 }
//!     base python:3.14-slim
//!     copy . to /app
//!   }
//! }
//! ```

use crate::lint::{Findings, Subject};

pub(super) const CODE: &str = "docker-source-branch";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for source in &subject.deployment.stack.git_sources {
        let Some(branch) = source.git_ref.as_ref().filter(|git_ref| git_ref.is_branch()) else { continue };
        let Some(span) = subject.span(source.origin).filter(|_| source.commit.is_none()) else { continue };
        findings.push(
            findings
                .at(
                    span,
                    format!("`{}` of {} moves with every push", branch.as_str(), source.remote.as_str()),
                )
                .here("another code, from one build to the next")
                .note("and BuildKit goes on with what it fetched once, as long as its cache has it")
                .help("name a tag, and add `commit` with what it is now: `git ls-remote REPOSITORY TAG`"),
        );
    }
}
