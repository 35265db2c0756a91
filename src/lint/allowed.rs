//! Which findings an `allow` covers: those of its rule in its block.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::model::stack::Allow;
use crate::source::FileId;

/// Every `allow` of a file, by rule.
#[derive(Debug)]
pub(super) struct Allowed {
    scopes: BTreeMap<(String, FileId), Vec<Scope>>,
    /// Why, for each `allow` of the list.
    reasons: Vec<String>,
}

/// A block with every `allow` of one rule that stands in it. Blocks lie in each other or side by side.
#[derive(Debug)]
struct Scope {
    start: u32,
    end: u32,
    /// The nearest block around it that has one as well.
    outer: Option<usize>,
    /// Which of them, by their place in the list.
    allows: Vec<usize>,
    used: bool,
}

impl Allowed {
    pub(super) fn new(allows: &[Allow]) -> Self {
        let mut sorted: Vec<(usize, &Allow)> = allows.iter().enumerate().collect();
        sorted.sort_by_key(|(_, allow)| (allow.scope.start, Reverse(allow.scope.end)));
        let mut scopes: BTreeMap<(String, FileId), Vec<Scope>> = BTreeMap::new();
        for (index, allow) in sorted {
            let of_rule = scopes.entry((allow.rule.value.clone(), allow.scope.file)).or_default();
            let (start, end) = (allow.scope.start, allow.scope.end);
            let last = of_rule.len().checked_sub(1);
            if let Some(same) =
                last.and_then(|last| of_rule.get_mut(last)).filter(|scope| scope.is(start, end))
            {
                same.allows.push(index);
                same.used |= allow.used;
                continue;
            }
            let outer = innermost(of_rule, last, start);
            of_rule.push(Scope { start, end, outer, allows: vec![index], used: allow.used });
        }
        Self { scopes, reasons: allows.iter().map(|allow| allow.reason.clone()).collect() }
    }

    /// Why a finding is left out, if it is; every `allow` around it counts as used then, and the innermost says why.
    pub(super) fn reason(&mut self, finding: &Diagnostic) -> Option<&str> {
        let span = finding.primary.span;
        let scopes = self.scopes.get_mut(&(finding.code.to_owned(), span.file))?;
        let before = scopes.partition_point(|scope| scope.start <= span.start).checked_sub(1);
        let mut at = innermost(scopes, before, span.start);
        let innermost = at?;
        while let Some(scope) = at {
            scopes[scope].used = true;
            at = scopes[scope].outer;
        }
        let allow = scopes[innermost].allows.first()?;
        self.reasons.get(*allow).map(String::as_str)
    }

    /// Every `allow` that covered nothing, by its place in the list.
    pub(super) fn unused(&self) -> Vec<usize> {
        let unused = self.scopes.values().flatten().filter(|scope| !scope.used);
        let mut unused: Vec<usize> = unused.flat_map(|scope| scope.allows.iter().copied()).collect();
        unused.sort_unstable();
        unused
    }
}

impl Scope {
    fn is(&self, start: u32, end: u32) -> bool {
        (self.start, self.end) == (start, end)
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
    use crate::source::{At, Origins, SourceMap, Span};

    #[test]
    fn an_allow_covers_its_block_and_those_in_it() {
        let file = SourceMap::default().add("a", "");
        let origin = Origins::default().by_default("test", None);
        let allow = |rule: &str, start, end, used| Allow {
            rule: At::new(rule.to_owned(), origin),
            reason: String::new(),
            scope: Span::new(file, start, end),
            at: Span::new(file, start, start),
            used,
        };
        let allows = [
            allow("a", 10, 50, false),
            allow("a", 20, 30, false),
            allow("a", 60, 90, false),
            allow("a", 60, 90, false),
            allow("a", 95, 99, true),
            allow("b", 0, 100, false),
        ];
        let finding = |code, start| Diagnostic::warning(code, "", Span::new(file, start, start + 1));
        let mut allowed = Allowed::new(&allows);
        let mut covers = |code, start| allowed.reason(&finding(code, start)).is_some();
        assert!(covers("a", 25) && !covers("a", 5) && !covers("a", 50) && !covers("c", 25));
        assert_eq!(allowed.unused(), [2, 3, 5]);
        assert!(allowed.reason(&finding("a", 40)).is_some() && allowed.reason(&finding("a", 89)).is_some());
        assert_eq!(allowed.unused(), [5]);
    }
}
