//! Unknown keys and wrong types, by the schema of the compose specification.

use std::collections::BTreeSet;

use super::model::{Node, Value};
use super::scalar;
use super::texts::shown;
use crate::diagnostic::{Diagnostic, Sink, nearest};
use crate::source::Span;
use crate::vocabulary::compose_schema::{Id, Schema, Type, root, schema};

/// Something that the schema does not allow.
struct Problem {
    /// How deep it is.
    depth: usize,
    diagnostic: Diagnostic,
}

/// Checks a whole project: whether compose takes it.
pub(super) fn check(node: &Node, sink: &mut Sink) -> bool {
    let mut checker = Checker { problems: Vec::new(), depth: 0 };
    checker.value(node, root(), "the file");
    let is_taken = checker.problems.is_empty();
    sink.extend(checker.problems.into_iter().map(|problem| problem.diagnostic));
    is_taken
}

struct Checker {
    problems: Vec<Problem>,
    depth: usize,
}

impl Checker {
    fn push(&mut self, diagnostic: Diagnostic) {
        if self.problems.len() >= MAX_PROBLEMS {
            return;
        }
        self.problems.push(Problem { depth: self.depth, diagnostic });
    }

    /// Checks a value against what may stand at its place, which is called `name`.
    fn value(&mut self, node: &Node, id: Id, name: &str) {
        let here = schema(id);
        if !here.one_of.is_empty() {
            self.one_of(node, here, name);
            return;
        }
        if !here.types.is_empty() && !is_of(node, &here.types) {
            self.wrong_type(node, &here.types, name);
            return;
        }
        match &node.value {
            Value::Map(entries) => self.map(node, entries, here, name),
            Value::List(items) => self.list(items, here, name),
            Value::Text(_) | Value::Number(_) | Value::Flag(_) => self.scalar(node, here, name),
            Value::Null => {}
        }
    }

    /// One of several forms: of those of the right type the one that fits best.
    fn one_of(&mut self, node: &Node, here: &Schema, name: &str) {
        let branches: Vec<Id> = flatten(here);
        let fitting: Vec<Id> = branches
            .iter()
            .copied()
            .filter(|branch| schema(*branch).types.is_empty() || is_of(node, &schema(*branch).types))
            .collect();
        let mut best: Option<Vec<Problem>> = None;
        for branch in fitting {
            let mut checker = Checker { problems: Vec::new(), depth: self.depth };
            checker.value(node, branch, name);
            if checker.problems.is_empty() {
                return;
            }
            let deepest = |problems: &[Problem]| problems.iter().map(|problem| problem.depth).max();
            if best.as_ref().is_none_or(|best| deepest(best) < deepest(&checker.problems)) {
                best = Some(checker.problems);
            }
        }
        if let Some(problems) = best {
            self.problems.extend(problems);
        } else {
            let types: BTreeSet<Type> =
                branches.iter().flat_map(|branch| schema(*branch).types.iter().copied()).collect();
            self.wrong_type(node, &types.into_iter().collect::<Vec<_>>(), name);
        }
    }

    fn map(&mut self, node: &Node, entries: &[(String, Node)], here: &Schema, name: &str) {
        let name = &shown(name);
        for (key, node) in entries {
            if self.problems.len() >= MAX_PROBLEMS {
                return;
            }
            let pattern = || here.patterns.iter().find(|(names, _)| names.has(key)).map(|(_, id)| *id);
            match here.properties.get(key).copied().or_else(pattern) {
                Some(id) => {
                    self.depth += 1;
                    self.value(node, id, key);
                    self.depth -= 1;
                }
                None if here.is_closed && here.properties.is_empty() => {
                    self.push(
                        Diagnostic::error(
                            "compose-wrong-type",
                            format!("`{}` cannot be a name in `{name}`", shown(key)),
                            node.place(),
                        )
                        .here("a name has letters, digits, `.`, `_` and `-`")
                        .note(REFUSES)
                        .help("choose another name"),
                    );
                }
                None if here.is_closed => self.unknown(key, node, here, name),
                None => {}
            }
        }
        for key in &here.required {
            if !entries.iter().any(|(name, _)| name == key) {
                self.push(
                    Diagnostic::error("compose-wrong-type", format!("`{name}` lacks `{key}`"), node.place())
                        .here(format!("`{key}` must be said here"))
                        .note(REFUSES)
                        .help(format!("write `{key}: ...`")),
                );
            }
        }
    }

    fn unknown(&mut self, key: &str, node: &Node, here: &Schema, name: &str) {
        self.depth += 1;
        let said = shown(key);
        let what = if here.properties.contains_key("container_name") {
            "a service".to_owned()
        } else if here.properties.contains_key("services") {
            "a compose file".to_owned()
        } else {
            format!("`{name}`")
        };
        let help = match nearest(key, here.properties.keys().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("take it out, or write `x-{said}` if it is there for you alone"),
        };
        self.push(
            Diagnostic::error("compose-unknown-key", format!("{what} has no key `{said}`"), node.place())
                .here("compose does not know this key")
                .note(REFUSES)
                .help(help),
        );
        self.depth -= 1;
    }

