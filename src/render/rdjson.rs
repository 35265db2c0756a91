//! reviewdog's diagnostic format, `DiagnosticResult` of its `proto/rdf`; columns count bytes of UTF-8 there.

use serde_json::{Value, json};

use super::json::array;
use super::listing::{Finding, Listing, Place};
use super::visible;
use crate::diagnostic::Severity;

/// Every finding, and every file that was not analysed.
pub(super) fn document(listing: &Listing) -> String {
    let not_analysed = listing.not_analysed.iter().map(|file| {
        json!({
            "message": format!("{} {}", visible::line(&file.path), file.why),
            "location": { "path": file.path },
            "severity": "ERROR",
            "code": { "value": "not-analysed" },
        })
    });
    let diagnostics = array(1, listing.open().map(diagnostic).chain(not_analysed));
    format!("{{\n  \"source\": {{\"name\": \"stackc\"}},\n  \"diagnostics\": {diagnostics}\n}}\n")
}

fn diagnostic(finding: &Finding) -> Value {
    let note = finding.note.iter().map(|note| format!("\n\n{note}"));
    let help = finding.help.iter().map(|help| format!("\n\nhelp: {help}"));
    let message = format!("{}{}{}", finding.message, note.collect::<String>(), help.collect::<String>());
    let mut diagnostic = json!({
        "message": message,
        "location": { "path": finding.place.path, "range": range(&finding.place) },
        "severity": severity(finding.severity),
        "code": { "value": finding.rule },
    });
    // A suggestion is for the file of the finding, and somebody looks at each.
    let edits = finding.fix.iter().flat_map(|change| &change.edits);
    let edits: Vec<&(Place, String)> = edits.collect();
    if !edits.is_empty() && edits.iter().all(|(place, _)| place.path == finding.place.path) {
        let suggestions = edits.iter().map(|(place, text)| json!({ "range": range(place), "text": text }));
        diagnostic["suggestions"] = suggestions.collect();
    }
    if !finding.labels.is_empty() {
        let related = finding.labels.iter().map(|(place, text)| {
            json!({ "message": text, "location": { "path": place.path, "range": range(place) } })
        });
        diagnostic["related_locations"] = related.collect();
    }
    diagnostic
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    }
}

fn range(place: &Place) -> Value {
    json!({
        "start": { "line": place.start.line, "column": place.start.byte_column },
        "end": { "line": place.end.line, "column": place.end.byte_column },
    })
}
