//! Reads a word of a configuration, bare or quoted, and what is wrong with it.

use super::lexer::{Lexer, MAX_WORD_BYTES};
use super::tokens::{Kind, Word};
use super::tree::{MistakeKind, Quoting};

/// A tag of a template is searched for its end so far: none is longer, and no text is read again and again.
const MAX_TAG_BYTES: usize = 1000;

/// What begins and ends the tags of Jinja, Go and ERB templates.
const TAGS: &[(&str, &str)] = &[("{{", "}}"), ("{%", "%}"), ("<%", "%>")];

impl Lexer<'_> {
    /// Whether a tag of a template begins here, where a block could. `{#` is one only where no block can begin.
    pub(super) fn template_begins(&self) -> bool {
        let head = matches!(self.tokens.last(), Some(token) if matches!(token.kind, Kind::Word(_)));
        self.tag_end(self.at).is_some() || (!head && self.jinja_comment_end().is_some())
    }

    /// Reads the word that begins here.
    pub(super) fn word(&mut self) {
        match self.byte(self.at) {
            Some(b'"') => self.quoted(b'"', Quoting::Double),
            Some(b'\'') => self.quoted(b'\'', Quoting::Single),
            _ => self.bare(),
        }
    }

    /// One past the tag that begins at `at`.
    fn tag_end(&self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        let (open, close) = TAGS.iter().find(|(open, _)| rest.starts_with(open))?;
        near(rest)[open.len()..].find(close).map(|found| at + open.len() + found + close.len())
    }

    fn jinja_comment_end(&self) -> Option<usize> {
        let rest = &self.text[self.at..];
        let line = near(rest).lines().next()?;
        line.strip_prefix("{#")?.find("#}").map(|found| self.at + found + 4)
    }

    fn bare(&mut self) {
        let start = self.at;
        let mut end = start;
        let mut variable = false;
        let (mut template, mut repetition) = (false, false);
        if self.byte(start) == Some(b'{')
            && let Some(tag_end) = self.jinja_comment_end()
        {
            self.mistake(MistakeKind::Template, start, tag_end);
            (end, template) = (tag_end, true);
        }
        while let Some(byte) = self.byte(end) {
            match byte {
                b'{' if variable => end += 1,
                b'{' | b'<' if self.tag_end(end).is_some() => {
                    let tag_end = self.tag_end(end).unwrap_or(end + 1);
                    self.mistake(MistakeKind::Template, end, tag_end);
                    (end, template, variable) = (tag_end, true, false);
                }
                b'{' => match self.repetition_end(end) {
                    Some(brace_end) => {
                        (end, repetition, variable) = (brace_end, true, false);
                    }
                    None => break,
                },
                b' ' | b'\t' | b'\r' | b'\n' | b';' => break,
                b'\\' => {
                    end = (end + 2).min(self.text.len());
                    variable = false;
                }
                byte => {
                    end += 1;
                    variable = byte == b'$';
                }
            }
        }
        // A backslash may stand before a character of several bytes.
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        if template && self.indent.is_some() && self.is_alone(start, end) {
            return self.push(Kind::Junk, end);
        }
        if repetition {
            self.mistake(MistakeKind::BraceInWord, start, end);
        }
        if !template {
            end = self.without_closing_braces(start, end);
        }
        self.finish_bare(end, template || repetition);
    }

    fn finish_bare(&mut self, end: usize, damaged: bool) {
        let start = self.at;
        let raw = &self.text[start..end];
        let long = raw.len() > MAX_WORD_BYTES;
        if long {
            self.mistake(MistakeKind::TooLong, start, end);
        }
        self.note_word(end);
        let word = Word { quoting: Quoting::Bare, cooked: cook(raw), damaged: damaged || long };
        self.push(Kind::Word(word), end);
    }

    /// One past `{4}`, `{2,}`, `{2,4}`: what a regular expression repeats.
    fn repetition_end(&self, open: usize) -> Option<usize> {
        let inside = &self.text.as_bytes()[open + 1..];
        let length = inside.iter().take(12).take_while(|b| b.is_ascii_digit() || **b == b',').count();
        let counts = inside.first().is_some_and(u8::is_ascii_digit);
        (open > self.at && counts && inside.get(length) == Some(&b'}')).then_some(open + length + 2)
    }

    /// Whether nothing else stands on the line of a tag.
    fn is_alone(&self, start: usize, end: usize) -> bool {
        let line = self.text[end..].split('\n').next().unwrap_or_default();
        self.tag_end(start).or(self.jinja_comment_end()) == Some(end)
            && line.trim_matches([' ', '\t', '\r']).is_empty()
    }

    /// Leaves the braces at the end of a line to the block that they were meant to close: `listen 80}`.
    fn without_closing_braces(&self, start: usize, end: usize) -> usize {
        let raw = &self.text[start..end];
        let rest = self.text[end..].trim_start_matches([' ', '\t', '\r']);
        if !raw.ends_with('}') || !(rest.is_empty() || rest.starts_with('\n')) {
            return end;
        }
        let count = |brace: u8| raw.bytes().filter(|b| *b == brace).count();
        let mut surplus = count(b'}').saturating_sub(count(b'{'));
        let mut kept = raw;
        while let Some(shorter) =
            kept.strip_suffix('}').filter(|shorter| surplus > 0 && !shorter.ends_with('\\'))
        {
            kept = shorter;
            surplus -= 1;
        }
        start + kept.len().max(1)
    }

    fn quoted(&mut self, quote: u8, quoting: Quoting) {
        let Some(close) = self.closing_quote(quote) else { return self.unclosed(quoting) };
        let inside = &self.text[self.at + 1..close];
        let (mut end, mut damaged) = (close + 1, inside.len() >= MAX_WORD_BYTES);
        if damaged {
            self.mistake(MistakeKind::TooLong, self.at, end);
        }
        if !matches!(self.byte(end), None | Some(b' ' | b'\t' | b'\r' | b'\n' | b';' | b'{' | b')' | b'}')) {
            let first_line = inside.split_once('\n').map(|(line, _)| line.trim_end());
            if first_line.is_some_and(|line| line.ends_with(';')) {
                return self.unclosed(quoting);
            }
            let glued = end;
            end += self.text[end..]
                .find([' ', '\t', '\r', '\n', ';', '{', '}'])
                .unwrap_or(self.text.len() - end);
            self.mistake(MistakeKind::AfterQuote, glued, end);
            damaged = true;
        }
        let cooked = cook(inside).or_else(|| (end > close + 1).then(|| inside.into()));
        self.note_word(end);
        self.push(Kind::Word(Word { quoting, cooked, damaged }), end);
    }

    fn closing_quote(&self, quote: u8) -> Option<usize> {
        let mut at = self.at + 1;
        loop {
            match self.byte(at)? {
                b'\\' => at += 2,
                byte if byte == quote => return Some(at),
                _ => at += 1,
            }
        }
    }

    /// A quote that has no end is taken to have been meant for its line.
    fn unclosed(&mut self, quoting: Quoting) {
        let rest = &self.text[self.at..];
        let line = rest.split('\n').next().unwrap_or_default().trim_end_matches([' ', '\t', '\r']);
        let line = line.strip_suffix(';').unwrap_or(line);
        let end = self.at + line.len().max(1);
        self.mistake(MistakeKind::OpenQuote, self.at, end);
        let cooked = Some(self.text[self.at + 1..end].into());
        self.push(Kind::Word(Word { quoting, cooked, damaged: true }), end);
    }
}

/// So much of `text` as is searched for the end of a tag.
fn near(text: &str) -> &str {
    let mut end = text.len().min(MAX_TAG_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// What nginx makes of a word, if it is not what is written: `\"`, `\'`, `\\`, `\t`, `\r` and `\n` are resolved and
/// every other backslash stays.
fn cook(raw: &str) -> Option<Box<str>> {
    if !raw.contains('\\') {
        return None;
    }
    let mut cooked = String::with_capacity(raw.len());
    let mut rest = raw.chars();
    while let Some(character) = rest.next() {
        let next = rest.clone().next();
        let resolved = match (character, next) {
            ('\\', Some(next @ ('"' | '\'' | '\\'))) => next,
            ('\\', Some('t')) => '\t',
            ('\\', Some('r')) => '\r',
            ('\\', Some('n')) => '\n',
            (character, _) => {
                cooked.push(character);
                continue;
            }
        };
        cooked.push(resolved);
        rest.next();
    }
    Some(cooked.into())
}
