//! Secrets that are known by their letters, in any text. One pass finds the keywords; the expression of a shape is
//! compiled when one of its keywords is there, and is tried around it alone.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use crate::vocabulary::secrets::{EXCEPTIONS, SHAPES, Shape, Target};

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where.
    pub(crate) range: Range<usize>,
    /// Its shape: `aws-access-token`.
    pub(crate) shape: &'static str,
}

/// Around a keyword so many bytes of its line are looked at, before and behind it.
const MOST_OF_A_LINE: usize = 4 * 1024;

/// What runs over several lines ends so many bytes behind its keyword.
const MOST_OF_A_TEXT: usize = 16 * 1024;

/// So many bytes are given to expressions for one text, one byte as often as expressions look at it.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The secrets of known shapes in a text, in order of place; of those that overlap the first, and of these the one that
/// is named first.
pub(crate) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut bytes = MOST_BYTES;
    for (index, windows) in windows(text) {
        let shape = &SHAPES[index];
        let expression = expression(index);
        for window in windows {
            let Some(rest) = bytes.checked_sub(window.len()) else { break };
            bytes = rest;
            for captures in expression.captures_iter(&text.as_bytes()[window.clone()]) {
                let group = match shape.group {
                    0 => captures.iter().skip(1).flatten().find(|group| !group.is_empty()),
                    group => captures.get(group),
                };
                let Some(secret) = group.or_else(|| captures.get(0)) else { continue };
                let range = on_letters(text, window.start + secret.start()..window.start + secret.end());
                if is_secret(shape, text[range.clone()].trim_matches('\n')) {
                    found.push(Found { range, shape: shape.name });
                }
            }
        }
    }
    found.sort_by(|a, b| (a.range.start, a.shape).cmp(&(b.range.start, b.shape)));
    let mut end = 0;
    found.retain(|one| {
        let is_first = one.range.start >= end;
        end = if is_first { one.range.end } else { end };
        is_first
    });
    found
}

/// Whether what matched a shape is a secret: it is random enough, and neither an exception nor a placeholder.
fn is_secret(shape: &Shape, secret: &str) -> bool {
    let lower = secret.to_lowercase();
    let is_exception = EXCEPTIONS.iter().zip(&*EXCEPTION_EXPRESSIONS).any(|(exception, expression)| {
        exception.shape.is_none_or(|name| name == shape.name)
            && match exception.target {
                Target::Word => lower.contains(exception.expression),
                Target::Secret => expression.as_ref().is_some_and(|one| one.is_match(secret.as_bytes())),
            }
    });
    (shape.entropy <= 0.0 || entropy(secret) > shape.entropy) && !is_exception && !is_placeholder(&lower)
}

/// Whether a value stands for one that a person is to put there.
pub(crate) fn is_placeholder(lower: &str) -> bool {
    lower.starts_with(['<', '{', '[', '%'])
        || lower.contains("${")
        || lower.contains("$(")
        || PLACEHOLDERS.iter().any(|word| lower.contains(word))
}

/// What is said in the place of a secret.
const PLACEHOLDERS: &[&str] = &[
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "change_this",
    "change-this",
    "changethis",
    "replace",
    "your_",
    "your-",
    "yourkey",
    "yoursecret",
    "yourtoken",
    "insert",
    "dummy",
    "xxxx",
    "****",
    "....",
    "00000000",
    "12345678",
];

/// Shannon's entropy in bits a byte, as gitleaks has it.
fn entropy(text: &str) -> f64 {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for letter in text.chars() {
        *counts.entry(letter).or_default() += 1;
    }
    let length: f64 = counts.values().copied().map(f64::from).sum();
    counts.values().map(|count| f64::from(*count) / length).map(|share| -share * share.log2()).sum()
}

/// The places that each shape is looked for in: the lines around its keywords, those that touch as one.
fn windows(text: &str) -> BTreeMap<usize, Vec<Range<usize>>> {
    let mut windows: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
    let mut line = 0..0;
    for hit in KEYWORDS.automaton.find_overlapping_iter(text) {
        if hit.end() > line.end {
            line.start = text[..hit.start()].rfind('\n').map_or(0, |at| at + 1);
            line.end = text[hit.end()..].find('\n').map_or(text.len(), |at| hit.end() + at);
        }
        let start = line.start.max(hit.start().saturating_sub(MOST_OF_A_LINE));
        for index in &KEYWORDS.shapes[hit.pattern().as_usize()] {
            let end = if SHAPES[*index].is_long {
                text.len().min(hit.end() + MOST_OF_A_TEXT)
            } else {
                line.end.min(hit.end() + MOST_OF_A_LINE)
            };
            let list = windows.entry(*index).or_default();
            match list.last_mut() {
                Some(last) if start <= last.end => last.end = last.end.max(end),
                Some(_) | None => list.push(start..end),
            }
        }
    }
    windows
}

/// The keywords of all shapes, and which shapes each of them is one of.
struct Keywords {
    automaton: AhoCorasick,
    shapes: Vec<Vec<usize>>,
}

