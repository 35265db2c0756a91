//! Fields of somebody's own, `x-name`, whose values are what YAML makes of them.

use super::Writer;
use crate::import::statement::Statement;
use crate::project::compose::{Node, Value, canonical, is_plain_value, place};
use crate::syntax::stack::spell::quoted;

impl Writer<'_> {
    /// `x-name value`, `x-name [a b]`, `x-name { name value }` or `x-name { - value; - { name value } }`.
    pub(super) fn anything(&self, name: &str, node: &Node) -> Option<Statement> {
        self.anything_behind(Statement::of(&self.literal(name)), node).map(|made| made.at(place(node)))
    }

    fn anything_behind(&self, head: Statement, node: &Node) -> Option<Statement> {
        match &node.value {
            Value::Null => Some(head),
            Value::Flag(_) | Value::Number(_) | Value::Text(_) => Some(head.spelled(self.something(node)?)),
            Value::Map(entries) => {
                // Names that are dashes alone would be items.
                let is_clear = entries.iter().any(|(name, _)| name != "-") || entries.is_empty();
                let inner: Option<Vec<Statement>> =
                    entries.iter().map(|(name, node)| self.anything(name, node)).collect();
                is_clear.then(|| inner.map(|inner| head.block(inner)))?
            }
            Value::List(items) => {
                let is_scalar = |item: &Node| !matches!(item.value, Value::List(_) | Value::Map(_));
                if items.iter().all(is_scalar) {
                    let words: Option<Vec<String>> = items.iter().map(|item| self.something(item)).collect();
                    let words = words?;
                    // One alone would be no list.
                    return Some(match words.as_slice() {
                        [] | [_] => head.spelled(format!("[{}]", words.join(" "))),
                        several => several.iter().cloned().fold(head, Statement::spelled),
                    });
                }
                let item = |item: &Node| Some(self.anything_behind(Statement::of("-"), item)?.at(item.span));
                items.iter().map(item).collect::<Option<_>>().map(|inner| head.block(inner))
            }
        }
    }

    /// A text that would be something else without quotes is in quotes; the others stand as they are.
    fn something(&self, node: &Node) -> Option<String> {
        match &node.value {
            Value::Null => Some("null".to_owned()),
            Value::Flag(flag) => Some(flag.to_string()),
            Value::Number(number) => canonical(number).filter(|number| !number.contains(['I', 'N', 'e'])),
            Value::Text(text) => {
                let spelled = self.scalar(node)?;
                Some(if is_plain_value(&text.raw) { quoted(&text.raw) } else { spelled })
            }
            Value::List(_) | Value::Map(_) => None,
        }
    }
}
