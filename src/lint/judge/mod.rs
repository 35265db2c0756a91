//! What becomes of a finding: it is told with some severity, kept as one that may be there, or dropped. Decided here for
//! every rule, whatever it looks at.

mod comments;
mod exclusions;
mod levels;
mod suppressions;

pub use exclusions::{Exclusion, Exclusions, Paths};
pub use levels::{Level, Levels, group_of, named, names};
pub(crate) use suppressions::{Form, Suppression};

use exclusions::Excluder;
use suppressions::Suppressions;

use super::dockerfile::checks::TurnedOff;
use super::rules::allow_unused;
use crate::diagnostic::{AllowedBy, Diagnostic, Severity, Sink};
use crate::model::stack::Allow;
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::remark::Remark;

/// What was decided beforehand, for all files of a run.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// How grave the findings of rules are.
    pub levels: Levels,
    /// What is left out.
    pub exclusions: Exclusions,
}

/// Decides about findings, and remembers which suppressions were of use. One judge serves all files that are understood
/// together, whichever rules run over them and how often; what nobody needed is told when all have run.
#[derive(Debug, Default)]
pub struct Judge {
    levels: Levels,
    excluder: Excluder,
    suppressions: Suppressions,
    turned_off: TurnedOff,
}

impl Judge {
    /// One that knows of no suppression yet.
    pub fn new(policy: &Policy) -> Self {
        let (levels, excluder) = (policy.levels.clone(), Excluder::new(policy.exclusions.clone()));
        Self { levels, excluder, ..Self::default() }
    }

    /// Takes note of what a stack file allows.
    pub fn allow(&mut self, allows: &[Allow], sources: &SourceMap) {
        self.suppress(allows.iter().map(Suppression::of_statement).collect(), sources);
    }

    /// Takes note of what files say that findings may be there. All of a file are given at once; a file that was taken
    /// note of already is passed over.
    fn suppress(&mut self, list: Vec<Suppression>, sources: &SourceMap) {
        self.suppressions.add(list, sources);
    }

    /// Takes note of what the comments of files ask for, all of a file at once; what is wrong with them is returned.
    #[must_use]
    pub(crate) fn comments(&mut self, remarks: &[Remark], sources: &SourceMap) -> Vec<Diagnostic> {
        let (suppressions, findings) = comments::read(remarks, sources);
        self.suppress(suppressions, sources);
        findings
    }

    /// Takes note that a place belongs to a service: its block, or a file that it alone builds or runs.
    pub(crate) fn belongs(&mut self, block: Span, service: impl Into<String>) {
        self.excluder.blocks.add(block, service.into());
    }

    /// Takes note of the checks of the builder that Dockerfiles turn off.
    pub(super) fn turn_off(&mut self, turned_off: TurnedOff) {
        self.turned_off.extend(turned_off);
    }

    /// Whether a Dockerfile turns off a check of the builder at a place.
    pub(super) fn is_turned_off(&self, check: &str, place: Span) -> bool {
        self.turned_off.is_off(check, place)
    }

    /// Takes note that all of these rules looked at all of a file.
    pub(crate) fn looked_at(&mut self, file: FileId, is_one: impl Fn(&str) -> bool) {
        self.suppressions.looked_at(file, is_one);
    }

    /// Takes note that not all of what a file belongs to could be read, so that no suppression in it is known to be
    /// unneeded.
    pub(crate) fn spare(&mut self, file: FileId) {
        self.suppressions.spare(file);
    }

    /// Whether a finding of a rule at a place may be there; what says so counts as used then.
    pub(crate) fn covers(&mut self, rule: &'static str, place: Span, sources: &SourceMap) -> bool {
        let finding = Diagnostic::info(rule, "", place);
        self.suppressions.reason(&finding).is_some() || self.excluder.reason(&finding, sources).is_some()
    }

    /// Decides about a finding and does what was decided.
    pub(crate) fn decide(&mut self, mut finding: Diagnostic, sources: &SourceMap, sink: &mut Sink) {
        // A file may ask for less than the rule itself would say, not for less than it was raised to.
        let is_turned_off = self.turned_off.covers(&finding);
        match self.levels.of(finding.code) {
            Some(Level::Off) => return,
            Some(Level::At(severity)) => finding.severity = severity,
            None => {}
        }
        if let Some(reason) = self.suppressions.reason(&finding) {
            sink.allow(finding, reason, AllowedBy::File);
        } else if is_turned_off {
            sink.allow(finding, "turned off by `# check=`", AllowedBy::File);
        } else if let Some(reason) = self.excluder.reason(&finding, sources) {
            sink.allow(finding, reason, AllowedBy::Settings);
        } else {
            sink.push(finding);
        }
    }

    /// Decides about what readers found that kept nothing from being understood.
    pub(crate) fn review(&mut self, sink: &mut Sink, sources: &SourceMap) {
        let mut read = std::mem::take(sink);
        let findings = std::mem::take(&mut read.diagnostics);
        sink.append(read);
        for finding in findings {
            match finding.severity {
                Severity::Error => sink.push(finding),
                Severity::Warning | Severity::Info => self.decide(finding, sources, sink),
            }
        }
    }

    /// Tells of every suppression that was of no use although its rule ran. What is found is decided about like anything
    /// else.
    pub fn unused(&mut self, sources: &SourceMap, sink: &mut Sink) {
        let is_needless = |rule: &str| rule != allow_unused::CODE && !self.levels.is_off(rule);
        let findings: Vec<Diagnostic> = self
            .suppressions
            .unused(is_needless)
            .map(|unused| allow_unused::finding(unused, sources))
            .collect();
        for finding in findings {
            self.decide(finding, sources, sink);
        }
        let of_itself: Vec<Diagnostic> = self
            .suppressions
            .unused(|rule| rule == allow_unused::CODE)
            .map(|unused| allow_unused::finding(unused, sources))
            .collect();
        for finding in of_itself {
            self.decide(finding, sources, sink);
        }
    }
}
