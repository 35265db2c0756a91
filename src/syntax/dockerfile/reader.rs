//! Reads a Dockerfile: any text has a tree, and every mistake in it a diagnostic.

use super::args::Line;
use super::directives::{Directives, Seen};
use super::heredocs::{Bodies, End, Opener, openers};
use super::lines::{Logical, Physical};
use super::mistakes::{Found, Hint, Mistakes};
use super::tree::{
    Args, Command, Comment, Directive, DirectiveKind, Escape, Heredoc, Instruction, Item, MistakeKind, Tree,
    Word,
};
use crate::diagnostic::{Severity, Sink};
use crate::source::{FileId, Span};

/// Reads `text`; never fails. A mistake costs the instruction that it stands in, and each is put into `sink` once.
pub fn read(file: FileId, text: &str, sink: &mut Sink) -> Tree {
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader = Reader {
        file,
        text,
        at: bom,
        escape: Escape::default(),
        directives: Directives::default(),
        bodies: Bodies::new(text),
        items: Vec::new(),
        mistakes: Mistakes::default(),
    };
    while reader.at < text.len() {
        reader.item();
    }
    sink.add_more(Severity::Error, reader.mistakes.left_out());
    let found = reader.mistakes.in_order();
    sink.extend(found.iter().map(|found| found.explain(text)));
    Tree {
        file,
        bom: (bom > 0).then(|| Span::new(file, 0, bom)),
        escape: reader.escape,
        items: reader.items,
        mistakes: found.iter().map(Found::mistake).collect(),
    }
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    /// Where the next line begins.
    at: usize,
    escape: Escape,
    directives: Directives,
    bodies: Bodies<'a>,
    items: Vec<Item>,
    mistakes: Mistakes,
}

impl Reader<'_> {
    fn item(&mut self) {
        let line = Physical::at(self.text, self.at);
        let seen = self.directives.line(self.text, line);
        let item = if let Some(seen) = seen {
            self.at = line.next;
            Item::Directive(self.directive(line, seen))
        } else if line.is_comment(self.text) {
            self.at = line.next;
            Item::Comment(self.comment(line))
        } else if line.content(self.text).is_empty() {
            self.blank(line);
            return;
        } else {
            Item::Instruction(self.instruction(line.start))
        };
        self.items.push(item);
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start, end)
    }

    fn blank(&mut self, line: Physical) {
        self.at = line.next;
        let span = self.span(line.start, line.next);
        match self.items.last_mut() {
            Some(Item::Blank(lines)) => *lines = lines.to(span),
            _ => self.items.push(Item::Blank(span)),
        }
    }

    fn comment(&self, line: Physical) -> Comment {
        let content = line.content(self.text);
        let start = line.end - content.len();
        let span = self.span(start, start + content.trim_end().len());
        Comment { span, lines: self.span(line.start, line.next) }
    }

    fn directive(&mut self, line: Physical, seen: Seen) -> Directive {
        let value = &self.text[seen.value.0..seen.value.1];
        let span = self.span(seen.value.0, seen.value.1);
        let mut counts = seen.counts;
        if let Some((start, end)) = seen.repeats {
            let at = self.span(seen.name.0, seen.value.1);
            let hint = Hint::First(self.span(start, end));
            self.mistakes.push(Found { kind: MistakeKind::DuplicateDirective, span: at, hint });
        } else if seen.kind == DirectiveKind::Escape {
            match value {
                "\\" => self.escape = Escape::Backslash,
                "`" => self.escape = Escape::Backtick,
                _ => {
                    counts = false;
                    self.mistakes.push(Found { kind: MistakeKind::BadEscape, span, hint: Hint::None });
                }
            }
        }
        Directive {
            kind: seen.kind,
            name: self.span(seen.name.0, seen.name.1),
            value: Word { text: value.to_owned(), span },
            counts,
            lines: self.span(line.start, line.next),
        }
    }

    fn instruction(&mut self, start: usize) -> Instruction {
        let logical = Logical::at(self.file, self.text, start, self.escape);
        self.at = logical.next;
        let mut line = Line { joined: &logical, escape: self.escape, found: Vec::new() };
        let mut instruction = line.instruction(0, logical.text.len(), false);
        self.mistakes.extend(line.found);
        if takes_heredocs(&instruction) {
            self.heredocs(&logical, &mut instruction);
        }
        instruction.lines = self.span(logical.start, self.at);
        instruction.joints = logical.joints;
        instruction
    }

    fn heredocs(&mut self, logical: &Logical<'_>, instruction: &mut Instruction) {
        let sole = match effective(instruction) {
            Instruction { args: Args::Command(Command::Shell(word)), .. } => Some(word.span),
            _ => None,
        };
        for opener in openers(&logical.text) {
            let span = logical.span(opener.start, opener.end);
            let end = self.bodies.end(&opener, self.at);
            let (body_end, close, next) = match end {
                End::Closed(line) | End::Near(line) => {
                    (line.start, Some(self.span(line.start, line.end)), line.next)
                }
                End::Open(at) => (at, None, at),
            };
            let hint = match end {
                End::Closed(_) => None,
                End::Near(_) | End::Open(_) => Some(Hint::Heredoc(opener.name.clone(), opener.chomp, close)),
            };
            let body = self.span(self.at, body_end);
            let interpreter = if sole == Some(span) { self.interpreter(&opener, body) } else { None };
            let name = Word { text: opener.name, span };
            let (file_descriptor, expand, chomp) = (opener.file_descriptor, opener.expand, opener.chomp);
            let heredoc = Heredoc { name, file_descriptor, expand, chomp, body, interpreter, close };
            instruction.heredocs.push(heredoc);
            self.at = next;
            if let Some(hint) = hint {
                instruction.damaged = true;
                self.mistakes.push(Found { kind: MistakeKind::UnclosedHeredoc, span, hint });
                return;
            }
        }
    }

    /// What follows `#!` at the beginning of a body.
    fn interpreter(&self, opener: &Opener, body: Span) -> Option<Span> {
        let text = &self.text[body.range()];
        let first = text.lines().next()?;
        let first = if opener.chomp { first.trim_start_matches('\t') } else { first };
        let indent = text.find("#!").filter(|_| first.starts_with("#!"))?;
        let start = body.start as usize + indent + 2;
        let said = first[2..].trim_end();
        Some(self.span(start, start + said.len()))
    }
}

