//! Whether the variables that compose files read have values, in this environment or in `.env`. Values are not shown.

use std::collections::BTreeMap;

use super::subject::Subject;
use crate::project::compose::{Node, Otherwise, Part, Value, Variable};
use crate::render::checkup::{Check, State};

const GROUP: &str = "variables";

/// What becomes of a variable without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// Something else stands in for it, or it is set.
    Fine,
    /// Nothing stands in its place.
    Blank,
    /// Compose starts nothing.
    Refused,
}

pub(super) fn check(subject: &Subject) -> Vec<Check> {
    let mut uses = BTreeMap::new();
    walk(&subject.compose().root, subject, &mut uses);
    let one = |(name, found): (&String, &Use)| match found {
        Use::Fine => None,
        Use::Blank => Some(
            Check::new(
                GROUP,
                State::Warning,
                format!("{name} has no value: compose puts nothing in its place"),
            )
            .help(format!("`{name}=...` in `.env`, or `export {name}=...`")),
        ),
        Use::Refused => Some(
            Check::new(
                GROUP,
                State::Problem,
                format!("{name} must have a value: compose starts nothing without it"),
            )
            .help(format!("`{name}=...` in `.env`, or `export {name}=...`")),
        ),
    };
    let checks: Vec<Check> = uses.iter().filter_map(one).collect();
    if checks.is_empty() && !uses.is_empty() {
        let names: Vec<&str> = uses.keys().map(String::as_str).collect();
        let verb = if names.len() == 1 { "has a value or a default" } else { "have values or defaults" };
        return vec![Check::new(GROUP, State::Ok, format!("{} {verb}", names.join(", ")))];
    }
    checks
}

fn walk(node: &Node, subject: &Subject, uses: &mut BTreeMap<String, Use>) {
    match &node.value {
        Value::Text(text) => {
            for part in &text.parts {
                if let Part::Variable(variable) = part {
                    let found = used(variable, subject);
                    let known = uses.entry(variable.name.clone()).or_insert(found);
                    *known = (*known).max(found);
                }
            }
        }
        Value::List(items) => items.iter().for_each(|item| walk(item, subject, uses)),
        Value::Map(entries) => entries.iter().for_each(|(_, entry)| walk(entry, subject, uses)),
        Value::Null | Value::Flag(_) | Value::Number(_) => {}
    }
}

fn used(variable: &Variable, subject: &Subject) -> Use {
    let value = subject.variable(&variable.name);
    let is_absent = |is_empty_absent: bool| value.is_none_or(|value| is_empty_absent && value.is_empty());
    match &variable.otherwise {
        Otherwise::Nothing if value.is_none() => Use::Blank,
        Otherwise::Refused(_, is_empty_absent) if is_absent(*is_empty_absent) => Use::Refused,
        Otherwise::Nothing | Otherwise::Refused(..) | Otherwise::Default(..) | Otherwise::Replaced(..) => {
            Use::Fine
        }
    }
}
