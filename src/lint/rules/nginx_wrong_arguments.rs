//! # Arguments that nginx refuses
//!
//! nginx counts the arguments of every directive, and refuses to start where there are more or fewer than it takes, or
//! where `on` or `off` is asked for and something else stands there. It also refuses a `;` in the place of a block, and
//! a block in the place of a `;`.
//!
//! ```nginx bad
//! server {
//!     listen 80;
//!     sendfile yes;
//!     error_page /50x.html;
//!     return 204;
//! }
//! ```
//!
//! ```nginx good
//! server {
//!     listen 80;
//!     sendfile on;
//!     error_page 500 502 503 504 /50x.html;
//!     return 204;
//! }
//! ```

use crate::diagnostic::nearest;
use crate::lint::Findings;
use crate::lint::nginx::{Configuration, End, Node};
use crate::vocabulary::nginx::{Directive, Ends, Slot};

pub(super) const CODE: &str = "nginx-wrong-arguments";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.all().filter(|(_, node)| node.is_own && !node.is_damaged) {
        let Some(known) = node.directive() else { continue };
        // An `if` has its condition in any number of words.
        if known.name == "if" {
            continue;
        }
        let count = node.args.len();
        if !known.takes(count) {
            let arguments = if count == 1 { "argument" } else { "arguments" };
            let found = findings
                .at(node.line, format!("`{}` does not take {count} {arguments}", known.name))
                .note("nginx refuses to start with it");
            findings.push(with_syntax(found, known));
        } else if ends_wrong(node, known) {
            // `location /api; {`: the reader has said it.
            if followed_by_block(configuration, node) {
                continue;
            }
            let found = match known.ends {
                Ends::Semicolon => findings.at(node.line, format!("`{}` takes no block", known.name)),
                Ends::Block | Ends::Table => {
                    findings.at(node.line, format!("`{}` needs a block", known.name))
                }
            };
            findings.push(with_syntax(found.note("nginx refuses to start with it"), known));
        } else {
            misfits(configuration, node, known, findings);
        }
    }
}

fn with_syntax(found: crate::diagnostic::Diagnostic, known: &Directive) -> crate::diagnostic::Diagnostic {
    match known.syntax {
        "" | "-" => found,
        syntax => found.help(format!("nginx has it as `{syntax}`")),
    }
}

fn ends_wrong(node: &Node, known: &Directive) -> bool {
    match (known.ends, node.end) {
        (Ends::Semicolon, End::Block | End::Table) | (Ends::Block | Ends::Table, End::Semicolon) => true,
        (Ends::Semicolon, End::Semicolon | End::Opaque)
        | (Ends::Block | Ends::Table, End::Block | End::Table | End::Opaque) => false,
    }
}

/// Whether a block begins behind what ends a directive.
fn followed_by_block(configuration: &Configuration<'_>, node: &Node) -> bool {
    let text = &configuration.sources.file(node.whole.file).text;
    configuration.is_handwritten && text[node.whole.range().end..].trim_start().starts_with('{')
}

/// Reports the arguments that are not among the words that nginx takes there.
fn misfits(configuration: &Configuration<'_>, node: &Node, known: &Directive, findings: &mut Findings<'_>) {
    for (index, word) in node.args.iter().enumerate() {
        let expected = match known.slot(index) {
            Slot::Flag => vec!["on", "off"],
            Slot::Enum(words) => words.clone(),
            Slot::Bitmask(_)
            | Slot::Duration
            | Slot::Seconds
            | Slot::Size
            | Slot::Offset
            | Slot::Number
            | Slot::Word => continue,
        };
        if word.text.contains('$') || expected.iter().any(|known| known.eq_ignore_ascii_case(&word.text)) {
            continue;
        }
        let listed: Vec<String> = expected.iter().map(|word| format!("`{word}`")).collect();
        let meant = meant(&word.text, &expected);
        let edit = meant.and_then(|meant| configuration.word(word.span, &word.text, meant));
        findings.push(
            findings
                .at(word.span, format!("`{}` does not take `{}`", known.name, word.text))
                .note("nginx refuses to start with it")
                .help(format!("write {}", listed.join(" or ")))
                .may_safe_fix(format!("write `{}`", meant.unwrap_or_default()), edit.map(|edit| vec![edit])),
        );
    }
}

/// The word that is surely meant.
fn meant<'a>(written: &str, expected: &[&'a str]) -> Option<&'a str> {
    let synonym = match written.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" | "enable" | "enabled" => "on",
        "false" | "no" | "0" | "disable" | "disabled" => "off",
        _ => return nearest(written, expected.iter().copied()).filter(|_| written.len() > 3),
    };
    expected.iter().copied().find(|word| *word == synonym)
}
