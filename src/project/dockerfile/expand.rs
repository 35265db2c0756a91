//! What a word comes to once its variables, quotes and escapes are resolved, as far as the variables are known.
//!
//! Source: `BuildKit`, frontend/dockerfile/shell/lex.go, `ProcessWord`.

use std::iter::Peekable;
use std::str::Chars;

use super::pattern::{Greed, Side, replace, trim};
use crate::syntax::dockerfile::tree::Escape;

/// `${a:-${b:-...}}` nested deeper is not looked into: its value is not known.
const MAX_DEPTH: usize = 16;

/// A value longer than this is not known: `ENV A=$A$A` doubles it line by line.
const MAX_VALUE_BYTES: usize = 64 * 1024;

/// What is known of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    /// It has this value.
    Set(String),
    /// It surely has none.
    Unset,
    /// Nobody knows.
    Unknown,
}

/// What became of a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expansion {
    /// What it comes to, if that is known.
    pub(super) value: Option<String>,
    /// The variables that it needs, in order; those with something in case that they have no value are left out.
    pub(super) names: Vec<String>,
    /// Why the builder refuses it.
    pub(super) refusal: Option<&'static str>,
}

/// Resolves `text` with what `variables` knows.
pub(super) fn expand(text: &str, escape: Escape, variables: &dyn Fn(&str) -> Lookup) -> Expansion {
    let mut lexer = Lexer {
        characters: text.chars().peekable(),
        escape: escape.character(),
        variables,
        names: Vec::new(),
        depth: 0,
    };
    let said = lexer.stop_on(None, false);
    let names = lexer.names;
    match said {
        Ok(said) => Expansion { value: said.known(), names, refusal: None },
        Err(refusal) => Expansion { value: None, names, refusal: Some(refusal) },
    }
}

/// A text of which a part may not be known.
struct Said {
    text: String,
    is_known: bool,
}

impl Said {
    fn new() -> Self {
        Self { text: String::new(), is_known: true }
    }

    fn push(&mut self, character: char) {
        self.text.push(character);
    }

    fn append(&mut self, value: Option<&str>) {
        match value {
            Some(value) if self.text.len() + value.len() <= MAX_VALUE_BYTES => self.text.push_str(value),
            Some(_) | None => self.is_known = false,
        }
    }

    fn known(self) -> Option<String> {
        self.is_known.then_some(self.text)
    }
}

struct Lexer<'a> {
    characters: Peekable<Chars<'a>>,
    escape: char,
    variables: &'a dyn Fn(&str) -> Lookup,
    names: Vec<String>,
    depth: usize,
}

type Refusal = &'static str;

const UNCLOSED_BRACE: Refusal = "a `${` is not closed";
const BAD_SUBSTITUTION: Refusal = "there is no such substitution";

