//! Prints a tree in the one format: two spaces a level, a statement a line, columns where they help.

use super::columns::{Row, rows};
use super::tree::{Arg, ArgKind, Block, Comment, Item, List, Mistake, MistakeKind, Statement, Tree};
use crate::source::Span;

/// A block that was written on one line stays there up to this column.
const MAX_WIDTH: usize = 100;

/// The text of `tree`, formatted; `source` is what it was read from. Where the tree is a guess, because a brace, a
/// quote or a bracket is missing, the source comes back as it is.
pub fn print(tree: &Tree, source: &str) -> String {
    let is_guess = |mistake: &Mistake| makes_the_tree_a_guess(mistake.kind, &source[mistake.span.range()]);
    if tree.mistakes.iter().any(is_guess) {
        return source.to_owned();
    }
    let printer = Printer { source };
    if printer.has_broken_lines(&tree.items) {
        return source.to_owned();
    }
    let mut out = String::with_capacity(source.len());
    printer.items(&tree.items, 0, &mut out);
    out
}

fn makes_the_tree_a_guess(kind: MistakeKind, raw: &str) -> bool {
    let paired = |a: char, b: char| raw.matches(a).count() == raw.matches(b).count();
    let even = |quote: char| raw.matches(quote).count().is_multiple_of(2);
    match kind {
        MistakeKind::StrayClose
        | MistakeKind::MissingBrace
        | MistakeKind::OpenBlock
        | MistakeKind::OpenList
        | MistakeKind::OpenText
        | MistakeKind::Continuation
        | MistakeKind::TooDeep
        | MistakeKind::LongLine
        | MistakeKind::TooMuch
        | MistakeKind::NoHead
        // A quote that is out of place may have taken braces of any line after it.
        | MistakeKind::Glued
        | MistakeKind::BadItem => true,
        MistakeKind::GluedSeparator => !even('"') || !even('\''),
        MistakeKind::BadReference => !paired('{', '}'),
        MistakeKind::Control => raw.contains(['\r', '\u{feff}']),
        MistakeKind::AfterBlock | MistakeKind::BadEscape | MistakeKind::GluedBlock => false,
    }
}

struct Printer<'a> {
    source: &'a str,
}

