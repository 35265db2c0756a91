//! What a container runs in the end, by its image and by the service that runs it.

use super::Final;
use super::commands::{Command, of_text, of_words};
use crate::project::compose::{Command as Override, Service};
use crate::project::dockerfile::Words;
use crate::source::Span;

/// The first process of a container.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    /// The commands that it may come to: with its entrypoint before it and without, as scripts often end in `exec "$@"`.
    pub(crate) commands: Vec<Command>,
    /// Where it is said last.
    pub(crate) span: Span,
}

/// What a stage runs, as a service has it; `None` if nothing is said, or nothing known.
pub(crate) fn process(known: &Final<'_>, service: Option<&Service>) -> Option<Process> {
    let end = &known.stage().end;
    let entrypoint =
        Part::of(service.and_then(|service| service.entrypoint.as_ref()), end.entrypoint.as_ref());
    let replaced = service.is_some_and(|service| service.entrypoint.is_some());
    let own = end.command.as_ref().filter(|_| !replaced);
    let command = Part::of(service.and_then(|service| service.command.as_ref()), own);
    let mut commands = Vec::new();
    for part in [&command, &entrypoint].into_iter().flatten() {
        commands.extend(part.commands());
    }
    if let (Some(entrypoint), Some(command)) = (&entrypoint, &command)
        && !entrypoint.is_shell
    {
        let words = [entrypoint.words.clone(), command.words.clone()].concat();
        commands.extend(of_words(&words, command.span));
    }
    let span = command.as_ref().or(entrypoint.as_ref())?.span;
    Some(Process { commands, span })
}

struct Part {
    words: Vec<String>,
    is_shell: bool,
    span: Span,
}

impl Part {
    /// What a service says, else what the Dockerfile says.
    fn of(service: Option<&Override>, image: Option<&Words>) -> Option<Self> {
        let part = if let Some(said) = service {
            Self { words: said.words.clone()?, is_shell: false, span: said.span }
        } else {
            let image = image?;
            Self { words: image.words.clone(), is_shell: image.is_shell, span: image.span? }
        };
        (!part.words.is_empty()).then_some(part)
    }

    fn commands(&self) -> Vec<Command> {
        match (self.is_shell, self.words.last()) {
            (true, Some(text)) => of_text(text, self.span),
            (_, _) => of_words(&self.words, self.span),
        }
    }
}
