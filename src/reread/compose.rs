//! docker-compose.yml against the values that it was printed from: the same keys, in the same order, with the same
//! values, and no text that a reader of YAML could take for anything but text.

use super::{Compared, reading, same};
use crate::backend::compose::{Item, Node};
use crate::source::FileId;
use crate::syntax::yaml::tree::{NodeId, NodeKind, Scalar, Style, Tree};
use crate::syntax::yaml::{print, read};

pub(super) fn compare(file: FileId, text: &str, meant: &Node) -> Compared {
    let tree = reading(file, text, read, print)?;
    match tree.documents.as_slice() {
        [only] => value(&tree, only.root, meant),
        _ => same(false, None, "there is more or less than one document"),
    }
}

fn value(tree: &Tree, id: NodeId, meant: &Node) -> Compared {
    let marked = tree.tag(id).is_some() || tree.anchor(id).is_some();
    same(!marked, tree.node(id).span, "a value has a tag or an anchor")?;
    match meant {
        Node::Text(text) => scalar(tree, id, text, |found| found.style != Style::Plain || is_text(text)),
        Node::Quoted(text) => scalar(tree, id, text, |found| found.style != Style::Plain),
        Node::Bool(truth) => plain(tree, id, if *truth { "true" } else { "false" }),
        Node::Number(number) => plain(tree, id, &number.to_string()),
        Node::Real(number) => {
            let found = tree.scalar(id).filter(|found| found.style == Style::Plain);
            let found = found.and_then(|found| found.text.parse::<f64>().ok()).map(f64::to_bits);
            same(
                found == Some(number.to_bits()),
                tree.node(id).span,
                "a number is not the one that was meant",
            )
        }
        Node::Empty => plain(tree, id, ""),
        Node::Words(words) => items(tree, id, words, |id, word| {
            scalar(tree, id, word, |found| found.style != Style::Plain || is_text(word))
        }),
        Node::List(list) => items(tree, id, list, |id, item| value(tree, id, &item.node)),
        Node::Map(entries) => mapping(tree, id, entries),
    }
}

fn plain(tree: &Tree, id: NodeId, meant: &str) -> Compared {
    scalar(tree, id, meant, |found| found.style == Style::Plain)
}

fn scalar(tree: &Tree, id: NodeId, meant: &str, is_such: impl Fn(&Scalar) -> bool) -> Compared {
    let found = tree.scalar(id).filter(|found| &*found.text == meant);
    same(found.is_some(), tree.node(id).span, "a value is not the one that was meant")?;
    same(found.is_some_and(is_such), tree.node(id).span, "a value has another type")
}

fn items<T>(tree: &Tree, id: NodeId, meant: &[T], each: impl Fn(NodeId, &T) -> Compared) -> Compared {
    let found = tree.items(id);
    let is_list = matches!(tree.node(id).kind, NodeKind::Sequence(_)) && found.len() == meant.len();
    same(is_list, tree.node(id).span, "a list is not the one that was meant")?;
    found.iter().zip(meant).try_for_each(|(id, meant)| each(*id, meant))
}

fn mapping(tree: &Tree, id: NodeId, meant: &[(String, Item)]) -> Compared {
    let found = tree.entries(id);
    let is_mapping = matches!(tree.node(id).kind, NodeKind::Mapping(_)) && found.len() == meant.len();
    same(is_mapping, tree.node(id).span, "a mapping is not the one that was meant")?;
    found.iter().zip(meant).try_for_each(|(entry, (key, item))| {
        scalar(tree, entry.key, key, |found| found.style != Style::Plain || is_text(key))?;
        value(tree, entry.value, &item.node)
    })
}

/// Words that are no texts to some reader: those of YAML 1.1 (yaml.org/type) and of 1.2 (10.3.2), in lower case.
const WORDS: &[&str] = &[
    "", "~", "<<", "=", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", "+.inf",
    "-.inf", ".nan",
];

/// Whether every reader of YAML, 1.1 or 1.2, takes this for a text although it is not quoted: it is no word of the
/// language, no number and no date.
fn is_text(plain: &str) -> bool {
    let lower = plain.to_ascii_lowercase();
    let digits = lower.strip_prefix(['-', '+']).unwrap_or(&lower).replace('_', "");
    let based = ["0x", "0o", "0b"].iter().find_map(|base| digits.strip_prefix(base));
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && (digits.parse::<f64>().is_ok()
            || based.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit())));
    !WORDS.contains(&lower.as_str()) && !is_number && !is_sexagesimal(&digits) && !is_date(plain)
}

/// `22:22`, which YAML 1.1 takes for 1342.
fn is_sexagesimal(digits: &str) -> bool {
    let whole = digits.split_once('.').map_or(digits, |(whole, _)| whole);
    let mut parts = whole.split(':');
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.next().is_some_and(is_digits)
        && whole.contains(':')
        && parts.all(|part| is_digits(part) && part.parse::<u32>().is_ok_and(|part| part < 60))
}

/// `2026-01-31`, alone or with a time behind it.
fn is_date(plain: &str) -> bool {
    let mut parts = plain.splitn(3, '-');
    let mut number = |digits: std::ops::RangeInclusive<usize>, last: bool| {
        parts.next().is_some_and(|part| {
            let length = part.bytes().take_while(u8::is_ascii_digit).count();
            let ends = part.len() == length || last && part[length..].starts_with(['T', 't', ' ', '\t']);
            digits.contains(&length) && ends
        })
    };
    number(4..=4, false) && number(1..=2, false) && number(1..=2, true)
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn what_some_reader_takes_for_something_else_is_no_text() {
        for other in [
            "",
            "~",
            "Yes",
            "NO",
            "on",
            "y",
            "True",
            "null",
            "<<",
            "=",
            "0",
            "-1",
            "+1",
            "1_000",
            "1e3",
            "1.",
            ".5",
            "1.5",
            "0x1F",
            "0o17",
            "0b1",
            "017",
            "22:22",
            "1:30:45.5",
            ".inf",
            "-.INF",
            ".NaN",
            "2026-01-31",
            "2026-1-3",
            "2026-01-31T10:00:00Z",
        ] {
            assert!(!is_text(other), "{other}");
        }
        for text in [
            "a",
            "yess",
            "1.2.3",
            "80:80",
            "127.0.0.1",
            "0x",
            "1e",
            "-",
            ".",
            "..",
            "1-2-3",
            "2026-01-31x",
            "e3",
            "inf",
            "nan",
            "0.5.0",
            "1:2:a",
            "nginx:1.30",
            "3:60",
        ] {
            assert!(is_text(text), "{text}");
        }
    }
}
