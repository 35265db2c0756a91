//! The XML of `JUnit`'s reports: a suite for each file, a case for each finding.
//!
//! What a run would fail for is a failure, advice passes and says so in its output, and a file that was not analysed is
//! an error.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::listing::{Finding, Listing};
use super::terminal::word;
use super::xml::{HEAD, escaped};
use crate::diagnostic::Severity;

/// The cases of a file.
#[derive(Default)]
struct Suite {
    cases: String,
    tests: usize,
    failures: usize,
    errors: usize,
}

/// A suite for every file that was looked at or asked for.
pub(super) fn document(listing: &Listing) -> String {
    let mut suites: BTreeMap<&str, Suite> = BTreeMap::new();
    for finding in listing.open() {
        suites.entry(&finding.place.path).or_default().add(finding);
    }
    for file in &listing.not_analysed {
        suites.entry(&file.path).or_default().add_error(&file.path, &file.why);
    }
    for name in &listing.names {
        suites.entry(name).or_default();
    }
    let sum = |count: fn(&Suite) -> usize| suites.values().map(count).sum::<usize>();
    let (failures, errors) = (sum(|suite| suite.failures), sum(|suite| suite.errors));
    let tests = sum(|suite| suite.tests.max(1));
    let suites = suites.iter().map(|(path, suite)| suite.written(path));
    format!(
        "{HEAD}<testsuites name=\"stackc\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n\
         {}</testsuites>\n",
        suites.collect::<String>()
    )
}

impl Suite {
    fn add(&mut self, finding: &Finding) {
        self.tests += 1;
        let start = finding.place.start;
        let name = format!("{} at {}:{}", finding.rule, start.line, start.column);
        let mut text = format!("{}: {}", word(finding.severity), finding.message);
        for (head, part) in [("note", &finding.note), ("help", &finding.help)] {
            if let Some(part) = part {
                // Writing to a string cannot fail.
                let _ = write!(text, "\n{head}: {part}");
            }
        }
        let outcome = match finding.severity {
            Severity::Error | Severity::Warning => {
                self.failures += 1;
                let (kind, message) = (word(finding.severity), escaped(&finding.message));
                format!("<failure type=\"{kind}\" message=\"{message}\">{}</failure>", escaped(&text))
            }
            Severity::Info => format!("<system-out>{}</system-out>", escaped(&text)),
        };
        self.case(&finding.place.path, &name, &outcome);
    }

    fn add_error(&mut self, path: &str, why: &str) {
        self.tests += 1;
        self.errors += 1;
        let outcome = format!("<error type=\"not-analysed\" message=\"{}\"/>", escaped(why));
        self.case(path, "not analysed", &outcome);
    }

    fn case(&mut self, path: &str, name: &str, outcome: &str) {
        let (path, name) = (escaped(path), escaped(name));
        // Writing to a string cannot fail.
        let _ = writeln!(
            self.cases,
            "    <testcase classname=\"{path}\" name=\"{name}\">\n      {outcome}\n    </testcase>"
        );
    }

    fn written(&self, path: &str) -> String {
        let path = escaped(path);
        let nothing = format!("    <testcase classname=\"{path}\" name=\"nothing found\"/>\n");
        format!(
            "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n{}  </testsuite>\n",
            self.tests.max(1),
            self.failures,
            self.errors,
            if self.tests == 0 { &nothing } else { &self.cases }
        )
    }
}
