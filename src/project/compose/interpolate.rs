//! Variables in texts: what stands there, and what it comes to.
//!
//! Source: compose-go, `template/template.go`. A text is searched for `$$`, `$NAME` and `${NAME...}`; a `$` before
//! anything else is a letter. What follows an operator reaches to the brace that closes the variable, or to the last
//! brace of the line if none does.

use super::environment::Variables;
use super::model::{Otherwise, Part, Variable};
use crate::project::Spanned;

/// So deep a default may stand in a default.
const MAX_DEPTH: usize = 40;

/// A text that compose takes for no template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Invalid;

/// Why a text has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoValue {
    /// A variable in it is not known.
    Unknown,
    /// `${NAME:?text}` and there is none: its name, and what compose says.
    Refused(String, String),
    /// It is longer than anything that is kept.
    TooLong,
}

/// Takes a text apart.
pub(super) fn parse(text: &str, environment: &dyn Variables) -> Result<Vec<Part>, Invalid> {
    parse_within(text, environment, 0)
}

fn parse_within(text: &str, environment: &dyn Variables, depth: usize) -> Result<Vec<Part>, Invalid> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut at = 0;
    let mut line = Line::default();
    while let Some(found) = text[at..].find('$') {
        literal.push_str(&text[at..at + found]);
        let start = at + found;
        let rest = &text[start + 1..];
        if rest.starts_with('$') {
            literal.push('$');
            at = start + 2;
        } else if let Some(inside) = rest.strip_prefix('{') {
            let name = name_at(inside).ok_or(Invalid)?;
            let begin = start + 2;
            let (otherwise, end) = match operator(&inside[name.len()..]) {
                None if inside[name.len()..].starts_with('}') => (Otherwise::Nothing, begin + name.len() + 1),
                None => return Err(Invalid),
                Some((operator, width)) => {
                    let from = begin + name.len() + width;
                    let last = line.last_brace(text, from).ok_or(Invalid)?;
                    let close = closing(text, start, last).unwrap_or(last);
                    let inner = text.get(from..close).ok_or(Invalid)?;
                    let inner = if depth < MAX_DEPTH {
                        // What cannot be read in a default matters only where the default is taken.
                        parse_within(inner, environment, depth + 1)
                            .unwrap_or_else(|Invalid| vec![Part::Literal(inner.to_owned())])
                    } else {
                        return Err(Invalid);
                    };
                    (operator.with(inner), close + 1)
                }
            };
            push_literal(&mut parts, &mut literal);
            parts.push(variable(name, otherwise, environment));
            at = end;
        } else if let Some(name) = name_at(rest) {
            push_literal(&mut parts, &mut literal);
            parts.push(variable(name, Otherwise::Nothing, environment));
            at = start + 1 + name.len();
        } else {
            literal.push('$');
            at = start + 1;
        }
    }
    literal.push_str(&text[at..]);
    push_literal(&mut parts, &mut literal);
    Ok(parts)
}

fn push_literal(parts: &mut Vec<Part>, literal: &mut String) {
    if !literal.is_empty() {
        parts.push(Part::Literal(std::mem::take(literal)));
    }
}

fn variable(name: &str, otherwise: Otherwise, environment: &dyn Variables) -> Part {
    let known = environment.get(name);
    let from_env_file =
        known.and_then(|known| known.span.map(|span| Spanned::new(known.value.to_string(), span)));
    Part::Variable(Variable { name: name.to_owned(), otherwise, from_env_file })
}

