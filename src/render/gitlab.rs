//! GitLab's code quality report: the fields that its documentation names, and no others.

use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::json::array;
use super::listing::Listing;
use super::visible;
use crate::diagnostic::Severity;

/// An array of findings; a file that was not analysed is one as well.
pub(super) fn document(listing: &Listing) -> String {
    let found = listing.open().map(|finding| {
        let help = finding.help.as_ref().map(|help| format!(" ({})", help.replace('\n', " ")));
        let description = format!("{}{}", finding.message, help.unwrap_or_default());
        let place = (finding.place.path.as_str(), finding.place.start.line);
        entry(&description, finding.rule, &finding.fingerprint, severity(finding.severity), place)
    });
    let mut fingerprints = Fingerprints::default();
    let not_analysed = listing.not_analysed.iter().map(|file| {
        let description = format!("{} {}", visible::line(&file.path), file.why);
        let fingerprint = fingerprints.next("not-analysed", &file.path, "");
        entry(&description, "not-analysed", &fingerprint, "critical", (&file.path, 1))
    });
    array(0, found.chain(not_analysed)) + "\n"
}

/// GitLab also knows `minor` and `blocker`.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}

fn entry(
    description: &str,
    rule: &str,
    fingerprint: &str,
    severity: &str,
    (path, line): (&str, usize),
) -> Value {
    json!({
        "description": description,
        "check_name": rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": path.strip_prefix("./").unwrap_or(path), "lines": { "begin": line } },
    })
}
