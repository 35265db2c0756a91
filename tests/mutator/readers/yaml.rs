//! Mistakes in YAML files.

use stackc::syntax::yaml::read;
use stackc::syntax::yaml::tree::{Entry, Node, NodeKind, Style, Tree};

use super::{Good, Reader, ReaderEntry, entry, good};
use crate::mutator::edit::Edit;
use crate::mutator::run::{Class, Plan};
use crate::property::mutation::Numbers;

const ENTRIES: &[ReaderEntry<Tree>] = &[
    entry("a tab before a key", Class::Ordinary, tab),
    entry("a key twice", Class::Ordinary, duplicate),
    entry("a closing quote is left out", Class::Brace, closing_quote),
    entry("text after a closing quote", Class::Ordinary, after_quote),
    entry("a bracket that is not closed", Class::Brace, open_bracket),
    entry("a bracket that closes nothing", Class::Ordinary, stray_bracket),
    entry("a line that is not indented like its neighbours", Class::Ordinary, indentation),
    entry("a key without its colon", Class::Ordinary, no_colon),
    entry("a second colon", Class::Ordinary, second_colon),
    entry("an alias of nothing", Class::Ordinary, alias),
    entry("an escape that is none", Class::Ordinary, escape),
    entry("an item among keys", Class::Ordinary, item),
    entry("an item on the line of its key", Class::Ordinary, inline_item),
];

/// Entries on one line, `key: value` with a plain value, in a block.
fn flat<'g>(good: &'g Good<'_, Tree>) -> Vec<(&'g Node, &'g Node)> {
    entries(good)
        .into_iter()
        .filter(|(key, value)| {
            let line = good.text[good.line_start(key.span.start as usize)..].lines().next().unwrap();
            let rest = format!("{}: {}", &good.text[key.span.range()], &good.text[value.span.range()]);
            !value.span.range().is_empty() && line.trim() == rest
        })
        .collect()
}

fn entries<'g>(good: &'g Good<'_, Tree>) -> Vec<(&'g Node, &'g Node)> {
    let mut found = Vec::new();
    for (_, node) in good.tree.nodes() {
        if let NodeKind::Mapping(entries) = &node.kind {
            let is_flow = good.text[node.span.range()].starts_with('{');
            let both = |Entry { key, value, .. }: &Entry| (good.tree.node(*key), good.tree.node(*value));
            found.extend(entries.iter().filter(|_| !is_flow).map(both));
        }
    }
    found
}

fn scalars<'g>(good: &'g Good<'_, Tree>, style: Style) -> impl Iterator<Item = &'g Node> {
    good.tree.nodes().map(|(_, node)| node).filter(move |node| match &node.kind {
        NodeKind::Scalar(scalar) => scalar.style == style && !good.text[node.span.range()].contains('\n'),
        _ => false,
    })
}

fn line_of(good: &Good<'_, Tree>, at: usize) -> std::ops::Range<usize> {
    good.line_start(at)..good.next_line(at)
}

fn tab(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (key, _) in flat(good) {
        let at = key.span.start as usize;
        let indent = good.indent(at).len();
        if indent > 0 {
            let start = good.line_start(at);
            let edit = Edit::new(&["yaml-tab"]).replace(start..start + indent, "\t").at(at);
            edits.push(edit.takes(line_of(good, at)));
        }
    }
    edits
}

fn duplicate(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (key, _) in flat(good) {
        let at = key.span.start as usize;
        let line = format!("{}: other", &good.text[key.span.range()]);
        if &good.text[key.span.range()] != "<<" {
            edits.push(good.added_after(at, &["yaml-duplicate-key"], &line).needs(line_of(good, at)));
        }
    }
    edits
}

/// All that follows may be a part of it.
fn closing_quote(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let quoted = scalars(good, Style::Double).chain(scalars(good, Style::Single));
    quoted
        .filter(|node| node.span.range().len() > 2)
        .map(|node| {
            let (start, end) = (node.span.start as usize, node.span.end as usize);
            // The next quote of the line may have become its end.
            let edit =
                Edit::new(&["yaml-unclosed-quote", "yaml-after-quote"]).replace(end - 1..end, "").at(start);
            edit.takes(line_of(good, start))
        })
        .collect()
}

fn after_quote(good: &Good<'_, Tree>, numbers: &mut Numbers) -> Vec<Edit> {
    let quoted = scalars(good, Style::Double).chain(scalars(good, Style::Single));
    quoted
        .map(|node| {
            let end = node.span.end as usize;
            let edit =
                Edit::new(&["yaml-after-quote"]).insert(end, *numbers.pick(&["x", " more", "8"])).at(end - 1);
            edit.takes(line_of(good, end - 1))
        })
        .collect()
}

