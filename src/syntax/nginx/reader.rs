//! Reads an nginx configuration: any text has a tree, and every mistake in it a diagnostic.

use super::build::{Built, build};
use super::found::{Found, Mistakes};
use super::frames::Braces;
use super::lexer::Lexer;
use super::mistakes::explain;
use super::tree::{MistakeKind, Tree};
use crate::diagnostic::{Severity, Sink};
use crate::source::{FileId, Span};

/// Reads `text`; never fails. A mistake costs the directive that it stands in, and each is put into `sink` once.
///
/// Braces pair as nginx pairs them. Only if some are left over does the indentation have a say in which block lacks
/// its own, and only if that explains the file with no more mistakes.
pub fn read(file: FileId, text: &str, sink: &mut Sink) -> Tree {
    let mut mistakes = Mistakes::default();
    let tokens = Lexer::new(file, text, &mut mistakes).tokens();
    let mut built = build(text, &tokens, Braces::AsWritten, mistakes.clone());
    let unbalanced = [MistakeKind::OpenBlock, MistakeKind::StrayClose, MistakeKind::MissingBrace];
    if unbalanced.into_iter().any(|kind| built.mistakes.has(kind)) {
        let other = build(text, &tokens, Braces::ByIndentation, mistakes);
        if other.mistakes.total() <= built.mistakes.total() {
            built = other;
        }
    }
    let Built { items, directive_count, mistakes } = built;
    let end = tokens.last().map_or(0, |token| token.leaf.span.end as usize);
    sink.add_more(Severity::Error, mistakes.left_out());
    let found = mistakes.in_order();
    sink.extend(found.iter().map(|found| explain(found, text)));
    let mistakes = found.iter().map(Found::mistake).collect();
    Tree { file, items, tail: Span::new(file, end, text.len()), directive_count, mistakes }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::diagnostic::Sink;
    use crate::source::SourceMap;
    use crate::syntax::nginx::tree::{Arg, Body, Directive, Item, Tree, directives};

    /// The tree of `text` and the codes of what was found, each with its line.
    fn read_all(text: &str) -> (Tree, Vec<String>) {
        let mut map = SourceMap::default();
        let file = map.add("nginx.conf", text);
        let mut sink = Sink::default();
        let tree = read(file, text, &mut sink);
        let found = sink.diagnostics.iter().map(|found| {
            let line_number = map.position(found.primary.span).line_number;
            format!("{line_number} {}", found.code.trim_start_matches("nginx-"))
        });
        let found = found.collect();
        (tree, found)
    }

    /// The directives in nginx's own words: arguments as cooked, separated by `|`; `!` before what is damaged.
    fn outline<'a>(list: impl Iterator<Item = &'a Directive>, text: &str) -> String {
        let one = |directive: &Directive| {
            let words: Vec<&str> = directive.words.iter().map(|word| word.text(text)).collect();
            let end = match &directive.body {
                Body::None(_) => String::new(),
                Body::Block(_) => format!("{{{}}}", outline(directive.children(), text)),
                Body::Table(_) => format!("<{}>", outline(directive.children(), text)),
                Body::Opaque(opaque) => format!("[{}]", &text[opaque.text.span.range()]),
            };
            format!("{}{}{end}", if directive.damaged { "!" } else { "" }, words.join("|"))
        };
        list.map(one).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn check(text: &str, expected: &str, mistakes: &[&str]) {
        let (tree, found) = read_all(text);
        assert_eq!(found, mistakes, "{text}");
        assert_eq!(outline(directives(&tree.items), text), expected, "{text}");
    }

    #[test]
    fn words_are_split_as_nginx_splits_them() {
        check("a b\tc \"\";\nd;e\r\nf;", "a|b|c| d e|f", &[]);
        check("a b#c ${d}e $f{}", "a|b#c|${d}e|$f{}", &[]);
        check("a b\"c d'e'; f ''g;", "a|b\"c|d'e' !f|", &["1 after-quote"]);
        check("if ($a = \"b\"){c;}", "if|($a|=|b|){c}", &[]);
        check("a b # c; {\n d;", "a|b|d", &[]);
    }

    #[test]
    fn backslashes_are_resolved_where_nginx_resolves_them() {
        check(r#"a "\"\\\n" '\'\d' \;\ x\.y;"#, "a|\"\\\n|'\\d|\\;\\ x\\.y", &[]);
        check(r"a \{b \#c \;", r"!a|\{b|\#c|\;", &["1 missing-semicolon"]);
    }

    #[test]
    fn tables_and_lua_are_told_apart_from_blocks() {
        check("map $a $b { default 1; } types{a/b c d;}", "map|$a|$b<default|1> types<a/b|c|d>", &[]);
        check("x_by_lua_block { a = {\"}\"} } y;", "x_by_lua_block[ a = {\"}\"} ] y", &[]);
        check("x_by_lua_block {\n  a = {\n}\ny;", "x_by_lua_block[\n  a = {\n] y", &[]);
    }

    #[test]
    fn comments_and_blank_lines_stand_where_they_were_written() {
        let (tree, _) = read_all("# a\n\nb { # c\n  d # e\n    f; # g\n\n}\n");
        let [Item::Comment(_), Item::Blank(_), Item::Directive(b)] = tree.items.as_slice() else {
            panic!("{tree:?}")
        };
        let Body::Block(block) = &b.body else { panic!("{b:?}") };
        assert!(block.comment.is_some());
        let [Item::Directive(d), Item::Blank(_)] = block.items.as_slice() else { panic!("{block:?}") };
        assert!(d.comments.len() == 1 && d.comments[0].0 == 1 && d.trailing.is_some());
        let words = |args: &[Arg]| args.len();
        assert_eq!((words(&d.words), words(d.args())), (2, 1));
    }

    #[test]
    fn a_mistake_costs_one_directive() {
        check(
            "server {\n  listen 80\n  root /a;\n\n  add_header A \"b;\n  index c;\n  d 'e'f;\n  g;;\n}\nh;",
            "server{!listen|80 root|/a !add_header|A|b index|c !d|e g} h",
            &["2 missing-semicolon", "5 unclosed-quote", "7 after-quote", "8 stray-semicolon"],
        );
        check("server {\n  listen 80}\nh;", "server{!listen|80} h", &["2 missing-semicolon"]);
        check("a {\n  { b; }\n  c;\n}\nd;", "a{b c} d", &["2 block-without-name"]);
        check("server {\n  a;\nserver {\n  b;\n}\n", "!server{a} server{b}", &["1 unclosed-block"]);
    }

    #[test]
    fn arguments_may_go_on_over_lines() {
        check("server_name a.com\n            b.com\nc.com;", "server_name|a.com|b.com|c.com", &[]);
        check("log_format a 'b'\n'c';", "log_format|a|b|c", &[]);
        check(
            "proxy_next_upstream error\n  timeout http_500;",
            "proxy_next_upstream|error|timeout|http_500",
            &[],
        );
    }

    #[test]
    fn templates_are_read_as_far_as_they_are_configurations() {
        check("listen ${PORT};\nserver_name $HOST;", "listen|${PORT} server_name|$HOST", &[]);
        check(
            "{% for a in b %}\nserver { # {{ a }}\n  root /{{ a.b }}/c;\n}\n{% endfor %}\n",
            "server{!root|/{{ a.b }}/c}",
            &["1 template"],
        );
        check(
            "server {\n  <% if a %>\n  listen <%= b %>;\n  <% end %>\n}",
            "server{!listen|<%= b %>}",
            &["2 template"],
        );
    }
}
