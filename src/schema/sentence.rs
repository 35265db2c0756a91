//! Sentences: `mount <volume|host-path> at <container-path> [read-only]` as a pattern for arguments.

use std::cmp::Ordering;

use crate::source::Span;
use crate::syntax::stack::tree::{Arg, ArgKind, PieceKind};

/// A parsed sentence, without its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    parts: Vec<Element>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    /// `at`
    Keyword(&'static str),
    /// `healthy|started|completed`: one of these words.
    Choice(Vec<&'static str>),
    /// `<container-path>`, `<host|ip>`
    Slot(&'static str),
    /// `<word>...`: one or more, as many as possible. A list counts as its items.
    Rest(&'static str),
    /// `[...]`
    Optional(Vec<Element>),
}

/// The arguments of a statement by the slots of its sentence.
#[derive(Clone, Debug)]
pub struct Bound<'a> {
    slots: Vec<Vec<&'a Arg>>,
    words: Vec<&'a str>,
}

impl<'a> Bound<'a> {
    /// The argument of the slot with that number; `None` if it is in an optional part that is absent.
    pub fn get(&self, slot: usize) -> Option<&'a Arg> {
        self.slots.get(slot).and_then(|args| args.first().copied())
    }

    /// The argument of a slot that is not optional.
    ///
    /// # Panics
    /// If the sentence has no such slot: a row and its lowering disagree.
    pub fn arg(&self, slot: usize) -> &'a Arg {
        self.get(slot).expect("the sentence has this slot outside of its optional parts")
    }

    /// The arguments of a `<...>...` slot.
    pub fn rest(&self, slot: usize) -> &[&'a Arg] {
        self.slots.get(slot).map_or(&[], Vec::as_slice)
    }

    /// Whether the keyword was written.
    pub fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    /// The keywords that were written, in order.
    pub fn words(&self) -> &[&'a str] {
        &self.words
    }
}

/// Where arguments stop to fit a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// How many arguments fitted before.
    pub fitted: usize,
    /// The argument that does not fit; `None` if one is missing.
    pub at: Option<Span>,
    /// What was expected, as a person reads it.
    pub expected: String,
}

impl Misfit {
    /// Of two forms of a statement the one that fitted further, or what both expected there.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self.fitted.cmp(&other.fitted) {
            Ordering::Greater => self,
            Ordering::Less => other,
            Ordering::Equal => {
                let mut expected: Vec<&str> = self.expected.split(" or ").collect();
                for new in other.expected.split(" or ") {
                    if !expected.contains(&new) {
                        expected.push(new);
                    }
                }
                Self { expected: expected.join(" or "), ..self }
            }
        }
    }
}

impl Sentence {
    /// Reads a sentence; its first word is the head and is left out.
    ///
    /// # Panics
    /// If a bracket is not closed: sentences are our own data.
    pub fn parse(text: &'static str) -> Self {
        let rest = text.split_once(' ').map_or("", |(_, rest)| rest);
        let mut tokens = tokens(rest).into_iter();
        let parts = elements(&mut tokens, false);
        Self { parts }
    }

    /// How many keywords must be there.
    pub fn keyword_count(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, Element::Keyword(_) | Element::Choice(_))).count()
    }

    /// Whether it is the form of a statement for what an input decides.
    pub fn is_of_input(&self) -> bool {
        self.parts.contains(&Element::Slot(INPUT))
    }

    /// The types of the slots in order, as written between `<` and `>`.
    pub fn slot_types(&self) -> Vec<&'static str> {
        fn walk(parts: &[Element], out: &mut Vec<&'static str>) {
            for part in parts {
                match part {
                    Element::Slot(types) | Element::Rest(types) => out.push(types),
                    Element::Optional(inner) => walk(inner, out),
                    Element::Keyword(_) | Element::Choice(_) => {}
                }
            }
        }
        let mut out = Vec::new();
        walk(&self.parts, &mut out);
        out
    }

    /// Fits the arguments (without the head) to the sentence.
    pub fn fit<'a>(&self, args: &'a [Arg]) -> Result<Bound<'a>, Misfit> {
        let flat = flatten(args);
        let mut matcher =
            Matcher { args: &flat, misfit: Misfit { fitted: 0, at: None, expected: String::new() } };
        let parts: Vec<&Element> = self.parts.iter().collect();
        let mut bound = Bound { slots: Vec::new(), words: Vec::new() };
        if matcher.fit(&parts, 0, &mut bound) { Ok(bound) } else { Err(matcher.misfit) }
    }
}