    fn list(&mut self, items: &[Node], here: &Schema, name: &str) {
        let name = &shown(name);
        self.depth += 1;
        if let Some(id) = here.items {
            for item in items {
                self.value(item, id, name);
            }
        }
        if here.is_unique {
            let mut known: std::collections::HashMap<String, Span> = std::collections::HashMap::new();
            for item in items {
                let Some(text) = item.text() else { continue };
                if let Some(before) = known.get(&text) {
                    self.push(
                        Diagnostic::error(
                            "compose-wrong-type",
                            format!("`{name}` says the same twice"),
                            item.span,
                        )
                        .here("for the second time")
                        .label(*before, "for the first time")
                        .note(REFUSES)
                        .help("take one of them out"),
                    );
                } else {
                    known.insert(text, item.span);
                }
            }
        }
        self.depth -= 1;
    }

    fn scalar(&mut self, node: &Node, here: &Schema, name: &str) {
        let name = &shown(name);
        let Some(text) = node.text() else { return };
        if !here.words.is_empty() && !here.words.contains(&text) {
            let words: Vec<String> = here.words.iter().map(|word| format!("`{word}`")).collect();
            let help = match nearest(&text, here.words.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "choose one of them".to_owned(),
            };
            self.push(
                Diagnostic::error("compose-wrong-type", format!("`{name}` cannot be this"), node.span)
                    .here(format!("it is one of {}", words.join(", ")))
                    .note(REFUSES)
                    .help(help),
            );
        }
        let Value::Number(number) = &node.value else { return };
        let Some(number) = scalar::canonical(number).and_then(|number| number.parse::<f64>().ok()) else {
            return;
        };
        let bound = match (here.minimum, here.maximum) {
            (Some(least), _) if number < least => Some(format!("it is at least {least}")),
            (_, Some(most)) if number > most => Some(format!("it is at most {most}")),
            (Some(_) | None, _) => None,
        };
        if let Some(bound) = bound {
            self.push(
                Diagnostic::error("compose-wrong-type", format!("`{name}` cannot be this number"), node.span)
                    .here(bound)
                    .note(REFUSES)
                    .help("write another number"),
            );
        }
    }

    fn wrong_type(&mut self, node: &Node, types: &[Type], name: &str) {
        let name = &shown(name);
        let mut wanted: Vec<&str> = types.iter().map(|kind| named(*kind)).collect();
        wanted.dedup();
        let wanted = match wanted.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => "something else".to_owned(),
        };
        let found = match &node.value {
            Value::Null => "nothing",
            Value::Flag(_) => "`true` or `false`",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        };
        // An empty value has no text to point at.
        let at = if node.span.start == node.span.end { node.place() } else { node.span };
        let help = match &node.value {
            Value::Number(number) if types.contains(&Type::Text) => {
                format!("put it in quotes: `\"{number}\"`")
            }
            Value::Flag(flag) if types.contains(&Type::Text) => format!("put it in quotes: `\"{flag}\"`"),
            Value::Text(_) | Value::Number(_) | Value::Flag(_) if types.contains(&Type::List) => {
                "write it as an item of a list: `- ...`".to_owned()
            }
            Value::Null => "say something, or take the key out".to_owned(),
            Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
                format!("write {wanted}")
            }
        };
        self.push(
            Diagnostic::error("compose-wrong-type", format!("`{name}` takes {wanted}"), at)
                .here(format!("this is {found}"))
                .note(REFUSES)
                .help(help),
        );
    }
}

/// Of so many problems is told; a file with more of them is no compose file.
const MAX_PROBLEMS: usize = 200;

const REFUSES: &str = "compose checks the whole file first, and starts nothing with it";

/// The forms of a place, those of forms among them.
fn flatten(here: &Schema) -> Vec<Id> {
    let mut forms = Vec::new();
    for branch in &here.one_of {
        let branch_schema = schema(*branch);
        if branch_schema.one_of.is_empty() {
            forms.push(*branch);
        } else {
            forms.extend(flatten(branch_schema));
        }
    }
    forms
}

fn named(kind: Type) -> &'static str {
    match kind {
        Type::Map => "a map",
        Type::List => "a list",
        Type::Text => "a text",
        Type::Integer | Type::Number => "a number",
        Type::Flag => "`true` or `false`",
        Type::Null => "nothing",
    }
}

/// Whether a value is of one of some types. A text that is not known may be any scalar.
fn is_of(node: &Node, types: &[Type]) -> bool {
    types.iter().any(|kind| match (&node.value, kind) {
        (Value::Null, Type::Null)
        | (Value::Flag(_), Type::Flag)
        | (Value::Number(_), Type::Number)
        | (Value::Text(_), Type::Text)
        | (Value::List(_), Type::List)
        | (Value::Map(_), Type::Map) => true,
        (Value::Number(number), Type::Integer) => {
            scalar::canonical(number).is_some_and(|number| number.parse::<i128>().is_ok())
        }
        (Value::Text(text), Type::Integer | Type::Number | Type::Flag) => text.value.is_none(),
        (
            Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) | Value::Map(_),
            _,
        ) => false,
    })
}
