//! Reads a stack file: any text has a tree, and every mistake in it a diagnostic.

use super::build::build;
use super::found::{Found, Mistakes};
use super::lines::Lines;
use super::mistakes::explain;
use super::tokens::Token;
use super::tree::{MistakeKind, Tree};
use crate::diagnostic::{Severity, Sink};
use crate::source::{FileId, Span};
use crate::syntax::control;

/// Of so many places with characters that no one sees is told.
const MAX_CONTROL_PLACES: usize = 20;

/// Reads `text`; never fails. A mistake costs the statement that it stands in, and each is put into `sink` once.
pub fn read(file: FileId, text: &str, sink: &mut Sink) -> Tree {
    let mut mistakes = Mistakes::default();
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for (start, end) in control::places(&text[bom..], MAX_CONTROL_PLACES) {
        mistakes.push(Found::new(MistakeKind::Control, Span::new(file, bom + start, bom + end)));
    }
    let mut tokens = Lines::new(file, text, &mut mistakes).tokens();
    let quotes = Quotes::new(text, &mistakes);
    for token in &mut tokens {
        if let Token::Words(words) = token {
            words.damaged |= quotes.is_at(words.span);
        }
    }
    let (items, statement_count) = build(text, tokens, &mut mistakes);
    sink.add_more(Severity::Error, mistakes.left_out());
    let found = quotes.quieten(mistakes.in_order(), text);
    sink.extend(found.iter().map(|found| explain(found, text)));
    let mistakes = found.iter().map(Found::mistake).collect();
    Tree { file, items, statement_count, mistakes }
}

/// The lines on which quotes are out of step: what else looks wrong there follows from it.
struct Quotes {
    /// In order, without overlaps.
    lines: Vec<std::ops::Range<usize>>,
}

impl Quotes {
    fn new(text: &str, mistakes: &Mistakes) -> Self {
        let mut lines: Vec<std::ops::Range<usize>> = mistakes
            .iter()
            .filter(|found| found.is_of_quotes(text))
            .map(|found| {
                let at = found.span.start as usize;
                let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
                start..text[at..].find('\n').map_or(text.len(), |length| at + length)
            })
            .collect();
        lines.sort_by_key(|line| line.start);
        lines.dedup();
        Self { lines }
    }

    fn is_at(&self, span: Span) -> bool {
        let at = span.start as usize;
        let next = self.lines.partition_point(|line| line.start <= at);
        next > 0 && at < self.lines[next - 1].end
    }