/// The name of a variable that a text begins with.
fn name_at(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    let name = &text[..end];
    (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
}

/// The last brace of the line that is read, which is looked for once a line.
#[derive(Default)]
struct Line {
    /// Where the line ends that was looked at last, and its last brace.
    seen: Option<(usize, Option<usize>)>,
}

impl Line {
    fn last_brace(&mut self, text: &str, from: usize) -> Option<usize> {
        let (end, brace) = match self.seen {
            Some((end, brace)) if from <= end => (end, brace),
            Some(_) | None => {
                let end = text[from..].find('\n').map_or(text.len(), |newline| from + newline);
                (end, text[from..end].rfind('}').map(|brace| from + brace))
            }
        };
        self.seen = Some((end, brace));
        brace.filter(|brace| *brace >= from)
    }
}

/// The brace that closes the one after `start`, up to `last`. A letter after an opening brace is passed over, as
/// compose does.
fn closing(text: &str, start: usize, last: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut open = 0_usize;
    let mut at = start;
    while at <= last {
        match bytes[at] {
            b'}' => {
                open = open.saturating_sub(1);
                if open == 0 {
                    return Some(at);
                }
            }
            b'{' => {
                open += 1;
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// An operator, before its text is known.
struct Operator {
    sign: u8,
    is_empty_absent: bool,
}

impl Operator {
    fn with(self, inner: Vec<Part>) -> Otherwise {
        match self.sign {
            b'-' => Otherwise::Default(inner, self.is_empty_absent),
            b'?' => Otherwise::Refused(inner, self.is_empty_absent),
            _ => Otherwise::Replaced(inner, self.is_empty_absent),
        }
    }
}

/// The operator that a text begins with, and how long it is.
fn operator(text: &str) -> Option<(Operator, usize)> {
    let is_empty_absent = text.starts_with(':');
    let width = usize::from(is_empty_absent) + 1;
    let sign = *text.as_bytes().get(width - 1)?;
    matches!(sign, b'-' | b'?' | b'+').then_some((Operator { sign, is_empty_absent }, width))
}

/// What a text comes to, of at most `most` bytes.
pub(super) fn value(parts: &[Part], environment: &dyn Variables, most: usize) -> Result<String, NoValue> {
    let mut text = String::new();
    write(parts, environment, most, &mut text)?;
    Ok(text)
}

fn write(parts: &[Part], environment: &dyn Variables, most: usize, text: &mut String) -> Result<(), NoValue> {
    for part in parts {
        match part {
            Part::Literal(literal) => push(text, literal, most)?,
            Part::Variable(variable) => write_variable(variable, environment, most, text)?,
        }
    }
    Ok(())
}

fn push(text: &mut String, more: &str, most: usize) -> Result<(), NoValue> {
    if text.len() + more.len() > most {
        return Err(NoValue::TooLong);
    }
    text.push_str(more);
    Ok(())
}

fn write_variable(
    variable: &Variable,
    environment: &dyn Variables,
    most: usize,
    text: &mut String,
) -> Result<(), NoValue> {
    let known = environment.get(&variable.name).map(|known| &*known.value);
    let present = |is_empty_absent: bool| known.filter(|value| !is_empty_absent || !value.is_empty());
    match &variable.otherwise {
        Otherwise::Nothing => match known {
            Some(value) => push(text, value, most),
            None if environment.is_complete() => Ok(()),
            None => Err(NoValue::Unknown),
        },
        Otherwise::Default(inner, is_empty_absent) => match present(*is_empty_absent) {
            Some(value) => push(text, value, most),
            None => write(inner, environment, most, text),
        },
        Otherwise::Refused(inner, is_empty_absent) => match present(*is_empty_absent) {
            Some(value) => push(text, value, most),
            None if environment.is_complete() || known.is_some() => {
                let why = value(inner, environment, most).unwrap_or_default();
                Err(NoValue::Refused(variable.name.clone(), why))
            }
            None => Err(NoValue::Unknown),
        },
        Otherwise::Replaced(inner, is_empty_absent) => match (present(*is_empty_absent), known) {
            (Some(_), _) => write(inner, environment, most, text),
            // An empty value stays: there is nothing to take in its place.
            (None, Some(value)) => push(text, value, most),
            (None, None) if environment.is_complete() => Ok(()),
            (None, None) => Err(NoValue::Unknown),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::compose::environment::Environment;

    fn environment() -> Environment {
        Environment::complete([("A", "a"), ("EMPTY", ""), ("B", "b")])
    }

    fn comes_to(text: &str) -> String {
        let environment = environment();
        match parse(text, &environment).map(|parts| value(&parts, &environment, 1000)) {
            Ok(Ok(text)) => text,
            Ok(Err(why)) => format!("{why:?}"),
            Err(Invalid) => "invalid".to_owned(),
        }
    }

    #[test]
    fn every_operator_answers_as_compose_does() {
        for (text, expected) in [
            ("x$A-y", "xa-y"),
            ("${A}${B}", "ab"),
            ("$$A $${A}", "$A ${A}"),
            ("$1 $ a$", "$1 $ a$"),
            ("${N}", ""),
            ("${N:-d}${EMPTY:-d}${A:-d}", "dda"),
            ("${N-d}${EMPTY-d}", "d"),
            ("${N:+r}${EMPTY:+r}${A:+r}", "r"),
            ("${N+r}${EMPTY+r}${A+r}", "rr"),
            ("${A:?why}${EMPTY?why}", "a"),
            ("${N:-${M:-${A}}}!", "a!"),
            ("${N:-{}}", "{}"),
            ("${N:-http://h:1/?a=b}", "http://h:1/?a=b"),
            ("${N:-a}-${N:-b}", "a-b"),
            ("${A:+${N:-x}}", "x"),
            ("${", "invalid"),
            ("${A", "invalid"),
            ("${1}", "invalid"),
            ("${A!}", "invalid"),
            ("${N:-a\nb}", "invalid"),
            ("${A:-${}}", "a"),
            ("${EMPTY:?set it}", "Refused(\"EMPTY\", \"set it\")"),
            ("${N?}", "Refused(\"N\", \"\")"),
        ] {
            assert_eq!(comes_to(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_has_no_value_unless_there_is_a_default() {
        let environment = Environment::default();
        for (text, expected) in [
            ("${A}", Err(NoValue::Unknown)),
            ("${A:-d}", Ok("d".to_owned())),
            ("${A:?x}", Err(NoValue::Unknown)),
            ("${A:+x}", Err(NoValue::Unknown)),
            ("$$", Ok("$".to_owned())),
        ] {
            let parts = parse(text, &environment).unwrap();
            assert_eq!(value(&parts, &environment, 1000), expected, "{text}");
        }
    }

    #[test]
    fn texts_are_bounded() {
        let environment = Environment::complete([("A", "aaaaaaaaaa")]);
        let many = "${A}".repeat(1000);
        let parts = parse(&many, &environment).unwrap();
        assert_eq!(value(&parts, &environment, 5000), Err(NoValue::TooLong));
        let deep = "${A:-".repeat(10_000) + &"}".repeat(10_000);
        assert!(parse(&deep, &environment).is_ok());
        let open = "${A:-{".repeat(100_000) + "}";
        assert!(parse(&open, &environment).is_ok());
    }
}
