//! A configuration of nginx as statements of `nginx PATH in CONTEXT { ... }`: every directive by its own word, as `raw`
//! where the language has none for it or takes it otherwise.

mod same;
mod words;

use super::statement::{Block, Language, Line, Statement};
use crate::source::Span;
use crate::syntax::nginx::tree::{self, Body, Comment, Directive, Item, Tree, directives};
use crate::vocabulary::nginx::{self as table, Context, Ends};

pub(crate) use same::differing;

/// A file and what its directives stand in.
pub(crate) struct Described {
    /// The context that the file is read in.
    pub(crate) context: Context,
    /// What it says.
    pub(crate) block: Block,
}

/// What a configuration says; `text` is what the tree was read from. `None` for one that nginx refuses as well: it stays as it is.
pub(crate) fn described(tree: &Tree, text: &str) -> Option<Described> {
    if !tree.mistakes.is_empty() {
        return None;
    }
    let context = context(tree, text);
    let writer = Writer { text };
    Some(Described { context, block: writer.block(&tree.items, &[], Some(context)) })
}

/// Where a file is read, by what stands at its top: the first context from the outermost in that most of its directives may
/// stand, of those that have its blocks.
fn context(tree: &Tree, text: &str) -> Context {
    let names: Vec<&str> = directives(&tree.items).map(|directive| directive.name(text)).collect();
    let blocks = [
        ("events", Context::Main),
        ("http", Context::Main),
        ("stream", Context::Main),
        ("mail", Context::Main),
        ("server", Context::Http),
        ("upstream", Context::Http),
        ("map", Context::Http),
        ("location", Context::Server),
    ];
    let upstream = directives(&tree.items)
        .all(|directive| directive.name(text) != "server" || matches!(directive.body, Body::None(_)));
    let by_block = blocks.iter().find(|(name, _)| names.contains(name)).map(|(_, context)| *context);
    if let Some(context) = by_block.filter(|_| !upstream || !names.contains(&"server")) {
        return context;
    }
    let order = [
        Context::Http,
        Context::Server,
        Context::Location,
        Context::Upstream,
        Context::Main,
        Context::Events,
        Context::Stream,
        Context::StreamServer,
        Context::StreamUpstream,
        Context::Mail,
        Context::MailServer,
    ];
    let fitting =
        |context: Context| names.iter().filter(|name| table::directive(name, context).is_some()).count();
    let most = order.into_iter().map(fitting).max().unwrap_or_default();
    // What may stand in several is most often read by a `server`.
    let preferred =
        [Context::Server, Context::Location].into_iter().find(|context| fitting(*context) == most);
    preferred.or_else(|| order.into_iter().find(|context| fitting(*context) == most)).unwrap_or(Context::Http)
}

/// The directives while they become statements.
struct Writer<'a> {
    text: &'a str,
}

impl Writer<'_> {
    /// The directives of a block that opens `context`; of what nobody knows there are but raw ones.
    fn block(&self, items: &[Item], first: &[Comment], context: Option<Context>) -> Block {
        let mut above: Vec<Line> = first.iter().map(|comment| self.comment(*comment)).collect();
        let mut statements: Vec<Statement> = Vec::new();
        for item in items {
            match item {
                Item::Blank(_) if statements.is_empty() && above.is_empty() => {}
                Item::Blank(_) => above.push(Line::Blank),
                Item::Comment(comment) => above.push(self.comment(*comment)),
                Item::Mistake(_) => {}
                Item::Directive(directive) => {
                    above.extend(directive.comments.iter().map(|(_, comment)| self.comment(*comment)));
                    let mut statement = self.directive(directive, context);
                    statement.above = std::mem::take(&mut above);
                    if let Some(comment) = directive.trailing {
                        words::beside(&mut statement, self.comment(comment));
                    }
                    statements.push(statement);
                }
            }
        }
        while above.last() == Some(&Line::Blank) {
            above.pop();
        }
        Block { statements, below: above }
    }

    fn comment(&self, comment: Comment) -> Line {
        words::comment(&self.text[comment.leaf.span.range()])
    }

    fn directive(&self, directive: &Directive, context: Option<Context>) -> Statement {
        let raw = self.raw(directive);
        let statement = match context.and_then(|context| self.native(directive, context)) {
            Some(native) => native.or_raw(Language::Nginx, raw),
            None => Statement::raw(Language::Nginx, &raw),
        };
        statement.at(directive.span())
    }

    /// The directive in its own word, if it stands where nginx has it.
    fn native(&self, directive: &Directive, context: Context) -> Option<Statement> {
        let name = directive.name(self.text);
        let known = table::directive(name, context)?;
        if !known.takes(directive.args().len()) {
            return None;
        }
        let head = self.line(Statement::of(name), directive.args());
        match (&directive.body, known.ends) {
            (Body::None(_), Ends::Semicolon) => Some(head),
            (Body::Block(block), Ends::Block) => {
                let inside = context.inside(name)?;
                Some(self.with_block(head, block, |items, first| self.block(items, first, Some(inside))))
            }
            (Body::Table(block), Ends::Table) => {
                Some(self.with_block(head, block, |items, first| self.table(items, first)))
            }
            _ => None,
        }
    }

    fn line(&self, head: Statement, args: &[tree::Arg]) -> Statement {
        args.iter().fold(head, |head, arg| head.spelled(words::argument(arg, self.text)))
    }

    fn with_block(
        &self,
        mut statement: Statement,
        block: &tree::Block,
        inner: impl Fn(&[Item], &[Comment]) -> Block,
    ) -> Statement {
        statement.block = Some(inner(&block.items, block.comment.as_slice()));
        statement
    }

    /// The lines of a table: keys and what they stand for.
    fn table(&self, items: &[Item], first: &[Comment]) -> Block {
        let mut above: Vec<Line> = first.iter().map(|comment| self.comment(*comment)).collect();
        let mut statements: Vec<Statement> = Vec::new();
        for item in items {
            match item {
                Item::Blank(_) if statements.is_empty() && above.is_empty() => {}
                Item::Blank(_) => above.push(Line::Blank),
                Item::Comment(comment) => above.push(self.comment(*comment)),
                Item::Mistake(_) => {}
                Item::Directive(entry) => {
                    above.extend(entry.comments.iter().map(|(_, comment)| self.comment(*comment)));
                    let key = Statement {
                        words: vec![words::key(&entry.words[0], self.text)],
                        ..Statement::default()
                    };
                    let mut statement = self.line(key, entry.args()).at(entry.span());
                    statement.above = std::mem::take(&mut above);
                    if let Some(comment) = entry.trailing {
                        words::beside(&mut statement, self.comment(comment));
                    }
                    statements.push(statement);
                }
            }
        }
        Block { statements, below: above }
    }

    /// A directive as it stands, its lines moved to the left together.
    fn raw(&self, directive: &Directive) -> String {
        words::to_the_left(self.text, self.whole(directive))
    }

    fn whole(&self, directive: &Directive) -> Span {
        directive.span()
    }
}
