//! Mistakes in `nginx.conf`.

use stackc::syntax::nginx::read;
use stackc::syntax::nginx::tree::{Arg, Block, Body, Directive, Quoting, Tree, directives};

use super::{Good, Reader, ReaderEntry, entry, good};
use crate::mutator::edit::{Edit, whole_lines};
use crate::mutator::run::{Class, Plan};
use crate::property::mutation::Numbers;

const ENTRIES: &[ReaderEntry<Tree>] = &[
    entry("a `;` is left out", Class::Ordinary, semicolon),
    entry("a `;` too many", Class::Ordinary, stray_semicolon),
    entry("a `{` is left out", Class::Brace, opener),
    entry("a `}` is left out", Class::Brace, closer),
    entry("a `}` too many", Class::Brace, stray),
    entry("a `{` without a name", Class::Ordinary, nameless),
    entry("a closing quote is left out", Class::Ordinary, closing_quote),
    entry("text after a closing quote", Class::Ordinary, after_quote),
    entry("braces in a word without quotes", Class::Ordinary, brace_in_word),
    entry("a block in a table", Class::Ordinary, block_in_table),
    entry("a tag of a template", Class::Ordinary, template),
];

/// Every directive with its block's parent, tables' entries excepted.
fn all(tree: &Tree) -> Vec<&Directive> {
    fn walk<'t>(found: &mut Vec<&'t Directive>, directive: &'t Directive) {
        found.push(directive);
        for child in directive.children() {
            walk(found, child);
        }
    }
    let mut found = Vec::new();
    for directive in directives(&tree.items) {
        walk(&mut found, directive);
    }
    found
}

/// Those that stand alone on their lines.
fn alone<'g>(good: &'g Good<'_, Tree>) -> impl Iterator<Item = &'g Directive> {
    all(&good.tree).into_iter().filter(|directive| {
        let span = directive.span().range();
        let before = &good.text[good.line_start(span.start)..span.start];
        let after = good.text[span.end..good.next_line(span.end - 1)].trim();
        before.trim().is_empty() && (after.is_empty() || after.starts_with('#'))
    })
}

fn block(directive: &Directive) -> Option<&Block> {
    match &directive.body {
        Body::Block(block) | Body::Table(block) => Some(block),
        Body::None(_) | Body::Opaque(_) => None,
    }
}

fn first(directive: &Directive) -> usize {
    directive.words[0].leaf.span.start as usize
}

fn last(directive: &Directive) -> usize {
    directive.words[directive.words.len() - 1].leaf.span.end as usize - 1
}

/// The next directive may have become its arguments: it is reported where it stands or ends.
fn semicolon(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for directive in alone(good) {
        if let Body::None(Some(semicolon)) = directive.body {
            let edit = Edit::new(&["nginx-missing-semicolon"]).replace(semicolon.span.range(), "");
            let after = good.next_line(last(directive));
            let next = whole_lines(good.text, after.min(good.text.len() - 1)..good.text.len().min(after + 1));
            edits.push(edit.at(last(directive)).takes(directive.span().range()).takes(next));
        }
    }
    edits
}

fn stray_semicolon(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let flat = alone(good).filter(|directive| block(directive).is_none());
    flat.map(|directive| {
        good.added_after(last(directive), &["nginx-stray-semicolon"], ";").needs(directive.span().range())
    })
    .collect()
}

fn tall<'g>(good: &'g Good<'_, Tree>) -> impl Iterator<Item = (&'g Directive, &'g Block)> {
    alone(good)
        .filter_map(|directive| Some((directive, block(directive)?)))
        .filter(|(directive, _)| good.text[directive.span().range()].contains('\n'))
}

fn opener(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    tall(good)
        .map(|(directive, block)| {
            let open = block.open.unwrap().span.range();
            let edit = Edit::new(&["nginx-missing-brace"])
                .replace(open.start - 1..open.end, "")
                .at(first(directive));
            let next = good.next_line(open.end);
            edit.takes(directive.line_span().range())
                .takes(next..next + 1)
                .takes(block.close.unwrap().span.range())
        })
        .collect()
}

