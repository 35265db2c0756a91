//! Advice that holds for many services of a project alike: one finding for all of them.

use super::Running;
use crate::diagnostic::Diagnostic;
use crate::lint::nginx::words::list;
use crate::lint::{Findings, Whole};

/// So many services are pointed at; all of them are named or counted.
const MOST_LABELS: usize = 6;

/// One finding for all services that lack something, at the first of them, with labels at the others. Where
/// it may be it is told of by itself, to be left out. `what` goes on from their names: `has no health check`, `have no health check`.
pub(in crate::lint) fn of_all(
    whole: &Whole<'_>,
    services: Vec<Running<'_>>,
    findings: &mut Findings<'_>,
    here: &str,
    what: impl Fn(bool) -> &'static str,
) -> Option<Diagnostic> {
    with_services(whole, services, findings, here, what).map(|(finding, _)| finding)
}

/// The same with the services that it is told of.
pub(in crate::lint) fn with_services<'a>(
    whole: &Whole<'_>,
    mut services: Vec<Running<'a>>,
    findings: &mut Findings<'_>,
    here: &str,
    what: impl Fn(bool) -> &'static str,
) -> Option<(Diagnostic, Vec<Running<'a>>)> {
    let is_covered = |running: &Running<'_>, findings: &mut Findings<'_>| {
        let place = running.span();
        (whole.is_covered)(findings.code(), place) || findings.is_covered(place)
    };
    services.retain(|running| {
        let covered = is_covered(running, findings);
        if covered {
            let message = format!("`{}` {}", running.name(), what(false));
            findings.push(findings.at(running.span(), message).here(here));
        }
        !covered
    });
    let (first, others) = services.split_first()?;
    let names: Vec<String> = services.iter().map(|running| running.name().to_owned()).collect();
    let message = format!("{} {}", list(&names), what(names.len() > 1));
    let begun = findings.at(first.span(), message).here(here);
    // Names from other places, such as a template that several services merge, are told of once.
    let mut places = vec![first.span()];
    let mut finding = begun;
    for other in others {
        if places.len() < MOST_LABELS && !places.contains(&other.span()) {
            places.push(other.span());
            finding = finding.label(other.span(), here);
        }
    }
    Some((finding, services))
}
