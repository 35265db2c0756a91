//! # Programs may gain privileges
//!
//! A program with the set-user-ID bit, such as `su` or `mount`, runs as root whoever starts it. With
//! `no-new-privileges` the kernel ignores that bit, and who breaks into an unprivileged program stays unprivileged.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example/app:1.0
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example/app:1.0
//!     security_opt:
//!       - no-new-privileges:true
//! ```

use crate::lint::project::{Running, advice, running};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "compose-new-privileges";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut services = running(whole);
    services.retain(|running: &Running<'_>| {
        let options = running.service.get("security_opt").map_or(&[][..], |node| node.items());
        // An option that is not known may be this one.
        !options.iter().any(|option| option.text().is_none_or(|text| text.starts_with("no-new-privileges")))
    });
    let found = advice::of_all(
        whole,
        services,
        findings,
        "no `no-new-privileges`",
        |_| "may gain privileges by set-user-ID programs",
    );
    let Some(found) = found else { return };
    findings.push(
        found
            .note("with `no-new-privileges` the kernel ignores the set-user-ID bit of programs such as `su`")
            .help(
                "write `security_opt: [\"no-new-privileges:true\"]`; hardly any service needs such programs",
            ),
    );
}
