//! The tree of a Dockerfile: directives, instructions, comments, blank lines, each with its place.
//!
//! Every text has a tree, and its items follow each other without a gap: what they span, one after the other, is the
//! text. What an instruction says is kept twice: where it stands, and as text after the lines that it runs over were
//! joined.

use super::keyword::Keyword;
use crate::source::{FileId, Span};

/// A whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The file that was read.
    pub file: FileId,
    /// The byte order mark before everything else, if there is one.
    pub bom: Option<Span>,
    /// The character that continues lines and escapes characters.
    pub escape: Escape,
    /// What stands in the file, in order.
    pub items: Vec<Item>,
    /// Every mistake of the file, in order of place; the instructions that hold one are marked `damaged`.
    pub mistakes: Vec<Mistake>,
}

impl Tree {
    /// The instructions, without comments, blank lines and directives.
    pub fn instructions(&self) -> impl Iterator<Item = &Instruction> {
        self.items.iter().filter_map(|item| match item {
            Item::Instruction(instruction) => Some(instruction),
            Item::Directive(_) | Item::Comment(_) | Item::Blank(_) => None,
        })
    }

    /// The parser directives.
    pub fn directives(&self) -> impl Iterator<Item = &Directive> {
        self.items.iter().filter_map(|item| match item {
            Item::Directive(directive) => Some(directive),
            Item::Instruction(_) | Item::Comment(_) | Item::Blank(_) => None,
        })
    }
}

/// The character that continues lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escape {
    /// `\`, unless a directive says otherwise.
    #[default]
    Backslash,
    /// `` ` ``, after ``# escape=` ``.
    Backtick,
}

impl Escape {
    /// As it is written.
    pub fn character(self) -> char {
        match self {
            Self::Backslash => '\\',
            Self::Backtick => '`',
        }
    }
}

/// What may stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `# escape=...` and its like, at the top of the file.
    Directive(Directive),
    /// `KEYWORD --flag arguments`
    Instruction(Instruction),
    /// `# text` between two instructions.
    Comment(Comment),
    /// One or more lines of nothing but white space, line endings included.
    Blank(Span),
}

impl Item {
    /// Its lines from the first column of the first to the line ending of the last.
    pub fn lines(&self) -> Span {
        match self {
            Self::Directive(directive) => directive.lines,
            Self::Instruction(instruction) => instruction.lines,
            Self::Comment(comment) => comment.lines,
            Self::Blank(lines) => *lines,
        }
    }
}

/// `# name=value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Which.
    pub kind: DirectiveKind,
    /// The name.
    pub name: Span,
    /// The value, without white space around it.
    pub value: Word,
    /// Whether it does something: an indented `syntax` is one to the parser, and is not seen by what chooses the
    /// front end; a second one of a kind is refused.
    pub counts: bool,
    /// Its line with its line ending.
    pub lines: Span,
}

/// The directives that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DirectiveKind {
    /// The front end that reads the file.
    Syntax,
    /// The character that continues lines.
    Escape,
    /// How the builder's own checks are done.
    Check,
}

impl DirectiveKind {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Escape => "escape",
            Self::Check => "check",
        }
    }
}

/// `# text` on a line of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// From the `#` to the last character that is no white space.
    pub span: Span,
    /// Its line with its line ending.
    pub lines: Span,
}

/// A stretch of the file and what it says once lines are joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The text, as the doc of whatever holds it says.
    pub text: String,
    /// Where; comments and line ends in it included.
    pub span: Span,
}

/// `KEYWORD --flag arguments`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Which.
    pub keyword: Keyword,
    /// The keyword as it was written.
    pub name: Word,
    /// `--name=value` before the arguments.
    pub flags: Vec<Flag>,
    /// What follows the flags.
    pub args: Args,
    /// Where the arguments stand; empty if there are none.
    pub args_span: Span,
    /// The bodies of `<<NAME`, in the order in which they follow; those of an instruction after `ONBUILD` are here
    /// and not in that one.
    pub heredocs: Vec<Heredoc>,
    /// Where its lines are joined, and what stands between them.
    pub joints: Vec<Joint>,
    /// From the keyword to the last argument, without heredocs.
    pub span: Span,
    /// All of its lines, those of heredocs and the line endings included.
    pub lines: Span,
    /// Whether a mistake lies in it: its meaning is then not to be trusted.
    pub damaged: bool,
}

impl Instruction {
    /// The last of the flags of that name.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().rev().find(|flag| flag.name.text == name)
    }
}

/// `--name=value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The name, without the dashes.
    pub name: Word,
    /// The value, without the quotes and escapes that were resolved.
    pub value: Option<Word>,
    /// From the dashes to the end of the value.
    pub span: Span,
}

