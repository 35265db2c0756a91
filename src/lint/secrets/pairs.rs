//! Every name with a value in a project: environments, labels and build arguments of compose, ENV, ARG and LABEL of
//! Dockerfiles, and what stands in env files.

use crate::lint::Whole;
use crate::project::compose::{Node, Otherwise, Part, Service, Text, Value, Variables};
use crate::source::{FileId, SourceMap, Span};
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::quotes::plain;
use crate::syntax::dockerfile::tree::{Args, Escape, Instruction, Word};

/// Where a pair stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Slot {
    /// `environment` of the service of that place.
    Environment(usize),
    /// `labels` of the service of that place.
    Label(usize),
    /// `build.args` of the service of that place.
    BuildArg(usize),
    /// The env file of the service of that place: its path, if it is known.
    EnvFile(usize, Option<String>),
    /// `ENV` of a Dockerfile.
    ImageEnv(FileId),
    /// `ARG` of a Dockerfile.
    ImageArg(FileId),
    /// `LABEL` of a Dockerfile.
    ImageLabel(FileId),
}

/// A name with a value.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The name.
    pub(crate) name: String,
    /// The value, if no variable is in it.
    pub(crate) literal: Option<String>,
    /// What variables in the value are replaced by if they have no value: their names and texts.
    pub(crate) defaults: Vec<(String, String)>,
    /// The value with `$` in the place of each variable.
    pub(crate) outline: String,
    /// The value.
    pub(crate) span: Span,
    /// Where it stands.
    pub(crate) slot: Slot,
}

/// All pairs of a project.
pub(crate) fn of_project(whole: &Whole<'_>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let services = whole.project.compose.iter().flat_map(|compose| &compose.services);
    for (index, service) in services.enumerate() {
        of_service(index, service, whole.sources, &mut pairs);
    }
    for dockerfile in &whole.project.dockerfiles {
        for instruction in dockerfile.tree.instructions() {
            of_instruction(instruction, dockerfile.file, dockerfile.tree.escape, &mut pairs);
        }
    }
    pairs
}

fn of_service(index: usize, service: &Service, sources: &SourceMap, pairs: &mut Vec<Pair>) {
    let mut add = |variables: &[Variables], slot: Slot| {
        for variable in variables {
            let Some(text) = &variable.value else { continue };
            let pair = of_text(&variable.name.value, text, slot.clone());
            let span = behind_name(&pair.name, pair.span, sources);
            pairs.push(Pair { span, ..pair });
        }
    };
    add(&service.environment, Slot::Environment(index));
    if let Some(build) = &service.build {
        add(&build.args, Slot::BuildArg(index));
    }
    for file in &service.env_files {
        let slot = Slot::EnvFile(index, file.host.clone());
        add(file.variables.as_deref().unwrap_or_default(), slot);
    }
    if let Some(labels) = service.get("labels") {
        of_labels(labels, &Slot::Label(index), pairs);
    }
}

/// The value in an item of a list, `NAME=value`, perhaps in quotes.
fn behind_name(name: &str, span: Span, sources: &SourceMap) -> Span {
    let written = sources.text(span);
    let quote = usize::from(written.starts_with(['"', '\'']));
    match written[quote..].strip_prefix(name).filter(|rest| rest.starts_with('=')) {
        Some(_) => {
            let start = span.range().start + quote + name.len() + 1;
            Span::new(span.file, start, (span.range().end - quote).max(start))
        }
        None => span,
    }
}

/// Labels as a map, or as a list of `name=value`.
fn of_labels(labels: &Node, slot: &Slot, pairs: &mut Vec<Pair>) {
    for (name, node) in labels.entries() {
        if let Value::Text(text) = &node.value {
            pairs.push(of_text(name, text, slot.clone()));
        }
    }
    for node in labels.items() {
        let Value::Text(text) = &node.value else { continue };
        let outline = outline(&text.parts);
        let Some((name, raw)) = outline.split_once('=') else { continue };
        let literal = text.value.as_ref().and_then(|value| Some(value.split_once('=')?.1.to_owned()));
        pairs.push(Pair {
            name: name.to_owned(),
            literal: literal.filter(|_| text.parts.iter().all(|part| matches!(part, Part::Literal(_)))),
            defaults: defaults(&text.parts),
            outline: raw.to_owned(),
            span: text.span,
            slot: slot.clone(),
        });
    }
}

