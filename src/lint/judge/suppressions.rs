//! Which findings a suppression covers: those of its rule in its block.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::diagnostic::Diagnostic;
use crate::model::stack::Allow;
use crate::source::{FileId, SourceMap, Span};

/// What a file says so that the findings of a rule are left out.
#[derive(Clone, Debug)]
pub(crate) struct Suppression {
    /// The rule.
    pub(crate) rule: String,
    /// Why its findings may be there.
    pub(crate) reason: String,
    /// The block in which they may be.
    pub(crate) scope: Span,
    /// Where it is written.
    pub(crate) at: Span,
    /// How it is written, for a person.
    pub(crate) form: Form,
    /// Whether somebody made use of it already.
    pub(crate) used: bool,
}

/// The ways to write a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `allow RULE "reason"` of a stack file.
    Statement,
    /// `# stackc: allow(RULE) reason`
    Comment {
        /// What goes with it: the comment, unless that names other rules, too.
        removal: Span,
    },
}

impl Suppression {
    /// That of a statement of a stack file.
    pub(super) fn of_statement(allow: &Allow) -> Self {
        Self {
            rule: allow.rule.value.clone(),
            reason: allow.reason.clone(),
            scope: allow.scope,
            at: allow.at,
            form: Form::Statement,
            used: allow.used,
        }
    }
}

/// Every suppression that is known.
#[derive(Debug, Default)]
pub(super) struct Suppressions {
    known: Vec<Known>,
    /// Which of them stand in a file: one that was read several times has several numbers.
    of_files: BTreeMap<FileId, Vec<usize>>,
    /// By what a suppression is known again in a file that was read several times: the name, the place, the rule.
    again: HashMap<(String, u32, u32, String), usize>,
    scopes: HashMap<(String, FileId), Vec<Scope>>,
}

/// A suppression and what came of it.
#[derive(Debug)]
struct Known {
    suppression: Suppression,
    /// Whether its rule looked at all of its file.
    was_asked_for: bool,
    /// Whether something that its file belongs to was not read.
    is_spared: bool,
}

/// A block with every suppression of one rule that is for it. Blocks lie in each other or side by side.
#[derive(Debug)]
struct Scope {
    start: u32,
    end: u32,
    /// The nearest block around it that has one as well.
    outer: Option<usize>,
    /// Which of them.
    members: Vec<usize>,
}

impl Suppressions {
    /// Adds those of some files, all of a file at once.
    pub(super) fn add(&mut self, list: Vec<Suppression>, sources: &SourceMap) {
        let mut list: Vec<Suppression> =
            list.into_iter().filter(|one| !self.of_files.contains_key(&one.at.file)).collect();
        list.sort_by_key(|one| (one.scope.start, Reverse(one.scope.end)));
        for suppression in list {
            let Span { file, start, end } = suppression.scope;
            let index = self.remember(&suppression, sources);
            self.of_files.entry(file).or_default().push(index);
            let of_rule = self.scopes.entry((suppression.rule, file)).or_default();
            let last = of_rule.len().checked_sub(1);
            let same = last.and_then(|last| of_rule.get_mut(last));
            if let Some(same) = same.filter(|scope| (scope.start, scope.end) == (start, end)) {
                same.members.push(index);
                continue;
            }
            let outer = innermost(of_rule, last, start);
            of_rule.push(Scope { start, end, outer, members: vec![index] });
        }
    }

    fn remember(&mut self, one: &Suppression, sources: &SourceMap) -> usize {
        let name = sources.file(one.at.file).name.clone();
        let again = self.again.entry((name, one.at.start, one.at.end, one.rule.clone()));
        let index = *again.or_insert_with(|| {
            self.known.push(Known { suppression: one.clone(), was_asked_for: false, is_spared: false });
            self.known.len() - 1
        });
        // It may be for several blocks.
        self.known[index].suppression.used |= one.used;
        index
    }

    /// Takes note that all of these rules looked at all of a file.
    pub(super) fn looked_at(&mut self, file: FileId, is_one: impl Fn(&str) -> bool) {
        for index in self.of_files.get(&file).into_iter().flatten() {
            let known = &mut self.known[*index];
            known.was_asked_for |= is_one(&known.suppression.rule);
        }
    }

