//! # A platform that is fixed in FROM
//!
//! `FROM --platform=linux/amd64` makes an image for that platform wherever it is built: on other machines it is emulated,
//! slowly, and a build for several platforms makes the same image for all of them. The platform belongs on the command
//! line, or into compose's `platforms`. `--platform=$TARGETPLATFORM` says what holds without it.
//!
//! ```dockerfile bad
//! FROM --platform=linux/amd64 debian:13
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! USER 1000
//! ```

use crate::lint::{Findings, Whole};
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;

pub(super) const CODE: &str = "docker-from-platform";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for dockerfile in &whole.project.dockerfiles {
        let lines = dockerfile.tree.instructions().filter(|instruction| instruction.keyword == Keyword::From);
        for (stage, instruction) in dockerfile.stages.iter().zip(lines) {
            let Some(flag) = instruction.flag("platform") else { continue };
            let Some(value) = flag.value.as_ref().map(|value| value.text.as_str()) else { continue };
            let name = stage.name.as_ref().map_or("", |name| name.value.as_str());
            // A stage that is named by its platform is one of several on purpose.
            let is_named =
                !name.is_empty() && value.split('/').any(|part| !part.is_empty() && name.contains(part));
            let is_default = matches!(value, "$TARGETPLATFORM" | "${TARGETPLATFORM}");
            let (message, help) = if is_default {
                ("the platform of the build is the default", "remove `--platform`")
            } else if !value.contains('$') && !is_named {
                (
                    "the image is for one platform, wherever it is built",
                    "say it where it is built: `docker build --platform`",
                )
            } else {
                continue;
            };
            let found = findings
                .at(flag.span, message)
                .note("on another machine every step of the stage would be emulated")
                .help(help);
            let text = &whole.sources.file(flag.span.file).text[flag.span.range().end..];
            let gap = text.len() - text.trim_start_matches([' ', '\t']).len();
            let end = flag.span.range().end + gap;
            let edits = vec![(Span::new(flag.span.file, flag.span.range().start, end), String::new())];
            findings.push(if is_default {
                found.safe_fix("remove the flag", edits)
            } else {
                found.unsafe_fix("remove the flag", edits)
            });
        }
    }
}
