//! From one joined line to an instruction: its keyword, its flags, and its arguments by the shape of each keyword.
//!
//! Source: `BuildKit`, frontend/dockerfile/parser (`line_parsers.go`, `split_command.go`) and instructions/parse.go.

use serde::de::IgnoredAny;

use super::cursor::{self, Part, RawFlag};
use super::heredocs::is_opener;
use super::keyword::Keyword;
use super::lines::Logical;
use super::mistakes::{Found, Hint};
use super::tree::{Args, Command, Declaration, Escape, Flag, Health, Instruction, MistakeKind, Pair, Word};
use crate::source::Span;
use crate::vocabulary::dockerfile::Takes;

/// What separates a keyword from the rest.
const BLANK: [char; 5] = ['\t', '\u{b}', '\u{c}', '\r', ' '];

/// Reads one line.
pub(super) struct Line<'a, 'l> {
    pub(super) joined: &'l Logical<'a>,
    pub(super) escape: Escape,
    pub(super) found: Vec<Found>,
}

/// Arguments with the bytes of the line that they take.
#[derive(Clone, Copy)]
struct Rest<'l> {
    text: &'l str,
    start: usize,
    end: usize,
}

impl<'l> Line<'_, 'l> {
    /// The instruction in the bytes `start..end`; `nested` if it stands after `ONBUILD`.
    pub(super) fn instruction(&mut self, start: usize, end: usize, nested: bool) -> Instruction {
        let found_before = self.found.len();
        let line = self.joined;
        let (start, end) = line.trim(start, end);
        let text = &line.text[start..end];
        let name_end = start + text.find(BLANK).unwrap_or(text.len());
        let keyword = Keyword::of(&line.text[start..name_end]);
        let after = &line.text[name_end..end];
        let (flags, flags_end) = cursor::flags(after, self.escape);
        let (args_start, args_end) = line.trim(name_end + flags_end, end);
        let rest = Rest { text: &line.text[args_start..args_end], start: args_start, end: args_end };
        let span = line.span(start, end);
        let flags: Vec<Flag> = flags.into_iter().map(|flag| self.flag(name_end, flag)).collect();
        let args = self.args(keyword, line.span(start, name_end), span, rest, nested);
        let no_check = matches!(args, Args::Health(Health::None)) || !keyword.checks_flags();
        if !no_check {
            self.check_flags(keyword, &flags);
        }
        Instruction {
            keyword,
            name: line.word(start, name_end),
            flags,
            args,
            args_span: line.span(args_start, args_end),
            heredocs: Vec::new(),
            joints: Vec::new(),
            span,
            lines: span,
            damaged: self.found.len() > found_before,
        }
    }

    fn report(&mut self, kind: MistakeKind, span: Span, hint: Hint) {
        self.found.push(Found { kind, span, hint });
    }

    fn flag(&self, base: usize, raw: RawFlag) -> Flag {
        let (start, end, name_end) = (base + raw.start, base + raw.end, base + raw.name_end);
        let name = Word { text: raw.name, span: self.joined.span((start + 2).min(name_end), name_end) };
        let span = self.joined.span(name_end + 1, end.max(name_end + 1));
        let value = raw.value.map(|text| Word { text, span });
        Flag { name, value, span: self.joined.span(start, end) }
    }

    fn check_flags(&mut self, keyword: Keyword, flags: &[Flag]) {
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for flag in flags {
            let known = keyword.flags().find(|(name, _)| *name == flag.name.text);
            let Some((known, word)) = known else {
                self.report(MistakeKind::UnknownFlag, flag.span, Hint::Flag(keyword, flag.name.span));
                continue;
            };
            let value = flag.value.as_ref().map(|value| value.text.as_str());
            let first = seen.iter().find(|(name, _)| *name == known).map(|(_, span)| *span);
            match (word.takes, value, first) {
                (Takes::Flag | Takes::Text, _, Some(first)) => {
                    self.report(MistakeKind::RepeatedFlag, flag.span, Hint::First(first));
                }
                (Takes::Text | Takes::Repeatable, None, _) => {
                    self.report(MistakeKind::FlagWithoutValue, flag.span, Hint::None);
                }
                (Takes::Flag, Some(value), None) if !is_boolean(value) => {
                    self.report(MistakeKind::FlagNotBoolean, flag.span, Hint::None);
                }
                (Takes::Flag | Takes::Text | Takes::Repeatable | Takes::Nothing, _, _) => {}
            }
            if first.is_none() {
                seen.push((known, flag.span));
            }
        }
    }

    fn args(&mut self, keyword: Keyword, name: Span, whole: Span, rest: Rest<'l>, nested: bool) -> Args {
        let missing =
            Found { kind: MistakeKind::MissingArguments, span: whole, hint: Hint::Keyword(keyword) };
        if nested && matches!(keyword, Keyword::Onbuild | Keyword::From | Keyword::Maintainer) {
            self.report(MistakeKind::Trigger, name, Hint::Keyword(keyword));
            return self.raw(rest);
        }
        match keyword {
            Keyword::Unknown => {
                self.report(MistakeKind::UnknownInstruction, name, Hint::None);
                return self.raw(rest);
            }
            // They may be empty, which leaves nothing to run.
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint if rest.text.is_empty() => return Args::None,
            _ if rest.text.is_empty() => {
                self.found.push(missing);
                return Args::None;
            }
            _ => {}
        }
        match keyword {
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => Args::Command(self.command(rest)),
            Keyword::Shell => self.shell(rest, missing),
            Keyword::Add | Keyword::Copy | Keyword::Volume => self.words(keyword, rest, missing),
            Keyword::Expose => Args::Ports(self.parts(rest, cursor::fields(rest.text))),
            Keyword::Workdir | Keyword::User | Keyword::Stopsignal | Keyword::Maintainer => {
                Args::Text(self.joined.word(rest.start, rest.end))
            }
            Keyword::Env | Keyword::Label => self.pairs(keyword, rest, missing),
            Keyword::Arg => self.declarations(rest, missing),
            Keyword::From => self.from(rest, whole),
            Keyword::Healthcheck => self.health(rest, missing),
            Keyword::Onbuild => Args::Trigger(Box::new(self.instruction(rest.start, rest.end, true))),
            Keyword::Unknown => self.raw(rest),
        }
    }

    fn raw(&self, rest: Rest<'l>) -> Args {
        if rest.text.is_empty() {
            return Args::None;
        }
        Args::Raw(self.joined.word(rest.start, rest.end))
    }

    fn span(&self, rest: Rest<'l>) -> Span {
        self.joined.span(rest.start, rest.end)
    }

    fn part(&self, rest: Rest<'l>, part: Part) -> Word {
        Word { span: self.joined.span(rest.start + part.start, rest.start + part.end), text: part.text }
    }

    fn parts(&self, rest: Rest<'l>, parts: Vec<Part>) -> Vec<Word> {
        parts.into_iter().map(|part| self.part(rest, part)).collect()
    }

    /// The strings of a JSON array; `None` for what the builder takes as text.
    fn array(&mut self, rest: Rest<'l>) -> Option<Vec<Word>> {
        if let Some(strings) = cursor::array(rest.text) {
            return Some(self.parts(rest, strings));
        }
        if !rest.text.starts_with('[') {
            return None;
        }
        if serde_json::from_str::<Vec<IgnoredAny>>(rest.text).is_ok() {
            self.report(MistakeKind::ArrayOfOthers, self.span(rest), Hint::None);
        } else if looks_like_an_array(rest.text) {
            self.report(MistakeKind::ArrayForShell, self.span(rest), Hint::None);
        }
        None
    }

    fn command(&mut self, rest: Rest<'l>) -> Command {
        match self.array(rest) {
            Some(strings) => Command::Exec(strings),
            None => Command::Shell(self.joined.word(rest.start, rest.end)),
        }
    }

    fn shell(&mut self, rest: Rest<'l>, missing: Found) -> Args {
        let before = self.found.len();
        let command = self.command(rest);
        match &command {
            Command::Exec(strings) if strings.is_empty() => self.found.push(missing),
            Command::Exec(_) => {}
            Command::Shell(word) => {
                let span = word.span;
                self.found.truncate(before);
                self.report(MistakeKind::NotArray, span, Hint::None);
            }
        }
        Args::Command(command)
    }

    fn words(&mut self, keyword: Keyword, rest: Rest<'l>, missing: Found) -> Args {
        let (words, json) = match self.array(rest) {
            Some(strings) => (strings, true),
            None => (self.parts(rest, cursor::fields(rest.text)), false),
        };
        if keyword == Keyword::Volume {
            if words.is_empty() || words.iter().any(|word| word.text.trim().is_empty()) {
                self.found.push(missing);
            }
        } else if let [_, .., destination] = words.as_slice() {
            if is_opener(&destination.text) {
                self.report(MistakeKind::HeredocDestination, destination.span, Hint::Keyword(keyword));
            }
        } else {
            self.found.push(missing);
        }
        Args::Words { words, json }
    }

    fn pairs(&mut self, keyword: Keyword, rest: Rest<'l>, missing: Found) -> Args {
        let words = cursor::words(rest.text, self.escape);
        let Some(first) = words.first() else {
            self.found.push(missing);
            return self.raw(rest);
        };
        if !first.text.contains('=') {
            return self.legacy_pair(keyword, rest);
        }
        let mut pairs = Vec::with_capacity(words.len());
        for word in words {
            let span = self.joined.span(rest.start + word.start, rest.start + word.end);
            let Some(equals) = word.text.find('=') else {
                self.report(MistakeKind::PairWithoutEquals, span, Hint::Keyword(keyword));
                continue;
            };
            if equals == 0 {
                self.report(MistakeKind::PairWithoutName, span, Hint::Keyword(keyword));
            }
            let (name, value) = self.split(rest, &word, equals);
            pairs.push(Pair { name, value });
        }
        Args::Pairs { pairs, legacy: false }
    }

    /// `name value`, where the value is everything up to the end.
    fn legacy_pair(&mut self, keyword: Keyword, rest: Rest<'l>) -> Args {
        let Some(end) = rest.text.find(BLANK) else {
            self.report(MistakeKind::PairWithoutValue, self.span(rest), Hint::Keyword(keyword));
            return self.raw(rest);
        };
        let value = rest.text[end..].trim_start_matches(BLANK);
        let name = self.joined.word(rest.start, rest.start + end);
        let value = self.joined.word(rest.end - value.len(), rest.end);
        Args::Pairs { pairs: vec![Pair { name, value }], legacy: true }
    }

    /// A word at its `=`, which is the byte `equals` of it.
    fn split(&self, rest: Rest<'l>, word: &Part, equals: usize) -> (Word, Word) {
        let start = rest.start + word.start;
        let name = self.joined.word(start, start + equals);
        let value = self.joined.word(start + equals + 1, start + word.text.len());
        (name, value)
    }

    fn declarations(&mut self, rest: Rest<'l>, missing: Found) -> Args {
        let words = cursor::words(rest.text, self.escape);
        if words.is_empty() {
            self.found.push(missing);
            return self.raw(rest);
        }
        let mut declarations = Vec::with_capacity(words.len());
        for word in words {
            let declaration = match word.text.find('=') {
                Some(equals) => {
                    let (name, default) = self.split(rest, &word, equals);
                    Declaration { name, default: Some(default) }
                }
                None => Declaration { name: self.part(rest, word), default: None },
            };
            if declaration.name.text.is_empty() {
                let at = declaration.default.as_ref().map_or(declaration.name.span, |default| default.span);
                let span = declaration.name.span.to(at);
                self.report(MistakeKind::PairWithoutName, span, Hint::Keyword(Keyword::Arg));
            }
            declarations.push(declaration);
        }
        Args::Declarations(declarations)
    }

    fn from(&mut self, rest: Rest<'l>, whole: Span) -> Args {
        let words = self.parts(rest, cursor::fields(rest.text));
        match <[Word; 3]>::try_from(words) {
            Ok([image, by, name]) if by.text.eq_ignore_ascii_case("as") => {
                if !is_stage_name(&name.text) {
                    self.report(MistakeKind::StageName, name.span, Hint::None);
                }
                Args::From { image, name: Some(name) }
            }
            Ok(_) => self.no_form_of_from(rest, whole),
            Err(words) => {
                if let Ok([image]) = <[Word; 1]>::try_from(words) {
                    return Args::From { image, name: None };
                }
                self.no_form_of_from(rest, whole)
            }
        }
    }

    fn no_form_of_from(&mut self, rest: Rest<'l>, whole: Span) -> Args {
        // A value that a space parts from its flag is the word too many, and was told of.
        if !self.found.iter().any(|found| found.kind == MistakeKind::FlagWithoutValue) {
            self.report(MistakeKind::FromForm, whole, Hint::None);
        }
        self.raw(rest)
    }

    fn health(&mut self, rest: Rest<'l>, missing: Found) -> Args {
        let kind_end = rest.text.find(char::is_whitespace).unwrap_or(rest.text.len());
        let (kind, after) = rest.text.split_at(kind_end);
        let after = after.trim_start();
        let inner = Rest { text: after, start: rest.end - after.len(), end: rest.end };
        if kind.eq_ignore_ascii_case("NONE") && after.is_empty() {
            return Args::Health(Health::None);
        }
        if !kind.eq_ignore_ascii_case("CMD") {
            self.report(MistakeKind::HealthForm, self.span(rest), Hint::None);
            return self.raw(rest);
        }
        if after.is_empty() {
            self.found.push(missing);
            return self.raw(rest);
        }
        let command = self.command(inner);
        if matches!(&command, Command::Exec(strings) if strings.is_empty()) {
            self.found.push(missing);
        }
        Args::Health(Health::Command(command))
    }
}

fn is_boolean(value: &str) -> bool {
    value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")
}

fn is_stage_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Whether text that begins with `[` is meant as an array, and not as the shell's `[ test ]` or a pattern of files.
fn looks_like_an_array(text: &str) -> bool {
    let inner = &text[1..];
    let is_quote = |c: char| matches!(c, '"' | '\'');
    if !inner.starts_with(char::is_whitespace) {
        return inner.starts_with(is_quote) || text.ends_with(']') && !inner.starts_with('[');
    }
    let mut characters = inner.trim_start().chars();
    let Some(quote) = characters.next().filter(|c| is_quote(*c)) else { return false };
    let after = characters.as_str().split_once(quote).map(|(_, after)| after.trim_start());
    after.is_some_and(|after| after.starts_with(',') || after == "]")
}
