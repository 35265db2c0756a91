//! Advice that holds for many services of a project alike: one finding for all of them.

use super::Running;
use crate::diagnostic::Diagnostic;
use crate::lint::Findings;
use crate::lint::nginx::words::list;

/// So many services are pointed at; all of them are named or counted.
const MOST_LABELS: usize = 6;

/// One finding for all services that lack something: at the first of them, with labels at the others. `what` goes on
/// from their names: `has no health check`, `have no health check`.
pub(in crate::lint) fn of_all(
    services: &[Running<'_>],
    findings: &Findings<'_>,
    here: &str,
    what: impl Fn(bool) -> &'static str,
) -> Option<Diagnostic> {
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
    Some(finding)
}
