//! An nginx configuration against the directives that it was printed from: the same names and words, nested alike.

use super::{Compared, Difference, reading, same};
use crate::backend::escape::nginx::value;
use crate::http::variables::{argument_expands, table_expands};
use crate::model::nginx::{Body, Conf, DirId, Directive};
use crate::source::FileId;
use crate::syntax::nginx::tree::{self, directives};
use crate::syntax::nginx::{print, read};

pub(super) fn compare(file: FileId, text: &str, meant: &Conf) -> Compared {
    let tree = reading(file, text, read, print)?;
    block(text, directives(&tree.items), meant, &meant.root)
}

fn block<'a>(
    text: &str,
    mut found: impl Iterator<Item = &'a tree::Directive>,
    conf: &Conf,
    meant: &[DirId],
) -> Compared {
    for id in meant {
        let Some(found) = found.next() else {
            return Err(Difference { at: None, why: "a directive is missing" });
        };
        directive(text, found, conf, conf.get(*id))?;
    }
    over(found.next())
}

/// Fails for a directive that nobody meant.
fn over(found: Option<&tree::Directive>) -> Compared {
    found.map_or(Ok(()), |found| Err(Difference { at: Some(found.span()), why: "a directive is too many" }))
}

fn directive(text: &str, found: &tree::Directive, conf: &Conf, meant: &Directive) -> Compared {
    words(text, found, &meant_words(meant))?;
    match (&found.body, &meant.body) {
        (tree::Body::None(_), Body::None) => Ok(()),
        (tree::Body::Block(_) | tree::Body::Table(_), Body::Block(children)) => {
            block(text, found.children(), conf, children)
        }
        (tree::Body::Block(_) | tree::Body::Table(_), Body::Table(entries)) => {
            let mut children = found.children();
            let expands = table_expands(meant);
            for entry in entries {
                let Some(child) = children.next() else {
                    return same(false, found.span(), "an entry of a table is missing");
                };
                let values = entry.values.iter().map(|text| value(text, expands));
                let meant: Vec<String> = std::iter::once(value(&entry.key, false)).chain(values).collect();
                words(text, child, &meant)?;
                same(
                    matches!(child.body, tree::Body::None(_)),
                    child.span(),
                    "an entry of a table has a block",
                )?;
            }
            over(children.next())
        }
        (tree::Body::Opaque(opaque), Body::Foreign(meant)) => {
            let found_text = text[opaque.text.span.range()].trim();
            same(found_text == meant.trim(), found.span(), "a text of another language is not as it was")
        }
        (tree::Body::None(_) | tree::Body::Opaque(_), Body::Block(_) | Body::Table(_))
        | (tree::Body::None(_) | tree::Body::Block(_) | tree::Body::Table(_), Body::Foreign(_))
        | (tree::Body::Block(_) | tree::Body::Table(_) | tree::Body::Opaque(_), Body::None) => {
            same(false, found.span(), "a directive ends in another way")
        }
    }
}

fn words(text: &str, found: &tree::Directive, meant: &[String]) -> Compared {
    let mut words: Vec<&str> = found.words.iter().map(|word| word.text(text)).collect();
    let glued: String;
    // `if ($a = "b")`: the `)` behind a closing quote is a word of its own to nginx, and part of the last one to us.
    if let ["if", .., last, ")"] = *words.as_slice() {
        glued = format!("{last})");
        words.truncate(words.len() - 2);
        words.push(&glued);
    }
    same(words == meant, found.line_span(), "a directive has other words")
}

/// The name and the arguments, as nginx shall read them.
fn meant_words(directive: &Directive) -> Vec<String> {
    let args = directive.args.iter().enumerate();
    let args = args.map(|(index, text)| value(text, argument_expands(directive, index)));
    let mut words: Vec<String> = std::iter::once(directive.name.clone()).chain(args).collect();
    if directive.name == "if" && words.len() > 2 && words.last().is_some_and(|last| last == ")") {
        words.pop();
        if let Some(last) = words.last_mut() {
            last.push(')');
        }
    }
    words
}