fn of_text(name: &str, text: &Text, slot: Slot) -> Pair {
    Pair {
        name: name.to_owned(),
        literal: literal(&text.parts),
        defaults: defaults(&text.parts),
        outline: outline(&text.parts),
        span: text.span,
        slot,
    }
}

/// What is written, if no variable is in it.
pub(crate) fn literal(parts: &[Part]) -> Option<String> {
    let each = parts.iter().map(|part| match part {
        Part::Literal(text) => Some(text.as_str()),
        Part::Variable(_) => None,
    });
    each.collect()
}

/// A text with `$` in the place of each variable.
pub(crate) fn outline(parts: &[Part]) -> String {
    let each = parts.iter().map(|part| match part {
        Part::Literal(text) => text.as_str(),
        Part::Variable(_) => "$",
    });
    each.collect()
}

/// The variables with a text to take in their place, those within such texts among them.
pub(crate) fn defaults(parts: &[Part]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in parts {
        let Part::Variable(variable) = part else { continue };
        match &variable.otherwise {
            Otherwise::Default(parts, _) => {
                found.extend(literal(parts).map(|text| (variable.name.clone(), text)));
                found.extend(defaults(parts));
            }
            Otherwise::Nothing | Otherwise::Refused(..) | Otherwise::Replaced(..) => {}
        }
    }
    found.retain(|(_, text)| !text.is_empty());
    found
}

fn of_instruction(instruction: &Instruction, file: FileId, escape: Escape, pairs: &mut Vec<Pair>) {
    let is_label = instruction.keyword == Keyword::Label;
    match &instruction.args {
        Args::Pairs { pairs: list, .. } => {
            let slot = if is_label { Slot::ImageLabel(file) } else { Slot::ImageEnv(file) };
            pairs.extend(list.iter().map(|pair| of_words(&pair.name, &pair.value, escape, slot.clone())));
        }
        Args::Declarations(list) => {
            let with_default = list.iter().filter_map(|one| Some((&one.name, one.default.as_ref()?)));
            pairs.extend(
                with_default.map(|(name, value)| of_words(name, value, escape, Slot::ImageArg(file))),
            );
        }
        Args::Trigger(inner) => of_instruction(inner, file, escape, pairs),
        Args::None
        | Args::Command(_)
        | Args::Words { .. }
        | Args::Ports(_)
        | Args::Text(_)
        | Args::From { .. }
        | Args::Health(_)
        | Args::Raw(_) => {}
    }
}

fn of_words(name: &Word, value: &Word, escape: Escape, slot: Slot) -> Pair {
    Pair {
        name: name.text.trim_matches(['"', '\'']).to_owned(),
        literal: plain(&value.text, escape),
        defaults: defaults_in(&value.text),
        outline: outline_of(&value.text),
        span: value.span,
        slot,
    }
}

/// The text of a Dockerfile with `$` in the place of each `${...}`.
pub(crate) fn outline_of(text: &str) -> String {
    let mut pieces = text.split("${");
    let mut outline = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        outline.push('$');
        outline.push_str(piece.split_once('}').map_or("", |(_, rest)| rest));
    }
    outline
}

/// `${NAME:-text}` and `${NAME-text}` in the text of a Dockerfile.
fn defaults_in(text: &str) -> Vec<(String, String)> {
    let each = text.split("${").skip(1).filter_map(|rest| {
        let inside = rest.split('}').next()?;
        let (name, default) = inside.split_once('-')?;
        let name = name.strip_suffix(':').unwrap_or(name);
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (is_name && !default.is_empty() && !default.contains('$'))
            .then(|| (name.to_owned(), default.to_owned()))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::defaults_in;

    #[test]
    fn defaults_of_a_dockerfile_are_those_of_variables() {
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(defaults_in("a${B:-c}${D-e}"), [pair("B", "c"), pair("D", "e")]);
        for text in ["${B}", "$B-c", "${B:-}", "${B:-$C}", "${B:+c-d}", "a-b"] {
            assert_eq!(defaults_in(text), [], "{text}");
        }
    }
}
