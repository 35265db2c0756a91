//! Statements of the stack language before they are text: what they say, where that stood, and what is written if they
//! turn out to say something else.

use std::rc::Rc;

use crate::source::Span;
use crate::syntax::stack::spell::{quoted, spell};

/// The languages whose text a stack file may hold as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Compose,
    Dockerfile,
    Nginx,
}

impl Language {
    /// What follows `raw`.
    fn word(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Dockerfile => "dockerfile",
            Self::Nginx => "nginx",
        }
    }
}

/// What says the same as some statements in the language of the original, and takes their place together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Otherwise {
    pub(crate) language: Language,
    pub(crate) text: String,
}

/// A line between statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Blank,
    /// With its `#`.
    Comment(String),
}

/// One statement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statement {
    /// The head and the arguments, spelled.
    pub(crate) words: Vec<String>,
    pub(crate) block: Option<Block>,
    /// What stands above it, without indentation.
    pub(crate) above: Vec<Line>,
    /// A comment on its line, with its `#`.
    pub(crate) beside: Option<String>,
    /// Where the original says it.
    pub(crate) place: Option<Span>,
    /// What may be written instead; statements that share one are replaced together.
    pub(crate) otherwise: Option<Rc<Otherwise>>,
    /// The same in the target's own words, which take its place before raw text does.
    pub(crate) plainly: Option<Rc<Statement>>,
}

/// `{ ... }`
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    pub(crate) statements: Vec<Statement>,
    /// Comments behind the last statement.
    pub(crate) below: Vec<Line>,
}

impl Block {
    pub(crate) fn of(statements: Vec<Statement>) -> Self {
        Self { statements, below: Vec::new() }
    }

    /// Adds statements behind a blank line.
    pub(crate) fn append_apart(&mut self, mut statements: Vec<Statement>) {
        if let Some(first) = statements.first_mut() {
            first.above.insert(0, Line::Blank);
        }
        self.statements.append(&mut statements);
    }
}

impl Block {
    /// Leaves out the comments between its statements, and those in them, of which that is true.
    pub(crate) fn drop_comments(&mut self, is_dropped: &dyn Fn(&str) -> bool) {
        let keep = |line: &Line| !matches!(line, Line::Comment(text) if is_dropped(text));
        self.below.retain(keep);
        for statement in &mut self.statements {
            statement.above.retain(keep);
            statement.block.iter_mut().for_each(|inner| inner.drop_comments(is_dropped));
        }
    }
}

impl Statement {
    /// A statement that begins with a word of the language.
    pub(crate) fn of(head: &str) -> Self {
        Self { words: vec![head.to_owned()], ..Self::default() }
    }

    /// One that begins with a name of somebody's own.
    pub(crate) fn named(name: &str) -> Self {
        Self::of(&spell(name))
    }

    /// `raw LANGUAGE TEXT`
    pub(crate) fn raw(language: Language, text: &str) -> Self {
        Self::of("raw").keyword(language.word()).spelled(verbatim(text))
    }

    /// A word of the language behind the others.
    pub(crate) fn keyword(self, word: &str) -> Self {
        self.spelled(word.to_owned())
    }

    /// A text behind the others, in quotes if it must be.
    pub(crate) fn text(self, text: &str) -> Self {
        let spelled = spell(text);
        self.spelled(spelled)
    }

    /// A text behind the others that is in quotes, so that it is no keyword.
    pub(crate) fn quoted(self, text: &str) -> Self {
        self.spelled(quoted(text))
    }

    /// What is spelled already.
    pub(crate) fn spelled(mut self, spelled: String) -> Self {
        self.words.push(spelled);
        self
    }

    /// The same with a block.
    pub(crate) fn block(mut self, statements: Vec<Statement>) -> Self {
        self.block = Some(Block::of(statements));
        self
    }

    /// The same with a block, unless it would be empty.
    pub(crate) fn block_if_any(self, statements: Vec<Statement>) -> Self {
        if statements.is_empty() { self } else { self.block(statements) }
    }

