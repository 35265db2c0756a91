//! Wraps sentences at a width, with a hanging indent.

/// `text` after `first`, later lines after `rest`; lines that are indented in `text` are kept as they are. Ends in
/// a newline.
///
/// No line is begun with `::` or `##[`, which a continuous integration server would take for a command.
pub(super) fn hanging(first: &str, rest: &str, text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut indent = first;
    for line in text.trim_end().split('\n') {
        if line.trim().is_empty() {
            out.push('\n');
            continue;
        }
        out.push_str(indent);
        if line.starts_with([' ', '\t']) {
            out.push_str(line);
        } else {
            fill(&mut out, line, indent.chars().count(), rest, width);
        }
        indent = rest;
        out.push('\n');
    }
    out
}

/// Adds a line that begins at column `start`.
fn fill(out: &mut String, line: &str, start: usize, rest: &str, width: usize) {
    let width = width.max(rest.len() + 20);
    let mut column = start;
    for (index, word) in units(line, width - rest.len()).into_iter().enumerate() {
        let length = word.chars().count();
        let is_command = word.starts_with("::") || word.starts_with("##[");
        if index > 0 && column + 1 + length > width && !is_command {
            out.push('\n');
            out.push_str(rest);
            column = rest.len();
        } else if index > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
}

/// The words of a line; a piece of code between backticks is one, unless it is longer than a line.
fn units(line: &str, longest: usize) -> Vec<&str> {
    let mut units = Vec::new();
    let mut start = 0;
    for (at, _) in line.match_indices(' ') {
        let unit = &line[start..at];
        let open = unit.matches('`').count() % 2 == 1;
        let closes =
            line[at..].find('`').is_some_and(|end| line[start..=at + end].chars().count() <= longest);
        if !(open && closes) {
            units.push(unit);
            start = at + 1;
        }
    }
    units.push(&line[start..]);
    units
}

#[cfg(test)]
mod tests {
    use super::hanging;

    #[test]
    fn sentences_are_wrapped_and_examples_are_not() {
        let text = "use the name of a service that is there\n    needs postgres\nand so on";
        assert_eq!(
            hanging("  help: ", "        ", text, 34),
            "  help: use the name of a service\n        that is there\n            needs postgres\n        and so on\n"
        );
    }

    #[test]
    fn code_is_not_broken() {
        assert_eq!(
            hanging("  help: ", "        ", "write it as `needs db started` there", 34),
            "  help: write it as\n        `needs db started` there\n"
        );
    }

    #[test]
    fn the_first_line_may_begin_further_to_the_right() {
        assert_eq!(
            hanging("error[a-code]: ", "  ", "one two three four", 25),
            "error[a-code]: one two\n  three four\n"
        );
    }

    #[test]
    fn no_line_begins_like_a_command_of_a_server() {
        let text = "the value is long enough to wrap ::error::x";
        assert!(!hanging("  ", "  ", text, 34).lines().any(|line| line.trim_start().starts_with("::")));
    }
}
