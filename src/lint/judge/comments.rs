//! What comments tell the judge: `# stackc: allow(RULE) reason` and `# stackc: allow-file(RULE) reason`.

use std::ops::Range;

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
    let (mut suppressions, mut findings) = (Vec::new(), Vec::new());
    for remark in remarks {
        let comment = sources.text(remark.comment);
        let Some((said, offset)) = Remark::addressed(comment) else { continue };
        let note = Note { remark, has_colon: comment[..offset].contains(':'), said, offset };
        match note.request() {
            Ok(request) => note.keep(&request, &mut suppressions, &mut findings),
            Err(finding) => findings.push(*finding),
        }
    }
    (suppressions, findings)
}

/// A comment that speaks to stackc.
struct Note<'a> {
    remark: &'a Remark,
    /// Whether a colon stands before what it says.
    has_colon: bool,
    /// What it says.
    said: &'a str,
    /// At which byte of the comment that begins.
    offset: usize,
}

/// What a comment asks for.
struct Request<'a> {
    /// The rules, with a comma between them.
    names: &'a str,
    /// At which byte of what is said these begin.
    start: usize,
    reason: &'a str,
    scope: Span,
}

impl<'a> Note<'a> {
    /// A part of what is said.
    fn part(&self, range: Range<usize>) -> Span {
        let start = self.remark.comment.range().start + self.offset;
        Span::new(self.remark.comment.file, start + range.start, start + range.end)
    }

    /// What it asks for, or what is wrong with it.
    fn request(&self) -> Result<Request<'a>, Box<Diagnostic>> {
        let comment = self.remark.comment;
        let is_of_verb = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let (verb, rest) = self.said.split_at(self.said.find(|c| !is_of_verb(c)).unwrap_or(self.said.len()));
        if !VERBS.contains(&verb) {
            return Err(self.unknown(verb).into());
        }
        if !self.has_colon {
            let message = "there is no `:` behind `stackc`, so that this allows nothing";
            return Err(malformed::finding(message, comment).help(FORM).into());
        }
        let open = rest.trim_start().strip_prefix('(');
        let Some((names, reason)) = open.and_then(|inside| inside.split_once(')')) else {
            let message = format!("`{verb}` is not followed by a rule in parentheses");
            return Err(malformed::finding(message, self.part(0..verb.len())).help(FORM).into());
        };
        let start = self.said.len() - open.map_or(0, str::len);
        let reason = reason.trim_start_matches([' ', '\t', ':', '-', '\u{2013}', '\u{2014}']).trim_end();
        if reason.is_empty() {
            let message = "there is no reason, so that this allows nothing";
            let help = "say behind the parenthesis why it may be so: whoever reads this next year will ask";
            return Err(malformed::finding(message, self.part(0..self.said.len())).help(help).into());
        }
        let scope = if verb == "allow-file" {
            // To the end of whatever the file will hold, and findings whose place is no particular one among it.
            Some(Span { start: 0, end: u32::MAX, ..comment })
        } else {
            self.remark.statement
        };
        let scope = scope.ok_or_else(|| {
            let help =
                "put it above the statement, no deeper than that, or write `allow-file` for the whole file";
            malformed::finding("no statement follows that this could be about", comment).help(help)
        })?;
        Ok(Request { names, start, reason, scope })
    }

    fn unknown(&self, verb: &str) -> Diagnostic {
        if verb.is_empty() {
            let message = "this says nothing that stackc understands";
            return malformed::finding(message, self.remark.comment).help(FORM);
        }
        let message = format!("`{verb}` is nothing that stackc can be told in a comment");
        let finding = malformed::finding(message, self.part(0..verb.len()));
        finding.did_you_mean(nearest(verb, VERBS)).help(FORM)
    }

    /// Adds what is asked for of each rule, and what is wrong with its name.
    fn keep(
        &self,
        request: &Request<'_>,
        suppressions: &mut Vec<Suppression>,
        findings: &mut Vec<Diagnostic>,
    ) {
        let names = words(request.names, request.start);
        for (index, (word, place)) in names.iter().enumerate() {
            let at = self.part(place.clone());
            if let Some(finding) = wrong(word, at) {
                findings.push(finding);
                continue;
            }
            // With the comma that then has nothing to divide.
            let removal = match (index.checked_sub(1), names.get(index + 1)) {
                (_, Some((_, next))) => self.part(place.start..next.start),
                (Some(before), None) => self.part(names[before].1.end..place.end),
                (None, None) => self.remark.comment,
            };
            suppressions.push(Suppression {
                rule: (*word).to_owned(),
                reason: request.reason.to_owned(),
                scope: request.scope,
                at,
                form: Form::Comment { removal },
                used: false,
            });
        }
    }
}

/// The words between commas, and where they stand in a text in which the first one begins at a place.
fn words(list: &str, mut start: usize) -> Vec<(&str, Range<usize>)> {
    let words = list.split(',').map(|part| {
        let word = part.trim();
        let from = start + part.len() - part.trim_start().len();
        start += part.len() + 1;
        (word, from..from + word.len())
    });
    words.collect()
}

/// What is wrong with a word that should name a rule.
fn wrong(word: &str, at: Span) -> Option<Diagnostic> {
    let mut codes = rules::ALL.iter().map(|rule| rule.code);
    if codes.any(|code| code == word) {
        return None;
    }
    if word.is_empty() {
        return Some(malformed::finding("a rule is missing here", at).help(FORM));
    }
    let finding = malformed::finding(format!("there is no rule `{word}`"), at);
    let help = if super::named(word).is_empty() {
        "`stackc explain --list` lists the rules".to_owned()
    } else {
        format!("`{word}` is a group: name the rules of it that are meant")
    };
    let near = nearest(word, rules::ALL.iter().map(|rule| rule.code));
    // Another rule than the one that was meant would be silent.
    Some(finding.did_you_mean(near).with_unsafe_fix().help(help))
}
