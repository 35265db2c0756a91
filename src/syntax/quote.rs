//! The user's own words as a message may show them.

use super::control;

/// A longer text is cut when it is quoted.
const MAX_QUOTED: usize = 40;

/// The user's own words as a message may show them: in backticks, not too long, on one line, nothing invisible.
pub(super) fn quote(raw: &str) -> String {
    let mut shown = String::from("`");
    let mut line_ended = false;
    for (count, character) in raw.trim().chars().enumerate() {
        if count == MAX_QUOTED {
            shown.push_str("...");
            break;
        }
        let ends_line = matches!(character, '\r' | '\n');
        if ends_line && !line_ended {
            shown.push(' ');
        }
        line_ended = ends_line || line_ended && matches!(character, ' ' | '\t');
        if character == '\t' && !line_ended || control::is_refused(character) && !ends_line {
            shown.extend(character.escape_default());
        } else if !line_ended {
            shown.push(character);
        }
    }
    shown.push('`');
    shown
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn what_is_quoted_is_short_and_shows_what_cannot_be_seen() {
        assert_eq!(quote(" a\u{202e}b\tc\r\n\t d\u{1b}"), "`a\\u{202e}b\\tc d\\u{1b}`");
        assert_eq!(quote(&"x".repeat(50)), format!("`{}...`", "x".repeat(40)));
    }
}
