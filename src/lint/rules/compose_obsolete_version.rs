//! # `version` means nothing any more
//!
//! Compose reads every file by the newest version of its specification, and ignores `version` with a warning each time
//! that it runs.
//!
//! ```yaml bad
//! version: "3.8"
//! services:
//!   web:
//!     image: nginx:1.30
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//! ```

use crate::lint::project::{compose, layout};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "compose-obsolete-version";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(version) = compose(whole).and_then(|compose| compose.root.get("version")) else { return };
    findings.push(
        findings
            .at(version.place(), "`version` is obsolete")
            .note("compose has ignored it since 2.0, and warns of it each time")
            .help("remove the line")
            .may_safe_fix("remove it", layout::remove(whole, version).map(|edit| vec![edit])),
    );
}
