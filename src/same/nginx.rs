//! Whether two configurations say the same to nginx: the same directives with the same arguments in the same blocks. The order
//! among directives counts where nginx gives it a meaning.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Span;
use crate::syntax::nginx::tree::{Body, Directive, Tree, directives};
use crate::vocabulary::nginx::is_single;

/// A directive with everything in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    words: Vec<String>,
    body: Inside,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Inside {
    None,
    Block { free: Vec<Said>, fixed: Vec<Said> },
    Table(Vec<Said>),
    Text(String),
}

/// The directives of `before` that `after` has otherwise, the innermost ones, by their places.
pub(crate) fn differing(before: (&Tree, &str), after: (&Tree, &str)) -> Vec<Span> {
    let one: Vec<&Directive> = directives(&before.0.items).collect();
    let other: Vec<&Directive> = directives(&after.0.items).collect();
    let mut found = Vec::new();
    compare((&one, before.1), (&other, after.1), &mut found);
    found
}

type Side<'a> = (&'a [&'a Directive], &'a str);

fn compare(before: Side<'_>, after: Side<'_>, found: &mut Vec<Span>) {
    let mut left: BTreeMap<Said, usize> = BTreeMap::new();
    for other in after.0 {
        *left.entry(said(other, after.1)).or_default() += 1;
    }
    let mut is_left = |of: &Directive, text: &str| match left.get_mut(&said(of, text)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    let changed: Vec<&Directive> = before.0.iter().copied().filter(|of| !is_left(of, before.1)).collect();
    let mut others: Vec<&Directive> = after.0.iter().copied().filter(|of| is_left(of, after.1)).collect();
    for directive in &changed {
        let words = words(directive, before.1);
        let is_twin = |other: &&Directive| self::words(other, after.1) == words;
        let within = found.len();
        if matches!(directive.body, Body::Block(_))
            && let Some(at) = others.iter().position(is_twin)
        {
            let twin = others.remove(at);
            let inner: Vec<&Directive> = directive.children().collect();
            let outer: Vec<&Directive> = twin.children().collect();
            compare((&inner, before.1), (&outer, after.1), found);
        }
        if found.len() == within {
            found.push(directive.span());
        }
    }
    let order = |side: Side<'_>| -> Vec<Said> { fixed(side.0, side.1) };
    if changed.is_empty() && (!others.is_empty() || order(before) != order(after)) {
        found.extend(before.0.first().map(|directive| directive.span()));
    }
}

fn said(directive: &Directive, text: &str) -> Said {
    let children: Vec<&Directive> = directive.children().collect();
    let body = match &directive.body {
        Body::None(_) => Inside::None,
        Body::Block(_) => {
            let mut free: Vec<Said> =
                children.iter().filter(|of| !is_ordered(of, text)).map(|of| said(of, text)).collect();
            free.sort();
            Inside::Block { free, fixed: fixed(&children, text) }
        }
        Body::Table(_) => {
            let mut entries = entries(&children, text);
            if !is_ordered_table(directive, &children, text) {
                entries.sort();
            }
            Inside::Table(entries)
        }
        Body::Opaque(opaque) => Inside::Text(text[opaque.text.span.range()].trim().to_owned()),
    };
    Said { words: words(directive, text), body }
}

/// The entries of a table. One without its `;` goes on in the next.
fn entries(children: &[&Directive], text: &str) -> Vec<Said> {
    let mut entries: Vec<Said> = Vec::new();
    let mut goes_on = false;
    for entry in children {
        let said = said(entry, text);
        match entries.last_mut().filter(|_| goes_on) {
            Some(last) => last.words.extend(said.words),
            None => entries.push(said),
        }
        goes_on = entry.goes_on();
    }
    entries
}

fn words(directive: &Directive, text: &str) -> Vec<String> {
    let words = directive.words.iter().map(|arg| arg.text(text).to_owned());
    if directive.name(text) != "if" {
        return words.collect();
    }
    // Parentheses may stand by themselves or at a word.
    let mut condition: Vec<String> = words.collect();
    if let Some(first) = condition.get_mut(1).filter(|word| word.starts_with('(')) {
        first.remove(0);
    }
    if let Some(last) = condition.last_mut().filter(|word| word.ends_with(')')) {
        last.pop();
    }
    condition.retain(|word| !word.is_empty());
    condition
}

fn fixed(of: &[&Directive], text: &str) -> Vec<Said> {
    of.iter().filter(|of| is_ordered(of, text)).map(|of| said(of, text)).collect()
}

/// Whether the order to others of its kind counts: among patterns the first that fits does, and nobody knows it of a directive
/// that nginx takes several times.
fn is_ordered(directive: &Directive, text: &str) -> bool {
    match directive.name(text) {
        "location" => directive.args().first().is_some_and(|arg| arg.text(text).starts_with('~')),
        "listen" | "upstream" => false,
        name => !is_single(name),
    }
}

/// Whether the order of the entries counts: of keys that are patterns, or that stand there twice, one comes first.
fn is_ordered_table(directive: &Directive, entries: &[&Directive], text: &str) -> bool {
    let is_map = matches!(directive.name(text), "map" | "types");
    let mut seen = BTreeSet::new();
    let mut keys = entries.iter().flat_map(|entry| match directive.name(text) {
        // A type stands before its extensions.
        "types" => entry.args().iter().map(|arg| arg.text(text)).collect(),
        _ => vec![entry.name(text)],
    });
    !is_map
        || entries.iter().any(|entry| entry.name(text).starts_with('~') || entry.name(text) == "include")
        || !keys.all(|key| seen.insert(key.to_lowercase()))
}
