//! # An alias through which other folders can be read
//!
//! With `location /static` and `alias /srv/app/static/`, the path `/static../settings.py` is looked for as
//! `/srv/app/static/../settings.py`: whoever asks can read what stands beside the folder. The same holds for a regular
//! expression whose group begins right behind the name of the folder.
//!
//! ```nginx bad
//! location /static {
//!     alias /srv/app/static/;
//! }
//! ```
//!
//! ```nginx bad
//! location ~ ^/media(.*)$ {
//!     alias /srv/app/media/$1;
//! }
//! ```
//!
//! ```nginx good
//! location /static/ {
//!     alias /srv/app/static/;
//! }
//! ```

use crate::diagnostic::{Fix, Safety};
use crate::lint::Findings;
use crate::lint::nginx::Configuration;
use crate::lint::nginx::location::{Match, aliases};

pub(super) const CODE: &str = "nginx-alias-traversal";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (location, word) in aliases(configuration) {
        let (pattern, path) = (location.pattern, word.text.as_str());
        let open = match location.by {
            Match::Prefix | Match::PrefixFirst => !pattern.ends_with('/') && path.ends_with('/'),
            Match::Regex => group_begins_open(pattern) && path.ends_with("/$1"),
            Match::Exact | Match::Named => false,
        };
        if !open {
            continue;
        }
        let folder = path.trim_end_matches("$1");
        let begin = literal_start(pattern);
        let found = findings
            .at(location.span, format!("what stands beside `{folder}` can be read through `{begin}`"))
            .here("does not end in a slash")
            .label(word.span, "the folder that it is put in the place of")
            .note(format!("`{begin}../secret` is looked for as `{folder}../secret`"));
        if location.by == Match::Regex {
            findings.push(found.help("have the expression match the slash before the group"));
            continue;
        }
        let mut found = found.help(format!("write `location {}{pattern}/`", sign(location.by)));
        if configuration.is_handwritten && configuration.sources.text(location.span).ends_with(pattern) {
            found.fix = Some(Fix {
                title: "end the location in a slash".to_owned(),
                edits: vec![(location.span.at_end(), "/".to_owned())],
                // `/static` itself is answered by another location then.
                safety: Safety::Unsafe,
            });
        }
        findings.push(found);
    }
}

fn sign(by: Match) -> &'static str {
    match by {
        Match::PrefixFirst => "^~ ",
        Match::Prefix | Match::Exact | Match::Regex | Match::Named => "",
    }
}

/// Whether the first group takes any text and begins behind something other than a slash: `^/media(.*)`.
fn group_begins_open(pattern: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('(') else { return false };
    let any = rest.starts_with(".*)") || rest.starts_with(".+)") || rest.starts_with(".*?)");
    any && before.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn literal_start(pattern: &str) -> &str {
    let pattern = pattern.trim_start_matches('^');
    pattern.split(['(', '[', '\\', '.', '*', '?', '+', '$']).next().unwrap_or(pattern)
}
