//! What is carried out, as it is written: RUN with its heredocs, CMD, ENTRYPOINT and health checks, `command` and its like
//! of compose, and every other text of a compose file in which no pair stands.

use crate::lint::Whole;
use crate::project::compose::{Node, Part, Value};
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::tree::{Args, Instruction};

/// A stretch of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    /// Where.
    pub(crate) span: Span,
    /// In what.
    pub(crate) place: Place,
}

/// What a text stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A step of a build: RUN, ADD, COPY.
    Run,
    /// What an image starts: CMD, ENTRYPOINT, HEALTHCHECK.
    Start,
    /// A compose file.
    Compose,
}

impl Place {
    /// Who can read it there.
    pub(crate) fn says(self) -> &'static str {
        match self {
            Self::Run => "stays in the history of the image",
            Self::Start => "stays in the image",
            Self::Compose => "stands in this file, and is shown by `docker inspect`",
        }
    }
}

/// All of them.
pub(crate) fn of_project(whole: &Whole<'_>) -> Vec<Written> {
    let mut texts = Vec::new();
    for dockerfile in &whole.project.dockerfiles {
        for instruction in dockerfile.tree.instructions() {
            of_instruction(instruction, &mut texts);
        }
    }
    if let Some(compose) = &whole.project.compose {
        of_node(&compose.root, &mut texts);
    }
    texts
}

fn of_instruction(instruction: &Instruction, texts: &mut Vec<Written>) {
    let place = match instruction.keyword {
        Keyword::Run | Keyword::Add | Keyword::Copy => Place::Run,
        Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck => Place::Start,
        Keyword::Onbuild => {
            if let Args::Trigger(inner) = &instruction.args {
                of_instruction(inner, texts);
            }
            return;
        }
        Keyword::Arg
        | Keyword::Env
        | Keyword::Expose
        | Keyword::From
        | Keyword::Label
        | Keyword::Maintainer
        | Keyword::Shell
        | Keyword::Stopsignal
        | Keyword::User
        | Keyword::Volume
        | Keyword::Workdir
        | Keyword::Unknown => return,
    };
    texts.push(Written { span: instruction.args_span, place });
    texts.extend(instruction.heredocs.iter().map(|heredoc| Written { span: heredoc.body, place }));
}

fn of_node(node: &Node, texts: &mut Vec<Written>) {
    match &node.value {
        Value::Text(text) => texts.push(Written { span: text.span, place: Place::Compose }),
        Value::List(items) => items.iter().for_each(|item| of_node(item, texts)),
        Value::Map(entries) => entries.iter().for_each(|(_, node)| of_node(node, texts)),
        Value::Null | Value::Flag(_) | Value::Number(_) => {}
    }
}

/// The texts of a compose file that hold variables.
pub(crate) fn with_variables<'a>(whole: &Whole<'a>) -> Vec<(Span, &'a [Part])> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Node> = whole.project.compose.iter().map(|compose| &compose.root).collect();
    while let Some(node) = waiting.pop() {
        match &node.value {
            Value::Text(text) if text.parts.iter().any(|part| matches!(part, Part::Variable(_))) => {
                found.push((text.span, text.parts.as_slice()));
            }
            Value::List(items) => waiting.extend(items),
            Value::Map(entries) => waiting.extend(entries.iter().map(|(_, node)| node)),
            Value::Text(_) | Value::Null | Value::Flag(_) | Value::Number(_) => {}
        }
    }
    found
}

/// The commands: those of Dockerfiles, and `command`, `entrypoint` and the health check of each service, each as a whole.
pub(crate) fn commands(whole: &Whole<'_>) -> Vec<Written> {
    let mut texts = Vec::new();
    for dockerfile in &whole.project.dockerfiles {
        for instruction in dockerfile.tree.instructions() {
            of_instruction(instruction, &mut texts);
        }
    }
    for service in whole.project.compose.iter().flat_map(|compose| &compose.services) {
        let health = service.node.at(&["healthcheck", "test"]);
        let nodes = [service.get("command"), service.get("entrypoint"), health];
        for node in nodes.into_iter().flatten() {
            texts.push(Written { span: node.span, place: Place::Compose });
        }
    }
    texts
}
