//! Puts comments and blank lines of a YAML file beside the statements that they belong to.

use crate::import::statement::{Block, Line, Statement};
use crate::source::Span;
use crate::syntax::yaml::tree::{Comment, Tree};

/// A comment while it looks for its place.
struct Remark<'a> {
    text: &'a str,
    at: u32,
    column: usize,
    own_line: bool,
}

/// Adds every comment of a file to its statements; `text` is what the tree was read from.
pub(in crate::import) fn remark(block: &mut Block, tree: &Tree, text: &str) {
    let mut above: Option<(u32, usize)> = None;
    let mut is_head = true;
    for comment in &tree.comments {
        let said = comment_text(comment, text);
        if said.is_empty() {
            continue;
        }
        let at = comment.span.start;
        let mut column = meant_column(&said, column(text, at));
        is_head &= is_first_or_next(text, above, at);
        if let Some(first) = block.statements.first_mut().filter(|_| is_head) {
            above = Some((comment.span.end, 0));
            first.above.push(Line::Comment(said));
            continue;
        }
        // What hangs together is not torn apart: a line that is further in belongs to those above it.
        if let Some((end, first)) = above
            && lines_between(text, end, at) == 1
        {
            column = column.min(first);
        }
        above = comment.own_line.then_some((comment.span.end, column));
        put(block, &Remark { text: &said, at, column, own_line: comment.own_line }, text, None);
    }
}

/// A comment without what a stack file refuses.
fn comment_text(comment: &Comment, text: &str) -> String {
    let raw = text[comment.span.range()].trim_end();
    raw.chars()
        .map(|c| if c.is_control() || crate::import::compose::raw::is_invisible(c) { ' ' } else { c })
        .collect()
}

/// Whether a comment begins a file, or follows one that does: what is said of the whole file.
fn is_first_or_next(text: &str, above: Option<(u32, usize)>, at: u32) -> bool {
    match above {
        None => text[..at as usize].trim_start_matches('\u{feff}').trim().is_empty(),
        Some((end, _)) => lines_between(text, end, at) == 1,
    }
}

/// How far in the next line begins that is no comment.
fn next_column(text: &str, at: u32) -> Option<usize> {
    let mut lines = text[at as usize..].lines().skip(1).map(|line| (line, line.trim_start()));
    lines
        .find(|(_, said)| !said.is_empty() && !said.starts_with('#'))
        .map(|(line, said)| line.len() - said.len())
}

fn lines_between(text: &str, start: u32, end: u32) -> usize {
    text[start as usize..end as usize].matches('\n').count()
}

/// Where a comment stood before it was one: `#    ports:` at the start of a line is most often a line of the file that
/// was put aside, and its own indentation says what it belonged to.
fn meant_column(said: &str, column: usize) -> usize {
    let behind = said.trim_start_matches('#');
    let indented = behind.len() - behind.trim_start_matches(' ').len();
    if column == 0 && indented > 1 { indented } else { column }
}

fn column(text: &str, at: u32) -> usize {
    let at = at as usize;
    at - text[..at].rfind('\n').map_or(0, |line| line + 1)
}

/// Puts a comment into a block that spans its place. Statements without a place, or with one out of the block, are what
/// anchors stand for elsewhere.
fn put(block: &mut Block, remark: &Remark<'_>, text: &str, around: Option<Span>) {
    let is_here =
        |span: &Span| around.is_none_or(|around| around.start <= span.start && span.end <= around.end);
    let placed: Vec<(usize, Span)> = block
        .statements
        .iter()
        .enumerate()
        .filter_map(|(index, statement)| Some((index, statement.place.filter(is_here)?)))
        .collect();
    let before = placed.iter().rev().find(|(_, span)| span.start <= remark.at).copied();
    let after = placed.iter().find(|(_, span)| span.start > remark.at).copied();
    if let Some((index, span)) = before {
        let statement = &mut block.statements[index];
        let on_its_line = !text[span.start as usize..remark.at as usize].contains('\n');
        let is_inside = remark.at < span.end;
        let ends_on_line = !is_inside && !text[span.end as usize..remark.at as usize].contains('\n');
        let next = after.and_then(|_| next_column(text, remark.at));
        let is_deeper = remark.own_line && remark.column > next.unwrap_or_else(|| column(text, span.start));
        if !remark.own_line && (on_its_line || ends_on_line) {
            let has_block = statement.block.as_ref().is_some_and(|inner| !inner.statements.is_empty());
            if has_block && !on_its_line {
                let inner = statement.block.as_mut();
                return inner.into_iter().for_each(|inner| put(inner, remark, text, Some(span)));
            }
            return beside(statement, remark);
        }
        if is_inside || is_deeper {
            match &mut statement.block {
                Some(inner) if is_inside || remark.column >= column(text, span.start) => {
                    return put(inner, remark, text, Some(span));
                }
                None if is_inside => return statement.above.push(line(remark)),
                Some(_) | None => {}
            }
            if let Some((index, _)) = after.filter(|_| around.is_none()) {
                return behind_the_last(&mut block.statements[index].above, remark);
            }
        }
    }
    match after {
        Some((index, _)) => block.statements[index].above.push(line(remark)),
        None => block.below.push(line(remark)),
    }
}

/// Puts a comment that belongs to what stands above a statement, and a blank line between the two.
fn behind_the_last(above: &mut Vec<Line>, remark: &Remark<'_>) {
    let blank = above.iter().position(|line| *line == Line::Blank).unwrap_or_else(|| {
        above.insert(0, Line::Blank);
        0
    });
    above.insert(blank, line(remark));
}

fn line(remark: &Remark<'_>) -> Line {
    Line::Comment(remark.text.to_owned())
}

fn beside(statement: &mut Statement, remark: &Remark<'_>) {
    if statement.beside.is_none() && !statement.words.iter().any(|word| word.contains('\n')) {
        statement.beside = Some(remark.text.to_owned());
    } else {
        statement.above.push(line(remark));
    }
}
