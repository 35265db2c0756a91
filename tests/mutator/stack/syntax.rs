//! Mistakes in how things are written: braces, brackets, quotes, separators, characters, references.

use stackc::schema::{BlockRule, Kind, Word, rows_named};
use stackc::syntax::stack::tree::{Arg, ArgKind, Piece, PieceKind};

use super::index::{Good, Site};
use super::{StackEntry, entry};
use crate::mutator::edit::Edit;
use crate::mutator::run::Class;
use crate::property::mutation::Numbers;

pub(super) const ENTRIES: &[StackEntry] = &[
    entry("a `{` is left out", Class::Brace, opener),
    entry("a `}` is left out", Class::Brace, closer),
    entry("a `}` too many", Class::Brace, stray),
    entry("a `{` stuck to its word", Class::Ordinary, glued_opener),
    entry("a `{` on a line of its own", Class::Ordinary, lowered_opener),
    entry("a `]` is left out", Class::Ordinary, list_end),
    entry("a closing quote is left out", Class::Ordinary, closing_quote),
    entry("an opening quote is left out", Class::Ordinary, opening_quote),
    entry("the end of a fenced text is left out", Class::Ordinary, fence_end),
    entry("a quote stuck to a word", Class::Ordinary, glued_quote),
    entry("a `;` stuck to a word", Class::Ordinary, glued_separator),
    entry("two statements without a `;`", Class::Ordinary, separator),
    entry("an escape that is none", Class::Ordinary, escape),
    entry("a line continued with a backslash", Class::Ordinary, backslash),
    entry("a character that nobody sees", Class::Ordinary, control),
    entry("a reference that is none", Class::Ordinary, reference),
    entry("a colon or an equals sign as elsewhere", Class::Ordinary, foreign_sign),
];

/// Reported where the block begins: nobody can say where it should have ended, but whose it is is certain.
fn opener(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let with_block =
        good.sites.iter().filter(|site| site.block().is_some_and(|block| !block.items.is_empty()));
    with_block
        .map(|site| {
            let block = site.block().unwrap();
            let open = block.open.range();
            let edit = Edit::new(&["missing-brace", "stray-brace"])
                .replace(open.start - 1..open.end, "")
                .at(site.words().start)
                .takes(site.words())
                .takes(block.close.unwrap().range());
            // On one line, nothing says where the statement ends and its block begins.
            if good.is_tall(site) {
                edit
            } else {
                edit.takes(site.whole()).at(block.close.unwrap().start as usize)
            }
        })
        .collect()
}

/// Reported where the block begins.
fn closer(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let with_block =
        good.sites.iter().filter(|site| site.block().is_some_and(|block| !block.items.is_empty()));
    with_block
        .map(|site| {
            let block = site.block().unwrap();
            let close = block.close.unwrap().range();
            let lines = good.line_start(close.start)..good.next_line(close.start);
            let alone = good.text[lines.clone()].trim() == "}";
            let gone = if alone { lines } else { close.clone() };
            Edit::new(&["unclosed-block"]).replace(gone, "").at(block.open.start as usize).takes(site.words())
        })
        .collect()
}

fn stray(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let alone = good.sites.iter().filter(|site| good.is_alone(site));
    alone
        .map(|site| {
            if numbers.once_in(3) {
                let at = site.whole().end;
                return Edit::new(&["stray-brace"]).insert(at, " }").at_new(1).takes(site.whole());
            }
            good.added_after(site, &["stray-brace"], "}").needs(site.whole())
        })
        .collect()
}

fn glued_opener(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let words = good.sites.iter().filter(|site| {
        let last = site.statement.args.last().unwrap();
        site.block().is_some() && last.as_word().is_some() && good.is_tall(site)
    });
    words
        .map(|site| {
            let (end, open) = (site.words().end, site.block().unwrap().open.start as usize);
            good.wrong(site, &["glued-block"], end..open, "")
        })
        .collect()
}

fn lowered_opener(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let tall = good.sites.iter().filter(|site| good.is_tall(site));
    tall.map(|site| {
        let indent = good.indent(site);
        let open = site.block().unwrap().open.start as usize;
        let line = format!("\n{indent}");
        Edit::new(&["block-without-head"]).replace(site.words().end..open, line).at(open).takes(site.words())
    })
    .collect()
}

fn list_end(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        for arg in site.args() {
            if let ArgKind::List(_) = arg.kind {
                let end = arg.span.end as usize;
                let edit =
                    Edit::new(&["unclosed-list"]).replace(end - 1..end, "").at(arg.span.start as usize);
                edits.push(edit.takes(site.whole()));
            }
        }
    }
    edits
}

