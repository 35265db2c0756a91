//! What must hold for every text as an nginx configuration: reading never fails, and printing gives the same bytes.

use std::cell::Cell;
use std::time::{Duration, Instant};

use stackc::diagnostic::Sink;
use stackc::handwritten::{self, Files, Source};
use stackc::project::host::Memory;
use stackc::render::{Look, terminal};
use stackc::source::{SourceMap, Span};
use stackc::syntax::nginx::tree::{Block, Body, Comment, Directive, Item, Leaf, Tree};
use stackc::syntax::nginx::{mistakes, print, read};

use super::mutation::{Amount, check_mutilated, check_shredded};

/// Texts without mistakes, between them with everything that nginx reads.
pub(crate) const TEXTS: &[&str] = &[
    "user  www-data;\nworker_processes auto; # one a core\n\nevents {\n\tworker_connections 1024;\n}\n\nhttp {\n    \
     include       mime.types;\n    default_type  application/octet-stream;\n    log_format main '$remote_addr \
     [$time_local] \"$request\" '\n                    '$status'; # goes on\n\n    server { listen 80; return 301 \
     https://$host$request_uri; }\n}\n",
    "upstream api {\n  server api:8000 max_fails=3;\n  keepalive 8;\n}\r\nserver {\r\n  server_name shop.example\r\n    \
     www.shop.example; # both\r\n\r\n  location ~* \"\\.(css|js){1,2}$\" {\r\n    expires 7d;\r\n  }\r\n  if \
     ($http_user_agent ~ \"bot\") { return 403; }\r\n}\r\n",
    "map $http_upgrade $connection_upgrade {\n  default upgrade;\n  ''      close; # none\n  # a pattern\n  \"~^a{2}\" \
     b;\n}\ntypes { text/css css; application/json\n    json map; }\ngeo $dollar { default \"$\"; }\n",
    "server{listen ${PORT};root /srv/${NAME}_x;add_header X \"a \\\"b\\\" $y\" always;set $a 'it\\'s';try_files $uri\n\
     # between\n$uri/ =404;}#end",
    "location /lua {\n  content_by_lua_block {\n    local t = { a = \"}\" } -- }\n    ngx.say([[ } ]])\n  }\n  rewrite \
     ^/a\\ b\\;(.*)$ /$1 last;\n}\n\n\n",
    "",
    "\n\n  \n# nothing but this",
];

/// What is put into them.
pub(crate) const SHREDS: &[&str] = &[
    "{",
    "}",
    ";",
    "\"",
    "'",
    "#",
    "\\",
    "$",
    "${",
    "{{",
    "}}",
    "{%",
    "%}",
    "{# a #}",
    "<%",
    "%>",
    "{{ a }}",
    "\n{% if a %}\n",
    "{2,3}",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\u{feff}",
    "\u{e9}",
    "\u{0}",
    "x",
    " {\n",
    "\n}\n",
    "};",
    ")",
    "\nlisten 80",
    "\nlocation /",
    " a_by_lua_block {",
    "[[",
    "--",
    "map {",
    "\"a\"b",
    "80}\n",
];

/// Checks that a text can be linted, and that every finding stands in it.
fn lint(text: &str) {
    let source = Source { name: "nginx.conf".to_owned(), text: text.to_owned(), is_named: true };
    let checked =
        handwritten::check(Files { configurations: vec![source], ..Files::default() }, &Memory::default());
    for found in &checked.sink.diagnostics {
        let labels = found.labels.iter().map(|label| label.span);
        let edits = found.fix.iter().flat_map(|fix| fix.edits.iter().map(|(span, _)| *span));
        for span in labels.chain(edits).chain([found.primary.span]) {
            assert!(text.get(span.range()).is_some(), "{found:?} in {text:?}");
        }
    }
    terminal::findings(&checked.sink, &checked.sources, &Look::PLAIN);
}

fn tree_of(text: &str) -> (Tree, Sink) {
    let mut map = SourceMap::default();
    let file = map.add("nginx.conf", text);
    let mut sink = Sink::default();
    let tree = read(file, text, &mut sink);
    (tree, sink)
}

/// Goes through the leaves of a tree in order and sees that each begins where the one before ended.
struct Walk<'a> {
    text: &'a str,
    end: u32,
    directives: u32,
}

