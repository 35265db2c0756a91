//! What comments tell the judge: `# stackc: allow(RULE) reason` and `# stackc: allow-file(RULE) reason`.

use super::suppressions::{Form, Suppression};
use crate::diagnostic::{Diagnostic, nearest};
use crate::lint::rules::{self, allow_malformed as malformed};
use crate::source::{SourceMap, Span};
use crate::syntax::remark::Remark;

/// What may be asked for.
const VERBS: [&str; 2] = ["allow", "allow-file"];

/// How it is written right.
const FORM: &str =
    "write `# stackc: allow(RULE) reason`, or `# stackc: allow-file(RULE) reason` for the whole file";

/// What some comments ask for, and what is wrong with them.
pub(super) fn read(remarks: &[Remark], sources: &SourceMap) -> (Vec<Suppression>, Vec<Diagnostic>) {
    let mut reader = Reader { sources, suppressions: Vec::new(), findings: Vec::new() };
    for remark in remarks {
        reader.remark(remark);
    }
    (reader.suppressions, reader.findings)
}

struct Reader<'a> {
    sources: &'a SourceMap,
    suppressions: Vec<Suppression>,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn remark(&mut self, remark: &Remark) {
        let comment = self.sources.text(remark.comment);
        let Some((said, offset)) = Remark::addressed(comment) else { return };
        let part = |from: usize, to: usize| {
            let start = remark.comment.range().start + offset;
            Span::new(remark.comment.file, start + from, start + to)
        };
        let end = said.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(said.len());
        let verb = &said[..end];
        if !VERBS.contains(&verb) {
            let (at, message) = if verb.is_empty() {
                (remark.comment, "this says nothing that stackc understands".to_owned())
            } else {
                (part(0, end), format!("`{verb}` is nothing that stackc can be told in a comment"))
            };
            let near = nearest(verb, VERBS);
            return self.refuse(malformed::finding(message, at).did_you_mean(near).help(FORM));
        }
        if !comment[..offset].contains(':') {
            let message = "there is no `:` behind `stackc`, so that this allows nothing";
            return self.refuse(malformed::finding(message, remark.comment).help(FORM));
        }
        let rest = said[end..].trim_start();
        let open = said.len() - rest.len();
        let Some((names, reason)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) else {
            let message = format!("`{verb}` is not followed by a rule in parentheses");
            return self.refuse(malformed::finding(message, part(0, end)).help(FORM));
        };
        let reason = reason.trim_start_matches([' ', '\t', ':', '-', '\u{2013}', '\u{2014}']).trim_end();
        if reason.is_empty() {
            let message = "there is no reason, so that this allows nothing";
            let finding = malformed::finding(message, part(0, said.len()))
                .help("say behind the parenthesis why it may be so: whoever reads this next year will ask");
            return self.refuse(finding);
        }
        let scope = if verb == "allow-file" {
            // To the end of whatever the file will hold, and findings whose place is no particular one among it.
            Some(Span { start: 0, end: u32::MAX, ..remark.comment })
        } else {
            remark.statement
        };
        let Some(scope) = scope else {
            let finding = malformed::finding("no statement follows that this could be about", remark.comment);
            return self.refuse(
                finding.help("put it above the statement, or write `allow-file` for the whole file"),
            );
        };
        let mut start = open + 1;
        for name in names.split(',') {
            let word = name.trim();
            let from = start + name.len() - name.trim_start().len();
            start += name.len() + 1;
            let at = part(from, from + word.len());
            if self.is_rule(word, at) {
                let (rule, reason) = (word.to_owned(), reason.to_owned());
                self.suppressions.push(Suppression {
                    rule,
                    reason,
                    scope,
                    at,
                    form: Form::Comment,
                    used: false,
                });
            }
        }
    }

    fn is_rule(&mut self, word: &str, at: Span) -> bool {
        let mut codes = rules::ALL.iter().map(|rule| rule.code);
        if codes.any(|code| code == word) {
            return true;
        }
        if word.is_empty() {
            self.refuse(malformed::finding("a rule is missing here", at).help(FORM));
            return false;
        }
        let finding = malformed::finding(format!("there is no rule `{word}`"), at);
        let help = if super::named(word).is_empty() {
            "`stackc explain --list` lists the rules".to_owned()
        } else {
            format!("`{word}` is a group: name the rules of it that are meant")
        };
        let near = nearest(word, rules::ALL.iter().map(|rule| rule.code));
        self.refuse(finding.did_you_mean(near).help(help));
        false
    }

    fn refuse(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }
}