/// Every text in quotes on one line, those in lists included, and the text between the quotes.
fn quoted<'g>(good: &'g Good<'_>) -> impl Iterator<Item = (&'g Site<'g>, &'g Arg)> {
    good.sites.iter().flat_map(|site| {
        let items = site.args().iter().flat_map(|arg| match &arg.kind {
            ArgKind::List(list) => list.items.iter().collect(),
            _ => vec![arg],
        });
        items
            .filter(|arg| matches!(arg.kind, ArgKind::Quoted(_) | ArgKind::Verbatim(_)))
            .map(move |arg| (site, arg))
    })
}

/// What is in the block may have become a part of the text.
fn closing_quote(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    quoted(good)
        .map(|(site, arg)| {
            let end = arg.span.end as usize;
            let codes = ["unclosed-text", "glued-text", "bad-list-item"];
            Edit::new(&codes).replace(end - 1..end, "").at(arg.span.start as usize).takes(site.whole())
        })
        .collect()
}

/// The other quote is then one that begins a text, or is stuck to a word.
fn opening_quote(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    // After a `#` all is comment then, and a brace begins or ends a block: nobody can tell.
    let not_empty = quoted(good).filter(|(_, arg)| {
        let text = &good.text[arg.span.range()];
        text.len() > 2 && !text.contains(" #") && !text.replace("${", "").contains('{')
    });
    not_empty
        .map(|(site, arg)| {
            let start = arg.span.start as usize;
            let codes = ["unclosed-text", "glued-text", "bad-list-item", "glued-separator"];
            Edit::new(&codes).replace(start..start + 1, "").at(start + 1).takes(site.whole())
        })
        .collect()
}

fn fence_end(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        for arg in site.args() {
            let end = arg.span.end as usize;
            if let ArgKind::Fenced(_) = arg.kind
                && good.text[good.line_start(end - 1)..end].trim() == "\"\"\""
            {
                let line = good.line_start(end - 1)..good.next_line(end - 1);
                let edit = Edit::new(&["unclosed-text"]).replace(line, "").at(arg.span.start as usize);
                // With two of them, each would be taken for the other's.
                edits.push(edit.takes(site.whole()).alone("a fence"));
            }
        }
    }
    edits
}

fn glued_quote(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        for pair in site.statement.args.windows(2) {
            let [before, text] = pair else { continue };
            let is_text = matches!(text.kind, ArgKind::Quoted(_) | ArgKind::Verbatim(_));
            if before.as_word().is_some() && is_text {
                let gap = before.span.end as usize..text.span.start as usize;
                let glue = *numbers.pick(&["=", "", ":"]);
                edits.push(good.wrong(site, &["glued-text"], gap, glue).takes(site.whole()));
            }
        }
    }
    edits
}

/// Every `;` with the statements around it.
fn separators<'g>(good: &'g Good<'_>) -> Vec<(usize, &'g Site<'g>, &'g Site<'g>)> {
    let mut found = Vec::new();
    for (number, site) in good.sites.iter().enumerate() {
        let next = good.sites[number + 1..].iter().find(|next| next.parent == site.parent);
        let Some(next) = next else { continue };
        let gap = site.whole().end..next.whole().start;
        if good.text.get(gap.clone()).is_some_and(|gap| gap.trim() == ";") {
            found.push((gap.start, site, next));
        }
    }
    found
}

fn glued_separator(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let after = |at: usize| at + 1..at + 2;
    let found = separators(good).into_iter();
    found
        .map(|(at, site, next)| {
            let edit = Edit::new(&["glued-separator"]).replace(after(at), "").at(at);
            edit.takes(site.whole()).takes(next.whole())
        })
        .collect()
}

/// The `;`, or the line break, is gone and what follows has become arguments: where the row has room for them, nobody
/// can tell.
fn separator(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (at, site, next) in separators(good) {
        // The block of the second would be taken for one of the first.
        if !takes_more(site, next) && (site.block().is_some() || next.block().is_none()) {
            let code = if site.block().is_some() { "after-block" } else { "wrong-arguments" };
            let edit = Edit::new(&[code]).replace(at..at + 1, "").at(at);
            edits.push(edit.takes(site.whole()).takes(next.whole()));
        }
    }
    for (number, site) in good.sites.iter().enumerate() {
        let Some(next) = good.sites.get(number + 1).filter(|next| next.parent == site.parent) else {
            continue;
        };
        let gap = site.whole().end..next.whole().start;
        if !numbers.once_in(3) || !good.text[gap.clone()].trim().is_empty() || !good.is_alone(next) {
            continue;
        }
        let codes = if site.block().is_some() { "after-block" } else { "wrong-arguments" };
        if site.block().is_some() || (!takes_more(site, next) && next.block().is_none()) {
            let edit = Edit::new(&[codes]).replace(gap.clone(), " ").at(gap.start - 1);
            edits.push(edit.takes(site.words()).takes(next.whole()));
        }
    }
    edits
}

