//! Mistakes in which statement stands where and with what: heads, arguments, blocks, how often.

use stackc::schema::{BlockRule, Count, Kind, rows_named, rows_of};
use stackc::syntax::stack::tree::Arg;

use super::index::{Good, Site};
use super::syntax::fits;
use super::{StackEntry, entry};
use crate::mutator::edit::{Edit, misspelt};
use crate::mutator::run::Class;
use crate::property::mutation::Numbers;

pub(super) const ENTRIES: &[StackEntry] = &[
    entry("a head misspelt", Class::Ordinary, head),
    entry("a keyword misspelt", Class::Ordinary, keyword),
    entry("a head in quotes or capitals", Class::Ordinary, dressed_head),
    entry("a statement in a block where it does not belong", Class::Ordinary, misplaced),
    entry("a word of compose, Docker or nginx", Class::Ordinary, foreign),
    entry("a statement twice that stands once", Class::Ordinary, repeated),
    entry("an argument is left out", Class::Ordinary, fewer),
    entry("an argument too many", Class::Ordinary, more),
    entry("a block where none may stand", Class::Ordinary, block),
    entry("a block is left out", Class::Ordinary, no_block),
];

/// Statements that are rows.
fn rows<'g>(good: &'g Good<'_>) -> impl Iterator<Item = &'g Site<'g>> {
    good.sites.iter().filter(|site| site.row.is_some())
}

/// What stands in the block is still read as what it was meant to be.
fn head(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in rows(good).filter(|site| site.head().len() > 3) {
        let wrong = misspelt(site.head(), numbers);
        if rows_named(site.kind, &wrong).is_empty() {
            let codes = ["unknown-statement", "misplaced-statement"];
            edits.push(good.wrong(site, &codes, site.head_range(), wrong));
        }
    }
    edits
}

/// The words of a sentence that are no slots.
fn keyword(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in rows(good) {
        for arg in site.args() {
            let Some(word) = arg.as_word() else { continue };
            let is_slot = site.slots.iter().any(|(_, other)| other.span == arg.span);
            if is_slot || word.starts_with(['~', '=', '^']) {
                continue;
            }
            let wrong = misspelt(word, numbers);
            let mut args = site.args().to_vec();
            replace_word(&mut args, arg, &wrong);
            if !fits(site, &args) {
                edits.push(
                    good.wrong(site, &["wrong-arguments"], arg.span.range(), wrong).takes(site.whole()),
                );
            }
        }
    }
    edits
}

fn replace_word(args: &mut [Arg], which: &Arg, word: &str) {
    use stackc::syntax::stack::tree::{ArgKind, Piece, PieceKind};
    for arg in args.iter_mut().filter(|arg| arg.span == which.span) {
        let piece = Piece { kind: PieceKind::Text(word.to_owned()), span: arg.span };
        arg.kind = ArgKind::Word(vec![piece]);
    }
}

fn dressed_head(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    rows(good)
        .map(|site| {
            let head = site.head();
            let dressed = match numbers.below(3) {
                0 => format!("\"{head}\""),
                1 => format!("'{head}'"),
                _ => head.to_uppercase(),
            };
            good.wrong(site, &["unknown-statement", "misplaced-statement"], site.head_range(), dressed)
        })
        .collect()
}

/// Places where a line can be added: tall blocks of statements, each with its kind.
fn tall_blocks<'g>(good: &'g Good<'_>) -> impl Iterator<Item = (&'g Site<'g>, Kind)> {
    rows(good).filter_map(|site| {
        let kind = site.row?.block.kind()?;
        (good.is_tall(site) && !kind.is_pairs()).then_some((site, kind))
    })
}

fn misplaced(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (site, kind) in tall_blocks(good) {
        let other = *numbers.pick(&Kind::ALL);
        if other.is_pairs() {
            continue;
        }
        let elsewhere: Vec<_> =
            rows_of(other).filter(|row| rows_named(kind, row.head()).is_empty()).collect();
        if !elsewhere.is_empty() {
            let row = *numbers.pick(&elsewhere);
            let codes = ["misplaced-statement", "unknown-statement"];
            edits.push(good.added_in(site, &codes, &row.example()));
        }
    }
    edits
}

