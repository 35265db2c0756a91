//! Fields of somebody's own, `x-name`, which hold anything that YAML can say.

use crate::diagnostic::Diagnostic;
use crate::lower::codes;
use crate::lower::context::Context;
use crate::model::compose::extra::{Extra, Item, Value};
use crate::syntax::stack::tree::{Arg, ArgKind, Block as Braces, Statement, statements};
use crate::vocabulary::compose::Key;

/// The head of a statement that is an item of a list.
const ITEM: &str = "-";

impl<'t> Context<'_, 't> {
    /// `x-name value`, `x-name [a b]`, `x-name { name value }` or `x-name { - value; - { name value } }`.
    pub(super) fn anything(&mut self, statement: &'t Statement, of: &'static Key) -> Option<Extra> {
        let origin = self.origins.written(statement.line_span());
        let key = self.plain(&statement.args[0])?;
        let value = self.anything_behind(statement, &key, of)?;
        Some(Extra { key, value, origin })
    }

    /// What stands behind the head of a statement.
    fn anything_behind(&mut self, statement: &'t Statement, key: &str, of: &'static Key) -> Option<Value> {
        match (&statement.args[1..], &statement.block) {
            ([], None) => Some(Value::Null),
            ([], Some(block)) => Some(self.anything_within(block, of)),
            ([arg], None) if !matches!(arg.kind, ArgKind::List(_)) => self.something(arg, of),
            (args, None) => {
                let item = |arg: &Arg| {
                    let origin = self.origins.written(arg.span);
                    self.something(arg, of).map(|value| Item { value, origin })
                };
                args.iter().flat_map(items_of).map(item).collect::<Option<_>>().map(Value::List)
            }
            (_, Some(block)) => {
                self.sink.push(
                    Diagnostic::error(
                        codes::WRONG_BLOCK,
                        format!("`{key}` has either values or a block"),
                        block.open,
                    )
                    .help("write `NAME value`, or `NAME { ... }`"),
                );
                None
            }
        }
    }

    /// A block of names with values, or of items.
    fn anything_within(&mut self, block: &'t Braces, of: &'static Key) -> Value {
        let inner = || statements(&block.items).filter(|inner| !inner.damaged);
        if inner().next().is_some() && inner().all(|inner| inner.head() == Some(ITEM)) {
            let item = |inner: &'t Statement| {
                let origin = self.origins.written(inner.line_span());
                self.anything_behind(inner, ITEM, of).map(|value| Item { value, origin })
            };
            return Value::List(inner().filter_map(item).collect());
        }
        let mut extras = Vec::new();
        for inner in inner() {
            if let Some(extra) = self.anything(inner, of) {
                self.add_extra(&mut extras, extra);
            }
        }
        Value::Map(extras)
    }

    /// A value: a bare word is what YAML takes it for, in quotes it is a text.
    fn something(&mut self, arg: &Arg, of: &'static Key) -> Option<Value> {
        match arg.as_word().and_then(value_of) {
            Some(value) => Some(value),
            None => self.scalar(arg, of),
        }
    }
}

/// The number, the flag or the nothing that a word is.
fn value_of(word: &str) -> Option<Value> {
    match word {
        "true" => return Some(Value::Flag(true)),
        "false" => return Some(Value::Flag(false)),
        "null" => return Some(Value::Null),
        _ => {}
    }
    let digits = word.strip_prefix('-').unwrap_or(word);
    if !digits.starts_with(|c: char| c.is_ascii_digit())
        || digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.")
    {
        return None;
    }
    if let Ok(number) = word.parse() {
        return Some(Value::Integer(number));
    }
    let is_real = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    word.parse().ok().filter(|_| is_real && !digits.ends_with('.')).map(Value::Real)
}

/// A list's items, or the argument itself.
fn items_of(arg: &Arg) -> Vec<&Arg> {
    match &arg.kind {
        ArgKind::List(list) => list.items.iter().collect(),
        ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::Verbatim(_) | ArgKind::Fenced(_) => vec![arg],
    }
}
