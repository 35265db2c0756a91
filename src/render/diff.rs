//! What would change in a file, as a unified diff without secrets.

use std::collections::BTreeSet;
use std::ops::Range;

use similar::{ChangeTag, TextDiff};

use super::emitted::{Shown, assignment, redacted, shown_lines};
use super::redact::{PLACEHOLDER, Quotes};
use super::{Look, visible};

/// Words in the name of a setting whose value is not for showing, in a line that is about to go.
const TELLING: [&str; 6] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "KEY", "CREDENTIAL"];

const BOLD: &str = "\u{1b}[1m";
const CYAN: &str = "\u{1b}[36m";
const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";

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

/// A text with the places of its secrets.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The whole text.
    pub text: &'a str,
    /// What of it is never shown, in any order.
    pub masked: &'a [Range<usize>],
}

/// What edits would make of a file, with three lines of context; empty if they change nothing. What is masked on either
/// side is shown on neither, nor are the texts of `hidden`.
pub fn edited(path: &str, old: &Side<'_>, new: &Side<'_>, hidden: &[&str], look: &Look) -> String {
    let (old_lines, new_lines) = (old.lines(), new.lines());
    let quotes = Quotes::of(hidden);
    let diff = TextDiff::from_lines(old.text, new.text);
    let mut out = String::new();
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        if out.is_empty() {
            let path = visible::line(path);
            out.push_str(&painted(&format!("--- a/{path}\n+++ b/{path}\n"), BOLD, look));
        }
        out.push_str(&painted(&format!("{}\n", hunk.header()), CYAN, look));
        for line in hunk.iter_changes() {
            let of =
                |lines: &[String], index: Option<usize>| index.and_then(|index| lines.get(index).cloned());
            let (before, after) = (of(&old_lines, line.old_index()), of(&new_lines, line.new_index()));
            let written = line.value().trim_end_matches(['\n', '\r']);
            let (sign, colour, shown) = match line.tag() {
                ChangeTag::Delete => ('-', RED, before),
                ChangeTag::Insert => ('+', GREEN, after),
                // Where only one of the two masks something, that is the one to trust.
                ChangeTag::Equal => (' ', "", before.filter(|shown| shown != written).or(after)),
            };
            let text = quotes.hide(&shown.unwrap_or_default());
            out.push_str(&painted(&format!("{sign}{}\n", visible::line(&text)), colour, look));
            if line.missing_newline() {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    }
    out
}

impl Side<'_> {
    /// What is masked, in order; what touches is one.
    fn merged(&self) -> Vec<Range<usize>> {
        let mut sorted: Vec<Range<usize>> =
            self.masked.iter().filter(|range| !range.is_empty()).cloned().collect();
        sorted.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(sorted.len());
        for range in sorted {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }

    /// The lines with [`PLACEHOLDER`] in the place of what is masked.
    fn lines(&self) -> Vec<String> {
        let masked = self.merged();
        let mut start = 0;
        let lines = self.text.split_inclusive('\n').map(|line| {
            let line_start = start;
            start += line.len();
            let line = line.trim_end_matches(['\n', '\r']);
            let end = line_start + line.len();
            let mut shown = String::new();
            let mut at = line_start;
            let first = masked.partition_point(|mask| mask.end <= line_start);
            for mask in masked[first..].iter().take_while(|mask| mask.start < end) {
                let from = mask.start.max(at);
                shown.push_str(&self.text[at..from]);
                shown.push_str(PLACEHOLDER);
                at = mask.end.min(end);
            }
            shown.push_str(&self.text[at..end]);
            shown
        });
        lines.collect()
    }
}

/// The difference with three lines of context; empty if there is none.
pub fn unified(change: &Change<'_>, look: &Look) -> String {
    let (old, new) = (change.old.unwrap_or_default(), change.new.unwrap_or_default());
    let is_marked = |index: usize| change.secret_lines.get(index).copied().unwrap_or(false);
    let marked = new.lines().enumerate().filter(|(index, _)| is_marked(*index));
    let names: BTreeSet<&str> =
        marked.filter_map(|(_, line)| assignment(line)).map(|(name, _)| name).collect();
    let shown_new = shown_lines(new, |index, _| is_marked(index));
    let shown_old = shown_lines(old, |_, line| {
        tells(line) || assignment(line).is_some_and(|(name, _)| names.contains(name))
    });
    let diff = TextDiff::from_lines(old, new);
    let mut out = String::new();
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        if out.is_empty() {
            let side = |side, text: Option<_>| match text {
                Some(_) => format!("{side}/{}", visible::line(change.path)),
                None => "/dev/null".to_owned(),
            };
            let header = format!("--- {}\n+++ {}\n", side("a", change.old), side("b", change.new));
            out.push_str(&painted(&header, BOLD, look));
        }
        out.push_str(&painted(&format!("{}\n", hunk.header()), CYAN, look));
        let inserted = || hunk.iter_changes().filter(|line| line.tag() == ChangeTag::Insert);
        let brings_secret = inserted().any(|line| line.new_index().is_some_and(is_marked));
        for line in hunk.iter_changes() {
            let (sign, colour, shown) = match line.tag() {
                ChangeTag::Delete => {
                    let shown = at(&shown_old, line.old_index());
                    // Beside a new secret, what goes away was it before, unless its name lives on in plain sight.
                    let name = assignment(line.value()).map(|(name, _)| name);
                    let lives_on = inserted()
                        .any(|new| name.is_some() && name == assignment(new.value()).map(|(name, _)| name));
                    let shown = match (shown, name) {
                        (Shown::All, Some(_)) if brings_secret && !lives_on => Shown::Name,
                        (Shown::All, None) if brings_secret => Shown::Nothing,
                        (shown, _) => shown,
                    };
                    ('-', RED, shown)
                }
                ChangeTag::Insert => ('+', GREEN, at(&shown_new, line.new_index())),
                ChangeTag::Equal => (' ', "", at(&shown_new, line.new_index())),
            };
            let text = redacted(line.value().trim_end_matches(['\n', '\r']), shown, change.hidden);
            out.push_str(&painted(&format!("{sign}{}\n", visible::line(&text)), colour, look));
            if line.missing_newline() {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    }
    out
}

fn at(lines: &[Shown], index: Option<usize>) -> Shown {
    index.and_then(|index| lines.get(index)).copied().unwrap_or(Shown::All)
}

/// Whether a line's name, or the credentials of a URL in it, say that its value is a secret. Paths of secret
/// files are none.
fn tells(line: &str) -> bool {
    let Some((name, _)) = assignment(line) else { return false };
    let name = name.to_uppercase();
    let has_login = line.split("://").skip(1).any(|rest| {
        rest.split(['/', ' ', '"', '\'']).next().is_some_and(|host| host.contains(':') && host.contains('@'))
    });
    has_login || TELLING.iter().any(|word| name.contains(word)) && !name.trim_end().ends_with("_FILE")
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
    fn a_value_of_several_lines_is_not_shown_and_a_heading_is() {
        let old = "env:\n  KEY_TEXT: |-\n    old: one\n    old two\n  A: 1\n";
        let new = "env:\n  CERT: |-\n    new: one\n    new two\n  A: 2\n";
        let shown = show(Some(old), Some(new), &[true, true, true, true, false], &[]);
        assert_eq!(
            shown.split_once("@@\n").unwrap().1,
            " env:\n-  KEY_TEXT: [secret]\n-    [secret]\n-    [secret]\n-  A: 1\n+  CERT: [secret]\n+    \
             [secret]\n+    [secret]\n+  A: 2\n"
        );
    }

    #[test]
    fn what_is_masked_on_one_side_is_shown_on_none() {
        let (old, new) = ("a: one\nb: two\nc: three four\n", "a: one\nB: two\nc: three four\n");
        let shown = edited(
            "x",
            &Side { text: old, masked: &[3..6, 4..6, 17..22, 22..27] },
            &Side { text: new, masked: &[] },
            &["two"],
            &Look::PLAIN,
        );
        assert!(shown.ends_with("@@\n a: [secret]\n-b: [secret]\n+B: [secret]\n c: [secret]\n"), "{shown}");
        let lines = "k: |\n  one\n  two\n";
        let masked = [Range { start: 5, end: 16 }];
        let side = Side { text: lines, masked: &masked };
        assert_eq!(side.lines(), ["k: |", "[secret]", "[secret]"]);
        assert_eq!(edited("x", &side, &side, &[], &Look::PLAIN), "");
    }

    #[test]
    fn escape_sequences_are_named() {
        assert!(show(None, Some("a\u{1b}[2J\n"), &[], &[]).ends_with("+a<U+001B>[2J\n"));
    }
}
