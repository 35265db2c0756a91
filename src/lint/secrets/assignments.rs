//! Names with values in any text, by their letters: `NAME=value`, `name: value`, `--name value`. What is hidden goes by
//! this, too, where a reader gave up.

use std::ops::Range;

use super::values::is_secret;
use crate::lint::rules::secret_literal::names_a_secret;

/// The places in a line or a longer text where a value stands behind the name of a secret. A reference to a variable is none.
pub(crate) fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, sign) in text.char_indices().filter(|(_, c)| matches!(c, '=' | ':')) {
        if at < from {
            continue;
        }
        let before = text[..at].trim_end_matches(['"', '\'']);
        let start = before
            .trim_end_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
            .len();
        let name = before[start..].trim_start_matches('-');
        let value = at + 1;
        // `secrets:` lists names, and `a:b` in the middle of a word is no pair of YAML.
        let is_pair = sign == '=' || text[value..].starts_with([' ', '\t', '"', '\'']) || before.len() < at;
        if !is_pair || name.eq_ignore_ascii_case("secrets") || !names_a_secret(name) {
            continue;
        }
        let range = value_range(text, value, sign == ':');
        if stands_for_one(&text[range.clone()]) {
            from = range.end;
            found.push(range);
        }
    }
    found
}

/// A value is at most so long, in bytes.
const MOST_OF_A_VALUE: usize = 4 * 1024;

/// A value that begins at `from`, without its quotes; of YAML to the end of the line.
fn value_range(text: &str, from: usize, is_yaml: bool) -> Range<usize> {
    let most = (from + MOST_OF_A_VALUE).min(text.len());
    let most = (most..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let line_end = text[from..most].find('\n').map_or(most, |at| from + at);
    let line = &text[from..line_end];
    let start = from + (line.len() - line.trim_start_matches([' ', '\t']).len());
    let start = if is_yaml { start } else { from };
    let rest = &text[start..line_end];
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let inside = start + 1;
        let end = text[inside..line_end].find(quote).map_or(line_end, |at| inside + at);
        return inside..end.max(inside);
    }
    let end = if is_yaml {
        rest.trim_end().len()
    } else {
        rest.find([' ', '\t', '\r', '"', '\'', ';', '&', '|', ')', ',']).unwrap_or(rest.len())
    };
    start..start + end
}

fn stands_for_one(value: &str) -> bool {
    let is_reference = value.strip_prefix('$').is_some_and(|name| !name.contains(['-', ' ', '/', '@']));
    is_secret(value) && !is_reference && !matches!(value, "|" | ">" | "|-" | ">-" | "{" | "[" | "\\")
}

/// An option of a program with its value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flag {
    /// `--password`
    pub(crate) name: String,
    /// The value.
    pub(crate) value: Range<usize>,
}

/// The options in the text of a command, a shell's or a list's, that hold a secret.
pub(crate) fn flags(text: &str) -> Vec<Flag> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("--") {
        let is_first =
            text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '['));
        let rest = &text[at + 2..];
        let name = &rest[..rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
            .unwrap_or(rest.len())];
        if !is_first || !is_of_secret(name) {
            continue;
        }
        let mut start = at + 2 + name.len();
        if text[start..].starts_with('=') {
            start += 1;
        } else {
            // To the next word: of a shell behind a space, of a list behind a comma or at the next `- `.
            let gap = text[start..].trim_start_matches(['"', '\'', ',', ' ', '\t', '\n', '\r', '\\']);
            let gap = gap.strip_prefix("- ").unwrap_or(gap);
            let skipped = &text[start..text.len() - gap.len()];
            if skipped.is_empty() || skipped.contains("''") || skipped.contains("\"\"") {
                continue;
            }
            start = text.len() - gap.len();
        }
        start += usize::from(text[start..].starts_with(['"', '\'']));
        let end = text[start..].find([' ', '\t', '\n', '\r', '"', '\'', ',', ']', ';', '&', '|', ')']);
        let value = start..end.map_or(text.len(), |end| start + end);
        let written = &text[value.clone()];
        if is_secret(written)
            && !written.starts_with(['$', '-', '<', '{', '`', '%', '\\'])
            && !written.starts_with("id=")
        {
            found.push(Flag { name: format!("--{name}"), value });
        }
    }
    found
}

fn is_of_secret(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let last = upper.rsplit(['-', '_']).next().unwrap_or_default();
    names_a_secret(name)
        && matches!(
            last,
            "PASSWORD"
                | "PASSWD"
                | "PASS"
                | "PASSPHRASE"
                | "SECRET"
                | "TOKEN"
                | "APIKEY"
                | "KEY"
                | "REQUIREPASS"
                | "MASTERAUTH"
        )
}

#[cfg(test)]
mod tests {
    use super::{flags, secrets};

    #[test]
    fn values_behind_the_name_of_a_secret_are_found_by_their_letters() {
        for (text, value) in [
            ("ENV A=1 DB_PASS=word B=2", "word"),
            ("  DB_PASSWORD: \"two words\" # x", "two words"),
            ("  - API_TOKEN=abc", "abc"),
            ("{\"password\": \"abc\"}", "abc"),
            ("  DB_PASSWORD: two words", "two words"),
            ("export TOKEN='a b' && x", "a b"),
            ("X_PASSWORD=${X_PASSWORD:-abc}", "${X_PASSWORD:-abc}"),
        ] {
            let found: Vec<&str> = secrets(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, [value], "{text}");
        }
        for text in [
            "secrets: [a]",
            "PASSWORD=$PASSWORD",
            "PASSWORD: ${PASSWORD}",
            "PASSWORD:",
            "TOKEN_FILE=/x",
            "target=a",
            "token:x",
        ] {
            assert!(secrets(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn options_of_programs_hold_secrets_too() {
        for (text, value) in [
            ("redis-server --requirepass abc", "abc"),
            ("x --password=abc y", "abc"),
            ("[\"redis-server\", \"--requirepass\", \"abc\"]", "abc"),
            ("- --api-key\n- abc", "abc"),
        ] {
            let found: Vec<&str> = flags(text).into_iter().map(|flag| &text[flag.value]).collect();
            assert_eq!(found, [value], "{text}");
        }
        for text in [
            "x --password $P",
            "x --password",
            "x --password '' y",
            "x --password-file y",
            "x --no-password y",
            "docker build --secret id=a",
            "x--password y",
            "x --token --y",
        ] {
            assert!(flags(text).is_empty(), "{text}");
        }
    }
}
