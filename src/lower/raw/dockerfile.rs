//! `raw dockerfile`: instructions stand among the steps of a build as they are written.

use crate::diagnostic::{Diagnostic, Sink};
use crate::lower::codes;
use crate::lower::context::Context;
use crate::lower::fitting::Fitted;
use crate::lower::steps::StageDraft;
use crate::lower::text::{Reader, push_literal};
use crate::model::dockerfile::{Op, Raw, Step};
use crate::model::values::Text;
use crate::source::{At, Span};
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::{Args, Command, Health, Instruction};
use crate::syntax::stack::embedded::Embedded;

impl<'t> Context<'_, 't> {
    /// Appends the instructions of a `raw dockerfile` to the steps of a stage.
    pub(crate) fn raw_dockerfile(&mut self, fit: &Fitted<'t>, stage: &mut StageDraft) {
        let Some(embedded) = self.embedded(fit) else { return };
        let mut found = Sink::default();
        let tree = crate::syntax::dockerfile::read(fit.statement.span.file, &embedded.text, &mut found);
        if !self.report_raw(found, &embedded) {
            return;
        }
        for directive in tree.directives() {
            self.refuse_raw(
                embedded.outer(directive.name),
                "a parser directive counts at the head of a Dockerfile alone",
                "write it in the build: `syntax IMAGE`, `check skip RULE`",
            );
        }
        for instruction in tree.instructions() {
            self.raw_instruction(instruction, &embedded, stage);
        }
    }

    fn raw_instruction(&mut self, instruction: &Instruction, embedded: &Embedded, stage: &mut StageDraft) {
        let at = embedded.outer(instruction.name.span);
        let text = &embedded.text[instruction.lines.range()];
        if instruction.keyword == Keyword::From {
            self.refuse_raw(
                at,
                "a stage begins with its `base`",
                "write `base IMAGE`, or `stage NAME { ... }`",
            );
            return;
        }
        if instruction.heredocs.is_empty() && text.trim_end().ends_with('\\') {
            let help = "remove the `\\` at its end: it would take the next step for its own";
            self.refuse_raw(at, "this instruction goes on on a line that is not there", help);
            return;
        }
        let origin = self.raw_origin(instruction.span, embedded);
        match (&instruction.args, instruction.keyword) {
            (Args::Command(Command::Exec(words)), Keyword::Shell) => {
                stage.shell = words.iter().map(|word| Text::literal(word.text.clone(), origin)).collect();
            }
            (Args::Health(Health::None), Keyword::Healthcheck) => stage.has_health = false,
            (Args::Text(user), Keyword::User) => {
                let mut parts = Vec::new();
                push_literal(&mut parts, user.text.clone(), Reader::Build);
                stage.user = Some(Text::from_parts(parts, origin));
            }
            (_, Keyword::Healthcheck) => stage.has_health = true,
            _ => {}
        }
        let mut start = instruction.lines.start as usize;
        let lines = text.lines().map(|line| {
            let inner = Span::new(instruction.lines.file, start, start + line.len());
            start += line.len() + 1;
            At::new(line.to_owned(), self.raw_origin(inner, embedded))
        });
        let op = match (&stage.user, instruction.keyword) {
            (Some(user), Keyword::User) => Op::User(user.clone()),
            _ => Op::Raw(Raw { keyword: instruction.keyword.name(), lines: lines.collect() }),
        };
        stage.steps.push(Step::new(op, origin));
    }

    fn refuse_raw(&mut self, at: Span, why: &str, help: &str) {
        self.sink.push(Diagnostic::error(codes::CONFLICT, why, at).help(help));
    }
}