fn flows<'g>(good: &'g Good<'_, Tree>) -> impl Iterator<Item = &'g Node> {
    good.tree.nodes().map(|(_, node)| node).filter(|node| {
        let text = &good.text[node.span.range()];
        let is_collection = matches!(node.kind, NodeKind::Mapping(_) | NodeKind::Sequence(_));
        is_collection && text.starts_with(['[', '{']) && !text.contains('\n')
    })
}

fn open_bracket(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    flows(good)
        .map(|node| {
            let (start, end) = (node.span.start as usize, node.span.end as usize);
            let codes = ["yaml-unclosed-bracket", "yaml-bad-flow"];
            Edit::new(&codes).replace(end - 1..end, "").at(start).takes(line_of(good, start))
        })
        .collect()
}

fn stray_bracket(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    flows(good)
        .map(|node| {
            let end = node.span.end as usize;
            let bracket = &good.text[end - 1..end];
            Edit::new(&["yaml-stray-bracket"]).insert(end, bracket).at(end - 1).takes(line_of(good, end - 1))
        })
        .collect()
}

/// One space more than the entry before it, which has a value of its own.
fn indentation(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let flat = flat(good);
    let mut edits = Vec::new();
    for pair in flat.windows(2) {
        let [(before, _), (key, _)] = pair else { continue };
        let (above, at) = (before.span.start as usize, key.span.start as usize);
        if good.next_line(above) == good.line_start(at) && before.parent == key.parent {
            let start = good.line_start(at);
            let edit = Edit::new(&["yaml-bad-indentation", "yaml-second-colon"]).insert(start, " ").at(at);
            edits.push(edit.takes(start..good.next_line(at)).needs(line_of(good, above)));
        }
    }
    edits
}

fn no_colon(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    let flat = flat(good);
    let mut edits = Vec::new();
    for pair in flat.windows(2) {
        let [(before, _), (key, value)] = pair else { continue };
        let (above, at) = (before.span.start as usize, key.span.start as usize);
        let plain =
            |node: &Node| matches!(&node.kind, NodeKind::Scalar(scalar) if scalar.style == Style::Plain);
        if good.next_line(above) == good.line_start(at)
            && before.parent == key.parent
            && plain(key)
            && plain(value)
        {
            let gap = key.span.end as usize..value.span.start as usize;
            let edit = Edit::new(&["yaml-no-colon"]).replace(gap, " ").at(at);
            edits.push(edit.takes(line_of(good, at)).needs(line_of(good, above)));
        }
    }
    edits
}

fn second_colon(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    flat(good)
        .into_iter()
        .filter(|(_, value)| matches!(&value.kind, NodeKind::Scalar(scalar) if scalar.style == Style::Plain))
        .map(|(key, value)| {
            let end = value.span.end as usize;
            let edit = Edit::new(&["yaml-second-colon"]).insert(end, ": more").at(end - 1);
            edit.takes(line_of(good, key.span.start as usize))
        })
        .collect()
}

fn alias(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    flat(good)
        .into_iter()
        .map(|(key, value)| {
            let edit = Edit::new(&["yaml-unknown-alias"]).replace(value.span.range(), "*nobody");
            edit.at(value.span.start as usize).takes(line_of(good, key.span.start as usize))
        })
        .collect()
}

fn escape(good: &Good<'_, Tree>, numbers: &mut Numbers) -> Vec<Edit> {
    scalars(good, Style::Double)
        .map(|node| {
            let at = node.span.start as usize + 1;
            let edit =
                Edit::new(&["yaml-bad-escape"]).insert(at, *numbers.pick(&["\\d", "\\.", "\\$", "\\xq"]));
            edit.at(at).takes(line_of(good, at))
        })
        .collect()
}

fn item(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    flat(good)
        .into_iter()
        .map(|(key, _)| {
            let at = key.span.start as usize;
            good.added_after(at, &["yaml-item-among-keys"], "- item").needs(line_of(good, at))
        })
        .collect()
}

fn inline_item(good: &Good<'_, Tree>, _: &mut Numbers) -> Vec<Edit> {
    flat(good)
        .into_iter()
        .map(|(_, value)| {
            let at = value.span.start as usize;
            let edit = Edit::new(&["yaml-inline-item"]).insert(at, "- ").at(at);
            edit.takes(line_of(good, at))
        })
        .collect()
}

#[test]
fn every_mistake_in_a_compose_file_is_reported_where_it_was_made() {
    let good = good::files("docker-compose.yml", good::COMPOSE);
    Reader { file: "docker-compose.yml", read }.check(&Plan::of(300, 5), &good, ENTRIES);
}
