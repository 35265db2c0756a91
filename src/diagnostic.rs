//! What a person is told: code, severity, message, labels, note, help and fix, as plain data.

use std::collections::BTreeMap;

use crate::source::{Shift, Span};

/// How much a finding matters. The order is that of gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; changes no exit code.
    Info,
    /// Will probably go wrong.
    Warning,
    /// Cannot be compiled, or is wrong for certain.
    Error,
}

/// A span with a short text beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What is underlined.
    pub span: Span,
    /// What is written beside it; may be empty.
    pub text: String,
}

/// Whether applying a fix can change what the program means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// The meaning stays, or was unusable before.
    Safe,
    /// A person should look at the result.
    Unsafe,
}

/// A mechanical way out: replace each span by its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the edits do, as an instruction.
    pub title: String,
    /// Spans that do not overlap, with their replacements.
    pub edits: Vec<(Span, String)>,
    /// Whether it may be applied unseen.
    pub safety: Safety,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kebab-case name under which `stackc explain` knows it.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, quoting the text it is about.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that belong to it, in any file.
    pub labels: Vec<Label>,
    /// Why it matters.
    pub note: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// What to do in a stack file that makes what it was found in, if that is said in other words there.
    pub in_stack: Option<String>,
    /// The same, as edits.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding of the given gravity, with nothing but its place.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>, at: Span) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            primary: Label { span: at, text: String::new() },
            labels: Vec::new(),
            note: None,
            help: None,
            in_stack: None,
            fix: None,
        }
    }

    /// An [`Severity::Error`].
    pub fn error(code: &'static str, message: impl Into<String>, at: Span) -> Self {
        Self::new(Severity::Error, code, message, at)
    }

    /// A [`Severity::Warning`].
    pub fn warning(code: &'static str, message: impl Into<String>, at: Span) -> Self {
        Self::new(Severity::Warning, code, message, at)
    }

    /// A [`Severity::Info`].
    pub fn info(code: &'static str, message: impl Into<String>, at: Span) -> Self {
        Self::new(Severity::Info, code, message, at)
    }

    /// Writes `text` beside the primary place.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Says why.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = Some(text.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says what to do in a stack file that makes what it was found in.
    #[must_use]
    pub fn in_stack(mut self, text: impl Into<String>) -> Self {
        self.in_stack = Some(text.into());
        self
    }

    /// The same in a map of sources into which those that it points into were taken.
    #[must_use]
    pub fn shifted(mut self, shift: Shift) -> Self {
        let edits = self.fix.iter_mut().flat_map(|fix| &mut fix.edits).map(|(span, _)| span);
        let labels = self.labels.iter_mut().map(|label| &mut label.span);
        for span in edits.chain(labels).chain([&mut self.primary.span]) {
            *span = shift.span(*span);
        }
        self
    }

    /// Asks whether another word was meant in the primary place, and offers to write it; without one nothing changes.
    #[must_use]
    pub fn did_you_mean(self, near: Option<&str>) -> Self {
        let Some(near) = near else { return self };
        let edits = vec![(self.primary.span, near.to_owned())];
        self.here(format!("did you mean `{near}`?")).safe_fix(format!("write `{near}`"), edits)
    }

    /// Leaves it to a person to look at the fix, if there is one.
    #[must_use]
    pub fn with_unsafe_fix(mut self) -> Self {
        self.fix = self.fix.map(|fix| Fix { safety: Safety::Unsafe, ..fix });
        self
    }

    /// Offers a fix that keeps the meaning.
    #[must_use]
    pub fn safe_fix(mut self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits, safety: Safety::Safe });
        self
    }

    /// Offers a fix that a person should look at.
    #[must_use]
    pub fn unsafe_fix(mut self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits, safety: Safety::Unsafe });
        self
    }

    /// [`Diagnostic::safe_fix`] where there are edits.
    #[must_use]
    pub fn may_safe_fix(self, title: impl Into<String>, edits: Option<Vec<(Span, String)>>) -> Self {
        match edits {
            Some(edits) => self.safe_fix(title, edits),
            None => self,
        }
    }

    /// [`Diagnostic::unsafe_fix`] where there are edits.
    #[must_use]
    pub fn may_unsafe_fix(self, title: impl Into<String>, edits: Option<Vec<(Span, String)>>) -> Self {
        match edits {
            Some(edits) => self.unsafe_fix(title, edits),
            None => self,
        }
    }
}

