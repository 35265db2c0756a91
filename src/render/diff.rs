//! What would change in a file, as a unified diff without secrets.

use std::collections::BTreeSet;
use std::fmt::Write;

use similar::{ChangeTag, TextDiff};

use super::redact::PLACEHOLDER;
use super::{Look, visible};

/// Words in the name of a setting whose value is not for showing, in a line that is about to go.
const TELLING: [&str; 6] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL"];

/// A file before and after.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The path as it is shown.
    pub path: &'a str,
    /// What is there; `None` if the file is new.
    pub old: Option<&'a str>,
    /// What would be there; `None` if the file would go.
    pub new: Option<&'a str>,
    /// For each line of `new`, whether it was made from a masked text.
    pub secret_lines: &'a [bool],
    /// Texts that are never shown, longest first.
    pub hidden: &'a [&'a str],
}

/// The difference with three lines of context; empty if there is none.
pub fn unified(change: &Change<'_>, look: &Look) -> String {
    let (old, new) = (change.old.unwrap_or_default(), change.new.unwrap_or_default());
    let diff = TextDiff::from_lines(old, new);
    let mut out = String::new();
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        if out.is_empty() {
            let side = |side, text: Option<_>| match text {
                Some(_) => format!("{side}/{}", visible::line(change.path)),
                None => "/dev/null".to_owned(),
            };
            let header = format!("--- {}\n+++ {}\n", side("a", change.old), side("b", change.new));
            out.push_str(&painted(&header, "\u{1b}[1m", look));
        }
        out.push_str(&painted(&format!("{}\n", hunk.header()), "\u{1b}[36m", look));
        let inserted = |marked: bool| {
            let lines = hunk.iter_changes().filter(|line| line.tag() == ChangeTag::Insert);
            let chosen = lines.filter(|line| is_marked(change.secret_lines, line.new_index()) == marked);
            chosen.filter_map(|line| name(line.value()).map(str::to_owned)).collect::<BTreeSet<_>>()
        };
        let (secret, plain) = (inserted(true), inserted(false));
        for line in hunk.iter_changes() {
            let is_secret = match line.tag() {
                // A line that goes away beside a secret held it before, unless its name lives on in plain sight.
                ChangeTag::Delete => {
                    tells(line.value())
                        || !secret.is_empty() && name(line.value()).is_some_and(|name| !plain.contains(name))
                }
                ChangeTag::Insert | ChangeTag::Equal => is_marked(change.secret_lines, line.new_index()),
            };
            let text = line.value().trim_end_matches(['\n', '\r']);
            let text = redacted(text, is_secret, change.hidden);
            let (sign, colour) = match line.tag() {
                ChangeTag::Delete => ('-', "\u{1b}[31m"),
                ChangeTag::Insert => ('+', "\u{1b}[32m"),
                ChangeTag::Equal => (' ', ""),
            };
            out.push_str(&painted(&format!("{sign}{}\n", visible::line(&text)), colour, look));
            if line.missing_newline() {
                // Writing to a string cannot fail.
                let _ = writeln!(out, "\\ No newline at end of file");
            }
        }
    }
    out
}

fn is_marked(lines: &[bool], index: Option<usize>) -> bool {
    index.and_then(|index| lines.get(index)).copied().unwrap_or(false)
}

/// What stands before the value of a line.
fn name(line: &str) -> Option<&str> {
    line.split_once([':', '=']).map(|(name, _)| name.trim_start_matches([' ', '-']))
}

/// Whether a line's name, or the credentials of a URL in it, say that its value is a secret. Paths of secret
/// files are none.
fn tells(line: &str) -> bool {
    let Some((name, value)) = line.split_once([':', '=']) else { return false };
    let name = name.to_uppercase();
    let has_login = line.split("://").skip(1).any(|rest| {
        rest.split(['/', ' ', '"', '\'']).next().is_some_and(|host| host.contains(':') && host.contains('@'))
    });
    has_login
        || TELLING.iter().any(|word| name.contains(word))
            && !name.trim_end().ends_with("_FILE")
            && !value.trim().is_empty()
}

/// The line without what may not be shown: behind its name if the whole value is secret, else the hidden texts.
fn redacted(line: &str, is_secret: bool, hidden: &[&str]) -> String {
    let mut shown = line.to_owned();
    if is_secret {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        let end = line.find([':', '=']).map_or(indent, |at| at + 1);
        let space = if line[end..].starts_with(' ') { " " } else { "" };
        shown = format!("{}{space}{PLACEHOLDER}", &line[..end]);
    }
    for text in hidden {
        shown = shown.replace(text, PLACEHOLDER);
    }
    shown
}

fn painted(text: &str, colour: &str, look: &Look) -> String {
    match text.strip_suffix('\n') {
        Some(line) if look.colour && !colour.is_empty() => format!("{colour}{line}\u{1b}[0m\n"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(old: Option<&str>, new: Option<&str>, secret_lines: &[bool], hidden: &[&str]) -> String {
        unified(&Change { path: "docker-compose.yml", old, new, secret_lines, hidden }, &Look::PLAIN)
    }

    #[test]
    fn a_change_is_shown_with_its_surroundings() {
        assert_eq!(
            show(Some("a\nb\nc\n"), Some("a\nB\nc\n"), &[], &[]),
            "--- a/docker-compose.yml\n+++ b/docker-compose.yml\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"
        );
        assert_eq!(show(Some("a\n"), Some("a\n"), &[], &[]), "");
    }

    #[test]
    fn a_new_file_comes_from_nowhere() {
        assert_eq!(
            show(None, Some("a\n"), &[], &[]),
            "--- /dev/null\n+++ b/docker-compose.yml\n@@ -0,0 +1 @@\n+a\n"
        );
    }

    #[test]
    fn values_of_secrets_are_not_shown_on_either_side() {
        let old = "env:\n  APP: one\n  LOGIN: old-value\n";
        let new = "env:\n  APP: two\n  LOGIN: new-value\n";
        let shown = show(Some(old), Some(new), &[false, false, true], &["new-value"]);
        assert!(
            shown.contains("-  APP: one\n-  LOGIN: [secret]\n+  APP: two\n+  LOGIN: [secret]\n"),
            "{shown}"
        );
        assert!(!shown.contains("-value"), "{shown}");
    }

    #[test]
    fn a_literal_that_goes_away_is_not_shown() {
        let shown = show(
            Some("DB_PASSWORD: abc\nDB_PASSWORD_FILE: /run/secrets/x\nURL: postgres://u:pw@db/x\n"),
            Some("x\n"),
            &[],
            &[],
        );
        assert!(
            shown.contains("-DB_PASSWORD: [secret]\n-DB_PASSWORD_FILE: /run/secrets/x\n-URL: [secret]\n")
        );
    }

    #[test]
    fn escape_sequences_are_named() {
        assert!(show(None, Some("a\u{1b}[2J\n"), &[], &[]).ends_with("+a<U+001B>[2J\n"));
    }
}
