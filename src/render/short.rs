//! One line a finding, as compilers write them and editors read them.

use std::fmt::Write as _;

use super::listing::Listing;
use super::terminal::word;
use super::visible;

/// `FILE:LINE:COLUMN: LEVEL: MESSAGE [RULE]` for every finding, `FILE: error: WHY [not-analysed]` for every file that
/// was not analysed.
pub(super) fn document(listing: &Listing) -> String {
    let mut out = String::new();
    for finding in listing.open() {
        let place = &finding.place;
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{}:{}:{}: {}: {} [{}]",
            path(&place.path),
            place.start.line,
            place.start.column,
            word(finding.severity),
            finding.message,
            finding.rule
        );
    }
    for file in &listing.not_analysed {
        let _ = writeln!(out, "{}: error: {} [not-analysed]", path(&file.path), file.why);
    }
    out
}

/// A path that a runner of GitHub does not take for a command, wherever it begins a line.
fn path(path: &str) -> String {
    let shown = visible::line(path);
    if shown.trim_start().starts_with("::") { format!("./{shown}") } else { shown.into_owned() }
}
