//! # A location that matches more than the folder it is for
//!
//! `location /static` matches every path that begins with these letters. With `alias /srv/static`, `/static_old/notes`
//! is looked for as `/srv/static_old/notes`, and what else the location says, such as a content type, holds for it too.
//! With a slash at the end of both, nothing but the folder is served.
//!
//! ```nginx bad
//! location /static {
//!     alias /srv/static;
//! }
//! ```
//!
//! ```nginx good
//! location /static/ {
//!     alias /srv/static/;
//! }
//! ```

use crate::lint::nginx::Configuration;
use crate::lint::nginx::location::aliases;
use crate::lint::{Findings, edits};
use crate::source::Span;

pub(super) const CODE: &str = "nginx-alias-open";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (location, word) in aliases(configuration) {
        let (pattern, path) = (location.pattern, word.text.as_str());
        let ends_open =
            |path: &str| path.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        if !location.is_prefix()
            || !ends_open(pattern)
            || !ends_open(path)
            || is_file(pattern)
            || path.contains('$')
        {
            continue;
        }
        let ended = |span: Span| {
            let is_plain = configuration.is_handwritten && ends_open(configuration.sources.text(span));
            is_plain.then(|| (span.at_end(), "/".to_owned()))
        };
        let edits = edits::all([ended(location.span), ended(word.span)]);
        findings.push(
            findings
                .at(location.span, format!("this matches more than the folder `{path}`"))
                .label(word.span, "does not end in a slash either")
                .note(format!("`{pattern}_old/x` is looked for as `{path}_old/x`"))
                .help(format!("write `location {pattern}/` and `alias {path}/;`"))
                .may_unsafe_fix("end both in a slash", edits),
        );
    }
}

/// Whether a path is that of a file, by its extension.
fn is_file(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}
