//! What all of lowering shares: the sink, origins and names, and the fitting of statements to the schema.

use std::collections::HashMap;

use super::codes;
use super::names::Names;
use crate::diagnostic::{Diagnostic, Sink, nearest};
use crate::model::names::{InputName, SecretName};
use crate::model::stack::{Allow, Policy, Stack};
use crate::model::values::VarOp;
use crate::schema::foreign::instead_of;
use crate::schema::sentence::{Bound, Misfit};
use crate::schema::{BlockRule, Count, Kind, Row, Word, in_order_of_trial, own_rows, rows_named, rows_of};
use crate::source::{Origin, Origins, Span};
use crate::syntax::stack::tree::{Arg, Block, Item, Statement, statements};
use crate::vocabulary::nginx::{Context as Place, directive};

/// The state of lowering one file.
pub(crate) struct Context<'a, 't> {
    /// The text of the file.
    pub(crate) source: &'a str,
    pub(crate) sink: &'a mut Sink,
    pub(crate) origins: &'a mut Origins,
    pub(crate) names: Names<'t>,
    pub(crate) stack: Stack,
    /// Every `allow` met so far.
    pub(crate) allows: Vec<Allow>,
    /// Secrets whose path was written since the list was last taken: who names the file must be given it.
    pub(crate) granted: Vec<(SecretName, Origin)>,
    /// Inputs that the current step of a build uses; each becomes an ARG.
    pub(crate) build_inputs: Vec<(InputName, VarOp)>,
}

/// A statement that fits a row.
#[derive(Clone, Debug)]
pub(crate) struct Fitted<'t> {
    pub(crate) row: &'static Row,
    pub(crate) statement: &'t Statement,
    pub(crate) bound: Bound<'t>,
    pub(crate) origin: Origin,
}

impl<'t> Fitted<'t> {
    /// The argument of a slot.
    pub(crate) fn arg(&self, slot: usize) -> &'t Arg {
        self.bound.arg(slot)
    }

    /// What a finding about the whole statement underlines.
    pub(crate) fn span(&self) -> Span {
        self.statement.line_span()
    }

    /// What stands in its block.
    pub(crate) fn items(&self) -> &'t [Item] {
        self.statement.block.as_ref().map_or(&[], |block| &block.items)
    }
}

