//! # A tag that may be moved
//!
//! Whoever can push to a repository can let a tag stand for another commit, and the build would fetch that one without a
//! word. With `commit` beside `ref` the build compares the two and fails when they differ.
//!
//! ```stack bad
//! service app {
//!   build {
//!     source git https://example.org/team/app.git { ref v1.4.0 }
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

pub(super) const CODE: &str = "docker-source-unpinned";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for source in &subject.deployment.stack.git_sources {
        let Some(tag) = source.git_ref.as_ref().filter(|git_ref| !git_ref.is_branch()) else { continue };
        let Some(span) = subject.span(source.origin).filter(|_| source.commit.is_none()) else { continue };
        let (tag, remote) = (tag.as_str(), source.remote.as_str());
        findings.push(
            findings
                .at(span, format!("nobody would notice if `{tag}` of {remote} were moved"))
                .here("whatever the tag stands for when it is fetched")
                .note("with a `commit` beside it the build fails when the two differ")
                .help(format!(
                    "add `commit` with what it is now: `git ls-remote {remote} '{tag}^{{}}' {tag}`"
                )),
        );
    }
}
