//! A configuration of nginx as statements of `nginx PATH in CONTEXT { ... }`: every directive by its own word, as `raw`
//! where the language has none for it or takes it otherwise. Locations that a short form says are said by it.

mod words;

use super::patterns::{self, Names};
use super::spelling;
use super::statement::{Block, Language, Line, Statement};
use crate::syntax::nginx::tree::{self, Body, Comment, Directive, Item, Tree, directives};
use crate::vocabulary::nginx::{self as table, Context, Ends};

/// A file and what its directives stand in.
pub(crate) struct Described {
    /// The context that the file is read in.
    pub(crate) context: Context,
    /// What it says.
    pub(crate) block: Block,
}

/// What a configuration says; `text` is what the tree was read from. `None` for one that nginx refuses as well: it stays as it is.
pub(crate) fn described(tree: &Tree, text: &str, names: &Names<'_>) -> Option<Described> {
    if !tree.is_sound() {
        return None;
    }
    let context = context(tree, text);
    let writer = Writer { text, names };
    Some(Described { context, block: writer.block(&tree.items, &[], context) })
}

/// Where a file is read: in the context that has most of the directives at its top, of those the first of [`LIKELY`].
fn context(tree: &Tree, text: &str) -> Context {
    let fitting = |context: Context| {
        let stands = |directive: &&Directive| {
            let known = table::directive(directive.name(text), context);
            known.is_some_and(|known| ends(&directive.body) == Some(known.ends))
        };
        directives(&tree.items).filter(stands).count()
    };
    let most = LIKELY.into_iter().map(fitting).max().unwrap_or_default();
    let is_setting = |directive: &Directive| matches!(directive.body, Body::None(_));
    // Blocks alone, such as `types`, are what `http` is made of.
    let of_blocks = (!directives(&tree.items).any(is_setting)).then_some(Context::Http);
    let likely = of_blocks.into_iter().chain(LIKELY);
    likely.into_iter().find(|context| fitting(*context) == most).unwrap_or(Context::Http)
}

/// Contexts, the one first that is likelier to read a file whose directives may stand in several.
const LIKELY: [Context; 14] = [
    Context::Server,
    Context::Location,
    Context::Http,
    Context::Main,
    Context::Upstream,
    Context::Events,
    Context::Stream,
    Context::StreamServer,
    Context::StreamUpstream,
    Context::Mail,
    Context::MailServer,
    Context::ServerIf,
    Context::LocationIf,
    Context::LimitExcept,
];

/// How a directive ends; `None` for text of another language.
fn ends(body: &Body) -> Option<Ends> {
    match body {
        Body::None(_) => Some(Ends::Semicolon),
        Body::Block(_) => Some(Ends::Block),
        Body::Table(_) => Some(Ends::Table),
        Body::Opaque(_) => None,
    }
}

/// The directives while they become statements.
struct Writer<'a> {
    text: &'a str,
    names: &'a Names<'a>,
}

impl Writer<'_> {
    /// The directives of a block that opens `context`.
    fn block(&self, items: &[Item], first: &[Comment], context: Context) -> Block {
        self.items(items, first, &|directive| self.directive(directive, context))
    }

    /// The lines of a table: keys and what they stand for.
    fn table(&self, items: &[Item], first: &[Comment]) -> Block {
        self.items(items, first, &|entry| {
            let (key, values) = entry.words.split_first().expect("an entry has a key");
            let key = Statement { words: vec![words::argument(key, self.text)], ..Statement::default() };
            self.line(key, values).at(entry.span())
        })
    }

    /// What stands in a block, each with the comments that belong to it.
    fn items(&self, items: &[Item], first: &[Comment], one: &dyn Fn(&Directive) -> Statement) -> Block {
        let mut above: Vec<Line> = first.iter().map(|comment| self.comment(*comment)).collect();
        let mut statements: Vec<Statement> = Vec::new();
        let mut goes_on = false;
        for item in items {
            match item {
                Item::Blank(_) if statements.is_empty() && above.is_empty() => {}
                Item::Blank(_) => above.push(Line::Blank),
                Item::Comment(comment) => above.push(self.comment(*comment)),
                Item::Mistake(_) => {}
                Item::Directive(directive) => {
                    above.extend(directive.comments.iter().map(|(_, comment)| self.comment(*comment)));
                    let mut statement = one(directive);
                    statement.above = std::mem::take(&mut above);
                    if let Some(comment) = directive.trailing {
                        words::beside(&mut statement, self.comment(comment));
                    }
                    match statements.last_mut().filter(|_| goes_on) {
                        Some(entry) => {
                            entry.above.append(&mut statement.above);
                            entry.words.append(&mut statement.words);
                            entry.beside = entry.beside.take().or(statement.beside);
                            entry.place = entry.place.zip(statement.place).map(|(start, end)| start.to(end));
                        }
                        None => statements.push(statement),
                    }
                    goes_on = directive.goes_on();
                }
            }
        }
        while above.last() == Some(&Line::Blank) {
            above.pop();
        }
        Block { statements, below: above }
    }

    fn comment(&self, comment: Comment) -> Line {
        spelling::comment(&self.text[comment.leaf.span.range()])
    }

    fn directive(&self, directive: &Directive, context: Context) -> Statement {
        let raw = words::to_the_left(self.text, directive.span());
        let place = directive.span();
        let Some(native) = self.native(directive, context) else {
            return Statement::raw(Language::Nginx, &raw).at(place);
        };
        let native = native.or_raw(Language::Nginx, raw.as_str()).at(place);
        match self.short(directive, context, &native) {
            Some(short) => short.or_raw(Language::Nginx, raw).or_plainly(native).at(place),
            None => native,
        }
    }

    /// The short form of a directive, if there is one.
    fn short(&self, directive: &Directive, context: Context, native: &Statement) -> Option<Statement> {
        let may_pass = matches!(context, Context::Location | Context::LocationIf);
        match directive.name(self.text) {
            "location" => patterns::location(directive, self.text, self.names, native),
            _ if may_pass => patterns::pass(directive, self.text, self.names),
            _ => None,
        }
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
                Some(with_block(head, self.block(&block.items, block.comment.as_slice(), inside)))
            }
            (Body::Table(block), Ends::Table) => {
                Some(with_block(head, self.table(&block.items, block.comment.as_slice())))
            }
            _ => None,
        }
    }

    fn line(&self, head: Statement, args: &[tree::Arg]) -> Statement {
        args.iter().fold(head, |head, arg| head.spelled(words::argument(arg, self.text)))
    }
}

fn with_block(mut statement: Statement, block: Block) -> Statement {
    statement.block = Some(block);
    statement
}
