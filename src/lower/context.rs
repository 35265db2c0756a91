//! What all of lowering shares: the sink, origins, names, and the exceptions that a file allows itself.

use std::collections::BTreeSet;

use super::codes;
use super::dockerfile::AllDescribed;
use super::fitting::{Contents, Fitted};
use super::names::Names;
use super::reuse::Reused;
use crate::diagnostic::{Diagnostic, Sink};
use crate::model::names::{InputName, SecretName};
use crate::model::stack::{Allow, Policy, Stack};
use crate::model::values::VarOp;
use crate::source::{Origin, Origins, Span};
use crate::syntax::stack::tree::{Arg, Statement, StmtId};

/// The state of lowering one file.
pub(crate) struct Context<'a, 't> {
    /// The text of the file.
    pub(crate) source: &'a str,
    pub(crate) sink: &'a mut Sink,
    pub(crate) origins: &'a mut Origins,
    pub(crate) names: Names<'t>,
    /// What services take over of each other.
    pub(crate) reuse: &'t Reused,
    pub(crate) stack: Stack,
    /// Every `allow` met so far.
    pub(crate) allows: Vec<Allow>,
    /// Blocks with an `allow` that could not be read: whatever it was to allow is not reported.
    pub(crate) unread_allows: Vec<Span>,
    /// Secrets whose path was written since the list was last taken: who names the file must be given it.
    pub(crate) granted: Vec<(SecretName, Origin)>,
    /// The words of statements that have a mistake, with the number of its finding if it is not the reader's.
    pub(crate) doubtful: Vec<(Span, Option<usize>)>,
    /// Dockerfiles with a path of their own.
    pub(crate) described: AllDescribed,
    /// The names of stages that are taken in the current Dockerfile, in lower case.
    pub(crate) stage_names: BTreeSet<String>,
    /// Inputs that the current step of a build uses; each becomes an ARG.
    pub(crate) build_inputs: Vec<(InputName, VarOp)>,
}

impl<'t> Context<'_, 't> {
    /// Whether defaults are to be supplied.
    pub(crate) fn secure(&self) -> bool {
        self.stack.policy == Policy::Secure
    }

    /// How many findings there are so far: when it grows while something is lowered, that has a mistake.
    pub(crate) fn finding_count(&self) -> usize {
        self.sink.diagnostics.len()
    }

    /// Whether something was found in a stretch of the file, so that not all of what it says is known.
    pub(crate) fn is_doubtful(&self, stretch: Span) -> bool {
        self.sink.diagnostics.iter().any(|finding| {
            let at = finding.primary.span;
            at.file == stretch.file && stretch.start <= at.start && at.end <= stretch.end
        })
    }

    /// Whether something was found between a place and the end of its line.
    pub(crate) fn is_line_doubtful(&self, from: Span) -> bool {
        let start = from.start as usize;
        let rest = self.source.get(start..).and_then(|rest| rest.lines().next());
        self.is_doubtful(Span::new(from.file, start, start + rest.map_or(0, str::len)))
    }

    /// Takes note of the `allow`s of a block before anything asks for them.
    pub(crate) fn allows_first(&mut self, contents: &Contents<'t>, statement: &'t Statement) {
        for fit in contents.iter().filter(|fit| fit.row.id == "allow") {
            let before = self.finding_count();
            self.allow(fit, statement.span);
            // One that is taken over holds where it stands, too.
            if let Some(around) = self.reuse.source_of(statement, fit.span()) {
                self.allow(fit, around);
            }
            if self.finding_count() > before && self.may_name(fit.arg(0), codes::SECRET_IN_ENVIRONMENT) {
                self.unread_allows.push(statement.span);
            }
        }
        let certain: BTreeSet<StmtId> =
            contents.iter().filter(|fit| fit.certain).map(|fit| fit.statement.id).collect();
        let fits = |child: &Statement| certain.contains(&child.id);
        if contents.doubt.covers(&[])
            || contents.doubt.covers(&["allow"])
                && statement.children().filter(|child| !fits(child) && child.block.is_none()).any(|child| {
                    let rule = child.args.get(1);
                    rule.is_none_or(|rule| self.may_name(rule, codes::SECRET_IN_ENVIRONMENT))
                })
        {
            self.unread_allows.push(statement.span);
        }
    }

    /// Whether a rule may be meant by something that has a mistake: it is not the name of another one.
    fn may_name(&self, arg: &Arg, rule: &str) -> bool {
        let Some(word) = arg.as_word() else { return true };
        self.names.nearest_rule(word).is_none_or(|near| near == rule)
    }

    /// Takes note of `allow RULE "reason"`, which holds in `scope`.
    pub(crate) fn allow(&mut self, fit: &Fitted<'t>, scope: Span) {
        let rule = fit.arg(0);
        let Some(reason) = self.plain(fit.arg(1)) else { return };
        let Some(name) = rule.as_word() else {
            self.wrong_type(rule, "the name of a rule", "mime-missing");
            return;
        };
        if !self.names.is_rule(name) {
            let diagnostic =
                Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no rule `{name}`"), rule.span)
                    .did_you_mean(self.names.nearest_rule(name));
            self.sink.push(diagnostic.help("`stackc explain --list` lists the rules"));
            return;
        }
        if reason.trim().is_empty() {
            self.wrong_type(fit.arg(1), "a reason", "\"fonts come from elsewhere\"");
            return;
        }
        let at = fit.span();
        let rule = crate::source::At::new(name.to_owned(), fit.origin);
        self.allows.push(Allow { rule, reason, scope, at, used: false });
    }

    /// Whether an `allow` that could not be read may have been meant for something at `span`.
    pub(crate) fn may_be_allowed(&self, span: Span) -> bool {
        self.unread_allows
            .iter()
            .any(|scope| scope.file == span.file && scope.range().contains(&(span.start as usize)))
    }

    /// Why something at `span` may break `rule`, if it may; every `allow` around it counts as used then.
    pub(crate) fn allowed(&mut self, rule: &str, span: Span) -> Option<String> {
        let mut reason = None;
        for allow in &mut self.allows {
            if allow.scope.file == span.file
                && allow.scope.range().contains(&(span.start as usize))
                && allow.rule.value == rule
            {
                allow.used = true;
                reason.get_or_insert_with(|| allow.reason.clone());
            }
        }
        reason
    }
}
