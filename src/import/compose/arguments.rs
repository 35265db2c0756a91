//! Scalars of compose as arguments: variables become inputs, numbers what compose makes of them where a text is wanted.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::compose::is_writable_default;
use crate::model::names::InputName;
use crate::project::compose::{Node, Value, scalar_text};
use crate::project::host::join;
use crate::syntax::stack::spell::{quoted, spell};

/// A piece of a text of compose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Letters; a `$` stands for itself.
    Literal(String),
    /// A variable.
    Variable { name: String, operator: Operator },
}

/// What follows the name of a variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) enum Operator {
    None,
    /// `:-`, and a text without variables.
    Default(String),
    /// Any other, with what follows it.
    Other(String),
}

/// Takes a text apart; `None` if an input cannot say one of its variables.
pub(super) fn pieces(raw: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find('$') {
        literal.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            literal.push('$');
            rest = after;
            continue;
        }
        let (name, operator, after) = if let Some(inside) = rest.strip_prefix('{') {
            let name = name_at(inside)?;
            let (said, after) = closed(&inside[name.len()..])?;
            (name, operator(said)?, after)
        } else if let Some(name) = name_at(rest) {
            (name, Operator::None, &rest[name.len()..])
        } else {
            literal.push('$');
            continue;
        };
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(Piece::Variable { name: name.to_owned(), operator });
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Some(pieces)
}

/// What stands before the brace that closes a variable, and what follows it.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut open = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 0 => return Some((&text[..at], &text[at + 1..])),
            '}' => open -= 1,
            '"' => return None,
            c if c.is_control() => return None,
            _ => {}
        }
        if open > MOST_NESTED {
            return None;
        }
    }
    None
}

/// So deep variables may stand in what is taken instead of one.
const MOST_NESTED: usize = 2;

/// What follows the name of a variable.
fn operator(said: &str) -> Option<Operator> {
    let is_simple = !said.contains(['$', '{']);
    if said.is_empty() {
        return Some(Operator::None);
    }
    if let Some(default) = said.strip_prefix(":-").filter(|_| is_simple || has_letters_alone(said)) {
        let default = default.replace("$$", "$");
        return is_writable_default(&default).then_some(Operator::Default(default));
    }
    // Braces stand in variables alone: any other `$` would be a letter.
    let braces = said.matches('{').count();
    if said.matches('$').count() != braces + inner_names(said).count() {
        return None;
    }
    let is_known = [":-", ":?", ":+", "-", "?", "+"].iter().any(|known| said.starts_with(known));
    (is_known && said.matches("${").count() == braces).then(|| Operator::Other(said.to_owned()))
}

/// Whether every `$` of what stands for a variable is a letter.
fn has_letters_alone(said: &str) -> bool {
    !said.replace("$$", "").contains(['$', '{']) && !said.contains('{')
}

/// The variables without braces in what stands for another one.
pub(super) fn inner_names(said: &str) -> impl Iterator<Item = &str> {
    said.split('$').skip(1).filter(|rest| !rest.starts_with('{')).filter_map(name_at)
}

/// The name of a variable that a text begins with.
fn name_at(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    let name = &text[..end];
    InputName::parse(name).is_ok().then_some(name)
}

/// What has to be known to spell an argument.
#[derive(Debug, Default)]
pub(in crate::import) struct Speller {
    /// The names before the dot of a reference.
    pub(super) services: BTreeSet<String>,
    /// What every use of a variable says, if all say the same.
    pub(super) inputs: BTreeMap<String, Operator>,
    /// The folder of the compose file, from that of the stack file.
    pub(super) folder: String,
}

/// Words that mean something in a sentence, and so are quoted where they are a text.
const KEYWORDS: &[&str] = &[
    "shell",
    "exec",
    "http",
    "from",
    "at",
    "to",
    "of",
    "in",
    "image",
    "port",
    "read-only",
    "healthy",
    "started",
    "completed",
    "exported",
    "on",
    "off",
    "none",
    "split",
    "existing",
    "tmpfs",
    "no",
    "always",
    "on-failure",
    "unless-stopped",
];

impl Speller {
    /// Takes note of every variable below a node. One that is not always said in the same way, or with a reason why it
    /// must be there, is declared without either.
    pub(super) fn note_all(&mut self, root: &Node) {
        let mut differing = BTreeSet::new();
        self.note(root, &mut differing);
        for (name, operator) in &mut self.inputs {
            if differing.contains(name) || matches!(operator, Operator::Other(_)) {
                *operator = Operator::None;
            }
        }
    }

