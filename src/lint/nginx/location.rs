//! What a `location` matches. Source: `ngx_http_core_location` in `ngx_http_core_module.c`.

use super::{Configuration, Node, Word};
use crate::source::Span;

/// The ways in which a location matches a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lint) enum Match {
    /// The path begins with it; a regular expression may take the request all the same.
    Prefix,
    /// `^~`: the path begins with it, and no regular expression is asked.
    PrefixFirst,
    /// `=`
    Exact,
    /// `~`, `~*`
    Regex,
    /// `@name`, which no path matches.
    Named,
}

/// A `location` as nginx reads it.
#[derive(Clone, Copy, Debug)]
pub(in crate::lint) struct Location<'c> {
    /// How it matches.
    pub(in crate::lint) by: Match,
    /// The path, the expression or the name, without its sign.
    pub(in crate::lint) pattern: &'c str,
    /// Where the pattern stands, the sign with it if they are one word.
    pub(in crate::lint) span: Span,
    /// Whether the case of letters matters.
    pub(in crate::lint) ignores_case: bool,
}

impl<'c> Location<'c> {
    /// What a directive matches, if it is a location without a mistake in it.
    pub(in crate::lint) fn of(node: &'c Node) -> Option<Self> {
        if node.name != "location" || node.is_damaged {
            return None;
        }
        let (sign, pattern) = match node.args.as_slice() {
            [word] => {
                let signs = ["^~", "~*", "=", "~"];
                let glued = signs.into_iter().find_map(|sign| Some((sign, word.text.strip_prefix(sign)?)));
                glued.unwrap_or(("", word.text.as_str()))
            }
            [sign, word] => (sign.text.as_str(), word.text.as_str()),
            _ => return None,
        };
        let by = match sign {
            "" if pattern.starts_with('@') => Match::Named,
            "" => Match::Prefix,
            "^~" => Match::PrefixFirst,
            "=" => Match::Exact,
            "~" | "~*" => Match::Regex,
            _ => return None,
        };
        let span = node.args[node.args.len() - 1].span;
        Some(Self { by, pattern, span, ignores_case: sign == "~*" })
    }

    /// Whether it matches the beginning of paths.
    pub(in crate::lint) fn is_prefix(&self) -> bool {
        matches!(self.by, Match::Prefix | Match::PrefixFirst)
    }
}

/// Every `alias` that a client can reach, with its location. What only nginx itself asks for, by `internal`, is not
/// chosen by a client.
pub(in crate::lint) fn aliases<'c>(
    configuration: &'c Configuration<'_>,
) -> impl Iterator<Item = (Location<'c>, &'c Word)> {
    configuration.named("alias").filter_map(|(_, alias)| {
        let parent = alias.parent.filter(|parent| !configuration.has(Some(*parent), &["internal"]))?;
        let [path] = alias.args.as_slice() else { return None };
        Some((Location::of(configuration.get(parent))?, path))
    })
}
