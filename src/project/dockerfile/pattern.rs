//! The patterns of `${NAME#pattern}` and its like: `*`, `?`, and nothing else that is special.
//!
//! Source: `BuildKit`, frontend/dockerfile/shell/lex.go, `convertShellPatternToRegex`.

/// Longer texts and patterns are not compared: matching takes time by their product, and replacing by its power.
const MAX_BYTES: usize = 256;

/// From which side a value is trimmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// `#`
    Start,
    /// `%`
    End,
}

/// Which of several matches counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greed {
    /// `#`, `%`
    Shortest,
    /// `##`, `%%`
    Longest,
}

/// A part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// `*`
    Any,
    /// `?`
    One,
    /// A character that stands for itself.
    Itself(char),
}

/// `value` without what the pattern matches at its side; `None` for a pattern that the builder refuses, or that is
/// too long to be tried.
pub(super) fn trim(value: &str, pattern: &str, side: Side, greed: Greed) -> Option<String> {
    let mut parts = parts(pattern, value)?;
    let mut characters: Vec<char> = value.chars().collect();
    if side == Side::End {
        parts.reverse();
        characters.reverse();
    }
    let ends = ends(&parts, &characters);
    let end = match greed {
        Greed::Shortest => ends.first(),
        Greed::Longest => ends.last(),
    };
    let rest = &characters[end.copied().unwrap_or(0)..];
    Some(match side {
        Side::Start => rest.iter().collect(),
        Side::End => rest.iter().rev().collect(),
    })
}

/// `value` with the first longest match, or all of them, replaced; `None` as with [`trim`], and for a replacement that
/// refers to what was matched.
pub(super) fn replace(value: &str, pattern: &str, by: &str, all: bool) -> Option<String> {
    let parts = parts(pattern, value)?;
    if parts.is_empty() || by.contains('$') {
        return None;
    }
    let characters: Vec<char> = value.chars().collect();
    let (mut replaced, mut at) = (String::new(), 0);
    while at < characters.len() {
        let longest = ends(&parts, &characters[at..]).last().copied().filter(|end| *end > 0);
        let Some(end) = longest else {
            replaced.push(characters[at]);
            at += 1;
            continue;
        };
        replaced.push_str(by);
        at += end;
        if !all {
            break;
        }
    }
    replaced.extend(&characters[at..]);
    Some(replaced)
}

fn parts(pattern: &str, value: &str) -> Option<Vec<Part>> {
    if pattern.len() > MAX_BYTES || value.len() > MAX_BYTES {
        return None;
    }
    let mut parts = Vec::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        parts.push(match character {
            '*' => Part::Any,
            '?' => Part::One,
            '\\' => match characters.next() {
                Some(escaped @ ('}' | '/' | '*' | '?' | '\\')) => Part::Itself(escaped),
                Some(_) | None => return None,
            },
            itself => Part::Itself(itself),
        });
    }
    Some(parts)
}

/// Where a match that begins at the start of `text` can end, in order.
fn ends(parts: &[Part], text: &[char]) -> Vec<usize> {
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for part in parts {
        let mut next = vec![false; text.len() + 1];
        match part {
            Part::Any => {
                let mut any = false;
                for (at, is_reached) in reached.iter().enumerate() {
                    // A line ending is not matched by the `.` that the builder makes of it.
                    any = (any && at > 0 && text[at - 1] != '\n') || *is_reached;
                    next[at] = any;
                }
            }
            Part::One | Part::Itself(_) => {
                for (at, character) in text.iter().enumerate() {
                    let fits = match part {
                        Part::Itself(itself) => itself == character,
                        Part::One | Part::Any => *character != '\n',
                    };
                    next[at + 1] = reached[at] && fits;
                }
            }
        }
        reached = next;
    }
    reached.iter().enumerate().filter(|(_, is_reached)| **is_reached).map(|(at, _)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::{Greed, Side, replace, trim};

    #[test]
    fn a_match_is_cut_from_its_side() {
        for (value, pattern, side, greed, expected) in [
            ("a/b/c", "*/", Side::Start, Greed::Shortest, Some("b/c")),
            ("a/b/c", "*/", Side::Start, Greed::Longest, Some("c")),
            ("a/b/c", "/*", Side::End, Greed::Shortest, Some("a/b")),
            ("a/b/c", "/*", Side::End, Greed::Longest, Some("a")),
            ("v1.2", "v", Side::Start, Greed::Shortest, Some("1.2")),
            ("1.2", "v", Side::Start, Greed::Shortest, Some("1.2")),
            ("a*b", r"a\*", Side::Start, Greed::Shortest, Some("b")),
            ("a.b", "a.", Side::Start, Greed::Shortest, Some("b")),
            ("axb", "a.", Side::Start, Greed::Shortest, Some("axb")),
            ("a", r"\a", Side::Start, Greed::Shortest, None),
        ] {
            assert_eq!(trim(value, pattern, side, greed).as_deref(), expected, "{value} {pattern}");
        }
    }

    #[test]
    fn the_longest_match_is_replaced_once_or_everywhere() {
        assert_eq!(replace("linux/amd64", "/", "-", false).as_deref(), Some("linux-amd64"));
        assert_eq!(replace("a.b.c", ".", "", true).as_deref(), Some("abc"));
        assert_eq!(replace("a.b.c", ".*", "", false).as_deref(), Some("a"));
        assert_eq!(replace("abc", "x", "y", true).as_deref(), Some("abc"));
        assert_eq!(replace("abc", "b", "$0", true), None);
    }
}