    /// Of the mistakes on one of the lines, the first that is of quotes.
    fn quieten(&self, mut found: Vec<Found>, text: &str) -> Vec<Found> {
        let mut told: Option<usize> = None;
        found.retain(|found| {
            if found.kind == MistakeKind::Control || !self.is_at(found.span) {
                return true;
            }
            let line = self.lines.partition_point(|line| line.start <= found.span.start as usize);
            let is_first = told != Some(line) && found.is_of_quotes(text);
            if is_first {
                told = Some(line);
            }
            is_first
        });
        found
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::diagnostic::Sink;
    use crate::source::SourceMap;
    use crate::syntax::stack::mistakes::CODES;
    use crate::syntax::stack::tree::{ArgKind, Item, Piece, PieceKind, Statement, Tree};

    /// Reads `text` and says what was found, one `line:column code message` a line.
    fn findings(text: &str) -> (Tree, Vec<String>) {
        let mut map = SourceMap::default();
        let file = map.add("test.stack", text);
        let mut sink = Sink::default();
        let tree = read(file, text, &mut sink);
        let finding = |found: &crate::diagnostic::Diagnostic| {
            let place = map.position(found.primary.span);
            assert!(CODES.contains(&found.code));
            format!("{}:{} {}: {}", place.line_number, place.column, found.code, found.message)
        };
        let findings = sink.diagnostics.iter().map(finding).collect();
        (tree, findings)
    }

    /// The heads of the statements, those in blocks in parentheses; `!` before what is damaged, `?` for what is no
    /// statement.
    fn outline(items: &[Item]) -> String {
        let parts: Vec<String> = items.iter().filter_map(outline_of).collect();
        parts.join(" ")
    }

    fn outline_of(item: &Item) -> Option<String> {
        match item {
            Item::Statement(statement) => {
                let damaged = if statement.damaged { "!" } else { "" };
                let head = statement.head().unwrap_or("-");
                Some(match &statement.block {
                    Some(block) => format!("{damaged}{head}({})", outline(&block.items)),
                    None => format!("{damaged}{head}"),
                })
            }
            Item::Mistake(_) => Some("?".to_owned()),
            Item::Comment(_) | Item::Blank => None,
        }
    }

    #[track_caller]
    fn check(text: &str, expected_outline: &str, expected: &[&str]) {
        let (tree, findings) = findings(text);
        assert_eq!(findings, expected, "{text}");
        assert_eq!(outline(&tree.items), expected_outline, "{text}");
    }

    fn first(tree: &Tree) -> &Statement {
        super::super::tree::statements(&tree.items).next().expect("a statement")
    }

    /// The arguments of the first statement as text: references in angle brackets, items in square ones.
    fn arguments(text: &str) -> Vec<String> {
        let (tree, findings) = findings(text);
        assert_eq!(findings, [""; 0], "{text}");
        first(&tree).args.iter().map(|arg| argument(&arg.kind)).collect()
    }

    fn argument(kind: &ArgKind) -> String {
        let piece = |piece: &Piece| match &piece.kind {
            PieceKind::Text(text) => text.clone(),
            PieceKind::Reference(inner) => format!("<{inner}>"),
        };
        match kind {
            ArgKind::Word(pieces) | ArgKind::Quoted(pieces) => pieces.iter().map(piece).collect(),
            ArgKind::Verbatim(text) | ArgKind::Fenced(text) => text.clone(),
            ArgKind::List(list) => {
                let items: Vec<String> = list.items.iter().map(|item| argument(&item.kind)).collect();
                format!("[{}]", items.join("|"))
            }
        }
    }

    #[test]
    fn words_hold_what_other_languages_write() {
        for word in [
            "a#b",
            "a,b",
            "k=v",
            "a:b",
            "->",
            "*",
            r"C:\Users\me",
            "~",
            "@",
            r"\d{4}",
            "data{1...4}",
            "/users/{id}",
            "$HOME",
            "a[0]",
            "]",
            "^/(?<n>[a-z]{2,3})$",
            "Host(`x`)",
            "$1",
            "50%",
            "&&",
            "a|b",
            "日本",
        ] {
            assert_eq!(arguments(&format!("x {word}")), ["x", word]);
        }
        assert_eq!(arguments("x a b # c"), ["x", "a", "b"]);
    }

    #[test]
    fn dollars_are_text_unless_they_begin_a_reference() {
        assert_eq!(arguments("x ${a.b}c $${A} $A"), ["x", "<a.b>c", "${A}", "$A"]);
        assert_eq!(arguments("x ${input.TAG:-1.2} ${a.b-c_d}"), ["x", "<input.TAG:-1.2>", "<a.b-c_d>"]);
        assert_eq!(arguments(r#"x "$${A} ${a.b} $" '${!}'"#), ["x", "${A} <a.b> $", "${!}"]);
        assert_eq!(arguments(r#"x "${input.TAG:?set it}""#), ["x", "<input.TAG:?set it>"]);
    }

    #[test]
    fn quotes_resolve_escapes_and_single_quotes_do_not() {
        assert_eq!(arguments(r#"x "a\"b\\c\n\t" 'a\n"'"#), ["x", "a\"b\\c\n\t", "a\\n\""]);
        assert_eq!(arguments(r#"x "" '' """a "b" c""""#), ["x", "", "", "a \"b\" c"]);
    }

    #[test]
    fn a_fenced_text_loses_the_indentation_of_its_end() {
        assert_eq!(arguments("x \"\"\"\n    a\n\n      b\n   c\n    \"\"\" y"), ["x", "a\n\n  b\nc", "y"]);
        assert_eq!(
            arguments("x \"\"\"\"\r\n  a = \"\"\"\r\n  \"\"\"\r\n  \"\"\"\"\r\n"),
            ["x", "a = \"\"\"\n\"\"\""]
        );
        assert_eq!(arguments("x \"\"\"\n\"\"\""), ["x", ""]);
    }

    #[test]
    fn lists_run_over_lines_and_hold_comments() {
        assert_eq!(arguments("x [a b,c , \"d, e\" f[0] g{1,2}] h"), ["x", "[a|b|c|d, e|f[0]|g{1,2}]", "h"]);
        assert_eq!(arguments("x [ # c\na, # d\n\n  \"\"\"\n  b\n  \"\"\"\n] y"), ["x", "[a|b]", "y"]);
    }

    #[test]
    fn blocks_end_statements_and_separators_do() {
        check(
            "a 1; b { c; d { } ; e } # f\n\n;; ;\n",
            "a b(c d() e) ?",
            &["3:1 glued-separator: `;;` has no space after its `;`"],
        );
        check("\u{feff}a {# b\r\n}\r\n", "a()", &[]);
    }

    #[test]
    fn what_is_stuck_to_an_argument_costs_its_statement() {
        check(
            "a B=\"x y\" z\nb it's\nc \"d\"e\nf g;h\ni",
            "!a !b !c !f i",
            &[
                "1:5 glued-text: `\"x y\"` is stuck to the argument before it",
                "2:5 glued-text: `'s` is stuck to the argument before it",
                "3:6 glued-text: `e` is stuck to the argument before it",
                "4:4 glued-separator: `;h` has no space after its `;`",
            ],
        );
    }

    #[test]
    fn a_brace_stuck_to_a_word_opens_a_block_if_it_looks_like_one() {
        check("a b{\n  c\n}\nd", "a(c) d", &["1:4 glued-block: `b{` has no space before its `{`"]);
        check("a {\n  b c{d e\n  f\n}", "a(!b(d) f)", &["2:6 glued-block: `c{` has no space before its `{`"]);
        check("a b{c}\nd", "!a d", &["1:3 glued-block: `b{c}` has no space before its `{`"]);
    }

    #[test]
    fn what_follows_a_block_is_no_statement() {
        check(
            "a { b } c { d\n}\ne { f } { g }\nh",
            "a(b) c(d) e(f) ? h",
            &[
                "1:9 after-block: `c` stands after a block on the same line",
                "3:9 after-block: a statement cannot have a second block",
            ],
        );
    }

    #[test]
    fn an_unclosed_text_ends_with_its_line_and_leaves_the_braces() {
        check(
            "a {\n  b { c \"d }\n  e\n}\nf \"g {\n  h\n}\ni 'j",
            "a(!b(!c) e) !f(h) !i",
            &[
                "2:9 unclosed-text: `\"d }` has no closing `\"`",
                "5:3 unclosed-text: `\"g {` has no closing `\"`",
                "8:3 unclosed-text: `'j` has no closing `'`",
            ],
        );
    }

    #[test]
    fn an_unclosed_fence_ends_where_the_indentation_does() {
        let what = "unclosed-text: the text that begins with `\"\"\"` has no end";
        check("a {\n  b \"\"\"\n    c\n\n    d\n  e\n}", "a(!b e)", &[&format!("2:5 {what}")]);
        check(
            "a {\n  b \"\"\"\n    c\n  d \"\"\"\n    e\n    \"\"\"\n}",
            "a(!b d)",
            &[&format!("2:5 {what}")],
        );
        check("a \"\"\"b\n  c\n  \"\"\"\nd", "!a d", &[&format!("1:3 {what}")]);
    }

    #[test]
    fn an_unclosed_list_ends_where_the_indentation_does() {
        check("a {\n  b [c\n  d\n}\ne", "a(!b d) e", &["2:5 unclosed-list: the list `[c` has no `]`"]);
        check("a {\n  b [\n    c\n  d\n}\ne", "a(!b d) e", &["2:5 unclosed-list: the list `[ c` has no `]`"]);
        check("a { b [c }\nd", "a(!b) d", &["1:7 unclosed-list: the list `[c` has no `]`"]);
        check("a [b, \"c]\nd", "!a d", &["1:7 unclosed-text: `\"c]` has no closing `\"`"]);
    }

    #[test]
    fn a_list_holds_words_and_texts_only() {
        check(
            "a [\n  [b, c]\n  d\n]\ne [{f}]\ng [h\"i\"]\nj",
            "!a !e !g j",
            &[
                "2:3 bad-list-item: `[b, c]` is not an item of a list",
                "5:4 bad-list-item: `{f}` is not an item of a list",
                "6:5 bad-list-item: `\"i\"` is not an item of a list",
            ],
        );
    }

    #[test]
    fn a_backslash_alone_takes_the_indented_lines_after_it() {
        check(
            "a b \\\n  c \\\n  d\ne \\\nf",
            "!a !e f",
            &[
                "1:5 line-continuation: a `\\` does not continue a line",
                "2:5 line-continuation: a `\\` does not continue a line",
                "4:3 line-continuation: a `\\` does not continue a line",
            ],
        );
    }

    #[test]
    fn references_and_escapes_that_are_none_are_told_of() {
        check(
            r#"a "${b.c }" ${} ${d${e}} "${f" "\x" g"#,
            "!a",
            &[
                "1:4 bad-reference: `${b.c }` is not a reference",
                "1:13 bad-reference: `${}` is not a reference",
                "1:17 bad-reference: `${d${e}}` is not a reference",
                "1:27 bad-reference: `${f` has no `}`",
                "1:33 bad-escape: `\\x` is not an escape",
            ],
        );
    }

    #[test]
    fn characters_that_no_one_sees_may_stand_nowhere() {
        check(
            "# a\u{202e}b\nc \"\u{1b}[0m\"\nd\re\nf",
            "!c !de f",
            &[
                "1:4 control-character: a character that changes the direction of writing (U+202E) may not stand in a stack file",
                "2:4 control-character: an escape character (U+001B) may not stand in a stack file",
                "3:2 control-character: a carriage return alone (U+000D) may not stand in a stack file",
            ],
        );
        assert_eq!(findings(&"\0a ".repeat(1000)).1.len(), 20);
    }

    #[test]
    fn a_missing_end_is_found_by_the_indentation() {
        let missing = "unclosed-block: the block of";
        check("a {\n  b\n\nc {\n  d\n}", "a(b) c(d)", &[&format!("1:3 {missing} `a` has no `}}`")]);
        check(
            "a {\n  b {\n    c\n  d\n}\ne {\n  f\n}",
            "a(b(c) d) e(f)",
            &[&format!("2:5 {missing} `b` has no `}}`")],
        );
        check("a {\n  b {\n    c\n}\nd", "a(b(c)) d", &[&format!("2:5 {missing} `b` has no `}}`")]);
        check("a {\nb {\n  c\n}", "a() b(c)", &[&format!("1:3 {missing} `a` has no `}}`")]);
        check("a {\nb\n}\nc {\nd", "a(b) c(d)", &[&format!("4:3 {missing} `c` has no `}}`")]);
    }

    #[test]
    fn an_end_too_many_is_found_by_the_indentation() {
        let stray = "stray-brace: this `}` closes nothing";
        check("a {\n  b\n}\n}\nc", "a(b) ? c", &[&format!("4:1 {stray}")]);
        check("a {\n  b\n  }\n  c {\n    d\n  }\n}\ne", "a(b ? c(d)) e", &[&format!("3:3 {stray}")]);
    }

    #[test]
    fn a_missing_beginning_is_found_by_the_indentation() {
        check("a b\n  c\n  d\n}\ne", "a(c d) e", &["1:1 missing-brace: the block of `a b` has no `{`"]);
        let missing = "missing-brace: the block of `b` has no `{`";
        check("a {\n  b\n    c\n  }\n  d\n}\ne", "a(b(c) d) e", &[&format!("2:3 {missing}")]);
        check(
            "a {\n  b\n    # c\n    d {\n      e\n    }\n  }\n}",
            "a(b(d(e)))",
            &[&format!("2:3 {missing}")],
        );
        check(
            "a {\n  b c; d e }\n  f\n}\ng",
            "a(!b !d ? f) g",
            &["2:12 stray-brace: this `}` closes nothing"],
        );
        check(
            "a b # c\n{\n  d\n}\ne",
            "a(d) e",
            &["2:1 block-without-head: the `{` of `a b` stands on another line"],
        );
        check("{\n  a\n}\nb", "? b", &["1:1 block-without-head: this `{` has no statement before it"]);
    }

    #[test]
    fn what_is_nested_too_deep_is_told_of_once() {
        let text = format!("{}{}b", "a {\n".repeat(20_000), "}\n".repeat(20_000));
        let (tree, findings) = findings(&text);
        assert_eq!(findings, ["65:3 too-deep: blocks are nested more than 64 deep"]);
        assert_eq!((tree.statement_count, tree.items.len()), (66, 2));
    }

    #[test]
    fn what_nobody_wrote_is_not_read() {
        let long = "x".repeat(70_000);
        check(
            &format!("a\nb [\n  c\n  {long}\nd {long}\ne \"\"\"\n  {long}\n  \"\"\"\nf {{\n  g\n}}\n"),
            "a !b ? ? e f(g)",
            &[
                "4:3 too-large: this line is longer than 64 KiB and was not read",
                "5:1 too-large: this line is longer than 64 KiB and was not read",
            ],
        );
        let (tree, findings) = findings(&"a b\n".repeat(150_000));
        assert_eq!(
            findings,
            ["75001:1 too-large: the file holds more than 150,000 words; from here on it was not read"]
        );
        assert_eq!((tree.statement_count, tree.items.len()), (75_000, 75_001));
    }

    #[test]
    fn statements_are_numbered_in_reading_order() {
        let (tree, _) = findings("a { b } c\nd { e\n");
        assert_eq!(tree.statement_count, 5);
        assert_eq!(first(&tree).children().next().map(|child| child.id.0), Some(1));
    }

    #[test]
    fn comments_and_blank_lines_stay_where_they_are() {
        let (tree, _) = findings("\n# a\n\n\nb { # c\n\n  # d\n  e # f\n\n} # g\n\n");
        let [Item::Comment(a), Item::Blank, Item::Statement(b)] = tree.items.as_slice() else {
            panic!("{tree:?}")
        };
        let block = b.block.as_ref().expect("a block");
        let [Item::Comment(d), Item::Statement(e)] = block.items.as_slice() else { panic!("{block:?}") };
        let comments = [Some(a), block.comment.as_ref(), Some(d), e.trailing.as_ref(), b.trailing.as_ref()];
        assert_eq!(
            comments.map(|c| c.map(|c| c.text.as_str())),
            ["# a", "# c", "# d", "# f", "# g"].map(Some)
        );
    }
}
