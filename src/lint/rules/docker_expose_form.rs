//! # EXPOSE with more than a port
//!
//! `EXPOSE` says which ports the program listens on: a number, and `/udp` where it is not TCP. The port of the host and its
//! address are chosen when a container is run; the builder ignores them here, and says that it will refuse them one day.
//!
//! ```dockerfile bad
//! FROM debian:13
//! EXPOSE 8080:80
//! USER 1000
//! ```
//!
//! ```dockerfile good
//! FROM debian:13
//! EXPOSE 80
//! USER 1000
//! ```

use crate::lint::dockerfile::steps;
use crate::lint::{Findings, Whole};
use crate::syntax::dockerfile::keyword::Keyword;

pub(super) const CODE: &str = "docker-expose-form";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in steps(whole).filter(|place| place.step.instruction.keyword == Keyword::Expose) {
        for word in &place.step.words {
            let Some(value) = word.value.as_deref() else { continue };
            let (port, protocol) = value.split_once('/').unwrap_or((value, ""));
            let inner = port.rsplit(':').next().unwrap_or(port);
            let (what, help) = if port.contains(':') {
                (
                    "names an address or a port of the host, which is ignored",
                    format!("write `EXPOSE {inner}`"),
                )
            } else if protocol.bytes().any(|byte| byte.is_ascii_uppercase()) {
                let lower = protocol.to_ascii_lowercase();
                ("names its protocol in capital letters", format!("write `EXPOSE {port}/{lower}`"))
            } else {
                continue;
            };
            let found = findings
                .at(word.span, format!("`{}` {what}", word.raw))
                .note(
                    "`EXPOSE` takes the port that the program listens on; the builder warns of anything else",
                )
                .help(help);
            findings.push(found);
        }
    }
}