/// The instruction that is run in the end: the one after `ONBUILD`.
fn effective(instruction: &Instruction) -> &Instruction {
    match &instruction.args {
        Args::Trigger(inner) => inner,
        _ => instruction,
    }
}

fn takes_heredocs(instruction: &Instruction) -> bool {
    let inner = effective(instruction);
    let json = match &inner.args {
        Args::Command(Command::Exec(_)) | Args::Words { json: true, .. } => true,
        Args::Command(Command::Shell(_))
        | Args::None
        | Args::Words { json: false, .. }
        | Args::Ports(_)
        | Args::Text(_)
        | Args::Pairs { .. }
        | Args::Declarations(_)
        | Args::From { .. }
        | Args::Health(_)
        | Args::Trigger(_)
        | Args::Raw(_) => false,
    };
    inner.keyword.takes_heredocs() && !json
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::diagnostic::Sink;
    use crate::source::SourceMap;
    use crate::syntax::dockerfile::tree::{
        Args, Command, DirectiveKind, Escape, Instruction, Item, JointKind, Tree,
    };

    #[track_caller]
    fn tree(text: &str) -> Tree {
        let mut map = SourceMap::default();
        let file = map.add("Dockerfile", text);
        let mut sink = Sink::default();
        let tree = read(file, text, &mut sink);
        assert_eq!(sink.diagnostics, [], "{text}");
        tree
    }

    fn only(tree: &Tree) -> &Instruction {
        tree.instructions().next().expect("an instruction")
    }

    fn shell(instruction: &Instruction) -> &str {
        match &instruction.args {
            Args::Command(Command::Shell(word)) => &word.text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lines_are_joined_over_comments_and_empty_lines() {
        let text = "RUN a \\  \n  # c\n\n   b\\\r\nc # d\nRUN e\\\\\nRUN f";
        let tree = tree(text);
        let said: Vec<&str> = tree.instructions().map(shell).collect();
        assert_eq!(said, ["a    bc # d", "e\\\\", "f"]);
        let first = only(&tree);
        let joints: Vec<(JointKind, &str)> =
            first.joints.iter().map(|joint| (joint.kind, &text[joint.span.range()])).collect();
        assert_eq!(
            joints,
            [
                (JointKind::Escape, "\\  \n"),
                (JointKind::Comment, "  # c\n"),
                (JointKind::Empty, "\n"),
                (JointKind::Escape, "\\\r\n")
            ]
        );
        assert_eq!(&text[first.args_span.range()], "a \\  \n  # c\n\n   b\\\r\nc # d");
    }

    #[test]
    fn directives_count_until_anything_else_stands() {
        let kinds = |text| {
            let found: Vec<_> = tree(text).directives().map(|found| (found.kind, found.counts)).collect();
            found
        };
        assert_eq!(
            kinds("#syntax=a\n# Check = b \n# x\n# escape=`\n"),
            [(DirectiveKind::Syntax, true), (DirectiveKind::Check, true)]
        );
        assert_eq!(kinds("\n# escape=`\nRUN a"), []);
        assert_eq!(kinds("#!/bin/x\n# syntax=a\n# escape=`\n"), [(DirectiveKind::Syntax, true)]);
        assert_eq!(kinds(" # syntax=a\n"), [(DirectiveKind::Syntax, false)]);
        assert_eq!(tree("# escape=`\nRUN C:\\").escape, Escape::Backtick);
        assert_eq!(tree("# escape=`\nRUN a `\n b\nRUN c\\\nRUN d").instructions().count(), 3);
    }

    #[test]
    fn heredocs_follow_run_copy_add_and_their_triggers() {
        let text =
            "RUN <<A 3<<-\"B\" cat\n$x\nA\n\ty\n\tB\nONBUILD COPY <<E /x\nRUN\nE\nCMD <<F\nRUN [\"<<G\"]\n";
        let tree = tree(text);
        let found: Vec<_> = tree
            .instructions()
            .flat_map(|instruction| &instruction.heredocs)
            .map(|doc| {
                let body = &text[doc.body.range()];
                (doc.name.text.as_str(), doc.file_descriptor, doc.expand, doc.chomp, body)
            })
            .collect();
        assert_eq!(
            found,
            [("A", 0, true, false, "$x\n"), ("B", 3, false, true, "\ty\n"), ("E", 0, true, false, "RUN\n")]
        );
        assert_eq!(tree.instructions().count(), 4);
    }

    #[test]
    fn an_interpreter_is_that_of_a_heredoc_alone() {
        for (text, expected) in [
            ("RUN <<E\n#!/usr/bin/env node\nx\nE\n", Some("/usr/bin/env node")),
            ("RUN <<-E\n\t#!/bin/a\nE\n", Some("/bin/a")),
            ("RUN sh <<E\n#!/bin/a\nE\n", None),
        ] {
            let tree = tree(text);
            let interpreter = only(&tree).heredocs[0].interpreter.map(|span| &text[span.range()]);
            assert_eq!(interpreter, expected, "{text}");
        }
    }

    #[test]
    fn flags_lose_their_quotes_and_end_with_two_dashes() {
        let tree = tree("RUN --mount=type=cache,target=\"/a b\" --network=no\\ne -- --not a\n");
        let run = only(&tree);
        let flags: Vec<_> = run
            .flags
            .iter()
            .map(|flag| (flag.name.text.as_str(), flag.value.as_ref().map(|value| value.text.as_str())))
            .collect();
        assert_eq!(flags, [("mount", Some("type=cache,target=/a b")), ("network", Some("none"))]);
        assert_eq!(shell(run), "--not a");
    }

    #[test]
    fn pairs_keep_their_quotes_and_the_legacy_form_takes_everything() {
        let pairs = |text| match &only(&tree(text)).args {
            Args::Pairs { pairs, legacy } => {
                let said = |(name, value): (&str, &str)| format!("{name}|{value}");
                let pairs = pairs.iter().map(|pair| said((&pair.name.text, &pair.value.text)));
                (pairs.collect::<Vec<_>>().join(" "), *legacy)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(pairs("ENV a='b c' d=e\\ f\\"), ("a|'b c' d|e\\ f".to_owned(), false));
        assert_eq!(pairs("ENV a  b c=d "), ("a|b c=d".to_owned(), true));
    }

    #[test]
    fn items_are_the_whole_text() {
        let tree = tree("\u{feff}# c\n\n \nFROM a\n");
        let kinds: Vec<&str> = tree
            .items
            .iter()
            .map(|item| match item {
                Item::Directive(_) => "directive",
                Item::Instruction(_) => "instruction",
                Item::Comment(_) => "comment",
                Item::Blank(_) => "blank",
            })
            .collect();
        assert_eq!(kinds, ["comment", "blank", "instruction"]);
        assert!(tree.bom.is_some());
    }
}