/// Lists count as their items: `[a b]` fits where `a b` does. A word of nothing but characters that no one sees, which
/// was reported, does not count.
fn flatten(args: &[Arg]) -> Vec<&Arg> {
    args.iter()
        .filter(|arg| arg.as_word() != Some(""))
        .flat_map(|arg| match &arg.kind {
            ArgKind::List(list) => list.items.iter().collect::<Vec<_>>(),
            ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::Verbatim(_) | ArgKind::Fenced(_) => vec![arg],
        })
        .collect()
}

/// How many ends of a `<...>...` slot are tried, from the longest: what follows such a slot is short.
const MOST_ENDS: usize = 8;

struct Matcher<'m, 'a> {
    args: &'m [&'a Arg],
    misfit: Misfit,
}

impl<'a> Matcher<'_, 'a> {
    /// Fits `parts` to the arguments from `at` on, trying the longest choice first.
    fn fit(&mut self, parts: &[&Element], at: usize, bound: &mut Bound<'a>) -> bool {
        let Some((first, rest)) = parts.split_first() else {
            if at == self.args.len() {
                return true;
            }
            self.fail(at, "the end of the statement");
            return false;
        };
        match first {
            Element::Keyword(word) => {
                self.word(at, std::slice::from_ref(word), bound) && self.fit_or_undo(rest, at, bound)
            }
            Element::Choice(words) => self.word(at, words, bound) && self.fit_or_undo(rest, at, bound),
            Element::Slot(types) => {
                let Some(arg) = self.args.get(at) else {
                    self.fail(at, &slot_name(types));
                    return false;
                };
                if *types == INPUT && !holds_reference(arg) {
                    self.fail(at, &slot_name(types));
                    return false;
                }
                bound.slots.push(vec![*arg]);
                if self.fit(rest, at + 1, bound) {
                    return true;
                }
                bound.slots.pop();
                false
            }
            Element::Rest(types) => self.fit_rest(types, rest, at, bound),
            Element::Optional(inner) => {
                let with: Vec<&Element> = inner.iter().chain(rest.iter().copied()).collect();
                if self.fit(&with, at, bound) {
                    return true;
                }
                let absent = count_slots(inner);
                bound.slots.extend(std::iter::repeat_n(Vec::new(), absent));
                if self.fit(rest, at, bound) {
                    return true;
                }
                bound.slots.truncate(bound.slots.len() - absent);
                false
            }
        }
    }

    fn fit_rest(&mut self, types: &str, rest: &[&Element], at: usize, bound: &mut Bound<'a>) -> bool {
        if at >= self.args.len() {
            self.fail(at, &slot_name(types));
            return false;
        }
        let ends: Vec<usize> = match rest.first() {
            None => vec![self.args.len()],
            Some(Element::Keyword(word)) => {
                let is_keyword =
                    |end: &usize| self.args.get(*end).and_then(|arg| arg.as_word()) == Some(word);
                let found: Vec<usize> =
                    (at + 1..self.args.len()).rev().filter(is_keyword).take(MOST_ENDS).collect();
                if found.is_empty() { vec![self.args.len()] } else { found }
            }
            Some(_) => (at + 1..=self.args.len()).rev().take(MOST_ENDS).collect(),
        };
        for end in ends {
            bound.slots.push(self.args[at..end].to_vec());
            if self.fit(rest, end, bound) {
                return true;
            }
            bound.slots.pop();
        }
        false
    }

    fn fit_or_undo(&mut self, rest: &[&Element], at: usize, bound: &mut Bound<'a>) -> bool {
        if self.fit(rest, at + 1, bound) {
            return true;
        }
        bound.words.pop();
        false
    }

    fn word(&mut self, at: usize, words: &[&'static str], bound: &mut Bound<'a>) -> bool {
        match self.args.get(at).and_then(|arg| arg.as_word()) {
            Some(word) if words.contains(&word) => {
                bound.words.push(word);
                true
            }
            _ => {
                let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                self.fail(at, &quoted.join(" or "));
                false
            }
        }
    }

    /// Keeps the failure that got furthest, and all that was expected there.
    fn fail(&mut self, at: usize, expected: &str) {
        if self.misfit.expected.is_empty() || at > self.misfit.fitted {
            let span = self.args.get(at).map(|arg| arg.span);
            self.misfit = Misfit { fitted: at, at: span, expected: expected.to_owned() };
        } else if at == self.misfit.fitted && !self.misfit.expected.split(" or ").any(|e| e == expected) {
            self.misfit.expected = format!("{} or {expected}", self.misfit.expected);
        }
    }
}