impl Lexer<'_> {
    fn peek(&mut self) -> Option<char> {
        self.characters.peek().copied()
    }

    fn next(&mut self) -> Option<char> {
        self.characters.next()
    }

    /// Reads up to `stop`, or to the end if there is none.
    fn stop_on(&mut self, stop: Option<char>, keeps_escapes: bool) -> Result<Said, Refusal> {
        let mut said = Said::new();
        while let Some(character) = self.peek() {
            if Some(character) == stop {
                self.next();
                return Ok(said);
            }
            match character {
                '\'' => self.single_quote(&mut said)?,
                '"' => self.double_quote(&mut said, keeps_escapes)?,
                '$' => self.dollar(&mut said)?,
                _ => {
                    self.next();
                    if character != self.escape {
                        said.push(character);
                        continue;
                    }
                    if keeps_escapes {
                        said.push(character);
                    }
                    let Some(escaped) = self.next() else { break };
                    said.push(escaped);
                }
            }
        }
        if stop.is_some() { Err(UNCLOSED_BRACE) } else { Ok(said) }
    }

    fn single_quote(&mut self, said: &mut Said) -> Result<(), Refusal> {
        self.next();
        loop {
            match self.next() {
                None => return Err("a single quote is not closed"),
                Some('\'') => return Ok(()),
                Some(character) => said.push(character),
            }
        }
    }

    fn double_quote(&mut self, said: &mut Said, keeps_escapes: bool) -> Result<(), Refusal> {
        self.next();
        loop {
            match self.peek() {
                None => return Err("a double quote is not closed"),
                Some('"') => {
                    self.next();
                    return Ok(());
                }
                Some('$') => self.dollar(said)?,
                Some(character) => {
                    self.next();
                    if character != self.escape {
                        said.push(character);
                        continue;
                    }
                    if keeps_escapes {
                        said.push(character);
                    }
                    match self.peek() {
                        None => {}
                        Some(escaped) if matches!(escaped, '"' | '$') || escaped == self.escape => {
                            said.extend_with(self.next());
                        }
                        Some(_) => said.push(character),
                    }
                }
            }
        }
    }

    fn dollar(&mut self, said: &mut Said) -> Result<(), Refusal> {
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                said.push('$');
                return Ok(());
            }
            let value = self.look_up(name);
            said.append(plain(&value));
            return Ok(());
        }
        self.next();
        match self.peek() {
            None => return Err(UNCLOSED_BRACE),
            Some('{' | '}' | ':') => return Err(BAD_SUBSTITUTION),
            Some(_) => {}
        }
        let name = self.name();
        let mut modifier = self.next();
        let counts_empty = modifier == Some(':');
        if counts_empty {
            modifier = self.next();
        }
        match modifier {
            Some('}') if !counts_empty => {
                let value = self.look_up(name);
                said.append(plain(&value));
            }
            Some(modifier @ ('-' | '+' | '?')) => {
                let word = self.nested('}', false)?;
                let value = (self.variables)(&name);
                said.append(conditional(modifier, counts_empty, &value, &word)?.as_deref());
            }
            Some(modifier @ ('#' | '%')) if !counts_empty => {
                let pattern = self.nested('}', true)?;
                let value = self.look_up(name);
                said.append(trimmed(modifier, plain(&value), pattern.known()).as_deref());
            }
            Some('/') if !counts_empty => {
                let all = self.peek() == Some('/');
                if all {
                    self.next();
                }
                let pattern = self.nested('/', true)?.known();
                let replacement = self.nested('}', true)?.known();
                let value = self.look_up(name);
                let replaced = match (plain(&value), pattern, replacement) {
                    (Some(value), Some(pattern), Some(by)) => replace(value, &pattern, &by, all),
                    (_, _, _) => None,
                };
                said.append(replaced.as_deref());
            }
            None => return Err(UNCLOSED_BRACE),
            Some(_) => return Err(BAD_SUBSTITUTION),
        }
        Ok(())
    }

    fn nested(&mut self, stop: char, keeps_escapes: bool) -> Result<Said, Refusal> {
        if self.depth == MAX_DEPTH {
            return Err("substitutions are nested too deeply");
        }
        self.depth += 1;
        let said = self.stop_on(Some(stop), keeps_escapes);
        self.depth -= 1;
        said
    }

    fn look_up(&mut self, name: String) -> Lookup {
        let value = (self.variables)(&name);
        self.names.push(name);
        value
    }

    /// Letters, digits and `_`; digits alone; or one special character.
    fn name(&mut self) -> String {
        let mut name = String::new();
        match self.peek() {
            Some(first) if first.is_numeric() => {
                while self.peek().is_some_and(char::is_numeric) {
                    name.extend(self.next());
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => name.extend(self.next()),
            Some(_) | None => {
                while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    name.extend(self.next());
                }
            }
        }
        name
    }
}

impl Said {
    fn extend_with(&mut self, character: Option<char>) {
        self.text.extend(character);
    }
}

/// The value where nothing is said for a variable without one.
fn plain(value: &Lookup) -> Option<&str> {
    match value {
        Lookup::Set(value) => Some(value),
        Lookup::Unset => Some(""),
        Lookup::Unknown => None,
    }
}