/// Lines as they are written in compose, a Dockerfile and nginx.
const FOREIGN: &[(&str, Kind)] = &[
    ("ports 8080:80", Kind::Service),
    ("volumes ./data:/data", Kind::Service),
    ("environment { TZ UTC }", Kind::Service),
    ("depends_on postgres", Kind::Service),
    ("links postgres", Kind::Service),
    ("working_dir /app", Kind::Service),
    ("container_name shop", Kind::Service),
    ("networks back", Kind::Service),
    ("env_file ./app.env", Kind::Service),
    ("cmd serve", Kind::Service),
    ("FROM python:3.14-slim", Kind::Build),
    ("add . /app", Kind::Build),
    ("label a=b", Kind::Build),
    ("server_name shop.example.org", Kind::Site),
    ("location /a/ { return 404 }", Kind::Site),
    ("proxy_pass http://shop:8000", Kind::Site),
    ("root /srv/www", Kind::Site),
    ("server { listen 80 }", Kind::Proxy),
    ("ports 8080:80", Kind::Proxy),
    ("healthcheck { every 5s }", Kind::Proxy),
    ("services { web { image nginx:1.30 } }", Kind::File),
    ("version 3.8", Kind::File),
];

fn foreign(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (site, kind) in tall_blocks(good) {
        let known = |line: &str| rows_named(kind, line.split(' ').next().unwrap()).is_empty();
        let lines: Vec<&str> =
            FOREIGN.iter().filter(|(line, of)| *of == kind && known(line)).map(|(line, _)| *line).collect();
        if !lines.is_empty() {
            let codes = ["unknown-statement", "misplaced-statement"];
            edits.push(good.added_in(site, &codes, lines[numbers.below(lines.len())]));
        }
    }
    edits
}

fn repeated(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let once = rows(good).filter(|site| site.row.unwrap().count == Count::Once && good.is_alone(site));
    let flat = once.filter(|site| !good.is_tall(site) && !good.text[site.whole()].contains('\n'));
    flat.map(|site| {
        good.added_after(site, &["duplicate-statement"], &good.text[site.whole()]).needs(site.whole())
    })
    .collect()
}

fn fewer(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        for (at, arg) in site.args().iter().enumerate() {
            let before = site.statement.args[at].span.end as usize;
            let mut args = site.args().to_vec();
            args.remove(at);
            if !fits(site, &args) {
                let gap = before..arg.span.end as usize;
                edits
                    .push(good.wrong(site, &["wrong-arguments"], gap, "").at(before - 1).takes(site.whole()));
            }
        }
    }
    edits
}

fn more(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in &good.sites {
        let mut args = site.args().to_vec();
        let Some(last) = args.last().cloned() else { continue };
        let word = *numbers.pick(&["too", "and", "/more", "8080"]);
        args.push(last.clone());
        let added = args.len() - 1;
        replace_last(&mut args[added], word);
        if !fits(site, &args) {
            let at = site.words().end;
            let edit = good.wrong(site, &["wrong-arguments"], at..at, format!(" {word}")).at(at - 1);
            edits.push(edit.takes(site.whole()));
        }
    }
    edits
}

fn replace_last(arg: &mut Arg, word: &str) {
    use stackc::syntax::stack::tree::{ArgKind, Piece, PieceKind};
    arg.kind = ArgKind::Word(vec![Piece { kind: PieceKind::Text(word.to_owned()), span: arg.span }]);
}

fn block(good: &Good<'_>, numbers: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for site in good.sites.iter().filter(|site| site.block().is_none()) {
        let rows = rows_named(site.kind, site.head());
        let may = rows.iter().any(|row| row.block != BlockRule::None);
        if may && !site.kind.is_pairs() {
            continue;
        }
        let end = site.words().end;
        let block = *numbers.pick(&[" { x 1 }", " { every 5s }", " { }"]);
        edits.push(good.wrong(site, &["wrong-block", "wrong-arguments"], end..end, block).at(end - 1));
    }
    edits
}

fn no_block(good: &Good<'_>, _: &mut Numbers) -> Vec<Edit> {
    let must = rows(good).filter(|site| matches!(site.row.unwrap().block, BlockRule::Must(_)));
    must.map(|site| {
        let gone = site.words().end..site.whole().end;
        let edit = Edit::new(&["wrong-block"]).replace(gone, "").at(site.words().start).takes(site.whole());
        // Whoever refers to what stood in the block has nothing to refer to.
        edit.takes(site.whole())
    })
    .collect()
}
