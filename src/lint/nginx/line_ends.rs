//! Which captures of a location can hold the end of a line. A location is matched against the decoded path, in which
//! `%0a` is one; `.` does not match it, `[^/]` and `\W` do.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::location::{Location, Match};
use super::{Configuration, NodeId};

/// Variables may be set from each other so often.
const MOST_STEPS: usize = 8;

/// A capture that can hold the end of a line.
#[derive(Clone, Debug)]
pub(in crate::lint) struct Capture<'c> {
    /// `$2`, `$path`
    pub(in crate::lint) name: String,
    /// The location that it is a part of.
    pub(in crate::lint) location: Location<'c>,
}

/// The first capture that can hold the end of a line and that a text comes to in a block; of an address with a scheme
/// only what stands behind the host counts, as no such host is found.
pub(in crate::lint) fn capture<'c>(
    configuration: &'c Configuration<'_>,
    block: Option<NodeId>,
    text: &str,
) -> Option<Capture<'c>> {
    within(configuration, block, text, MOST_STEPS)
}

fn within<'c>(
    configuration: &'c Configuration<'_>,
    block: Option<NodeId>,
    text: &str,
    steps: usize,
) -> Option<Capture<'c>> {
    let steps = steps.checked_sub(1)?;
    let path = match text.split_once("://") {
        Some((_, rest)) => &rest[rest.find(['/', '?']).unwrap_or(rest.len())..],
        None => text,
    };
    super::chosen::variables(path).find_map(|name| {
        if let Some(location) = of_location(configuration, block, name) {
            return Some(Capture { name: format!("${name}"), location });
        }
        let sets = configuration.levels(block).flat_map(|level| configuration.in_block(level, "set"));
        let mut own = sets.filter(|set| set.arg(0).is_some_and(|set| set.trim_start_matches('$') == name));
        own.find_map(|set| within(configuration, set.parent, set.arg(1).unwrap_or_default(), steps))
    })
}

/// The location around a block whose capture of that name or number can hold the end of a line.
fn of_location<'c>(
    configuration: &'c Configuration<'_>,
    block: Option<NodeId>,
    name: &str,
) -> Option<Location<'c>> {
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    for level in configuration.levels(block).flatten() {
        // Numbers are those of the expression that was matched last.
        let others = configuration
            .in_block(Some(level), "if")
            .any(|node| node.args.iter().any(|word| matches!(word.text.as_str(), "~" | "~*" | "!~" | "!~*")));
        if is_number && (others || configuration.has(Some(level), &["rewrite"])) {
            return None;
        }
        let node = configuration.get(level);
        if is_number && node.name == "if" {
            return None;
        }
        let Some(location) = Location::of(node).filter(|location| location.by == Match::Regex) else {
            continue;
        };
        if holds_line_end(location.pattern, name) {
            return Some(location);
        }
        if is_number {
            return None;
        }
    }
    None
}

/// Whether a group of an expression can hold the end of a line; not if the expression is of a kind that cannot be told.
fn holds_line_end(pattern: &str, group: &str) -> bool {
    let parsed = regex_syntax::Parser::new().parse(pattern);
    parsed.is_ok_and(|hir| find(&hir, group).is_some_and(can_hold))
}

fn find<'h>(hir: &'h Hir, group: &str) -> Option<&'h Hir> {
    match hir.kind() {
        HirKind::Capture(capture) => {
            let is_it = capture.name.as_deref() == Some(group) || capture.index.to_string() == group;
            if is_it { Some(&capture.sub) } else { find(&capture.sub, group) }
        }
        HirKind::Repetition(repetition) => find(&repetition.sub, group),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().find_map(|part| find(part, group))
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

fn can_hold(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&'\n'))
        }
        HirKind::Class(Class::Bytes(class)) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&b'\n'))
        }
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Repetition(repetition) => repetition.max != Some(0) && can_hold(&repetition.sub),
        HirKind::Capture(capture) => can_hold(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(can_hold),
        HirKind::Empty | HirKind::Look(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::holds_line_end;

    #[test]
    fn classes_that_leave_letters_out_hold_line_ends() {
        for (pattern, group) in [
            ("^/a/([^/]+)/", "1"),
            (r"/p/(a|b)/(\W*)$", "2"),
            (r"/p/(?<path>\W*)$", "path"),
            (r"^\/a\/(\s+)", "1"),
            ("^/((?:x|[^.])*)$", "1"),
            ("(?s)^/(.*)$", "1"),
        ] {
            assert!(holds_line_end(pattern, group), "{pattern}");
        }
        for (pattern, group) in [
            ("^/a/(.*)$", "1"),
            (r"/p/(a|b)/(\W*)$", "1"),
            (r"^/(\w+|[a-z/.-]*)$", "1"),
            (r"^/([^/\s]+)$", "1"),
            ("^/([^/\n]+)$", "1"),
            ("^/[^/]+/(a)", "2"),
            ("^/(?!x)([^/]+)", "1"),
        ] {
            assert!(!holds_line_end(pattern, group), "{pattern}");
        }
    }
}