fn count_slots(parts: &[Element]) -> usize {
    parts
        .iter()
        .map(|part| match part {
            Element::Slot(_) | Element::Rest(_) => 1,
            Element::Optional(inner) => count_slots(inner),
            Element::Keyword(_) | Element::Choice(_) => 0,
        })
        .sum()
}

/// A slot that takes nothing but what holds an input, beside a form of fixed words: what else stands there is a slip of
/// one of those.
const INPUT: &str = "input";

/// Whether an input, or another reference, stands in an argument.
pub fn holds_reference(arg: &Arg) -> bool {
    match &arg.kind {
        ArgKind::Word(pieces) | ArgKind::Quoted(pieces) => {
            pieces.iter().any(|piece| matches!(piece.kind, PieceKind::Reference(_)))
                || arg.as_word().is_some_and(|word| word.starts_with("input."))
        }
        ArgKind::Verbatim(_) | ArgKind::Fenced(_) | ArgKind::List(_) => false,
    }
}

/// What a slot is of that takes one of two words, or an input.
const ON_OFF: &str = "on|off";

/// `volume|host-path` as "a volume or host path".
fn slot_name(types: &str) -> String {
    if let Some(others) = types.strip_prefix(ON_OFF) {
        return match others.strip_prefix('|') {
            Some(others) => format!("`on`, `off` or {}", slot_name(others)),
            None => "`on` or `off`".to_owned(),
        };
    }
    let types: Vec<String> = types.split('|').map(|part| part.replace('-', " ")).collect();
    let article = if types[0].starts_with(['a', 'e', 'i', 'o', 'u']) && !types[0].starts_with("ur") {
        "an"
    } else {
        "a"
    };
    format!("{article} {}", types.join(" or "))
}

fn tokens(text: &'static str) -> Vec<&'static str> {
    let mut out = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word = word;
        while let Some(rest) = word.strip_prefix('[') {
            out.push("[");
            word = rest;
        }
        let inner = word.trim_end_matches(']');
        out.push(inner);
        out.extend(std::iter::repeat_n("]", word.len() - inner.len()));
    }
    out
}

fn elements(tokens: &mut dyn Iterator<Item = &'static str>, nested: bool) -> Vec<Element> {
    let mut out = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            "[" => out.push(Element::Optional(elements(tokens, true))),
            "]" => {
                assert!(nested, "a sentence closes only brackets that it opened");
                return out;
            }
            token => out.push(element(token)),
        }
    }
    assert!(!nested, "a sentence closes every bracket");
    out
}

fn element(token: &'static str) -> Element {
    match token.strip_prefix('<') {
        Some(slot) => match slot.strip_suffix(">...") {
            Some(types) => Element::Rest(types),
            None => Element::Slot(slot.strip_suffix('>').expect("a slot of a sentence is closed")),
        },
        None if token.contains('|') => Element::Choice(token.split('|').collect()),
        None => Element::Keyword(token),
    }
}
