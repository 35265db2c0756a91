//! Which texts a client chooses: what stands in variables of the request, in captures of the path, and in variables that
//! are set from either.

use super::location::{Location, Match};
use super::{Configuration, NodeId};

/// Variables whose text a client chooses freely.
const FREE: &[&str] = &["http_", "arg_", "cookie_"];

/// The same, by their whole names.
const WHOLE: &[&str] = &["args", "query_string", "uri", "document_uri"];

/// Variables may be set from each other so often.
const MOST_STEPS: usize = 8;

/// The first variable in `text` by which a client chooses what it says in a block.
pub(in crate::lint) fn variable<'t>(
    configuration: &Configuration<'_>,
    block: Option<NodeId>,
    text: &'t str,
) -> Option<&'t str> {
    variables(text).find(|name| is_chosen(configuration, block, name, MOST_STEPS))
}

/// The names of the variables in a text, without `$` and braces.
pub(super) fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    })
}

fn is_chosen(configuration: &Configuration<'_>, block: Option<NodeId>, name: &str, steps: usize) -> bool {
    let Some(steps) = steps.checked_sub(1) else { return false };
    if FREE.iter().any(|free| name.starts_with(free)) || WHOLE.contains(&name) {
        return !is_set(configuration, block, name);
    }
    if name.bytes().all(|byte| byte.is_ascii_digit()) || is_capture(configuration, block, name) {
        return true;
    }
    let sets = configuration.levels(block).flat_map(|level| configuration.in_block(level, "set"));
    sets.filter(|set| set.arg(0).is_some_and(|set| set.trim_start_matches('$') == name)).any(|set| {
        let value = set.arg(1).unwrap_or_default();
        variables(value).any(|inner| inner != name && is_chosen(configuration, set.parent, inner, steps))
    })
}

fn is_set(configuration: &Configuration<'_>, block: Option<NodeId>, name: &str) -> bool {
    configuration
        .levels(block)
        .flat_map(|level| configuration.in_block(level, "set"))
        .any(|set| set.arg(0).is_some_and(|set| set.trim_start_matches('$') == name))
}

/// Whether a location around a block captures a part of the path under a name.
fn is_capture(configuration: &Configuration<'_>, block: Option<NodeId>, name: &str) -> bool {
    let around = configuration.levels(block).flatten().filter_map(|id| Location::of(configuration.get(id)));
    around.filter(|location| location.by == Match::Regex).any(|location| {
        ["(?<", "(?P<", "(?'"].iter().any(|open| location.pattern.contains(&format!("{open}{name}")))
    })
}
