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
        indent = rest;
        if line.starts_with([' ', '\t']) {
            out.push_str(line);
        } else {
            fill(&mut out, line, rest, width);
        }
        out.push('\n');
    }
    out
}

fn fill(out: &mut String, line: &str, rest: &str, width: usize) {
    let room = width.saturating_sub(rest.len()).max(20);
    let mut used = 0;
    for word in line.split(' ') {
        let length = word.chars().count();
        let is_command = word.starts_with("::") || word.starts_with("##[");
        if used > 0 && used + 1 + length > room && !is_command {
            out.push('\n');
            out.push_str(rest);
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
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
    fn no_line_begins_like_a_command_of_a_server() {
        let text = "the value is long enough to wrap ::error::x";
        assert!(!hanging("  ", "  ", text, 34).lines().any(|line| line.trim_start().starts_with("::")));
    }
}
