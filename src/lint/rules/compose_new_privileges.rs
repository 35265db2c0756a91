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

use crate::lint::project::{Running, advice, layout, running};
use crate::lint::{Findings, Whole, edits};
use crate::source::Span;

pub(super) const CODE: &str = "compose-new-privileges";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut services = running(whole);
    services.retain(|running: &Running<'_>| {
        let options = running.service.get("security_opt").map_or(&[][..], |node| node.items());
        // An option that is not known may be this one.
        !options.iter().any(|option| option.text().is_none_or(|text| text.starts_with("no-new-privileges")))
    });
    let found = advice::with_services(
        whole,
        services,
        findings,
        "no `no-new-privileges`",
        |_| "may gain privileges by set-user-ID programs",
    );
    let Some((found, services)) = found else { return };
    let edits = services.iter().map(|running| match running.service.get("security_opt") {
        Some(options) => {
            let dash = options.items().first().map(|item| item.span)?;
            let (line, dashed) = (edits::lines_of(whole.sources, dash), "- no-new-privileges:true");
            let before = whole.sources.text(Span { end: dash.start, ..line });
            let at = Span { start: line.start + u32::try_from(before.find('-')?).ok()?, ..dash };
            edits::line_before(whole.sources, at, dashed).filter(|_| before.trim() == "-")
        }
        None => layout::add(whole, running.service, "security_opt:\n  - no-new-privileges:true"),
    });
    findings.push(
        found
            .note("with `no-new-privileges` the kernel ignores the set-user-ID bit of programs such as `su`")
            .help(
                "write `security_opt: [\"no-new-privileges:true\"]`; hardly any service needs such programs",
            )
            .in_stack("say `security_opt no-new-privileges:true`; hardly any service needs such programs")
            .may_unsafe_fix("ignore the bit", edits::all(edits)),
    );
}
