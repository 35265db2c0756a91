//! `command`, `entrypoint` and the test of a health check: texts become words as compose splits them.
//!
//! Source: go-shellwords, which compose-go's `types/command.go` uses: quotes and backslashes as in a shell; what follows
//! an operator such as `&&` outside of quotes is dropped.

use super::model::{Command, Health, Node, Value};

/// Takes a text apart into words; `None` if compose refuses it.
pub(super) fn split(line: &str) -> Option<Vec<String>> {
    let mut splitter = Splitter::default();
    for c in line.chars() {
        if !splitter.take(c)? {
            break;
        }
    }
    splitter.finish()
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that the reader may be inside of")]
struct Splitter {
    words: Vec<String>,
    word: String,
    is_word: bool,
    is_escaped: bool,
    in_double: bool,
    in_single: bool,
    in_backticks: bool,
    in_dollar: bool,
}

impl Splitter {
    fn is_quoted(&self) -> bool {
        self.in_single || self.in_double || self.in_backticks || self.in_dollar
    }

    /// Takes a letter: whether the line goes on; `None` if it is refused.
    fn take(&mut self, c: char) -> Option<bool> {
        if self.is_escaped {
            self.is_escaped = false;
            if self.in_backticks || self.in_dollar {
                self.word.push('\\');
                self.word.push(c);
            } else {
                self.word.push(match c {
                    't' => '\t',
                    'n' => '\n',
                    c => c,
                });
            }
            self.is_word = true;
            return Some(true);
        }
        if c == '\\' {
            if self.in_single {
                self.word.push(c);
            } else {
                self.is_escaped = true;
            }
            return Some(true);
        }
        if matches!(c, ' ' | '\t' | '\r' | '\n') {
            if self.is_quoted() {
                self.word.push(c);
            } else if self.is_word {
                self.words.push(std::mem::take(&mut self.word));
                self.is_word = false;
            }
            return Some(true);
        }
        let in_quotes = self.in_single || self.in_double;
        match c {
            '`' if !in_quotes && !self.in_dollar => self.in_backticks = !self.in_backticks,
            ')' if !in_quotes && !self.in_backticks => {
                if !self.in_dollar {
                    return None;
                }
                self.in_dollar = false;
            }
            '(' if !in_quotes && !self.in_backticks => {
                if self.in_dollar || !self.word.ends_with('$') {
                    return None;
                }
                self.in_dollar = true;
                self.word.push('(');
                return Some(true);
            }
            '"' if !self.in_single && !self.in_dollar && !self.in_backticks => {
                self.is_word |= self.in_double;
                self.in_double = !self.in_double;
                return Some(true);
            }
            '\'' if !self.in_double && !self.in_dollar && !self.in_backticks => {
                self.is_word |= self.in_single;
                self.in_single = !self.in_single;
                return Some(true);
            }
            ';' | '&' | '|' | '<' | '>' if !self.is_quoted() => {
                // `2>` is an operator as a whole.
                if c == '>' && self.word.starts_with(|c: char| c.is_ascii_digit()) {
                    self.is_word = false;
                }
                return Some(false);
            }
            _ => {}
        }
        self.is_word = true;
        self.word.push(c);
        Some(true)
    }

    fn finish(mut self) -> Option<Vec<String>> {
        if self.is_word {
            self.words.push(self.word);
        }
        let is_open =
            self.is_escaped || self.in_single || self.in_double || self.in_backticks || self.in_dollar;
        (!is_open).then_some(self.words)
    }
}

/// `command` or `entrypoint`; `None` if the image's own is meant.
pub(super) fn command(node: Option<&Node>) -> Option<Command> {
    let node = node?;
    let words = match &node.value {
        Value::Null => return None,
        Value::Text(text) => text.value.as_deref().and_then(split),
        Value::List(items) => items.iter().map(Node::text).collect(),
        Value::Flag(_) | Value::Number(_) | Value::Map(_) => None,
    };
    Some(Command { words, span: node.span })
}

/// `healthcheck`
pub(super) fn health(node: Option<&Node>) -> Option<Health> {
    let node = node.filter(|node| matches!(node.value, Value::Map(_)))?;
    let test = node.get("test");
    let mut is_disabled = node.get("disable").is_some_and(Node::is_true);
    let mut words = None;
    match test.map(|test| &test.value) {
        Some(Value::Text(text)) => {
            words = text.value.as_ref().map(|text| vec!["/bin/sh".to_owned(), "-c".to_owned(), text.clone()]);
        }
        Some(Value::List(items)) => {
            let all: Option<Vec<String>> = items.iter().map(Node::text).collect();
            let first = items.first().and_then(Node::text);
            is_disabled |= first.as_deref() == Some("NONE");
            words = match (first.as_deref(), all) {
                (Some("CMD"), Some(all)) => Some(all[1..].to_vec()),
                (Some("CMD-SHELL"), Some(all)) => {
                    let shell = ["/bin/sh".to_owned(), "-c".to_owned()];
                    Some(shell.into_iter().chain(all.into_iter().skip(1)).collect())
                }
                _ => None,
            };
        }
        Some(Value::Null | Value::Flag(_) | Value::Number(_) | Value::Map(_)) | None => {}
    }
    Some(Health { span: node.place(), is_disabled, words, test: test.map(|test| test.span) })
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn texts_become_words_as_in_a_shell() {
        for (text, words) in [
            ("a b  c", Some(vec!["a", "b", "c"])),
            ("sh -c 'a \"b\" && c'", Some(vec!["sh", "-c", "a \"b\" && c"])),
            ("a \"\" 'b c'd", Some(vec!["a", "", "b cd"])),
            ("a\\ b \\n", Some(vec!["a b", "\n"])),
            ("a && b", Some(vec!["a"])),
            ("a 2>&1", Some(vec!["a"])),
            ("a $(b c) d", Some(vec!["a", "$(b c)", "d"])),
            ("a (b)", None),
            ("a 'b", None),
            ("", Some(vec![])),
        ] {
            let words = words.map(|words| words.into_iter().map(str::to_owned).collect());
            assert_eq!(split(text), words, "{text}");
        }
    }
}
