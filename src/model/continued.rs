//! A line of a Dockerfile that is written over several.

/// The one line that a Dockerfile makes of these: every one but the last ends in a `\`, which goes, and comments and empty
/// lines between them go as well. `None` if they are several lines to it, or only one.
///
/// Source: `BuildKit`, frontend/dockerfile/parser/parser.go, `trimContinuationCharacter`.
pub fn joined(text: &str) -> Option<String> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let mut line = String::new();
    let mut goes_on = false;
    for (index, physical) in text.split('\n').enumerate() {
        if index > 0 && !goes_on {
            return None;
        }
        let content = physical.trim_start();
        if content.is_empty() || content.starts_with('#') {
            if index == 0 {
                return None;
            }
            continue;
        }
        let ended = physical.trim_end_matches([' ', '\t']);
        let before = ended.strip_suffix('\\').filter(|before| !before.ends_with('\\'));
        line.push_str(before.unwrap_or(physical));
        goes_on = before.is_some();
    }
    (!goes_on && text.contains('\n')).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn lines_that_go_on_are_one_line() {
        for (text, line) in [
            ("a && \\\n  b", Some("a &&   b")),
            ("a && \\  \n# why\n\n\tb \\\n  # how\n c\n", Some("a && \tb  c")),
            ("a", None),
            ("a\nb", None),
            ("a \\\nb\nc", None),
            ("a \\\\\nb", None),
            ("a \\", None),
            ("a \\\n# b", None),
            ("# a\nb", None),
        ] {
            assert_eq!(joined(text).as_deref(), line, "{text}");
        }
    }
}