impl Printer<'_> {
    /// Whether a mistake runs over several lines: where it ends may depend on the indentation.
    fn has_broken_lines(&self, items: &[Item]) -> bool {
        let mut end = None;
        items.iter().any(|item| match item {
            Item::Statement(statement) => {
                let stuck =
                    self.is_stuck(statement, end) && self.source[statement.span.range()].contains('\n');
                let broken = statement.damaged && self.source[self.words(statement).range()].contains('\n');
                let is_guess = |block: &Block| block.close.is_none() || self.has_broken_lines(&block.items);
                end = Some(statement.span);
                stuck || broken || statement.block.as_ref().is_some_and(is_guess)
            }
            Item::Mistake(span) => self.source[span.range()].contains('\n'),
            Item::Comment(_) | Item::Blank => false,
        })
    }

    /// Whether neither a line break nor a `;` stands between a statement and what ends before it.
    fn is_stuck(&self, statement: &Statement, before: Option<Span>) -> bool {
        let gap = |before: Span| &self.source[before.end as usize..statement.span.start as usize];
        before.is_some_and(|before| !gap(before).contains(['\n', ';']))
    }

    /// From the head to the `{`, text stuck to the arguments included.
    fn words(&self, statement: &Statement) -> Span {
        match &statement.block {
            Some(block) => {
                let words = Span { end: block.open.start, ..statement.span };
                // White space of other kinds, such as a form feed, is a part of a word.
                let length = self.source[words.range()].trim_end_matches([' ', '\t']).len();
                Span::new(words.file, words.start as usize, words.start as usize + length)
            }
            None => statement.span,
        }
    }

    /// The source as it stands, with plain line endings.
    fn verbatim(&self, span: Span) -> String {
        self.source[span.range()].replace("\r\n", "\n")
    }

    /// Prints items, each with its line ending.
    fn items(&self, items: &[Item], level: usize, out: &mut String) {
        let mut run = Vec::new();
        let mut end: Option<Span> = None;
        for item in items {
            match item {
                Item::Statement(statement) if self.is_stuck(statement, end) => {
                    rows(&mut run, level, out);
                    let comment = statement.trailing.as_ref();
                    let span = comment.map_or(statement.span, |comment| statement.span.to(comment.span));
                    self.mistake(span, end, level, out);
                    end = Some(span);
                }
                Item::Statement(statement) => {
                    let row = self.statement(statement, level);
                    if matches!(row, Row::Several { .. }) {
                        rows(&mut run, level, out);
                    }
                    run.push(row);
                    if let [Row::Several { .. }] = run.as_slice() {
                        rows(&mut run, level, out);
                    }
                    end = Some(statement.span);
                }
                Item::Comment(comment) => {
                    rows(&mut run, level, out);
                    indent(level, out);
                    out.push_str(&comment.text);
                    out.push('\n');
                    end = Some(comment.span);
                }
                Item::Blank => {
                    rows(&mut run, level, out);
                    out.push('\n');
                }
                Item::Mistake(span) => {
                    rows(&mut run, level, out);
                    self.mistake(*span, end, level, out);
                    end = Some(*span);
                }
            }
        }
        rows(&mut run, level, out);
    }

    /// Text that is no statement stays on the line of what it came after.
    fn mistake(&self, span: Span, before: Option<Span>, level: usize, out: &mut String) {
        let gap = before.map_or("\n", |before| &self.source[before.end as usize..span.start as usize]);
        let same_line = !gap.contains(['\n', ';']);
        if same_line && out.ends_with('\n') {
            out.pop();
            out.push(' ');
        } else {
            indent(level, out);
        }
        out.push_str(&self.verbatim(span));
        out.push('\n');
    }

    fn statement(&self, statement: &Statement, level: usize) -> Row {
        let comment = statement.trailing.as_ref().map(|comment| comment.text.clone());
        let apart = |block: &Block| block.open.start > self.words(statement).end;
        if statement.damaged && !statement.block.as_ref().is_some_and(apart) {
            let text = self.verbatim(statement.span);
            return if text.contains('\n') {
                Row::Several { text, comment }
            } else {
                Row::plain(text, comment)
            };
        }
        let mut cells: Vec<String> = if statement.damaged {
            vec![self.verbatim(self.words(statement))]
        } else {
            statement.args.iter().map(|arg| self.arg(arg, level)).collect()
        };
        let Some(block) = &statement.block else { return Row::of(cells, None, comment) };
        if let Some(inline) = self.inline_block(statement, block) {
            let width = 2 * level + cells.iter().map(|cell| cell.chars().count() + 1).sum::<usize>();
            if width + inline.chars().count() <= MAX_WIDTH || block.items.is_empty() {
                return Row::of(cells, Some(inline), comment);
            }
        }
        cells.push(self.block(block, level));
        Row::Several { text: cells.join(" "), comment }
    }

    /// The block on its statement's line, if that is where it was.
    fn inline_block(&self, statement: &Statement, block: &Block) -> Option<String> {
        if block.items.is_empty() && block.comment.is_none() {
            return Some("{}".to_owned());
        }
        if self.source[statement.span.range()].contains('\n') || block.comment.is_some() {
            return None;
        }
        let mut inline = Vec::with_capacity(block.items.len());
        for item in &block.items {
            match item {
                Item::Statement(statement) => inline.push(self.inline_statement(statement)?),
                Item::Comment(_) | Item::Blank | Item::Mistake(_) => return None,
            }
        }
        Some(format!("{{ {} }}", inline.join("; ")))
    }

    fn inline_statement(&self, statement: &Statement) -> Option<String> {
        if statement.damaged || statement.trailing.is_some() {
            return None;
        }
        let mut cells: Vec<String> = statement.args.iter().map(|arg| self.arg(arg, 0)).collect();
        if let Some(block) = &statement.block {
            cells.push(self.inline_block(statement, block)?);
        }
        Some(cells.join(" "))
    }

    /// A block over several lines.
    fn block(&self, block: &Block, level: usize) -> String {
        let mut out = String::from("{");
        trailing(block.comment.as_ref(), &mut out);
        out.push('\n');
        self.items(&block.items, level + 1, &mut out);
        indent(level, &mut out);
        out.push('}');
        out
    }

    fn arg(&self, arg: &Arg, level: usize) -> String {
        match &arg.kind {
            ArgKind::Word(_) | ArgKind::Quoted(_) | ArgKind::Verbatim(_) => self.verbatim(arg.span),
            ArgKind::Fenced(text) => self.fenced(arg.span, text, level),
            ArgKind::List(list) if list.multiline && !(list.items.is_empty() && list.comments.is_empty()) => {
                self.list_over_lines(arg.span, list, level)
            }
            ArgKind::List(list) => {
                let items: Vec<String> = list.items.iter().map(|item| self.arg(item, level)).collect();
                format!("[{}]", items.join(", "))
            }
        }
    }

    /// A fenced text, indented by a level more than its statement.
    fn fenced(&self, span: Span, text: &str, level: usize) -> String {
        let raw = &self.source[span.range()];
        if !raw.contains('\n') {
            return raw.to_owned();
        }
        let fence = &raw[..raw.len() - raw.trim_start_matches('"').len()];
        let mut out = format!("{fence}\n");
        for line in text.split('\n').take(if text.is_empty() { 0 } else { usize::MAX }) {
            if !line.is_empty() {
                indent(level + 1, &mut out);
            }
            out.push_str(line);
            out.push('\n');
        }
        indent(level + 1, &mut out);
        out.push_str(fence);
        out
    }

    /// A list with an item a line.
    fn list_over_lines(&self, span: Span, list: &List, level: usize) -> String {
        let mut out = String::from("[");
        let mut end = span.start as usize + 1;
        let mut comments = list.comments.iter().peekable();
        for count in 0..=list.items.len() {
            while let Some((_, comment)) = comments.next_if(|(before, _)| *before == count) {
                if self.source[end..comment.span.start as usize].contains('\n') {
                    new_line(level + 1, &mut out);
                    out.push_str(&comment.text);
                } else {
                    trailing(Some(comment), &mut out);
                }
                end = comment.span.end as usize;
            }
            if let Some(item) = list.items.get(count) {
                new_line(level + 1, &mut out);
                out.push_str(&self.arg(item, level + 1));
                end = item.span.end as usize;
            }
        }
        new_line(level, &mut out);
        out.push(']');
        out
    }
}

