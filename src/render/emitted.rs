//! Lines of an artefact without the secrets that may be in them.

use super::redact::{Masks, PLACEHOLDER};
use crate::source::{Origin, Origins, SourceMap, Span, Via};

/// How much of a line is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// All of it.
    All,
    /// What stands before its value.
    Name,
    /// Nothing.
    Nothing,
}

/// For each line of an artefact whether a masked text is among what made it.
pub fn secret_lines(
    lines: &[Vec<Origin>],
    origins: &Origins,
    masks: &Masks,
    sources: &SourceMap,
) -> Vec<bool> {
    let is_secret = |via: Via, span: Span| {
        masks.covering(span.file, span.start as usize).is_some()
            // A statement of several lines is more than its secret; a value of raw text is not.
            || masks.touches(span) && (via == Via::Raw || !sources.text(span).contains('\n'))
    };
    let hides = |of_line: &Vec<Origin>| {
        let mut causes = of_line.iter().flat_map(|origin| origins.chain(*origin));
        causes.any(|cause| cause.at.is_some_and(|at| is_secret(cause.via, at)))
    };
    lines.iter().map(hides).collect()
}

/// The lines of a text without what is secret: `secret` says in which there is such a value, `hidden` are texts that
/// are shown nowhere, longest first.
pub fn lines(text: &str, secret: &[bool], hidden: &[&str]) -> Vec<String> {
    let shown = shown_lines(text, |index, _| secret.get(index).copied().unwrap_or(false));
    text.lines().zip(shown).map(|(line, shown)| redacted(line, shown, hidden)).collect()
}

/// How much of each line is shown. Lines that are indented further than one with a secret value belong to it.
pub(super) fn shown_lines(text: &str, is_secret: impl Fn(usize, &str) -> bool) -> Vec<Shown> {
    let mut value_of: Option<usize> = None;
    let show = |(index, line): (usize, &str)| {
        let indent = line.len() - line.trim_start().len();
        if value_of.is_some_and(|outer| indent > outer || line.trim().is_empty()) {
            return Shown::Nothing;
        }
        value_of = None;
        match (is_secret(index, line) && !line.trim().is_empty(), assignment(line)) {
            (false, _) => Shown::All,
            (true, None) => Shown::Nothing,
            // A heading such as `environment:`.
            (true, Some((_, value))) if value.trim().is_empty() => Shown::All,
            (true, Some(_)) => {
                value_of = Some(indent);
                Shown::Name
            }
        }
    };
    text.lines().enumerate().map(show).collect()
}

/// The name and the value of a line that has both.
pub(super) fn assignment(line: &str) -> Option<(&str, &str)> {
    line.split_once([':', '=']).map(|(name, value)| (name.trim_start_matches([' ', '-']), value))
}

/// What is shown of a line, without the hidden texts.
pub(super) fn redacted(line: &str, shown: Shown, hidden: &[&str]) -> String {
    let indent = line.len() - line.trim_start_matches([' ', '-']).len();
    let mut text = match shown {
        Shown::All => line.to_owned(),
        Shown::Nothing => format!("{}{PLACEHOLDER}", &line[..indent]),
        Shown::Name => {
            let end = line.find([':', '=']).map_or(indent, |at| at + 1);
            let space = if line[end..].starts_with(' ') { " " } else { "" };
            format!("{}{space}{PLACEHOLDER}", &line[..end])
        }
    };
    for value in hidden {
        text = text.replace(value, PLACEHOLDER);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_hidden_with_its_further_lines_and_a_blank_line_is_not() {
        let text = "\nenv:\n  KEY: |\n    one\n\n    two\n  B: hunter2-too\n";
        let secret = [true, false, true, true, true, true, false];
        assert_eq!(
            lines(text, &secret, &["hunter2"]),
            ["", "env:", "  KEY: [secret]", "    [secret]", "[secret]", "    [secret]", "  B: [secret]-too"]
        );
    }
}