static KEYWORDS: LazyLock<Keywords> = LazyLock::new(|| {
    let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, shape) in SHAPES.iter().enumerate() {
        for word in shape.keywords.split(' ') {
            by_word.entry(word).or_default().push(index);
        }
    }
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(by_word.keys())
        .expect("the keywords of our own table make an automaton");
    Keywords { automaton, shapes: by_word.into_values().collect() }
});

static EXPRESSIONS: LazyLock<Vec<OnceLock<Regex>>> =
    LazyLock::new(|| SHAPES.iter().map(|_| OnceLock::new()).collect());

fn expression(index: usize) -> &'static Regex {
    EXPRESSIONS[index].get_or_init(|| compile(SHAPES[index].expression))
}

static EXCEPTION_EXPRESSIONS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    let each = EXCEPTIONS.iter();
    each.map(|one| (one.target == Target::Secret).then(|| compile(one.expression))).collect()
});

/// As Go reads it: classes such as `\w` are ASCII's.
fn compile(expression: &str) -> Regex {
    let mut builder = RegexBuilder::new(expression);
    builder.unicode(false).build().expect("the expressions of our own table compile")
}

/// A range of bytes with whole letters at its ends.
fn on_letters(text: &str, range: Range<usize>) -> Range<usize> {
    let start = (0..=range.start).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let end = (range.end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &str) -> Vec<&'static str> {
        find(text).into_iter().map(|found| found.shape).collect()
    }

    /// Letters that look random, of a kind; nothing here looks like the key of anybody.
    fn letters(alphabet: &str, count: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..count).map(|index| alphabet[(index * 7 + index * index * 3 + 5) % alphabet.len()]).collect()
    }

    const UPPER: &str = "QWERTYUIOPASDFGHJKLZXCVBNM234567";
    const ALL: &str = "qwertzuiopasdfghjklyxcvbnmQWERTZUIOPASDFGHJKLYXCVBNM0123456789";

    #[test]
    fn every_expression_compiles_and_every_keyword_is_in_lower_case() {
        for (index, shape) in SHAPES.iter().enumerate() {
            expression(index);
            assert!(!shape.keywords.is_empty(), "{}", shape.name);
            assert_eq!(shape.keywords, shape.keywords.to_lowercase(), "{}", shape.name);
        }
        assert!(!EXCEPTION_EXPRESSIONS.is_empty());
        assert!(
            EXCEPTIONS.iter().filter_map(|one| one.shape).all(|name| SHAPES.iter().any(|s| s.name == name))
        );
    }

    #[test]
    fn tokens_are_known_by_their_letters_wherever_they_stand() {
        let aws = format!("AK{}{}", "IA", letters(UPPER, 16));
        let github = format!("gh{}_{}", "p", letters(ALL, 36));
        let slack = format!(
            "xo{}-{}-{}-{}",
            "xb",
            letters("1029384756", 11),
            letters("5647382910", 11),
            letters(ALL, 24)
        );
        for (text, shape) in [
            (format!("ENV ID={aws}\n"), "aws-access-token"),
            (format!("RUN git clone https://x:{github}@github.com/a/b\n"), "github-pat"),
            (format!("    token: \"{github}\"\r\n"), "github-pat"),
            (format!("ü {slack} ü"), "slack-bot-token"),
        ] {
            assert_eq!(shapes(&text), [shape], "{text}");
        }
        let both = format!("a {aws}\nb {github}\n");
        let found = find(&both);
        assert_eq!(&both[found[0].range.clone()], aws);
        assert_eq!(&both[found[1].range.clone()], github);
    }

    #[test]
    fn a_private_key_runs_over_lines() {
        let body = [letters(ALL, 64), letters(ALL, 63), letters(ALL, 40)].join("\n");
        let text =
            format!("-----BEGIN RSA PRIVATE {0}-----\n{body}\n-----END RSA PRIVATE {0}-----\nx", "KEY");
        let found = find(&text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].range, 0..text.len() - 2);
    }

    #[test]
    fn placeholders_and_what_is_not_random_are_silent() {
        for text in [
            format!("AK{}IOSFODNN7EXAMPLE", "IA"),
            format!("gh{}_{}", "p", "a".repeat(36)),
            format!("gh{}_{}", "p", "x".repeat(36)),
            format!("sk_{}_your_key_goes_here_please", "live"),
            "image: sourcegraph/x@0123456789abcdef0123456789abcdef01234567".to_owned(),
            "curl -u \"$USER:$PASS\" https://example.org".to_owned(),
            "ANSIBLE_ASIAN_FOOD".to_owned(),
        ] {
            assert_eq!(shapes(&text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_text_full_of_keywords_takes_no_longer_than_the_bound() {
        let words: Vec<&str> = SHAPES.iter().flat_map(|shape| shape.keywords.split(' ')).collect();
        let line = words.join(" ").repeat(200);
        assert!(line.len() > 200_000);
        find(&line);
        find(&line.replace(' ', "\n"));
    }
}
