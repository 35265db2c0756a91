//! # Services that wait for each other
//!
//! Compose starts a service after those that it depends on, by `depends_on`, `links`, `volumes_from` or the network of
//! another one. A circle of them has no first one, and compose refuses it.
//!
//! ```yaml bad
//! services:
//!   web:
//!     image: nginx:1.30
//!     depends_on: [app]
//!   app:
//!     image: example/app:1.0
//!     depends_on: [web]
//! ```
//!
//! ```yaml good
//! services:
//!   web:
//!     image: nginx:1.30
//!     depends_on: [app]
//!   app:
//!     image: example/app:1.0
//! ```

use crate::lint::project::compose;
use crate::lint::{Findings, Whole};
use crate::project::compose::{Compose, Service};
use crate::source::Span;

pub(super) const CODE: &str = "compose-cycle";

/// What a service waits for, and where that is said.
type Edges<'c> = Vec<(usize, Span)>;

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let Some(compose) = compose(whole) else { return };
    let edges: Vec<Edges<'_>> = compose.services.iter().map(|service| edges(compose, service)).collect();
    let mut state = vec![State::New; edges.len()];
    for start in 0..edges.len() {
        if let Some(cycle) = follow(start, &edges, &mut state) {
            report(compose, &cycle, findings);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// Goes through everything behind a service that was not seen yet, and returns the first circle: each service with
/// the place where it says what it waits for.
fn follow(start: usize, edges: &[Edges<'_>], state: &mut [State]) -> Option<Vec<(usize, Span)>> {
    if state[start] != State::New {
        return None;
    }
    let mut found = None;
    // The way here: each service, and the number of its next edge.
    let mut way = vec![(start, 0)];
    state[start] = State::Open;
    while let Some((service, next)) = way.last_mut() {
        let Some((target, _)) = edges[*service].get(*next) else {
            state[*service] = State::Done;
            way.pop();
            continue;
        };
        *next += 1;
        match state[*target] {
            State::New => {
                state[*target] = State::Open;
                way.push((*target, 0));
            }
            State::Open if found.is_none() => {
                let from = way.iter().position(|(service, _)| service == target).unwrap_or(0);
                let steps = way[from..].iter().map(|(service, next)| (*service, edges[*service][next - 1].1));
                found = Some(steps.collect());
            }
            State::Open | State::Done => {}
        }
    }
    found
}

fn report(compose: &Compose, cycle: &[(usize, Span)], findings: &mut Findings<'_>) {
    let name = |index: usize| compose.services[index].name.value.as_str();
    let Some(((first, at), others)) = cycle.split_first() else { return };
    let mut way: Vec<&str> = cycle.iter().map(|(index, _)| name(*index)).collect();
    way.push(name(*first));
    let message = match others {
        [] => format!("`{}` waits for itself", name(*first)),
        _ => format!("services wait for each other in a circle: {}", way.join(" → ")),
    };
    let mut finding = findings.at(*at, message).here(format!("`{}` waits", name(*first)));
    for (index, span) in others.iter().take(6) {
        finding = finding.label(*span, format!("`{}` waits", name(*index)));
    }
    findings.push(finding.note("compose refuses it: no service of a circle can be started first").help(
        "remove one of them; a service that can do without another at its start needs no `depends_on`",
    ));
}

fn edges<'c>(compose: &Compose, service: &'c Service) -> Edges<'c> {
    let depends = service.depends_on.iter().map(|depends| &depends.name);
    let links = service.links.iter().map(|(service, _)| service);
    let volumes = service.volumes_from.iter().filter(|from| !from.is_container).map(|from| &from.name);
    let named = depends.chain(links).chain(volumes).map(|name| (name.value.as_str(), name.span));
    let mode =
        service.network_mode.iter().filter_map(|mode| Some((mode.raw.strip_prefix("service:")?, mode.span)));
    named.chain(mode).filter_map(|(name, span)| Some((compose.place(name)?, span))).collect()
}
