//! Comments that speak to stackc, with the statements that they are about.

use crate::source::Span;

/// `# stackc: ...`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The comment, from its `#` to its last character.
    pub comment: Span,
    /// The statement that it is about: its own if it stands behind one, else the next; `None` if there is none.
    pub statement: Option<Span>,
}

impl Remark {
    /// What a comment says to stackc: its text, and at which byte of the comment that begins; `None` for one that is for
    /// people alone. What only lacks the colon is meant for stackc, too.
    pub fn addressed(comment: &str) -> Option<(&str, usize)> {
        let text = comment.trim_start_matches(['#', ' ', '\t']);
        let rest = text.strip_prefix("stackc")?;
        let said =
            rest.strip_prefix(':').or_else(|| rest.trim_start().starts_with("allow").then_some(rest))?;
        Some((said.trim(), comment.len() - said.trim_start().len()))
    }
}

#[cfg(test)]
mod tests {
    use super::Remark;

    #[test]
    fn a_comment_speaks_to_stackc_if_it_says_so() {
        assert_eq!(Remark::addressed("# stackc: allow(a) b "), Some(("allow(a) b", 10)));
        assert_eq!(Remark::addressed("##stackc:allow(a)"), Some(("allow(a)", 9)));
        assert_eq!(Remark::addressed("# stackc allow(a) b"), Some(("allow(a) b", 9)));
        assert_eq!(Remark::addressed("# stackc:"), Some(("", 9)));
        for other in ["# Made by stackc: x", "# stackc is good", "# stackcs: allow(a)", "#"] {
            assert_eq!(Remark::addressed(other), None, "{other}");
        }
    }
}