/// Of so many findings with the same code is told; a file with more of them has another problem.
const MAX_OF_A_CODE: usize = 1000;

/// With so many errors a file is hopeless, and the rest of it is not looked at.
const MAX_ERRORS: usize = 1000;

/// A finding that is not told of, because somebody says that it may be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// What was found.
    pub finding: Diagnostic,
    /// Why it may be there, as that says.
    pub reason: String,
    /// What says so.
    pub by: AllowedBy,
}

/// What says that a finding may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AllowedBy {
    /// The file that it is in.
    File,
    /// Something beside it: settings.
    Settings,
    /// A list of what was there before.
    Baseline,
}

/// Where readers, lowering and rules put what they find, and the places that no format may show.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    /// In the order in which they were found; [`Sink::finish`] sorts them. They are added by [`Sink::push`].
    pub diagnostics: Vec<Diagnostic>,
    /// Spans whose text is a secret.
    pub masked: Vec<Span>,
    /// What was found and may be there; they count for nothing. They are added by [`Sink::allow`]
    /// and [`Sink::accept`].
    pub allowed: Vec<Allowed>,
    /// How many of a code and a severity were found.
    counts: BTreeMap<(&'static str, Severity), usize>,
    errors: usize,
    more: BTreeMap<Severity, usize>,
    gave_up: bool,
}

impl Sink {
    /// Adds a finding; of very many with the same code only how many there are.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let Diagnostic { code, severity, .. } = diagnostic;
        let count = self.counts.entry((code, severity)).or_default();
        *count += 1;
        if *count > MAX_OF_A_CODE {
            self.add_more(severity, 1);
        } else {
            self.errors += usize::from(severity == Severity::Error);
            self.diagnostics.push(diagnostic);
        }
    }

    /// Adds what another sink holds.
    pub fn append(&mut self, other: Sink) {
        self.extend(other.diagnostics);
        for (severity, count) in other.more {
            self.add_more(severity, count);
        }
        self.masked.extend(other.masked);
        self.allowed.extend(other.allowed);
        self.gave_up |= other.gave_up;
    }

    /// Counts findings of which nothing more is told.
    pub fn add_more(&mut self, severity: Severity, count: usize) {
        if count > 0 {
            self.errors += if severity == Severity::Error { count } else { 0 };
            *self.more.entry(severity).or_default() += count;
        }
    }

    /// Keeps a finding that may be there, for those who want to see these too; of very many only the first.
    pub fn allow(&mut self, finding: Diagnostic, reason: impl Into<String>, by: AllowedBy) {
        if self.allowed.len() < MAX_OF_A_CODE {
            self.allowed.push(Allowed { finding, reason: reason.into(), by });
        }
    }

    /// Puts aside what a baseline holds, by its place in [`Sink::diagnostics`]; how many these are.
    pub fn accept(&mut self, is_held: impl Fn(usize) -> bool) -> usize {
        let found = std::mem::take(&mut self.diagnostics).into_iter().enumerate();
        let (held, open): (Vec<_>, Vec<_>) = found.partition(|(index, _)| is_held(*index));
        self.diagnostics = open.into_iter().map(|(_, finding)| finding).collect();
        let count = held.len();
        self.allowed.extend(held.into_iter().map(|(_, finding)| {
            let reason = "is in the baseline".to_owned();
            Allowed { finding, reason, by: AllowedBy::Baseline }
        }));
        count
    }

    /// Hides the text of a span in every output format.
    pub fn mask(&mut self, span: Span) {
        self.masked.push(span);
    }

    /// Whether anything found so far keeps the input from being compiled.
    pub fn has_errors(&self) -> bool {
        self.worst() == Some(Severity::Error)
    }

    /// Whether there are so many errors that the rest of the file is not to be looked at; [`Sink::gave_up`] then says
    /// that it was not.
    pub fn give_up(&mut self) -> bool {
        self.gave_up |= self.errors >= MAX_ERRORS;
        self.gave_up
    }

    /// Whether a part of the file was not looked at, so that there may be more errors than are counted.
    pub fn gave_up(&self) -> bool {
        self.gave_up
    }

    /// How many findings of a severity there are besides those in [`Sink::diagnostics`].
    pub fn more(&self, severity: Severity) -> usize {
        self.more.get(&severity).copied().unwrap_or(0)
    }

    /// The gravest severity found so far.
    pub fn worst(&self) -> Option<Severity> {
        self.diagnostics.iter().map(|d| d.severity).chain(self.more.keys().copied()).max()
    }

    /// Sorts by place, then code, and drops exact repetitions.
    pub fn finish(&mut self) {
        self.diagnostics
            .sort_by(|a, b| (a.primary.span, a.code, &a.message).cmp(&(b.primary.span, b.code, &b.message)));
        self.diagnostics.dedup();
        self.allowed.sort_by(|a, b| {
            let key = |allowed: &Allowed| (allowed.finding.primary.span, allowed.finding.code);
            key(a).cmp(&key(b)).then_with(|| a.finding.message.cmp(&b.finding.message))
        });
        self.allowed.dedup();
        self.masked.sort_unstable();
        self.masked.dedup();
    }
}

