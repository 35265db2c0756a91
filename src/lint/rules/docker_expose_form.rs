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
use crate::lint::{Findings, Whole, edits};
use crate::syntax::dockerfile::keyword::Keyword;

pub(super) const CODE: &str = "docker-expose-form";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    for place in steps(whole).filter(|place| place.step.instruction.keyword == Keyword::Expose) {
        for word in &place.step.words {
            let Some(value) = word.value.as_deref() else { continue };
            let (port, protocol) = value.split_once('/').unwrap_or((value, ""));
            let inner = port.rsplit(':').next().unwrap_or(port);
            let (what, mended) = if port.contains(':') {
                let protocol = if protocol.is_empty() { String::new() } else { format!("/{protocol}") };
                ("names an address or a port of the host, which is ignored", format!("{inner}{protocol}"))
            } else if protocol.bytes().any(|byte| byte.is_ascii_uppercase()) {
                let lower = protocol.to_ascii_lowercase();
                ("names its protocol in capital letters", format!("{port}/{lower}"))
            } else {
                continue;
            };
            let found = findings
                .at(word.span, format!("`{}` {what}", word.raw))
                .note(
                    "`EXPOSE` takes the port that the program listens on; the builder warns of anything else",
                )
                .help(format!("write `EXPOSE {mended}`"));
            let edit = edits::word(whole.sources, word.span, value, mended);
            findings.push(found.may_safe_fix("write the port alone", edit.map(|edit| vec![edit])));
        }
    }
}