/// Whether a statement has room for the words of another.
fn takes_more(site: &Site<'_>, next: &Site<'_>) -> bool {
    let args: Vec<Arg> = site.args().iter().chain(&next.statement.args).cloned().collect();
    fits(site, &args)
}

/// Whether some row of the statement takes these arguments.
pub(super) fn fits(site: &Site<'_>, args: &[Arg]) -> bool {
    if is_strict(site.kind) {
        return args.len() == 1 || args.len() == 2 && args[1].as_word() == Some("exported");
    }
    // What may stand in other pairs is for the program that reads them.
    if site.kind.is_pairs() {
        return true;
    }
    rows_named(site.kind, site.head()).iter().any(|row| {
        let takes = match row.word {
            Word::Nginx(directive, _) => directive.takes(args.len()),
            Word::Own | Word::Compose(_) => true,
        };
        takes && row.parsed().fit(args).is_ok()
    })
}

/// Whether a block holds pairs of a name and one value, and nothing else.
pub(super) fn is_strict(kind: Kind) -> bool {
    matches!(kind, Kind::Env | Kind::Labels)
}

fn escape(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let texts = quoted(good).filter(|(_, arg)| matches!(arg.kind, ArgKind::Quoted(_)));
    texts
        .map(|(site, arg)| {
            let escape = *numbers.pick(&["\\d", "\\.", "\\$", "\\'", "\\x1b", "\\/"]);
            good.wrong(
                site,
                &["bad-escape"],
                arg.span.start as usize + 1..arg.span.start as usize + 1,
                escape,
            )
        })
        .collect()
}

fn backslash(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in good.sites.iter().filter(|site| good.is_alone(site) && site.args().len() > 1) {
        for pair in site.args().windows(2) {
            // A fence that is moved ends elsewhere.
            if matches!(pair[1].kind, ArgKind::Fenced(_)) {
                continue;
            }
            let gap = pair[0].span.end as usize..pair[1].span.start as usize;
            let line = format!(" \\\n{}    ", good.indent(site));
            let edit = Edit::new(&["line-continuation"]).replace(gap.clone(), line).at(gap.start);
            edits.push(edit.takes(site.whole()));
        }
    }
    edits
}

/// In a word, a text or a comment.
fn control(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let hidden = ["\u{0}", "\u{1b}", "\u{8}", "\u{202e}", "\u{2066}", "\u{200f}"];
    let mut edits = Vec::new();
    for site in &good.sites {
        let arg = numbers.pick(&site.statement.args);
        let at = arg.span.start as usize + usize::from(numbers.once_in(2));
        // In or before the quotes of a fence, or the bracket of a list, it would undo them.
        let escapes = matches!(arg.kind, ArgKind::Quoted(_)) && good.text[arg.span.range()].contains('\\');
        if escapes || matches!(arg.kind, ArgKind::Fenced(_) | ArgKind::List(_)) {
            continue;
        }
        edits.push(good.wrong(site, &["control-character"], at..at, *numbers.pick(&hidden)));
    }
    for (at, _) in good.text.match_indices("# ") {
        let at = good.line_start(at).max(at) + 2;
        edits.push(Edit::new(&["control-character"]).insert(at, *numbers.pick(&hidden)).at_new(0));
    }
    edits
}

fn reference(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        for arg in site.args() {
            let (ArgKind::Word(pieces) | ArgKind::Quoted(pieces)) = &arg.kind else { continue };
            for Piece { kind, span } in pieces {
                let PieceKind::Reference(inner) = kind else { continue };
                let broken = match numbers.below(5) {
                    0 => format!("${{{inner}"),
                    1 => format!("${{ {inner} }}"),
                    2 => "${}".to_owned(),
                    3 => format!("${{{}}}", inner.replace('.', " .")),
                    _ => format!("${{${{{inner}}}}}"),
                };
                edits.push(good.wrong(site, &["bad-reference"], span.range(), broken).takes(site.whole()));
            }
        }
    }
    edits
}

/// `image: nginx` and `TZ=UTC`, as other languages write them.
fn foreign_sign(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        let head = site.head_range();
        if is_strict(site.kind) {
            let value = &site.args()[0];
            if value.as_word().is_some() {
                let gap = head.end..value.span.start as usize;
                edits.push(good.wrong(site, &["wrong-arguments"], gap.clone(), "="));
                edits.push(good.wrong(site, &["wrong-arguments", "wrong-type"], gap, ": "));
            }
        } else if !site.kind.is_pairs()
            && site.kind != Kind::File
            && site.row.is_some_and(|row| row.block == BlockRule::None)
        {
            edits.push(good.wrong(site, &["unknown-statement"], head.end..head.end, ":"));
        }
    }
    edits
}
