//! The XML that Checkstyle's `XMLLogger` writes, which many tools read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::listing::{Finding, Listing};
use super::xml::{HEAD, escaped};
use crate::diagnostic::Severity;

/// The version of Checkstyle from which on the form is this one.
const VERSION: &str = "4.3";

/// A `file` for each that something was found in or that was not analysed.
pub(super) fn document(listing: &Listing) -> String {
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for finding in listing.open() {
        files.entry(&finding.place.path).or_default().push_str(&error(finding));
    }
    for file in &listing.not_analysed {
        let errors = files.entry(&file.path).or_default();
        let message = escaped(&file.why);
        // Writing to a string cannot fail.
        let _ = writeln!(
            errors,
            "    <error line=\"1\" severity=\"error\" message=\"{message}\" source=\"stackc.not-analysed\"/>"
        );
    }
    let files = files
        .into_iter()
        .map(|(path, errors)| format!("  <file name=\"{}\">\n{errors}  </file>\n", escaped(path)));
    format!("{HEAD}<checkstyle version=\"{VERSION}\">\n{}</checkstyle>\n", files.collect::<String>())
}

fn error(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let help = finding.help.as_ref().map(|help| format!(" ({})", help.replace('\n', " ")));
    format!(
        "    <error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}{}\" source=\"stackc.{}\"/>\n",
        finding.place.start.line,
        finding.place.start.column,
        escaped(&finding.message),
        escaped(&help.unwrap_or_default()),
        finding.rule
    )
}
