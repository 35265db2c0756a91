//! Splits the text of a shell into its commands: words with their quotes resolved, and what stands between them.
//!
//! Source: POSIX, Shell Command Language, 2.3 Token Recognition. Substitutions stay in their words as they are written.

/// A word and the bytes that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Without quotes and escapes; `$NAME` and `$(...)` as they are written.
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether something in it depends on variables or commands.
    pub(super) is_open: bool,
}

/// What stands before a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Nothing, `;`, `&`, a bracket or a new line.
    Next,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `|`
    Pipe,
}

/// The words between two operators; what follows `<` and `>` is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Simple {
    pub(super) link: Link,
    pub(super) words: Vec<Token>,
}

/// The commands of a text, in order.
pub(super) fn split(text: &str) -> Vec<Simple> {
    let mut splitter = Splitter { text, at: 0, link: Link::Next, words: Vec::new(), commands: Vec::new() };
    splitter.run();
    splitter.commands
}

struct Splitter<'a> {
    text: &'a str,
    at: usize,
    link: Link,
    words: Vec<Token>,
    commands: Vec<Simple>,
}

impl Splitter<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take(&mut self, expected: &str) -> bool {
        let found = self.text[self.at..].starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    fn run(&mut self) {
        while let Some(character) = self.peek() {
            match character {
                ' ' | '\t' | '\r' => self.at += 1,
                '\\' if self.take("\\\n") || self.take("\\\r\n") => {}
                '#' => self.at += self.text[self.at..].find('\n').unwrap_or(self.text.len() - self.at),
                '&' if self.take("&&") => self.finish(Link::And),
                '&' if self.text[self.at..].starts_with("&>") => self.redirection(),
                '\n' | ';' | '(' | ')' | '&' => {
                    self.at += 1;
                    self.finish(Link::Next);
                }
                '|' if self.take("||") => self.finish(Link::Or),
                '|' => {
                    self.at += 1;
                    self.take("&");
                    self.finish(Link::Pipe);
                }
                '<' | '>' => self.redirection(),
                _ => {
                    let word = self.word();
                    let is_descriptor = word.text.bytes().all(|byte| byte.is_ascii_digit())
                        && matches!(self.peek(), Some('<' | '>'))
                        && word.end > word.start;
                    if !is_descriptor {
                        self.words.push(word);
                    }
                }
            }
        }
        self.finish(Link::Next);
    }

    fn finish(&mut self, next: Link) {
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            // `&&` and a new line after it are one operator.
            if next != Link::Next {
                self.link = next;
            }
            return;
        }
        self.commands.push(Simple { link: self.link, words });
        self.link = next;
    }

    /// `>`, `>>`, `2>&1`, `<<<` and the word that follows.
    fn redirection(&mut self) {
        while matches!(self.peek(), Some('<' | '>' | '&' | '|' | '-')) {
            self.at += 1;
        }
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.at += 1;
        }
        if !matches!(self.peek(), None | Some('\n' | ';' | '(' | ')' | '&' | '|' | '<' | '>')) {
            self.word();
        }
    }

    fn word(&mut self) -> Token {
        let start = self.at;
        let mut word = Token { text: String::new(), start, end: start, is_open: false };
        while let Some(character) = self.peek() {
            match character {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' => break,
                '\'' => {
                    self.at += 1;
                    let end = self.text[self.at..].find('\'').map_or(self.text.len(), |end| self.at + end);
                    word.text.push_str(&self.text[self.at..end]);
                    self.at = (end + 1).min(self.text.len());
                }
                '"' => self.double_quote(&mut word),
                '\\' => {
                    self.at += 1;
                    if let Some(escaped) = self.peek() {
                        self.at += escaped.len_utf8();
                        if escaped != '\n' {
                            word.text.push(escaped);
                        }
                    }
                }
                '$' | '`' => self.substitution(&mut word),
                _ => {
                    self.at += character.len_utf8();
                    word.text.push(character);
                }
            }
        }
        word.end = self.at;
        word
    }

    fn double_quote(&mut self, word: &mut Token) {
        self.at += 1;
        while let Some(character) = self.peek() {
            match character {
                '"' => {
                    self.at += 1;
                    return;
                }
                '$' | '`' => self.substitution(word),
                '\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some(escaped @ ('"' | '\\' | '$' | '`')) => {
                            self.at += 1;
                            word.text.push(escaped);
                        }
                        Some('\n') => self.at += 1,
                        Some(_) | None => word.text.push('\\'),
                    }
                }
                _ => {
                    self.at += character.len_utf8();
                    word.text.push(character);
                }
            }
        }
    }

    /// `$NAME`, `${...}`, `$(...)` and `` `...` `` as they are written.
    fn substitution(&mut self, word: &mut Token) {
        word.is_open = true;
        let start = self.at;
        let rest = &self.text[start..];
        self.at += match () {
            () if rest.starts_with("$(") => 1 + bracket_end(&rest[1..], '(', ')'),
            () if rest.starts_with("${") => 1 + bracket_end(&rest[1..], '{', '}'),
            () if rest.starts_with('`') => rest[1..].find('`').map_or(rest.len(), |end| end + 2),
            () => 1,
        };
        word.text.push_str(&self.text[start..self.at]);
    }
}

/// Where the bracket that `text` begins with is closed, in bytes; quotes are respected.
fn bracket_end(text: &str, open: char, close: char) -> usize {
    let (mut depth, mut quote) = (0_usize, None);
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match quote {
            Some(mark) if mark == character => quote = None,
            Some('"') | None if character == '\\' => drop(characters.next()),
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None if character == open => depth += 1,
            None if character == close => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            Some(_) | None => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{Link, split};

    #[track_caller]
    fn check(text: &str, expected: &[(Link, &[&str])]) {
        let commands = split(text);
        let found: Vec<(Link, Vec<&str>)> = commands
            .iter()
            .map(|command| (command.link, command.words.iter().map(|word| word.text.as_str()).collect()))
            .collect();
        let expected: Vec<(Link, Vec<&str>)> =
            expected.iter().map(|(link, words)| (*link, words.to_vec())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn operators_part_commands() {
        use Link::{And, Next, Or, Pipe};
        check(
            "a b && c || d | e; f & g\nh",
            &[
                (Next, &["a", "b"]),
                (And, &["c"]),
                (Or, &["d"]),
                (Pipe, &["e"]),
                (Next, &["f"]),
                (Next, &["g"]),
                (Next, &["h"]),
            ],
        );
        check("a &&\n  b\n(c; d)", &[(Next, &["a"]), (And, &["b"]), (Next, &["c"]), (Next, &["d"])]);
    }

    #[test]
    fn quotes_escapes_and_substitutions_are_respected() {
        use Link::Next;
        check(
            r#"echo "a && b" 'c; d' e\ f "\"$x\"" # g"#,
            &[(Next, &["echo", "a && b", "c; d", "e f", "\"$x\""])],
        );
        check(
            "x $(a; b \")\" | c) `d; e` ${f:-g h}",
            &[(Next, &["x", "$(a; b \")\" | c)", "`d; e`", "${f:-g h}"])],
        );
        check("a \\\n  b 'c", &[(Next, &["a", "b", "c"])]);
    }

    #[test]
    fn redirections_are_left_out() {
        use Link::{And, Next};
        check("a > /x 2>&1 && b >>y <z c", &[(Next, &["a"]), (And, &["b", "c"])]);
        check("a 2> /dev/null b &>c", &[(Next, &["a", "b"])]);
    }
}
