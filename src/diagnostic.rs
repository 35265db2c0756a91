//! What a person is told: code, severity, message, labels, note, help and fix, as plain data.

use crate::source::Span;

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

    /// Offers a fix that keeps the meaning.
    #[must_use]
    pub fn safe_fix(mut self, title: impl Into<String>, edits: Vec<(Span, String)>) -> Self {
        self.fix = Some(Fix { title: title.into(), edits, safety: Safety::Safe });
        self
    }
}

/// Where readers, lowering and rules put what they find, and the places that no format may show.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    /// In the order in which they were found; [`Sink::finish`] sorts them.
    pub diagnostics: Vec<Diagnostic>,
    /// Spans whose text is a secret.
    pub masked: Vec<Span>,
}

impl Sink {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Hides the text of a span in every output format.
    pub fn mask(&mut self, span: Span) {
        self.masked.push(span);
    }

    /// Whether anything found so far keeps the input from being compiled.
    pub fn has_errors(&self) -> bool {
        self.worst() == Some(Severity::Error)
    }

    /// The gravest severity found so far.
    pub fn worst(&self) -> Option<Severity> {
        self.diagnostics.iter().map(|d| d.severity).max()
    }

    /// Sorts by place, then code, and drops exact repetitions.
    pub fn finish(&mut self) {
        self.diagnostics
            .sort_by(|a, b| (a.primary.span, a.code, &a.message).cmp(&(b.primary.span, b.code, &b.message)));
        self.diagnostics.dedup();
        self.masked.sort_unstable();
        self.masked.dedup();
    }
}

/// The candidate nearest to `word`, if one is near enough to be what was meant; of equally near ones the first.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = match word.chars().count() {
        0..=2 => 1,
        3..=6 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(nearest("servce", ["service", "secret"]), Some("service"));
        assert_eq!(nearest("postgers", ["postgres", "web"]), Some("postgres"));
        assert_eq!(nearest("kubernetes", ["service", "secret"]), None);
        assert_eq!(nearest("a", ["b", "web"]), None);
    }
}
