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

use std::collections::BTreeSet;

use super::secret_literal::names_a_secret;
use crate::lint::secrets::{pairs, texts, values};
use crate::lint::{Findings, Whole};

pub(super) const CODE: &str = "secret-default-value";

pub(super) fn project(whole: &Whole<'_>, findings: &mut Findings<'_>) {
    let mut places: BTreeSet<_> = BTreeSet::new();
    for pair in pairs::of_project(whole) {
        for (variable, text) in &pair.defaults {
            let names = [variable, &pair.name].into_iter().any(|name| names_a_secret(name));
            // `${USER:-app}` may stand in the value of a secret, beside others.
            let is_whole = pair.outline == "$" || names_a_secret(variable);
            if names && is_whole && values::is_secret(text) {
                places.insert((pair.span, variable.clone()));
            }
        }
    }
    for (span, parts) in texts::with_variables(whole) {
        for (variable, text) in pairs::defaults(parts) {
            if names_a_secret(&variable) && values::is_secret(&text) {
                places.insert((span, variable));
            }
        }
    }
    for (span, variable) in places {
        findings.mask(span);
        findings.push(
            findings
                .at(span, format!("`{variable}` is this secret where nobody sets it"))
                .here("the default is known to everybody who has this file")
                .help(format!(
                    "write `${{{variable}:?}}`, so that compose says what is missing, and put the value into an env file that git ignores"
                )),
        );
    }
}
