//! What a person is shown for each mistake in a YAML file: the input, then the whole text.

use std::fmt::Write as _;

use stackc::diagnostic::Sink;
use stackc::render::{Look, terminal};
use stackc::source::SourceMap;
use stackc::syntax::yaml::tree::{NodeId, NodeKind, Tree};
use stackc::syntax::yaml::{mistakes, read};

/// The findings as they are shown, then what is left of the tree: `!` stands for what could not be read.
fn shown(text: &str) -> String {
    let mut map = SourceMap::default();
    let file = map.add("compose.yml", text);
    let mut sink = Sink::default();
    let tree = read(file, text, &mut sink);
    sink.finish();
    let mut out = terminal::findings(&sink, &map, &Look::PLAIN);
    for document in &tree.documents {
        outline(&tree, document.root, &mut out);
    }
    out
}

fn outline(tree: &Tree, id: NodeId, out: &mut String) {
    match &tree.node(id).kind {
        NodeKind::Scalar(scalar) => write!(out, "{:?}", scalar.text).unwrap(),
        NodeKind::Mapping(entries) => {
            out.push('{');
            for entry in entries {
                outline(tree, entry.key, out);
                out.push(' ');
                outline(tree, entry.value, out);
                out.push(',');
            }
            out.push('}');
        }
        NodeKind::Sequence(items) => {
            out.push('[');
            for item in items {
                outline(tree, *item, out);
                out.push(',');
            }
            out.push(']');
        }
        NodeKind::Alias(alias) => write!(out, "*{}", alias.name).unwrap(),
        NodeKind::Error => out.push('!'),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(shown(text), expected.strip_prefix('\n').unwrap(), "{text}");
}

fn codes(text: &str) -> Vec<&'static str> {
    let file = SourceMap::default().add("compose.yml", text);
    let mut sink = Sink::default();
    read(file, text, &mut sink);
    sink.finish();
    sink.diagnostics.iter().map(|found| found.code).collect()
}

#[test]
fn nesting_and_mistakes_without_end_are_told_of_once() {
    assert_eq!(codes(&format!("a: {}\nb: c\n", "[".repeat(300))), ["yaml-too-deep"]);
    let many = codes(&"a: @\n".repeat(200));
    assert_eq!(many.iter().filter(|code| **code == "yaml-too-many-mistakes").count(), 1);
    assert!(mistakes::CODES.is_sorted_by(|a, b| a < b));
}

#[test]
fn text_after_a_quoted_text() {
    check(
        "services:\n  web:\n    command: \"nginx\" -g\n    image: nginx\n",
        r#"
error[yaml-after-quote]: `-g` stands after a quoted text
   ╭─[compose.yml:3:22]
 2 │   web:
 3 │     command: "nginx" -g
   ·                      ──
 4 │     image: nginx
   ╰────
  note: a quoted text ends at its closing quote, and nothing but a comment may follow it
  help: put the quotes around all of it; inside of single quotes write `''` for `'`, inside of
        double quotes `\"` for `"`

{"services" {"web" {"command" !,"image" "nginx",},},}"#,
    );
}

#[test]
fn an_alias_of_what_it_stands_in() {
    check(
        "x: &x\n  y: *x\n",
        r#"
error[yaml-alias-cycle]: `*x` stands for something that it is part of
   ╭─[compose.yml:2:6]
 1 │ x: &x
   ·    ─┬
   ·     ╰── this would have to hold itself
 2 │   y: *x
   ·      ──
   ╰────
  note: an alias stands for a copy, so this one would have no end
  help: name a part that does not hold the alias, or write the value out

{"x" {"y" *x,},}"#,
    );
}

#[test]
fn a_block_text_on_the_line_of_its_bar() {
    check(
        "a:\n  run: |set -eu\n    exec\n  b: c\n",
        r#"
error[yaml-bad-block-text]: `|set` does not begin a text of several lines
   ╭─[compose.yml:2:8]
 1 │ a:
 2 │   run: |set -eu
   ·        ────
 3 │     exec
   ╰────
  note: after `|` or `>` stands at most `+` or `-` and a number from 1 to 9; the text begins on the
        next line, and all of it is indented alike
  help: move the text to the lines below, indented with spaces

{"a" {"run" !,"b" "c",},}"#,
    );
}

#[test]
fn a_character_that_begins_nothing() {
    check(
        "a:\n  user: @me\n  b: c\n",
        r#"
error[yaml-bad-character]: `@` may not stand here
   ╭─[compose.yml:2:9]
 1 │ a:
 2 │   user: @me
   ·         ─
 3 │   b: c
   ╰────
  note: YAML keeps `@`, a backtick and `%` at the beginning of a value for itself, and has no
        control characters
  help: put the whole value in quotes; if the file is a template, lint what it is rendered to

{"a" {"user" !,"b" "c",},}"#,
    );
}

