//! What must hold for every text: reading never fails, formatting keeps the meaning and is done after one time.

use std::fmt::Write as _;

use stackc::diagnostic::Sink;
use stackc::source::{FileId, SourceMap, Span};
use stackc::syntax::stack::tree::{Arg, ArgKind, Comment, Item, Piece, PieceKind, Statement, Tree};
use stackc::syntax::stack::{mistakes, print, read};

use super::mutation::{Amount, check_mutilated, check_shredded};

/// Texts without mistakes, between them with everything that the language has.
pub(crate) const TEXTS: &[&str] = &[
    "# shop.stack\nstack shop\n\nsecret cart_key { file ./secrets/cart_key }\nvolume orders\n\nservice api {\n  \
     image ghcr.io/acme/shop-api:2.3\n  mount orders at /var/lib/orders # the only state\n  needs cache healthy\n  \
     health exec [ \"curl\", -f, http://localhost:9000/up ] { every 10s;\tretries 3 }\n  env {\n    REGION eu-1\n    \
     CART_KEY_FILE secret.cart_key.path\n    URL \"redis://${cache.host}:6379/0?pool=${input.POOL:-8}\"\n  }\n}\n",
    "proxy edge {\n  publish 443:8443; publish 80:8080\n\n\n  site shop.example {\n    static /img/ from media at \
     /srv/img { expires 7d }\n    proxy / to api { websocket; client_max_body_size 8m }\n    route ~ ^/v\\d{1,2}/ { \
     return 404 }\n    # nothing else\n  }\n}\noverlay dev  {}\n",
    "service job {\n\trun \"\"\"\n\t\tset -eu\n\n\t\tfor f in *; do echo \"$f\"; done # not a comment\n\t  less\n\t\t\"\"\"\n\t\
     command [\n\t\tpython3 # the interpreter\n\t\t-c, 'print(\"${not.a.reference}\")'\n\n\t\t# and the rest\n\t\t\
     \"a\\tb\\\\c\\n\"\n\t]\n\tlabels { a.b 1; \"c d\" '' }\n}\n",
    "a\r\nb {\r\n  # c\r\n\r\n  d \"\"\"\"\r\n   \"\"\"\r\n    x\r\n\r\n   \"\"\"\"  # e\r\n}\r\n\r\n\r\n",
    "\u{feff}x {  # first\n\n  y z\n\n  # last\n\n}\nw $HOME $${HOME} \"$${y} $1 $!\u{e9}\" 'it is ${!}' \u{65e5}\u{672c}#no\n",
    "env { A 1; B { C 2; D { E 3 } }; F } # g\nlong { one aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; two \
     bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb; three { four; five \"\"\"six\"\"\" } }\nlist [a b,c , \"d, e\"] {}\n[x] y\n",
];

/// Why writing into a string is not checked.
const WRITABLE: &str = "a string can be written to";

/// What is put into them.
pub(crate) const SHREDS: &[&str] = &[
    "{", "}", "[", "]", "\"", "'", "\"\"\"", "\"\"\"\"", "${", "$${", "${a.b}", "${ a }", "\\", " \\\n", ";",
    "; ", "#", " # x\n", "\n", "\r\n", "\r", "\t", "  ", ",", "\u{202e}", "\u{0}", "\u{feff}", "\u{e9}", "x",
    " { ", " }\n", "\n}\n", "a {\n", "x\"y\"", "}{",
];

fn tree_of(text: &str) -> (Tree, Sink) {
    let mut map = SourceMap::default();
    let file = map.add("test.stack", text);
    let mut sink = Sink::default();
    let tree = read(file, text, &mut sink);
    sink.finish();
    (tree, sink)
}

/// What a tree says, without places, blank lines and comments.
fn meaning(tree: &Tree) -> String {
    let mut out = String::new();
    items(&tree.items, 0, &mut out);
    out
}

fn items(items: &[Item], level: usize, out: &mut String) {
    for item in items {
        match item {
            Item::Statement(statement) => {
                write!(out, "{}{}", " ".repeat(level), if statement.damaged { "!" } else { "" })
                    .expect(WRITABLE);
                statement.args.iter().for_each(|arg| argument(arg, out));
                out.push('\n');
                if let Some(block) = &statement.block {
                    self::items(&block.items, level + 1, out);
                    writeln!(out, "{}end", " ".repeat(level)).expect(WRITABLE);
                }
            }
            Item::Mistake(_) => writeln!(out, "{}?", " ".repeat(level)).expect(WRITABLE),
            Item::Comment(_) | Item::Blank => {}
        }
    }
}

fn argument(arg: &Arg, out: &mut String) {
    match &arg.kind {
        ArgKind::Word(pieces) => write!(out, " w{:?}", kinds(pieces)).expect(WRITABLE),
        ArgKind::Quoted(pieces) => write!(out, " q{:?}", kinds(pieces)).expect(WRITABLE),
        ArgKind::Verbatim(text) => write!(out, " v{text:?}").expect(WRITABLE),
        ArgKind::Fenced(text) => write!(out, " f{text:?}").expect(WRITABLE),
        ArgKind::List(list) => {
            out.push_str(" [");
            list.items.iter().for_each(|item| argument(item, out));
            out.push(']');
        }
    }
}

fn kinds(pieces: &[Piece]) -> Vec<&PieceKind> {
    pieces.iter().map(|piece| &piece.kind).collect()
}

