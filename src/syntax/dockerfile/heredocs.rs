//! `<<NAME` on an instruction's line, and the lines that belong to it.

use std::collections::HashMap;

use super::keyword::Keyword;
use super::lines::Physical;
use super::shell::{Raw, words};

/// `<<NAME`, with its place in bytes of the line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Opener {
    pub(super) name: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) file_descriptor: u64,
    pub(super) expand: bool,
    pub(super) chomp: bool,
}

/// Those of a line, in order. The escape character is `\` here whatever the file says.
pub(super) fn openers(line: &str) -> Vec<Opener> {
    if !line.contains("<<") {
        return Vec::new();
    }
    let found = words(line, Raw { quotes: true, escapes: true }).unwrap_or_default();
    found.iter().filter_map(|word| opener(&word.text, word.start, word.end)).collect()
}

/// Whether a word is `<<NAME`.
pub(super) fn is_opener(word: &str) -> bool {
    opener(word, 0, word.len()).is_some()
}

fn opener(word: &str, start: usize, end: usize) -> Option<Opener> {
    let (digits, rest) = word.split_once("<<")?;
    if rest.contains('<') || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let chomp = rest.starts_with('-');
    let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
    let only = |quotes| match words(rest, Raw { quotes, escapes: false }).ok()?.as_mut_slice() {
        [word] => Some(std::mem::take(&mut word.text)),
        _ => None,
    };
    let (name, raw) = (only(false)?, only(true)?);
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    let file_descriptor = if digits.is_empty() { 0 } else { digits.parse().unwrap_or(u64::MAX) };
    Some(Opener { expand: quotes(&name) == quotes(&raw), name, start, end, file_descriptor, chomp })
}

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By its delimiter on this line.
    Closed(Physical),
    /// There is none: it is taken to end before this place.
    Open(usize),
    /// There is none, but a line that has it with something else that is white space.
    Near(Physical),
}

/// Looks for delimiters in a text, in linear time whatever is missing.
#[derive(Debug)]
pub(super) struct Bodies<'a> {
    text: &'a str,
    /// The lines by what they say, made when the first delimiter is missing; without tabs before them in the second.
    lines: [Option<HashMap<&'a str, Vec<usize>>>; 2],
}

impl<'a> Bodies<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, lines: [None, None] }
    }

    /// Where the body ends that begins at `from`.
    pub(super) fn end(&mut self, opener: &Opener, from: usize) -> End {
        let said = |line: Physical| {
            let line = line.text(self.text);
            if opener.chomp { line.trim_start_matches('\t') } else { line }
        };
        let slot = usize::from(opener.chomp);
        if self.lines[slot].is_none() {
            let found = physical(self.text, from).find(|line| said(*line) == opener.name);
            if let Some(line) = found {
                return End::Closed(line);
            }
            let mut lines: HashMap<&str, Vec<usize>> = HashMap::new();
            for line in physical(self.text, from) {
                lines.entry(said(line)).or_default().push(line.start);
            }
            self.lines[slot] = Some(lines);
        }
        let starts = self.lines[slot].as_ref().and_then(|lines| lines.get(opener.name.as_str()));
        let start = starts.and_then(|starts| starts.get(starts.partition_point(|start| *start < from)));
        match start {
            Some(start) => End::Closed(Physical::at(self.text, *start)),
            None => self.likely_end(&opener.name, from),
        }
    }

    /// The first line that is the delimiter but for white space, or that begins like another instruction.
    fn likely_end(&self, name: &str, from: usize) -> End {
        for line in physical(self.text, from) {
            let said = line.text(self.text);
            if said.trim() == name.trim() && !name.trim().is_empty() {
                return End::Near(line);
            }
            let word = said.split([' ', '\t']).next().unwrap_or_default();
            if word.len() < said.len() && Keyword::of(word).name() == word && !word.is_empty() {
                return End::Open(line.start);
            }
        }
        End::Open(self.text.len())
    }
}

/// The lines from `start` on.
fn physical(text: &str, start: usize) -> impl Iterator<Item = Physical> {
    let mut next = start;
    std::iter::from_fn(move || {
        (next < text.len()).then(|| {
            let line = Physical::at(text, next);
            next = line.next;
            line
        })
    })
}
