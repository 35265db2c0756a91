//! What must hold for every text: reading never fails, every place is in the text, and printing gives the text back.

use stackc::diagnostic::Sink;
use stackc::source::{SourceMap, Span};
use stackc::syntax::yaml::tree::{NodeId, NodeKind, Slot, Tree};
use stackc::syntax::yaml::{mistakes, print, read};

use super::mutation::{Amount, check_mutilated, check_shredded};

/// Texts without mistakes, between them with everything that the language has.
pub(crate) const TEXTS: &[&str] = &[
    "# shop\nname: shop\n\nx-common: &common # shared\n  restart: unless-stopped\n  logging: {driver: json-file, options: \
     {max-size: 10m}}\n\nservices:\n  web:\n    <<: *common\n    image: nginx:1.30\n    ports:\n      - \"80:80\"\n      - \
     443:443 # tls\n    command: [\"nginx\", '-g', \"daemon off;\"]\n  # the database\n  db:\n    image: postgres\n    \
     environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:?set it}\n      MOTTO: 'it''s \"fine\"'\n    ports: !reset \
     []\nvolumes:\n  data:\n",
    "services:\r\n  job:\r\n    command: >-\r\n      sh -c\r\n      'true'\r\n\r\n    entrypoint: |+2\r\n        set -eu\r\n\r\n    \
     \x20 exec\r\n\r\n  # end\r\n",
    "\u{feff}a: plain over\n  two lines\n\"b c\": \"caf\u{e9} \\u00e9\\n\\\n  more\"\n? [x, y]\n: - 1\n  - - 2\n    - 3\n  -\n\u{65e5}\u{672c}: \
     ~\nempty:\n",
    "%YAML 1.2\n---\na: &a !!map\n  b: &b !x {c: &c \"d\", e: , ? f}\ng: [*a, *b , *c : h, i: j]\n...\n# between\n---\n- &k key\n- \
     *k : v\n--- |\n text\n--- # nothing\n",
    "a:\n- b: 1\n  c: 2\n-   d:\n      e: \"#no\" #yes\n- f#g: h:i\n- http://x/?y#z\n- '': \"\"\n",
];

/// What is put into them.
pub(crate) const SHREDS: &[&str] = &[
    ": ",
    ":",
    "- ",
    "-",
    "? ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\"",
    "'",
    "&a ",
    "*a",
    "*b ",
    "!t ",
    "!",
    "| ",
    "|\n",
    ">-\n",
    "#",
    " # x\n",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "  ",
    "    ",
    "\n  ",
    "\n\t",
    "\n---\n",
    "\n...\n",
    "%x",
    "@",
    "`",
    "\\",
    "\\q",
    "\u{0}",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{e9}",
    "\u{1f433}",
    "x",
    "<<: ",
    "x: y\n",
    "\n x: y",
    "{{ x }}",
    "&a [*a]",
    "~",
];

fn tree_of(text: &str) -> (Tree, Sink) {
    let mut map = SourceMap::default();
    let file = map.add("compose.yml", text);
    let mut sink = Sink::default();
    let tree = read(file, text, &mut sink);
    (tree, sink)
}

/// Checks what must hold for any text at all.
pub(crate) fn check(text: &str) {
    let (tree, sink) = tree_of(text);
    let places = |span: Span| {
        assert!(span.file == tree.file && span.start <= span.end, "{span:?} in {text:?}");
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    };
    for (id, node) in tree.nodes() {
        places(node.span);
        places(tree.full_span(id));
        [tree.tag(id), tree.anchor(id)].into_iter().flatten().for_each(|mark| places(mark.span));
        if let Some(parent) = node.parent {
            let outer = tree.node(parent).span;
            assert!(parent < id || node.slot == Slot::Stray, "{text:?}");
            assert!(outer.end >= node.span.end, "{text:?}: {:?} in {:?}", node.span, outer);
            assert!(tree.node(parent).damaged || !node.damaged, "{text:?}");
        }
        assert_eq!(is_held(&tree, id), node.slot != Slot::Stray, "{text:?}");
        if let NodeKind::Alias(alias) = &node.kind {
            assert!(alias.target.is_none_or(|target| target < id), "{text:?}");
        }
    }
    for comment in &tree.comments {
        places(comment.span);
        assert!(text[comment.span.range()].starts_with('#'), "{text:?}");
    }
    assert!(tree.comments.is_sorted_by_key(|comment| comment.span), "{text:?}");
    assert!(tree.errors.is_empty() || sink.has_errors(), "{text:?}");
    for found in &sink.diagnostics {
        places(found.primary.span);
        found.labels.iter().for_each(|label| places(label.span));
        assert!(mistakes::CODES.contains(&found.code), "{}", found.code);
        let said = [Some(&found.message), found.note.as_ref(), found.help.as_ref()];
        assert!(!said.into_iter().flatten().any(|said| said.contains(char::is_control)), "{found:?}");
    }
    assert_eq!(print(&tree, text), text);
}

/// Whether the parent of a node has it where the node says.
fn is_held(tree: &Tree, id: NodeId) -> bool {
    let node = tree.node(id);
    match (node.slot, node.parent) {
        (Slot::Root(document), None) => tree.documents[document as usize].root == id,
        (Slot::Key(entry), Some(parent)) => tree.entries(parent)[entry as usize].key == id,
        (Slot::Value(entry), Some(parent)) => tree.entries(parent)[entry as usize].value == id,
        (Slot::Item(item), Some(parent)) => tree.items(parent)[item as usize] == id,
        _ => false,
    }
}

#[test]
fn texts_without_mistakes_are_read_without_any() {
    for text in TEXTS {
        let (_, sink) = tree_of(text);
        assert_eq!(sink.diagnostics, [], "{text}");
        check(text);
    }
}

/// Checks mutilated texts, and sequences of the special characters. `slow::property` checks all of them.
pub(crate) fn check_many(amount: Amount) {
    check_mutilated(amount, (TEXTS, SHREDS), 120, check);
    check_shredded(SHREDS, amount.of(20_000), check);
}

#[test]
fn mutilated_texts_are_read_and_printed() {
    check_many(Amount::Share);
}

/// A test of `slow::property`.
pub(crate) fn texts_made_to_be_slow_or_deep_are_read() {
    for shred in SHREDS.iter().chain(&[
        "a: [\n",
        "a: \"\n",
        "a: @\n",
        " a:\n  b:\n",
        "- a\nb\n",
        "a: &a [*a]\n",
        "\ta: b\n",
        "k: v: w\n",
    ]) {
        check(&shred.repeat(600));
        check(&format!("x:\n  - {}", shred.repeat(600)));
    }
    check(&"[".repeat(200_000));
    check(&"a: [\n".repeat(20_000));
    check(&"- ".repeat(200_000));
    check(&format!("a: {}", "x ".repeat(1_000_000)));
    check(&format!("a: &a [x]\nb:\n{}", "- *a\n".repeat(100_000)));
}