/// The arguments, by the shape that the keyword gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Args {
    /// None, where some may or must be.
    None,
    /// `RUN`, `CMD`, `ENTRYPOINT`, `SHELL`.
    Command(Command),
    /// `COPY`, `ADD`, `VOLUME`: separated by white space or as a JSON array.
    Words {
        /// In order; quotes are not special unless it is JSON.
        words: Vec<Word>,
        /// Whether they were written as JSON.
        json: bool,
    },
    /// `EXPOSE`: separated by white space.
    Ports(Vec<Word>),
    /// `WORKDIR`, `USER`, `STOPSIGNAL`, `MAINTAINER`: everything is one argument.
    Text(Word),
    /// `ENV`, `LABEL`.
    Pairs {
        /// In order; exactly one if it is the legacy form.
        pairs: Vec<Pair>,
        /// `ENV name value` without `=`.
        legacy: bool,
    },
    /// `ARG name name=default`
    Declarations(Vec<Declaration>),
    /// `FROM image AS name`
    From {
        /// The image or the earlier stage.
        image: Word,
        /// The name of the stage.
        name: Option<Word>,
    },
    /// `HEALTHCHECK`
    Health(Health),
    /// `ONBUILD instruction`
    Trigger(Box<Instruction>),
    /// Arguments that have no meaning, of an unknown instruction or in a shape that is refused.
    Raw(Word),
}

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `["a", "b"]`: the strings with their escapes resolved.
    Exec(Vec<Word>),
    /// Text for a shell.
    Shell(Word),
}

/// `HEALTHCHECK NONE` or `HEALTHCHECK CMD ...`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// No check, not even that of the base image.
    None,
    /// What is run.
    Command(Command),
}

/// `name=value`, or `name value` in the legacy form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name; its quotes are still there.
    pub name: Word,
    /// The value; its quotes and escapes are still there: `quotes::plain` resolves them.
    pub value: Word,
}

/// `name` or `name=default`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The name; its quotes are still there.
    pub name: Word,
    /// The default; its quotes and escapes are still there.
    pub default: Option<Word>,
}

/// `<<NAME` with the lines that follow the instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The delimiter without quotes, at `<<NAME`.
    pub name: Word,
    /// The number before `<<`; 0 if there is none.
    pub file_descriptor: u64,
    /// Whether variables in the body are expanded: no part of the delimiter is quoted.
    pub expand: bool,
    /// `<<-`: tabs at the beginning of each line do not belong to the body.
    pub chomp: bool,
    /// The body as it is written, tabs and line endings included.
    pub body: Span,
    /// What follows `#!` on the first line of the body.
    pub interpreter: Option<Span>,
    /// The line that ends it, without its line ending; absent if there is none.
    pub close: Option<Span>,
}

/// A place where an instruction goes on on another line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joint {
    /// What stands there.
    pub kind: JointKind,
    /// Where: up to and with the line ending.
    pub span: Span,
}

/// What may stand between two lines of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JointKind {
    /// The escape character, white space after it and the line ending.
    Escape,
    /// A line that is a comment.
    Comment,
    /// A line of nothing but white space.
    Empty,
}

/// Something that is not in the language, with the place and what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub kind: MistakeKind,
    /// Where.
    pub span: Span,
}

/// The mistakes that the reader tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MistakeKind {
    /// A keyword that does not exist; the span is the keyword.
    UnknownInstruction,
    /// An instruction without arguments that it must have; the span is the instruction.
    MissingArguments,
    /// A flag that the instruction does not have.
    UnknownFlag,
    /// A flag that may be given once, given again.
    RepeatedFlag,
    /// A flag without the value that it must have.
    FlagWithoutValue,
    /// A flag that is `true` or `false`, with another value.
    FlagNotBoolean,
    /// A text that looks like an array and is none: a shell runs it.
    ArrayForShell,
    /// An array of other things than strings.
    ArrayOfOthers,
    /// `SHELL` without an array.
    NotArray,
    /// `ENV a=b c`: a word without `=` among pairs.
    PairWithoutEquals,
    /// `ENV a`: neither `=` nor a value.
    PairWithoutValue,
    /// `ENV =b`: nothing before the `=`.
    PairWithoutName,
    /// `FROM a b`: neither an image alone nor an image with `AS` and a name.
    FromForm,
    /// `FROM a AS 1b`: a name that no stage can have.
    StageName,
    /// `HEALTHCHECK` with neither `NONE` nor `CMD`, or with more than `NONE`.
    HealthForm,
    /// `ONBUILD` before an instruction that it cannot hold.
    Trigger,
    /// A heredoc as the destination of a `COPY`.
    HeredocDestination,
    /// `<<NAME` without a line that ends it; the span is `<<NAME`.
    UnclosedHeredoc,
    /// A second directive of the same kind.
    DuplicateDirective,
    /// An escape directive with something else than `\` or a backtick.
    BadEscape,
}