/// Everything in a tree that has a place.
#[derive(Default)]
struct Places {
    spans: Vec<Span>,
    comments: Vec<String>,
    statements: u32,
}

impl Places {
    fn of(tree: &Tree) -> Self {
        let mut places = Self::default();
        places.items(&tree.items, 0);
        places.spans.extend(tree.mistakes.iter().map(|mistake| mistake.span));
        places
    }

    fn items(&mut self, items: &[Item], depth: usize) {
        assert!(depth <= 64);
        for item in items {
            match item {
                Item::Statement(statement) => self.statement(statement, depth),
                Item::Comment(comment) => self.comment(comment),
                Item::Mistake(span) => self.spans.push(*span),
                Item::Blank => {}
            }
        }
    }

    fn statement(&mut self, statement: &Statement, depth: usize) {
        assert_eq!(statement.id.0, self.statements, "statements are numbered in reading order");
        self.statements += 1;
        self.spans.push(statement.span);
        statement.args.iter().for_each(|arg| self.arg(arg));
        if let Some(block) = &statement.block {
            self.spans.push(block.open);
            self.spans.extend(block.close);
            block.comment.iter().for_each(|comment| self.comment(comment));
            self.items(&block.items, depth + 1);
        }
        statement.trailing.iter().for_each(|comment| self.comment(comment));
    }

    fn arg(&mut self, arg: &Arg) {
        self.spans.push(arg.span);
        match &arg.kind {
            ArgKind::Word(pieces) | ArgKind::Quoted(pieces) => {
                self.spans.extend(pieces.iter().map(|piece| piece.span));
            }
            ArgKind::Verbatim(_) | ArgKind::Fenced(_) => {}
            ArgKind::List(list) => {
                list.items.iter().for_each(|item| self.arg(item));
                list.comments.iter().for_each(|(_, comment)| self.comment(comment));
            }
        }
    }

    fn comment(&mut self, comment: &Comment) {
        self.spans.push(comment.span);
        self.comments.push(comment.text.clone());
    }
}

/// Checks what must hold for any text at all.
pub(crate) fn check(text: &str) {
    let (tree, sink) = tree_of(text);
    let places = Places::of(&tree);
    assert_eq!(places.statements, tree.statement_count, "{text:?}");
    let file: FileId = tree.file;
    let diagnosed = sink.diagnostics.iter().flat_map(|found| {
        let labels = found.labels.iter().map(|label| label.span);
        let edits = found.fix.iter().flat_map(|fix| fix.edits.iter().map(|(span, _)| *span));
        labels.chain(edits).chain([found.primary.span])
    });
    for span in places.spans.iter().copied().chain(diagnosed) {
        assert!(span.file == file && span.start <= span.end, "{span:?} in {text:?}");
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    }
    assert_eq!(sink.diagnostics.len(), tree.mistakes.len(), "one diagnostic a mistake: {text:?}");
    for found in &sink.diagnostics {
        assert!(mistakes::CODES.contains(&found.code), "{}", found.code);
        let said = [Some(&found.message), found.note.as_ref(), found.help.as_ref()];
        assert!(!said.into_iter().flatten().any(|said| said.contains(char::is_control)), "{found:?}");
    }
    let printed = print(&tree, text);
    if printed == text {
        return;
    }
    let (again, sink_again) = tree_of(&printed);
    for found in &sink_again.diagnostics {
        let known = sink.diagnostics.iter().any(|before| before.code == found.code);
        assert!(known, "{text:?} printed as {printed:?}: {found:?}");
    }
    assert_eq!(printed, print(&again, &printed), "{text:?}");
    if !sink.has_errors() {
        assert!(!sink_again.has_errors(), "{text:?} printed as {printed:?}: {:?}", sink_again.diagnostics);
        assert_eq!(meaning(&tree), meaning(&again), "{text:?} printed as {printed:?}");
        assert_eq!(places.comments, Places::of(&again).comments, "{text:?} printed as {printed:?}");
        assert_eq!(printed, print(&again, &printed), "{text:?}");
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
    check_mutilated(amount, (TEXTS, SHREDS), 90, check);
    check_shredded(SHREDS, amount.of(20_000), check);
}

#[test]
fn mutilated_texts_are_read_and_printed() {
    check_many(Amount::Share);
}

#[test]
fn texts_that_once_went_wrong_are_read_and_printed() {
    for text in [
        "\u{c}\u{c} { ba6 \0x 3189\n}\n",
        "service a\u{14}\n  b c {\u{1}\n  d\u{1}\n\0 {\u{1}e \0\n  }\n\0b! c d\"\"\n    }\n}\n",
    ] {
        check(text);
    }
}

#[test]
fn texts_made_to_be_slow_or_deep_are_read() {
    for shred in [
        "{",
        "}",
        "[",
        "\"",
        "'",
        "\"\"\"",
        "${",
        "$${",
        "\\ ",
        "; ",
        ";",
        "a{",
        "a {\n",
        "a { ",
        "}\n",
        "x [a\n",
        "a,\" [\n",
        "x \"\"\"\n",
        "x \"\"\"y\n",
        "x \\\n ",
        "x ${a{b{",
        "a\r",
        "\u{202e}a",
        " b\n",
        "# ",
        "a'b ",
        "\t\t",
    ] {
        check(&shred.repeat(600));
        check(&format!("x [\n{}", shred.repeat(600)));
        check(&format!("x {{\n{}{}", shred.repeat(300), "}\n".repeat(300)));
    }
}
