//! What a configuration of nginx has no way to say.

use super::{entries, word};
use crate::backend::Refusal;
use crate::model::nginx::{Conf, Directive};
use crate::model::values::{Part, Text};

/// The longest word that every nginx reads, in bytes (`NGX_CONF_BUFFER` is 4096 and holds the word with what
/// stands before it on its way).
const LONGEST_WORD: usize = 4000;

/// The directives whose words nginx writes into the head of an answer or of a request as they are: a line break would begin a
/// header of its own.
const IN_HEADERS: &[&str] = &[
    "add_header",
    "add_trailer",
    "auth_basic",
    "charset",
    "default_type",
    "grpc_set_header",
    "more_set_headers",
    "more_set_input_headers",
    "proxy_method",
    "proxy_set_header",
];

/// Why directives cannot be written, or would not do what they say.
pub fn refusals(conf: &Conf) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (_, directive) in conf.all() {
        let entries =
            entries(directive).iter().flat_map(|entry| [&entry.key].into_iter().chain(&entry.values));
        for text in directive.args.iter().chain(entries) {
            if word(text, true).as_str().len() > LONGEST_WORD {
                let why = "nginx reads no word of more than 4,000 bytes";
                refusals.push(Refusal { origin: text.origin, why });
            } else if stands_in_header(directive) && has_break(text) {
                let why = "a header is one line: what follows a line break would be another header";
                refusals.push(Refusal { origin: text.origin, why });
            }
        }
    }
    refusals
}

/// Whether what a directive says becomes part of a header: `return 301 /new` as well, but not the text of an answer.
fn stands_in_header(directive: &Directive) -> bool {
    if directive.name != "return" {
        return IN_HEADERS.contains(&directive.name.as_str());
    }
    let status = directive.args.first().and_then(Text::as_literal);
    directive.args.len() == 1 || status.is_some_and(|status| status.starts_with('3'))
}

fn has_break(text: &Text) -> bool {
    text.parts.iter().any(|part| matches!(part, Part::Lit(text) if text.contains(['\n', '\r'])))
}