    fn note(&mut self, node: &Node, differing: &mut BTreeSet<String>) {
        match &node.value {
            Value::Text(text) => {
                for piece in pieces(&text.raw).unwrap_or_default() {
                    let Piece::Variable { name, operator } = piece else { continue };
                    if let Operator::Other(said) = &operator {
                        for inner in inner_names(said) {
                            self.inputs.entry(inner.to_owned()).or_insert(Operator::None);
                            differing.insert(inner.to_owned());
                        }
                    }
                    match self.inputs.get(&name) {
                        Some(known) if *known == operator => {}
                        Some(_) => {
                            differing.insert(name);
                        }
                        None => {
                            self.inputs.insert(name, operator);
                        }
                    }
                }
            }
            Value::List(items) => items.iter().for_each(|item| self.note(item, differing)),
            Value::Map(entries) => entries.iter().for_each(|(_, node)| self.note(node, differing)),
            Value::Null | Value::Flag(_) | Value::Number(_) => {}
        }
    }

    /// A text of compose as an argument; `None` if there is none that says it.
    pub(super) fn text(&self, raw: &str) -> Option<String> {
        self.spelled(&pieces(raw)?)
    }

    /// A text without variables as an argument.
    pub(super) fn literal(&self, text: &str) -> String {
        let is_keyword = KEYWORDS.contains(&text) || text.starts_with("\"\"\"");
        if is_keyword || self.looks_like_reference(text) { quoted(text) } else { spell(text) }
    }

    /// A text of compose that is a path of the host, as an argument.
    pub(super) fn path(&self, raw: &str) -> Option<String> {
        self.spelled(&self.path_pieces(raw)?)
    }

    /// The pieces of a path from the folder of the stack file.
    pub(super) fn path_pieces(&self, raw: &str) -> Option<Vec<Piece>> {
        let mut pieces = pieces(raw)?;
        if self.folder == "." {
            return Some(pieces);
        }
        let alone = pieces.len() == 1;
        match pieces.first_mut() {
            Some(Piece::Literal(start)) if !start.starts_with(['/', '~']) => {
                let (folder, rest) =
                    if alone { (start.as_str(), "") } else { start.rsplit_once('/').unwrap_or((".", start)) };
                let moved = join(&self.folder, folder);
                let moved = if moved.starts_with("..") || moved.starts_with('/') {
                    moved
                } else {
                    format!("./{moved}")
                };
                *start = if alone { moved } else { format!("{moved}/{rest}") };
            }
            Some(Piece::Literal(_)) => {}
            // What it begins with is known when it is started, and then it is read from the folder of the output.
            Some(Piece::Variable { .. }) | None => return None,
        }
        Some(pieces)
    }

    /// Pieces as one argument.
    pub(super) fn spelled(&self, pieces: &[Piece]) -> Option<String> {
        match pieces {
            [] => return Some("\"\"".to_owned()),
            [Piece::Literal(text)] => return Some(self.literal(text)),
            _ => {}
        }
        if let [Piece::Variable { name, operator }] = pieces
            && self.is_declared(name, operator)
        {
            return Some(format!("input.{name}"));
        }
        let mut out = String::new();
        for (index, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Literal(text) => {
                    // `$$` before a `{` would be read together.
                    if text.ends_with('$') && index + 1 < pieces.len() {
                        return None;
                    }
                    let inner = quoted(text);
                    out.push_str(&inner[1..inner.len() - 1]);
                }
                Piece::Variable { name, operator } if self.is_declared(name, operator) => {
                    out.push_str(&format!("${{input.{name}}}"));
                }
                Piece::Variable { name, operator } => match operator {
                    Operator::None => return None,
                    Operator::Default(default) => out.push_str(&format!("${{input.{name}:-{default}}}")),
                    Operator::Other(said) => out.push_str(&format!("${{input.{name}{said}}}")),
                },
            }
        }
        let is_word =
            !out.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'[];,#\\".contains(c));
        Some(if is_word { out } else { format!("\"{out}\"") })
    }

    /// Whether `${input.NAME}` alone says what a use says.
    fn is_declared(&self, name: &str, operator: &Operator) -> bool {
        self.inputs.get(name) == Some(operator)
    }

    /// Whether a bare word would be read as a reference, or as the slip of one.
    fn looks_like_reference(&self, text: &str) -> bool {
        let Some((first, part)) = text.split_once('.') else { return false };
        matches!(first, "secret" | "input")
            || self.services.contains(first)
            || matches!(part, "host" | "port")
    }

    /// A scalar where compose wants a text: numbers and flags are written as compose writes them.
    pub(super) fn scalar(&self, node: &Node) -> Option<String> {
        self.text(&scalar_text(node)?)
    }
}
