//! What a Dockerfile says: its stages, each with its instructions.

use super::said::Said;
use crate::same::dockerfile::arguments as said_by;
use crate::source::Span;
use crate::syntax::dockerfile::keyword::Keyword;
use crate::syntax::dockerfile::quotes::plain;
use crate::syntax::dockerfile::tree::{Args, Instruction, Tree, Word};

/// Everything in it.
pub(super) fn of(tree: &Tree, text: &str) -> Vec<Said> {
    let mut all: Vec<Said> = Vec::new();
    for directive in tree.directives().filter(|directive| directive.counts) {
        let place = directive.name.to(directive.value.span);
        all.push(Said::of(format!("# {}", directive.kind.name()), Some(directive.value.text.clone()), place));
    }
    let mut stage: Option<(Span, String, Vec<Said>)> = None;
    let mut count = 0_usize;
    for instruction in tree.instructions() {
        let said = instruction_of(instruction, tree, text);
        if let Args::From { name, .. } = &instruction.args {
            all.extend(stage.take().map(finished));
            let name = name.as_ref().map_or_else(|| count.to_string(), |name| name.text.clone());
            count += 1;
            stage = Some((instruction.span, name, said));
        } else if let Some((_, _, inside)) = &mut stage {
            inside.extend(said);
        } else {
            all.extend(said);
        }
    }
    all.extend(stage.map(finished));
    all
}

fn finished((place, name, inside): (Span, String, Vec<Said>)) -> Said {
    Said::block("stage", inside, place).named(name).fixed(true)
}

/// An instruction; of one that sets several things each by itself.
fn instruction_of(instruction: &Instruction, tree: &Tree, text: &str) -> Vec<Said> {
    let keyword = instruction.keyword.name();
    // What an instruction leaves behind is the same wherever it stands, unless another one reads it.
    let is_free = matches!(
        instruction.keyword,
        Keyword::Expose
            | Keyword::Label
            | Keyword::Cmd
            | Keyword::Entrypoint
            | Keyword::Healthcheck
            | Keyword::Stopsignal
    );
    let value = |word: &Word| plain(&word.text, tree.escape).unwrap_or_else(|| word.text.clone());
    let name = |word: &Word| word.text.trim_matches(['"', '\'']).to_owned();
    let said: Vec<Said> = match &instruction.args {
        Args::Pairs { pairs, .. } => {
            let said = pairs.iter().map(|pair| {
                Said::of(keyword, Some(value(&pair.value)), pair.name.span.to(pair.value.span))
                    .named(name(&pair.name))
            });
            said.collect()
        }
        Args::Declarations(declarations) => {
            let said = declarations.iter().map(|of| {
                let place = of.default.as_ref().map_or(of.name.span, |default| of.name.span.to(default.span));
                Said::of(keyword, of.default.as_ref().map(value), place).named(name(&of.name))
            });
            said.collect()
        }
        Args::Ports(ports) => {
            let port = |port: &Word| {
                let number = port.text.strip_suffix("/tcp").unwrap_or(&port.text);
                Said::of(keyword, None, port.span).named(number)
            };
            ports.iter().map(port).collect()
        }
        Args::None
        | Args::Command(_)
        | Args::Words { .. }
        | Args::Text(_)
        | Args::From { .. }
        | Args::Health(_)
        | Args::Trigger(_)
        | Args::Raw(_) => {
            vec![Said::of(keyword, Some(said_by(instruction, text)), instruction.span)]
        }
    };
    said.into_iter().map(|said| said.fixed(!is_free)).collect()
}