fn trailing(comment: Option<&Comment>, out: &mut String) {
    if let Some(comment) = comment {
        out.push_str("  ");
        out.push_str(&comment.text);
    }
}

fn new_line(level: usize, out: &mut String) {
    out.push('\n');
    indent(level, out);
}

pub(super) fn indent(level: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", level));
}

#[cfg(test)]
mod tests {
    use super::print;
    use crate::diagnostic::Sink;
    use crate::source::SourceMap;
    use crate::syntax::stack::read;

    fn printed(text: &str) -> String {
        let file = SourceMap::default().add("test.stack", text);
        print(&read(file, text, &mut Sink::default()), text)
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let once = printed(text);
        assert_eq!(once, expected);
        assert_eq!(printed(&once), once, "a second time changes nothing");
    }

    #[test]
    fn a_statement_a_line_and_two_spaces_a_level() {
        check(
            "\u{feff}\r\n\r\nstack   shop;volume x\r\n\r\n\r\n\tservice api {\r\n\r\n\t\timage a:1\r\n\r\n\r\n\t\tsite b {\r\n# c  \r\nd\r\n}\r\n\r\n}",
            "stack   shop;volume x\n\nservice api {\n  image a:1\n\n  site b {\n    # c\n    d\n  }\n}\n",
        );
        check("a b; c { d }; e\n", "a b\nc { d }\ne\n");
    }

