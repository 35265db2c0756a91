//! What is left of a value once its quotes and escapes are resolved.

use super::tree::Escape;

/// The value that `text` stands for; `None` if it depends on variables, or if a quote is not closed.
///
/// Source: `BuildKit`, frontend/dockerfile/shell/lex.go, `ProcessWord`.
pub fn plain(text: &str, escape: Escape) -> Option<String> {
    let escape = escape.character();
    let mut said = String::with_capacity(text.len());
    let mut quote = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some('\''), _) => said.push(character),
            (None, '\'' | '"') => quote = Some(character),
            (_, '$') if next.is_some_and(begins_a_name) => return None,
            (None, _) if character == escape => said.extend(characters.next()),
            (Some(_), _) if character == escape => match next {
                None => {}
                Some(escaped) if matches!(escaped, '"' | '$') || escaped == escape => {
                    said.extend(characters.next());
                }
                Some(_) => said.push(character),
            },
            (_, _) => said.push(character),
        }
    }
    quote.is_none().then_some(said)
}

fn begins_a_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '{' | '@' | '*' | '#' | '?' | '-' | '$' | '!')
}

#[cfg(test)]
mod tests {
    use super::plain;
    use crate::syntax::dockerfile::tree::Escape;

    #[test]
    fn quotes_and_escapes_are_resolved_and_variables_are_not_known() {
        for (text, expected) in [
            ("a", Some("a")),
            ("'a b'c\"d e\"", Some("a bcd e")),
            (r"a\ b\\c\$d", Some(r"a b\c$d")),
            (r#""a\"b\n\\""#, Some(r#"a"b\n\"#)),
            (r"'\$a'", Some(r"\$a")),
            ("a$b", None),
            ("\"${b}\"", None),
            ("5$ $(x)", Some("5$ $(x)")),
            ("'a", None),
        ] {
            assert_eq!(plain(text, Escape::Backslash).as_deref(), expected, "{text}");
        }
        assert_eq!(plain(r"C:\a` b", Escape::Backtick).as_deref(), Some(r"C:\a b"));
    }
}
