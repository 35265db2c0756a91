//! How the builder splits a line to find `<<NAME`: words of a shell with nothing set.
//!
//! Source: `BuildKit`, frontend/dockerfile/shell/lex.go, with what it does there by accident: `${name:-word}` throws
//! away what the word before it began with.

use std::iter::Peekable;
use std::str::CharIndices;

/// `${a:-${b:-...}}` nested deeper is not looked into: the line then has no words.
const MAX_DEPTH: usize = 16;

/// Whether quotes and escapes stay in the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Raw {
    pub(super) quotes: bool,
    pub(super) escapes: bool,
}

/// A word and the bytes from its first to its last character.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ShellWord {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A quote or a brace that is not closed, or a substitution that does not exist.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable;

/// The words of `text`.
pub(super) fn words(text: &str, raw: Raw) -> Result<Vec<ShellWord>, Unreadable> {
    let mut lexer = Lexer {
        characters: text.char_indices().peekable(),
        end: text.len(),
        raw,
        word: String::new(),
        depth: 0,
    };
    let (_, words) = lexer.stop_on(None, raw.escapes)?;
    Ok(words)
}

struct Lexer<'a> {
    characters: Peekable<CharIndices<'a>>,
    end: usize,
    raw: Raw,
    /// The word at hand, shared by all depths.
    word: String,
    depth: usize,
}

/// The words of one depth.
#[derive(Default)]
struct Words {
    done: Vec<ShellWord>,
    in_word: bool,
    start: usize,
}

impl Words {
    fn add(&mut self, word: &mut String, character: char, start: usize, end: usize) {
        if !character.is_whitespace() {
            self.add_raw(word, character, start);
        } else if self.in_word && !word.is_empty() {
            self.finish(word, end);
        }
    }

    fn add_raw(&mut self, word: &mut String, character: char, start: usize) {
        self.begin(start);
        word.push(character);
    }

    fn begin(&mut self, start: usize) {
        if !std::mem::replace(&mut self.in_word, true) {
            self.start = start;
        }
    }

    fn finish(&mut self, word: &mut String, end: usize) {
        if !word.is_empty() {
            self.done.push(ShellWord { text: std::mem::take(word), start: self.start, end });
            self.in_word = false;
        }
    }
}

