//! Compose's own keys: a statement becomes the key with its value.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::lower::codes;
use crate::lower::context::Context;
use crate::lower::fitting::Fitted;
use crate::lower::words::needed::Block;
use crate::model::compose::extra::{Extra, Item, Value, add, find};
use crate::model::names::EnvName;
use crate::model::stack::{Literal, LiteralSlot};
use crate::schema::{Kind, Word, statement_of};
use crate::source::{Origin, Span};
use crate::syntax::stack::tree::{Arg, Block as Braces, Item as Written, Statement, statements};
use crate::vocabulary::compose::{Form, Key, forms};

impl<'t> Context<'_, 't> {
    /// The keys of compose among the statements of a block: its own words, and what is raw.
    pub(crate) fn compose_words(&mut self, fitted: &[Fitted<'t>]) -> Vec<Extra> {
        let mut extras = Vec::new();
        for fit in fitted {
            match fit.row.word {
                Word::Compose(key) => {
                    if let Some(mut extra) = self.compose_word(fit, key) {
                        if key.form == Form::Named {
                            self.report_known_entries(&extras, &mut extra);
                        }
                        self.add_extra(&mut extras, extra);
                    }
                }
                Word::Own if fit.row.id == "raw-compose" => {
                    for extra in self.raw_compose(fit) {
                        self.add_extra(&mut extras, extra);
                    }
                }
                Word::Own | Word::Nginx(..) => {}
            }
        }
        extras
    }

    /// The keys of a block that holds nothing else, and that `opened` opens.
    pub(crate) fn compose_block(
        &mut self,
        block: Option<&'t Braces>,
        group: &'static str,
        opened: Span,
    ) -> Vec<Extra> {
        let items = block.map_or(&[][..], |block| &block.items);
        let fitted = self.block(items, Kind::Compose(group));
        let extras = self.compose_words(&fitted);
        let block = Block { fitted: &fitted, extras: &extras, opened };
        self.check_block_keys(group, &block);
        extras
    }

    /// The keys in the block of a sentence, which says some keys itself.
    pub(crate) fn compose_options(
        &mut self,
        fit: &Fitted<'t>,
        group: &'static str,
        said: &[&str],
    ) -> Vec<Extra> {
        let extras = self.compose_block(fit.statement.block.as_ref(), group, fit.span());
        self.report_overlap(&extras, said, fit.origin);
        extras
    }

    /// Reports keys that what stands at `first` says already.
    pub(crate) fn report_overlap(&mut self, extras: &[Extra], said: &[&str], first: Origin) {
        for extra in extras.iter().filter(|extra| said.contains(&extra.key.as_str())) {
            self.report_key_twice(&extra.key, extra.origin, first);
        }
    }

    /// Reports entries of a map that another statement has made, and leaves them out.
    fn report_known_entries(&mut self, extras: &[Extra], new: &mut Extra) {
        let (Some(known), Value::Map(entries)) = (find(extras, &new.key), &mut new.value) else { return };
        let known = known.entries();
        entries.retain(|entry| {
            let Some(first) = known.iter().find(|known| known.key == entry.key) else { return true };
            self.report_key_twice(&entry.key, entry.origin, first.origin);
            false
        });
    }

    /// Adds a key to others; reports one that has a value already.
    pub(crate) fn add_extra(&mut self, extras: &mut Vec<Extra>, extra: Extra) {
        if let Err(twice) = add(extras, extra) {
            self.report_key_twice(&twice.key, twice.second, twice.first);
        }
    }

    /// Reports a key of compose that has two values.
    pub(crate) fn report_key_twice(&mut self, key: &str, second: Origin, first: Origin) {
        if let (Some(a), Some(b)) = (self.origins.span(second), self.origins.span(first)) {
            self.report_twice(format!("compose's `{key}` is said twice"), a.max(b), a.min(b));
        }
    }

    fn compose_word(&mut self, fit: &Fitted<'t>, key: &'static Key) -> Option<Extra> {
        let origin = fit.origin;
        let block = fit.statement.block.as_ref();
        let value = match key.form {
            Form::Flag => self.flag(fit.arg(0), key)?,
            Form::Value => self.scalar(fit.arg(0), key)?,
            Form::Words => Value::List(self.scalars(fit.bound.rest(0), key)?),
            Form::Pairs => Value::Map(self.scalar_pairs(fit.items(), key)),
            Form::Block => Value::Map(self.compose_block(block, key.opens()?, fit.span())),
            Form::Blocks => {
                let value = Value::Map(self.compose_block(block, key.opens()?, fit.span()));
                Value::List(vec![Item { value, origin }])
            }
            Form::Named => Value::Map(self.named(fit.items(), key)),
            Form::Any => return self.anything(fit.statement, key),
        };
        Some(Extra { key: key.name.to_owned(), value, origin })
    }

    /// `NAME value` a line; a `NAME` alone where compose passes a variable through.
    fn scalar_pairs(&mut self, items: &'t [Written], key: &'static Key) -> Vec<Extra> {
        let what = format!("a pair of `{}`", key.name);
        let mut extras = Vec::new();
        for statement in statements(items).filter(|statement| !statement.damaged) {
            let extra = match (statement.args.as_slice(), &statement.block) {
                ([name], None) if key.alone => {
                    let origin = self.origins.written(name.span);
                    self.plain(name).map(|key| Extra { key, value: Value::Null, origin })
                }
                _ => self.scalar_pair(statement, key, &what),
            };
            if let Some(extra) = extra {
                self.add_extra(&mut extras, extra);
            }
        }
        extras
    }

    fn scalar_pair(&mut self, statement: &'t Statement, key: &'static Key, what: &str) -> Option<Extra> {
        let pair = self.pair(statement, what)?;
        if let Some(span) = pair.exported {
            self.sink.push(
                Diagnostic::error(codes::WRONG_ARGUMENTS, format!("{what} has one value"), span)
                    .help("a value with spaces is quoted: `NAME \"two words\"`"),
            );
            return None;
        }
        let name = self.plain(pair.name)?;
        let value = self.scalar(pair.value, key)?;
        self.note_pair(&name, &value, key, pair.value);
        let origin = self.origins.written(pair.name.span.to(pair.value.span));
        Some(Extra { key: name, value, origin })
    }

    /// Takes note of what is written for a variable.
    fn note_pair(&mut self, name: &str, value: &Value, key: &'static Key, written: &Arg) {
        let slot = match key.name {
            "environment" => LiteralSlot::Environment,
            "args" => LiteralSlot::BuildArg,
            _ => return,
        };
        if let (Ok(name), Some(text)) = (EnvName::parse(name), value.as_str()) {
            let empty = text.is_empty();
            self.stack.literals.push(Literal { name, slot, value: written.span, empty });
        }
    }

    /// `NAME value`, `NAME { ... }` or `NAME` a line; what the value may be says the key in its other form.
    fn named(&mut self, items: &'t [Written], key: &'static Key) -> Vec<Extra> {
        let pairs = forms(key.group, key.name).find(|key| key.form == Form::Pairs);
        let mut seen: HashMap<String, Span> = HashMap::new();
        let mut extras = Vec::new();
        for statement in statements(items).filter(|statement| !statement.damaged) {
            let span = statement.line_span();
            let origin = self.origins.written(span);
            let value = match (statement.args.as_slice(), &statement.block, pairs, key.opens()) {
                ([_], Some(block), _, Some(group)) => {
                    Value::Map(self.compose_block(Some(block), group, span))
                }
                ([_], None, ..) if key.alone => Value::Null,
                ([_, value], None, Some(pairs), _) => match self.scalar(value, pairs) {
                    Some(value) => value,
                    None => continue,
                },
                _ => {
                    self.report_entry(statement, key, pairs);
                    continue;
                }
            };
            let Some(name) = self.plain(&statement.args[0]) else { continue };
            if let Some(first) = seen.insert(name.clone(), span) {
                self.report_twice(format!("`{name}` stands twice in `{}`", key.name), span, first);
                continue;
            }
            extras.push(Extra { key: name, value, origin });
        }
        extras
    }

    /// Reports an entry that is none of the forms that the key has.
    fn report_entry(&mut self, statement: &Statement, key: &'static Key, pairs: Option<&'static Key>) {
        let wanted = match pairs {
            Some(_) => "a value or a block",
            None => "a block, and nothing else",
        };
        let mut examples = vec![format!("`{}`", statement_of(key))];
        examples.extend(pairs.map(|pairs| format!("`{}`", statement_of(pairs))));
        self.sink.push(
            Diagnostic::error(
                codes::WRONG_ARGUMENTS,
                format!("an entry of `{}` has {wanted}", key.name),
                statement.line_span(),
            )
            .here("this has not")
            .help(format!("for example {}", examples.join(" or "))),
        );
    }
}
