//! Which directive a comment is about.

use super::tree::{Body, Comment, Directive, Item, Tree};
use crate::source::Span;
use crate::syntax::remark::Remark;

/// The comments of a file that speak to stackc. One on a line of its own is about the next directive of its block, with the
/// block of that; any other is about the directive whose line it stands on.
pub fn remarks(tree: &Tree, text: &str) -> Vec<Remark> {
    let mut remarks = Vec::new();
    within(&tree.items, text, &mut remarks);
    remarks.sort_by_key(|remark| remark.comment);
    remarks
}

fn within(items: &[Item], text: &str, remarks: &mut Vec<Remark>) {
    let mut next: Option<Span> = None;
    for item in items.iter().rev() {
        match item {
            Item::Comment(comment) => remarks.extend(remark(*comment, next, text)),
            Item::Directive(directive) => {
                next = Some(directive.span());
                of_directive(directive, text, remarks);
            }
            Item::Blank(_) | Item::Mistake(_) => {}
        }
    }
}

fn of_directive(directive: &Directive, text: &str, remarks: &mut Vec<Remark>) {
    let own = Some(directive.span());
    let among_words = directive.comments.iter().map(|(_, comment)| *comment);
    remarks.extend(among_words.chain(directive.trailing).filter_map(|comment| remark(comment, own, text)));
    match &directive.body {
        Body::Block(block) | Body::Table(block) => {
            remarks.extend(block.comment.and_then(|comment| remark(comment, own, text)));
            within(&block.items, text, remarks);
        }
        Body::None(_) | Body::Opaque(_) => {}
    }
}

fn remark(comment: Comment, statement: Option<Span>, text: &str) -> Option<Remark> {
    let comment = comment.leaf.span;
    Remark::addressed(&text[comment.range()]).map(|_| Remark { comment, statement })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sink;
    use crate::source::SourceMap;
    use crate::syntax::nginx::read;

    fn about(text: &str) -> Vec<Option<&str>> {
        let tree = read(SourceMap::default().add("a", text), text, &mut Sink::default());
        remarks(&tree, text)
            .into_iter()
            .map(|remark| remark.statement.map(|span| &text[span.range()]))
            .collect()
    }

    #[test]
    fn a_comment_is_about_a_directive_with_its_block() {
        let text = "# stackc: 1\n\n# more\nserver {\n    listen 80; # stackc: 2\n    # stackc: 3\n    root /a;\n    # stackc: 4\n}\n";
        let server = text[20..].trim_end();
        assert_eq!(about(text), [Some(server), Some("listen 80;"), Some("root /a;"), None]);
        let text = "server { # stackc: 1\n    listen 80;\n} # stackc: 2\n";
        assert_eq!(about(text), [Some(&text[..=text.find('}').unwrap()]); 2]);
        assert_eq!(about("log_format a 'b' # stackc: 1\n    'c';\n").len(), 1);
    }

    #[test]
    fn text_is_no_comment() {
        assert_eq!(about("return 200 '# stackc: 1';\nset $a b#stackc:2;\n"), []);
    }
}
