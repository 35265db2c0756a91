//! Secrets that stand in the environments of services as plain text, as the rules find them.

use super::pairs::{self, Slot};
use super::values;
use crate::lint::Whole;
use crate::lint::rules::secret_literal::names_a_secret;
use crate::lint::rules::secret_url::holds_credentials;
use crate::source::Span;

/// One of them.
#[derive(Clone)]
pub struct Literal {
    /// The place of its service among those of the project.
    pub service: usize,
    /// The name of the variable.
    pub name: String,
    /// Where the value stands. Never to be shown.
    pub span: Span,
    /// What the value holds.
    pub held: Held,
}

/// Where in a value the secret is.
#[derive(Clone)]
pub enum Held {
    /// All of it.
    Whole(String),
    /// The password of a URL, with what stands before and after it.
    InUrl {
        /// Up to the colon before it.
        before: String,
        /// As it is written, percent-encoded or not.
        password: String,
        /// From the `@` on.
        after: String,
    },
    /// Beside variables, or as the text that is taken if one of them is not set.
    BesideVariables,
}

impl std::fmt::Debug for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Literal").field("name", &self.name).finish_non_exhaustive()
    }
}

/// All of them, in order.
pub(crate) fn of_environments(whole: &Whole<'_>) -> Vec<Literal> {
    let all = pairs::of_project(whole);
    let literals = all.iter().filter_map(|pair| {
        let Slot::Environment(service) = pair.slot else { return None };
        let is_default = |(variable, text): &(String, String)| {
            holds_credentials(text)
                || (names_a_secret(variable) || names_a_secret(&pair.name)) && values::is_secret(text)
        };
        let held = match &pair.literal {
            Some(text) if values::is_literal_secret(pair) => Held::Whole(text.clone()),
            Some(text) if pair.defaults.is_empty() && holds_credentials(text) => in_url(text)?,
            _ if holds_credentials(&pair.outline) || pair.defaults.iter().any(is_default) => {
                Held::BesideVariables
            }
            _ => return None,
        };
        Some(Literal { service, name: pair.name.clone(), span: pair.span, held })
    });
    literals.collect()
}

fn in_url(text: &str) -> Option<Held> {
    let scheme = text.find("://")? + 3;
    let end = text[scheme..].find(['/', '?', '#', ' ']).map_or(text.len(), |at| scheme + at);
    let at = scheme + text[scheme..end].rfind('@')?;
    let colon = scheme + text[scheme..at].find(':')? + 1;
    Some(Held::InUrl {
        before: text[..colon].to_owned(),
        password: text[colon..at].to_owned(),
        after: text[at..].to_owned(),
    })
}
