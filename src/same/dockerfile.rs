//! Whether two Dockerfiles say the same: their instructions in order, as text after their lines are joined. White space between
//! words, the case of keywords and the order of options are no difference; how a word is quoted is one, but in `ENV`.

use crate::source::Span;
use crate::syntax::dockerfile::quotes::plain;
use crate::syntax::dockerfile::tree::{
    Args, Command, DirectiveKind, Escape, Flag, Health, Instruction, Pair, Tree, Word,
};

/// What an instruction says.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    keyword: &'static str,
    flags: Vec<String>,
    words: Vec<String>,
    bodies: Vec<String>,
}

/// The instructions of `before` that `after` has otherwise, each by its place; those that are missing or too many come as the
/// whole of what follows. Directives count by what they set.
pub(crate) fn differing(before: (&Tree, &str), after: (&Tree, &str)) -> Vec<Span> {
    let mut found = Vec::new();
    if directives(before.0) != directives(after.0) {
        found.extend(before.0.directives().map(|directive| directive.name.to(directive.value.span)));
    }
    let mut others = after.0.instructions();
    for instruction in before.0.instructions() {
        let other = others.next().map(|other| said(other, after.1));
        if other != Some(said(instruction, before.1)) {
            found.push(instruction.span);
        }
    }
    if others.next().is_some() {
        found.extend(before.0.instructions().last().map(|last| last.span));
    }
    found
}

fn directives(tree: &Tree) -> Vec<(DirectiveKind, &str)> {
    let counting = tree.directives().filter(|directive| directive.counts);
    counting.map(|directive| (directive.kind, directive.value.text.as_str())).collect()
}

/// What an instruction says behind its keyword, in one form.
pub(crate) fn arguments(instruction: &Instruction, text: &str) -> String {
    let Said { flags, words, bodies, .. } = said(instruction, text);
    [flags, words, bodies].concat().join(" ")
}

fn said(instruction: &Instruction, text: &str) -> Said {
    let mut flags: Vec<&Flag> = instruction.flags.iter().collect();
    flags.sort_by_key(|flag| &flag.name.text);
    let flags = flags.into_iter().map(|flag| joined(&text[flag.span.range()])).collect();
    let bodies = instruction.heredocs.iter().map(|heredoc| text[heredoc.body.range()].replace("\r\n", "\n"));
    Said {
        keyword: instruction.keyword.name(),
        flags,
        words: words(instruction, text),
        bodies: bodies.collect(),
    }
}

fn words(instruction: &Instruction, text: &str) -> Vec<String> {
    let all = |words: &[Word]| words.iter().map(|word| word.text.clone()).collect();
    let listed = |words: &[Word]| {
        let mut listed: Vec<String> = all(words);
        listed.insert(0, "[".to_owned());
        listed
    };
    let command = |command: &Command| match command {
        Command::Exec(words) => listed(words),
        Command::Shell(word) => vec![spaced(&word.text)],
    };
    match &instruction.args {
        Args::None => Vec::new(),
        Args::Command(of) | Args::Health(Health::Command(of)) => command(of),
        Args::Words { words, json: true } => listed(words),
        Args::Words { words, json: false } | Args::Ports(words) => all(words),
        Args::Text(word) | Args::Raw(word) => vec![word.text.trim().to_owned()],
        Args::Pairs { pairs, .. } if instruction.keyword.name() == "ENV" => {
            pairs.iter().flat_map(|pair| [pair.name.text.clone(), value(pair)]).collect()
        }
        Args::Pairs { pairs, .. } => {
            pairs.iter().flat_map(|pair| [pair.name.text.clone(), pair.value.text.clone()]).collect()
        }
        Args::Declarations(declarations) => declarations
            .iter()
            .map(|of| match &of.default {
                Some(default) => format!("{}={}", of.name.text, default.text),
                None => of.name.text.clone(),
            })
            .collect(),
        Args::From { image, name } => {
            [Some(image), name.as_ref()].into_iter().flatten().map(|word| word.text.clone()).collect()
        }
        Args::Health(Health::None) => vec!["NONE".to_owned()],
        Args::Trigger(trigger) => {
            let inner = said(trigger, text);
            [vec![inner.keyword.to_owned()], inner.flags, inner.words].concat()
        }
    }
}

/// A value of `ENV` without its quotes, where it can be told apart from its variables.
fn value(pair: &Pair) -> String {
    plain(&pair.value.text, Escape::Backslash).unwrap_or_else(|| pair.value.text.clone())
}

/// The words of a shell, which blanks part but in quotes. Where quotes may stand in quotes, nothing is known of blanks.
fn spaced(text: &str) -> String {
    let text = text.trim();
    let mut said = String::with_capacity(text.len());
    let mut quote = None;
    let mut is_gap = false;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let is_first_blank = !std::mem::take(&mut is_gap);
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, ' ' | '\t') => {
                if is_first_blank {
                    said.push(' ');
                }
                is_gap = true;
                continue;
            }
            (None | Some('"'), '\\') => {
                said.push(character);
                said.extend(characters.next());
                continue;
            }
            (Some('"'), '(' | '`') if character == '`' || said.ends_with('$') => return text.to_owned(),
            (None, '\n') => return text.to_owned(),
            (_, _) => {}
        }
        said.push(character);
    }
    if quote.is_none() { said } else { text.to_owned() }
}

/// One space for any white space.
fn joined(text: &str) -> String {
    let text = text.replace("\\\r\n", " ").replace("\\\n", " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