impl Extend<Diagnostic> for Sink {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        for diagnostic in diagnostics {
            self.push(diagnostic);
        }
    }
}

/// So many candidates of a fitting length are compared: no vocabulary has more.
const MAX_COMPARED: usize = 1000;

/// The candidate nearest to `word`, if one is near enough to be what was meant; of equally near ones the first.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = match word.chars().count() {
        0..=2 => 1,
        3..=6 => 2,
        _ => 3,
    };
    let length = word.chars().count();
    // Words of another length are further away than that; most need not be compared.
    let near = |candidate: &&str| {
        candidate.chars().count().abs_diff(length) <= allowed && at_least_apart(word, candidate) <= allowed
    };
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .filter(near)
        .take(MAX_COMPARED)
        .map(|candidate| (strsim::osa_distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A bound from below of the distance of two words, which takes much less time: by how many letters they differ,
/// whatever their order.
fn at_least_apart(word: &str, candidate: &str) -> usize {
    if !word.is_ascii() || !candidate.is_ascii() {
        return 0;
    }
    // Letters of both cases fall into the same place, as do some other characters.
    let mut surplus = [0_i32; 32];
    word.bytes().for_each(|byte| surplus[usize::from(byte % 32)] += 1);
    candidate.bytes().for_each(|byte| surplus[usize::from(byte % 32)] -= 1);
    let (more, fewer) = surplus.iter().fold((0, 0), |(more, fewer), count| {
        (more + count.max(&0).unsigned_abs(), fewer + count.min(&0).unsigned_abs())
    });
    more.max(fewer) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn the_nearest_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(nearest("servce", ["service", "secret"]), Some("service"));
        assert_eq!(nearest("postgers", ["postgres", "web"]), Some("postgres"));
        assert_eq!(nearest("kubernetes", ["service", "secret"]), None);
        assert_eq!(nearest("a", ["b", "web"]), None);
    }

    #[test]
    fn the_bound_of_a_distance_is_never_above_it() {
        for (one, other) in
            [("servce", "service"), ("POSTGERS", "postgres"), ("a_b", "A-b"), ("", "ab"), ("é", "e")]
        {
            let distance = strsim::osa_distance(&one.to_lowercase(), &other.to_lowercase());
            assert!(at_least_apart(one, other) <= distance, "{one} {other}");
        }
        assert_eq!((at_least_apart("abc", "xyz"), at_least_apart("abc", "cab")), (3, 0));
    }

    #[test]
    fn of_very_many_findings_only_the_first_are_kept() {
        let file = SourceMap::default().add("a", "");
        let mut sink = Sink::default();
        let at = |index| Span::new(file, index, index);
        for index in 0..1500 {
            sink.push(Diagnostic::info("a", "note", at(index)));
        }
        assert!(!sink.give_up());
        sink.push(Diagnostic::error("b", "error", at(0)));
        assert!(sink.has_errors() && !sink.give_up());
        let mut all = Sink::default();
        all.append(sink);
        for index in 1..1000 {
            all.push(Diagnostic::error("c", "error", at(index)));
        }
        assert!(!all.gave_up() && all.give_up() && all.gave_up());
        assert_eq!(
            (all.diagnostics.len(), all.more(Severity::Info), all.more(Severity::Error)),
            (2000, 500, 0)
        );
        all.push(Diagnostic::error("a", "graver than the others of its code", at(0)));
        assert_eq!((all.diagnostics.len(), all.more(Severity::Error)), (2001, 0));
    }
}
