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
    for comment in &tree.comments {
        let said = comment_text(comment, text);
        if said.is_empty() {
            continue;
        }
        let remark = Remark {
            text: &said,
            at: comment.span.start,
            column: column(text, comment.span.start),
            own_line: comment.own_line,
        };
        put(block, &remark, text, None);
    }
}

/// A comment without what a stack file refuses.
fn comment_text(comment: &Comment, text: &str) -> String {
    let raw = text[comment.span.range()].trim_end();
    raw.chars()
        .map(|c| if c.is_control() || crate::import::compose::raw::is_invisible(c) { ' ' } else { c })
        .collect()
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
        let is_next = after.is_some_and(|(_, after)| remark.column <= column(text, after.start));
        let is_deeper = remark.own_line && !is_next && remark.column > column(text, span.start);
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
                Some(inner) => return put(inner, remark, text, Some(span)),
                None if is_inside => return statement.above.push(line(remark)),
                None => {}
            }
        }
    }
    match after {
        Some((index, _)) => block.statements[index].above.push(line(remark)),
        None => block.below.push(line(remark)),
    }
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
