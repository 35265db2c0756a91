//! # A secret as the default of a variable
//!
//! `${NAME:-text}` takes the text wherever nobody sets the variable: on the machine where it was forgotten, the secret is the
//! one that stands in this file, which everybody who has the file knows. `${NAME:?}` stops compose instead.
//!
//! ```yaml bad
//! services:
//!   app:
//!     image: example.org/app:1
//!     environment:
//!       SECRET_KEY: ${SECRET_KEY:-a-value-that-works}
//! ```
//!
//! ```yaml good
//! services:
//!   app:
//!     image: example.org/app:1
//!     environment:
//!       SECRET_KEY: ${SECRET_KEY:?}
//! ```

use std::collections::BTreeMap;

use super::secret_literal::names_a_secret;
use crate::lint::secrets::{pairs, texts, values};
use crate::lint::{Findings, Whole};
use crate::source::Span;

pub(super) const CODE: &str = "secret-default-value";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut places: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    let mut add = |variable: &str, span: Span| {
        places.entry(variable.to_owned()).or_default().push(span);
    };
    for pair in pairs::of_project(whole) {
        for (variable, text) in &pair.defaults {
            let names = [variable, &pair.name].into_iter().any(|name| names_a_secret(name));
            // `${USER:-app}` may stand in the value of a secret, beside others.
            let is_whole = pair.outline == "$" || names_a_secret(variable);
            if names && is_whole && values::is_secret(text) {
                add(variable, pair.span);
            }
        }
    }
    for (span, parts) in texts::with_variables(whole) {
        for (variable, text) in pairs::defaults(parts) {
            if names_a_secret(&variable) && values::is_secret(&text) {
                add(&variable, span);
            }
        }
    }
    for (variable, mut spans) in places {
        spans.sort_unstable();
        // A pair of a list is also an item of it.
        spans.dedup_by(|one, before| one.file == before.file && one.start < before.end);
        for span in &spans {
            findings.mask(*span);
        }
        let Some((first, others)) = spans.split_first() else { continue };
        let mut finding = findings
            .at(*first, format!("`{variable}` is a secret that stands here, where nobody sets it"))
            .here("the default is known to everybody who has this file")
            .help(format!(
                "write `${{{variable}:?}}`, so that compose says what is missing, and put the value into an env file that git ignores"
            )).in_stack("declare a `secret`, or say `required` in the place of the default");
        for other in others.iter().take(MOST_LABELS) {
            finding = finding.label(*other, "and here");
        }
        findings.push(finding);
    }
}

/// So many other places are shown.
const MOST_LABELS: usize = 5;
