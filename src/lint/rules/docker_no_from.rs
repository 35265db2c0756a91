//! # An instruction before the first FROM
//!
//! A Dockerfile begins with `FROM`; only `ARG` may stand before it. Without any `FROM` there is nothing to build.
//!
//! ```dockerfile bad
//! ENV LANG=C.UTF-8
//! FROM debian:13
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! ENV LANG=C.UTF-8
//! USER 1000
//! ```

use crate::lint::{Findings, Whole};
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;

pub(super) const CODE: &str = "docker-no-from";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        let is_first = |keyword: Keyword| !matches!(keyword, Keyword::Arg | Keyword::Unknown);
        let first = dockerfile.tree.instructions().find(|instruction| is_first(instruction.keyword));
        let Some(first) = first else {
            // What an instruction that nobody knows was meant to be is not known: it may be that `FROM`.
            if dockerfile.tree.instructions().all(|instruction| instruction.keyword == Keyword::Arg) {
                let found = findings.at(Span::new(dockerfile.file, 0, 0), "there is no `FROM`");
                findings.push(
                    found
                        .note("the builder refuses it: there is nothing to build")
                        .help("write `FROM IMAGE`"),
                );
            }
            continue;
        };
        if first.keyword == Keyword::From {
            continue;
        }
        let name = first.keyword.name();
        let found = findings.at(first.span, format!("`{name}` stands before any `FROM`"));
        findings.push(
            found.note("there is no stage yet that it could be a part of").help("move it below the `FROM`"),
        );
    }
}