#[test]
fn an_escape_that_is_none() {
    check(
        "a:\n  path: \"C:\\data\"\n  b: c\n",
        r#"
error[yaml-bad-escape]: `\d` is not an escape
   ╭─[compose.yml:2:12]
 1 │ a:
 2 │   path: "C:\data"
   ·            ──
 3 │   b: c
   ╰────
  note: in double quotes a `\` begins an escape such as `\\`, `\"`, `\n`, `\t` or `\u00e9`
  help: write `\\` for a backslash, or use single quotes, in which nothing is special

{"a" {"path" !,"b" "c",},}"#,
    );
}

#[test]
fn a_line_between_two_columns() {
    check(
        "services:\n  web:\n    image: nginx\n   ports:\n      - \"80\"\n    restart: always\n  db:\n    image: postgres\n",
        r#"
error[yaml-bad-indentation]: `ports:` is indented like nothing before it
   ╭─[compose.yml:4:4]
 3 │     image: nginx
 4 │    ports:
   ·    ──────
 5 │       - "80"
   ╰────
  note: entries of one mapping or list begin in the same column, and what belongs to one of them is
        indented more
  help: indent it like the entries that it belongs to, with spaces

{"services" {"web" {"image" "nginx","restart" "always",},"db" {"image" "postgres",},},}"#,
    );
}

#[test]
fn a_key_given_twice() {
    check(
        "a: 1\nb: 2\na: 3\n",
        r#"
error[yaml-duplicate-key]: the key `a` is given twice
   ╭─[compose.yml:3:1]
 1 │ a: 1
   · ┬
   · ╰── first given here
 2 │ b: 2
 3 │ a: 3
   · ─
   ╰────
  note: a mapping has each key once; compose refuses the file, other readers keep the last
  help: remove one of them, or join what they hold

{"a" "1","b" "2","a" "3",}"#,
    );
}

#[test]
fn a_list_on_the_line_of_its_key() {
    check(
        "a:\n  ports: - 80\n  b: c\n",
        r#"
error[yaml-inline-item]: a list cannot begin on the line of its key
   ╭─[compose.yml:2:10]
 1 │ a:
 2 │   ports: - 80
   ·          ─
 3 │   b: c
   ╰────
  note: `- ` begins an item only at the beginning of a line
  help: write the list on the lines below, or in brackets: `[a, b]`; a text that begins with `- `
        belongs in quotes

{"a" {"ports" !,"b" "c",},}"#,
    );
}

#[test]
fn an_item_among_keys() {
    check(
        "web:\n  image: nginx\n  - 80\n  b: c\n",
        r#"
error[yaml-item-among-keys]: the item `- 80` stands among keys
   ╭─[compose.yml:3:3]
 2 │   image: nginx
 3 │   - 80
   ·   ────
 4 │   b: c
   ╰────
  note: a mapping holds `key: value`, a list `- item`; at one column there can be only one of them
  help: give the item a key above it, or write `key: value`

{"web" {"image" "nginx","b" "c",},}"#,
    );
}

#[test]
fn a_key_among_items() {
    check(
        "- a\nb: c\n- d\n",
        r#"
error[yaml-key-among-items]: `b: c` stands where only another item can
   ╭─[compose.yml:2:1]
 1 │ - a
 2 │ b: c
   · ────
 3 │ - d
   ╰────
  note: at this column there is a list, or a line that has ended; a key belongs to a mapping
  help: begin it with `- `, or indent it like the keys that it belongs to

["a","d",]"#,
    );
}

#[test]
fn a_colon_without_a_space() {
    check(
        "web:\n  image:nginx\n  ports:\n    - 80\n",
        r#"
error[yaml-no-colon]: `image:nginx` is no `key: value`
   ╭─[compose.yml:2:3]
 1 │ web:
 2 │   image:nginx
   ·   ───────────
 3 │   ports:
   ╰────
  note: a `:` ends a key only before a space or the end of the line
  help: write a space after the `:`: `image: nginx`

{"web" {"ports" ["80",],},}"#,
    );
}

#[test]
fn a_word_among_keys() {
    check(
        "web:\n  b: c\n  restart\n  d: e\n",
        r#"
error[yaml-no-colon]: `restart` is no `key: value`
   ╭─[compose.yml:3:3]
 2 │   b: c
 3 │   restart
   ·   ───────
 4 │   d: e
   ╰────
  note: the lines around it are entries of a mapping, and each of them has a key
  help: write `:` after the key, begin the line with `#` if it is a comment, or indent it if it
        belongs to the value before it

{"web" {"b" "c","d" "e",},}"#,
    );
}