impl Lexer<'_> {
    fn peek(&mut self) -> Option<char> {
        self.characters.peek().map(|(_, character)| *character)
    }

    fn next(&mut self) -> Option<char> {
        self.characters.next().map(|(_, character)| character)
    }

    fn at(&mut self) -> usize {
        self.characters.peek().map_or(self.end, |(at, _)| *at)
    }

    /// Reads up to `stop`, or to the end if there is none; the text, if it stops, and its words.
    fn stop_on(
        &mut self,
        stop: Option<char>,
        raw_escapes: bool,
    ) -> Result<(String, Vec<ShellWord>), Unreadable> {
        let before = std::mem::replace(&mut self.raw.escapes, raw_escapes);
        self.word.clear();
        let mut result = String::new();
        let mut words = Words::default();
        loop {
            let start = self.at();
            let Some(character) = self.peek() else {
                if stop.is_some() {
                    return Err(Unreadable);
                }
                break;
            };
            if Some(character) == stop {
                self.next();
                break;
            }
            match character {
                '$' | '<' | '\'' | '"' => {
                    let special = self.special(character)?;
                    if stop.is_some() {
                        result.push_str(&special);
                    }
                    if character == '$' {
                        special.chars().for_each(|c| words.add(&mut self.word, c, start, start));
                    } else {
                        words.begin(start);
                        self.word.push_str(&special);
                    }
                }
                '\\' => {
                    self.next();
                    if self.raw.escapes {
                        words.add_raw(&mut self.word, '\\', start);
                        result.push('\\');
                    }
                    let Some(escaped) = self.next() else { break };
                    words.add_raw(&mut self.word, escaped, start);
                    if stop.is_some() {
                        result.push(escaped);
                    }
                }
                _ => {
                    self.next();
                    words.add(&mut self.word, character, start, start);
                    if stop.is_some() {
                        result.push(character);
                    }
                }
            }
        }
        let end = self.at();
        words.finish(&mut self.word, end);
        self.raw.escapes = before;
        Ok((result, words.done))
    }

    fn special(&mut self, character: char) -> Result<String, Unreadable> {
        match character {
            '$' => self.dollar(),
            '<' => Ok(self.possible_heredoc()),
            '\'' => self.single_quote(),
            _ => self.double_quote(),
        }
    }

    fn single_quote(&mut self) -> Result<String, Unreadable> {
        let mut result = String::new();
        self.quote(&mut result);
        loop {
            match self.peek() {
                None => return Err(Unreadable),
                Some('\'') => {
                    self.quote(&mut result);
                    return Ok(result);
                }
                Some(character) => {
                    self.next();
                    result.push(character);
                }
            }
        }
    }

    fn double_quote(&mut self) -> Result<String, Unreadable> {
        let mut result = String::new();
        self.quote(&mut result);
        loop {
            match self.peek() {
                None => return Err(Unreadable),
                Some('"') => {
                    self.quote(&mut result);
                    return Ok(result);
                }
                Some('$') => result.push_str(&self.dollar()?),
                Some('\\') => {
                    self.next();
                    if self.raw.escapes {
                        result.push('\\');
                    }
                    match self.peek() {
                        None => {}
                        Some(escaped @ ('"' | '$' | '\\')) => {
                            self.next();
                            result.push(escaped);
                        }
                        // It stands for itself, and once more where escapes are kept.
                        Some(_) => result.push('\\'),
                    }
                }
                Some(character) => {
                    self.next();
                    result.push(character);
                }
            }
        }
    }

    fn quote(&mut self, result: &mut String) {
        let quote = self.next();
        if self.raw.quotes {
            result.extend(quote);
        }
    }

    /// `<<` with the white space after it, so that `<< NAME` is one word.
    fn possible_heredoc(&mut self) -> String {
        self.next();
        let mut result = String::from("<");
        if self.peek() != Some('<') {
            return result;
        }
        result.extend(self.next());
        while matches!(self.peek(), Some('\t' | '\r' | ' ')) {
            result.extend(self.next());
        }
        result
    }

    fn dollar(&mut self) -> Result<String, Unreadable> {
        self.next();
        if self.peek() != Some('{') {
            return Ok(format!("${}", self.name()));
        }
        self.next();
        if matches!(self.peek(), None | Some('{' | '}' | ':')) {
            return Err(Unreadable);
        }
        let name = self.name();
        match self.next() {
            Some('}') => Ok(format!("${{{name}}}")),
            Some(':') => {
                let modifier = self.next().ok_or(Unreadable)?;
                if matches!(modifier, '#' | '%') {
                    return Err(Unreadable);
                }
                let word = self.nested('}', false)?;
                Ok(format!("${{{name}:{modifier}{word}}}"))
            }
            Some(modifier @ ('+' | '-' | '?' | '#' | '%')) => {
                let word = self.nested('}', matches!(modifier, '#' | '%'))?;
                Ok(format!("${{{name}{modifier}{word}}}"))
            }
            Some('/') => {
                if self.peek() == Some('/') {
                    self.next();
                }
                let pattern = self.nested('/', true)?;
                let replacement = self.nested('}', true)?;
                Ok(format!("${{{name}/{pattern}/{replacement}}}"))
            }
            Some(_) | None => Err(Unreadable),
        }
    }

    fn nested(&mut self, stop: char, raw_escapes: bool) -> Result<String, Unreadable> {
        if self.depth == MAX_DEPTH {
            return Err(Unreadable);
        }
        self.depth += 1;
        let (word, _) = self.stop_on(Some(stop), raw_escapes)?;
        self.depth -= 1;
        Ok(word)
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

#[cfg(test)]
mod tests {
    use super::{Raw, words};

    #[track_caller]
    fn check(text: &str, expected: Option<&[&str]>) {
        let raw = Raw { quotes: true, escapes: true };
        let words = words(text, raw).ok();
        let words: Option<Vec<&str>> =
            words.as_ref().map(|words| words.iter().map(|word| word.text.as_str()).collect());
        assert_eq!(words.as_deref(), expected, "{text}");
    }

    #[test]
    fn lines_are_split_as_a_shell_does() {
        check("RUN a  'b c' \"d e\" f\\ g", Some(&["RUN", "a", "'b c'", "\"d e\"", "f\\ g"]));
        check("cat << EOF <<-'X Y' 3<<Z", Some(&["cat", "<< EOF", "<<-'X Y'", "3<<Z"]));
        check("echo $((1<<2)) a<b", Some(&["echo", "$((1<<2))", "a<b"]));
        check("echo it's", None);
        check("echo ${!x}", None);
        check("a${b:-c d}", Some(&["${b:-c", "d}"]));
        check(&"${a:-".repeat(10_000), None);
    }
}
