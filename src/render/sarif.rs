//! SARIF 2.1.0, as OASIS specifies it; section numbers are of that specification.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::fingerprint;
use super::json::{array, written};
use super::listing::{Change, Finding, Listing, Place};
use super::report::Page;
use super::visible;
use crate::diagnostic::{AllowedBy, Severity};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// One run, with the rules of which something was found.
pub(super) fn document(listing: &Listing, pages: &[Page<'_>]) -> String {
    let names = listing.findings.iter().map(|finding| finding.rule);
    let mut rules: BTreeMap<&str, usize> = names.map(|rule| (rule, 0)).collect();
    for (index, at) in rules.values_mut().enumerate() {
        *at = index;
    }
    let descriptors = rules.keys().map(|rule| descriptor(rule, pages.iter().find(|page| page.code == *rule)));
    let version = env!("CARGO_PKG_VERSION");
    let invocation = json!({
        "executionSuccessful": listing.not_analysed.is_empty(),
        "toolExecutionNotifications": notifications(listing),
    });
    let driver = format!(
        "\"name\": \"stackc\", \"version\": \"{version}\", \"semanticVersion\": \"{version}\", \"rules\": {}",
        array(2, descriptors)
    );
    let run = format!(
        "    \"tool\": {{\"driver\": {{{driver}}}}},\n    \"invocations\": [{}],\n    \"columnKind\": \
         \"unicodeCodePoints\",\n    \"results\": {}",
        written(&invocation),
        array(2, listing.findings.iter().map(|found| result(found, rules[found.rule])))
    );
    format!(
        "{{\n  \"version\": \"2.1.0\",\n  \"$schema\": \"{SCHEMA}\",\n  \"runs\": [{{\n{run}\n  }}]\n}}\n"
    )
}

/// A rule (3.49), with its page as help. Its examples keep their braces: nothing could stand in the place of a
/// placeholder there, and viewers show help as it is.
fn descriptor(rule: &str, page: Option<&Page<'_>>) -> Value {
    let Some(page) = page else { return json!({ "id": rule }) };
    let summary = page.text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    json!({
        "id": rule,
        "shortDescription": { "text": text(page.title) },
        "fullDescription": { "text": text(&summary) },
        "help": { "text": page.text, "markdown": page.text },
    })
}

/// A finding (3.27).
fn result(finding: &Finding, index: usize) -> Value {
    let mut sentences = finding.message.clone();
    for part in [&finding.note, &finding.help].into_iter().flatten() {
        // Writing to a string cannot fail.
        let _ = write!(sentences, "\n{part}");
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": { "text": text(&sentences) },
        "locations": [location(&finding.place, &finding.here)],
        "fingerprints": { format!("stackc/v{}", fingerprint::VERSION): finding.fingerprint },
        // The one that GitHub reads.
        "partialFingerprints": { "primaryLocationLineHash": finding.fingerprint },
        // An empty array says that it was looked for and nothing found.
        "suppressions": finding.allowed.iter().map(|(reason, by)| {
            let kind = match by {
                AllowedBy::File => "inSource",
                AllowedBy::Settings | AllowedBy::Baseline => "external",
            };
            json!({ "kind": kind, "status": "accepted", "justification": reason })
        }).collect::<Vec<_>>(),
    });
    if !finding.labels.is_empty() {
        let related = (0..).zip(&finding.labels).map(|(id, (place, beside))| {
            let mut location = location(place, beside);
            location["id"] = json!(id);
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(change) = &finding.fix {
        result["fixes"] = json!([fix(change)]);
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A place (3.28) with what is written beside it.
fn location(place: &Place, beside: &str) -> Value {
    let mut location = json!({
        "physicalLocation": { "artifactLocation": { "uri": uri(&place.path) }, "region": region(place) },
    });
    if !beside.is_empty() {
        location["message"] = json!({ "text": text(beside) });
    }
    location
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

/// A fix (3.55): the replacements of each file.
fn fix(change: &Change) -> Value {
    let mut files: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (place, inserted) in &change.edits {
        let replacement = json!({ "deletedRegion": region(place), "insertedContent": { "text": inserted } });
        files.entry(&place.path).or_default().push(replacement);
    }
    let changes = files.into_iter().map(|(path, replacements)| {
        json!({ "artifactLocation": { "uri": uri(path) }, "replacements": replacements })
    });
    let mut fix = Map::new();
    fix.insert("description".to_owned(), json!({ "text": text(&change.title) }));
    fix.insert("artifactChanges".to_owned(), changes.collect());
    Value::Object(fix)
}

/// What kept a file from being analysed, and that findings were only counted (3.58).
fn notifications(listing: &Listing) -> Vec<Value> {
    let not_analysed = listing.not_analysed.iter().map(|file| {
        json!({
            "level": "error",
            "message": { "text": text(&format!("{} {}", visible::line(&file.path), file.why)) },
            "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(&file.path) } } }],
        })
    });
    let more: usize = listing.more.iter().map(|(_, count)| count).sum();
    let more = (more > 0).then(|| {
        json!({ "level": "warning", "message": { "text": format!("{more} more findings were only counted") } })
    });
    not_analysed.chain(more).collect()
}

/// A plain message (3.11): braces would be placeholders, and brackets before parentheses links.
fn text(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}").replace("](", "\\](")
}

/// A path as a reference (RFC 3986): relative to where the command ran, or of a file of this machine.
fn uri(path: &str) -> String {
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_references() {
        assert_eq!(uri("a b/größe:%.conf"), "a%20b/gr%C3%B6%C3%9Fe%3A%25.conf");
        assert_eq!(uri("/srv/x\n"), "file:///srv/x%0A");
    }

    #[test]
    fn a_message_holds_no_placeholder_and_no_link() {
        assert_eq!(text("a {0} [b](http://c) [d]"), "a {{0}} [b\\](http://c) [d]");
    }
}
