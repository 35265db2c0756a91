//! Prints an nginx configuration: one directive a line, four spaces a level, tables in columns.

mod refusal;

pub use refusal::refusals;

use super::escape::nginx::{foreign, glued, name, word};
use super::escape::{Context, Escaped};
use super::template::{Ending, Line, render};
use super::{Artifact, Layout};
use crate::http::variables::{argument_expands, table_expands};
use crate::model::nginx::{Body, Conf, DirId, Directive, Entry};
use crate::model::values::{Part, Text};

/// The widest line of a list, in characters.
const WIDEST_LINE: usize = 110;

/// How many words make a directive a list, its name among them. Others stay on their line, however long.
const LONG_LIST: usize = 6;

/// The widest column of a table; a longer key pushes its own values aside and no others.
const WIDEST_KEY: usize = 48;

/// The file of directives at a path.
pub fn emit(path: &str, conf: &Conf, layout: &Layout) -> Artifact {
    let mut lines = Vec::new();
    block(conf, &conf.root, 0, &mut lines);
    render(path, Context::Nginx, &layout.stack_file, Vec::new(), lines)
}

/// Whether the configuration holds a literal dollar sign where nginx expands variables. It is printed as
/// `${stackc_dollar}`, so that the `http` block needs `geo $stackc_dollar { default "$"; }`, which lowering adds.
pub fn needs_dollar(conf: &Conf) -> bool {
    expanded(conf)
        .any(|text| text.parts.iter().any(|part| matches!(part, Part::Lit(text) if text.contains('$'))))
}

/// Every text of a configuration in which nginx expands variables.
fn expanded(conf: &Conf) -> impl Iterator<Item = &Text> {
    conf.all().flat_map(|(_, directive)| {
        let args = directive.args.iter().enumerate();
        let args = args.filter(|(index, _)| argument_expands(directive, *index)).map(|(_, text)| text);
        let table = if table_expands(directive) { entries(directive) } else { &[] };
        args.chain(table.iter().flat_map(|entry| &entry.values))
    })
}

fn entries(directive: &Directive) -> &[Entry] {
    match &directive.body {
        Body::Table(entries) => entries,
        Body::None | Body::Block(_) | Body::Foreign(_) => &[],
    }
}

fn block(conf: &Conf, children: &[DirId], depth: usize, lines: &mut Vec<Line>) {
    let mut before: Option<&Directive> = None;
    for id in children {
        let directive = conf.get(*id);
        if before.is_some_and(|before| stands_apart(before) || stands_apart(directive)) {
            lines.push(Line::blank());
        }
        if let Some(comment) = &directive.comment {
            let comment = Escaped::comment(comment, Context::Nginx, directive.origin);
            lines.push(Line { depth, words: vec![comment], ending: Ending::Comment });
        }
        statement(conf, directive, depth, lines);
        before = Some(directive);
    }
}

/// Whether a blank line parts a directive from its neighbours.
fn stands_apart(directive: &Directive) -> bool {
    match &directive.body {
        Body::None => false,
        Body::Block(_) | Body::Table(_) | Body::Foreign(_) => true,
    }
}

fn statement(conf: &Conf, directive: &Directive, depth: usize, lines: &mut Vec<Line>) {
    let mut words = vec![name(&directive.name, directive.origin)];
    words.extend(arguments(directive));
    let head = |ending| wrapped(words, ending, depth, lines);
    match &directive.body {
        Body::None => return head(Ending::Semicolon),
        Body::Block(children) if children.is_empty() => return head(Ending::Empty),
        Body::Table(entries) if entries.is_empty() => return head(Ending::Empty),
        Body::Block(_) | Body::Table(_) | Body::Foreign(_) => head(Ending::Opening),
    }
    match &directive.body {
        Body::None => {}
        Body::Block(children) => block(conf, children, depth + 1, lines),
        Body::Table(entries) => table(entries, table_expands(directive), depth + 1, lines),
        Body::Foreign(text) => foreign_lines(text, directive, depth + 1, lines),
    }
    let closing = Escaped::keyword("}", Context::Nginx, directive.origin);
    lines.push(Line { depth, words: vec![closing], ending: Ending::Bare });
}

/// A directive on one line, or on several if it is a long list.
fn wrapped(words: Vec<Escaped>, ending: Ending, depth: usize, lines: &mut Vec<Line>) {
    let widest = if words.len() < LONG_LIST { usize::MAX } else { WIDEST_LINE.saturating_sub(4 * depth) };
    let mut line: Vec<Escaped> = Vec::new();
    let mut width = 0;
    let mut level = depth;
    for word in words {
        let next = word.as_str().chars().count() + 1;
        if width + next > widest && !line.is_empty() {
            lines.push(Line { depth: level, words: std::mem::take(&mut line), ending: Ending::Bare });
            width = 4;
            level = depth + 1;
        }
        width += next;
        line.push(word);
    }
    lines.push(Line { depth: level, words: line, ending });
}

/// The arguments as words. The last `)` of an `if`, which may be an argument of its own, stands at the word before
/// it: nginx takes either for its end.
fn arguments(directive: &Directive) -> Vec<Escaped> {
    let mut words: Vec<Escaped> = Vec::new();
    for (index, text) in directive.args.iter().enumerate() {
        let next = word(text, argument_expands(directive, index));
        match words.last_mut() {
            Some(last)
                if directive.name == "if" && index + 1 == directive.args.len() && next.as_str() == ")" =>
            {
                *last = glued(last, &next);
            }
            _ => words.push(next),
        }
    }
    words
}

/// The lines of a text of another language: their indentation is its own, but that of the only one.
fn foreign_lines(text: &str, directive: &Directive, depth: usize, lines: &mut Vec<Line>) {
    let text = text.trim_end();
    let first = text.find(|c: char| !c.is_whitespace()).unwrap_or_default();
    let start = text[..first].rfind('\n').map_or(0, |line| line + 1);
    let is_one = !text[first..].contains('\n');
    let written = if is_one { &text[first..] } else { &text[start..] };
    lines.extend(written.lines().map(|line| {
        if line.trim().is_empty() {
            return Line::blank();
        }
        let words = vec![foreign(line, directive.origin)];
        Line { depth: if is_one { depth } else { 0 }, words, ending: Ending::Bare }
    }));
}

fn table(entries: &[Entry], expands: bool, depth: usize, lines: &mut Vec<Line>) {
    let keys = || entries.iter().map(|entry| word(&entry.key, false));
    let widths = keys().map(|key| key.as_str().chars().count()).filter(|width| *width <= WIDEST_KEY);
    let width = widths.max().unwrap_or_default();
    for (entry, key) in entries.iter().zip(keys()) {
        let mut words = vec![if entry.values.is_empty() { key } else { key.padded(width) }];
        words.extend(entry.values.iter().map(|text| word(text, expands)));
        lines.push(Line { depth, words, ending: Ending::Semicolon });
    }
}

#[cfg(test)]
mod tests;