    #[test]
    fn white_space_of_other_kinds_is_a_part_of_a_word() {
        check("\u{c}\u{a0} {\n  a\n}\n", "\u{c}\u{a0} {\n  a\n}\n");
    }

    #[test]
    fn heads_of_a_run_are_padded_and_a_long_one_is_not_waited_for() {
        check(
            "a {\n  b c\n  long d\n  flag\n  e {}\n  a_head_of_more_than_24_columns f\n\n  ghi j\n  # k\n  l m\n}\n",
            "a {\n  b    c\n  long d\n  flag\n  e {}\n  a_head_of_more_than_24_columns f\n\n  ghi j\n  # k\n  l m\n}\n",
        );
    }

    #[test]
    fn neighbours_that_read_as_a_table_share_their_second_column() {
        check(
            "a {\n  static /a/ from b\n  proxy / to c { d }\n  mount e at /f\n  image g h\n}\n",
            "a {\n  static /a/ from b\n  proxy  /   to c { d }\n  mount  e   at /f\n  image  g h\n}\n",
        );
    }

    #[test]
    fn comments_of_neighbours_stand_in_a_column() {
        check(
            "a { # b\n  c d # e\n  ff g   # h\n  i j\n  k { # l\n    m\n  } # n\n}\n# o\n",
            "a {  # b\n  c  d  # e\n  ff g  # h\n  i  j\n  k {  # l\n    m\n  }  # n\n}\n# o\n",
        );
    }

    #[test]
    fn a_block_stays_on_its_line_if_it_was_there_and_fits() {
        check("a {b 1;  c {d}; e \"\"\"f\"\"\" }\n", "a { b 1; c { d }; e \"\"\"f\"\"\" }\n");
        check("a {\n}\nb { }\nc {\n  d }\n", "a {}\nb {}\nc {\n  d\n}\n");
        let word = "w".repeat(50);
        check(&format!("a {{ b {word}; c {word} }}\n"), &format!("a {{\n  b {word}\n  c {word}\n}}\n"));
    }

    #[test]
    fn lists_are_separated_by_commas_or_by_lines() {
        check("a [b c,d , \"e f\"] {}\n", "a [b, c, d, \"e f\"] {}\n");
        check(
            "a {\nb [ # c\nd e, # f\n\n# g\nh ] i # j\nk []\n}\n",
            "a {\n  b [  # c\n    d\n    e  # f\n    # g\n    h\n  ] i  # j\n  k []\n}\n",
        );
    }

    #[test]
    fn fenced_texts_move_with_their_statement() {
        check(
            "a {\nrun \"\"\"\n        b\n\n          c\n      d\n        \"\"\" e\n}\n",
            "a {\n  run \"\"\"\n    b\n\n      c\n    d\n    \"\"\" e\n}\n",
        );
        check("a \"\"\"\"\r\n\"\"\"\r\n\"\"\"\"", "a \"\"\"\"\n  \"\"\"\n  \"\"\"\"\n");
    }

    #[test]
    fn a_mistake_stays_as_it_was_written() {
        check("a {\nff   g\n}   h  i\n", "a {\n  ff g\n} h  i\n");
        check("a   \"\\x\"  {\nb\n}\n", "a   \"\\x\" {\n  b\n}\n");
    }

    #[test]
    fn a_text_that_can_only_be_guessed_at_is_not_touched() {
        for text in [
            "a {\n b\n",
            " a \"b\n",
            " a=\"b\"   c\n",
            " a\n}\n",
            " a [b\n",
            "a\n {\n}\n",
            " a \\\n  b\n",
            " a ${b\n",
        ] {
            assert_eq!(printed(text), text);
        }
    }
}