    /// The same with its place in the original.
    pub(crate) fn at(mut self, place: Span) -> Self {
        self.place = Some(place);
        self
    }

    /// The same with what may be written instead of this statement alone.
    pub(crate) fn or_raw(self, language: Language, text: impl Into<String>) -> Self {
        self.or(&Rc::new(Otherwise { language, text: text.into() }))
    }

    /// The same with what may be written instead of all that share it.
    pub(crate) fn or(mut self, otherwise: &Rc<Otherwise>) -> Self {
        self.otherwise = Some(Rc::clone(otherwise));
        self
    }

    /// The same with what says it in the target's own words.
    pub(crate) fn or_plainly(mut self, plainly: Statement) -> Self {
        self.plainly = Some(Rc::new(plainly));
        self
    }

    /// The statement and those in it, in the order in which they are read.
    pub(crate) fn all<'a>(&'a self, found: &mut Vec<&'a Statement>) {
        found.push(self);
        for inner in self.block.iter().flat_map(|block| &block.statements) {
            inner.all(found);
        }
    }
}

/// A text of another language as an argument: in single quotes on one line, else between fences.
pub(crate) fn verbatim(text: &str) -> String {
    let is_line = !text.contains(['\n', '\'', '\r']) && !text.is_empty();
    if is_line {
        return format!("'{text}'");
    }
    let longest = text.lines().map(leading_quotes).max().unwrap_or_default();
    if longest >= MOST_QUOTES {
        return quoted(text);
    }
    let fence = "\"".repeat((longest + 1).max(3));
    format!("{fence}\n{text}\n{fence}")
}

/// The longest fence of the language.
const MOST_QUOTES: usize = 16;

fn leading_quotes(line: &str) -> usize {
    line.trim_start().bytes().take_while(|byte| *byte == b'"').count()
}

/// Statements as text, which the printer of the language has yet to lay out.
pub(crate) fn print(block: &Block) -> String {
    let mut out = String::new();
    write_block(block, &mut out);
    out
}

fn write_block(block: &Block, out: &mut String) {
    for statement in &block.statements {
        write(statement, out);
    }
    write_lines(&block.below, out);
}

fn write_lines(lines: &[Line], out: &mut String) {
    for line in lines {
        if let Line::Comment(text) = line {
            out.push_str(text);
        }
        out.push('\n');
    }
}

fn write(statement: &Statement, out: &mut String) {
    write_lines(&statement.above, out);
    out.push_str(&statement.words.join(" "));
    let beside = statement.beside.as_ref().map(|comment| format!(" {comment}")).unwrap_or_default();
    match &statement.block {
        None => out.push_str(&beside),
        // On one line, so that the printer may leave it there.
        Some(block) if is_short(block) => {
            let inner: Vec<String> = block.statements.iter().map(line).collect();
            let inner = if inner.is_empty() { String::new() } else { format!("{} ", inner.join("; ")) };
            out.push_str(&format!(" {{ {inner}}}{beside}"));
        }
        Some(block) => {
            out.push_str(&format!(" {{{beside}\n"));
            write_block(block, out);
            out.push('}');
        }
    }
    out.push('\n');
}

/// The most characters of a block that is begun on one line.
const WIDEST: usize = 60;

fn is_short(block: &Block) -> bool {
    let lines = block.statements.iter();
    block.below.is_empty()
        && block.statements.len() <= 3
        && lines.clone().all(|statement| {
            statement.above.is_empty()
                && statement.beside.is_none()
                && statement.block.as_ref().is_none_or(is_short)
                && !statement.words.iter().any(|word| word.contains('\n'))
        })
        && lines.map(|statement| line(statement).len() + 2).sum::<usize>() <= WIDEST
}

fn line(statement: &Statement) -> String {
    let mut text = statement.words.join(" ");
    if let Some(block) = &statement.block {
        let inner: Vec<String> = block.statements.iter().map(line).collect();
        text.push_str(&format!(" {{ {} }}", inner.join("; ")));
    }
    text
}