impl<'t> Context<'_, 't> {
    /// Whether defaults are to be supplied.
    pub(crate) fn secure(&self) -> bool {
        self.stack.policy == Policy::Secure
    }

    /// Fits every statement of a block to the rows of its kind; what fits none is reported and left out.
    pub(crate) fn block(&mut self, items: &'t [Item], kind: Kind) -> Vec<Fitted<'t>> {
        let mut seen: HashMap<&'static str, Span> = HashMap::new();
        let mut fitted = Vec::new();
        for statement in statements(items) {
            if self.sink.give_up() {
                break;
            }
            if statement.damaged {
                continue;
            }
            let Some(fit) = self.fit(statement, kind) else { continue };
            if fit.row.count == Count::Once
                && let Some(first) = seen.insert(fit.row.head(), fit.span())
            {
                self.report_repeated(&fit, first);
                continue;
            }
            fitted.push(fit);
        }
        fitted
    }

    fn fit(&mut self, statement: &'t Statement, kind: Kind) -> Option<Fitted<'t>> {
        let rows = match statement.head() {
            Some(head) => rows_named(kind, head),
            None => Vec::new(),
        };
        if rows.is_empty() {
            self.report_unknown(statement, kind);
            return None;
        }
        let mut misfit: Option<Misfit> = None;
        for row in in_order_of_trial(&rows) {
            match row.parsed().fit(&statement.args[1..]) {
                Ok(bound) => {
                    self.check_block(statement, row)?;
                    let origin = self.origins.written(statement.line_span());
                    return Some(Fitted { row, statement, bound, origin });
                }
                Err(new) if misfit.as_ref().is_none_or(|old| new.fitted > old.fitted) => misfit = Some(new),
                Err(_) => {}
            }
        }
        self.report_misfit(statement, &rows, &misfit.expect("a row that does not fit says where"));
        None
    }

    fn check_block(&mut self, statement: &Statement, row: &Row) -> Option<()> {
        let head = row.head();
        match (row.block, &statement.block) {
            (BlockRule::None, Some(block)) => {
                self.sink.push(
                    Diagnostic::error(codes::WRONG_BLOCK, format!("`{head}` takes no block"), block.open)
                        .here("this block")
                        .help(format!("write `{}`", row.sentence)),
                );
                None
            }
            (BlockRule::Must(_), None) => {
                self.sink.push(
                    Diagnostic::error(codes::WRONG_BLOCK, format!("`{head}` needs a block"), statement.span)
                        .here("`{ ... }` is missing here")
                        .help(format!("for example `{}`", row.example)),
                );
                None
            }
            _ => Some(()),
        }
    }

    fn report_unknown(&mut self, statement: &Statement, kind: Kind) {
        let span = statement.args[0].span;
        let Some(head) = statement.head() else {
            self.sink.push(
                Diagnostic::error(codes::UNKNOWN_STATEMENT, "a statement begins with a plain word", span)
                    .here("this is quoted, a list or a reference")
                    .help(format!("{} stand {}", list_of_heads(kind), kind.describe())),
            );
            return;
        };
        let elsewhere: Vec<&'static str> = Kind::ALL
            .into_iter()
            .filter(|other| *other != kind && !other.is_pairs() && holds(*other, head))
            .map(Kind::describe)
            .chain(contexts_of(head, kind))
            .collect();
        let heads: Vec<&str> = rows_of(kind).map(Row::head).collect();
        let near = nearest(head, heads.iter().copied());
        if let Some(instead) = written_instead(head, kind) {
            let code =
                if elsewhere.is_empty() { codes::UNKNOWN_STATEMENT } else { codes::MISPLACED_STATEMENT };
            self.sink.push(
                Diagnostic::error(code, format!("there is no statement `{head}` {}", kind.describe()), span)
                    .here("not known here")
                    .help(format!("write `{instead}`")),
            );
            return;
        }
        let diagnostic = match (elsewhere.as_slice(), near) {
            ([_, ..], _) => Diagnostic::error(
                codes::MISPLACED_STATEMENT,
                format!("`{head}` cannot stand {}", kind.describe()),
                span,
            )
            .here(format!("it stands {}", either(&elsewhere)))
            .help(format!("{} stand {}", list_of_heads(kind), kind.describe())),
            ([], Some(near)) => {
                Diagnostic::error(codes::UNKNOWN_STATEMENT, format!("there is no statement `{head}`"), span)
                    .here(format!("did you mean `{near}`?"))
                    .help(format!("`{}`", rows_named(kind, near)[0].shown()))
                    .safe_fix(format!("write `{near}`"), vec![(span, near.to_owned())])
            }
            ([], None) => {
                Diagnostic::error(codes::UNKNOWN_STATEMENT, format!("there is no statement `{head}`"), span)
                    .here("not known")
                    .help(format!("{} stand {}", list_of_heads(kind), kind.describe()))
            }
        };
        self.sink.push(diagnostic);
    }

    fn report_misfit(&mut self, statement: &Statement, rows: &[&'static Row], misfit: &Misfit) {
        let head = rows[0].head();
        let span = misfit.at.unwrap_or_else(|| statement.line_span());
        let (message, here) = match misfit.at {
            Some(_) => (format!("`{head}` does not take this"), format!("expected {}", misfit.expected)),
            None => (format!("`{head}` is not complete"), format!("{} is missing", misfit.expected)),
        };
        if let Some((message, mended)) = short_form(statement) {
            self.sink.push(
                Diagnostic::error(codes::WRONG_ARGUMENTS, message, span)
                    .help(format!("write `{mended}`"))
                    .safe_fix(format!("write `{mended}`"), vec![(statement.line_span(), mended)]),
            );
            return;
        }
        let sentences: Vec<String> = rows.iter().map(|row| format!("`{}`", row.shown())).collect();
        self.sink.push(Diagnostic::error(codes::WRONG_ARGUMENTS, message, span).here(here).help(format!(
            "write {}; for example `{}`",
            sentences.join(" or "),
            rows[0].example
        )));
    }

    fn report_repeated(&mut self, fit: &Fitted<'t>, first: Span) {
        let head = fit.row.head();
        self.sink.push(
            Diagnostic::error(
                codes::DUPLICATE_STATEMENT,
                format!("`{head}` may stand here once"),
                fit.span(),
            )
            .here("the second time")
            .label(first, "the first time")
            .help("remove one of the two"),
        );
    }

    /// Reports that a block lacks something, unless one of its statements was reported: that may be what is missing.
    pub(crate) fn missing_in(
        &mut self,
        items: &[Item],
        fitted: &[Fitted<'t>],
        span: Span,
        message: String,
        help: &str,
    ) {
        if statements(items).count() == fitted.len() {
            self.missing(span, message, help);
        }
    }

    /// Reports that something is lacking.
    pub(crate) fn missing(&mut self, span: Span, message: String, help: impl Into<String>) {
        self.sink.push(Diagnostic::error(codes::MISSING_STATEMENT, message, span).help(help));
    }

    /// Takes note of `allow RULE "reason"` that stands in `block` (the file for `None`).
    pub(crate) fn allow(&mut self, fit: &Fitted<'t>, block: Option<&Block>) {
        let rule = fit.arg(0);
        let Some(reason) = self.plain(fit.arg(1)) else { return };
        let Some(name) = rule.as_word() else {
            self.wrong_type(rule, "the name of a rule", "mime-missing");
            return;
        };
        if !self.names.is_rule(name) {
            let mut diagnostic =
                Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no rule `{name}`"), rule.span);
            if let Some(near) = self.names.nearest_rule(name) {
                diagnostic = diagnostic
                    .here(format!("did you mean `{near}`?"))
                    .safe_fix(format!("write `{near}`"), vec![(rule.span, near.to_owned())]);
            }
            self.sink.push(diagnostic.help("`stackc explain --list` lists the rules"));
            return;
        }
        if reason.trim().is_empty() {
            self.wrong_type(fit.arg(1), "a reason", "\"fonts come from elsewhere\"");
            return;
        }
        let scope = match block {
            Some(block) => block.close.map_or(block.open, |close| block.open.to(close)),
            None => Span { start: 0, end: u32::MAX, ..fit.statement.span },
        };
        let at = fit.span();
        let rule = crate::source::At::new(name.to_owned(), fit.origin);
        self.allows.push(Allow { rule, reason, scope, at, used: false });
    }

    /// Whether something at `span` may break `rule`; the `allow` counts as used then.
    pub(crate) fn is_allowed(&mut self, rule: &str, span: Span) -> bool {
        let mut found = false;
        for allow in &mut self.allows {
            if allow.scope.file == span.file
                && allow.scope.range().contains(&(span.start as usize))
                && allow.rule.value == rule
            {
                allow.used = true;
                found = true;
            }
        }
        found
    }
}

/// Whether a statement of that head may stand in a kind of block, directives of nginx left out.
fn holds(kind: Kind, head: &str) -> bool {
    rows_named(kind, head).iter().any(|row| !matches!(row.word, Word::Nginx(..)))
}

/// Where nginx has a directive, for a block in which nginx's directives may stand.
fn contexts_of(head: &str, kind: Kind) -> Vec<&'static str> {
    if kind.nginx_contexts().is_empty() {
        return Vec::new();
    }
    let known = Place::ALL.into_iter().filter(|place| directive(head, *place).is_some());
    known.map(Place::describe).collect()
}

/// "a, b or c"
fn either(places: &[&str]) -> String {
    match places {
        [rest @ .., before, last] if !rest.is_empty() => {
            format!("{}, {before} or {last}", rest.join(", "))
        }
        places => places.join(" or "),
    }
}

/// What a word of another language is in a kind of block.
fn written_instead(word: &str, kind: Kind) -> Option<&'static str> {
    let instead = instead_of(word)?;
    let first = instead.split(' ').next().unwrap_or(instead);
    (!rows_named(kind, first).is_empty()).then_some(instead)
}

/// A form of compose with colons, and the statement that says it: `mount a:/b`, `restart on-failure:3`.
fn short_form(statement: &Statement) -> Option<(&'static str, String)> {
    const MOUNT: &str = "`mount` says `at` between what and where";
    const RESTART: &str = "`restart` says how often without a colon";
    let [head, arg] = statement.args.as_slice() else { return None };
    let parts: Vec<&str> = arg.as_word()?.split(':').collect();
    match (head.as_word()?, parts.as_slice()) {
        ("mount", [source, target]) if target.starts_with('/') => {
            Some((MOUNT, format!("mount {source} at {target}")))
        }
        ("mount", [source, target, "ro"]) if target.starts_with('/') => {
            Some((MOUNT, format!("mount {source} at {target} read-only")))
        }
        ("restart", ["on-failure", times]) => Some((RESTART, format!("restart on-failure {times}"))),
        _ => None,
    }
}

/// "`stack`, `project` and `defaults`"; of the words of other languages there are too many.
fn list_of_heads(kind: Kind) -> String {
    let mut heads: Vec<String> = Vec::new();
    let own = own_rows(kind).count();
    let shown = if own > 2 { own } else { usize::MAX };
    for row in rows_of(kind).take(shown) {
        let head = format!("`{}`", row.head());
        if !heads.contains(&head) {
            heads.push(head);
        }
    }
    if own > 2 {
        heads.extend(kind.compose_group().map(|_| "compose's own keys".to_owned()));
        heads.extend(kind.nginx_contexts().first().map(|_| "nginx's own directives".to_owned()));
    }
    match heads.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
