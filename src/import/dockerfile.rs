//! A Dockerfile as statements of `dockerfile PATH { ... }`: every instruction by the word of its step, as `raw` where no
//! step says it, each with the comments above it.

mod run;
mod steps;
mod words;

use super::patterns;
use super::spelling;
use super::statement::{Block, Language, Line, Statement};
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::{Args, Directive, DirectiveKind, Escape, Instruction, Item, Tree};

/// A Dockerfile while it becomes statements.
struct File<'a> {
    text: &'a str,
    /// The names of the stages so far.
    stages: Vec<Option<String>>,
    /// Instructions of which a stage has one, by their names, in the stage at hand.
    said: Vec<&'static str>,
}

/// A stage while it is put together.
struct Stage {
    name: Option<String>,
    /// What stands above its `FROM`.
    above: Vec<Line>,
    place: Span,
    steps: Vec<Statement>,
}

/// What a Dockerfile says, in order; `text` is what the tree was read from. `None` for one that has to stay as it is: it has no
/// stage that can be read, instructions before its first one, or another escape character.
pub(crate) fn block(tree: &Tree, text: &str) -> Option<Block> {
    if tree.escape != Escape::Backslash {
        return None;
    }
    let mut file = File { text, stages: Vec::new(), said: Vec::new() };
    let mut head = Vec::new();
    let mut stages: Vec<Stage> = Vec::new();
    let mut above = Vec::new();
    for item in &tree.items {
        match item {
            Item::Blank(_) => above.push(Line::Blank),
            Item::Comment(comment) => above.push(spelling::comment(&text[comment.span.range()])),
            Item::Directive(directive) => head.extend(File::directive(directive, &mut above)),
            Item::Instruction(instruction) => match (&instruction.args, stages.last_mut()) {
                (Args::From { name, .. }, _) => {
                    let base = File::base(instruction)?;
                    let name = name.as_ref().map(|name| name.text.clone());
                    file.stages.push(name.clone());
                    file.said.clear();
                    let above = std::mem::take(&mut above);
                    stages.push(Stage { name, above, place: instruction.span, steps: vec![base] });
                }
                (_, Some(stage)) => stage.steps.push(file.step(instruction, &mut above)),
                (_, None) => head.push(file.global(instruction, &mut above)?),
            },
        }
    }
    let last = stages.pop()?;
    head.extend(stages.into_iter().map(Stage::statement));
    head.extend(last.ending());
    if let Some(first) = head.first_mut() {
        let blank = first.above.iter().take_while(|line| **line == Line::Blank).count();
        first.above.drain(..blank);
    }
    while above.last() == Some(&Line::Blank) {
        above.pop();
    }
    Some(Block { statements: head, below: above })
}

impl Stage {
    fn statement(self) -> Statement {
        let head = Statement::of("stage");
        let mut statement = match &self.name {
            Some(name) => head.text(name),
            None => head,
        };
        statement = statement.block(self.steps).at(self.place);
        statement.above = self.above;
        statement
    }

    /// The last stage of a file: its steps need no block if it has no name.
    fn ending(mut self) -> Vec<Statement> {
        if self.name.is_some() {
            return vec![self.statement()];
        }
        if let Some(base) = self.steps.first_mut() {
            base.above = self.above;
        }
        self.steps
    }
}

impl File<'_> {
    /// `syntax` and `check`; there is no word for what does nothing.
    fn directive(directive: &Directive, above: &mut Vec<Line>) -> Vec<Statement> {
        let value = &directive.value.text;
        let mut statements = match directive.kind {
            _ if !directive.counts => Vec::new(),
            DirectiveKind::Escape => Vec::new(),
            DirectiveKind::Syntax => vec![Statement::of("syntax").spelled(spelling::bare_or_quoted(value))],
            DirectiveKind::Check => value.split(';').filter_map(check).collect(),
        };
        if let Some(first) = statements.first_mut() {
            first.above = std::mem::take(above);
            first.place = Some(directive.name.to(directive.value.span));
        }
        statements
    }

    /// An instruction before the first stage, which can be `ARG` alone.
    fn global(&mut self, instruction: &Instruction, above: &mut Vec<Line>) -> Option<Statement> {
        let statement = self.native(instruction).filter(|_| instruction.keyword == Keyword::Arg)?;
        Some(place(statement, instruction, above))
    }

    fn step(&mut self, instruction: &Instruction, above: &mut Vec<Line>) -> Statement {
        let raw = self.raw(instruction);
        let is_whole = self.is_first(instruction) && !instruction.damaged;
        let statement = match self.native(instruction).filter(|_| is_whole) {
            Some(native) => {
                let native = native.or_raw(Language::Dockerfile, raw.as_str()).at(instruction.span);
                match patterns::step(&native) {
                    Some(short) => short.or_raw(Language::Dockerfile, raw).or_plainly(native),
                    None => native,
                }
            }
            None => Statement::raw(Language::Dockerfile, &raw),
        };
        place(statement, instruction, above)
    }

    /// Whether the stage may say this in a word of its own: of some a block takes one.
    fn is_first(&mut self, instruction: &Instruction) -> bool {
        let name = instruction.keyword.name();
        let is_once = matches!(
            instruction.keyword,
            Keyword::Cmd
                | Keyword::Entrypoint
                | Keyword::Healthcheck
                | Keyword::Maintainer
                | Keyword::Stopsignal
        );
        let is_first = !is_once || !self.said.contains(&name);
        self.said.push(name);
        is_first
    }

    /// All lines of an instruction as they stand.
    fn raw(&self, instruction: &Instruction) -> String {
        words::lines(&self.text[instruction.lines.range()])
    }
}

fn place(mut statement: Statement, instruction: &Instruction, above: &mut Vec<Line>) -> Statement {
    statement.above = std::mem::take(above);
    statement.at(instruction.span)
}

/// One option of `# check=`.
fn check(option: &str) -> Option<Statement> {
    let (name, value) = option.split_once('=')?;
    let list = |head: &str| {
        let names = value.split(',').map(str::trim);
        names.fold(Statement::of("check").keyword(head), Statement::text)
    };
    match name.trim() {
        "skip" => Some(list("skip")),
        "experimental" => Some(list("experimental")),
        "error" if value.trim().eq_ignore_ascii_case("true") => Some(Statement::of("check").keyword("error")),
        _ => None,
    }
}