fn closer(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    tall(good)
        .map(|(directive, block)| {
            let close = block.close.unwrap().span.range();
            let line = good.line_start(close.start)..good.next_line(close.start);
            let edit = Edit::new(&["nginx-unclosed-block"]).replace(line, "").at(first(directive));
            edit.takes(directive.line_span().range())
        })
        .collect()
}

fn stray(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let flat = alone(good).filter(|directive| block(directive).is_none());
    flat.map(|directive| {
        good.added_after(last(directive), &["nginx-stray-brace"], "}").needs(directive.span().range())
    })
    .collect()
}

fn nameless(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let is_table = |directive: &Directive| matches!(directive.body, Body::Table(_));
    tall(good)
        .filter(|(directive, _)| !is_table(directive))
        .map(|(directive, block)| {
            let open = block.open.unwrap().span.start as usize;
            let edit = good.added_after(open, &["nginx-block-without-name"], "{ listen 81; }");
            edit.needs(directive.line_span().range())
        })
        .collect()
}

fn quoted<'g>(good: &'g Good<'_, Tree>) -> impl Iterator<Item = (&'g Directive, &'g Arg)> {
    alone(good).filter(|directive| block(directive).is_none()).flat_map(|directive| {
        let quoted = directive.words.iter().filter(|word| word.quoting != Quoting::Bare);
        quoted.map(move |word| (directive, word))
    })
}

fn closing_quote(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    quoted(good)
        .filter(|(directive, word)| {
            // The next quote of the directive would be taken for the missing one.
            let last = directive.words.iter().rfind(|other| other.quoting == word.quoting);
            word.leaf.span.range().len() > 2 && last.is_some_and(|last| last.leaf == word.leaf)
        })
        .map(|(directive, word)| {
            let end = word.leaf.span.end as usize;
            let edit = Edit::new(&["nginx-unclosed-quote", "nginx-after-quote"]).replace(end - 1..end, "");
            edit.at(word.leaf.span.start as usize).takes(directive.span().range())
        })
        .collect()
}

fn after_quote(good: &Good<'_, Tree>, numbers: &mut Numbers) -> Vec<Edit> {
    quoted(good)
        .map(|(directive, word)| {
            let end = word.leaf.span.end as usize;
            let edit =
                Edit::new(&["nginx-after-quote"]).insert(end, *numbers.pick(&["x", "-a", "$b", "\"c\""]));
            edit.at(end - 1).takes(directive.span().range())
        })
        .collect()
}

fn brace_in_word(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let is_block = |directive: &Directive| matches!(directive.body, Body::Block(_));
    let plain =
        tall(good).filter(|(directive, _)| is_block(directive) && directive.name(good.text) == "location");
    plain
        .map(|(directive, block)| {
            let open = block.open.unwrap().span.start as usize;
            let edit =
                good.added_after(open, &["nginx-brace-in-word"], "location ~ ^/y/[0-9]{4}/$ { return 404; }");
            edit.needs(directive.line_span().range())
        })
        .collect()
}

fn block_in_table(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let tables = tall(good).filter(|(directive, _)| matches!(directive.body, Body::Table(_)));
    tables
        .map(|(directive, block)| {
            let open = block.open.unwrap().span.start as usize;
            let edit = good.added_after(open, &["nginx-block-in-table"], "a { b c; }");
            edit.needs(directive.line_span().range())
        })
        .collect()
}

fn template(good: &Good<'_, Tree>, numbers: &mut Numbers) -> Vec<Edit> {
    let flat = alone(good).filter(|directive| block(directive).is_none());
    flat.map(|directive| {
        let tag = *numbers.pick(&["{{ name }}", "{% if tls %}", "<% if tls %>"]);
        good.added_after(last(directive), &["nginx-template"], tag)
            .needs(directive.span().range())
            .alone("a template")
    })
    .collect()
}

#[test]
fn every_mistake_in_an_nginx_conf_is_reported_where_it_was_made() {
    let good = good::files("nginx.conf", good::NGINX);
    Reader { file: "nginx.conf", read }.check(&Plan::of(300, 6), &good, ENTRIES);
}
