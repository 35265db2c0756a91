//! What was looked at before a deployment is started: a line each, in groups, with what to do next.

use super::wrap::hanging;
use super::{Look, visible};

/// How wide the widest word is.
const COLUMN: usize = 7;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The heading that it stands under.
    pub group: &'static str,
    /// How it is.
    pub state: State,
    /// What was found.
    pub text: String,
    /// What else is worth knowing.
    pub note: Option<String>,
    /// What to do next.
    pub help: Option<String>,
}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Ok,
    /// It could not be found out.
    Unknown,
    /// It may go wrong, or is better changed.
    Warning,
    /// It keeps the deployment from running.
    Problem,
}

/// All states, the gravest first.
const STATES: [State; 4] = [State::Problem, State::Warning, State::Unknown, State::Ok];

impl State {
    /// What it is called.
    pub fn word(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Unknown => "unknown",
            State::Warning => "warning",
            State::Problem => "problem",
        }
    }

    fn colour(self) -> &'static str {
        match self {
            State::Ok => "\u{1b}[1;32m",
            State::Unknown => "\u{1b}[1;36m",
            State::Warning => "\u{1b}[1;33m",
            State::Problem => "\u{1b}[1;31m",
        }
    }
}

impl Check {
    /// A check without anything further to say.
    pub fn new(group: &'static str, state: State, text: impl Into<String>) -> Self {
        Self { group, state, text: text.into(), note: None, help: None }
    }

    /// What else is worth knowing.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// What to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All checks under the headings of their groups, in their order.
pub fn text(checks: &[Check], look: &Look) -> String {
    let mut out = String::new();
    let mut group = "";
    for check in checks {
        if check.group != group {
            group = check.group;
            out.push_str(&if look.colour {
                format!("\u{1b}[1m{group}\u{1b}[0m\n")
            } else {
                format!("{group}\n")
            });
        }
        out.push_str(&one(check, look));
    }
    out
}

fn one(check: &Check, look: &Look) -> String {
    let indent = " ".repeat(COLUMN + 4);
    let head = format!("  {:COLUMN$}  ", check.state.word());
    let lines = hanging(&head, &indent, &visible::line(&check.text), look.width);
    let mut out = if look.colour {
        let word = check.state.word();
        format!("  {}{word}\u{1b}[0m{}", check.state.colour(), &lines[2 + word.len()..])
    } else {
        lines
    };
    for (word, text) in [("note", &check.note), ("help", &check.help)] {
        let Some(text) = text else { continue };
        let head = format!("{indent}{word}: ");
        let rest = " ".repeat(head.len());
        let lines = hanging(&head, &rest, &visible::paragraph(text), look.width);
        let (label, behind) = lines.split_at(head.len() - 1);
        out.push_str(&if look.colour { format!("\u{1b}[36m{label}\u{1b}[0m{behind}") } else { lines });
    }
    out
}

/// `1 problem, 2 warnings, 7 ok`
pub fn summary(checks: &[Check]) -> String {
    let count = |state| checks.iter().filter(|check| check.state == state).count();
    let counted = |(state, count): (State, usize)| match state {
        State::Problem | State::Warning if count > 1 => format!("{count} {}s", state.word()),
        State::Problem | State::Warning | State::Unknown | State::Ok => format!("{count} {}", state.word()),
    };
    let parts = STATES.into_iter().map(|state| (state, count(state))).filter(|(_, count)| *count > 0);
    parts.map(counted).collect::<Vec<_>>().join(", ")
}
