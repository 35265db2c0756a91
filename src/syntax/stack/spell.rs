//! A text as an argument that reads back as that text.

/// The text as a bare word if it can be one, else in quotes.
pub fn spell(text: &str) -> String {
    if is_bare(text) { text.to_owned() } else { quoted(text) }
}

/// The text in quotes, in which no part of it is a keyword or a reference.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("${") {
            out.push_str("$${");
            rest = &rest[2..];
            continue;
        }
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    out.push('"');
    out
}

/// Whether a text is a word wherever one may stand, in a list as well.
fn is_bare(text: &str) -> bool {
    let ends_word = |c: char| c.is_whitespace() || c.is_control() || "\"'{}[];,".contains(c);
    !text.is_empty()
        && !text.starts_with('#')
        && !text.contains("${")
        && text != "\\"
        && !text.contains(ends_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sink;
    use crate::source::SourceMap;
    use crate::syntax::stack::read;
    use crate::syntax::stack::tree::{ArgKind, Item, PieceKind};
    use proptest::prelude::*;

    /// The text of the only argument of `x ARGUMENT`.
    fn argument(spelling: &str) -> Option<String> {
        let text = format!("x {spelling}\n");
        let mut sink = Sink::default();
        let tree = read(SourceMap::default().add("t", text.as_str()), &text, &mut sink);
        let [Item::Statement(statement)] = tree.items.as_slice() else { return None };
        let [_, arg] = statement.args.as_slice() else { return None };
        let (ArgKind::Word(pieces) | ArgKind::Quoted(pieces)) = &arg.kind else { return None };
        let text = pieces.iter().map(|piece| match &piece.kind {
            PieceKind::Text(text) => Some(text.as_str()),
            PieceKind::Reference(_) => None,
        });
        sink.diagnostics.is_empty().then(|| text.collect()).flatten()
    }

    #[test]
    fn quotes_stand_only_where_they_must() {
        for (text, spelling) in [
            ("a", "a"),
            ("", "\"\""),
            ("a b", "\"a b\""),
            ("$host:8000", "$host:8000"),
            ("${host}", "\"$${host}\""),
            ("#a", "\"#a\""),
            (r"\.php$", r"\.php$"),
            (r"\d{4}", r#""\\d{4}""#),
            ("it's", "\"it's\""),
        ] {
            assert_eq!(spell(text), spelling, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_spelled_reads_back(text in r#"[ \ta-c"'\\$;{}#,\[\]ä\n=-]{0,12}"#) {
            prop_assert_eq!(argument(&spell(&text)), Some(text.clone()));
            prop_assert_eq!(argument(&quoted(&text)), Some(text));
        }
    }
}
