//! `group`, and what is said of `like` and `with` themselves; what they stand for is in its place already.

use std::collections::BTreeSet;

use super::codes;
use super::context::Context;
use super::draft::Draft;
use super::fitting::{Contents, Doubt, Fitted};
use super::names::{GROUP, SERVICE, find};
use crate::diagnostic::{Diagnostic, Label, nearest};
use crate::model::compose::{Env, EnvValue};
use crate::schema::{Kind, Row, own_rows, rows_named};
use crate::source::Span;
use crate::syntax::stack::tree::{Arg, Statement};

impl<'t> Context<'_, 't> {
    /// Looks at every group: at what it takes over itself, and at all of one that no service takes over or that compose's
    /// file has as a field. Gives those.
    pub(crate) fn groups(&mut self) -> Vec<Draft<'t>> {
        let mut fields = Vec::new();
        let keys: Vec<String> = self.names.groups.keys().cloned().collect();
        for key in keys {
            let is_field = key.starts_with("x-");
            let statement = self.names.groups[&key].it.statement;
            if is_field || !self.reuse.is_reached(statement) {
                let group = self.taking_over(statement, |cx| cx.group(&key));
                if is_field && self.is_writable(&group) {
                    fields.push(group);
                }
                continue;
            }
            for fit in &*self.block_of(statement, Kind::Service) {
                if matches!(fit.row.head(), "like" | "with") {
                    self.taken_over(fit);
                }
            }
        }
        fields
    }

    fn group(&mut self, key: &str) -> Draft<'t> {
        let declared = &self.names.groups[key];
        let origin = self.origins.written(declared.it.statement.line_span());
        let mut draft = Draft::new(&declared.it, origin);
        self.service_block(&mut draft);
        self.grant_named(&mut draft);
        draft
    }

    /// Whether a group can be a field of compose's file; what cannot is reported.
    fn is_writable(&mut self, group: &Draft<'t>) -> bool {
        let is_exported = |env: &Env| matches!(env.value, EnvValue::Exported(_));
        let why = if group.build.is_some() {
            "what it builds by steps would be a Dockerfile of its own"
        } else if group.service.environment.iter().any(is_exported) {
            "what it exports needs the entrypoint of a service"
        } else {
            return true;
        };
        let name = group.name();
        self.sink.push(
            Diagnostic::error(
                codes::INEXPRESSIBLE,
                format!("`{name}` cannot be a field of compose's file"),
                group.statement.line_span(),
            )
            .here(why)
            .note("a group whose name begins with `x-` is written into compose's file as well")
            .help("give it a name that does not begin with `x-`"),
        );
        false
    }

    /// Reports what a `like` or `with` names and what is not there, or cannot be taken over.
    pub(crate) fn taken_over(&mut self, fit: &Fitted<'t>) {
        for arg in fit.bound.rest(0) {
            let Some(name) = self.plain(arg) else { continue };
            if fit.row.head() == "with" {
                find(self.sink, &self.names, &GROUP, &self.names.groups, &name, arg.span);
                continue;
            }
            let found = find(self.sink, &self.names, &SERVICE, &self.names.services, &name, arg.span);
            if found.is_some_and(|service| service.is_proxy) {
                self.report_like_a_proxy(&name, arg.span);
            }
        }
        for arg in fit.bound.rest(1) {
            self.left_out(arg);
        }
    }

    /// Nothing is certain of what takes over something that is not known.
    pub(crate) fn doubt_taken_over(&self, contents: &mut Contents<'t>, of: &Statement) {
        let may_be_any = |fit: &Fitted<'_>| !fit.certain && matches!(fit.row.head(), "like" | "with");
        if self.reuse.is_doubtful(of) || contents.iter().any(may_be_any) {
            contents.doubt.add_all(&Doubt::of_everything());
        }
    }

    fn report_like_a_proxy(&mut self, name: &str, at: Span) {
        self.sink.push(
            Diagnostic::error(codes::CONFLICT, format!("no service is like the proxy `{name}`"), at)
                .here("a proxy")
                .note("a proxy says what its nginx does, which a service has not")
                .help("put what both say into a `group`, and write `with` and its name in both"),
        );
    }

    /// Reports what follows `without` and begins no statement.
    fn left_out(&mut self, arg: &Arg) {
        let Some(word) = self.plain(arg) else { return };
        if word == "env from" || !rows_named(Kind::Service, &word).is_empty() {
            return;
        }
        let heads = own_rows(Kind::Service).map(Row::head);
        self.sink.push(
            Diagnostic::error(
                codes::UNKNOWN_STATEMENT,
                format!("there is no statement `{word}` in a service"),
                arg.span,
            )
            .did_you_mean(nearest(&word, heads))
            .help(
                "behind `without` stand the first words of statements, such as `publish`, or `\"env from\"`",
            ),
        );
    }

    /// Does something for a service, a proxy or a group. What is found in what it takes over is told with what takes it
    /// over.
    pub(crate) fn taking_over<R>(&mut self, of: &'t Statement, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.finding_count();
        let result = work(self);
        for finding in self.sink.diagnostics.iter_mut().skip(before) {
            if let Some(by) = self.reuse.taken_by(of, finding.primary.span) {
                finding.labels.push(Label { span: by, text: "takes it over".to_owned() });
            }
        }
        result
    }

    /// Tells once of each mistake from `first` on in a statement that several take over.
    pub(crate) fn tell_once(&mut self, first: usize) {
        let mut told = BTreeSet::new();
        let mut index = 0;
        let reuse = self.reuse;
        self.sink.diagnostics.retain(|finding| {
            index += 1;
            let place = finding.primary.span;
            index <= first || !reuse.may_repeat(place) || told.insert((finding.code, place))
        });
    }
}
