//! # A check of the origin that other sites pass
//!
//! A pattern for `Origin` or `Referer` whose dots are not escaped, or that does not end behind the host, fits other hosts
//! than the one that is meant: `example.org` fits `exampleXorg.test`, and `^https://example\.org` fits
//! `https://example.org.evil.test`.
//!
//! ```nginx bad
//! location / {
//!     if ($http_origin ~ "^https://example.org") {
//!         return 204;
//!     }
//! }
//! ```
//!
//! ```nginx good
//! location / {
//!     if ($http_origin ~ "^https://example\.org$") {
//!         return 204;
//!     }
//! }
//! ```

use crate::lint::Findings;
use crate::lint::nginx::Configuration;

pub(super) const CODE: &str = "nginx-origin-pattern";

pub(super) fn check(configuration: &Configuration<'_>, findings: &mut Findings<'_>) {
    for (_, node) in configuration.named("if") {
        let words: Vec<&str> = node.args.iter().map(|word| word.text.as_str()).collect();
        let [variable, operator, .., _] = words.as_slice() else { continue };
        let variable = variable.trim_start_matches('(');
        if !matches!(variable, "$http_origin" | "$http_referer") || !operator.contains('~') {
            continue;
        }
        // Behind a pattern in quotes the closing parenthesis is a word of its own.
        let Some(pattern) = node.args.iter().rfind(|word| word.text != ")") else { continue };
        let text = pattern.text.trim_end_matches(')').replace("\\/", "/");
        let has_path = variable == "$http_referer";
        let what = match alternatives(&text).into_iter().find_map(|part| loose(part, has_path)) {
            Some(Loose::Any) => "`.*` goes past the host: the name may stand in the path of another site",
            Some(Loose::Dot) => "a dot that is not escaped fits any letter",
            Some(Loose::Start) => "nothing says that it begins there",
            Some(Loose::End) => "nothing says where the host ends",
            None => continue,
        };
        findings.push(
            findings
                .at(pattern.span, "other sites than the one that is meant fit this pattern")
                .here(what)
                .help("begin it with `^https://`, escape the dots, and end the host with `$`, `/` or `(:[0-9]+)?$`"),
        );
    }
}

/// Why a pattern fits too much.
enum Loose {
    Any,
    Dot,
    Start,
    End,
}

/// What stands between the `|` that are in no group: each is looked for by itself.
fn alternatives(pattern: &str) -> Vec<&str> {
    let mut start = 0;
    let mut parts = Vec::new();
    for at in outermost(pattern, '|') {
        parts.push(&pattern[start..at]);
        start = at + 1;
    }
    parts.push(&pattern[start..]);
    parts
}

/// Where a letter stands that is neither escaped nor in a group or a class.
fn outermost(pattern: &str, sought: char) -> Vec<usize> {
    let (mut depth, mut is_escaped, mut is_class) = (0_usize, false, false);
    let mut found = Vec::new();
    for (at, letter) in pattern.char_indices() {
        match letter {
            _ if std::mem::take(&mut is_escaped) => {}
            '\\' => is_escaped = true,
            ']' => is_class = false,
            _ if is_class => {}
            '[' => is_class = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if letter == sought && depth == 0 => found.push(at),
            _ => {}
        }
    }
    found
}

fn loose(pattern: &str, has_path: bool) -> Option<Loose> {
    if !pattern.starts_with('^') {
        return Some(Loose::Start);
    }
    let letters: Vec<char> = pattern.chars().collect();
    let is_plain_dot = |at: usize| {
        letters[at] == '.'
            && at > 0
            && letters[at - 1].is_ascii_alphanumeric()
            && letters.get(at + 1).is_some_and(char::is_ascii_alphanumeric)
    };
    if (0..letters.len()).any(is_plain_dot) {
        return Some(Loose::Dot);
    }
    let host = pattern.split_once("://").map_or(pattern, |(_, host)| host);
    let end = outermost(host, '/').first().copied().unwrap_or(host.len());
    if has_path && [".*", ".+"].iter().any(|any| host[..end].replace("\\.", "").contains(any)) {
        return Some(Loose::Any);
    }
    (!host.contains(['/', '$'])).then_some(Loose::End)
}
