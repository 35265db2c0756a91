//! The commands that a process consists of: the words of one, or those that a shell would run.

/// A process taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::lint) struct Commands {
    /// The words of each command, in order.
    pub(in crate::lint) list: Vec<Vec<String>>,
    /// Whether one of them goes on in the background.
    pub(in crate::lint) has_background: bool,
}

impl Commands {
    /// The commands of a process; `sh -c text` is taken apart as that shell does.
    pub(in crate::lint) fn of(words: &[String]) -> Self {
        let shell = words
            .iter()
            .position(|word| matches!(word.rsplit('/').next(), Some("sh" | "bash" | "ash" | "dash")));
        // `entrypoint.sh sh -c ...`: what stands before the shell is a wrapper.
        if let Some(at) = shell
            && let [flags, text, ..] = &words[at + 1..]
            && flags.starts_with('-')
            && flags.ends_with('c')
        {
            return Self::of_text(text);
        }
        Self { list: vec![words.to_vec()], has_background: false }
    }

    /// The commands of a shell's text.
    pub(in crate::lint) fn of_text(text: &str) -> Self {
        let mut reader = Reader::default();
        let mut quote = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (quote, c) {
                (Some(open), c) if open == c => quote = None,
                (None, '"' | '\'') => {
                    quote = Some(c);
                    reader.word.get_or_insert_default();
                }
                (None, '\\') => match chars.next() {
                    Some('\n') | None => reader.end_word(),
                    Some(escaped) => reader.letter(escaped),
                },
                (None, '>') => {
                    // `2>&1` is no command in the background.
                    reader.letter(c);
                    if let Some(next) = chars.next_if_eq(&'&') {
                        reader.letter(next);
                    }
                }
                (None, '&') => {
                    reader.end_command();
                    reader.done.has_background |= chars.next_if_eq(&'&').is_none();
                }
                (None, ';' | '|' | '\n' | '(' | ')') => reader.end_command(),
                (None, c) if c.is_whitespace() => reader.end_word(),
                (_, c) => reader.letter(c),
            }
        }
        reader.end_command();
        reader.done
    }
}

/// What was read so far.
#[derive(Debug, Default)]
struct Reader {
    done: Commands,
    command: Vec<String>,
    word: Option<String>,
}

impl Reader {
    fn letter(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    fn end_word(&mut self) {
        self.command.extend(self.word.take());
    }

    fn end_command(&mut self) {
        self.end_word();
        if !self.command.is_empty() {
            self.done.list.push(std::mem::take(&mut self.command));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Commands;

    fn of(words: &[&str]) -> (Vec<String>, bool) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let commands = Commands::of(&words);
        (commands.list.iter().map(|words| words.join("·")).collect(), commands.has_background)
    }

    #[test]
    fn a_shell_text_is_its_commands() {
        for (words, commands, has_background) in [
            (&["gunicorn", "-b", "a b"][..], &["gunicorn·-b·a b"][..], false),
            (&["/bin/sh", "-c", "a 'b c' && d; e"], &["a·b c", "d", "e"], false),
            (&["bash", "-lc", "a & b"], &["a", "b"], true),
            (&["sh", "-c", "a 2>&1"], &["a·2>&1"], false),
            (&["/entry.sh", "sh", "-c", "a \\\n b"], &["a·b"], false),
            (&["sh", "run.sh"], &["sh·run.sh"], false),
        ] {
            let expected = commands.iter().map(|command| (*command).to_owned()).collect();
            assert_eq!(of(words), (expected, has_background), "{words:?}");
        }
    }
}