    /// Takes note that something that a file belongs to was not read.
    pub(super) fn spare(&mut self, file: FileId) {
        for index in self.of_files.get(&file).into_iter().flatten() {
            self.known[*index].is_spared = true;
        }
    }

    /// Why a finding is left out, if it is; every suppression around it counts as used then, and the innermost says why.
    pub(super) fn reason(&mut self, finding: &Diagnostic) -> Option<String> {
        if self.scopes.is_empty() {
            return None;
        }
        let span = finding.primary.span;
        let scopes = self.scopes.get(&(finding.code.to_owned(), span.file))?;
        let before = scopes.partition_point(|scope| scope.start <= span.start).checked_sub(1);
        let mut at = innermost(scopes, before, span.start);
        let innermost = at?;
        while let Some(scope) = at {
            for member in &scopes[scope].members {
                self.known[*member].suppression.used = true;
            }
            at = scopes[scope].outer;
        }
        let first = scopes[innermost].members.first()?;
        Some(self.known[*first].suppression.reason.clone())
    }

    /// Every suppression of some rules that covered nothing, in order of addition.
    pub(super) fn unused(&self, is_one: impl Fn(&str) -> bool) -> impl Iterator<Item = &Suppression> {
        let known = self.known.iter().filter(|known| known.was_asked_for && !known.is_spared);
        known.map(|known| &known.suppression).filter(move |one| !one.used && is_one(&one.rule))
    }
}

/// The innermost block that holds `place`, among the one at `from` and those around it.
fn innermost(scopes: &[Scope], from: Option<usize>, place: u32) -> Option<usize> {
    let mut at = from;
    while let Some(scope) = at.filter(|scope| scopes[*scope].end <= place) {
        at = scopes[scope].outer;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suppression_covers_its_block_and_those_in_it() {
        let mut sources = SourceMap::default();
        let file = sources.add("a", "");
        let suppression = |rule: &str, place: usize, start, end, used| Suppression {
            rule: rule.to_owned(),
            reason: String::new(),
            scope: Span::new(file, start, end),
            at: Span::new(file, place, place),
            form: Form::Statement,
            used,
        };
        let list = vec![
            suppression("a", 0, 10, 50, false),
            suppression("a", 1, 20, 30, false),
            suppression("a", 2, 60, 90, false),
            suppression("a", 3, 60, 90, false),
            suppression("a", 4, 95, 99, true),
            suppression("b", 5, 0, 100, false),
            suppression("d", 6, 0, 100, false),
        ];
        let finding = |code, start| Diagnostic::warning(code, "", Span::new(file, start, start + 1));
        let mut all = Suppressions::default();
        all.add(list, &sources);
        all.looked_at(file, |rule| rule != "d");
        let mut covers = |code, start| all.reason(&finding(code, start)).is_some();
        assert!(covers("a", 25) && !covers("a", 5) && !covers("a", 50) && !covers("c", 25));
        let unused = |all: &Suppressions| -> Vec<u32> {
            let mut places: Vec<u32> = all.unused(|_| true).map(|one| one.at.start).collect();
            places.sort_unstable();
            places
        };
        assert_eq!(unused(&all), [2, 3, 5]);
        assert!(all.reason(&finding("a", 40)).is_some() && all.reason(&finding("a", 89)).is_some());
        assert_eq!(unused(&all), [5]);
        all.spare(file);
        assert!(unused(&all).is_empty());
    }

    #[test]
    fn what_is_used_in_one_reading_of_a_file_is_used() {
        let mut sources = SourceMap::default();
        let files = [sources.add("a", "text"), sources.add("a", "text")];
        let mut all = Suppressions::default();
        for file in files {
            let suppression = Suppression {
                rule: "a".to_owned(),
                reason: "why".to_owned(),
                scope: Span::new(file, 0, 4),
                at: Span::new(file, 0, 1),
                form: Form::Statement,
                used: false,
            };
            all.add(vec![suppression.clone()], &sources);
            all.add(vec![suppression], &sources);
            all.looked_at(file, |_| true);
        }
        assert_eq!(all.unused(|_| true).count(), 1);
        let finding = Diagnostic::warning("a", "", Span::new(files[1], 2, 3));
        assert_eq!(all.reason(&finding).as_deref(), Some("why"));
        assert_eq!(all.unused(|_| true).count(), 0);
    }
}