/// `${NAME-word}`, `${NAME+word}`, `${NAME?word}`; with `:` an empty value counts as none.
fn conditional(
    modifier: char,
    counts_empty: bool,
    value: &Lookup,
    word: &Said,
) -> Result<Option<String>, Refusal> {
    let word = word.is_known.then(|| word.text.clone());
    let value = match value {
        Lookup::Unknown => {
            // Whatever the value is, it is the same if both ways come to the same.
            return Ok(word.filter(|word| modifier == '+' && word.is_empty()));
        }
        Lookup::Unset => None,
        Lookup::Set(value) if counts_empty && value.is_empty() => None,
        Lookup::Set(value) => Some(value.clone()),
    };
    match (modifier, value) {
        ('-', None) | ('+', Some(_)) => Ok(word),
        ('+', None) => Ok(Some(String::new())),
        ('-' | '?', Some(value)) => Ok(Some(value)),
        (_, _) => Err("a variable is required that has no value"),
    }
}

/// `${NAME#pattern}`, `##`, `%` and `%%`.
fn trimmed(modifier: char, value: Option<&str>, pattern: Option<String>) -> Option<String> {
    let (value, pattern) = (value?, pattern?);
    let (greed, pattern) = match pattern.strip_prefix(modifier) {
        Some(rest) => (Greed::Longest, rest),
        None => (Greed::Shortest, pattern.as_str()),
    };
    let side = if modifier == '#' { Side::Start } else { Side::End };
    trim(value, pattern, side, greed)
}

#[cfg(test)]
mod tests {
    use super::{Expansion, Lookup, expand};
    use crate::syntax::dockerfile::tree::Escape;

    fn expanded(text: &str) -> Expansion {
        expand(text, Escape::Backslash, &|name| match name {
            "A" => Lookup::Set("one.two.three".to_owned()),
            "E" => Lookup::Set(String::new()),
            "U" => Lookup::Unknown,
            _ => Lookup::Unset,
        })
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(expanded(text).value.as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn variables_quotes_and_escapes_are_resolved() {
        check("a$A-${A}b", "aone.two.three-one.two.threeb");
        check(r"'$A' \$A \\ a\b", r"$A $A \ ab");
        check(r#""$A \"x\" \n \$A""#, r#"one.two.three "x" \n $A"#);
        check("$ 5$ $(A)", "$ 5$ $(A)");
        check("$X|$E|", "||");
    }

    #[test]
    fn each_substitution_does_what_the_builder_does() {
        check("${X-d}${X:-d}${E-d}${E:-d}${A:-d}", "dddone.two.three");
        check("${X+r}|${E+r}|${E:+r}|${A:+r}", "|r||r");
        check("${A:?no}${E?no}", "one.two.three");
        check("${A#*.}|${A##*.}|${A%.*}|${A%%.*}", "two.three|three|one.two|one");
        check("${A#o?e}|${A/t*e/x}|${A//t/T}", ".two.three|one.x|one.Two.Three");
        check("${X:-${Y:-$A}}", "one.two.three");
    }

    #[test]
    fn what_depends_on_an_unknown_variable_is_unknown() {
        for text in ["$U", "a${U}", "${U:-d}", "${U:+r}", "${U#x}", "${X:-$U}"] {
            assert_eq!(expanded(text), Expansion { names: expanded(text).names, ..Expansion::default() });
        }
        check("${A:-$U}", "one.two.three");
        check("${U:+}", "");
        assert_eq!(expanded("$A ${X:-$U}").names, ["A", "U"]);
    }

    #[test]
    fn what_the_builder_refuses_has_no_value_and_a_reason() {
        for text in ["'a", "\"a", "${A", "${}", "${A:}", "${:-x}", "${A:#x}", "${X:?must be given}", "${A~x}"]
        {
            let expansion = expanded(text);
            assert!(expansion.value.is_none() && expansion.refusal.is_some(), "{text}");
        }
    }

    #[test]
    fn a_value_that_grows_and_grows_is_not_known() {
        let long = "x".repeat(40_000);
        let variables = |_: &str| Lookup::Set(long.clone());
        assert_eq!(expand("$A$A", Escape::Backslash, &variables).value, None);
        assert!(expand(&"${a:-".repeat(1000), Escape::Backslash, &variables).refusal.is_some());
    }
}