impl Walk<'_> {
    fn leaf(&mut self, leaf: Leaf) {
        assert_eq!(leaf.from, self.end, "{leaf:?} in {:?}", self.text);
        assert!(leaf.span.start >= leaf.from && leaf.span.end >= leaf.span.start);
        let lead = &self.text[leaf.lead().range()];
        assert!(lead.bytes().all(|b| b.is_ascii_whitespace()), "{lead:?} in {:?}", self.text);
        assert!(self.text.get(leaf.span.range()).is_some());
        self.end = leaf.span.end;
    }

    fn comment(&mut self, comment: &Comment) {
        assert!(self.text[comment.leaf.span.range()].starts_with('#'));
        self.leaf(comment.leaf);
    }

    fn items(&mut self, items: &[Item], depth: usize) {
        assert!(depth <= 64);
        for item in items {
            match item {
                Item::Directive(directive) => self.directive(directive, depth),
                Item::Comment(comment) => self.comment(comment),
                Item::Mistake(leaf) => self.leaf(*leaf),
                Item::Blank(leaf) => {
                    assert!(self.text[leaf.span.range()].trim_ascii().is_empty());
                    self.leaf(*leaf);
                }
            }
        }
    }

    fn directive(&mut self, directive: &Directive, depth: usize) {
        assert_eq!(directive.id.0, self.directives, "directives are numbered in reading order");
        self.directives += 1;
        let mut comments = directive.comments.iter().peekable();
        for (count, word) in directive.words.iter().enumerate() {
            while let Some((_, comment)) = comments.next_if(|(before, _)| *before as usize <= count) {
                self.comment(comment);
            }
            self.leaf(word.leaf);
            let _ = word.text(self.text);
        }
        comments.for_each(|(_, comment)| self.comment(comment));
        match &directive.body {
            Body::None(semicolon) => semicolon.iter().for_each(|leaf| self.leaf(*leaf)),
            Body::Block(block) | Body::Table(block) => self.block(block, depth),
            Body::Opaque(opaque) => {
                self.leaf(opaque.open);
                self.leaf(opaque.text);
                opaque.close.iter().for_each(|leaf| self.leaf(*leaf));
            }
        }
        let span = directive.span();
        assert_eq!((span.start, span.end), (directive.words[0].leaf.span.start, span.end));
        directive.trailing.iter().for_each(|comment| self.comment(comment));
    }

    fn block(&mut self, block: &Block, depth: usize) {
        block.open.iter().for_each(|leaf| self.leaf(*leaf));
        block.comment.iter().for_each(|comment| self.comment(comment));
        self.items(&block.items, depth + 1);
        block.close.iter().for_each(|leaf| self.leaf(*leaf));
    }
}

/// Checks what must hold for any text at all.
pub(crate) fn check(text: &str) {
    let (tree, sink) = tree_of(text);
    assert_eq!(print(&tree, text), text);
    let mut walk = Walk { text, end: 0, directives: 0 };
    walk.items(&tree.items, 0);
    assert_eq!(tree.tail.start, walk.end, "{text:?}");
    assert_eq!(tree.tail.end as usize, text.len());
    assert_eq!(tree.directive_count, walk.directives, "{text:?}");
    assert_eq!(sink.diagnostics.len(), tree.mistakes.len(), "one diagnostic a mistake: {text:?}");
    for found in &sink.diagnostics {
        let labels = found.labels.iter().map(|label| label.span);
        let edits = found.fix.iter().flat_map(|fix| fix.edits.iter().map(|(span, _)| *span));
        for Span { file, start, end } in labels.chain(edits).chain([found.primary.span]) {
            assert!(file == tree.file && start <= end, "{text:?}");
            assert!(text.get(start as usize..end as usize).is_some(), "{found:?} in {text:?}");
        }
        assert!(mistakes::CODES.contains(&found.code), "{}", found.code);
        let said = [Some(&found.message), found.note.as_ref(), found.help.as_ref()];
        assert!(!said.into_iter().flatten().any(|said| said.contains(char::is_control)), "{found:?}");
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

/// Checks mutilated texts, some of which are linted as well, and sequences of the special characters. `slow::property`
/// checks all of them.
pub(crate) fn check_many(amount: Amount) {
    let count = Cell::new(0);
    check_mutilated(amount, (TEXTS, SHREDS), usize::MAX, |text| {
        check(text);
        count.set(count.get() + 1);
        if count.get() % 25 == 0 {
            lint(text);
        }
    });
    check_shredded(SHREDS, amount.of(50_000), check);
}

#[test]
fn mutilated_texts_are_printed_as_they_were_and_linted() {
    check_many(Amount::Share);
}

/// A test of `slow::property`.
pub(crate) fn texts_made_to_be_slow_or_deep_are_read_in_time() {
    for shred in SHREDS.iter().copied().chain([
        "a {\n",
        "a { ",
        "a;",
        "a ",
        "a \"\n",
        "a \"b;\n",
        "a '\nb \"\n",
        "{{ ",
        "{% \n",
        "a{1",
        "\\ ",
        "\n\n#a\n",
        "a_by_lua_block {\n}\n",
        "a_by_lua_block { [[ \n",
        " a_by_lua_block { [==== \n",
        "  a {\n b {\n}\n",
        "}\n  }\n",
        "a\n\n#b\n\n",
        "map $a $b {\n a b\n",
        "location /\n  root\n",
        "a}",
    ]) {
        let text = shred.repeat(200_000 / shred.len());
        let started = Instant::now();
        check(&text);
        assert!(started.elapsed() < Duration::from_secs(5), "{shred:?} took {:?}", started.elapsed());
    }
}

/// A test of `slow::property`.
pub(crate) fn long_lines_and_deep_blocks_are_read() {
    check(&"a {".repeat(200_000));
    check(&format!("{}{}", "a {\n".repeat(200_000), "}\n".repeat(200_000)));
    check(&"proxy_pass http://x;".repeat(500_000));
    check(&format!("a \"{}\";", "x y\\\"".repeat(2_000_000)));
}
