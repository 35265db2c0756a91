//! Which instruction a comment is about.

use super::keyword::Keyword;
use super::tree::{Instruction, Item, JointKind, Tree};
use crate::source::Span;
use crate::syntax::remark::Remark;

/// The comments of a file that speak to stackc. One is about the next instruction, before `FROM` about the whole stage;
/// between the lines of an instruction it is about that one.
pub fn remarks(tree: &Tree, text: &str) -> Vec<Remark> {
    let mut remarks = Vec::new();
    // What follows, from behind.
    let (mut next, mut end_of_stage) = (None, text.len());
    for item in tree.items.iter().rev() {
        match item {
            Item::Instruction(instruction) => {
                let lines = instruction.lines;
                next = Some(if instruction.keyword == Keyword::From {
                    let stage = Span::new(tree.file, lines.range().start, end_of_stage);
                    end_of_stage = lines.range().start;
                    stage
                } else {
                    lines
                });
                remarks.extend(inner(instruction, text));
            }
            Item::Comment(comment) if Remark::addressed(&text[comment.span.range()]).is_some() => {
                remarks.push(Remark { comment: comment.span, statement: next });
            }
            Item::Comment(_) | Item::Directive(_) | Item::Blank(_) => {}
        }
    }
    remarks.reverse();
    remarks
}

fn inner<'a>(instruction: &'a Instruction, text: &'a str) -> impl Iterator<Item = Remark> + 'a {
    let comments = instruction.joints.iter().rev().filter(|joint| joint.kind == JointKind::Comment);
    comments.filter_map(|joint| {
        let line = &text[joint.span.range()];
        let start = joint.span.range().start + line.len() - line.trim_start().len();
        let comment = Span::new(joint.span.file, start, joint.span.range().start + line.trim_end().len());
        Remark::addressed(&text[comment.range()])?;
        Some(Remark { comment, statement: Some(instruction.lines) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sink;
    use crate::source::SourceMap;
    use crate::syntax::dockerfile::read;

    fn about(text: &str) -> Vec<Option<String>> {
        let tree = read(SourceMap::default().add("a", text), text, &mut Sink::default());
        let shown = |remark: Remark| remark.statement.map(|span| text[span.range()].to_owned());
        remarks(&tree, text).into_iter().map(shown).collect()
    }

    #[test]
    fn a_comment_is_about_the_next_instruction_or_stage() {
        let text = "# stackc: 1\nFROM a AS b\n# stackc: 2\n\n# more\nRUN c\nRUN d\n# stackc: 3\nFROM e\n# stackc: 4\n";
        let stage = &text[12..text.find("FROM e").unwrap()];
        let all = [
            Some(stage.to_owned()),
            Some("RUN c\n".to_owned()),
            Some("FROM e\n# stackc: 4\n".to_owned()),
            None,
        ];
        assert_eq!(about(text), all);
    }

    #[test]
    fn a_comment_in_an_instruction_is_about_that_one() {
        let text = "FROM a\nRUN b && \\\n    # stackc: 1\n    c\n";
        assert_eq!(about(text), [Some(text[7..].to_owned())]);
    }

    #[test]
    fn text_is_no_comment() {
        assert_eq!(about("FROM a\nRUN <<E\n# stackc: 1\nE\nRUN echo # stackc: 2\n"), []);
    }
}
