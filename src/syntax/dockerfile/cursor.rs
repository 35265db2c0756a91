//! From what pest matched in the arguments of an instruction to their parts, each with its place.

use pest::Parser as _;
use pest::iterators::Pair;

use super::tree::Escape;

#[allow(missing_docs, unreachable_pub, clippy::pedantic)]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "grammar/dockerfile.pest"]
    pub struct DockerfileParser;
}

use grammar::{DockerfileParser, Rule};

/// A part of a text, in bytes, and what it says.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: String,
}

/// `--name=value`: the bytes of the whole, where its name ends, and what is left of both without quotes and escapes.
#[derive(Debug)]
pub(super) struct RawFlag {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) name_end: usize,
    pub(super) name: String,
    pub(super) value: Option<String>,
}

/// The flags before the arguments, and where they end; `--` alone ends them.
pub(super) fn flags(text: &str, escape: Escape) -> (Vec<RawFlag>, usize) {
    if !text.trim_start().starts_with("--") {
        return (Vec::new(), 0);
    }
    let rule = match escape {
        Escape::Backslash => Rule::flags_backslash,
        Escape::Backtick => Rule::flags_backtick,
    };
    let mut flags = Vec::new();
    let mut end = 0;
    for pair in matched(rule, text) {
        end = pair.as_span().end();
        match raw_flag(&pair, escape) {
            Some(flag) => flags.push(flag),
            None => break,
        }
    }
    (flags, end)
}

/// `None` for `--` alone.
fn raw_flag(pair: &Pair<'_, Rule>, escape: Escape) -> Option<RawFlag> {
    let (start, end) = (pair.as_span().start(), pair.as_span().end());
    let mut text = String::with_capacity(end - start);
    let mut equals = None;
    let mut quote = None;
    let mut characters = pair.as_str().char_indices();
    while let Some((at, character)) = characters.next() {
        if quote == Some(character) {
            quote = None;
        } else if quote.is_none() && matches!(character, '"' | '\'') {
            quote = Some(character);
        } else if let Some((at, said)) = meant((at, character), &mut characters, escape) {
            if said == '=' && equals.is_none() {
                equals = Some((text.len(), start + at));
            }
            text.push(said);
        }
    }
    if text == "--" {
        return None;
    }
    let (name, value, name_end) = match equals {
        Some((at, source)) => (&text[..at], Some(text[at + 1..].to_owned()), source),
        None => (text.as_str(), None, end),
    };
    let name = name.strip_prefix("--").unwrap_or(name).to_owned();
    Some(RawFlag { start, end, name_end, name, value })
}

/// The character that is meant where an escape character may stand; none if it is the last.
fn meant(
    read: (usize, char),
    rest: &mut impl Iterator<Item = (usize, char)>,
    escape: Escape,
) -> Option<(usize, char)> {
    if read.1 == escape.character() { rest.next() } else { Some(read) }
}

/// The words of `ENV`, `LABEL` and `ARG`.
pub(super) fn words(text: &str, escape: Escape) -> Vec<Part> {
    let rule = match escape {
        Escape::Backslash => Rule::words_backslash,
        Escape::Backtick => Rule::words_backtick,
    };
    let mut words = Vec::new();
    for pair in matched(rule, text) {
        let start = pair.as_span().start();
        let end = pair.as_span().end();
        let said = match pair.into_inner().next() {
            Some(dangling) => dangling.as_span().start(),
            None => end,
        };
        if said > start {
            words.push(Part { start, end: said, text: text[start..said].to_owned() });
        }
    }
    words
}

/// Arguments between white space.
pub(super) fn fields(text: &str) -> Vec<Part> {
    let part = |pair: Pair<'_, Rule>| Part {
        start: pair.as_span().start(),
        end: pair.as_span().end(),
        text: pair.as_str().to_owned(),
    };
    matched(Rule::fields, text).map(part).collect()
}

/// The strings of a JSON array, if `text` is one of nothing else; each with its quotes as its place.
pub(super) fn array(text: &str) -> Option<Vec<Part>> {
    if !text.starts_with('[') {
        return None;
    }
    let whole = DockerfileParser::parse(Rule::array, text).ok()?.next()?;
    let strings = whole.into_inner().filter(|pair| pair.as_rule() == Rule::string);
    let part = |pair: Pair<'_, Rule>| Part {
        start: pair.as_span().start(),
        end: pair.as_span().end(),
        text: unescape(&pair.as_str()[1..pair.as_str().len() - 1]),
    };
    Some(strings.map(part).collect())
}

/// What a JSON string says; half of a surrogate pair is the replacement character, as the builder has it.
fn unescape(raw: &str) -> String {
    let mut said = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        said.push_str(&rest[..at]);
        let (code, after) = rest[at + 1..].split_at(1);
        rest = after;
        match code {
            "b" => said.push('\u{8}'),
            "f" => said.push('\u{c}'),
            "n" => said.push('\n'),
            "r" => said.push('\r'),
            "t" => said.push('\t'),
            "u" => {
                let first = unit(rest);
                rest = &rest[4..];
                let second = rest.strip_prefix("\\u").map(unit);
                let both: Vec<u16> = std::iter::once(first).chain(second).collect();
                match char::decode_utf16(both.iter().copied()).next() {
                    Some(Ok(character)) => {
                        said.push(character);
                        if character.len_utf16() == 2 {
                            rest = &rest[6..];
                        }
                    }
                    Some(Err(_)) | None => said.push('\u{fffd}'),
                }
            }
            itself => said.push_str(itself),
        }
    }
    said.push_str(rest);
    said
}

fn unit(digits: &str) -> u16 {
    u16::from_str_radix(&digits[..4], 16).expect("the grammar guarantees four hexadecimal digits")
}

/// The parts that `rule` finds from the beginning of the text on.
fn matched(rule: Rule, text: &str) -> impl Iterator<Item = Pair<'_, Rule>> {
    // Every rule that is asked for here matches the empty text.
    // pest itself refuses when less than 64 KiB of stack are left; nothing here recurses, so they are.
    let pairs = DockerfileParser::parse(rule, text).expect("the grammar accepts every text");
    pairs.flat_map(Pair::into_inner)
}