#[test]
fn a_second_colon() {
    check(
        "a:\n  cmd: echo: x\n  b: c\n",
        r#"
error[yaml-second-colon]: this line has a second `: `
   ╭─[compose.yml:2:12]
 1 │ a:
 2 │   cmd: echo: x
   ·            ┬
   ·            ╰── this one makes a key of what is already a value
 3 │   b: c
   ╰────
  note: a value on the line of its key cannot be a mapping
  help: put the value in quotes, or the second key on a line below, indented more

{"a" {"cmd" !,"b" "c",},}"#,
    );
}

#[test]
fn a_bracket_that_closes_nothing() {
    check(
        "a:\n  x: {b: c}}\n  b: c\n",
        r#"
error[yaml-stray-bracket]: this `}` closes nothing
   ╭─[compose.yml:2:12]
 1 │ a:
 2 │   x: {b: c}}
   ·            ─
 3 │   b: c
   ╰────
  note: `[`, `]`, `{` and `}` are not text unless they are quoted
  help: remove it, write what it should close, or put the whole value in quotes

{"a" {"x" !,"b" "c",},}"#,
    );
}

#[test]
fn a_tag_that_is_not_declared() {
    check(
        "a:\n  x: !e!t y\n  b: c\n",
        r#"
error[yaml-syntax]: `!e!t` cannot be read as YAML
   ╭─[compose.yml:2:6]
 1 │ a:
 2 │   x: !e!t y
   ·      ────
 3 │   b: c
   ╰────
  note: the parser says: the handle wasn't declared
  help: put the value in quotes if it is meant as text

{"a" {"x" !,"b" "c",},}"#,
    );
}

#[test]
fn tabs_as_indentation() {
    check(
        "web:\n\timage: nginx\n\tports: x\ndb:\n  image: postgres\n",
        r#"
error[yaml-tab]: a tab stands where only spaces may
   ╭─[compose.yml:2:1]
 1 │ web:
 2 │     image: nginx
   · ────
 3 │     ports: x
   ╰────
  note: how far a line is indented says what it belongs to, and YAML counts spaces alone
  help: replace the tabs by spaces

{"web" !,"db" {"image" "postgres",},}"#,
    );
}

#[test]
fn a_bracket_without_an_end() {
    check(
        "web:\n  ports: [\"80:80\"\n  image: nginx\ndb: x\n",
        r#"
error[yaml-unclosed-bracket]: this `[` has no `]`
   ╭─[compose.yml:2:10]
 1 │ web:
 2 │   ports: ["80:80"
   ·          ┬
   ·          ╰── opened here
 3 │   image: nginx
   ╰────
  note: what follows is not indented more than the line of the bracket, or is the end of the file
  help: write `]` after the last item; a `[` that is meant as text belongs in quotes

{"web" {"ports" !,"image" "nginx",},"db" "x",}"#,
    );
}

#[test]
fn a_quote_without_an_end() {
    check(
        "web:\n  image: \"nginx\n  restart: \"no\"\ndb: x\n",
        r#"
error[yaml-unclosed-quote]: this `"` is not closed
   ╭─[compose.yml:2:10]
 1 │ web:
 2 │   image: "nginx
   ·          ┬
   ·          ╰── opened here
 3 │   restart: "no"
   ╰────
  note: a quoted text runs on until its closing quote, over as many lines as it takes
  help: write `"` at the end of the text

{"web" {"image" !,"restart" "no",},"db" "x",}"#,
    );
}

#[test]
fn aliases_without_an_anchor() {
    check(
        "x-common: &common {a: b}\nweb:\n  <<: *comon\n  b: *late\nc: &late x\n",
        r#"
error[yaml-unknown-alias]: `*comon` stands for nothing
   ╭─[compose.yml:3:7]
 2 │ web:
 3 │   <<: *comon
   ·       ──────
 4 │   b: *late
   ╰────
  note: an alias stands for a value that an `&` has named before it in the same document
  help: did you mean `*common`?

error[yaml-unknown-alias]: `*late` stands for nothing
   ╭─[compose.yml:4:6]
 3 │   <<: *comon
 4 │   b: *late
   ·      ─────
 5 │ c: &late x
   ·    ──┬──
   ·      ╰── defined only here, below
   ╰────
  note: an alias stands for a value that an `&` has named before it in the same document
  help: move the value with the anchor above the alias

{"x-common" {"a" "b",},"web" {"<<" *comon,"b" *late,},"c" "x",}"#,
    );
}

#[test]
fn brackets_without_a_comma() {
    check(
        "a:\n  ports: [x: {a: b} c]\n  b: c\n",
        r#"
error[yaml-bad-flow]: `c` may not stand here between brackets
   ╭─[compose.yml:2:21]
 1 │ a:
 2 │   ports: [x: {a: b} c]
   ·                     ─
 3 │   b: c
   ╰────
  note: between brackets, items are separated by `,`, and a key by `: ` from its value
  help: write the missing `,`, or put the item in quotes if it is meant as text

{"a" {"ports" !,"b" "c",},}"#,
    );
}
