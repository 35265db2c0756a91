//! `needs`: who waits for whom and for what; cycles.

use std::collections::{BTreeMap, BTreeSet};

use super::codes;
use super::context::Context;
use super::draft::Draft;
use crate::diagnostic::Diagnostic;
use crate::model::compose::{Condition, Dependency};
use crate::model::names::ServiceName;
use crate::source::{At, Span};

/// So many services of a circle are named.
const MOST_SHOWN: usize = 20;

impl<'t> Context<'_, 't> {
    /// Decides what each `needs` waits for and writes it into the trees.
    pub(crate) fn resolve_needs(&mut self, drafts: &mut [Draft<'t>]) {
        let mut health: BTreeMap<ServiceName, bool> = BTreeMap::new();
        for draft in drafts.iter() {
            *health.entry(draft.name().clone()).or_default() |= draft.has_health();
        }
        let in_doubt: BTreeSet<ServiceName> = drafts
            .iter()
            .filter(|draft| {
                let is_unknown = !self.secure() && draft.has_unknown_image();
                is_unknown
                    || draft.image_in_doubt()
                    || draft.doubt.covers(&["health", "command", "entrypoint"])
            })
            .map(|draft| draft.name().clone())
            .collect();
        let declared: BTreeMap<ServiceName, Span> =
            drafts.iter().map(|d| (d.name().clone(), d.statement.line_span())).collect();
        self.report_cycles(drafts);
        for draft in drafts {
            for need in &draft.needs {
                let healthy = health.get(&need.service).copied().unwrap_or(false);
                let (condition, cause) = match need.condition {
                    Some(condition) => (condition, need.origin),
                    None if healthy && self.secure() => {
                        (Condition::Healthy, self.origins.by_default("needs-healthy", Some(need.origin)))
                    }
                    None => (Condition::Started, need.origin),
                };
                if condition == Condition::Healthy && !healthy && !in_doubt.contains(&need.service) {
                    let name = &need.service;
                    let mut diagnostic = Diagnostic::error(
                        codes::NEEDS_NO_HEALTH,
                        format!(
                            "`{}` waits for `{name}` to be healthy, but nothing tells when it is",
                            draft.name()
                        ),
                        need.span,
                    )
                    .here("docker compose would stop with an error here")
                    .help(format!("give `{name}` a `health` statement, or write `needs {name} started`"));
                    if let Some(span) = declared.get(name) {
                        diagnostic = diagnostic.label(*span, "has no health check");
                    }
                    self.sink.push(diagnostic);
                }
                let service = At::new(need.service.clone(), need.origin);
                let condition = At::new(condition, cause);
                draft.service.depends_on.push(Dependency { service, condition, extra: need.extra.clone() });
            }
        }
    }

    /// Reports each cycle once, at its first statement in the file.
    fn report_cycles(&mut self, drafts: &[Draft<'t>]) {
        // Of two services of one name the first is meant.
        let index: BTreeMap<&ServiceName, usize> =
            drafts.iter().enumerate().rev().map(|(i, d)| (d.name(), i)).collect();
        let mut state = vec![State::New; drafts.len()];
        for start in 0..drafts.len() {
            let mut path: Vec<(usize, usize)> = Vec::new();
            if state[start] == State::New {
                state[start] = State::Open;
                path.push((start, 0));
            }
            while let Some((at, next)) = path.pop() {
                let Some(need) = drafts[at].needs.get(next) else {
                    state[at] = State::Done;
                    continue;
                };
                path.push((at, next + 1));
                let Some(&to) = index.get(&need.service) else { continue };
                match state[to] {
                    State::New => {
                        state[to] = State::Open;
                        path.push((to, 0));
                    }
                    State::Open => self.report_cycle(drafts, &path, to),
                    State::Done => {}
                }
            }
        }
    }

    fn report_cycle(&mut self, drafts: &[Draft<'t>], path: &[(usize, usize)], to: usize) {
        let from = path.iter().position(|(at, _)| *at == to).unwrap_or(0);
        let edges: Vec<(&ServiceName, Span)> = path[from..]
            .iter()
            .map(|(at, next)| (drafts[*at].name(), drafts[*at].needs[next - 1].span))
            .collect();
        let Some(((first, span), rest)) = edges.split_first() else { return };
        let shown = &edges[..edges.len().min(MOST_SHOWN)];
        let names: Vec<String> = shown.iter().map(|(name, _)| format!("`{name}`")).collect();
        let message = match (rest, edges.len() - shown.len()) {
            ([], _) => format!("`{first}` waits for itself"),
            ([_], _) => format!("{} wait for each other", names.join(" and ")),
            (_, 0) => format!("{} wait for each other in a circle", names.join(", ")),
            (_, more) => format!("{} and {more} more wait for each other in a circle", names.join(", ")),
        };
        let mut diagnostic = Diagnostic::error(codes::NEEDS_CYCLE, message, *span).here("waits here");
        for (name, span) in &shown[1..] {
            diagnostic = diagnostic.label(*span, format!("`{name}` waits here"));
        }
        self.sink.push(
            diagnostic.note("compose refuses to start such services").help("remove one of these `needs`"),
        );
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}
