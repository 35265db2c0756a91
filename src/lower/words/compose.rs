//! Compose's own keys: a statement becomes the key with its value.

use crate::diagnostic::Diagnostic;
use crate::lower::codes;
use crate::lower::context::{Context, Fitted};
use crate::lower::names::{NETWORK, SECRET, SERVICE, VOLUME, find};
use crate::lower::text::{Exposure, Reader};
use crate::model::compose::extra::{Extra, Item, Value, add};
use crate::model::path::HostPath;
use crate::model::scalar::{Delay, Size};
use crate::model::values::Text;
use crate::schema::{Kind, Word};
use crate::source::Origin;
use crate::syntax::stack::tree::{Arg, ArgKind, Item as Written, Statement, statements};
use crate::vocabulary::compose::{Declared, Form, Key, Scalar};

impl<'t> Context<'_, 't> {
    /// The keys of compose among the statements of a block: its own words, and what is raw.
    pub(crate) fn compose_words(&mut self, fitted: &[Fitted<'t>]) -> Vec<Extra> {
        let mut extras = Vec::new();
        for fit in fitted {
            match fit.row.word {
                Word::Compose(key) => {
                    if let Some(extra) = self.compose_word(fit, key) {
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

    /// The keys of a block that holds nothing else.
    pub(crate) fn compose_block(&mut self, items: &'t [Written], group: &'static str) -> Vec<Extra> {
        let fitted = self.block(items, Kind::Compose(group));
        self.compose_words(&fitted)
    }

    fn add_extra(&mut self, extras: &mut Vec<Extra>, extra: Extra) {
        let (key, origin) = (extra.key.clone(), extra.origin);
        if let Err(first) = add(extras, extra) {
            self.report_key_twice(&key, origin, first);
        }
    }

    /// Reports a key of compose that has two values.
    pub(crate) fn report_key_twice(&mut self, key: &str, second: Origin, first: Origin) {
        if let (Some(second), Some(first)) = (self.origins.span(second), self.origins.span(first)) {
            self.report_twice(format!("compose's `{key}` is said twice"), second, first);
        }
    }

    fn compose_word(&mut self, fit: &Fitted<'t>, key: &'static Key) -> Option<Extra> {
        let origin = fit.origin;
        let value = match key.form {
            Form::Flag => self.switch(fit.arg(0))?,
            Form::Value => self.scalar(fit.arg(0), &key.scalars)?,
            Form::Words => Value::List(self.scalars(fit.bound.rest(0), &key.scalars)?),
            Form::Pairs => Value::Map(self.scalar_pairs(fit.items(), &key.scalars)),
            Form::Block => Value::Map(self.compose_block(fit.items(), key.opens()?)),
            Form::Blocks => {
                let value = Value::Map(self.compose_block(fit.items(), key.opens()?));
                Value::List(vec![Item { value, origin }])
            }
            Form::Named => Value::Map(self.named(fit.items(), key)),
            Form::Any => return self.anything(fit.statement),
        };
        Some(Extra { key: key.name.to_owned(), value, origin })
    }

    /// `on` or `off`, or an input that holds one of compose's words for them.
    fn switch(&mut self, arg: &Arg) -> Option<Value> {
        match arg.as_word() {
            Some("on" | "true") => return Some(Value::Flag(true)),
            Some("off" | "false") => return Some(Value::Flag(false)),
            Some(_) | None => {}
        }
        let text = self.text(arg, Reader::Compose, Exposure::Text)?;
        if text.variables().next().is_some() {
            return Some(Value::Text(text));
        }
        self.wrong_type(arg, "`on` or `off`", "on");
        None
    }

    fn scalars(&mut self, args: &[&Arg], types: &[Scalar]) -> Option<Vec<Item>> {
        args.iter()
            .map(|arg| {
                let origin = self.origins.written(arg.span);
                self.scalar(arg, types).map(|value| Item { value, origin })
            })
            .collect()
    }

    /// A value that is of one of the types. What an input makes of it is not known.
    fn scalar(&mut self, arg: &Arg, types: &[Scalar]) -> Option<Value> {
        if let [Scalar::HostPath] = types {
            return self.typed::<HostPath>(arg, Reader::Compose).map(Value::Path);
        }
        let text = self.text(arg, Reader::Compose, Exposure::Text)?;
        let Some(plain) = text.as_literal().map(str::to_owned) else { return Some(Value::Text(text)) };
        let mut names = types.iter().filter_map(|scalar| match scalar {
            Scalar::Name(declared) => Some(*declared),
            _ => None,
        });
        if let Some(declared) = names.next() {
            return self.declared(&plain, declared, arg).then_some(Value::Text(text));
        }
        if types.is_empty() {
            return Some(Value::Text(text));
        }
        if let [Scalar::Mode { as_number }] = types {
            let mode = i64::from_str_radix(&plain, 8).ok().filter(|mode| (0..=0o7777).contains(mode));
            if mode.is_none() {
                self.wrong_type(arg, "a mode in octal digits", "0440");
            }
            return mode.map(|mode| if *as_number { Value::Integer(mode) } else { Value::Text(text) });
        }
        if let Some(value) = types.iter().find_map(|scalar| read_scalar(scalar, &plain, &text)) {
            return Some(value);
        }
        let expected: Vec<String> = types.iter().map(describe).collect();
        self.wrong_type(arg, &expected.join(" or "), example(&types[0]));
        None
    }

    fn declared(&mut self, name: &str, declared: Declared, arg: &Arg) -> bool {
        let (sink, names) = (&mut *self.sink, &self.names);
        match declared {
            Declared::Service => find(sink, names, &SERVICE, &names.services, name, arg.span).is_some(),
            Declared::Network if name == "default" => true,
            Declared::Network => find(sink, names, &NETWORK, &names.networks, name, arg.span).is_some(),
            Declared::Volume => find(sink, names, &VOLUME, &names.volumes, name, arg.span).is_some(),
            Declared::Secret => match find(sink, names, &SECRET, &names.secrets, name, arg.span) {
                Some(secret) => {
                    secret.at_run_time.set(true);
                    true
                }
                None => false,
            },
            Declared::Config => self.keyed("config", "configs", name, arg),
            Declared::Model => self.keyed("model", "models", name, arg),
        }
    }

    /// Whether a map of the file, `configs { }` or `models { }`, has a name; reports a missing one.
    fn keyed(&mut self, what: &str, map: &'static str, name: &str, arg: &Arg) -> bool {
        let known = self.keyed_names.get(map).cloned().unwrap_or_default();
        if known.contains(name) || self.raw_at_top {
            return true;
        }
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_NAME, format!("there is no {what} `{name}`"), arg.span)
                .here("not declared")
                .help(format!("declare it at the top: `{map} {{ {name} {{ ... }} }}`"));
        if let Some(near) = crate::diagnostic::nearest(name, known.iter().map(String::as_str)) {
            diagnostic = diagnostic
                .here(format!("did you mean `{near}`?"))
                .safe_fix(format!("write `{near}`"), vec![(arg.span, near.to_owned())]);
        }
        self.sink.push(diagnostic);
        false
    }

    /// `NAME value` a line.
    fn scalar_pairs(&mut self, items: &'t [Written], types: &[Scalar]) -> Vec<Extra> {
        let mut extras = Vec::new();
        for pair in self.pairs(items, "a pair") {
            if let Some(span) = pair.exported {
                self.sink.push(
                    Diagnostic::error(codes::WRONG_ARGUMENTS, "a pair has one value", span)
                        .help("a value with spaces is quoted: `NAME \"two words\"`"),
                );
                continue;
            }
            let Some(key) = self.plain(pair.name) else { continue };
            let Some(value) = self.scalar(pair.value, types) else { continue };
            let origin = self.origins.written(pair.name.span.to(pair.value.span));
            self.add_extra(&mut extras, Extra { key, value, origin });
        }
        extras
    }

    /// `NAME value`, `NAME { ... }` or `NAME` a line; what the value may be says the key in its other forms.
    fn named(&mut self, items: &'t [Written], key: &'static Key) -> Vec<Extra> {
        let pairs =
            crate::vocabulary::compose::forms(key.group, key.name).find(|key| key.form == Form::Pairs);
        let mut extras = Vec::new();
        for statement in statements(items).filter(|statement| !statement.damaged) {
            let Some(name) = self.plain(&statement.args[0]) else { continue };
            let origin = self.origins.written(statement.line_span());
            let value = match (statement.args.as_slice(), &statement.block, pairs, key.opens()) {
                ([_], Some(block), _, Some(group)) => {
                    Some(Value::Map(self.compose_block(&block.items, group)))
                }
                ([_], None, ..) => Some(Value::Null),
                ([_, value], None, Some(pairs), _) => self.scalar(value, &pairs.scalars),
                _ => {
                    let span = statement.line_span();
                    self.sink.push(
                        Diagnostic::error(codes::WRONG_ARGUMENTS, format!("`{name}` has a block here"), span)
                            .help(format!("for example `{}`", key.name)),
                    );
                    None
                }
            };
            let Some(value) = value else { continue };
            self.add_extra(&mut extras, Extra { key: name, value, origin });
        }
        extras
    }

    /// `x-name value`, `x-name a b` or `x-name { ... }`.
    fn anything(&mut self, statement: &'t Statement) -> Option<Extra> {
        let origin = self.origins.written(statement.line_span());
        let key = self.plain(&statement.args[0])?;
        let value = match (&statement.args[1..], &statement.block) {
            ([], None) => Value::Null,
            ([], Some(block)) => {
                let mut extras = Vec::new();
                for inner in statements(&block.items).filter(|inner| !inner.damaged) {
                    if let Some(extra) = self.anything(inner) {
                        self.add_extra(&mut extras, extra);
                    }
                }
                Value::Map(extras)
            }
            ([arg], None) if !matches!(arg.kind, ArgKind::List(_)) => self.scalar(arg, &[])?,
            (args, None) => {
                let flat: Vec<&Arg> = args
                    .iter()
                    .flat_map(|arg| match &arg.kind {
                        ArgKind::List(list) => list.items.iter().collect::<Vec<_>>(),
                        ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::Verbatim(_) | ArgKind::Fenced(_) => {
                            vec![arg]
                        }
                    })
                    .collect();
                Value::List(self.scalars(&flat, &[])?)
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
                return None;
            }
        };
        Some(Extra { key, value, origin })
    }
}

/// The value that a text is as a scalar of the type; `None` if it is none.
fn read_scalar(scalar: &Scalar, plain: &str, text: &Text) -> Option<Value> {
    let as_text = || Value::Text(text.clone());
    match scalar {
        Scalar::Text | Scalar::Name(_) | Scalar::Mode { .. } => Some(as_text()),
        Scalar::Integer => plain.parse().ok().map(Value::Integer),
        Scalar::Number => match plain.parse::<i64>() {
            Ok(number) => Some(Value::Integer(number)),
            Err(_) => plain.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Real),
        },
        Scalar::Duration => Delay::parse(plain).map(|_| as_text()),
        Scalar::Size => Size::parse(plain).map(|_| as_text()),
        Scalar::HostPath => HostPath::parse(plain).map(|_| as_text()),
        Scalar::Enum(words) => words.iter().any(|word| is_word(plain, word)).then(as_text),
    }
}

/// Whether a text is a word of an enumeration.
fn is_word(text: &str, word: &str) -> bool {
    word.strip_suffix('*').map_or(text == word, |start| text.starts_with(start))
}

fn describe(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Text | Scalar::Name(_) => "a text".to_owned(),
        Scalar::Mode { .. } => "a mode in octal digits".to_owned(),
        Scalar::Integer => "a whole number".to_owned(),
        Scalar::Number => "a number".to_owned(),
        Scalar::Duration => "a duration with its unit".to_owned(),
        Scalar::Size => "a size".to_owned(),
        Scalar::HostPath => "a path of the host".to_owned(),
        Scalar::Enum(words) => {
            let words: Vec<String> =
                words.iter().map(|word| format!("`{}`", word.trim_end_matches('*'))).collect();
            match words.as_slice() {
                [word] => word.clone(),
                words => format!("one of {}", words.join(", ")),
            }
        }
    }
}

fn example(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Text | Scalar::Name(_) => "text",
        Scalar::Mode { .. } => "0440",
        Scalar::Integer => "5",
        Scalar::Number => "0.5",
        Scalar::Duration => "30s",
        Scalar::Size => "64m",
        Scalar::HostPath => "./conf",
        Scalar::Enum(words) => words.first().map_or("", |word| word.trim_end_matches('*')),
    }
}
